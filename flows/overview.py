"""What stands in a home, for `gouji status`: one value, shown as tables or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from flows.home import Home
from flows.records import records
from flows.reporting import waivings
from flows.summary import failures
from notices.findings import SOON
from notices.outbox import Outbox
from warehouse.query import query
from warehouse.record import current

_COVERAGE: Final = """
SELECT year, count(*) FILTER (status <> 'not_due' AND status <> 'merged') AS due,
       count(*) FILTER (gate = 'released') AS released, count(*) FILTER (gate = 'held') AS held,
       count(*) FILTER (gate IS NULL AND (status = 'unreadable' OR status = 'image_only')) AS unreadable,
       count(*) FILTER (gate IS NULL AND status = 'blocked') AS blocked,
       count(*) FILTER (gate IS NULL AND status = 'not_published') AS not_published,
       count(*) FILTER (status = 'not_due') AS not_due, count(*) FILTER (status = 'merged') AS merged
FROM coverage GROUP BY year ORDER BY year
"""
#: what became of findings with the current release, and how many stand
_FINDINGS: Final = """
SELECT severity, count(finding_id) FILTER (status = 'open') AS open,
       count(finding_id) FILTER (status = 'waived') AS waived,
       coalesce(any_value(opened), 0) AS opened, coalesce(any_value(reopened), 0) AS reopened,
       coalesce(any_value(fixed), 0) AS fixed, coalesce(any_value(withdrawn), 0) AS withdrawn
FROM (SELECT severity, status, finding_id FROM findings)
FULL JOIN (
  SELECT severity, count(*) FILTER (event = 'opened') AS opened, count(*) FILTER (event = 'reopened') AS reopened,
         count(*) FILTER (event = 'fixed') AS fixed, count(*) FILTER (event = 'withdrawn') AS withdrawn
  FROM finding_events WHERE release_id = (SELECT arg_max(release_id, created_at) FROM releases) GROUP BY severity
) USING (severity)
GROUP BY severity ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END
"""
_WORST: Final = """
SELECT left(finding_id, 8) AS finding, severity, unit_name, year, rule, gate, equation
FROM findings WHERE status = 'open'
ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, unit_id, year, rule, scope LIMIT 10
"""
_HELD: Final = """
SELECT h.report_id, h.unit_name, h.year, list_sort(list(DISTINCT f.rule)) AS rules
FROM held_reports h LEFT JOIN findings f
  ON f.report_id = h.report_id AND f.severity = 'critical' AND f.status = 'open'
GROUP BY ALL ORDER BY h.report_id
"""
_BLOCKED: Final = """
SELECT unit_id, year, address, reason FROM coverage WHERE status = 'blocked' AND gate IS NULL ORDER BY unit_id, year
"""
_MAIL: Final = ("name", "reader", "about", "state", "tries", "error")
_RELEASE: Final = "SELECT release_id, created_at, reports, cells, held_reports, findings FROM releases"


def overview(home: Home, now: datetime) -> dict[str, Any]:
    """Everything that `gouji status` shows, as JSON has it. Raises UnusableError and WarehouseError."""
    kept = records(home)
    judged = kept.judged
    last = judged or (kept.finished[-1] if kept.finished else None)
    waivers = waivings(home, kept.sources, kept.waivers)
    box = Outbox(home.outbox)
    unsent = box.entries("queued", "handing", "doubt", "refused")
    found: dict[str, Any] = {
        "home": str(home.root),
        "store": str(home.store),
        "last_run": None if last is None else _run(last),
        "unfinished": [{"flow": flow, "started": started.isoformat()} for flow, started in kept.unfinished],
        "failed": [{"flow": flow, "at": at.isoformat(timespec="seconds")} for flow, at in kept.failures],
        "problems": [] if judged is None else judged["problems"],
        "void_waivers": [] if judged is None else judged.get("void", []),
        "ending_waivers": _ending(waivers, now.date()),
        "unsent": [{name: getattr(it, name) for name in _MAIL} for it in unsent],
        "release": None,
    }
    if current(home.store) is not None:
        found |= _released(home)
    return found


def _released(home: Home) -> dict[str, Any]:
    release = _rows(home, f"{_RELEASE} ORDER BY created_at DESC LIMIT 1")[0]
    blocked: dict[str, dict[str, Any]] = {}
    for row in _rows(home, _BLOCKED):
        host = urlsplit(row["address"] or "").hostname or row["unit_id"]
        portal = blocked.setdefault(host, {"portal": host, "reports": 0, "reason": row["reason"]})
        portal["reports"] += 1
    return {
        "release": release | {"created_at": release["created_at"].isoformat()},
        "findings": _rows(home, _FINDINGS),
        "worst": _rows(home, _WORST),
        "held": _rows(home, _HELD),
        "blocked": list(blocked.values()),
        "coverage": _rows(home, _COVERAGE),
    }


def _run(record: dict[str, Any]) -> dict[str, Any]:
    names = ("flow", "run_id", "started", "finished", "fetched", "read", "released", "held", "release_id")
    outcome = "done"
    if failures(record):
        outcome = "partly failed"
    elif record["held"]:
        outcome = "done, reports held"
    return {name: record[name] for name in names} | {"outcome": outcome}


def _ending(waivers: dict[str, Any], today: date) -> Sequence[dict[str, str]]:
    soon = {key: it for key, it in waivers.items() if timedelta(0) <= it.until - today <= SOON}
    return [
        {"finding_id": key, "who": it.who, "until": it.until.isoformat()}
        for key, it in sorted(soon.items(), key=lambda item: (item[1].until, item[0]))
    ]


def _rows(home: Home, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = query(home.store, sql).to_pylist()
    return rows
