"""The columns of the tables that remember what a report said before: `versions`, `past_*` and `changes`."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from warehouse.table import Column

_UTC: Final = pa.timestamp("us", "UTC")
_STRINGS: Final = pa.list_(pa.string())

#: the number of a version, beside the columns of `reports` and `cells` in `past_reports` and `past_cells`
VERSION: Final = Column("version", pa.int16(), "which version of the report, from 1, in the order they stood", True)


def _s(name: str, meaning: str, required: bool = False) -> Column:
    return Column(name, pa.string(), meaning, required)


#: of `versions`, after report_id, unit_id and year
VERSIONS: Final = (
    VERSION,
    _s("content", "SHA-256 of identity, texts and printed cells: what makes one version differ from another", True),
    _s("sha256", "SHA-256 of the document's bytes: the last that had this content", True),
    _s("capture_id", "the capture of these bytes", True),
    Column("captures", _STRINGS, "all captures with this content while it stood, first to last", True),
    _s("address", "address of the document", True),
    Column("published", pa.date32(), "date of publication, from the page; null if not printed"),
    Column("seen_from", _UTC, "when this content was first received; it may have stood there before", True),
    Column("seen_to", _UTC, "when other content was first received in its place; null while it stands"),
    _s("release_id", "the release that first had this version", True),
    _s("gate", "released or held, when it was last the newest; null where an older capture was read late"),
    _s("announced", "the words that announce it as a correction; null where none do, and for version 1"),
    _s("reader", "reader and version", True),
)

#: of `changes`, after report_id, unit_id and year
CHANGES: Final = (
    Column("version", pa.int16(), "the version that says something else than the one before it", True),
    _s("key", "key of the statutory cell, or title, overview, problems or other_matters", True),
    _s("table", "proactive, applications or disputes, or text; quote the name in SQL", True),
    _s("printed_before", "what the version before printed; null where it had no such cell or text"),
    _s("printed_after", "what this one prints; null likewise"),
    Column("value_before", pa.decimal128(38, 10), "the figure before; null unless state_before is printed"),
    Column("value_after", pa.decimal128(38, 10), "the figure now; null unless state_after is printed"),
    _s("state_before", "printed, blank or unreadable; null where there was no such cell, and for texts"),
    _s("state_after", "likewise"),
)
