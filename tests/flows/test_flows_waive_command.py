"""`gouji waive` from end to end: a finding is accepted, the next run follows, the file says what it is worth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from made_shelf import AT, Doc, Shelf, registry, unit

from flows.cli import gouji
from flows.exits import UnusableError
from flows.home import Home
from flows.summary import Summary, exit_code, print_summary
from flows.waivers import read_waivers
from warehouse.batch import ReleaseBatch

BAD = Doc("620102", 2023, off=2)
TODAY = date(2026, 6, 1)
Waive = Callable[..., Result]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "home", registry(unit("620100", kind="aggregate"), unit("620102", "620100")))
    shelf.run(Doc("620102", 2022), BAD)
    return shelf


@pytest.fixture
def waive(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Waive:
    """`gouji waive …` in this process; what it refuses is raised."""
    for name in ("GOUJI_WAIVERS", "GOUJI_SOURCES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("flows.commands.waive._today", lambda: TODAY)

    def run(*words: str) -> Result:
        asked = ["waive", "--home", str(shelf.home), *words]
        result = CliRunner().invoke(gouji, asked, standalone_mode=False)
        if result.exception:
            raise result.exception
        return result

    return run


def words(until: date = TODAY + timedelta(days=90)) -> tuple[str, ...]:
    return ("--who", "张三", "--why", "已与填报单位核实", "--until", until.isoformat())


def finding(shelf: Shelf) -> str:
    return next(row["finding_id"] for row in shelf.rows("findings") if row["rule"] == "T4-SUM")


def test_a_finding_is_accepted_until_a_day_and_taken_back(shelf: Shelf, waive: Waive) -> None:
    shelf.day = TODAY
    file, named = shelf.home / "waivers.toml", finding(shelf)
    done = waive(named[:8], *words())
    assert done.return_value == 0
    assert re.search(r"waived until \S+: 单位620102 2023 T4-SUM reconsideration \(critical\)", done.output)
    (waiver,) = shelf.waivers = read_waivers(file)
    assert (waiver.finding_id, waiver.sha256, waiver.granted) == (named, BAD.sha256, TODAY)
    assert waiver.cells["disputes.reconsideration.total"] == "8"
    listed = waive("--list")
    assert listed.return_value == 0
    assert "holds" in listed.output
    shelf.run()
    assert shelf.held() == []
    assert shelf.rows("reports", "waivers") == [[], [named]]
    assert "holds" in waive("--list").output
    assert "no longer waived: 620102-2023" in waive("--remove", named[:6]).output
    shelf.waivers = read_waivers(file)
    assert shelf.waivers == ()
    shelf.run()
    assert shelf.held() == ["620102-2023"]
    assert f"no waivers in {file}" in waive("--list").output


def test_the_list_says_what_is_void_and_why(shelf: Shelf, waive: Waive) -> None:
    shelf.day = TODAY
    waive(finding(shelf), *words())
    other = replace(BAD, received=51)
    shelf.archive([other], AT + timedelta(hours=1))
    shelf.run(other)
    listed = waive("--list")
    assert listed.return_value == 1
    assert "void: 报告文件已变更，须重新审核" in "".join(line.strip() for line in listed.output.splitlines())


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--list", "--remove"), "--list goes without --remove"),
        (("--list", "3f", "--who", "x"), "--list goes without --who"),
        (("--remove", "3f", "--why", "x"), "--remove goes without --why"),
        ((), "FINDING is missing"),
        (("3f",), "a waiver needs --who, --why and --until"),
        (("3f", *words(), "--who", "a\nb"), "--who must be one line of text"),
        (("zz", *words()), "no finding 'zz' in the current release"),
        (("--remove", "zz"), "no waiver of 'zz'"),
        (("--remove", ""), "FINDING is missing"),
        (("--remove", " \t"), "FINDING is missing"),
        (("", *words()), "FINDING is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused(waive: Waive, asked: tuple[str, ...], says: str) -> None:
    with pytest.raises((click.UsageError, UnusableError), match=re.escape(says)):
        waive(*asked)


def test_a_waiver_has_an_end_and_a_finding_only_one(shelf: Shelf, waive: Waive) -> None:
    named = finding(shelf)
    for until, says in ((TODAY + timedelta(days=800), "more than 2 years"), (date(2020, 1, 1), "until is before")):
        with pytest.raises(UnusableError, match=says):
            waive(named, *words(until))
    assert not (shelf.home / "waivers.toml").exists()
    waive(named, *words())
    with pytest.raises(UnusableError, match="--remove it first"):
        waive(named, *words())


def record(shelf: Shelf) -> Summary:
    """The record of a run, as the flow keeps it."""
    summary = Summary("20260601T000000Z", "nightly", str(shelf.home), "2026-06-01T00:00:00+00:00")
    summary.judged(ReleaseBatch(), shelf.judged.void, None)
    summary.save(Home(shelf.home).runs)
    return summary


def test_a_void_waiver_is_loud(shelf: Shelf, waive: Waive, capsys: pytest.CaptureFixture[str]) -> None:
    shelf.day = TODAY
    waive(finding(shelf), *words())
    shelf.waivers = read_waivers(shelf.home / "waivers.toml")
    shelf.day = TODAY + timedelta(days=91)
    shelf.run()
    summary = asdict(record(shelf))
    assert exit_code(summary) == 1
    print_summary(summary)
    assert "void waiver" in capsys.readouterr().out
    status = CliRunner().invoke(gouji, ["status", "--home", str(shelf.home)], standalone_mode=False)
    assert "void waiver " in status.output
    assert "豁免已于" in status.output
    assert re.search(r"critical\s+1\s+0\s+1", status.output), "critical findings, waived, opened"
