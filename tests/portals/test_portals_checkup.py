"""Every record of a WARC file is looked at: whichever of them is harmed has its line, and only one."""

from __future__ import annotations

import gzip
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portals import checkup, records
from portals.archive import Archive
from portals.captures import INDEX, Origin
from portals.checkup_records import record_faults, warcs
from portals.exchange import Exchange, Fetched
from portals.saved import Saved
from portals.walk import Record, walk

AT = datetime(2025, 3, 1, 20, 0, tzinfo=UTC)
HOST = "http://sample.gansu.example"
ORIGIN = Origin("620102", "年度报告")


def exchange(path: str, raw: bytes, status: int = 200, **headers: str) -> Exchange:
    asked = (("Host", "sample.gansu.example"), ("User-Agent", "gouji/0.1"))
    return Exchange(f"{HOST}{path}", asked, "HTTP/1.1", status, "OK", tuple(headers.items()), raw)


def fetched(*exchanges: Exchange, minutes: int = 0) -> Fetched:
    answer = exchanges[-1]
    body = gzip.decompress(answer.raw) if answer.header("content-encoding") else answer.raw
    return Fetched(exchanges[0].address, AT + timedelta(minutes=minutes), body, exchanges)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page behind a redirect, one in gzip, a list, evidence, an import; a revisit of each page."""
    with Archive(tmp_path / "archive") as archive:
        moved = exchange("/a", b"<p>moved</p>" * 9, 302, Location="/b")
        first = archive.add(fetched(moved, exchange("/b", b"<p>page</p>" * 30)), ORIGIN)
        packed = gzip.compress(b"<p>packed</p>" * 40, mtime=0)
        other = archive.add(fetched(exchange("/c", packed, **{"Content-Encoding": "gzip"})), ORIGIN)
        archive.add(fetched(exchange("/zfxxgknb/", b"<ul></ul>" * 30)), ORIGIN, role="list")
        archive.add(fetched(exchange("/d", b"forbidden" * 20, 403)), ORIGIN, role="evidence")
        archive.take(Saved(f"{HOST}/e", AT, b"<p>saved</p>" * 30, "text/html", "", "auditor", "e.html"), ORIGIN, AT)
        archive.seen(first, fetched(moved, exchange("/b", b"", 304, ETag='"1"'), minutes=1))
        archive.seen(other, fetched(exchange("/c", packed, **{"Content-Encoding": "gzip"}), minutes=1))
        archive.add(fetched(exchange("/f", b"last" * 50), minutes=2), ORIGIN)
    return tmp_path / "archive"


def lines(folder: Path) -> list[str]:
    """What doctor says of the bodies and the records of an archive."""
    rows = checkup.rows(folder / INDEX)
    found = checkup.body_faults(folder, rows)
    for file in warcs(folder, rows):
        found += record_faults(folder / INDEX, file)
    return [fault.line for fault in found]


def file(folder: Path) -> Path:
    (only,) = folder.glob("*.warc.gz")
    return only


def test_a_sound_archive_says_nothing(folder: Path) -> None:
    assert lines(folder) == []
    assert Counter(record.kind for record in walk(file(folder))) == {
        "warcinfo": 1, "response": 6, "request": 6, "resource": 1, "metadata": 1, "revisit": 2,
    }  # fmt: skip


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_whichever_record_is_harmed_has_its_line(folder: Path, share: float) -> None:
    path = file(folder)
    whole, every = path.read_bytes(), list(walk(path))
    ends = [record.offset for record in every[1:]] + [len(whole)]
    own = {row.offset for row in checkup.rows(folder / INDEX)}
    for record, end in zip(every, ends, strict=True):
        at = record.offset + int((end - record.offset - 1) * share)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        told = lines(folder)
        if told == [] and list(walk(path)) == every:
            continue  # gzip's time, system and level bear nothing
        assert len(told) == 1, (record.kind, share, told)
        code = "capture" if record.offset in own else "warc"
        assert told[0].startswith(f"{code}: archive/{path.name}@{record.offset}: "), told
        if code == "warc":
            alone = record.kind in ("warcinfo", "revisit")
            assert ("no capture rests on it" in told[0]) is alone, told
            assert "restore the file from a backup" in told[0]


def repack(folder: Path, wanted: Callable[[Record], bool], change: Callable[[bytes], bytes]) -> None:
    """Write one record anew with another content: its checksum is right again."""
    path = file(folder)
    every, whole = list(walk(path)), path.read_bytes()
    record = next(record for record in every if wanted(record))
    ends = [*(one.offset for one in every[1:]), len(whole)]
    end = ends[every.index(record)]
    head, separator, block = gzip.decompress(whole[record.offset : end]).partition(b"\r\n\r\n")
    changed = head + separator + change(block)
    assert len(changed) == len(head + separator + block) and changed != head + separator + block
    packed = gzip.compress(changed, mtime=0)
    path.write_bytes(whole[: record.offset] + packed + whole[end:])
    shift(folder, record.offset, len(packed) - (end - record.offset))


def shift(folder: Path, after: int, by: int) -> None:
    with closing(sqlite3.connect(folder / INDEX)) as index, index:
        index.execute("UPDATE captures SET offset = offset + ? WHERE offset > ?", (by, after))
        index.execute("UPDATE captures SET start = start + ? WHERE start > ?", (by, after))


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("request", lambda block: block.replace(b"GET /b ", b"GET /x "), "it asks for something else"),
        ("response", lambda block: block.replace(b"moved", b"stays"), "a response record of .*/a: its block digest"),
        ("response", lambda block: block.replace(b"Location: /b", b"Location: /x"), "its block digest differs"),
        ("response", lambda block: block.replace(b"HTTP/1.1 403", b"HTTP/1.1 200"), "of .*/d: its block digest"),
    ],
)
def test_a_record_that_was_written_anew_is_told(folder: Path, kind: str, change: Any, said: str) -> None:
    repack(folder, lambda record: record.kind == kind and change(record.block) != record.block, change)
    (told,) = lines(folder)
    assert re.search(said, told), told


def test_a_request_that_is_gone(folder: Path) -> None:
    path = file(folder)
    every, whole = list(walk(path)), path.read_bytes()
    assert every[-1].kind == "request"
    path.write_bytes(whole[: every[-1].offset])
    assert [": its request is missing; restore the file" in line for line in lines(folder)] == [True]


def test_a_tail_that_a_killed_run_left_is_no_fault(folder: Path) -> None:
    path = file(folder)
    whole = path.read_bytes()
    path.write_bytes(whole + records.record("revisit", (), b"HTTP/1.1 304 Not Modified\r\n\r\n")[:30])
    assert lines(folder) == []


def test_a_revisit_of_what_no_row_knows(folder: Path) -> None:
    with closing(sqlite3.connect(folder / INDEX)) as index, index:
        index.execute("DELETE FROM captures WHERE address = ?", (f"{HOST}/c",))
    (told,) = lines(folder)
    assert f"1 revisits of what no row knows, such as {HOST}/c; restore a newer {INDEX}" in told


def test_a_file_that_no_row_names_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = folder / "20240101T000000Z-00000.warc.gz"
    copy.write_bytes(file(folder).read_bytes())
    rows = checkup.rows(folder / INDEX)
    opened: list[str] = []
    real = Path.open

    def counted(self: Path, *args: Any, **options: Any) -> Any:
        opened.append(self.name)
        return real(self, *args, **options)

    (unnamed,) = (one for one in warcs(folder, rows) if not one.rows)
    monkeypatch.setattr(Path, "open", counted)
    (fault,) = record_faults(folder / INDEX, unnamed)
    assert opened == [copy.name]
    assert "no row names it, and it has 6 captures, and all that can be read of them is in other files" in fault.line
