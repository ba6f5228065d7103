"""What a night did not get, or did not ask for, is on record; the next night goes on from there."""

from __future__ import annotations

from dataclasses import replace

from portals_support import HOST, Answer, FakeTime, Site, article_page, list_page

from portals.archive import Archive
from portals.crawl import CrawlResult, Run, crawl
from portals.registry import Registry

BASE = f"http://{HOST}/620102/zfxxgknb"


def publish(site: Site, years: range) -> None:
    named = {f"t{year}.html": f"城关区{year}年政府信息公开工作年度报告" for year in years}
    site.put("/620102/zfxxgknb/", list_page([(name, title, "2024-01-31") for name, title in named.items()]))
    for name, title in named.items():
        site.put(f"/620102/zfxxgknb/{name}", article_page(title))


def night(registry: Registry, run: Run) -> CrawlResult:
    return crawl(replace(registry.portals["sample"], concurrency=1), [registry.units["620102"]], run)


def test_a_host_that_asks_for_an_hour(
    site: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime, fetching
) -> None:
    publish(site, range(2019, 2025))
    site.put("/620102/zfxxgknb/t2020.html", Answer(b"", 429, {"Retry-After": "3600"}), article_page("2020"))
    result = night(registry, run)
    assert result.fetched == 1 and len(site.paths) == 4
    told = {problem.address: problem for problem in archive.problems()}
    assert sorted(told) == [f"{BASE}/t{year}.html" for year in range(2020, 2025)]
    assert {problem.code for problem in told.values()} == {"throttled"}
    assert [problem.status for _, problem in sorted(told.items())] == [429, None, None, None, None]
    assert "未访问" in told[f"{BASE}/t2024.html"].detail
    fake.sleep(86400)
    again = night(registry, replace(run, fetcher=fetching(), started_at=fake.now()))
    assert (again.fetched, again.unchanged, again.problems) == (5, 1, ())
    assert list(archive.problems()) == []


def test_a_redirect_that_is_not_followed(site: Site, registry: Registry, run: Run, archive: Archive) -> None:
    publish(site, range(2023, 2024))
    site.put("/620102/zfxxgknb/t2023.html", Answer(b"moved", 301, {"Location": "http://evil.example/"}))
    (problem,) = night(registry, run).problems
    assert problem.code == "refused" and "evil.example" in problem.detail
    kept = archive.capture(problem.evidence)
    assert kept and (kept.role, kept.status, kept.address) == ("evidence", 301, f"{BASE}/t2023.html")
    assert archive.read(kept.capture_id) == b"moved"


def test_validators_of_a_page_that_moved_stay_with_it(
    site: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime
) -> None:
    publish(site, range(2023, 2024))
    title = "城关区2023年政府信息公开工作年度报告"
    site.redirect("/620102/zfxxgknb/t2023.html", "/old.html")
    site.put(
        "/old.html", Answer(article_page(title).encode(), headers={"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"})
    )
    assert night(registry, run).fetched == 1
    fake.sleep(86400)
    assert night(registry, replace(run, started_at=fake.now())).unchanged == 1
    site.redirect("/620102/zfxxgknb/t2023.html", "/new.html")
    site.put("/new.html", article_page(title, text="更正"))
    fake.sleep(86400)
    assert night(registry, replace(run, started_at=fake.now())).fetched == 1
    assert not {"If-None-Match", "If-Modified-Since"} & site.requests[-1].headers.keys()
