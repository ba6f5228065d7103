"""Where documents stand on the portals: when each address was first and last shown, and which have gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from portals.archive import Archive

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Spell(NamedTuple):
    """When an address first and last stood on a list, or hung on a page that did (ISO, UTC), and whether it is gone.

    Gone is what no list shows any more that was read from end to end, and what hangs on no page that one shows. Of a
    list that could not be read nobody knows.
    """

    first: str
    last: str
    gone: bool

    def beside(self, other: Spell) -> Spell:
        """Both: it stood wherever one of them says so."""
        return Spell(min(self.first, other.first), max(self.last, other.last), self.gone and other.gone)


@dataclass(frozen=True, slots=True)
class Presence:
    """address -> its spell. An address that nothing is known of counts as standing."""

    spells: Mapping[str, Spell] = field(default_factory=dict)

    def gone(self, address: str) -> bool:
        """Whether the address stands on no list any more."""
        spell = self.spells.get(address)
        return spell is not None and spell.gone

    def order(self, address: str) -> tuple[int, int]:
        """What stands comes first, then what went last; nothing more is said of two that stand."""
        spell = self.spells.get(address)
        if spell is None or not spell.gone:
            return 0, 0
        return 1, (_EPOCH - datetime.fromisoformat(spell.last)) // timedelta(microseconds=1)


def presence(archive: Archive) -> Presence:
    """Of all that was ever listed, and of all files on those pages."""
    spells: dict[str, Spell] = {}

    def add(address: str, spell: Spell) -> None:
        known = spells.get(address)
        spells[address] = spell if known is None else known.beside(spell)

    for entry in archive.every_listed():
        add(entry.address, Spell(entry.first, entry.last, entry.gone))
    latest = archive.latest_ids()
    pages = dict(spells)
    for file in archive.hanging():
        page = pages.get(file.page)
        stands = not (page and page.gone) and latest.get(file.page) == file.capture_id
        add(file.address, Spell(file.first, file.last, not stands))
    return Presence(spells)
