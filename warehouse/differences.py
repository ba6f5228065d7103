"""What two versions of a report say differently: cell by cell and text by text."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from warehouse.contents import SPACE
from warehouse.scan import names
from warehouse.spec import TABLES

#: which versions to compare: `after` with `before`
PAIRS: Final = pa.schema([("report_id", pa.string()), ("before", pa.int16()), ("after", pa.int16())])
_TEXTS: Final = ("title", "overview", "problems", "other_matters")
_TOLD: Final = ("printed", "value", "state")


def differences(reports: pa.Table, cells: pa.Table, pairs: pa.Table) -> pa.Table:
    """Rows of `changes` for each of the `pairs` (schema `PAIRS`; the version is `after`), in order of its key.

    `reports` and `cells` have the columns of `past_reports` and `past_cells`, and every version that is compared.
    White space is no difference.
    """
    if not len(pairs):
        return TABLES["changes"].empty()
    sides = ", ".join(f"one.{name} AS {name}_before, two.{name} AS {name}_after" for name in _TOLD)
    table = TABLES["changes"]
    sql = f"""
        WITH told AS (
            SELECT report_id, version, key, "table", printed, value, state FROM cells UNION ALL
            SELECT report_id, version, key, 'text', printed, NULL, NULL
            FROM (UNPIVOT texts ON {", ".join(_TEXTS)} INTO NAME key VALUE printed)
        ),
        one AS (SELECT told.*, after FROM told JOIN pairs ON told.report_id = pairs.report_id AND version = before),
        two AS (SELECT told.*, after FROM told JOIN pairs ON told.report_id = pairs.report_id AND version = after),
        both_told AS (
            SELECT report_id, after AS version, key, coalesce(one."table", two."table") AS "table", {sides}
            FROM one FULL JOIN two USING (report_id, after, key)
        )
        SELECT {names(table.names)} FROM both_told JOIN units USING (report_id)
        WHERE regexp_replace(printed_before, '{SPACE}', '', 'g')
              IS DISTINCT FROM regexp_replace(printed_after, '{SPACE}', '', 'g')
           OR value_before IS DISTINCT FROM value_after OR state_before IS DISTINCT FROM state_after
        ORDER BY {names(table.key)}
    """  # noqa: S608 - all names come from the spec
    with duckdb.connect() as connection:
        connection.register("cells", cells)
        connection.register("texts", reports.select(["report_id", "version", *_TEXTS]))
        connection.register(
            "units",
            reports.select(["report_id", "unit_id", "year"]).group_by(["report_id", "unit_id", "year"]).aggregate([]),
        )
        connection.register("pairs", pairs)
        return table.conform(connection.sql(sql).to_arrow_table())
