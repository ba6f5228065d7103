"""One document for each unit and year: which of several stands, whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

#: a page before its attachments: it is what the portal itself shows
_MEDIA_RANK = {"text/html": 0}


@dataclass(frozen=True, slots=True)
class Rival:
    """A document that holds a report, as far as the choice needs it."""

    address: str
    media_type: str

    @property
    def rank(self) -> tuple[int, str]:
        """The smallest stands; a function of the document alone, so that arrival does not matter."""
        return _MEDIA_RANK.get(self.media_type, 1), self.address


def merge(
    parts: Sequence[tuple[pa.Table, pa.Table, pa.Table]], standing: Mapping[str, Rival]
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Reports, cells and errors of all parts with one document a report; the others become errors.

    `standing` has the documents released or held so far: a newer version of the same address replaces one, another
    address only when it ranks before it. Within a part a report_id must be unique.
    """
    best: dict[str, tuple[Rival, int]] = {}
    rivals = [_rivals(reports) for reports, _, _ in parts]
    for number, found in enumerate(rivals):
        for report_id, rival in found.items():
            if _stands(rival, standing.get(report_id)) and (
                report_id not in best or rival.rank < best[report_id][0].rank
            ):
                best[report_id] = (rival, number)
    kept: list[tuple[pa.Table, pa.Table, pa.Table]] = []
    for number, (reports, cells, errors) in enumerate(parts):
        ids = pa.array(sorted(key for key, (_, owner) in best.items() if owner == number), pa.string())
        stays = pc.is_in(reports["report_id"], value_set=ids)
        dropped = reports.filter(pc.invert(stays))
        kept.append(
            (
                reports.filter(stays),
                cells.filter(pc.is_in(cells["report_id"], value_set=ids)),
                pa.concat_tables([errors, _duplicates(dropped, errors.schema)]),
            )
        )
    reports, cells, errors = (pa.concat_tables([part[i] for part in kept]) for i in range(3))
    return reports.sort_by("report_id"), cells, errors


def _rivals(reports: pa.Table) -> dict[str, Rival]:
    columns = (reports[name].to_pylist() for name in ("report_id", "address", "media_type"))
    return {report_id: Rival(address, media) for report_id, address, media in zip(*columns, strict=True)}


def _stands(new: Rival, old: Rival | None) -> bool:
    return old is None or new.address == old.address or new.rank < old.rank


def _duplicates(reports: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = {name: reports[name] for name in schema.names if name in reports.column_names}
    columns["code"] = pa.array(["duplicate"] * len(reports), pa.string())
    columns["detail"] = reports["title"]
    return pa.table([columns[name] for name in schema.names], schema=schema)
