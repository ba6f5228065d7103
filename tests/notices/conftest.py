"""Releases to make digests of."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from made_release import COVERAGE, NAMES, REPORTS, RUN, coverage, faults, finding, tables

from notices.digest import RunFacts, Tables
from notices.findings import Names


@pytest.fixture
def run() -> RunFacts:
    return RUN


@pytest.fixture
def names() -> Names:
    return NAMES


@pytest.fixture
def release() -> Tables:
    """Release r0003: three findings are still open, two of the release before are gone."""
    found = faults()
    before = [found[2], found[8], found[9]]
    mended = finding(2, 2022, "T3-IDENT", "critical", "x", equation="30 + 1 ≠ 28 + 2")
    unseen = finding(8, 2024, "T4-SUM", "critical", "y", equation="1 + 1 ≠ 3")
    return tables(found, [*before, mended, unseen])


@pytest.fixture
def first_release() -> Tables:
    return tables(faults(), None)


@pytest.fixture
def clean_release() -> Tables:
    """No finding, nothing held, no gap."""
    covered = [row | {"status": "published", "gate": "released", "reason": None} for row in coverage()]
    return replace(
        tables([], []),
        reports=pa.Table.from_pylist(covered, schema=REPORTS),
        held_reports=pa.Table.from_pylist([], schema=REPORTS),
        coverage=pa.Table.from_pylist(covered, schema=COVERAGE),
    )
