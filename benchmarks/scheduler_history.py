"""A thousand nights in a Prefect database, each a copy of a real one that the server has recorded.

The rows of the night are read from the database itself: flow run, task runs, their states, log lines, artifacts,
events. A copy has identities of its own and its times as many days earlier. Its tasks may be made more: those that a
night has in numbers (list a portal, read a batch) are copied within the night until there are enough.
"""

from __future__ import annotations

import json
import re
import uuid
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

Row = dict[str, Any]
Rows = dict[str, list[Row]]

#: parents first; the events have no foreign key, and their identities stand in texts
_OF_RUN: Final = ("flow_run_state", "task_run", "log", "artifact")
_TABLES: Final = ("flow_run", *_OF_RUN, "task_run_state", "events", "event_resources")
#: Prefect's own retention of events in days: older ones are gone in every database that its server looks after
EVENT_DAYS: Final = 7
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NIGHTS_AT_ONCE: Final = 10


@dataclass(frozen=True)
class Night:
    """The rows of one night by table, and the tables."""

    rows: Rows
    tables: Mapping[str, sa.Table]

    @property
    def tasks(self) -> int:
        """Its task runs."""
        return len(self.rows["task_run"])

    @property
    def size(self) -> dict[str, int]:
        """Its rows by table."""
        return {name: len(rows) for name, rows in self.rows.items()}


async def night_of(url: str, flow: str = "nightly") -> Night:
    """The newest night of a database. Raises LookupError where there is none."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_read, flow)
    finally:
        await engine.dispose()


def _read(connection: sa.Connection, flow: str) -> Night:
    metadata = sa.MetaData()
    warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
    metadata.reflect(connection, only=["flow", *_TABLES])
    tables = {name: metadata.tables[name] for name in _TABLES}
    runs = tables["flow_run"]
    found = connection.execute(
        sa.select(runs)
        .join(metadata.tables["flow"], runs.c.flow_id == metadata.tables["flow"].c.id)
        .where(metadata.tables["flow"].c.name == flow)
        .order_by(runs.c.created.desc())
    ).first()
    if found is None:
        raise LookupError(f"no run of {flow}")
    rows: Rows = {"flow_run": [dict(found._mapping)]}
    for name in _OF_RUN:
        rows[name] = _rows(connection, tables[name], tables[name].c.flow_run_id == found.id)
    states, tasks = tables["task_run_state"], [row["id"] for row in rows["task_run"]]
    rows["task_run_state"] = _rows(connection, states, states.c.task_run_id.in_(tasks))
    ours = {str(found.id), *map(str, tasks)}
    events = _rows(connection, tables["events"], sa.true())
    rows["events"] = [row for row in events if ours & set(_UUID.findall(json.dumps(row, default=str)))]
    kept = [row["id"] for row in rows["events"]]
    resources = tables["event_resources"]
    rows["event_resources"] = _rows(connection, resources, resources.c.event_id.in_(kept))
    return Night(rows, tables)


def _rows(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table).where(where))]


def grown(night: Night, tasks: int) -> Night:
    """The night with at least so many task runs: the ones that a night has in numbers, again."""
    many = [row for row in night.rows["task_run"] if row["name"].startswith(("crawl", "read"))]
    rows = {name: list(found) for name, found in night.rows.items()}
    events: dict[Any, list[Row]] = {}
    for resource in night.rows["event_resources"]:
        events.setdefault(resource["event_id"], []).append(resource)
    while len(rows["task_run"]) < tasks:
        number = len(rows["task_run"])
        task = many[number % len(many)]
        mine = str(task["id"])
        about: Rows = {
            name: [row for row in night.rows[name] if str(row["task_run_id"]) == mine]
            for name in ("task_run_state", "log", "artifact")
        }
        about["events"] = [row for row in night.rows["events"] if mine in str(row["resource_id"])]
        about["event_resources"] = [it for event in about["events"] for it in events.get(event["id"], [])]
        if task["name"].startswith("crawl"):  # the flow's own: a bar each for listing and fetching a portal
            about["artifact"] += [row for row in night.rows["artifact"] if row["type"] == "progress"][:2]
        about["task_run"] = [task | {"dynamic_key": f"{task['dynamic_key']}-{number}"}]
        for name, copies in moved(about, timedelta(0)).items():
            rows[name] += copies
    return Night(rows, night.tables)


def moved(rows: Rows, earlier: timedelta) -> Rows:
    """The rows with new identities of their own, all times so much earlier."""
    new = {str(row["id"]): str(uuid.uuid4()) for found in rows.values() for row in found}

    def other(value: Any) -> Any:
        if isinstance(value, uuid.UUID):
            return uuid.UUID(new.get(str(value), str(value)))
        if isinstance(value, datetime):
            return value - earlier
        if isinstance(value, str):
            return _UUID.sub(lambda found: new.get(found[0], found[0]), value)
        if isinstance(value, dict | list):
            return json.loads(other(json.dumps(value)))
        return value

    return {
        name: [{key: other(value) for key, value in row.items()} for row in found] for name, found in rows.items()
    }


async def fill(url: str, night: Night, nights: int) -> int:
    """Write `nights` copies, one a day backwards from yesterday's; gives the number of rows."""
    engine = create_async_engine(url)
    written = 0
    try:
        for first in range(1, nights + 1, _NIGHTS_AT_ONCE):
            days = range(first, min(first + _NIGHTS_AT_ONCE, nights + 1))
            async with engine.begin() as connection:
                if engine.dialect.name == "postgresql":  # the order of tables need not follow their foreign keys
                    await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
                for name, rows in _copies(night, days):
                    await connection.execute(sa.insert(night.tables[name]), rows)
                    written += len(rows)
        async with engine.connect() as connection:  # what autovacuum does of itself within minutes
            await connection.execute(sa.text("ANALYZE"))
            await connection.commit()
    finally:
        await engine.dispose()
    return written


def _copies(night: Night, days: range) -> Iterator[tuple[str, list[Row]]]:
    found: Rows = {name: [] for name in _TABLES}
    for day in days:
        rows = {name: it for name, it in night.rows.items() if day <= EVENT_DAYS or not name.startswith("event")}
        for name, copies in moved(rows, timedelta(days=day)).items():
            found[name] += copies
    return ((name, rows) for name, rows in found.items() if rows)
