"""`gouji upkeep` over a home that the flows made."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from made_archive import AT, Shelf, made, page

from flows.exits import UnusableError
from flows.home import Home
from flows.housekeeping import keep_up, plan_upkeep
from flows.lock import only_run
from flows.records import records
from notices.outbox import Outbox
from samples.figures import unit_reports
from warehouse.keeping import Policy
from warehouse.query import query

NONE = Policy(days=0, least=2)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Four releases: a page of the second unit changes each night."""
    shelf = made(tmp_path / "shelf", count=2, years=(2023, 2024))
    unit = shelf.units[1]
    for number in range(1, 4):
        draft = list(unit_reports(unit, (2023, 2024), 5 + number))[1]
        shelf.capture({(unit.id, 2024): page(draft)}, hour=24 * number)
        assert shelf.run()
    return shelf


def test_what_goes_and_what_is_told(shelf: Shelf) -> None:
    home = shelf.home
    now = AT + timedelta(days=20)
    told = query(home.root, "SELECT * FROM reports ORDER BY report_id").to_pylist()
    before = shelf.hashes()
    # The first reader was told of the second release; the next report is compared with that.
    message = EmailMessage()
    message["Message-ID"], message["To"], message["Subject"] = "<gouji-r0002-a@b.example>", "a@b.example", "x"
    Outbox(home.outbox).put(message, "report", "r0002", now, False)
    parts = sorted(path for path in home.staging.iterdir() if path.is_dir())
    for path in parts:
        at = (now - timedelta(days=8 if path == parts[0] else 1)).timestamp()
        os.utime(path, (at, at))
    plan = plan_upkeep(home, NONE, now)
    assert plan.warehouse.removed == ("r0001",)
    assert plan.size > 0
    assert {name: it for name, it in shelf.hashes().items() if "staging" not in name and "outbox" not in name} == {
        name: it for name, it in before.items() if "staging" not in name
    }
    kept = keep_up(home, NONE, now)
    assert kept.warehouse.kept == ("r0002", "r0003", "r0004")
    assert kept.parts == plan.parts == 1
    assert [path for path in parts if path.exists()] == parts[1:]
    assert query(home.root, "SELECT * FROM reports ORDER BY report_id").to_pylist() == told
    record = json.loads((home.runs / f"{now:%Y%m%dT%H%M%SZ}-upkeep.json").read_text("utf-8"))
    assert record["upkeep"]["removed"] == ["r0001"]
    assert record["upkeep"]["bytes"] == kept.size
    assert records(home).judged is None
    # Nights go on: nothing new, nothing released; read anew from the archive, all is as it was.
    assert shelf.run() is None
    assert shelf.run(anew=True, staging="anew") is None


def test_not_while_a_run_goes_on(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with only_run(home), pytest.raises(UnusableError, match="another run is under way"):
        keep_up(home, NONE, datetime(2026, 6, 1, tzinfo=UTC))
