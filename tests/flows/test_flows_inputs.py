"""Inputs that are no report: one clear line each, exit code 2, and the others are read all the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from commandline import ROOT, Command
from fpdf import FPDF

from flows import workers
from flows.home import Home
from flows.setting import embed
from samples.province import write_province

REPORTS = ROOT.parent / "shared" / "reports"
LOGIN = b"<!DOCTYPE html><html><head><title>login</title></head><body><form>name <input></form></body></html>"


def pages(count: int, password: str = "") -> bytes:
    pdf = FPDF()
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    for _ in range(count):
        pdf.add_page()
    return bytes(pdf.output())


BAD = {
    "empty.pdf": (b"", "empty"),
    "truncated.pdf": (pages(3)[:700], "truncated"),
    "encrypted.pdf": (pages(1, "secret"), "encrypted"),
    "login.pdf": (LOGIN, "mislabelled"),
    "long.pdf": (pages(500), "too_many_pages"),
    "span.html": (b"<table><tr><td colspan=1000000>x</td></tr></table>", "too_complex"),
    "noise.bin": (bytes(range(256)) * 40, "unsupported"),
    "bare.html": (b"<html><body><p>hello</p></body></html>", "not_a_report"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    write_province(folder / "province", units=1, years=(2022, 2022), seed=3)
    return folder


def test_each_bad_input_gives_its_reason_and_the_good_one_is_read(gouji: Command, folder: Path) -> None:
    truth = json.loads((folder / "province" / "truth.jsonl").read_text("utf-8").splitlines()[0])
    good = folder / "province" / "site" / truth["address"].split("/", 3)[3]
    paths = [folder / name for name in BAD] + [folder / "absent.pdf", good]
    result = gouji("extract", *paths, "--format", "json", timeout=60)
    assert result.returncode == 2
    assert "Traceback" not in result.stdout + result.stderr
    documents = {Path(item["path"]).name: item for item in json.loads(result.stdout)["documents"]}
    for name, (_, code) in BAD.items():
        assert documents[name]["reports"] == []
        assert documents[name]["error"].startswith(code), documents[name]["error"]
    assert documents["absent.pdf"]["error"].startswith("unopened")
    assert len(documents[good.name]["reports"]) == 1
    lines = result.stderr.strip().splitlines()
    assert len(lines) == len(BAD) + 1
    assert all(line.startswith("gouji: ") for line in lines)


def _hangs_or_dies(jobs: list[workers.Job]) -> object:
    names = {job.name for job in jobs}
    if "slow.pdf" in names:
        time.sleep(100)
    if "dies.pdf" in names:
        time.sleep(1)  # so that the pool knows which task the process took
        os.kill(os.getpid(), signal.SIGKILL)
    return [workers.extract_bytes(job.data, job.name) for job in jobs]


def test_a_reader_that_hangs_or_dies_takes_only_its_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_read", _hangs_or_dies)
    with workers.readers(1, seconds=2) as pool:
        read = list(pool.read([workers.Job("slow.pdf", pages(1)), workers.Job("next", b"")]))
    assert [item.error and item.error.code for item in read] == ["timeout", "empty"]
    with workers.readers(1) as pool:
        read = list(pool.read([workers.Job("dies.pdf", pages(1)), workers.Job("next", b"")]))
    assert [item.error and item.error.code for item in read] == ["crashed", "empty"]


ORPHAN = """
from flows.workers import readers
with readers(1) as pool:
    print(pool.run(eval, "__import__('os').getpid()"), flush=True)
    pool.run(eval, "__import__('time').sleep(100)")
"""


def test_a_reader_that_hangs_ends_with_the_process_that_would_have_ended_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    state = Path("/proc", parent.stdout.readline().strip(), "stat")
    assert state.exists()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(300):
        # Whoever adopts orphans may leave a zombie.
        if not state.exists() or state.read_text("utf-8").rpartition(") ")[2].startswith("Z"):
            return
        time.sleep(0.1)
    pytest.fail("the reader goes on")


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
@pytest.mark.parametrize(
    ("name", "cells"), [("huaian_2024.pdf", 200), ("hongze_2024.pdf", 186), ("shuyang_fgj_2023.html", 200)]
)
def test_real_reports_cell_by_cell(gouji: Command, name: str, cells: int) -> None:
    result = gouji("extract", REPORTS / name, "--format", "json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)["documents"][0]["reports"][0]
    truth = json.loads((REPORTS / "truth" / name).with_suffix(".json").read_text("utf-8"))
    assert (report["unit"], report["year"], report["edition"]) == (truth["unit"], truth["year"], truth["edition"])
    assert {cell["key"]: cell["value"] for cell in report["cells"]} == truth["cells"]
    assert len(report["cells"]) == cells
    placed = name.endswith(".pdf")
    assert all((cell["page"] is not None and len(cell["bbox"]) == 4) == placed for cell in report["cells"])


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
def test_check_finds_what_the_publisher_broke(gouji: Command, tmp_path: Path) -> None:
    assert gouji("check", REPORTS / "huaian_2024.pdf", "--format", "json").returncode == 0
    page = (REPORTS / "shuyang_fgj_2023.html").read_text("utf-8")
    head, found, tail = page.rpartition(">1<")
    assert found
    (tmp_path / "broken.html").write_text(f"{head}>7<{tail}", "utf-8")
    result = gouji("check", tmp_path / "broken.html", "--format", "json")
    assert result.returncode == 1
    broken = [item for item in json.loads(result.stdout)["findings"] if item["severity"] == "critical"]
    assert [(item["rule"], item["scope"]) for item in broken] == [("T4-SUM", "disputes.reconsideration")]
    assert broken[0]["expected"] == "1"
    assert broken[0]["actual"] == "7"
    assert "disputes.reconsideration.total" in broken[0]["suspects"]


def embedded(home: Path) -> dict[str, str]:
    """What Prefect is told where a run starts its server."""
    with patch.dict(os.environ):
        for name in [name for name in os.environ if name.startswith("PREFECT_")]:
            del os.environ[name]
        assert embed(Home(home))
        return {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}


def test_usage_errors_exit_with_two(gouji: Command, quick: Command, server: dict[str, str], tmp_path: Path) -> None:
    # Prefect says no more of it than in a run with a server of its own.
    quiet = server | embedded(tmp_path)
    for result in (
        gouji("extract"),
        quick("nightly", "--sources", tmp_path / "no.toml", "--home", tmp_path, **quiet),
        quick("backfill"),
        quick("query", "DROP TABLE x", "--home", tmp_path),
    ):
        assert result.returncode == 2, result.args
        assert result.stderr.strip()
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        "nightly",
        "backfill",
        "report",
        "extract",
        "check",
        "evidence",
        "query",
        "status",
        "releases",
        "waive",
        "sample",
    ],
)
def test_every_command_has_an_example(quick: Command, command: str) -> None:
    result = quick(command, "--help")
    assert result.returncode == 0
    assert "Example: " in result.stdout
    assert "gouji" in result.stdout
