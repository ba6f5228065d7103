"""SQL over one release: read-only, shut off from files and network, bounded in memory."""

from __future__ import annotations

import re
from datetime import UTC, date
from typing import Final

import duckdb
import pyarrow as pa

from store.where import Where
from warehouse import deltas, record
from warehouse.errors import QueryError
from warehouse.published import RENAMED, statements
from warehouse.record import Release, releases, removed
from warehouse.scan import literal, names, no_glob, opened, parquet
from warehouse.spec import RELEASES, TABLES
from warehouse.spec_claims import CLAIM, CLAIM_VIEWS
from warehouse.status import ZONE, release_as_of
from warehouse.table import Table

#: everything that can be asked
_VIEWS: Final = frozenset((*TABLES, *(view.name for view in CLAIM_VIEWS.values()), "releases"))
_WORD: Final = re.compile(r"\w+")
#: how words begin by which SQL lists what there is
_LISTINGS: Final = ("information_schema", "show", "duckdb_", "pg_", "sqlite_")
_LIMITS: Final[dict[str, str | bool | int]] = {
    "memory_limit": "4GB",
    "threads": 2,
}


def query(home: Where, sql: str, as_of: str | None = None, published: str | None = None) -> pa.Table:
    """The rows that one SELECT gives over the tables of a release (`docs/tables.md`, with `releases`).

    `as_of` is a release id, or an ISO date or time for the last release at or before it: what was known then.
    `published` is an ISO date: `reports` and `cells` (and `claims`) are those that stood on the portals at its end,
    as far as that release knows (`warehouse.published`); all other tables are the release's. Raises QueryError for
    anything but one SELECT, for SQL that fails, for an unknown release and for a day that is none. Times come back
    in Asia/Shanghai.
    """
    statement = _only_select(sql)
    day = None if published is None else _day(published)
    release = release_as_of(home, as_of)
    for views in (_VIEWS if day else _named(statement), _VIEWS):
        try:
            return _asked(home, statement, release, day, views)
        except (duckdb.Error, pa.ArrowException) as error:
            # Not in the catalogue: named by a text that SQL put together, or not there at all.
            if views == _VIEWS or not isinstance(error, duckdb.CatalogException):
                raise QueryError(_line(error)) from error
    raise AssertionError("unreachable")


def _asked(home: Where, statement: str, release: Release, day: date | None, wanted: frozenset[str]) -> pa.Table:
    with opened(home, **_LIMITS) as connection:
        _views(connection, home, release, day, wanted)
        return connection.sql(statement).to_arrow_table()


def _named(statement: str) -> frozenset[str]:
    """The views that a statement names, perhaps more; all where it may list them.

    To open a table costs more than most questions to it, and there are a dozen and more.
    """
    words = {word.lower() for word in _WORD.findall(statement)}
    if any(word.startswith(_LISTINGS) for word in words):
        return _VIEWS
    above = {reports for reports, view in CLAIM_VIEWS.items() if view.name in words}
    return (_VIEWS & words) | above


def _only_select(sql: str) -> str:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(_line(error)) from error
    if len(statements) != 1:
        raise QueryError(f"one SELECT is expected, not {len(statements)} statements")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError(f"only SELECT is allowed, not {statements[0].type.name}")
    return str(statements[0].query)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QueryError(f"{text!r} is no day such as 2026-10-31") from None


def _views(
    connection: duckdb.DuckDBPyConnection, home: Where, release: Release, day: date | None, wanted: frozenset[str]
) -> None:
    """Make the views, then shut everything but their files."""
    readable: list[str] = []
    renamed = {} if day is None else RENAMED
    for name, table in TABLES.items():
        if name not in wanted:
            continue
        version = release.tables.get(name)
        shown = renamed.get(name, name)
        files = {} if version is None else deltas.files(record.folder(home) / name, table, version)
        # Both the paths and, where they differ, the patterns that stand for them.
        readable += [form for paths in files.values() for path in paths for form in {path, no_glob(path)}]
        if files:
            connection.execute(f"CREATE VIEW {names([shown])} AS {parquet(table, files)}")
        else:
            connection.register(shown, table.empty())
    for statement in () if day is None else statements(day):
        connection.execute(statement)
    for reports, view in CLAIM_VIEWS.items():
        if view.name in wanted:
            connection.execute(_claims(reports, view))
    if "releases" in wanted:
        connection.register("releases", release_rows(home, release))
    connection.execute(f"SET allowed_paths = [{', '.join(map(literal, readable))}]")
    # It would be drawn on standard output, between the rows.
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET TimeZone = {literal(ZONE.key)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _claims(reports: str, view: Table) -> str:
    """A row for each member of the list `claims` of a table of reports."""
    members = ", ".join(f"claim.{names([column.name])}" for column in CLAIM)
    # All names come from the spec.
    return f"""
        CREATE VIEW {view.name} AS SELECT report_id, unit_id, year, place::INTEGER AS place, {members} FROM (
            SELECT report_id, unit_id, year, generate_subscripts(claims, 1) AS place, unnest(claims) AS claim
            FROM {reports}
        )
    """  # noqa: S608


def release_rows(home: Where, until: Release) -> pa.Table:
    """The rows of `releases`: those up to `until`."""
    known = releases(home)
    shown = known[: known.index(until) + 1]
    own = ("release_id", "parent", "note")
    gone = removed(home)
    rows = [
        {name: getattr(release, name) if name in own else release.counts.get(name, 0) for name in RELEASES.names}
        | {"created_at": release.created_at.astimezone(UTC), "removed": gone.get(release.release_id)}
        for release in shown
    ]
    return pa.Table.from_pylist(rows, schema=RELEASES.schema)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]
