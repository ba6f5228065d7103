"""What all tests share: which files begin first; what several rooms share: an S3-speaking server."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from s3_server import BUCKET, S3Server, missing

from store.remote import Remote

_numbers = count()
#: what begins first: the files that use the Prefect server, together, so that it can end; then the longest
FIRST = (
    "test_flows_nightly.py",
    "test_flows_engine.py",
    "test_flows_store.py",
    "test_flows_server.py",
    "test_flows_kills.py",
    "test_flows_families.py",
    "test_flows_inputs.py",
    "test_site_browser.py",
    "test_store_warehouse.py",
    "test_extractors_scan.py",
    "test_flows_order.py",
    "test_flows_gate_strict.py",
    "test_expectations_gate.py",
    "test_expectations_suites.py",
    "test_warehouse_kill.py",
    "test_expectations_core.py",
    "test_flows_impact.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that processes that share the files end together."""
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="session")
def s3_at_rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server for all tests of this process, not started; the environment points to it."""
    if reason := missing():
        pytest.skip(reason)
    server = S3Server(tmp_path_factory.mktemp("s3"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.variables.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def s3(s3_at_rest: S3Server) -> Iterator[S3Server]:
    """The server, for the tests of a file: to start it takes a second, and it is never quite at rest."""
    s3_at_rest.start()
    try:
        yield s3_at_rest
    finally:
        s3_at_rest.kill()


@pytest.fixture
def bucket(s3: S3Server) -> Remote:
    """A place of its own in the server's bucket."""
    return Remote(f"s3://{BUCKET}/t{next(_numbers)}")


# `benchmarks/` is no package: its tests find it from the root.
sys.path.append(str(Path(__file__).resolve().parents[1]))
# Most objects of a worker are what it has imported: to look through them again and again finds nothing.
gc.set_threshold(50_000, 20, 100)
# No test asserts anything of a clock: a machine may be three times as slow for minutes.
settings.register_profile("gouji", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gouji")
