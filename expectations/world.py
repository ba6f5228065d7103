"""What stands around the reports of a batch: the registry's units, the coverage ledger, the documents, the hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

#: The registry's units as the rules need them.
#:
#: `first_year` to `last_year` (null: still exists) are report years. `predecessors` are the ids of the units
#: that this one took over, merged or renamed, from its `first_year` on. `children_complete` says that the
#: registry lists all its children, so that their sum may be asked to equal it.
UNITS: Final = pa.schema(
    [
        ("unit_id", pa.string()),
        ("unit_name", pa.string()),
        ("code", pa.string()),
        ("level", pa.string()),
        ("kind", pa.string()),
        ("parent_id", pa.string()),
        ("first_year", pa.int16()),
        ("last_year", pa.int16()),
        ("predecessors", pa.list_(pa.string())),
        ("children_complete", pa.bool_()),
    ]
)
#: The figures in which the newest version of a report differs from the last that says it is a correction, else from
#: the first. `before`, `after`: as printed, null where there is no such cell; `since`: the day from which the figure
#: stands as it does; `comparable`: whether one version of the readers read both.
UNANNOUNCED: Final = pa.schema(
    [
        ("report_id", pa.string()),
        ("key", pa.string()),
        ("before", pa.string()),
        ("after", pa.string()),
        ("since", pa.date32()),
        ("comparable", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class World:
    """The surroundings of a batch; whatever is missing leaves the rules that need it silent.

    `units` has the schema `UNITS`; `coverage` and `documents` have the columns of the warehouse's tables;
    `hosts` are the exact hosts of the registry; `unannounced` has the schema `UNANNOUNCED`.
    """

    units: pa.Table
    coverage: pa.Table | None = None
    documents: pa.Table | None = None
    hosts: frozenset[str] = frozenset()
    unannounced: pa.Table | None = None
