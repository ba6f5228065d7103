"""The database that an embedded Prefect leaves in a home."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: the run that never ended
KILLED = "11111111-2222-4333-8444-555555555555"
#: what belongs to a run
_TABLES = ("flow_run_state", "task_run", "artifact")


@contextmanager
def database(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "prefect" / "prefect.db")) as db, db:
        yield db


def age(home: Path, days: int) -> list[str]:
    """Let every run be over for so long, and put beside them one that was killed then; gives their ids."""
    at = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d %H:%M:%S.000000}"
    with database(home) as db:
        db.execute("UPDATE flow_run SET start_time = ?, end_time = ?", (at, at))
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(flow_run)") if name != "id"]
        killed = {"state_type": "'RUNNING'", "end_time": "NULL", "state_id": "NULL"}
        values = ", ".join(killed.get(name, name) for name in columns)
        copied = f"INSERT INTO flow_run (id, {', '.join(columns)}) SELECT ?, {values} FROM flow_run LIMIT 1"
        db.execute(copied, (KILLED,))
        return [identity for (identity,) in db.execute("SELECT id FROM flow_run")]


def stretch(home: Path, size: int) -> None:
    """Leave so many bytes of free pages in it, as a long history does that was forgotten."""
    with database(home) as db:
        db.execute("CREATE TABLE long (content BLOB)")
        db.execute("INSERT INTO long VALUES (zeroblob(?))", (size,))
        db.execute("DROP TABLE long")


def remembered(home: Path, runs: list[str]) -> dict[str, int]:
    """How many rows there are of these runs, by table."""
    marks = ", ".join("?" * len(runs))
    with database(home) as db:
        counts = {"flow_run": f"SELECT count(*) FROM flow_run WHERE id IN ({marks})"} | {
            table: f"SELECT count(*) FROM {table} WHERE flow_run_id IN ({marks})" for table in _TABLES
        }
        return {table: int(db.execute(sql, runs).fetchone()[0]) for table, sql in counts.items()}
