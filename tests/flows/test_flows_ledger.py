"""What the ledger makes of what an archive holds: other forms of a report, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows.archived import archived
from flows.home import Home
from flows.ledger import ledger_rows
from flows.looked import looked
from flows.plan import Plan
from flows.population import source
from portals.archive import Archive
from portals.captures import Origin
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.links import Link
from portals.problems import Kind, Problem
from portals.registry import load
from samples.province import PORTAL
from samples.registry import write_registry
from samples.units import choose_units
from warehouse.spec import TABLES

UNIT = choose_units(1)[0]
PAGE = PORTAL.address("/tj.html")
PICTURE = PORTAL.address("/tj.jpg")
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    write_registry(tmp_path / "sources.toml", PORTAL, [(UNIT, (2023, 2023))])
    registry = load(tmp_path / "sources.toml")
    return Plan("nightly", Home.at(tmp_path / "home"), registry, tuple(registry.units.values()), (2023, 2023))


def status(plan: Plan, archive: Archive, documents: pa.Table | None = None) -> str:
    told = TABLES["documents"].empty() if documents is None else documents
    (row,) = ledger_rows(plan, archived(archive), told, {}, (), NOW.date()).to_pylist()
    assert row["reason"], "what is not there is always explained"
    return row["status"]


def listed(archive: Archive, rank: int) -> None:
    archive.listed(UNIT.id, [Entry(PAGE, "【图解】2023年年报", date(2024, 1, 20), UNIT.id, 2023, rank)], NOW)


def lost(archive: Archive, address: str, code: str, kind: Kind = "document") -> None:
    archive.note(Problem(address, kind, code, "", None, UNIT.id, "图解", 2023, NOW))


@pytest.mark.parametrize(
    ("rank", "code", "said"),
    [
        (1, "missing", "not_published"),
        (0, "missing", "unreadable"),
        (1, "blocked", "blocked"),
        (1, "damaged", "unreadable"),
    ],
)
def test_a_copy_that_is_gone_says_nothing_of_the_report(
    plan: Plan, tmp_path: Path, rank: int, code: str, said: str
) -> None:
    with Archive(tmp_path / "archive") as archive:
        listed(archive, rank)
        lost(archive, PAGE, code)
        assert status(plan, archive) == said


def captured(archive: Archive) -> str:
    """The page of the copy, with a picture on it; gives its capture_id."""
    answer = Exchange(PAGE, (), "HTTP/1.1", 200, "OK", (("Content-Type", "text/html"),), b"<html>")
    fetched = Fetched(PAGE, NOW, b"<html>", (answer,))
    return archive.add(fetched, Origin(UNIT.id, "图解", None, 2023), [Link(PICTURE, "图")]).capture_id


def test_nor_does_a_picture_on_it(plan: Plan, tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        listed(archive, 1)
        capture = captured(archive)
        lost(archive, PICTURE, "missing", "attachment")
        row = {"unit_id": UNIT.id, "year": 2023, "address": PAGE, "capture_id": capture, "outcome": "not_a_report"}
        documents = pa.Table.from_pylist([row], TABLES["documents"].schema)
        assert status(plan, archive, documents) == "not_published"
        assert source(plan, archived(archive), []).listed == 0
        lost(archive, PICTURE, "blocked", "attachment")
        assert status(plan, archive, documents) == "blocked"
        listed(archive, 0)
        assert status(plan, archive, documents) == "blocked"
        counted = source(plan, archived(archive), [(UNIT.id, 2023), (UNIT.id, 2022), ("999999", 2023)])
        assert (counted.listed, counted.captured, counted.staged) == (1, 1, 1)


@pytest.mark.parametrize(("code", "told"), [("missing", True), ("timeout", False), ("blocked", False)])
def test_a_report_whose_address_is_gone_stays_and_the_ledger_says_so(
    plan: Plan, tmp_path: Path, code: str, told: bool
) -> None:
    report = f"{UNIT.id}-2023"
    row = {"report_id": report, "address": PAGE, "capture_id": "c", "published": None} | {
        "unit_id": UNIT.id,
        "year": 2023,
    }
    with Archive(tmp_path / "archive") as archive:
        listed(archive, 0)
        lost(archive, PAGE, code)
        (now,) = ledger_rows(
            plan, archived(archive), TABLES["documents"].empty(), {report: row}, (), NOW.date()
        ).to_pylist()
    assert (now["status"], now["report_id"]) == ("published", report)
    assert now["reason"] == ("原网址现已不存在，所载为此前采集的版本" if told else None)


def test_a_report_that_stands_on_a_list_is_not_told_as_unpublished(plan: Plan, tmp_path: Path) -> None:
    """Its stored page was damaged, or nobody fetched it: no row says what became of it."""
    with Archive(tmp_path / "archive") as archive:
        assert status(plan, archive) == "not_published"
        listed(archive, 1)
        assert status(plan, archive) == "not_published", "a 图解 is no report"
        listed(archive, 0)
        assert status(plan, archive) == "unreadable"
        row = {"unit_id": UNIT.id, "year": 2022, "address": PAGE, "capture_id": "c", "outcome": "report"}
        read = pa.Table.from_pylist([row], TABLES["documents"].schema)
        assert status(plan, archive, read) == "not_published", "it was of another year"


#: a run that reads the archive alone has looked at no list itself
@pytest.mark.parametrize(
    ("read_on", "said", "why"),
    [
        (None, "unreadable", "未查：从未读到该单位的列表，不知是否公开"),
        (
            datetime(2024, 1, 10, tzinfo=UTC),
            "unreadable",
            "未查：列表最近一次读到是 2024-01-10，期限 2024-03-31 之后",
        ),
        (datetime(2024, 3, 31, 15, 59, tzinfo=UTC), "unreadable", "未查"),
        (datetime(2024, 3, 31, 16, 0, tzinfo=UTC), "not_published", "期限 2024-03-31 已过，至今未见公开"),
    ],
)
def test_nobody_is_told_to_have_published_nothing_unless_the_list_was_looked_at(
    plan: Plan, tmp_path: Path, read_on: datetime | None, said: str, why: str
) -> None:
    """Such as a home into which a person imported a few files."""
    with Archive(tmp_path / "archive") as archive:
        if read_on:
            for at in (read_on, datetime(2023, 5, 1, tzinfo=UTC)):
                list_page(archive, UNIT.id, LIST, at)
        (row,) = rows(replace(plan, crawls=False), archive)
    assert row["status"] == said
    assert row["reason"].startswith(why)


def test_a_list_is_looked_at_for_all_who_share_it(plan: Plan, tmp_path: Path) -> None:
    """It is captured for one of them, who may not be in the registry any more."""
    (unit,) = plan.units
    keeper = replace(unit, id=f"{unit.id}-fgj", kind="department")
    stranger = replace(keeper, id=f"{unit.id}-jyj", path="/elsewhere/", also=())
    for holder, address in ((keeper.id, "http://portal.example/api?page=1"), ("gone", PORTAL.address(unit.path))):
        units = {one.id: one for one in (unit, keeper, stranger)}
        registry = replace(plan.registry, units=units)
        with Archive(tmp_path / holder) as archive:
            list_page(archive, holder, address, NOW)
            facts = archived(archive)
        assert looked(registry, facts.lists, facts.walks) == dict.fromkeys((unit.id, keeper.id), NOW.date())


def test_where_it_is_known_who_was_asked_for_a_shared_list_does_not_count_for_others(
    plan: Plan, tmp_path: Path
) -> None:
    """It was read for one of them alone (`--units`), or before the other was in the registry."""
    (unit,) = plan.units
    other = replace(unit, id=f"{unit.id}-fgj", kind="department")
    with Archive(tmp_path / "archive") as archive:
        list_page(archive, unit.id, PORTAL.address(unit.path), NOW)
        archive.listed(unit.id, [], NOW, whole=True)
        facts = archived(archive)
    registry = replace(plan.registry, units={one.id: one for one in (unit, other)})
    assert looked(registry, facts.lists, facts.walks) == {unit.id: NOW.date()}


LIST = "http://portal.example/list.html"


def list_page(archive: Archive, holder: str, address: str, at: datetime) -> None:
    answer = Exchange(address, (), "HTTP/1.1", 200, "OK", (("Content-Type", "text/html"),), f"{at}".encode())
    archive.add(Fetched(address, at, f"{at}".encode(), (answer,)), Origin(holder, "列表"), role="list")


def rows(plan: Plan, archive: Archive) -> list[dict[str, Any]]:
    nothing = TABLES["documents"].empty()
    return ledger_rows(plan, archived(archive), nothing, {}, (), NOW.date()).to_pylist()
