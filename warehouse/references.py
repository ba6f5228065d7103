"""Whether the rows of a release fit together: keys once, and nothing that names what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb

from form.fault import Fault
from store.where import Where
from warehouse import deltas, record
from warehouse.checkup import REBUILD
from warehouse.record import Release
from warehouse.scan import names, opened, parquet
from warehouse.spec import TABLES

_LIMITS: Final[dict[str, str | bool | int]] = {"memory_limit": "4GB", "threads": 2}
_STANDING: Final = "(SELECT report_id, year FROM reports UNION SELECT report_id, year FROM held_reports)"
_DUE: Final = "(SELECT unit_id || '-' || year AS report_id, year FROM coverage)"
#: table, what its rows name that is not there, those rows
_ORPHANS: Final[tuple[tuple[str, str, str], ...]] = (
    ("cells", "a report that is not in reports", "FROM cells ANTI JOIN reports USING (report_id, year)"),
    (
        "held_cells",
        "a report that is not in held_reports",
        "FROM held_cells ANTI JOIN held_reports USING (report_id, year)",
    ),
    (
        "past_cells",
        "a version that is not in past_reports",
        "FROM past_cells ANTI JOIN past_reports USING (report_id, version)",
    ),
    (
        "past_reports",
        "a version that is not in versions",
        "FROM past_reports ANTI JOIN versions USING (report_id, version)",
    ),
    ("changes", "a version that is not in versions", "FROM changes ANTI JOIN versions USING (report_id, version)"),
    (
        "versions",
        "a report that is neither released nor held",
        f"FROM versions ANTI JOIN {_STANDING} AS s USING (report_id, year)",
    ),
    (
        "verdicts",
        "a report that neither stands nor is due",
        f"FROM verdicts ANTI JOIN (FROM {_STANDING} UNION FROM {_DUE}) AS s USING (report_id, year)",
    ),
    (
        "findings",
        "a verdict that does not fail, or is not there",
        "FROM findings ANTI JOIN (FROM verdicts WHERE outcome = 'fail') AS v USING (report_id, rule, scope)",
    ),
    (
        "coverage",
        "a report that is neither released nor held",
        f"FROM (FROM coverage WHERE report_id IS NOT NULL) ANTI JOIN {_STANDING} AS s USING (report_id, year)",
    ),
    ("reports", "a capture that is not in documents", "FROM reports ANTI JOIN documents USING (capture_id)"),
    (
        "held_reports",
        "a capture that is not in documents",
        "FROM held_reports ANTI JOIN documents USING (capture_id)",
    ),
    ("documents", "a capture that is not in captures", "FROM documents ANTI JOIN captures USING (capture_id)"),
)


def reference_faults(home: Where, release: Release) -> Iterator[Fault]:
    """Keys that occur twice, and rows that name what the release does not have; a line for each kind."""
    with opened(home, **_LIMITS) as connection:
        for name, table in TABLES.items():
            version = release.tables.get(name)
            files = {} if version is None else deltas.files(record.folder(home) / name, table, version)
            if files:
                connection.execute(f"CREATE VIEW {names([name])} AS {parquet(table, files)}")
            else:
                connection.register(name, table.empty())
        connection.execute("SET enable_progress_bar = false")
        for name, table in TABLES.items():
            key = names(table.key)
            twice = f"SELECT {key} FROM {names([name])} GROUP BY ALL HAVING count(*) > 1"  # noqa: S608 - the spec's
            yield from _told(connection, release, name, "a key occurs twice", twice, table.key)
        for name, what, rows in _ORPHANS:
            columns = TABLES[name].key
            yield from _told(connection, release, name, what, f"SELECT {names(columns)} {rows}", columns)


def _told(
    connection: duckdb.DuckDBPyConnection, release: Release, name: str, what: str, sql: str, key: tuple[str, ...]
) -> Iterator[Fault]:
    count, *first = connection.execute(
        f"SELECT count(*), {', '.join(f'min({names([column])})' for column in key)} FROM ({sql})"  # noqa: S608
    ).fetchone() or (0,)
    if count:
        rows = "1 row" if count == 1 else f"{count} rows"
        named = ", ".join(map(str, first))
        yield Fault("reference", f"{release.release_id} {name}", f"{what}: {rows}, such as {named}", REBUILD)
