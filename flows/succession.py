"""Which addresses a report stood at, one after the other, where its portal moved it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from expectations.coverage import READ
from flows.archived import Archived
from flows.canonical import Rival
from flows.coverage import Key
from flows.kin import key_of
from portals.presence import Presence
from warehouse.chosen import Chosen
from warehouse.staging import Part

#: report_id -> the addresses at which it stood, the one where it stands last; only where it was moved
Lines = Mapping[str, tuple[str, ...]]
_NAMES: Final = ("unit_id", "year", "address", "capture_id")
_Row = tuple[str, int, str, str]


def line(rivals: Collection[Rival], presence: Presence, stands: str) -> tuple[str, ...]:
    """The addresses of these documents at which a report stood, oldest first; the one where it `stands` is the last.

    An address that has gone from the lists is among them where nothing ranked before it when it was last shown: one
    that was another's duplicate all its time has no part in what the report said.
    """
    gone = [rival for rival in rivals if rival.address != stands and presence.gone(rival.address)]
    ends = {rival.address: presence.spells[rival.address].last for rival in gone}
    before = [
        rival.address
        for rival in gone
        if not any(one.own < rival.own and _shown(one.address, presence, ends[rival.address]) for one in rivals)
    ]
    return *sorted(before, key=lambda address: (ends[address], address)), stands


def _shown(address: str, presence: Presence, at: str) -> bool:
    spell = presence.spells.get(address)
    return spell is None or (spell.first <= at and (not spell.gone or at <= spell.last))


def lines(archive: Archived, documents: pa.Table, parts: Iterable[Part], stands: Mapping[str, Any]) -> Lines:
    """The lines of the reports that were moved, of all that is on record and of what a run read in these parts.

    `documents` is the table of that name; `stands` has the row of the document that counts, by report_id.
    """
    rows = [*_rows(documents, "outcome")]
    for reports, _, errors in parts:
        rows += [*zip(*(reports[name].to_pylist() for name in _NAMES), strict=True), *_rows(errors, "code")]
    moved = {(unit, year) for unit, year, address, _ in rows if archive.presence.gone(address)}
    rivals: dict[Key, dict[str, Rival]] = {}
    for unit, year, address, capture_id in rows:
        if (unit, year) in moved and capture_id in archive.captures:
            media_type = archive.captures[capture_id].media_type
            rivals.setdefault((unit, year), {})[address] = Rival(address, media_type)
    found = {}
    for report, row in stands.items():
        met = rivals.get(key_of(report))
        addresses = line(met.values(), archive.presence, row["address"]) if met else ()
        if len(addresses) > 1:
            found[report] = addresses
    return found


class Earlier(NamedTuple):
    """What a run read of earlier versions, and the lines along which the reports were moved."""

    readings: tuple[Chosen, ...] = ()
    lines: Lines = MappingProxyType({})

    def line(self, stands: Mapping[str, Any]) -> tuple[str, ...]:
        """The addresses of the versions of a report, by the row of the document that counts."""
        return self.lines.get(stands["report_id"], (stands["address"],))

    def only(self, reports: Collection[str]) -> Earlier:
        """The same of some reports."""
        return self._replace(readings=tuple(some.only(reports) for some in self.readings))

    @property
    def changed(self) -> frozenset[str]:
        """The reports of which earlier versions were read."""
        return frozenset(one for some in self.readings for one in some.reports["report_id"].to_pylist())


def earlier_readings(parts: Sequence[Part], stands: Mapping[str, Any], moved: Lines) -> Earlier:
    """What was read of older versions: for each part the reports at the addresses of their line, of other captures.

    `stands` has the row (`standing.INDEX`) of the document that counts, by report_id.
    """
    found, whole = [], Earlier((), moved)
    for reports, cells, _ in parts:
        rows = zip(*(reports[name].to_pylist() for name in ("report_id", "address", "capture_id")), strict=True)
        old = [
            report
            for report, address, capture in rows
            if address in whole.line(stands[report]) and capture != stands[report]["capture_id"]
        ]
        if old:
            found.append(Chosen(reports, cells).only(old))
    return whole._replace(readings=tuple(found))


def _rows(table: pa.Table, outcome: str) -> Iterator[_Row]:
    read = table.filter(pc.is_in(table[outcome], value_set=pa.array(sorted(READ))))
    return zip(*(read[name].to_pylist() for name in _NAMES), strict=True)
