"""What the archive knows, read once a run: its captures, and what could not be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from portals.archive import Archive
from portals.captures import Capture
from portals.problems import Problem
from warehouse.spec import TABLES


@dataclass(frozen=True, slots=True)
class Archived:
    """Captures by id, and the problems that stand."""

    captures: Mapping[str, Capture]
    problems: tuple[Problem, ...] = ()

    @property
    def checked(self) -> Mapping[str, datetime]:
        """capture_id -> when its address last gave this content."""
        return {key: capture.checked_at for key, capture in self.captures.items()}

    def rows(self) -> pa.Table:
        """Rows of the table `captures`."""
        table = TABLES["captures"]
        rows = []
        for capture in self.captures.values():
            row = {name: getattr(capture, name) for name in table.names}
            rows.append({name: None if value == "" else value for name, value in row.items()})
        return pa.Table.from_pylist(rows, schema=table.schema)


def archived(archive: Archive) -> Archived:
    """All that an archive knows."""
    return Archived({capture.capture_id: capture for capture in archive.captures()}, tuple(archive.problems()))
