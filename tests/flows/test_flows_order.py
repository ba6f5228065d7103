"""The order in which reports and versions arrive, and how runs divide them, leave no trace in what is released."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from made_shelf import AT, Doc, Shelf, registry, unit

from expectations.waivers import Waiver, cited_printed, waiver_of
from flows.judging import expected
from portals.registry import Registry
from portals.units import Unit
from warehouse.spec import TABLES
from warehouse.status import read_table

YEARS = range(2019, 2025)
#: how a page changes later: silently, announced, or its template alone
REPUBLISHED = [{"received": 77}, {"received": 78, "text": "现予更正：本报告数据有误。"}, {"template": "浏览 9 次"}]
DAY = date(2025, 2, 15)  # what governments owe for 2024 is not due yet


def units() -> Registry:
    """A province: a city with an office, three counties and a 功能区, their departments, a merger, a new name."""
    city = unit("620100", "620000", level="prefecture", kind="aggregate", children_complete=True)
    found: list[Unit] = [unit("620000", level="province", kind="aggregate"), city]
    found.append(unit("620100-bgs", "620100", level="prefecture", kind="office"))
    for county in ("620102", "620103", "620171"):
        found.append(unit(county, "620100", kind="aggregate"))
        found += [unit(f"{county}-{n}", county) for n in range(9)]
        found.append(unit(f"{county}-xz", county, level="township", kind="township"))
    one, two = "620102-1", "620102-2"
    ended = [replace(it, last_year=2021) if it.id in (one, two, "620103-3") else it for it in found]
    ended.append(unit("620102-12", "620102", first_year=2022, predecessors=(one, two)))
    ended.append(unit("620103-33", "620103", first_year=2022, predecessors=("620103-3",)))
    return registry(*ended)


def documents(known: Registry, rng: Random) -> list[Doc]:
    """A document or two for most units and years: some false in themselves, some against the year before."""
    made: list[Doc] = []
    later = Random(8)
    for one in known.units.values():
        carried = 0
        for year in (year for year in YEARS if one.existed(year)):
            out = rng.randint(0, 9)
            into = carried + (rng.random() < 0.1)
            size = {"province": 4000, "prefecture": 900}.get(one.level, 150 if one.kind == "aggregate" else 40)
            doc = Doc(one.id, year, into, out, received=rng.randint(size // 2, size), off=rng.random() < 0.05)
            carried = out
            if rng.random() < 0.12:
                made.append(replace(doc, error=rng.choice(["truncated", "no_text"]), name="0"))
            if rng.random() < 0.95:
                made.append(doc)
            if rng.random() < 0.12:
                name, media = rng.choice([("0", "text/html"), ("b", "text/html"), ("0", "application/pdf")])
                made.append(replace(doc, name=name, media=media, off=rng.random() < 0.5, error=""))
            elif made and made[-1] == doc and later.random() < 0.12:
                made.append(replace(doc, **later.choice(REPUBLISHED), age=1))
    return made


def waivers(shelf: Shelf) -> tuple[Waiver, ...]:
    """Waivers of every third critical finding."""
    reports = [row for name in ("reports", "held_reports") for row in read_table(shelf.home, name).to_pylist()]
    documents = {row["report_id"]: row["sha256"] for row in reports}
    found = [row for row in shelf.rows("findings") if row["severity"] == "critical"][::3]
    printed = {}
    for name in ("cells", "held_cells"):
        printed |= cited_printed(found, read_table(shelf.home, name))
    days = (date(2025, 1, 1), date(2026, 1, 1))
    return tuple(waiver_of(row, documents[row["report_id"]], printed, ("甲", "已核"), days) for row in found)


@pytest.fixture(scope="module")
def docs() -> list[Doc]:
    return documents(units(), Random(7))


@pytest.fixture(scope="module")
def at_once(docs: list[Doc], tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """All of them in one run; then a run that follows some waivers."""
    shelf = Shelf(tmp_path_factory.mktemp("at_once"), units(), day=DAY)
    for age in (0, 1):
        shelf.archive([doc for doc in docs if doc.age == age], AT + timedelta(hours=age))
    shelf.run(*docs)
    shelf.waivers = waivers(shelf)
    shelf.run()
    return shelf


def test_the_province_has_something_of_everything(docs: list[Doc], at_once: Shelf) -> None:
    assert len({doc.report_id for doc in docs if not doc.error}) >= 200
    assert len(at_once.released()) > 150
    assert len(at_once.held()) >= 10
    assert any(at_once.rows("reports", "waivers"))
    rules = set(at_once.rows("findings", "rule"))
    assert rules >= {"T4-SUM", "X-CARRY", "R-PART", "R-SUM", "COV-DUPLICATE", "TIME-DEPARTMENT", "VER-SILENT"}
    versions = at_once.rows("versions")
    assert {row["version"] for row in versions} == {1, 2}
    assert any(row["announced"] for row in versions)
    assert any(len(row["captures"]) == 2 for row in versions)
    statuses = set(at_once.rows("coverage", "status"))
    assert statuses >= {"published", "not_published", "unreadable", "image_only", "merged", "not_due"}


@pytest.mark.parametrize(("seed", "runs"), [(1, 1), (2, 3), (3, 6)])
def test_order_and_division_leave_no_trace(
    docs: list[Doc], at_once: Shelf, tmp_path: Path, seed: int, runs: int
) -> None:
    rng = Random(seed)
    order = rng.sample(docs, len(docs))
    cuts = [0, *sorted(rng.sample(range(1, len(order)), runs - 1)), len(order)]
    shelf = Shelf(tmp_path, units(), dict(at_once.captures), at_once.waivers, DAY)
    for start, end in pairwise(cuts):
        again = rng.sample(order[:start], min(start, 6))
        shelf.run(*again, *order[start:end])
    _same(shelf, at_once)
    assert shelf.run(*rng.sample(order, 20)) is None


def test_the_real_gate_says_the_same(docs: list[Doc], at_once: Shelf, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, units(), dict(at_once.captures), at_once.waivers, DAY)
    shelf.run(*docs[::2])
    shelf.run(*docs[1::2], by=expected)
    _same(shelf, at_once)


def _same(shelf: Shelf, other: Shelf) -> None:
    mine, theirs = shelf.content(), other.content()
    assert mine.keys() == theirs.keys()
    for name in mine:
        keys = TABLES[name].key
        ours, others = ({tuple(row[k] for k in keys): row for row in rows[name]} for rows in (mine, theirs))
        assert ours.keys() == others.keys(), name
        differs = [(row, others[key]) for key, row in ours.items() if row != others[key]]
        assert not differs, (name, differs[:2])
