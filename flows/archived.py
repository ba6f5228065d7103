"""What the archive knows, read once a run: its captures, and what could not be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from portals.archive import Archive
from portals.listed import Came, Listed
from portals.presence import Presence, presence
from portals.problems import Problem
from portals.shelved import Shelved
from warehouse.spec import TABLES


@dataclass(frozen=True, slots=True)
class Archived:
    """Captures by id, the problems that stand, and the reports that are or were listed.

    `copies` are the addresses of what is listed only as another form of a report (图解, 图片版, an elder-friendly
    copy), and of what hangs on it. `presence` is of all addresses, `lists` the pages of lists that came;
    `walks` says when a unit's lists were last read to their end.
    """

    captures: Shelved
    problems: tuple[Problem, ...] = ()
    listed: tuple[Listed, ...] = ()
    copies: frozenset[str] = frozenset()
    presence: Presence = field(default_factory=Presence)
    lists: tuple[Came, ...] = ()
    walks: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def checked(self) -> Mapping[str, datetime]:
        """capture_id -> when its address last gave this content."""
        times = map(datetime.fromisoformat, self.captures.column("checked_at"))
        return dict(zip(self.captures, times, strict=True))

    @property
    def attached(self) -> frozenset[str]:
        """The captures of files that hang on a page."""
        parents = self.captures.column("parent_address")
        return frozenset(key for key, parent in zip(self.captures, parents, strict=True) if parent)

    def rows(self) -> pa.Table:
        """Rows of the table `captures`."""
        schema = TABLES["captures"].schema
        return pa.table([_array(self.captures.column(field.name), field.type) for field in schema], schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values as the index keeps them: it has dates and times as text, and '' for nothing."""
    if pa.types.is_integer(kind):
        return pa.array(values, kind)
    return pa.array([value or None for value in values], pa.string()).cast(kind)


def archived(archive: Archive) -> Archived:
    """All that an archive knows."""
    captures = archive.shelved()
    entries = archive.every_listed()
    listed = tuple(entry for entry in entries if entry.rank == 0)
    plain = {entry.address for entry in listed}
    others = {entry.address for entry in entries} - plain
    pages = [page for address in sorted(others) if (page := archive.latest(address))]
    hanging = {link.address for page in pages for link in archive.links(page.capture_id)}
    copies = frozenset((others | hanging) - plain)
    came = tuple(archive.lists_that_came())
    return Archived(captures, tuple(archive.problems()), listed, copies, presence(archive), came, archive.walks())
