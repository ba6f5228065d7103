from __future__ import annotations

import gzip
import itertools
import random
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from portals_support import HOST, OTHER, Answer, FakeTime, Site, article_page, list_page

from portals import crawl as crawling
from portals.archive import Archive
from portals.captures import INDEX
from portals.crawl import CrawlResult, Progress, Run, crawl
from portals.documents import documents
from portals.families.base import Entry
from portals.limits import Times
from portals.presence import presence
from portals.registry import Registry
from portals.slices import Slice

BASE = f"http://{HOST}"


def title(name: str, year: int) -> str:
    return f"{name}{year}年政府信息公开工作年度报告"


def publish(site: Site, unit: str, name: str, years: range) -> None:
    """A unit's list and articles; the one of 2022 is only a cover for an attached PDF, 2021 a direct PDF."""
    items = []
    for year in years:
        path = f"/{unit}/zfxxgknb/t{year}.{'pdf' if year == 2021 else 'html'}"
        items.append((path, title(name, year), f"{year + 1}-01-31"))
        if year == 2021:
            site.put(path, Answer(f"%PDF-1.7 {unit}".encode(), headers={"Content-Type": "application/pdf"}))
        else:
            link = "<a href='P2022.pdf'>年度报告.pdf</a>" if year == 2022 else ""
            site.put(path, article_page(title(name, year), link))
    site.put(f"/{unit}/zfxxgknb/P2022.pdf", Answer(b"%PDF-1.4 " + unit.encode()))
    site.put(f"/{unit}/zfxxgknb/", list_page(items))


@pytest.fixture
def two_units(site: Site) -> Site:
    publish(site, "620102", "城关区", range(2019, 2025))
    publish(site, "620103", "七里河区", range(2019, 2025))
    return site


def go(registry: Registry, run: Run, units: tuple[str, ...] = ("620102", "620103"), **more: object) -> CrawlResult:
    chosen = [registry.units[unit] for unit in units]
    return crawl(registry.portals["sample"], chosen, run, **more)  # type: ignore[arg-type]


def figures(result: CrawlResult) -> tuple[int, int, int, int]:
    return (result.listed, result.fetched, result.unchanged, result.skipped)


def test_a_first_night_takes_everything_once(two_units: Site, registry: Registry, run: Run, archive: Archive) -> None:
    result = go(registry, run)
    assert figures(result) == (12, 14, 0, 0) and result.problems == ()
    asked = two_units.paths
    assert len(asked) == len(set(asked)) == 1 + 2 + 14
    sets = list(documents(archive, registry))
    assert [(s.entry.unit_id, s.entry.year) for s in sets] == [
        (unit, year) for unit in ("620102", "620103") for year in range(2019, 2025)
    ]
    cover = sets[3]
    assert cover.entry.published == date(2023, 1, 31) == cover.article.published
    (attached,) = cover.attachments
    assert archive.read(attached.capture_id) == b"%PDF-1.4 620102"
    assert attached.parent_address == cover.article.address and attached.title == "年度报告.pdf"
    assert archive.read(sets[2].article.capture_id).startswith(b"%PDF-1.7")
    assert [s.attachments for s in sets if s.entry.year != 2022] == [()] * 10


def test_a_second_night_fetches_no_body_again(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    go(registry, run)
    before = {c.capture_id: c.fetched_at for c in archive.captures()}
    seen = len(two_units.requests)
    fake.sleep(86400)
    result = go(registry, replace(run, started_at=fake.now()))
    assert figures(result) == (12, 0, 14, 0)
    again = [r for r in two_units.requests[seen:] if not r.path.endswith("/")]
    assert len(again) == 14 and {r.status for r in again} == {304} and sum(r.sent for r in again) == 0
    assert {c.capture_id: c.fetched_at for c in archive.captures()} == before
    assert {c.checked_at for c in archive.captures()} == {fake.now()}


def test_identical_bodies_without_validators_are_unchanged(
    site: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    site.put("/620102/zfxxgknb/", list_page([("a.html", title("城关区", 2023), "")]))
    page = article_page("x").encode()
    packed = [
        Answer(gzip.compress(page, mtime=n), headers={"Content-Encoding": "gzip"}, validators=False) for n in (1, 2)
    ]
    site.put("/620102/zfxxgknb/a.html", *packed)
    assert figures(go(registry, run, ("620102",))) == (1, 1, 0, 0)
    fake.sleep(1)
    assert figures(go(registry, replace(run, started_at=fake.now()), ("620102",))) == (1, 0, 1, 0)
    assert len(list(archive.captures())) == 1


def test_a_changed_report_becomes_a_new_version(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    go(registry, run)
    fake.sleep(86400)
    two_units.put("/620102/zfxxgknb/t2022.html", article_page("改", "<a href='new.pdf'>附件</a>"))
    two_units.put("/620102/zfxxgknb/new.pdf", Answer(b"%PDF-1.5 new"))
    result = go(registry, replace(run, started_at=fake.now()))
    assert figures(result) == (12, 2, 12, 0), "the old attachment is no longer named"
    changed = next(s for s in documents(archive, registry) if s.entry.year == 2022)
    assert "改" in archive.read(changed.article.capture_id).decode()
    assert [archive.read(a.capture_id) for a in changed.attachments] == [b"%PDF-1.5 new"]
    assert len([c for c in archive.captures() if c.address == changed.article.address]) == 2


def test_what_a_whole_list_no_longer_shows_has_gone_from_it(
    site: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    path = "/620102/zfxxgknb/"
    site.put(path + "a.html", article_page("x"))
    site.put(path + "b.html", article_page("y"))
    gone = []
    for answer in (
        list_page([("a.html", title("城关区", 2023), "")]),
        Answer(b"", status=503),
        list_page([("b.html", title("城关区", 2023), "")]),
        Answer(b"", status=503),
        list_page([("a.html", title("城关区", 2023), "")]),
    ):
        site.put(path, answer)
        fake.sleep(86400)
        go(registry, replace(run, started_at=fake.now()), ("620102",))
        gone.append(presence(archive).gone(BASE + path + "a.html"))
    assert gone == [False, False, True, True, False]


def test_years_and_units_are_chosen(two_units: Site, registry: Registry, run: Run) -> None:
    items = [("a.html", title("城关区", 2023), ""), ("b.html", "政府信息公开年度报告", "")]
    two_units.put("/620102/zfxxgknb/", list_page([*items, ("c.html", title("城关区", 2020), "")]))
    for name in "abc":
        two_units.put(f"/620102/zfxxgknb/{name}.html", article_page("x", text=name))
    assert figures(go(registry, run, ("620102",), years=range(2022, 2025))) == (2, 2, 0, 0)
    assert not any("620103" in path or "c.html" in path for path in two_units.paths)


def test_units_of_other_portals_are_left_alone(two_units: Site, registry: Registry, run: Run) -> None:
    foreign = replace(registry.units["620103"], portal="other")
    result = crawl(registry.portals["sample"], [registry.units["620102"], foreign], run)
    assert result.listed == 6


def test_faults_of_single_pages_stop_nothing(two_units: Site, registry: Registry, run: Run, archive: Archive) -> None:
    two_units.put("/620102/zfxxgknb/t2019.html", Answer(b"<script>challenge()</script>", 412))
    two_units.put("/620102/zfxxgknb/t2020.html", Answer(b"", 404))
    two_units.put("/620102/zfxxgknb/P2022.pdf", Answer(b"", 500))
    two_units.redirect("/620102/zfxxgknb/t2023.html", "http://evil.example/")
    two_units.put("/620103/zfxxgknb/", Answer(b"", 403))
    result = go(registry, run)
    assert [(p.address.removeprefix(BASE), p.kind, p.code, p.status, p.unit_id, p.year) for p in result.problems] == [
        ("/620103/zfxxgknb/", "list", "blocked", 403, "620103", None),
        ("/620102/zfxxgknb/t2019.html", "document", "blocked", 412, "620102", 2019),
        ("/620102/zfxxgknb/t2020.html", "document", "missing", 404, "620102", 2020),
        ("/620102/zfxxgknb/P2022.pdf", "attachment", "server", 500, "620102", 2022),
        ("/620102/zfxxgknb/t2023.html", "document", "refused", None, "620102", 2023),
    ]
    assert figures(result) == (6, 3, 0, 0)
    assert sorted(archive.problems(), key=str) == sorted(result.problems, key=str)
    assert [s.entry.year for s in documents(archive, registry)] == [2021, 2022, 2024]


def test_problems_are_forgotten_once_solved(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    two_units.put("/620102/zfxxgknb/t2019.html", Answer(b"", 412))
    two_units.put("/620103/zfxxgknb/", Answer(b"", 403))
    assert len(go(registry, run).problems) == 2
    publish(two_units, "620102", "城关区", range(2019, 2025))
    publish(two_units, "620103", "七里河区", range(2019, 2025))
    fake.sleep(60)
    assert go(registry, replace(run, started_at=fake.now())).problems == ()
    assert list(archive.problems()) == []
    assert len(list(documents(archive, registry))) == 12


def test_a_report_that_vanished_keeps_its_capture(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    go(registry, run)
    fake.sleep(60)
    two_units.put("/620102/zfxxgknb/t2023.html", Answer(b"", 404))
    result = go(registry, replace(run, started_at=fake.now()))
    assert [p.code for p in result.problems] == ["missing"]
    assert len(list(documents(archive, registry))) == 12


def test_a_reader_that_breaks_is_a_problem(
    two_units: Site, registry: Registry, run: Run, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(html: str, address: str) -> list[object]:
        if "2019" in address:
            raise RecursionError("too deep\nfor us")
        return []

    monkeypatch.setattr(crawling, "linked", broken)
    result = go(registry, run, ("620102",))
    assert [(p.code, p.detail) for p in result.problems] == [("parse", "RecursionError: too deep for us")]
    assert result.fetched == 6 and len(list(documents(archive, registry))) == 6, "kept all the same"


def test_an_address_listed_twice_is_asked_once(site: Site, registry: Registry, run: Run, archive: Archive) -> None:
    shared = ("/shared.html", title("城关区", 2023), "")
    for unit in ("620102", "620103"):
        site.put(f"/{unit}/zfxxgknb/", list_page([shared, shared, ("/shared.html#a", title("城关区", 2023), "")]))
    site.put("/shared.html", article_page("x", "<a href='/f.pdf'>f.pdf</a><a href='/shared.pdf'>附件</a>"))
    site.put("/f.pdf", Answer(b"%PDF-1"))
    site.put("/shared.pdf", Answer(b"%PDF-2"))
    assert figures(go(registry, run)) == (1, 3, 0, 0)
    assert len(site.paths) == len(set(site.paths))
    sets = list(documents(archive, registry))
    assert [s.entry.unit_id for s in sets] == ["620102", "620103"] and sets[0].article == sets[1].article


def test_an_attachment_of_two_articles_is_asked_once(
    site: Site, registry: Registry, run: Run, archive: Archive
) -> None:
    items = [(f"{n}.html", title("城关区", 2019 + n), "") for n in range(4)]
    site.put("/620102/zfxxgknb/", list_page(items))
    for href, name, _ in items:
        site.put(f"/620102/zfxxgknb/{href}", article_page(name, "<a href='all.pdf'>附件</a>", text=name))
    site.put("/620102/zfxxgknb/all.pdf", Answer(b"%PDF-1", delay=0.05))
    assert figures(go(registry, run, ("620102",))) == (4, 5, 0, 0)
    assert site.paths.count("/620102/zfxxgknb/all.pdf") == 1
    assert [len(s.attachments) for s in documents(archive, registry)] == [1] * 4


def test_other_forms_are_taken_only_where_nothing_else_is_listed() -> None:
    def entry(name: str, year: int | None, rank: int, unit: str = "620102") -> Entry:
        return Entry(f"{BASE}/{name}", name, None, unit, year, rank)

    entries = [
        entry("picture", 2023, 1),
        entry("text", 2023, 0),
        entry("only", 2022, 1),
        entry("else", 2023, 1, "620103"),
        entry("text", 2023, 0, "620103"),
        entry("unknown", None, 0),
        entry("old", 2014, 0),
    ]
    assert [e.title for e in crawling.chosen(entries, range(2019, 2025))] == ["text", "only", "unknown"]


def test_progress_is_told_in_the_calling_thread(two_units: Site, registry: Registry, run: Run) -> None:
    told: list[Progress] = []
    threads = set()

    def tell(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.current_thread())

    go(registry, run, on_progress=tell)
    assert threads == {threading.current_thread()}
    assert [(p.phase, p.done, p.total) for p in told] == [
        *(("list", n, 2) for n in (1, 2)),
        *(("fetch", n, 12) for n in range(1, 13)),
    ]


def test_an_interrupted_crawl_stops_and_goes_on_where_it_was(
    two_units: Site, registry: Registry, run: Run, archive: Archive
) -> None:
    for answers in two_units.answers.values():
        answers[0].delay = 0.02

    def interrupt(progress: Progress) -> None:
        if progress.phase == "fetch" and progress.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(registry, run, on_progress=interrupt)
    done = len(list(archive.captures()))
    assert 4 <= done < 14
    result = go(registry, run)
    assert (result.fetched, result.skipped) == (14 - done, done)
    asked = [path for path in two_units.paths if not path.endswith("/")]
    assert len(asked) == len(set(asked)) == 1 + 14


def test_the_portal_is_never_asked_more_than_agreed(
    two_units: Site, registry: Registry, archive: Archive, fake: FakeTime, fetching
) -> None:
    for answers in two_units.answers.values():
        answers[0].delay = 0.01
    run = Run(fetching(concurrency=2), archive, fake.now, fake.now())
    crawl(replace(registry.portals["sample"], concurrency=8), list(registry.units.values()), run)
    assert two_units.most_active == 2


def test_the_same_night_gives_the_same_captures(
    registry: Registry, tmp_path: Path, two_units: Site, fetching, fake: FakeTime
) -> None:
    found = []
    for name in ("one", "two"):
        with Archive(tmp_path / name) as archive:
            go(registry, Run(fetching(), archive, fake.now, fake.now()))
            found.append([replace(c, offset=0, start=0) for c in archive.captures()])
    assert found[0] == found[1]


def test_hosts_beside_the_portal_serve_attachments(
    site: Site, registry: Registry, run: Run, archive: Archive
) -> None:
    site.put("/620102/zfxxgknb/", list_page([("a.html", title("城关区", 2023), "")]))
    links = f"<a href='http://{OTHER}/x.pdf'>附件1</a><a href='http://evil.example/y.pdf'>附件2</a>"
    site.put("/620102/zfxxgknb/a.html", article_page("x", links))
    site.put("/x.pdf", Answer(b"%PDF-1"), host=OTHER)
    result = go(registry, run, ("620102",))
    assert result.fetched == 2 and [p.code for p in result.problems] == ["refused"]


def test_lists_and_robots_are_captures_too(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime, fetching
) -> None:
    two_units.put("/robots.txt", "User-agent: *\nDisallow: /private")
    keeping = replace(run, fetcher=fetching(on_robots=archive.keep_robots))
    go(registry, keeping)
    lists = [one.capture for one in archive.find(Slice(roles=("list",)))]
    assert [(c.address, c.unit_id) for c in lists] == [
        (f"{BASE}/{unit}/zfxxgknb/", unit) for unit in ("620102", "620103")
    ]
    (robots,) = (one.capture for one in archive.find(Slice(roles=("robots",))))
    assert (robots.address, robots.title, robots.unit_id) == (f"{BASE}/robots.txt", "robots.txt: rules", "")
    assert archive.read(robots.capture_id) == b"User-agent: *\nDisallow: /private"
    assert not any(c.address[-9:] == "zfxxgknb/" or "robots" in c.address for c in archive.captures())


def test_a_second_night_sends_no_list_again(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    go(registry, run)
    seen = len(two_units.requests)
    fake.sleep(86400)
    assert go(registry, replace(run, started_at=fake.now())).listed == 12
    lists = [r for r in two_units.requests[seen:] if r.path.endswith("/")]
    assert [(r.status, r.sent) for r in lists] == [(304, 0)] * 2, "the entries come from the archive"


def test_a_resumed_night_reads_its_lists_from_the_archive(
    two_units: Site, registry: Registry, run: Run, archive: Archive
) -> None:
    go(registry, run)
    seen = len(two_units.requests)
    assert figures(go(registry, run)) == (12, 0, 0, 14)
    assert len(two_units.requests) == seen, "nothing is asked twice in one night"


def test_rows_that_were_forgotten_are_fetched_again(
    two_units: Site, registry: Registry, run: Run, archive: Archive, tmp_path: Path, fake: FakeTime
) -> None:
    """As doctor advises where a WARC file is damaged; what was known besides of a page is not in the way."""
    go(registry, run)
    before = {one.capture_id: (one.sha256, archive.links(one.capture_id)) for one in archive.captures()}
    assert any(links for _, links in before.values())
    with closing(sqlite3.connect(tmp_path / "archive" / INDEX)) as index, index:
        index.execute("DELETE FROM captures")
    fake.sleep(86400)
    assert figures(go(registry, replace(run, started_at=fake.now()))) == (12, 14, 0, 0)
    assert {one.capture_id: (one.sha256, archive.links(one.capture_id)) for one in archive.captures()} == before


def test_a_night_with_the_clock_ahead_stops_no_night_after_it(
    two_units: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime, fetching
) -> None:
    run = replace(run, fetcher=fetching(on_robots=archive.keep_robots))
    fake.seconds = 365 * 86400
    go(registry, replace(run, started_at=fake.now()))
    fake.seconds = 86400
    two_units.put("/620102/zfxxgknb/t2022.html", article_page("改"))
    night = replace(run, fetcher=fetching(on_robots=archive.keep_robots), started_at=fake.now())
    assert figures(go(registry, night)) == (12, 1, 12, 0)
    changed = archive.latest(f"{BASE}/620102/zfxxgknb/t2022.html")
    assert changed is not None and "改" in archive.read(changed.capture_id).decode()
    assert max(it.checked_at for it in archive.captures() if it.address != f"{BASE}/620102/zfxxgknb/P2022.pdf") == (
        fake.now()
    )
    seen = len(two_units.requests)
    assert figures(go(registry, night)) == (12, 0, 0, 13)
    assert len(two_units.requests) == seen, "a run that goes on asks nothing twice"
    (robots,) = (one.capture for one in archive.find(Slice(roles=("robots",))))
    assert robots.checked_at == fake.now()


def test_a_damaged_list_is_asked_for_again(
    two_units: Site, registry: Registry, run: Run, archive: Archive, tmp_path: Path
) -> None:
    go(registry, run, ("620102",))
    (known,) = (one.capture for one in archive.find(Slice(roles=("list",))))
    path = tmp_path / "archive" / known.warc
    whole = path.read_bytes()
    path.write_bytes(whole[: known.offset] + b"\0" * 40 + whole[known.offset + 40 :])
    assert figures(go(registry, run, ("620102",)))[0] == 6


def test_a_night_keeps_to_the_limits_and_to_robots(
    site: Site, registry: Registry, archive: Archive, fake: FakeTime, fetching
) -> None:
    """Measured at the server: gaps, requests at once, and nothing that robots.txt forbids, redirects included."""
    delay = 0.04
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: gouji\nDisallow: /620102/zfxxgknb/t2020\nDisallow: /hidden/\n"
    site.put("/robots.txt", Answer(rules.encode(), headers={"Content-Type": "text/plain"}))
    for unit in ("620102", "620103"):
        publish(site, unit, unit, range(2019, 2025))
    site.redirect("/620103/zfxxgknb/t2019.html", "/hidden/2019.html")
    for answers in site.answers.values():
        answers[0].delay = 0.02
    times = Times(fake.now, chance=random.Random(3).random)
    run = Run(fetching(times=times, delay=delay, concurrency=3), archive, fake.now, fake.now())
    result = crawl(replace(registry.portals["sample"], concurrency=3), list(registry.units.values()), run)
    codes = Counter(problem.code for problem in result.problems if problem.kind == "document")
    assert codes == {"robots": 2} and result.fetched == 12
    assert not [path for path in site.paths if path.startswith(("/620102/zfxxgknb/t2020", "/hidden"))]
    assert site.paths[0] == "/robots.txt" and site.paths.count("/robots.txt") == 1
    assert site.most_active <= 3
    # The start of a request and its arrival are not the same moment on a busy machine; the whole night is.
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(sorted(r.started for r in site.requests)))
    assert sum(gaps) >= delay * len(gaps) * 0.98 and gaps[len(gaps) // 2] > delay * 0.8
