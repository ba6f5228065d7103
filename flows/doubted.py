"""The figures of a release of whose reading nobody is sure: they are there as read, so somebody must be told."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from store.where import Where
from warehouse.query import query

#: cells read at up to 0.8, but for those of which the layout alone was in doubt and the second reader found the same
_DOUBTED: Final = """
WITH found AS (
  SELECT 'released' AS gate, report_id, key, printed, second, confidence, state, note, page FROM cells
  UNION ALL SELECT 'held', report_id, key, printed, second, confidence, state, note, page FROM held_cells
),
named AS (
  SELECT 'released' AS gate, report_id, unit_id, unit_name, year, address FROM reports
  UNION ALL SELECT 'held', report_id, unit_id, unit_name, year, address FROM held_reports
)
SELECT unit_id, unit_name, year, gate, report_id, key, printed, second, confidence, note, page, address
FROM found JOIN named USING (gate, report_id)
WHERE confidence < 0.82 AND state <> 'unreadable'
  AND (note IS NOT NULL OR second IS DISTINCT FROM coalesce(printed, ''))
ORDER BY unit_id, year, gate, key
"""


def doubted(home: Where, release_id: str) -> pa.Table:
    """A row a cell, with its report's name and address, ordered by unit, year, gate and key."""
    return query(home, _DOUBTED, release_id)
