"""The Arrow schemas of what this room gives; the columns are those of `docs/architecture.md`."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

VERDICTS: Final = pa.schema(
    [
        ("report_id", pa.string()),
        ("unit_id", pa.string()),
        ("year", pa.int16()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("scope", pa.string()),
        ("outcome", pa.string()),
        ("expected", pa.string()),
        ("actual", pa.string()),
        ("cells", pa.list_(pa.string())),
        ("equation", pa.string()),
        ("message", pa.string()),
        ("attribution", pa.string()),
        ("suspects", pa.list_(pa.string())),
        ("alternatives", pa.list_(pa.list_(pa.string()))),
    ]
)

FINDINGS: Final = pa.schema(
    [
        ("finding_id", pa.string()),
        *((field.name, field.type) for field in VERDICTS),
        ("unit_name", pa.string()),
        ("address", pa.string()),
        ("gate", pa.string()),
        ("status", pa.string()),
    ]
)
