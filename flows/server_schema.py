"""The embedded server's database when it is new: what Prefect's migrations make of an empty one, in one step.

Prefect would go through all its revisions, several seconds of processor for each new home. `prefect-VERSION.sql` has
the result for the version that is pinned (a test holds it to the migrations; `python -m flows.server_schema FILE`
writes it anew); for another version there is none, and Prefect migrates.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path

import prefect
from prefect.settings import get_current_settings
from sqlalchemy.engine import make_url


def prepare() -> None:
    """Make the database that Prefect's settings name, where it is a file that does not exist yet."""
    schema = files("flows") / f"prefect-{prefect.__version__}.sql"
    database = _file()
    if database is None or database.exists() or not schema.is_file():
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    partial = database.with_suffix(f".{os.getpid()}.partial")
    with closing(sqlite3.connect(partial)) as db:
        db.executescript(schema.read_text("utf-8"))
    # Not a replace: another run's server may have made it meanwhile. Where files have no links, Prefect migrates.
    with suppress(OSError):
        os.link(partial, database)
    partial.unlink()


def written(database: Path) -> str:
    """The statements that make a database anew."""
    with closing(sqlite3.connect(database)) as db:
        return "".join(f"{line}\n" for line in db.iterdump())


def _file() -> Path | None:
    """The file of Prefect's database; None where it is on a server or in memory."""
    said = get_current_settings().server.database.connection_url
    if said is None:
        return None
    url = make_url(said.get_secret_value())
    named = url.database or ""
    return Path(named) if url.get_backend_name() == "sqlite" and named.startswith("/") else None


if __name__ == "__main__":
    sys.stdout.write(written(Path(sys.argv[1])))
