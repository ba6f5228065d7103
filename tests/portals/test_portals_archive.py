from __future__ import annotations

import errno
import gzip
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from portals.archive import Archive, ArchiveError, Origin
from portals.captures import DamagedError, stamp
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.links import Link
from portals.listed import Listed
from portals.problems import Problem
from portals.shelved import Shelved
from portals.walk import walk
from portals.warc import WarcFolder

START = datetime(2025, 3, 1, 20, 0, tzinfo=UTC)
ORIGIN = Origin("620102", "2023年政府信息公开工作年度报告", date(2024, 1, 31), 2023)
ROOT = Path(__file__).resolve().parents[2]


def exchange(address: str, raw: bytes, status: int = 200, **headers: str) -> Exchange:
    names = tuple((key.replace("_", "-"), value) for key, value in headers.items())
    return Exchange(address, (("Host", "a.example"), ("User-Agent", "gouji/0.1")), "HTTP/1.1", status, "OK",
                    (("Content-Type", "text/html; charset=utf-8"), *names), raw)  # fmt: skip


def fetched(address: str, body: bytes, minutes: float = 0, **headers: str) -> Fetched:
    return Fetched(address, START + timedelta(minutes=minutes), body, (exchange(address, body, **headers),))


def not_modified(address: str, minutes: float) -> Fetched:
    return Fetched(address, START + timedelta(minutes=minutes), b"", (exchange(address, b"", 304),))


def warcs(archive_folder: Path) -> list[Path]:
    return sorted(archive_folder.glob("*.warc.gz"))


def test_a_capture_says_what_was_received(archive: Archive) -> None:
    given = fetched("http://a.example/1", "城关".encode(), ETag='"x"', Last_Modified="yesterday")
    capture = archive.add(given, ORIGIN)
    assert archive.read(capture.capture_id) == "城关".encode()
    assert archive.latest("http://a.example/1") == capture == next(archive.captures())
    assert (capture.unit_id, capture.published, capture.status, capture.size) == ("620102", date(2024, 1, 31), 200, 6)
    assert (capture.media_type, capture.charset, capture.etag, capture.last_modified) == (
        "text/html", "utf-8", '"x"', "yesterday")  # fmt: skip
    assert capture.fetched_at == capture.checked_at == START
    assert archive.latest("http://a.example/2") is None


def test_ids_depend_on_address_and_content_alone(tmp_path: Path) -> None:
    ids = []
    for folder, minutes in (("a", 0), ("b", 99)):
        with Archive(tmp_path / folder) as made:
            ids.append(made.add(fetched("http://a.example/1", b"x", minutes), ORIGIN).capture_id)
            other = made.add(fetched("http://a.example/2", b"x", minutes), ORIGIN).capture_id
    assert ids[0] == ids[1] != other


def test_unchanged_content_is_touched_not_copied(archive: Archive, tmp_path: Path) -> None:
    first = archive.add(fetched("http://a.example/1", b"x" * 5000), ORIGIN)
    archive.seen(first, not_modified("http://a.example/1", 10))
    archive.add(fetched("http://a.example/1", b"x" * 5000, 20), ORIGIN)
    (only,) = archive.captures()
    assert only.fetched_at == START and only.checked_at == START + timedelta(minutes=20)
    with warcs(tmp_path / "archive")[0].open("rb") as file:
        records = [(r.rec_type, r.rec_headers) for r in ArchiveIterator(file)]
    assert [kind for kind, _ in records] == ["warcinfo", "response", "request", "revisit", "revisit"]
    original = records[1][1]
    for (_, headers), profile in zip(records[3:], ("server-not-modified", "identical-payload-digest"), strict=True):
        assert headers.get_header("WARC-Profile").endswith(profile)
        assert headers.get_header("WARC-Refers-To-Date") == original.get_header("WARC-Date")
        assert headers.get_header("WARC-Payload-Digest") == original.get_header("WARC-Payload-Digest")


def test_changed_content_is_a_new_version_and_may_come_back(archive: Archive) -> None:
    one = archive.add(fetched("http://a.example/1", b"one"), ORIGIN)
    two = archive.add(fetched("http://a.example/1", b"two", 10), ORIGIN)
    latest = archive.latest("http://a.example/1")
    assert latest is not None and latest.capture_id == two.capture_id
    archive.add(fetched("http://a.example/1", b"one", 20), ORIGIN)
    latest = archive.latest("http://a.example/1")
    assert latest is not None and latest.capture_id == one.capture_id
    assert [archive.read(c.capture_id) for c in archive.captures()] == [b"one", b"two"]


def test_captures_come_in_the_same_order_whatever_the_order_of_arrival(tmp_path: Path) -> None:
    arrivals = [(f"http://a.example/{n % 7}", b"%d" % n, n) for n in range(21)]
    seen = []
    for seed in (1, 2):
        random.Random(seed).shuffle(arrivals)
        with Archive(tmp_path / str(seed)) as made:
            for address, body, minutes in arrivals:
                made.add(fetched(address, body, minutes), ORIGIN)
            seen.append([replace(c, offset=0, start=0, warc="") for c in made.captures()])
    assert seen[0] == seen[1]
    assert [(c.address, c.fetched_at) for c in seen[0]] == sorted((c.address, c.fetched_at) for c in seen[0])


def test_other_tools_can_read_the_warc(archive: Archive, tmp_path: Path) -> None:
    body = "<p>年度报告</p>".encode() * 50
    raw = gzip.compress(body, mtime=0)
    hops = (
        exchange("http://a.example/old", b"moved", 302, Location="/new"),
        exchange("http://a.example/new", raw, Content_Encoding="gzip", Transfer_Encoding="chunked", X="\xe5\x9f"),
    )
    capture = archive.add(Fetched("http://a.example/old", START, body, hops), ORIGIN)
    empty = archive.add(fetched("http://a.example/empty", b""), ORIGIN)
    assert archive.read(capture.capture_id) == body and archive.read(empty.capture_id) == b""
    assert capture.final_address == "http://a.example/new"
    found = []
    with warcs(tmp_path / "archive")[0].open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            content = record.content_stream().read()
            found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), content))
            assert record.digest_checker.passed is not False
            if record.rec_type == "request":
                assert record.http_headers.protocol == "GET"
                assert record.rec_headers.get_header("WARC-Concurrent-To")
    assert found[1:] == [
        ("response", "http://a.example/old", b"moved"),
        ("request", "http://a.example/old", b""),
        ("response", "http://a.example/new", body),
        ("request", "http://a.example/new", b""),
        ("response", "http://a.example/empty", b""),
        ("request", "http://a.example/empty", b""),
    ]


def test_a_body_that_looks_chunked_is_not_unchunked_again(archive: Archive, tmp_path: Path) -> None:
    body = b"5\r\nhello\r\n0\r\n\r\n"
    capture = archive.add(fetched("http://a.example/1", body, Transfer_Encoding="chunked"), ORIGIN)
    assert archive.read(capture.capture_id) == body
    with warcs(tmp_path / "archive")[0].open("rb") as file:
        record = next(r for r in ArchiveIterator(file) if r.rec_type == "response")
        assert record.content_stream().read() == body
        assert record.http_headers.get_header("X-Archive-Orig-Transfer-Encoding") == "chunked"


def test_a_new_run_writes_a_new_file_and_large_files_end(tmp_path: Path) -> None:
    for n in range(3):
        with Archive(tmp_path / "archive") as made:
            made.add(fetched(f"http://a.example/{n}", b"x"), ORIGIN)
    assert [p.name for p in warcs(tmp_path / "archive")] == [f"20250301T200000Z-0000{n}.warc.gz" for n in range(3)]
    folder = WarcFolder(tmp_path, max_file_bytes=1500)
    names = [folder.store(fetched(f"http://a.example/{n}", os.urandom(900)))[0] for n in range(4)]
    folder.close()
    assert len(set(names)) == 4


def test_a_cut_tail_harms_nothing_that_the_index_knows(tmp_path: Path) -> None:
    with Archive(tmp_path) as made:
        for n in range(5):
            made.add(fetched(f"http://a.example/{n}", b"%d" % n * 400), ORIGIN)
    (path,) = warcs(tmp_path)
    path.write_bytes(path.read_bytes() + gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n" * 9)[:-20])
    with Archive(tmp_path) as made:
        assert [made.read(c.capture_id) for c in made.captures()] == [b"%d" % n * 400 for n in range(5)]
        made.add(fetched("http://a.example/9", b"later"), ORIGIN)
        assert len(warcs(tmp_path)) == 2, "never appended to a file that may be torn"


class Full:
    """A WARC file on a disk that takes no more after some bytes, until it is `freed`."""

    def __init__(self, file: BinaryIO, room: int, cuts: bool) -> None:
        self.file, self.room, self.cuts, self.freed = file, room, cuts, False

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def write(self, data: memoryview) -> int:
        if self.room == 0 and not self.freed:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self.file.write(data if self.freed else data[: self.room])
        self.room = max(0, self.room - written)
        return written

    def truncate(self, size: int) -> int:
        if not self.cuts:
            raise OSError(errno.EIO, "Input/output error")
        return self.file.truncate(size)


@pytest.mark.parametrize("room", [100, 1500], ids=["in the first record", "in the document"])
@pytest.mark.parametrize("cuts", [True, False])
def test_a_disk_full_for_a_moment_harms_nothing_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuts: bool, room: int
) -> None:
    disks: list[Full] = []
    create = WarcFolder._create

    def full(folder: WarcFolder, at: datetime) -> Full:
        disks.append(Full(create(folder, at), room, cuts))
        return disks[-1]

    with Archive(tmp_path) as made, monkeypatch.context() as patched:
        patched.setattr(WarcFolder, "_create", full)
        with pytest.raises(OSError, match="No space"):
            made.add(fetched("http://a.example/1", os.urandom(3000)), ORIGIN)
        patched.undo()
        disks[0].freed = True
        later = [fetched(f"http://a.example/{n}", os.urandom(500)) for n in (2, 1)]
        assert [made.read(made.add(given, ORIGIN).capture_id) for given in later] == [given.body for given in later]
    whole = warcs(tmp_path)[-1]
    assert Counter(record.kind for record in walk(whole)) == {"warcinfo": 1, "response": 2, "request": 2}
    assert len(warcs(tmp_path)) == (1 if cuts else 2), "half a record that cannot be cut off ends its file"


def test_damage_is_found_on_reading(tmp_path: Path) -> None:
    with Archive(tmp_path) as made:
        capture = made.add(fetched("http://a.example/1", os.urandom(300), ETag='"x"'), ORIGIN)
        right = made.read(capture.capture_id)
        (path,) = warcs(tmp_path)
        whole = path.read_bytes()
        outcomes = set()
        for at in range(capture.offset, len(whole), 3):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
            try:
                outcomes.add(made.read(capture.capture_id) == right)
            except DamagedError as error:
                assert "\n" not in str(error)
                outcomes.add("damaged")
        assert outcomes == {True, "damaged"}, "right, or said to be damaged; never wrong"
        path.write_bytes(whole[: capture.offset + 60])
        with pytest.raises(DamagedError):
            made.read(capture.capture_id)
        path.unlink()
        with pytest.raises(DamagedError, match="No such file"):
            made.read(capture.capture_id)
        path.mkdir()  # what cannot be read now may be whole
        with pytest.raises(ArchiveError, match="Is a directory") as caught:
            made.read(capture.capture_id)
        assert not isinstance(caught.value, DamagedError)
        with pytest.raises(ArchiveError, match="no capture 'nope'"):
            made.read("nope")


def test_a_row_that_points_at_another_record_is_damage(tmp_path: Path) -> None:
    with Archive(tmp_path) as made:
        made.add(fetched("http://a.example/1", b"one"), ORIGIN)
        made.add(fetched("http://a.example/2", b"two"), ORIGIN)
        with sqlite3.connect(tmp_path / "captures.sqlite") as index:
            (offset,) = index.execute("SELECT offset FROM captures WHERE address LIKE '%1'").fetchone()
            index.execute("UPDATE captures SET offset = ? WHERE address LIKE '%2'", (offset,))
        two = made.latest("http://a.example/2")
        assert two is not None
        with pytest.raises(DamagedError, match="not the content that was received"):
            made.read(two.capture_id)


def test_a_foreign_or_newer_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "captures.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(ArchiveError, match="not a database"):
        Archive(tmp_path)
    newer = tmp_path / "newer"
    Archive(newer).close()
    with sqlite3.connect(newer / "captures.sqlite") as index:
        index.execute("PRAGMA user_version = 99")
    with pytest.raises(ArchiveError, match="version 99"):
        Archive(newer)


def test_entries_links_and_problems_are_kept(archive: Archive) -> None:
    address = "http://a.example/1"
    entry = Entry(address, "2023年报", date(2024, 1, 1), "620102", 2023)
    archive.listed("620102", [entry], START)
    archive.listed("620102", [replace(entry, title="改过的标题", published=None)], START + timedelta(1))
    archive.listed("620101", [replace(entry, unit_id="620101", year=None)], START)
    assert [(e.unit_id, e.title, e.published, e.year) for e in archive.entries()] == [
        ("620101", "2023年报", date(2024, 1, 1), None),
        ("620102", "改过的标题", None, 2023),
    ]
    assert [(e.unit_id, e.year, e.rank) for e in archive.entries({address})] == [
        ("620101", None, 0),
        ("620102", 2023, 0),
    ]
    assert list(archive.entries({"http://a.example/2"})) == []
    first, second = stamp(START), stamp(START + timedelta(1))
    assert sorted(archive.every_listed()) == [
        Listed(address, "620101", None, 0, first, first, gone=False),
        Listed(address, "620102", 2023, 0, first, second, gone=False),
    ]
    archive.listed("620102", [], START + timedelta(2), whole=True)
    assert [one.gone for one in sorted(archive.every_listed())] == [False, True]
    archive.listed("620102", [entry], START + timedelta(1))
    assert not any(one.gone for one in archive.every_listed()), "the clock was ahead"
    problem = Problem(address, "document", "blocked", "HTTP 412", 412, "620102", "2023年报", 2023, START)
    listing = replace(problem, address="http://a.example/", kind="list", year=None)
    archive.note(problem)
    archive.note(listing)
    assert list(archive.problems()) == [listing, problem]
    archive.solved("620101")
    archive.solved("620102")
    assert list(archive.problems()) == [problem]
    links = (Link("http://a.example/b.pdf", "附件1"), Link("http://a.example/a.pdf", "附件2"))
    capture = archive.add(fetched(address, b"x"), ORIGIN, links)
    assert archive.links(capture.capture_id) == links
    assert list(archive.problems()) == [], "captured after all"
    archive.note(problem)
    archive.seen(capture, not_modified(address, 5))
    assert list(archive.problems()) == []


def test_all_captures_by_id_are_the_captures(archive: Archive) -> None:
    for n in range(3):
        archive.add(
            fetched(f"http://a.example/{n}", b"%d" % n, n), replace(ORIGIN, parent_address="p" if n else None)
        )
    every = {capture.capture_id: capture for capture in archive.captures()}
    shelved = archive.shelved()
    assert dict(shelved) == every == dict(Shelved.of(every.values()))
    assert list(shelved) == list(every)
    assert (len(shelved), "none" in shelved, shelved.get("none")) == (3, False, None)
    assert shelved.column("parent_address") == [capture.parent_address for capture in every.values()]
    assert shelved.column("fetched_at") == [stamp(capture.fetched_at) for capture in every.values()]


def test_times_need_a_zone(archive: Archive) -> None:
    with pytest.raises(ValueError, match="zone"):
        archive.listed("620102", [Entry("a", "b", None, "620102", None)], START.replace(tzinfo=None))
    assert list(archive.entries()) == []


def test_threads_share_an_archive(archive: Archive) -> None:
    barrier = threading.Barrier(8)

    def work(n: int) -> None:
        barrier.wait()
        for k in range(10):
            capture = archive.add(fetched(f"http://a.example/{k}", b"%d" % k * 500, n), ORIGIN)
            assert archive.read(capture.capture_id) == b"%d" % k * 500

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(list(archive.captures())) == 10


def test_two_archives_on_one_folder_do_not_tear_each_other(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as two:
        for n in range(10):
            (one, two)[n % 2].add(fetched(f"http://a.example/{n}", b"%d" % n), ORIGIN)
        assert len(warcs(tmp_path)) == 2
        assert [one.read(c.capture_id) for c in two.captures()] == [b"%d" % n for n in range(10)]


@pytest.mark.parametrize("after", [1, 7, 23])
def test_a_kill_leaves_every_row_readable(tmp_path: Path, after: int) -> None:
    """Another process writes as fast as it can and is killed; each row it announced must be whole."""
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        sys.path[:0] = sys.argv[2:]
        from portals.archive import Archive
        from test_portals_archive import ORIGIN, fetched
        archive = Archive(Path(sys.argv[1]))
        for n in range(100_000):
            archive.add(fetched(f"http://a.example/{n}", b"%d" % n * 3000), ORIGIN)
            print(n, flush=True)
        """
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(ROOT), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(after):
            said = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    with Archive(tmp_path) as made:
        bodies = {c.address: made.read(c.capture_id) for c in made.captures()}
        made.add(fetched("http://a.example/new", b"x"), ORIGIN)
    assert len(bodies) > said
    assert all(body == address.rpartition("/")[2].encode() * 3000 for address, body in bodies.items())
