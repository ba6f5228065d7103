"""How long histories are kept: the records in `runs/`, and what an embedded Prefect remembers.

A Prefect server of its own keeps house by itself (docs/production/server.env); mail in the outbox, captures and
releases are records for good, and nothing here touches them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from flows.exits import UnusableError
from flows.home import Home
from flows.records import LAST
from store.sqlite import give_back

#: days for which the record of a run is kept, where GOUJI_KEEP_RUNS does not say
_DAYS: Final = 400
#: flow runs that never ended, forgotten in one go
_ABANDONED: Final = 200
#: of an embedded database's pages, the part that must be free before it is written anew; seconds to wait for it
_FREE, _WAIT = 0.5, 10.0


def kept_for() -> timedelta:
    """How long the record of a run is kept. Raises UnusableError where GOUJI_KEEP_RUNS is no number of days."""
    text = os.environ.get("GOUJI_KEEP_RUNS", "").strip() or str(_DAYS)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 36500:
        raise UnusableError(f"GOUJI_KEEP_RUNS={text}: a number of days from 1 to 36500 is needed")
    return timedelta(days=int(text))


@contextmanager
def forgetting() -> Iterator[None]:
    """What cannot be deleted tonight is deleted tomorrow, and said in a line: the run itself is done."""
    try:
        yield
    except Exception as error:  # whatever Prefect's database answers
        reason = " ".join(str(error).split())[:200]
        click.echo(f"gouji: Prefect's history was not shortened: {type(error).__name__}: {reason}", err=True)


def forget_records(home: Home, now: datetime) -> int:
    """Delete the records of runs that are too old; gives how many.

    What later runs and commands look back at stays, however old: the newest records, and the newest one with the
    measures of a release, which the gate compares the next batch with.
    """
    before = f"{now.astimezone(UTC) - kept_for():%Y%m%dT%H%M%SZ}"  # as run ids are written, so that names compare
    paths = sorted(home.runs.glob("*.json"))
    old = [path for path in paths[:-LAST] if path.name < before]
    if not old:
        return 0
    measured = next((path for path in reversed(paths) if _measured(path)), None)
    gone = [path for path in old if path != measured]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


async def forget_history() -> None:
    """Delete what the embedded server's database keeps of runs that ended before Prefect's own retention period.

    Prefect has the service for it, but leaves it out of an embedded server: its work is done here, once a run, in the
    server's process, which has everything that it needs.
    """
    from prefect.server.database import provide_database_interface
    from prefect.server.services import db_vacuum

    db = provide_database_interface()
    await db_vacuum.vacuum_old_flow_runs(db=db)
    await db_vacuum.vacuum_orphaned_logs(db=db)
    await db_vacuum.vacuum_orphaned_artifacts(db=db)
    await db_vacuum.vacuum_stale_artifact_collections(db=db)
    await db_vacuum.vacuum_events_with_retention_overrides(db=db)
    await db_vacuum.vacuum_old_events(db=db)
    _give_back(db.database_config.connection_url)


def _give_back(url: str) -> None:
    """Let the file be as large as what is left in it; PostgreSQL sees to that by itself."""
    from sqlalchemy import make_url

    place = make_url(url)
    if place.get_backend_name() == "sqlite" and place.database:
        with closing(sqlite3.connect(place.database, timeout=_WAIT, isolation_level=None)) as database:
            give_back(database, _FREE)


def forget_abandoned() -> int:
    """Delete flow runs that were killed and never ended, once they are past Prefect's retention; gives how many.

    Prefect's vacuum deletes only what has ended. Works on the server that PREFECT_API_URL names, or the embedded one.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.settings import get_current_settings

    before = datetime.now(UTC) - get_current_settings().server.services.db_vacuum.retention_period
    chosen = filters.FlowRunFilter(
        state=filters.FlowRunFilterState(
            type=filters.FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        ),
        start_time=filters.FlowRunFilterStartTime(before_=before),  # type: ignore[arg-type]
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=chosen, limit=_ABANDONED)
        for run in runs:
            client.delete_flow_run(run.id)
    return len(runs)


def _measured(path: Path) -> bool:
    try:
        record = json.loads(path.read_text("utf-8"))
        return bool(record["release_id"] and record["measures"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
