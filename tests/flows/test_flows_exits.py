"""How a command ends where its output, or a place it is given, cannot be used."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from commandline import GOUJI, Command, environment
from forks import Forks

from flows.cli import gouji
from flows.exits import CANNOT_USE, INTERRUPTED, UNHEARD, UnusableError, fault_of_files
from flows.overview_view import _bar

LISTED = ("portals", "list", "--sources", "gansu")


@pytest.mark.parametrize("words", [LISTED, ("check", "/dev/null", "--format", "json")])
def test_output_that_nobody_reads_is_no_finding(forks: Forks, tmp_path: Path, words: tuple[str, ...]) -> None:
    """By click and rich it is 1, of a command that has nothing critical to tell."""
    reading, writing = os.pipe()
    os.close(reading)
    with (tmp_path / "err").open("w+b") as err:
        command = forks.begin(*words, out=writing, err=err.fileno())
        os.close(writing)
        with command.answer:
            assert command.wait(60) == UNHEARD
        err.seek(0)
        assert b"fault of ours" not in err.read()


def test_output_that_cannot_be_written_is_not_done(forks: Forks, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full, (tmp_path / "err").open("w+b") as err:
        for words in (LISTED, ("portals", "--help")):
            command = forks.begin(*words, out=full.fileno(), err=err.fileno())
            with command.answer:
                assert command.wait(60) == INTERRUPTED
        err.seek(0)
        said = err.read().decode().splitlines()
    assert [line for line in said if "No space left on device" in line] == said
    assert len(said) == 2


def test_closed_streams_lead_nowhere() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {GOUJI} --version <&- >&-"],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), ("/srv/x: Permission denied", CANNOT_USE)),
        (OSError(errno.EROFS, "Read-only file system", b"/srv"), ("/srv: Read-only file system", CANNOT_USE)),
        (OSError(errno.ENOSPC, "No space left on device"), ("No space left on device", INTERRUPTED)),
        (OSError(errno.EIO, "Input/output error", "/srv/x"), ("/srv/x: Input/output error", INTERRUPTED)),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), None),
        (ValueError("odd"), None),
    ],
)
def test_files_that_cannot_be_used(error: Exception, told: tuple[str, int] | None) -> None:
    assert fault_of_files(error) == told


def test_a_place_that_cannot_be_used_is_one_line(quick: Command, tmp_path: Path) -> None:
    """Whoever the tests run as: nobody makes a folder in a file."""
    (tmp_path / "file").write_text("x")
    inside = tmp_path / "file" / "inside"
    for words in (("sample", inside), ("import", tmp_path, "--home", inside, "--sources", "gansu")):
        done = quick(*words)
        assert done.returncode == CANNOT_USE, done.stderr
        assert done.stderr.count("\n") == 1
        assert f"{inside}" in done.stderr
        assert done.stderr.endswith(": Not a directory\n")


@pytest.mark.parametrize(
    "words", [("status",), ("outbox",), ("upkeep",), ("releases",), ("report",), ("query", "SELECT 1")]
)
def test_a_mistyped_home_is_neither_empty_nor_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    monkeypatch.delenv("GOUJI_STORE", raising=False)
    with pytest.raises(UnusableError, match="typo: no such home"):
        gouji.main([*words, "--home", str(tmp_path / "typo")], standalone_mode=False)
    assert not (tmp_path / "typo").exists()


def test_a_home_without_a_release_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GOUJI_STORE", raising=False)
    with pytest.raises(UnusableError, match=f"{tmp_path}: nothing has been released yet"):
        gouji.main(["releases", "--home", str(tmp_path)], standalone_mode=False)


def test_a_damaged_record_of_a_home_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GOUJI_STORE", raising=False)
    for name in ("outbox/ledger.sqlite", "warehouse/RELEASE"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("{ and no more, which is neither a database nor JSON")
    with pytest.raises(sqlite3.DatabaseError) as raised:
        gouji.main(["outbox", "--home", str(tmp_path)], standalone_mode=False)
    said = f"{tmp_path / 'outbox' / 'ledger.sqlite'}: file is not a database"
    assert fault_of_files(raised.value) == (said, CANNOT_USE)
    with pytest.raises(UnusableError, match="RELEASE cannot be read"):
        gouji.main(["releases", "--home", str(tmp_path)], standalone_mode=False)


def test_a_licence_is_an_id(tmp_path: Path) -> None:
    words = ["package", str(tmp_path / "x"), "--licence", "CC BY 4.0", "--home", str(tmp_path)]
    with pytest.raises(UnusableError, match="not an SPDX id"):
        gouji.main(words, standalone_mode=False)


def test_the_share_has_room_in_a_narrow_terminal() -> None:
    row = {"due": 12, "released": 11, "held": 1}
    assert _bar(row, wide=False) == "92%"
    assert _bar(row, wide=True).endswith(" 92%")
