"""Reports that a portal moved: the address that it shows stands, and what the old one said is past, not lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_archive import made, page
from made_shelf import AT, Doc, Shelf, registry, unit

from flows.canonical import Rival
from flows.succession import line
from portals.archive import Archive
from portals.captures import Origin, stamp
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.links import Link
from portals.presence import Presence, Spell, presence
from samples.figures import unit_reports

OLD = Doc("620102", 2023, received=50, name="a")
#: published anew under an address that would come second, with another figure
NEW = replace(OLD, received=60, name="z")


def at(hours: int) -> datetime:
    return AT + timedelta(hours=hours)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, registry(unit("620102", kind="aggregate")))


def moved(shelf: Shelf, *, beside: int = 0) -> None:
    """The old one stood for a day; the new one came then, or so many hours earlier, and stands."""
    shelf.archive([OLD], at(0))
    shelf.see(OLD, at(24))
    shelf.archive([NEW], at(26 - beside))
    shelf.see(NEW, at(48))
    shelf.list(OLD, at(0), at(24), gone=True)
    shelf.list(NEW, at(26 - beside), at(48), gone=False)


def versions(shelf: Shelf) -> list[tuple[Any, ...]]:
    return shelf.rows("versions", "version", "address", "seen_from", "captures")


def silent(shelf: Shelf) -> list[dict[str, Any]]:
    return [row for row in shelf.rows("findings") if row["rule"] == "VER-SILENT"]


@pytest.mark.parametrize("beside", [0, 12])
def test_what_its_list_shows_stands_and_what_stood_is_a_version(shelf: Shelf, beside: int) -> None:
    shelf.archive([OLD], at(0))
    shelf.list(OLD, at(0), at(0), gone=False)
    shelf.run(OLD)
    moved(shelf, beside=beside)
    shelf.run(NEW)
    (row,) = shelf.rows("reports")
    assert row["address"] == NEW.address
    since = at(26) if not beside else at(24) + timedelta(microseconds=1)
    assert versions(shelf) == [(1, OLD.address, at(0), [OLD.capture]), (2, NEW.address, since, [NEW.capture])]
    (found,) = silent(shelf)
    assert found["status"] == "open"
    (ledger,) = [row for row in shelf.rows("coverage") if row["year"] == 2023]
    assert (ledger["address"], ledger["duplicates"]) == (NEW.address, 0)
    assert not [row for row in shelf.rows("findings") if row["rule"] == "COV-DUPLICATE"]


@pytest.mark.parametrize("order", [[OLD, NEW], [NEW, OLD]])
def test_the_order_of_reading_leaves_no_trace(tmp_path: Path, order: Sequence[Doc]) -> None:
    shelves = [Shelf(tmp_path / name, registry(unit("620102", kind="aggregate"))) for name in ("once", "twice")]
    for shelf in shelves:
        moved(shelf, beside=6)
    shelves[0].run(*order)
    for doc in order:
        shelves[1].run(doc)
    assert shelves[0].content() == shelves[1].content()
    assert len(shelves[0].rows("versions")) == 2


def test_the_same_report_elsewhere_is_no_version(shelf: Shelf) -> None:
    shelf.archive([OLD], at(0))
    shelf.run(OLD)
    same = replace(OLD, name="z")
    shelf.archive([same], at(26))
    shelf.list(OLD, at(0), at(24), gone=True)
    shelf.run(same)
    assert [row["captures"] for row in shelf.rows("versions")] == [[OLD.capture, same.capture]] or not silent(shelf)
    assert not silent(shelf)
    assert shelf.rows("reports", "address") == [same.address]


def test_one_that_only_stood_beside_is_no_past(shelf: Shelf) -> None:
    rival = replace(NEW, name="y")
    shelf.archive([OLD, rival], at(0))
    shelf.list(rival, at(0), at(24), gone=True)
    shelf.run(OLD, rival)
    assert [(number, address) for number, address, *_ in versions(shelf)] == [(1, OLD.address)]


def test_the_ledger_says_that_no_list_shows_it(shelf: Shelf) -> None:
    shelf.archive([OLD], at(0))
    shelf.list(OLD, at(0), at(24), gone=True)
    shelf.run(OLD)
    (row,) = [row for row in shelf.rows("coverage") if row["year"] == 2023]
    assert (row["status"], row["reason"]) == (
        "published",
        "列表中已不再列出（最后见于 2026-06-03），所载为此前采集的版本",
    )


def test_a_report_that_was_there_in_time_is_not_late_when_it_is_dated_anew(shelf: Shelf) -> None:
    """Received on 21 January 2024 with that day on it; the new site says June 2026."""
    old = replace(OLD, published=date(2024, 1, 20))
    new = replace(OLD, name="z", published=date(2026, 6, 2))
    shelf.archive([old], datetime(2024, 1, 20, 18, tzinfo=UTC))
    shelf.run(old)
    shelf.archive([new], at(26))
    shelf.list(old, at(0), at(24), gone=True)
    shelf.run(new)
    (row,) = [row for row in shelf.rows("coverage") if row["year"] == 2023]
    assert (row["address"], row["late_days"]) == (new.address, 0)
    assert row["reason"] == "发布日期 2026-06-02（2024-01-21 已取得这份报告），晚于期限 2024-03-31，不按逾期计"
    assert not [row for row in shelf.rows("findings") if row["rule"].startswith("TIME") and row["year"] == 2023]


NAMES = st.sampled_from("abcdef")
SPELLS = st.builds(
    lambda first, length, gone: Spell(stamp(at(first)), stamp(at(first + length)), gone),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
)


@given(st.dictionaries(NAMES, SPELLS, min_size=1))
def test_a_line_ends_where_it_stands_and_goes_by_time(spells: dict[str, Spell]) -> None:
    shown = Presence(spells)
    rivals = [Rival(name, "text/html") for name in sorted(spells)]
    stands = min(rivals, key=lambda rival: rival.rank(shown)).address
    found = line(rivals, shown, stands)
    assert found[-1] == stands
    assert line(rivals[::-1], shown, stands) == found
    assert all(spells[one].gone for one in found[:-1])
    ends = [spells[one].last for one in found[:-1]]
    assert ends == sorted(ends)
    if spells[stands].gone:
        assert all(spell.gone and spell.last <= spells[stands].last for spell in spells.values())


def answer(address: str, body: bytes, when: datetime) -> Fetched:
    exchange = Exchange(address, (), "HTTP/1.1", 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), body)
    return Fetched(address, when, body, (exchange,))


def test_a_duplicate_takes_over_once_its_list_shows_it_alone(tmp_path: Path) -> None:
    """With a real archive: the page under the second address was read, and is read again when it is the one left."""
    shelf = made(tmp_path, count=1, years=(2022, 2022))
    one, old = shelf.units[0], shelf.address(shelf.units[0].id, 2022)
    new = old.replace("/2022.html", "/z/2022.html")
    (draft,) = unit_reports(one, (2022, 2022), 5)
    title, when = "2022年政府信息公开工作年度报告", at(0)
    with Archive(shelf.home.archive) as archive:
        archive.add(answer(new, page(draft) + b"\n", when), Origin(one.id, title, date(2023, 1, 20), 2022))
        both = [Entry(address, title, date(2023, 1, 20), one.id, 2022, 0) for address in (old, new)]
        archive.listed(one.id, both, when, whole=True)
    shelf.run()
    assert [row["address"] for row in shelf.rows("reports")] == [old]
    assert {row["address"]: row["outcome"] for row in shelf.rows("documents")} == {old: "report", new: "duplicate"}
    with Archive(shelf.home.archive) as archive:
        archive.listed(one.id, [], at(24))  # it could not be read to its end
    assert shelf.run() is None
    with Archive(shelf.home.archive) as archive:
        archive.listed(one.id, both[1:], at(48), whole=True)
    shelf.run()
    assert [row["address"] for row in shelf.rows("reports")] == [new]
    assert {row["address"]: row["outcome"] for row in shelf.rows("documents")} == {old: "duplicate", new: "report"}
    assert shelf.run() is None, "it is not read again every night"
    whole = shelf.rows("reports")
    shelf.run(anew=True)
    assert shelf.rows("reports") == whole
    with Archive(shelf.home.archive) as archive:
        archive.listed(one.id, both, at(72), whole=True)
    shelf.run()
    assert [row["address"] for row in shelf.rows("reports")] == [old], "it is back"


def test_a_file_hangs_where_a_page_that_is_shown_names_it_now(tmp_path: Path) -> None:
    html, first, second = "http://a.example/1.html", "http://a.example/1.pdf", "http://a.example/2.pdf"
    entry = Entry(html, "2022年年报", None, "620102", 2022, 0)
    with Archive(tmp_path) as archive:
        archive.listed("620102", [entry], at(0), whole=True)
        archive.add(answer(html, b"one", at(0)), Origin("620102", "年报"), [Link(first, "附件")])
        assert not presence(archive).gone(first)
        archive.add(answer(html, b"two", at(24)), Origin("620102", "年报"), [Link(second, "附件")])
        found = presence(archive)
        assert [found.gone(one) for one in (html, first, second, "http://a.example/")] == [False, True, False, False]
        archive.listed("620102", [], at(48), whole=True)
        found = presence(archive)
        assert [found.gone(one) for one in (html, first, second)] == [True, True, True]
        assert found.order(second) < found.order(first), "what went last comes first"
