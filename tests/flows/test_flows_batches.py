"""Batches: what is read together, how large a batch is, and that a bad file costs only itself."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.office_ole import compound
from extractors.sniff import sniff
from flows import batches as staging
from flows import costs, workers
from flows.batches import SECONDS_A_BATCH, batches
from flows.workers import Job, workers_for
from portals.captures import Capture
from portals.documents import DocumentSet
from portals.families.base import Entry
from portals.registry import load
from warehouse.staging import read_parts

AT = datetime(2026, 3, 1, tzinfo=UTC)
#: seconds that a process lives before it dies: one that is gone before its pool heard of its task breaks the pool
DYING = 0.5
CAPTURE = Capture(
    capture_id="c", address="http://a.example/x.html", final_address="", unit_id="620102", title="", published=None,
    parent_address=None, fetched_at=AT, checked_at=AT, status=200, media_type="text/html", charset="", sha256="",
    size=1000, warc="", offset=0, digest="", etag="", last_modified="",
    role="document", start=0, imported_by="",
)  # fmt: skip
SOURCES = """
[[portals]]
name = "a"
host = "a.example"
family = "trs"
delay_seconds = 0.0
concurrency = 1

[[units]]
id = "620102"
code = "620102"
name = "兰州市城关区人民政府"
aliases = []
level = "county"
kind = "aggregate"
parent = ""
portal = "a"
path = "/zfxxgknb/"
first_year = 2019
last_year = 2024
"""
PAGE = """<p>测试区人民政府2023年政府信息公开工作年度报告</p>
<p>四、政府信息公开行政复议、行政诉讼情况</p><table>
<tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>
<tr><td rowspan=2>结果维持</td><td rowspan=2>结果纠正</td><td rowspan=2>其他结果</td><td rowspan=2>尚未审结</td>
<td rowspan=2>总计</td><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>
<tr><td>结果维持</td><td>结果纠正</td><td>其他结果</td><td>尚未审结</td><td>总计</td>
<td>结果维持</td><td>结果纠正</td><td>其他结果</td><td>尚未审结</td><td>总计</td></tr>
<tr>FIGURES</tr></table>"""


def capture(address: str, media_type: str = "application/octet-stream", size: int = 100_000) -> Capture:
    return replace(CAPTURE, address=address, media_type=media_type, size=size)


@pytest.mark.parametrize(
    ("address", "media_type", "size", "kind", "times"),
    [
        ("http://a.example/t.html", "text/html", 9_000, "page", 1),
        ("http://a.example/P1.DOC", "application/octet-stream", 9_000, "office", 1),
        ("http://a.example/%E6%8A%A5.wps?x=1", "", 9_000, "office", 1),
        ("http://a.example/d.jsp?id=3", "application/msword", 9_000, "office", 1),
        ("http://a.example/d.jsp?id=3", "image/x-png", 9_000, "picture", 1),
        ("http://a.example/a.pdf", "application/pdf", 412_842, "pdf", 1),
        ("http://a.example/a.pdf", "application/pdf", 1_000_000, "picture", 4),
        ("http://a.example/a.pdf", "application/pdf", 30_000_000, "picture", 10),
        ("http://a.example/a.et", "", 9_000, "sheet", 1),
    ],
)
def test_a_cost_by_name_type_and_size(address: str, media_type: str, size: int, kind: costs.Kind, times: int) -> None:
    assert costs.seconds(capture(address, media_type, size)) == pytest.approx(costs.SECONDS[kind] * times)


@pytest.mark.parametrize(("suffix", "least", "most"), [("html", 200, 500), ("doc", 25, 35), ("png", 3, 5)])
def test_a_batch_is_some_seconds_of_reading(suffix: str, least: int, most: int) -> None:
    entry = Entry("http://a.example/", "", None, "620102", 2023)
    sets = [DocumentSet(entry, capture(f"http://a.example/{n}.{suffix}"), ()) for n in range(1000)]
    cut = batches(sets)
    assert [one for batch in cut for one in batch] == sets
    assert all(least <= len(batch) <= most for batch in cut[:-1])
    spent = [sum(costs.seconds(one.article) for one in batch) for batch in cut]
    assert max(spent) <= SECONDS_A_BATCH


def test_old_office_files_are_read_together() -> None:
    entry = Entry("http://a.example/", "", None, "620102", 2023)
    page = [capture(f"http://a.example/{n}.html") for n in range(1000)]
    file = [capture(f"http://a.example/{n}.doc") for n in range(1000)]
    carried = [DocumentSet(entry, one, (other,)) for one, other in zip(page[::50], file[::50], strict=True)]
    sets = [*carried, *(DocumentSet(entry, one, ()) for one in page[1::2])]
    shuffled = sorted(sets, key=lambda one: one.article.address)
    first, *rest = batches(shuffled)
    assert sorted(first, key=sets.index) == carried
    assert [one for batch in rest for one in batch] == [one for one in shuffled if one not in carried]


def test_a_set_that_costs_more_than_a_batch_is_one() -> None:
    entry = Entry("http://a.example/", "", None, "620102", 2023)
    scan = DocumentSet(entry, capture("http://a.example/1.pdf", size=9_000_000), ())
    assert batches([scan, scan]) == [(scan,), (scan,)]


@pytest.fixture(scope="module")
def docs() -> list[bytes]:
    """Twelve doc files with different figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n in range(12):
            figures = "".join(f"<td>{n + column}</td>" for column in range(15))
            (folder / f"{n}.html").write_text(PAGE.replace("FIGURES", figures), "utf-8")
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
        command += ["doc:MS Word 97", "--outdir", name, *(str(folder / f"{n}.html") for n in range(12))]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return [(folder / f"{n}.doc").read_bytes() for n in range(12)]


def broken(doc: bytes) -> bytes:
    """A Word file by its directory, whose text cannot be found."""
    (word,) = (stream for stream in compound(doc).streams if stream.name == "WordDocument")
    at = (word.sector + 1) * 512
    made = doc[:at] + bytes(512) + doc[at + 512 :]
    assert sniff(made) == "doc"
    return made


def test_office_files_share_a_start_and_a_bad_one_costs_only_itself(docs: list[bytes]) -> None:
    bad = {3: broken(docs[3]), 7: b"{\\rtf1 nothing", 13: b""}
    files = [bad.get(n, docs[n % 12]) for n in range(14)]
    jobs = [Job(f"{n}.doc", data) for n, data in enumerate(files)]
    assert [len(group) for group in workers._groups(jobs)] == [13, 1]
    assert [len(group) for group in workers._groups(jobs * 3)] == [32, 7, 1, 1, 1]
    with workers.readers(2) as pool:
        read = list(pool.read(jobs))
    for n, extraction in enumerate(read):
        if n in bad:
            assert extraction.error is not None and not extraction.reports, n
            continue
        (report,) = extraction.reports
        assert [int(reading.value or 0) for reading in report.readings] == [n % 12 + c for c in range(15)]
        assert (extraction.media_type, report.readings[0].reader) == ("application/msword", "soffice+word-1")


def test_a_group_whose_process_dies_is_read_one_by_one(docs: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads all of them is killed; alone, each is read."""
    monkeypatch.setattr(workers, "_read", _dies_with_several)
    with workers.readers(1) as pool:
        read = list(pool.read([Job("1.doc", docs[1]), Job("x.html", b"<p>x</p>"), Job("2.doc", docs[2])]))
    assert [len(extraction.reports) for extraction in read] == [1, 0, 1]


def test_pages_go_together_and_one_that_kills_its_process_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [Job(f"{n}.html", b"<p>%d</p>" % n) for n in range(20)]
    jobs[5] = replace(jobs[5], pictures=(b"GIF8",))
    assert [len(group) for group in workers._groups(jobs)] == [16, 3, 1]
    monkeypatch.setattr(workers, "_read", _dies_of_the_third)
    with workers.readers(1) as pool:
        codes = [extraction.error.code for extraction in pool.read(jobs) if extraction.error]
    assert codes == ["crashed" if n == 3 else "not_a_report" for n in range(20)]


def test_processes_that_die_at_rest_break_nothing() -> None:
    jobs = [Job("1.html", b"<p>1</p>"), Job("2.pdf", b"%PDF-1.4 %%EOF")]
    with workers.readers(2) as pool:
        for _ in range(2):
            codes = [extraction.error.code for extraction in pool.read(jobs) if extraction.error]
            assert codes == ["not_a_report", "truncated"]
            for process in multiprocessing.active_children():
                process.kill()


def _dies_of_the_third(jobs: list[Job]) -> object:
    if any(job.name == "3.html" for job in jobs):
        time.sleep(DYING)
        os._exit(9)
    return [workers.extract_bytes(job.data, job.name) for job in jobs]


def _dies_with_several(jobs: list[Job]) -> object:
    if len(jobs) > 1:
        time.sleep(DYING)
        os._exit(9)
    return [workers.extract_bytes(job.data, job.name) for job in jobs]


def test_pictures_beyond_the_bound_are_left_out_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is read with the first picture alone; the page and both pictures are on record."""
    monkeypatch.setattr(staging, "PICTURE_BYTES", 150_000)
    shown = tuple(replace(capture(f"http://a.example/{n}.png"), capture_id=f"p{n}") for n in range(2))
    entry = Entry(CAPTURE.address, "2023年政府信息公开工作年度报告", None, "620102", 2023)
    (tmp_path / "sources.toml").write_text(SOURCES, "utf-8")
    body = {"c": b"<h1>x</h1>", "p0": b"\x89PNG\r\n\x1a\n", "p1": b"\x89PNG\r\n\x1a\n"}
    asked: list[str] = []

    def load_body(capture: Capture) -> bytes:
        asked.append(capture.capture_id)
        return body[capture.capture_id]

    with workers.readers(1) as pool:
        part = staging.stage_batch(
            [DocumentSet(entry, CAPTURE, (), shown)],
            tmp_path / "staging",
            load(tmp_path / "sources.toml"),
            load_body,
            pool,
        )
    assert asked == ["c", "c", "p0"]
    errors = read_parts([part])[2]
    assert dict(zip(errors["capture_id"].to_pylist(), errors["code"].to_pylist(), strict=True)) == {
        "c": "not_a_report",
        "p0": "not_a_report",
        "p1": "too_large",
    }


def test_readers_start_however_deep_the_folder_for_temporary_files(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    program = "from flows.workers import readers\nwith readers(1) as pool: print(pool.run(len, 'abc'))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(deep)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("3\n", 0), done.stderr


@pytest.mark.parametrize(
    ("pages", "files", "processes"), [(0, 0, 1), (2, 0, 1), (17, 0, 2), (0, 2, 2), (1, 1, 2), (40, 9, 3)]
)
def test_no_process_is_started_that_has_nothing_to_do(
    pages: int, files: int, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_WORKERS", "3")
    jobs = [Job("a.html", b"<html><p>x")] * pages + [Job("a.pdf", b"%PDF-1.4")] * files
    assert workers_for(jobs) == processes
