"""What a report says, as one digest: so that a page whose bytes changed can be told from one that says otherwise."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

_MEMORY: Final = "4GB"
#: white space is the template's, not the publisher's
SPACE: Final = r"[\s\x{00A0}\x{3000}\x{200B}\x{FEFF}]+"
_TEXTS: Final = ("unit", "title", "overview", "problems", "other_matters")
_FACTS: Final = ("report_id", "edition", "period_from", "period_to")


def digests(reports: pa.Table, cells: pa.Table) -> dict[str, str]:
    """report_id -> SHA-256 of its identity, its texts and its printed cells, white space aside.

    `reports` and `cells` have the columns of these tables; a report_id occurs once. Neither the bytes, nor who
    read them, nor where a cell stands, nor the date of publication count.
    """
    if not len(reports):
        return {}
    texts = [f"regexp_replace({name}, '{SPACE}', '', 'g')" for name in (*_TEXTS, "cells")]
    facts = [f"{name}::VARCHAR" for name in _FACTS]
    parts = ", ".join(f"coalesce({part}, chr(28))" for part in (*facts, *texts))
    sql = f"""
        WITH printed AS (
            SELECT report_id, array_to_string(list_sort(list(key || chr(31) || printed)), chr(30)) AS cells
            FROM cells GROUP BY report_id
        )
        SELECT report_id, sha256(concat_ws(chr(29), {parts})) FROM reports LEFT JOIN printed USING (report_id)
    """  # noqa: S608 - our own names
    with duckdb.connect(config={"memory_limit": _MEMORY}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.register("reports", reports.select([*_FACTS, *_TEXTS]))
        connection.register("cells", cells.select(["report_id", "key", "printed"]))
        return dict(connection.execute(sql).fetchall())
