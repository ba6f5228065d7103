"""One document for each unit and year: which of several stands, whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.archived import Archived
from flows.standing import INDEX
from portals.presence import Presence
from warehouse.staging import Part

#: a page before its attachments: it is what the portal itself shows
_MEDIA_RANK = {"text/html": 0}
#: capture_id -> when its address last gave this content
Captured = Mapping[str, datetime]
_UNKNOWN: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rival:
    """A document that holds a report, as far as the choice needs it."""

    address: str
    media_type: str
    capture_id: str = ""

    @property
    def own(self) -> tuple[int, str]:
        """Of two that were shown at the same time the smaller one stood."""
        return _MEDIA_RANK.get(self.media_type, 1), self.address

    def rank(self, presence: Presence) -> tuple[tuple[int, int], tuple[int, str]]:
        """The smallest stands; a function of the documents and of the lists, so that arrival does not matter."""
        return presence.order(self.address), self.own


def merge(parts: Sequence[Part], newest: Mapping[str, Mapping[str, Any]], archive: Archived) -> Part:
    """Reports, cells and errors of all parts with one document a report; the others become errors, `duplicate`.

    `newest` has the rows (`INDEX`) of the documents released or held so far, by report_id. A newer version of the
    same address replaces one; another address only when it ranks before it (a list shows it, and the other's address
    no more; or it would have stood before it anyhow), and then the one that stood is a duplicate too. An older
    version of what stands is left out without a word: it was on record before. Within a part a report_id must be
    unique. At least one part.
    """
    captured, presence = archive.checked, archive.presence
    here = {report_id for reports, _, _ in parts for report_id in reports["report_id"].to_pylist()}
    stood = {key: newest[key] for key in sorted(here & newest.keys())}
    known = {key: Rival(row["address"], row["media_type"], row["capture_id"]) for key, row in stood.items()}
    best: dict[str, tuple[Rival, int]] = {}
    for number, (reports, _, _) in enumerate(parts):
        for report_id, rival in _rivals(reports).items():
            beaten = [known.get(report_id), best[report_id][0] if report_id in best else None]
            if all(other is None or _stands(rival, other, captured, presence) for other in beaten):
                best[report_id] = (rival, number)
    winners = known | {key: rival for key, (rival, _) in best.items()}
    kept: list[Part] = []
    for number, (reports, cells, errors) in enumerate(parts):
        ids = pa.array(sorted(key for key, (_, owner) in best.items() if owner == number), pa.string())
        if len(ids) == len(reports):  # nothing to leave out of it, and nothing to copy
            kept.append((reports, cells, errors))
            continue
        stays = pc.is_in(reports["report_id"], value_set=ids)
        dropped = _duplicates(reports.filter(pc.invert(stays)), winners, errors.schema)
        mine = cells.filter(pc.is_in(cells["report_id"], value_set=ids))
        kept.append((reports.filter(stays), mine, pa.concat_tables([errors, dropped])))
    reports, cells, errors = (pa.concat_tables([part[i] for part in kept]) for i in range(3))
    schema = pa.schema([reports.schema.field(name) for name in INDEX])
    before = pa.Table.from_pylist([dict(row) for key, row in stood.items() if key in best], schema)
    displaced = _duplicates(before, winners, errors.schema)
    return reports.sort_by("report_id"), cells, pa.concat_tables([errors, displaced])


def _rivals(reports: pa.Table) -> dict[str, Rival]:
    columns = (reports[name].to_pylist() for name in ("report_id", "address", "media_type", "capture_id"))
    return {report_id: Rival(*rival) for report_id, *rival in zip(*columns, strict=True)}


def _stands(new: Rival, old: Rival, captured: Captured, presence: Presence) -> bool:
    if new.address == old.address:
        return captured.get(new.capture_id, _UNKNOWN) >= captured.get(old.capture_id, _UNKNOWN)
    return new.rank(presence) < old.rank(presence)


def _duplicates(reports: pa.Table, winners: Mapping[str, Rival], schema: pa.Schema) -> pa.Table:
    """The failures of what another address beats."""
    pairs = zip(reports["report_id"].to_pylist(), reports["address"].to_pylist(), strict=True)
    elsewhere = pa.array([winners[report_id].address != address for report_id, address in pairs], pa.bool_())
    reports = reports.filter(elsewhere)
    columns = {name: reports[name] for name in schema.names if name in reports.column_names}
    columns["code"] = pa.repeat("duplicate", len(reports))
    columns["detail"] = reports["title"]
    return pa.table([columns[name] for name in schema.names], schema=schema)
