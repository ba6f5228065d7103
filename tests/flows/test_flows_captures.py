"""`gouji import` and `gouji captures`, as a person types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from commandline import Command
from fastwarc.warc import ArchiveIterator
from filelock import FileLock

SOURCES = """
[[portals]]
name = "county"
host = "www.county.gansu.example"
family = "trs"
delay_seconds = 2.0
concurrency = 1

[[units]]
id = "620102"
code = "620102"
name = "某县人民政府"
aliases = []
level = "county"
kind = "aggregate"
portal = "county"
path = "/zfxxgknb/"
first_year = 2019
"""
ADDRESS = "http://www.county.gansu.example/zfxxgknb/2023.html"
PAGE = f"""<!DOCTYPE html>
<!-- saved from url=({len(ADDRESS):04d}){ADDRESS} -->
<html><head><meta charset="utf-8"><title>某县人民政府2023年政府信息公开工作年度报告</title></head>
<body><div class="TRS_Editor"><p>一、总体情况</p><table><tr><td>1</td></tr></table></div></body></html>
"""


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "2023.html").write_text(PAGE, "utf-8")
    (folder / "2022.pdf").write_bytes(b"%PDF-1.7 report")
    entry = f'file = "2022.pdf"\naddress = "{ADDRESS[:-9]}2022.pdf"\nunit = "620102"\nyear = 2022'
    (folder / "import.toml").write_text(f'by = "王敏"\n[[files]]\n{entry}\n', "utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, "utf-8")
    return folder


def test_saved_files_are_imported_listed_and_exported(
    gouji: Command, quick: Command, saved: Path, tmp_path: Path
) -> None:
    home = ("--home", tmp_path / "home")
    done = gouji("import", saved, *home, "--sources", tmp_path / "sources.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2023.html: 某县人民政府 2023" in done.stdout and "2 imported, 0 not" in done.stdout

    listed = gouji("captures", *home, "--unit", "6201", "--format", "json")
    rows = json.loads(listed.stdout)
    assert [(row["year"], row["address"], row["imported_by"]) for row in rows] == [
        (2022, f"{ADDRESS[:-9]}2022.pdf", "王敏"),
        (2023, ADDRESS, "王敏"),
    ]
    table = quick("captures", *home, "--year", "2022").stdout
    assert rows[0]["capture_id"] in table and rows[1]["capture_id"] not in table
    comma = quick("captures", *home, "--address", "2023", "--format", "csv").stdout
    assert [row["capture_id"] for row in csv.DictReader(io.StringIO(comma))] == [rows[1]["capture_id"]]

    written = quick("captures", *home, rows[0]["capture_id"][:8], "--out", tmp_path / "one.pdf")
    assert written.returncode == 0 and (tmp_path / "one.pdf").read_bytes() == b"%PDF-1.7 report"
    sliced = quick("captures", *home, "--year", "2023", "--warc", tmp_path / "slice.warc.gz")
    assert sliced.stdout == f"{tmp_path / 'slice.warc.gz'}: 1 captures\n"
    with (tmp_path / "slice.warc.gz").open("rb") as file:
        records = [(r.headers["WARC-Type"], r.headers.get("WARC-Target-URI")) for r in ArchiveIterator(file)]
    assert records == [("warcinfo", None), ("resource", ADDRESS), ("metadata", ADDRESS)]

    several = quick("captures", *home, "--out", tmp_path / "x")
    assert (several.returncode, several.stderr) == (2, "gouji: --out writes one capture, and 2 fit; give its ID\n")
    none = quick("captures", *home, "--year", "1999", "--warc", tmp_path / "none.warc.gz")
    assert none.returncode == 2 and not list(tmp_path.glob("none*"))


def test_a_file_that_cannot_be_imported_is_named(quick: Command, saved: Path, tmp_path: Path) -> None:
    (saved / "other.html").write_text(PAGE.replace("www.county", "www.c0unty"), "utf-8")
    (tmp_path / "home").mkdir()
    with FileLock(tmp_path / "home" / "run.lock"):
        busy = quick("import", saved, "--home", tmp_path / "home", "--sources", tmp_path / "sources.toml")
    assert busy.returncode == 2 and "another run is under way" in busy.stderr
    done = quick("import", saved, "--home", tmp_path / "home", "--sources", tmp_path / "sources.toml")
    assert done.returncode == 2 and "2 imported, 1 not" in done.stdout
    assert done.stderr == "gouji: other.html: host www.c0unty.gansu.example is not in the registry\n"


def test_what_cannot_be_used_is_said_in_a_line(quick: Command, saved: Path, tmp_path: Path) -> None:
    lost = quick("captures", "--home", tmp_path / "nowhere")
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1) and "no archive" in lost.stderr
    (saved / "import.toml").write_text("", "utf-8")
    nobody = quick("import", saved, "--home", tmp_path / "home", "--sources", tmp_path / "sources.toml")
    assert nobody.returncode == 2 and nobody.stderr.startswith("gouji: ") and "who saved" in nobody.stderr
