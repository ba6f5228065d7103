"""What is kept of runs that are over: records in a home, and the history of an embedded Prefect."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commandline import Command
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.exits import UnusableError
from flows.home import Home
from flows.records import LAST, records
from flows.retention import forget_records, kept_for

KILLED = "11111111-2222-4333-8444-555555555555"
NOW = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)


def write(home: Home, day: int, release: bool = False, flow: str = "nightly") -> str:
    """The record of a run `day` days before NOW; gives its file's name."""
    home.runs.mkdir(parents=True, exist_ok=True)
    at = NOW - timedelta(days=day)
    record = {"flow": flow, "started": at.isoformat(), "finished": at.isoformat()}
    record |= {"release_id": "r0001" if release else None, "measures": {"reports": 1} if release else None}
    name = f"{at:%Y%m%dT%H%M%SZ}-{flow}.json"
    (home.runs / name).write_text(json.dumps(record), "utf-8")
    return name


def left(home: Home) -> set[str]:
    return {path.name for path in home.runs.iterdir()}


def test_old_records_go_and_what_later_runs_look_at_stays(tmp_path: Path) -> None:
    home = Home(tmp_path)
    older, measured = write(home, 900, release=True), write(home, 800, release=True)
    nights = [write(home, day) for day in range(700)]
    marker = home.runs / "nightly.unfinished"
    marker.write_text("{}", "utf-8")
    before = records(home)
    assert forget_records(home, NOW) == 1 + 299  # the older release's, and days 401 to 699
    assert left(home) == {measured, marker.name, *nights[:401]}
    assert older not in left(home)
    assert records(home) == before
    assert forget_records(home, NOW) == 0


@settings(max_examples=25, deadline=None)
@given(days=st.sets(st.integers(0, 3000), max_size=120), released=st.sets(st.integers(0, 3000), max_size=5))
def test_whatever_the_nights_the_newest_and_the_last_measured_stay(
    tmp_path_factory: pytest.TempPathFactory, days: set[int], released: set[int]
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    home.runs.mkdir()
    names = {day: write(home, day, day in released) for day in days | released}
    gone = forget_records(home, NOW)
    expected = {names[day] for day in sorted(names)[:LAST]} | {name for day, name in names.items() if day <= 400}
    expected |= {names[min(released)]} if released else set()
    assert left(home) == expected
    assert gone == len(names) - len(expected)


def test_damaged_records_stop_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for day in range(500, 500 + LAST + 2):
        write(home, day)
    for path in sorted(home.runs.iterdir())[:2]:
        path.write_text("[]", "utf-8")
    assert forget_records(home, NOW) == 2
    assert forget_records(Home(tmp_path / "new"), NOW) == 0


@pytest.mark.parametrize("text", ["0", "-3", "soon", "1e3", "²", "36501"])
def test_an_unusable_number_of_days_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GOUJI_KEEP_RUNS", text)
    with pytest.raises(UnusableError, match=f"GOUJI_KEEP_RUNS={text}: a number of days"):
        kept_for()


def test_an_embedded_prefect_forgets_what_is_past_its_retention(gouji: Command, tmp_path: Path) -> None:
    first = gouji("report", "--home", tmp_path)
    assert first.returncode == 0, first.stderr
    database = tmp_path / "prefect" / "prefect.db"
    with sqlite3.connect(database) as db:
        (run,) = db.execute("SELECT id FROM flow_run").fetchone()
        assert count(db, "task_run") > 0
        # The run as if it had ended a hundred days ago, and a copy of it that was killed then.
        old = f"{datetime.now(UTC) - timedelta(days=100):%Y-%m-%d %H:%M:%S.000000}"
        db.execute("UPDATE flow_run SET start_time = ?, end_time = ?", (old, old))
        columns = ", ".join(name for _, name, *_ in db.execute("PRAGMA table_info(flow_run)") if name != "id")
        killed = columns.replace("state_type", "'RUNNING'").replace("end_time", "NULL").replace("state_id", "NULL")
        db.execute(f"INSERT INTO flow_run (id, {columns}) SELECT '{KILLED}', {killed} FROM flow_run")
    db.close()
    second = gouji("report", "--home", tmp_path)
    assert (second.returncode, second.stderr) == (0, first.stderr)
    with sqlite3.connect(database) as db:
        ((newest,),) = db.execute("SELECT id FROM flow_run").fetchall()
        assert newest not in (run, KILLED)
        assert db.execute("SELECT count(*) FROM task_run WHERE flow_run_id = ?", (run,)).fetchone() == (0,)
    db.close()


def count(db: sqlite3.Connection, table: str) -> int:
    (number,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(number)
