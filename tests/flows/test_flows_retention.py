"""What is kept of runs that are over: their records in a home."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.exits import UnusableError
from flows.home import Home
from flows.records import LAST, records
from flows.retention import forget_records, kept_for

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
