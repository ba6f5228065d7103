"""What one reader is told of, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address

import pyarrow as pa
import pytest
from made_release import EVENTS, NAMES, READER, RUN, faults

from notices.digest import Tables, build
from notices.subscription import Rhythm, Subscription

WHO = Address(addr_spec="a@example.org")
#: a Monday in Beijing, an hour after midnight; still Sunday in UTC
MONDAY = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)


def test_regions_are_beginnings_of_codes(release: Tables) -> None:
    told = Subscription(WHO, regions=("6201", "620523")).narrowed(release)
    codes = {code[:4] for code in told.coverage["code"].to_pylist()}
    assert codes == {"6201", "6205"}
    assert set(told.findings["unit_id"].to_pylist()) == {"620102", "620102-zyxz", "620123", "620523", "620523-zrzy"}
    digest = build(RUN, told, NAMES, READER)
    assert {it.unit for it in digest.held.items} == {"榆中县人民政府", "甘谷县自然资源局"}


def test_levels_and_severity(release: Tables) -> None:
    told = Subscription(WHO, levels=("county",), severity="warning").narrowed(release)
    assert set(told.coverage["level"].to_pylist()) == {"county"}
    assert set(told.findings["severity"].to_pylist()) == {"critical", "warning"}
    assert set(told.held_reports["unit_id"].to_pylist()) <= set(told.coverage["unit_id"].to_pylist())


def test_without_a_choice_everything_is_told(release: Tables) -> None:
    told = Subscription(WHO).narrowed(release)
    assert told.findings.num_rows == len(faults())
    assert told.coverage.num_rows == release.coverage.num_rows


def test_what_is_gone_is_narrowed_too(release: Tables) -> None:
    told = Subscription(WHO, regions=("6201",)).narrowed(release)
    assert [it.unit for it in build(RUN, told, NAMES, READER).gone.items] == ["兰州市人民政府"]
    events = Subscription(WHO, regions=("6201",)).narrowed(replace(release, events=EVENTS.empty_table()))
    assert events.events is not None


def test_cells_in_doubt_are_narrowed_too(release: Tables) -> None:
    rows = [{"unit_id": unit, "key": "x"} for unit in sorted({*release.coverage["unit_id"].to_pylist()})]
    told = Subscription(WHO, regions=("6201",)).narrowed(replace(release, doubted=pa.Table.from_pylist(rows)))
    assert told.doubted is not None
    assert set(told.doubted["unit_id"].to_pylist()) == set(told.coverage["unit_id"].to_pylist())


def test_the_choice_in_words() -> None:
    assert Subscription(WHO).scope(NAMES.places) == ""
    chosen = Subscription(WHO, regions=("6201", "6299"), levels=("county", "township"), severity="critical")
    assert chosen.scope(NAMES.places) == "兰州市、6299，县区、乡镇，仅严重"
    assert Subscription(WHO, severity="warning").scope({}) == "仅警告及以上"


@pytest.mark.parametrize(
    ("rhythm", "later", "due"),
    [
        ("release", timedelta(0), True),
        ("daily", timedelta(hours=22), False),
        ("daily", timedelta(hours=23), True),
        ("weekly", timedelta(days=6, hours=22), False),
        ("weekly", timedelta(days=6, hours=23), True),
        ("monthly", timedelta(days=29), False),
        ("monthly", timedelta(days=30), True),
    ],
)
def test_rhythms_go_by_the_calendar_of_beijing(rhythm: Rhythm, later: timedelta, due: bool) -> None:
    subscription = Subscription(WHO, rhythm=rhythm)
    assert subscription.due(None, MONDAY)
    assert subscription.due(MONDAY, MONDAY + later) is due
