"""What the archive knows, read once a run: its captures, and what could not be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import pyarrow as pa

from portals.archive import Archive
from portals.captures import Capture
from portals.families.base import Entry
from portals.problems import Problem
from warehouse.spec import TABLES


@dataclass(frozen=True, slots=True)
class Archived:
    """Captures by id, the problems that stand, and the reports that are or were listed.

    `copies` are the addresses of what is listed only as another form of a report (图解, 图片版, an elder-friendly
    copy), and of what hangs on it.
    """

    captures: Mapping[str, Capture]
    problems: tuple[Problem, ...] = ()
    listed: tuple[Entry, ...] = ()
    copies: frozenset[str] = frozenset()

    @property
    def checked(self) -> Mapping[str, datetime]:
        """capture_id -> when its address last gave this content."""
        return {key: capture.checked_at for key, capture in self.captures.items()}

    def rows(self) -> pa.Table:
        """Rows of the table `captures`."""
        table = TABLES["captures"]
        named = [attrgetter(name) for name in table.names]
        columns = [[value(capture) for capture in self.captures.values()] for value in named]
        arrays = [
            pa.array([value or None for value in values] if pa.types.is_string(field.type) else values, field.type)
            for values, field in zip(columns, table.schema, strict=True)
        ]
        return pa.table(arrays, schema=table.schema)


def archived(archive: Archive) -> Archived:
    """All that an archive knows."""
    captures = {capture.capture_id: capture for capture in archive.captures()}
    entries = tuple(archive.entries())
    listed = tuple(entry for entry in entries if entry.rank == 0)
    plain = {entry.address for entry in listed}
    copies = {entry.address for entry in entries} - plain
    pages = [page for address in sorted(copies) if (page := archive.latest(address))]
    hanging = {link.address for page in pages for link in archive.links(page.capture_id)}
    return Archived(captures, tuple(archive.problems()), listed, frozenset((copies | hanging) - plain))
