"""The captured documents of an archive by id, as its index has them: one becomes an object where it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from portals.captures import COLUMNS, Capture, from_row, to_row

_ID: Final = COLUMNS.index("capture_id")


class Shelved(Mapping[str, Capture]):
    """capture_id -> capture, in the order given. A province has tens of thousands, a run looks at a few of them."""

    def __init__(self, rows: Iterable[tuple[Any, ...]] = ()) -> None:
        """`rows` are values in the order of `COLUMNS` (`to_row`)."""
        self._rows = {row[_ID]: row for row in rows}

    @classmethod
    def of(cls, captures: Iterable[Capture]) -> Shelved:
        """These captures."""
        return cls(map(to_row, captures))

    def __getitem__(self, capture_id: str) -> Capture:
        return from_row(self._rows[capture_id])

    def __contains__(self, capture_id: object) -> bool:
        return capture_id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def column(self, name: str) -> list[Any]:
        """One value of each capture, as the index keeps it: dates and times as text (`captures.plain`)."""
        place = COLUMNS.index(name)
        return [row[place] for row in self._rows.values()]
