"""A copy of the archive's index: whole, also while a crawl goes on, and nothing is written beside the original."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portals import copying
from portals.archive import Archive, ArchiveError
from portals.copying import copied_index
from portals.families.base import Entry

AT = datetime(2025, 3, 1, 20, tzinfo=UTC)


def entries(first: int, last: int) -> list[Entry]:
    return [
        Entry(f"http://a.example/{n}", "年度报告", date(2024, 1, 31), "620102", 2023, 0) for n in range(first, last)
    ]


def listed(folder: Path, index: Path) -> int:
    with Archive(folder, index) as copy:
        return len(list(copy.entries()))


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_a_crawl_under_way_has_written_is_in_the_copy(tmp_path: Path, into: Path) -> None:
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        archive.listed("620102", entries(0, 500), AT)
        before = files(folder)
        assert len(before["captures.sqlite-wal"]) > 4096, "not in the file itself yet"
        assert listed(folder, copied_index(folder, into)) == 500
        assert files(folder) == before
        archive.listed("620102", entries(500, 700), AT)
        assert listed(folder, copied_index(folder, into)) == 700
    before = files(folder)
    assert set(before) == {"captures.sqlite"}
    assert listed(folder, copied_index(folder, into)) == 700
    assert files(folder) == before


def test_an_index_that_changes_under_the_copy_is_copied_again(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        archive.listed("620102", entries(0, 5), AT)

    def meanwhile(_: float) -> None:
        states.append(2)

    states = [0]
    right = copying._state

    def moving(source: Path, log: Path) -> tuple[int, int, bytes]:
        """Changes with every look until somebody has waited."""
        states[0] += len(states) == 1
        size, _, header = right(source, log)
        return size, states[0], header

    monkeypatch.setattr(copying, "_state", moving)
    monkeypatch.setattr(copying.time, "sleep", meanwhile)
    assert listed(folder, copied_index(folder, into)) == 5
    assert len(states) == 2, "waited once"


def test_where_there_is_none_or_it_never_stands_still(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ArchiveError, match=r"captures\.sqlite: No such file"):
        copied_index(tmp_path, into)
    with Archive(tmp_path / "archive") as archive:
        archive.listed("620102", entries(0, 5), AT)
    looks = iter(range(100))
    monkeypatch.setattr(copying, "_state", lambda source, log: (next(looks), 0, b""))
    monkeypatch.setattr(copying, "_PAUSES", (0.0,))
    with pytest.raises(ArchiveError, match="keeps writing"):
        copied_index(tmp_path / "archive", into)
