"""A choice of captures, by unit, year, address and date, as a person asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, NamedTuple

from portals.captures import COLUMNS, Capture, Role, stamp

#: Days are those of the portals.
_CHINA: Final = timezone(timedelta(hours=8))
_QUERY: Final = (
    f"SELECT {', '.join(f'c.{name}' for name in COLUMNS)}, e.year FROM captures c LEFT JOIN entries e"  # noqa: S608
    " ON e.unit_id = c.unit_id AND e.address = COALESCE(c.parent_address, c.address)"
)
_ORDER: Final = (
    "ORDER BY c.unit_id, e.year, COALESCE(c.parent_address, c.address), c.address, c.fetched_at, c.capture_id"
)


class Found(NamedTuple):
    """A capture, and the report year that its list gives (None: it gives none)."""

    capture: Capture
    year: int | None


@dataclass(frozen=True, slots=True)
class Slice:
    """Captures of these roles that fit every choice made; '' and None choose nothing.

    `units` are beginnings of ids, `address` is a part of the address, `since` and `until` are days in China:
    from the first the content stood on to the last it was first received on.
    """

    units: tuple[str, ...] = ()
    year: int | None = None
    address: str = ""
    since: date | None = None
    until: date | None = None
    roles: tuple[Role, ...] = ("document",)
    capture_id: str = ""

    def query(self) -> tuple[str, list[object]]:
        """The SQL and its values; the year is the last column."""
        terms: list[tuple[str, list[object]]] = [(_any("c.role = ?", len(self.roles)), [*self.roles])]
        if self.units:
            terms.append((_any("substr(c.unit_id, 1, length(?)) = ?", len(self.units)), _twice(self.units)))
        if self.year is not None:
            terms.append(("e.year = ?", [self.year]))
        if self.address:
            terms.append(("instr(c.address, ?) > 0", [self.address]))
        if self.since is not None:
            terms.append(("c.checked_at >= ?", [_midnight(self.since)]))
        if self.until is not None:
            terms.append(("c.fetched_at < ?", [_midnight(self.until + timedelta(days=1))]))
        if self.capture_id:
            terms.append(("substr(c.capture_id, 1, length(?)) = ?", _twice((self.capture_id,))))
        where = " AND ".join(term for term, _ in terms)
        return f"{_QUERY} WHERE {where} {_ORDER}", [value for _, values in terms for value in values]


def _any(term: str, times: int) -> str:
    return f"({' OR '.join([term] * times)})" if times else "0"


def _twice(values: tuple[str, ...]) -> list[object]:
    return [value for value in values for _ in range(2)]


def _midnight(day: date) -> str:
    return stamp(datetime.combine(day, time(), _CHINA).astimezone(UTC))
