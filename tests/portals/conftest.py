"""Fixtures of the portals' tests: a server on loopback, fetchers for it, an archive, a registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from portals_support import HOST, OTHER, PROVINCE, FakeTime, Site

from portals.archive import Archive
from portals.crawl import Run
from portals.fetch import Fetcher, Limits
from portals.limits import Times
from portals.registry import Registry, load
from portals.robots import Robots
from portals.transport import Network
from portals.units import PortalSource


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as made:
        yield made


Fetching = Callable[..., Fetcher]


@pytest.fixture
def fetching(site: Site, fake: FakeTime) -> Iterator[Fetching]:
    """Makes fetchers for HOST and OTHER, both at `site`; keywords go to the portal or to `Limits`."""
    made: list[Fetcher] = []

    def make(
        *,
        times: Times | None = None,
        delay: float = 0.0,
        concurrency: int = 2,
        on_robots: Callable[[Robots], object] = lambda robots: None,
        **limits: object,
    ) -> Fetcher:
        portals = [
            PortalSource(name, host, "trs", delay, concurrency, None, "http")
            for name, host in (("sample", HOST), ("other", OTHER))
        ]
        network = Network(loopback={HOST: site.at, OTHER: site.at})
        bounds = Limits(**limits)  # type: ignore[arg-type]
        chosen = times or fake.times
        made.append(Fetcher(portals, chosen, network=network, limits=bounds, on_robots=on_robots))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    path = tmp_path / "sources.toml"
    path.write_text(PROVINCE, "utf-8")
    return load(path)


@pytest.fixture
def run(fetching: Fetching, archive: Archive, fake: FakeTime) -> Run:
    return Run(fetching(), archive, fake.now, fake.now())
