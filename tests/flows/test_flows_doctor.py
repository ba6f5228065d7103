"""`gouji doctor`: each fault that is planted gives its one line, and nothing else is said."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from made_archive import AT, made, page

from flows.commands.doctor import doctor
from flows.doctor import examine
from flows.exits import UnusableError
from flows.home import Home
from flows.lock import only_run
from notices.checkup import mail_faults
from notices.outbox import Outbox
from portals.captures import INDEX
from portals.walk import walk
from samples.figures import unit_reports
from warehouse import deltas
from warehouse.keeping import Policy
from warehouse.record import current
from warehouse.spec import TABLES
from warehouse.status import read_table
from warehouse.upkeep import upkeep

NOW = AT + timedelta(days=40)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases of two units, one report held, one changed; an attachment; upkeep has been there."""
    shelf = made(tmp_path_factory.mktemp("shelf"), count=2, years=(2022, 2024))
    unit = shelf.units[1]
    for number in (1, 2):
        draft = list(unit_reports(unit, shelf.years, 5 + number))[2]
        shelf.capture({(unit.id, 2024): page(draft)}, hour=24 * number)
        assert shelf.run()
    upkeep(shelf.home.root, Policy(days=0, least=2), NOW)
    message = EmailMessage()
    message["Message-ID"], message["To"], message["Subject"] = "<gouji-r0003-a@b.example>", "a@b.example", "x"
    Outbox(shelf.home.outbox).put(message, "report", "r0003", NOW, False)
    return shelf.home.root


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "home")


def lines(home: Path, quick: bool = False) -> list[str]:
    return [fault.line for fault in examine(Home(home), NOW, quick)]


def test_a_sound_home_says_nothing(sound: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in sound.rglob("*")}
    assert lines(sound) == []
    assert lines(sound, quick=True) == []
    after = {path: path.stat().st_mtime_ns for path in sound.rglob("*") if path.name != "run.lock"}
    assert after == {path: at for path, at in before.items() if path.name != "run.lock"}


def _warc(home: Path) -> Path:
    return sorted((home / "archive").glob("*.warc.gz"))[0]


def _sql(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "archive" / INDEX)) as index, index:
        for statement in statements:
            index.execute(statement)


def _one(home: Path, sql: str) -> str:
    with closing(sqlite3.connect(home / "archive" / INDEX)) as index:
        return str(index.execute(sql).fetchone()[0])


def _data(home: Path, table: str) -> Path:
    """A data file of the current release."""
    release = current(home)
    assert release
    return Path(
        next(iter(deltas.files(home / "warehouse" / table, TABLES[table], release.tables[table]).values()))[0]
    )


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


def flip_a_byte_of_a_capture(home: Path) -> None:
    _flip(_warc(home), int(_one(home, "SELECT offset FROM captures ORDER BY warc, offset LIMIT 1")) + 700)


def flip_a_byte_of_a_request(home: Path) -> None:
    path = _warc(home)
    request = next(record for record in walk(path) if record.kind == "request")
    _flip(path, request.offset + 100)


def change_a_hash(home: Path) -> None:
    _sql(home, "UPDATE captures SET digest = 'sha1:X' WHERE offset = (SELECT min(offset) FROM captures)")


def lose_a_warc(home: Path) -> None:
    _warc(home).unlink()


def lose_the_index(home: Path) -> None:
    for path in (home / "archive").glob(f"{INDEX}*"):
        path.unlink()


def damage_the_index(home: Path) -> None:
    path = home / "archive" / INDEX
    path.write_bytes(path.read_bytes()[:8192] + b"x" * 4096)


def newer_index(home: Path) -> None:
    _sql(home, "PRAGMA user_version = 99")


def link_of_nothing(home: Path) -> None:
    _sql(home, "INSERT INTO links VALUES ('abc', 0, 'http://portal.example/a.pdf', '附件')")


def lose_a_row(home: Path) -> None:
    _sql(home, "DELETE FROM captures WHERE address = (SELECT min(address) FROM captures)")


def forget_all_of_a_warc(home: Path) -> None:
    shutil.copy(_warc(home), home / "archive" / "20250101T000000Z-00000.warc.gz")


def older_index(home: Path) -> None:
    """As a backup from before the last night has it."""
    _sql(home, "DELETE FROM captures WHERE warc = (SELECT max(warc) FROM captures)")


def empty_index(home: Path) -> None:
    lose_the_index(home)
    (home / "archive" / INDEX).touch()


def a_clock_ahead(home: Path) -> None:
    _sql(home, "UPDATE captures SET checked_at = '2027-03-01T18:30:00.000000+00:00' WHERE role = 'document'")


def cut_a_record(home: Path) -> None:
    path = home / "warehouse" / "releases" / "r0003.json"
    path.write_text(path.read_text("utf-8")[:40], "utf-8")


def lose_a_parent(home: Path) -> None:
    (home / "warehouse" / "releases" / "r0001.json").unlink()


def stray_record(home: Path) -> None:
    (home / "warehouse" / "releases" / "r0004.json").write_text("{}", "utf-8")


def lose_the_pointer(home: Path) -> None:
    (home / "warehouse" / "RELEASE").unlink()


def lose_a_version(home: Path) -> None:
    shutil.rmtree(home / "warehouse" / "coverage" / "_delta_log")


def other_counts(home: Path) -> None:
    path = home / "warehouse" / "releases" / "r0003.json"
    record = json.loads(path.read_text("utf-8"))
    record["counts"]["reports"] += 1
    path.write_text(json.dumps(record), "utf-8")


def lose_a_data_file(home: Path) -> None:
    _data(home, "cells").unlink()


def cut_a_data_file(home: Path) -> None:
    path = _data(home, "cells")
    path.write_bytes(path.read_bytes()[:-10])


def spoil_a_footer(home: Path) -> None:
    path = _data(home, "cells")
    _flip(path, path.stat().st_size - 1)


def other_rows(home: Path) -> None:
    """A data file of the same size with fewer rows is what only its footer tells."""
    path = _data(home, "documents")
    size = path.stat().st_size
    pq.write_table(pq.read_table(path).slice(1), path, compression="zstd")
    short = size - path.stat().st_size
    assert short > 0
    data = path.read_bytes()
    # Bytes before the footer that nothing points to.
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    path.write_bytes(data[:end] + bytes(short) + data[end:])


def _append(home: Path, name: str, change: dict[str, str]) -> None:
    """A row more in a table of the current release, as no publish would write it: the first one, changed."""
    release = current(home)
    assert release
    table = TABLES[name]
    rows = read_table(home, name).slice(0, 1).to_pylist()
    path = home / "warehouse" / name
    write_deltalake(str(path), pa.Table.from_pylist([rows[0] | change], schema=table.schema), mode="append")
    record = home / "warehouse" / "releases" / f"{release.release_id}.json"
    content = json.loads(record.read_text("utf-8"))
    content["tables"][name] = DeltaTable(str(path)).version()
    content["counts"][name] += 1
    record.write_text(json.dumps(content), "utf-8")


def cell_of_nothing(home: Path) -> None:
    _append(home, "cells", {"report_id": "620000-1999"})


def the_same_twice(home: Path) -> None:
    _append(home, "documents", {})


def finding_of_nothing(home: Path) -> None:
    _append(home, "findings", {"finding_id": "f", "rule": "X-NONE"})


def document_of_nothing(home: Path) -> None:
    _append(home, "documents", {"capture_id": "nothing"})


def half_a_part(home: Path) -> None:
    (home / "staging" / ".draft-999999999-x").mkdir()


def damaged_part(home: Path) -> None:
    part = next(path for path in sorted((home / "staging").iterdir()) if path.is_dir())
    _flip(part / "cells.parquet", 100)


def never_ended(home: Path) -> None:
    began = {"started": (NOW - timedelta(days=2)).isoformat()}
    (home / "runs").mkdir(exist_ok=True)
    (home / "runs" / "nightly.unfinished").write_text(json.dumps(began), "utf-8")


def _run_record(home: Path, name: str, **more: str) -> None:
    began = NOW.isoformat()
    content = {"run_id": "20260301T000000Z", "flow": "nightly", "started": began, "finished": began} | more
    (home / "runs").mkdir(exist_ok=True)
    (home / "runs" / name).write_text(json.dumps(content), "utf-8")


def run_records(home: Path) -> None:
    _run_record(home, "20260301T000000Z-nightly.json")
    _run_record(home, "20260301T000000Z-digest.json")
    _run_record(home, "20260302T000000Z-nightly.json", run_id="20260302T000000Z", finished="x")
    (home / "runs" / "20260303T000000Z-nightly.json").write_text('{"run_id": ', "utf-8")


def began_at_no_time(home: Path) -> None:
    _run_record(home, "nightly.unfinished", started="x")


def cut_a_mail(home: Path) -> None:
    path = next((home / "outbox").glob("*.eml"))
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    message.set_content("x")
    message.add_attachment(b"x" * 900, maintype="application", subtype="pdf", filename="年度.pdf")
    path.write_bytes(message.as_bytes())
    assert not list(mail_faults(home / "outbox", NOW)), "whole"
    path.write_bytes(message.as_bytes()[:-200])


def another_mail(home: Path) -> None:
    path = next((home / "outbox").glob("*.eml"))
    path.write_bytes(path.read_bytes().replace(b"To: a@b", b"To: c@b"))


def lose_the_ledger(home: Path) -> None:
    (home / "outbox" / "ledger.sqlite").unlink()


def lose_a_mail(home: Path) -> None:
    next((home / "outbox").glob("*.eml")).unlink()


def mail_given_up(home: Path) -> None:
    with closing(sqlite3.connect(home / "outbox" / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE mail SET state = 'refused', error = '550 no such user'")


def mail_waits(home: Path) -> None:
    with closing(sqlite3.connect(home / "outbox" / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE mail SET state = 'queued', changed = '2026-01-01T00:00:00.000000+00:00'")


@dataclass(frozen=True)
class Planted:
    """What is done to a home, and how each line begins or what is in it, in order."""

    spoil: Callable[[Path], None]
    said: tuple[str, ...]
    quick: bool = False


PLANTED = (
    Planted(flip_a_byte_of_a_capture, ("capture: archive/20260301",)),
    Planted(flip_a_byte_of_a_request, ("what was received is whole, how it was asked for is not",)),
    Planted(change_a_hash, ("the record's payload digest differs; restore the file",)),
    Planted(lose_a_warc, ("missing; 6 captures are in it; restore the file",), quick=True),
    Planted(
        lose_the_index,
        ("index: archive/captures.sqlite: missing, beside 3 WARC files; restore", "index does not have"),
    ),
    Planted(damage_the_index, ("index: captures.sqlite: damaged",), quick=True),
    Planted(newer_index, ("its version 99 is newer than ours; update gouji",), quick=True),
    Planted(link_of_nothing, ("a link of a page that was never captured: abc;",), quick=True),
    Planted(lose_a_row, ("1 captures that the archive's index does not have",)),
    Planted(
        forget_all_of_a_warc,
        ("no row names it, and it has 6 captures, and all that can be read of them is in other files too; noth",),
    ),
    Planted(
        older_index,
        (
            "it has 1 captures, 1 of them in no row (a run was killed, or the index is older than it); restore a"
            " newer captures.sqlite if there is one; else gouji nightly fetches again what the portals still show",
            "1 captures that the archive's index does not have",
        ),
    ),
    Planted(
        empty_index,
        ("index: captures.sqlite: empty, beside 3 WARC files; restore", "index does not have"),
    ),
    Planted(
        a_clock_ahead,
        ("clock: captures.sqlite: 8 captures were checked at a time that has not come, up to 2027-03-01T18:30 UTC",),
        quick=True,
    ),
    Planted(cut_a_record, ("release: warehouse/releases: the current release: release record",), quick=True),
    Planted(lose_a_parent, ("release: warehouse/releases: r0001: release record",), quick=True),
    Planted(stray_record, ("r0004.json: was never made the current release; that is r0003",), quick=True),
    Planted(
        lose_the_pointer,
        ("release: warehouse/RELEASE: missing, beside 3 release records up to r0003; restore",),
        quick=True,
    ),
    Planted(lose_a_version, ("version: r0003 coverage: version 2 of table coverage cannot be opened",), quick=True),
    Planted(other_counts, ("count: r0003: reports has",), quick=True),
    Planted(lose_a_data_file, ("data: warehouse/cells/year=2022/",)),
    Planted(cut_a_data_file, ("bytes, the log says",)),
    Planted(spoil_a_footer, ("no Parquet file",)),
    Planted(other_rows, ("rows, the log says",)),
    Planted(
        cell_of_nothing, ("reference: r0003 cells: a report that is not in reports: 1 row, such as 620000-1999",)
    ),
    Planted(the_same_twice, ("reference: r0003 documents: a key occurs twice: 1 row, such as",)),
    Planted(
        finding_of_nothing, ("r0003 findings: a verdict that does not fail, or is not there: 1 row, such as f;",)
    ),
    Planted(document_of_nothing, ("documents: a capture that is not in captures: 1 row, such as nothing;",)),
    Planted(half_a_part, ("staging: staging/.draft-999999999-x: a killed process left it half written",), quick=True),
    Planted(damaged_part, ("is damaged: its checksums differ; nothing: it is made anew",), quick=True),
    Planted(never_ended, ("run: runs/nightly.unfinished: began at",), quick=True),
    Planted(
        run_records,
        (
            "run: runs/20260301T000000Z-digest.json: is the record of another run; restore it from a backup, or rem",
            "20260302T000000Z-nightly.json: is no record of a run (ValueError: Invalid isoformat",
            "20260303T000000Z-nightly.json: is no record of a run (JSONDecodeError",
        ),
        quick=True,
    ),
    Planted(
        began_at_no_time, ("nightly.unfinished: does not say when the run began; gouji nightly beg",), quick=True
    ),
    Planted(cut_a_mail, ("mail: outbox/gouji-r0003-a.eml: is no whole message: CloseBoundaryNot",), quick=True),
    Planted(another_mail, ("gouji-r0003-a.eml: is another message than the one that was put here;",), quick=True),
    Planted(
        lose_the_ledger,
        ("mail: outbox/ledger.sqlite: missing, beside 1 mails; restore it from a backup",),
        quick=True,
    ),
    Planted(lose_a_mail, ("mail: outbox/gouji-r0003-a.eml: missing, and its state is kept",), quick=True),
    Planted(mail_given_up, ("refused, 550 no such user; gouji outbox --taken gouji-r0003-a",), quick=True),
    Planted(mail_waits, ("queued since 2026-01-01",), quick=True),
)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda it: it.spoil.__name__)
def test_each_fault_has_its_line(planted: Planted, home: Path) -> None:
    planted.spoil(home)
    found = lines(home, planted.quick)
    assert len(found) == len(planted.said), found
    for line, said in zip(found, planted.said, strict=True):
        assert said in line
        assert "\n" not in line


def test_while_a_run_goes_on(home: Path) -> None:
    with only_run(Home(home)):
        assert lines(home, quick=True) == [
            "lock: run.lock: a run is under way, and what it writes may be told as wrong; look again when it is over"
        ]


def _command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = doctor.main(list(arguments), standalone_mode=False)
    return code, capsys.readouterr().out


def test_exit_codes_and_formats(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _command(capsys, "--home", str(home), "--quick")
    assert (code, told) == (0, f"all is well as far as a quick look goes: {home}\n")
    half_a_part(home)
    code, told = _command(capsys, "--home", str(home), "--quick")
    assert (code, told.count("\n")) == (3, 1)
    lose_a_data_file(home)
    code, told = _command(capsys, "--home", str(home), "--format", "json")
    assert code == 1
    assert [(it["code"], it["weight"]) for it in json.loads(told)["faults"]] == [
        ("data", "lost"),
        ("staging", "leftover"),
    ]
    with pytest.raises(UnusableError, match="no such home"):
        _command(capsys, "--home", str(home / "none"))


def test_in_processes_as_in_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flip_a_byte_of_a_capture(home)
    alone = lines(home)
    monkeypatch.setattr("flows.doctor._AT_ONCE", 3)
    assert lines(home) == alone
    assert len(alone) == 1


def test_a_home_without_anything(tmp_path: Path) -> None:
    assert lines(tmp_path) == []
