"""The archive in a real object store: no index names what is not there, and nothing received is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from s3_server import S3Server
from warcio.archiveiterator import ArchiveIterator

from portals.archive import Archive, ArchiveError, Origin
from portals.copying import copied_index
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.links import Link
from portals.problems import Problem
from portals.shared import Shared, Snapshot
from portals.vaults import Writing  # noqa: F401 - for the processes that are killed
from store.remote import Remote

START = datetime(2025, 3, 1, 20, 0, tzinfo=UTC)
ORIGIN = Origin("620102", "2023年政府信息公开工作年度报告", date(2024, 1, 31), 2023)


def fetched(number: int, minutes: int = 0, body: bytes = b"") -> Fetched:
    address, body = f"http://a.example/{number}", body or b"report %d" % number
    head = (("Content-Type", "text/html"),)
    exchange = Exchange(address, (("Host", "a.example"),), "HTTP/1.1", 200, "OK", head, body)
    return Fetched(address, START + timedelta(minutes=minutes), body, (exchange,))


@pytest.fixture
def shared(bucket: Remote, tmp_path: Path) -> Shared:
    return Shared(bucket / "archive", tmp_path / "one")


def elsewhere(shared: Shared, name: str = "two") -> Shared:
    """The same archive from another machine."""
    return Shared(shared.remote, shared.work.with_name(name))


def bodies(place: Shared) -> dict[str, bytes]:
    """What a machine that knows the store alone reads."""
    with Archive(place) as archive:
        return {capture.address: archive.read(capture.capture_id) for capture in archive.captures()}


def waiting(shared: Shared) -> list[str]:
    return sorted(path.name for path in (shared.work / "write").glob("*.warc.gz"))


def test_what_one_machine_received_another_reads(shared: Shared) -> None:
    assert not shared.is_dir()
    with pytest.raises(ArchiveError, match=r"archive: no archive$"):
        Archive(shared)
    with Archive.writing(shared) as archive:
        first = archive.add(fetched(1), ORIGIN, [Link("http://a.example/a.pdf", "附件")])
        archive.listed("620102", [Entry("http://a.example/1", "年度报告", None, "620102", 2023, 0)], START)
        archive.note(Problem("http://a.example/9", "document", "blocked", "403", 403, "620102", "", 2023, START))
        # Not shared yet, and read all the same.
        assert archive.read(first.capture_id) == b"report 1"
        archive.share()
        assert waiting(shared) == []
        assert archive.read(first.capture_id) == b"report 1"
        assert bodies(elsewhere(shared)) == {"http://a.example/1": b"report 1"}
        archive.add(fetched(2, 1), ORIGIN)
    assert shared.is_dir()
    assert bodies(elsewhere(shared)) == {f"http://a.example/{n}": b"report %d" % n for n in (1, 2)}
    with Archive(elsewhere(shared, "three")) as archive:
        assert archive.links(first.capture_id) == (Link("http://a.example/a.pdf", "附件"),)
        assert [entry.year for entry in archive.entries()] == [2023]
        assert [problem.code for problem in archive.problems()] == ["blocked"]
        out = BytesIO()
        assert archive.export(archive.captures(), out, START) == 2
        out.seek(0)
        kinds = [record.rec_type for record in ArchiveIterator(out)]
        assert kinds == ["warcinfo", "response", "request", "response", "request"]


def test_a_reader_writes_nothing(shared: Shared) -> None:
    with Archive.writing(shared) as archive:
        known = archive.add(fetched(1), ORIGIN)
    before = shared.look()
    with Archive(shared) as archive:
        for write in (
            lambda: archive.add(fetched(2), ORIGIN),
            lambda: archive.seen(known, fetched(1, 5)),
            lambda: archive.solved("620102"),
        ):
            with pytest.raises(ArchiveError, match="reading only"):
                write()
    assert shared.look() == before
    assert (shared.work / "write").is_dir()
    assert not elsewhere(shared).work.exists()


def test_nothing_new_is_not_shared_again(shared: Shared) -> None:
    with Archive.writing(shared) as archive:
        archive.add(fetched(1), ORIGIN)
    before, names = shared.look(), shared.remote.names()
    with Archive.writing(shared):
        pass
    with Archive.writing(elsewhere(shared)):
        pass
    assert (shared.look(), shared.remote.names()) == (before, names)


def test_old_snapshots_go_and_the_one_before_stays(shared: Shared) -> None:
    for number in range(4):
        with Archive.writing(shared) as archive:
            archive.add(fetched(number, number), ORIGIN)
        assert len(bodies(elsewhere(shared))) == number + 1
    assert sum(name.endswith(".sqlite.gz") for name in shared.remote.names()) == 2
    copies = (elsewhere(shared).work / "read").glob("captures-*.sqlite")
    assert len(list(copies)) == 2


_NIGHT = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_store_archive import Archive, Entry, ORIGIN, Remote, Shared, START, Writing, fetched
moment = sys.argv[4]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "before the upload":
    Writing.share = die
elif moment == "between upload and index":
    Shared.swap = die
elif moment == "right after the index":
    Writing._clear = die
archive = Archive(Shared(Remote(sys.argv[2]), Path(sys.argv[3])), writing=True)
archive.add(fetched(int(sys.argv[5]), 1), ORIGIN)
archive.listed("620102", [Entry("http://a.example/" + sys.argv[5], "报告", None, "620102", 2023, 0)], START)
archive.share()
"""


def killed(shared: Shared, moment: str, number: int) -> None:
    here = str(Path(__file__).resolve().parent)
    words = [sys.executable, "-c", _NIGHT, here, shared.remote.url, str(shared.work), moment, str(number)]
    paths = os.pathsep.join([str(Path(here).parents[1]), str(Path(here).parent)])
    done = subprocess.run(words, env=os.environ | {"PYTHONPATH": paths}, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("moment", ["before the upload", "between upload and index", "right after the index"])
@pytest.mark.parametrize("others", [False, True], ids=["alone", "another machine in between"])
def test_a_run_that_was_killed_is_shared_by_the_next(shared: Shared, moment: str, others: bool) -> None:
    with Archive.writing(shared) as archive:
        archive.add(fetched(1), ORIGIN)
    killed(shared, moment, 2)
    known = bodies(elsewhere(shared))
    assert known.keys() == {f"http://a.example/{n}" for n in ((1, 2) if moment == "right after the index" else (1,))}
    if others:
        with Archive.writing(elsewhere(shared)) as archive:
            archive.add(fetched(3, 2), ORIGIN)
    with Archive.writing(shared) as archive:
        archive.add(fetched(4, 3), ORIGIN)
        assert [entry.address for entry in archive.entries()] == ["http://a.example/2"]
    wanted = {1, 2, 4, *([3] if others else [])}
    assert bodies(elsewhere(shared)) == {f"http://a.example/{n}": b"report %d" % n for n in wanted}
    assert waiting(shared) == []


def test_two_that_write_at_once_lose_nothing(shared: Shared) -> None:
    """One that lost the run's lease without noticing: its captures wait for its next run."""
    with Archive.writing(shared) as archive:
        archive.add(fetched(1), ORIGIN)
    late = Archive.writing(shared)
    late.add(fetched(2, 5), ORIGIN)
    seen = late.latest("http://a.example/1")
    assert seen
    late.seen(seen, fetched(1, 9))
    with Archive.writing(elsewhere(shared)) as archive:
        archive.add(fetched(3, 5), ORIGIN)
    with pytest.raises(ArchiveError, match="another machine writes to it"):
        late.close()
    with Archive.writing(shared) as archive:
        again = archive.latest("http://a.example/1")
        assert again
        assert again.checked_at == START + timedelta(minutes=9)
    assert bodies(elsewhere(shared)).keys() == {f"http://a.example/{n}" for n in (1, 2, 3)}


def test_the_store_goes_away_while_it_is_given(s3: S3Server, shared: Shared) -> None:
    archive = Archive.writing(shared)
    archive.add(fetched(1), ORIGIN)
    returning = s3.outage(0.2)
    archive.close()
    returning.join()
    assert bodies(elsewhere(shared)) == {"http://a.example/1": b"report 1"}


def test_a_folder_that_was_copied_into_the_store_goes_on(shared: Shared, tmp_path: Path) -> None:
    with Archive(tmp_path / "plain") as archive:
        archive.add(fetched(1), ORIGIN)
    for path in (tmp_path / "plain").iterdir():
        (shared.remote / path.name).upload(path)
    assert shared.is_dir()
    assert bodies(shared) == {"http://a.example/1": b"report 1"}
    with Archive.writing(shared) as archive:
        archive.add(fetched(2), ORIGIN)
    assert bodies(elsewhere(shared)).keys() == {"http://a.example/1", "http://a.example/2"}


def test_damage_is_one_line(shared: Shared, tmp_path: Path) -> None:
    with Archive.writing(shared) as archive:
        capture = archive.add(fetched(1), ORIGIN)
    with Archive(shared) as archive:
        (shared.remote / capture.warc).write_bytes(b"damaged")
        with pytest.raises(ArchiveError, match=r"^[^\n]*warc.gz@[^\n]*$"):
            archive.read(capture.capture_id)
        (shared.remote / capture.warc).unlink()
        with pytest.raises(ArchiveError, match=r"no such object"):
            archive.read(capture.capture_id)
    name = Snapshot.decoded(shared.look().data or b"", "").name
    whole = (shared.remote / name).read_bytes()
    for damaged in (whole[:-20], b"x", b""):
        (shared.remote / name).write_bytes(damaged)
        with pytest.raises(ArchiveError, match=r"^[^\n]*sqlite.gz: [^\n]*$"):
            Archive(elsewhere(shared))
    (shared.remote / "INDEX").write_bytes(b"{}")
    with pytest.raises(ArchiveError, match="INDEX: not ours, or damaged"):
        Archive(elsewhere(shared))
    (shared.remote / "INDEX").unlink()
    with pytest.raises(ArchiveError, match="its index is gone"):
        Archive.writing(shared)


def test_a_copy_of_the_index_is_what_was_shared(shared: Shared, tmp_path: Path) -> None:
    with Archive.writing(shared) as archive:
        archive.add(fetched(1), ORIGIN)
    names: Any = shared.remote.names()
    with Archive(shared, copied_index(shared, tmp_path / "copy")) as archive:
        assert [capture.address for capture in archive.captures()] == ["http://a.example/1"]
        assert len([archive.read(capture.capture_id) for capture in archive.captures()]) == 1
    assert shared.remote.names() == names
