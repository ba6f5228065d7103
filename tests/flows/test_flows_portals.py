"""420 units on sites of every family over loopback: what is found, what befalls the rest, and `gouji portals`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commandline import Command, environment

from extractors.read import read
from flows.archived import archived
from flows.home import Home
from flows.ledger import UNUSABLE, ledger_rows
from flows.plan import Plan
from portals import bodies
from portals.archive import Archive
from portals.crawl import CrawlResult, Run, crawl
from portals.fetch import Fetcher, Limits
from portals.limits import Times
from portals.problems import Problem
from portals.registry import Registry, load
from portals.transport import Network
from samples.server import Loopback, serve
from samples.sites.demo import write_demo
from samples.sites.publication import QUIRKS, Truth
from samples.sites.writer import STYLES
from warehouse.spec import TABLES

UNITS = 420
YEAR = 2023


class Clock:
    """Time that passes only when someone sleeps: a server's Retry-After holds nobody up here."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2024, 6, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def times(self) -> Times:
        return Times(self.now, self.sleep, lambda: self.seconds)


@dataclass
class Province:
    """The served province after two nights."""

    folder: Path
    truth: list[Truth]
    registry: Registry
    archive: Archive
    loopback: Loopback
    first: list[CrawlResult]
    second: list[CrawlResult]
    asked: list[Counter[tuple[str, str, int]]]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    truth = write_demo(folder / "sites", units=UNITS, years=(YEAR, YEAR))
    registry = load(folder / "sites" / "sources.toml")
    clock = Clock()
    folders = {portal.host: portal.serve for portal in registry.portals.values() if portal.serve}
    with serve(folders) as loopback, Archive(folder / "archive") as archive:
        network = Network(dict.fromkeys(registry.hosts, (loopback.address, loopback.port)))

        def night() -> list[CrawlResult]:
            clock.sleep(86400)
            with Fetcher(
                tuple(registry.portals.values()), clock.times, network=network, limits=Limits(refusals=10**6)
            ) as fetcher:
                run = Run(fetcher, archive, clock.now, clock.now())
                return [crawl(p, registry.units.values(), run) for p in registry.portals.values()]

        first = night()
        asked = [loopback.counts]
        loopback.night = 2
        second = night()
        asked.append(loopback.counts - asked[0])
        yield Province(folder, truth, registry, archive, loopback, first, second, asked)


def test_the_sample_has_enough_of_everything(province: Province) -> None:
    assert len(province.truth) == UNITS
    assert {one.family for one in province.truth} == set(STYLES) and {one.quirk for one in province.truth} == set(
        QUIRKS
    )
    assert any(one.title == f"{YEAR}年政府信息公开工作年度报告" and one.address for one in province.truth)
    assert {one.status for one in province.truth} == {
        *("published", "attachment_only", "blocked", "unreadable", "not_published")
    }


def test_every_report_that_can_be_found_is_found_once(province: Province) -> None:
    listed: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)
    for entry in province.archive.entries():
        if entry.rank == 0:
            listed[entry.unit_id, entry.year].append(entry.address)
    for one in province.truth:
        assert listed.pop((one.unit_id, one.year), []) == ([one.address] if one.address else []), one
    assert not listed, "nothing else was taken for a report"


def test_every_obstacle_has_the_right_status(province: Province) -> None:
    problems: dict[str, Problem] = {}
    blocked: dict[str, Problem] = {}
    for problem in province.archive.problems():
        if problem.kind == "list":
            blocked[problem.unit_id] = problem
        else:
            problems[problem.address] = problem
    wrong = []
    for one in province.truth:
        problem = problems.get(one.address)
        status = _status(province.archive, one, problem, blocked)
        if status != one.status or (problem.code if problem else "") != (one.problem if one.address else ""):
            wrong.append((one.quirk, one.address, status, one.status, problem))
    assert not wrong


def _status(archive: Archive, one: Truth, problem: Problem | None, blocked: dict[str, Problem]) -> str:
    """As the coverage ledger would have it, from what the archive holds."""
    capture = archive.latest(one.address) if one.address else None
    if capture is not None:
        files = [link.address for link in archive.links(capture.capture_id)]
        assert files == list(one.attachments) and all(archive.latest(address) for address in files), one
        body = archive.read(capture.capture_id)
        carrier = files and "自然人" not in bodies.text(body, capture.charset)
        return "attachment_only" if carrier else "published"
    if problem is not None:
        return "unreadable" if problem.code in UNUSABLE else "blocked"
    return "blocked" if one.unit_id in blocked else "not_published"


def test_the_ledger_says_so_too(province: Province) -> None:
    """The real ledger, before anything is read: what stands on a list is unread, not unpublished, and says why."""
    units = tuple(province.registry.units.values())
    plan = Plan("nightly", Home.at(province.folder / "home"), province.registry, units, (YEAR, YEAR))
    nothing = TABLES["documents"].empty()
    rows = ledger_rows(plan, archived(province.archive), nothing, {}, (), date(2024, 6, 1)).to_pylist()
    found = {(row["unit_id"], row["year"]): (row["status"], bool(row["reason"])) for row in rows}
    expected = {"published": "unreadable", "attachment_only": "unreadable"}
    for one in province.truth:
        status = expected.get(one.status, one.status)
        assert found[one.unit_id, one.year] == (status, True), one


def test_no_list_or_document_is_asked_for_against_robots(province: Province) -> None:
    for counts in province.asked:
        assert not [path for _, path, _ in counts if path.startswith(("/search/", "/s/"))]
        assert all(counts[host, "/robots.txt", 200] == 1 for host in province.registry.hosts)


def test_the_second_night_takes_only_what_changed(province: Province) -> None:
    changed = [one for one in province.truth if one.quirk == "changed" and one.address]
    assert changed and sum(result.fetched for result in province.second) == len(changed)
    assert sum(result.unchanged for result in province.second) == sum(r.fetched for r in province.first) - len(
        changed
    )
    versions = Counter(capture.address for capture in province.archive.captures())
    assert {address for address, number in versions.items() if number > 1} == {one.address for one in changed}


def test_dates_come_from_the_page(province: Province) -> None:
    """Not from 索引号, 生成日期, a stamp of the site's move or the folder of a year."""
    found: Counter[str] = Counter()
    for one in province.truth:
        capture = province.archive.latest(one.address) if one.address else None
        if capture is None or one.status != "published" or "pdf" in capture.media_type:
            continue
        document = read(province.archive.read(capture.capture_id), charset=capture.charset)
        assert document.metadata["published"] == one.published.isoformat(), one
        found[one.family] += 1
    assert set(found) == set(STYLES)


@pytest.mark.parametrize("family", sorted(STYLES))
def test_portals_check_shows_what_is_there(province: Province, quick: Command, family: str) -> None:
    sources = province.folder / "sites" / "sources.toml"
    name = family.replace("_", "-")
    done = quick("portals", "check", name, "--sources", sources, "--format", "json")
    obstructed = [
        one for one in province.truth if one.family == family and not one.address and one.quirk != "unlisted"
    ]
    assert done.returncode == (3 if obstructed else 0), done.stderr
    shown = json.loads(done.stdout)
    assert shown["family"] == family and family in shown["looks_like"] and not shown["verified"]
    reports = {
        (unit["unit_id"], report["year"], report["address"])
        for unit in shown["units"]
        for report in unit["reports"]
        if not report["other_form"]
    }
    assert reports == {(o.unit_id, o.year, o.address) for o in province.truth if o.family == family and o.address}
    assert {problem["problem"] is not None for problem in shown["lists"]} == (
        {True, False} if obstructed else {False}
    )
    assert any(row["pages"] > 1 for row in shown["lists"]) and "政府信息公开指南" in shown["unmatched"]


def test_portals_check_for_people(province: Province, gouji: Command) -> None:
    done = gouji("portals", "check", "trs.gansu.example", "--sources", province.folder / "sites" / "sources.toml")
    assert done.returncode == 0
    trs = [one for one in province.truth if one.family == "trs"]
    assert "lists, all read to the end" in done.stdout
    assert "not verified" in done.stdout and "关于印发" in done.stdout and trs[0].unit_id in done.stdout


def test_a_portal_that_cannot_be_checked(quick: Command, tmp_path: Path) -> None:
    for words, says in (
        (("portals", "check", "nowhere"), "no portal 'nowhere' in the registry"),
        (("portals", "check", "lanzhou"), "GOUJI_CONTACT"),
        (("portals", "check", "lanzhou", "--units", "99"), "no unit has an id or code that starts with '99'"),
        (("portals", "check", "lanzhou", "--units", "6202"), "none of the chosen units publishes there"),
        (("portals", "check", "lanzhou", "--sources", tmp_path / "no.toml"), "no such sources file"),
    ):
        done = quick(*words)
        assert (done.returncode, done.stdout) == (2, "") and says in done.stderr and done.stderr.count("\n") == 1


def test_the_shipped_registry_is_listed(quick: Command) -> None:
    done = quick("portals", "list")
    assert done.returncode == 0 and done.stdout.count("not verified") == 113
    for word in ("www.lanzhou.gov.cn", "/col/col18829/index.html", "inferred", "rst-gansu"):
        assert word in done.stdout


def test_portals_needs_no_prefect() -> None:
    code = "import sys, flows.cli, flows.portal_check, flows.portal_terminal; sys.exit('prefect' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())


def test_nightly_takes_the_shipped_registry_by_name(tmp_path: Path) -> None:
    from flows.home import Home
    from flows.sources import source_files

    files: list[Any] = source_files(Home.at(tmp_path), ["gansu"])
    assert len(load(*files).units) == 245
