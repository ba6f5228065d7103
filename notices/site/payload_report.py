"""One version of a report as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from notices.render import BEIJING
from notices.site.cells import Cells
from notices.site.model import Batch
from notices.site.payload_claims import Verdicts, passages
from notices.text import link, plain

_LISTED: Final = 20

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a version needs beside its own row: its batch, and the verdicts on its report."""

    batch: Batch
    verdicts: Verdicts


def version(gate: str, row: Row, cells: Cells, sources: Sources, newest: bool) -> dict[str, Any]:
    """A version: where it went (`held`, `released`, or the release that had it), whence it comes, what it prints.

    Only the newest one, of which the findings speak, has its narrative.
    """
    captured = sources.batch.captured.get(row["capture_id"])
    data: dict[str, Any] = {
        "gate": gate,
        "edition": row["edition"],
        "title": plain(row["title"], 120),
        "unit": plain(row["unit"], 80),
        "address": plain(row["address"], 300),
        "link": link(row["address"]),
        "media": plain(row["media_type"], 80),
        "sha256": plain(row["sha256"], 64),
        "captured": f"{captured.astimezone(BEIJING):%Y-%m-%d %H:%M}" if captured else "",
        "published": f"{row['published']:%Y-%m-%d}" if row["published"] else "",
        "period": _period(row),
        "reader": plain(row["reader"], 80),
        "scope": row["scope"],
        "waived": len(row["waivers"] or []),
        "leftovers": [
            [plain(one["table"], 20), plain(one["printed"], 200)] for one in (row["leftovers"] or [])[:_LISTED]
        ],
        "remarks": [plain(one["text"], 200) for one in (row["remarks"] or [])[:_LISTED]],
    }
    if newest:
        data["passages"] = passages(row, sources.verdicts, sources.batch.claim_scopes)
    return {name: value for name, value in data.items() if value} | cells.data(row["edition"])


def _period(row: Row) -> str:
    first, last = row["period_from"], row["period_to"]
    return f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}" if first and last else ""
