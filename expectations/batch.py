"""The figures of a batch as dense matrices, keys × reports, so that a rule is a few vector operations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations import layout
from expectations.arrays import Bools, Codes, Ints, Positions
from expectations.declaration import Where
from expectations.neighbours import Near, find
from expectations.world import World

ABSENT, PRINTED, BLANK, UNREADABLE = range(4)
_STATES: Final = pa.array(["printed", "blank", "unreadable"])
_SCALE: Final = 10**10
_DECIMAL: Final = pa.decimal128(38, 10)
#: the same small numbers come again and again, and a fraction takes long to make
_fraction: Final = lru_cache(maxsize=4096)(Fraction)


@dataclass(frozen=True, slots=True)
class Batch:
    """Reports in order of `report_id` (axis 1) against all keys of the catalogue (axis 0).

    `value` holds the printed integers that fit 64 bits when scaled by 10^10, else 0; `inexact` marks the
    printed figures that are not in `value` (fractions, or 9.2e8 and more): those are asked for by `exact`.
    `row` is the position of a cell in `cells`, -1 where the report does not print it. `subject` marks the
    reports that get verdicts; the others are their neighbours. `near` says which stand beside each other,
    `world` what stands around them.
    """

    reports: pa.Table
    cells: pa.Table
    state: Codes
    value: Ints
    inexact: Bools
    row: npt.NDArray[np.int32]
    subject: Bools
    near: Near
    world: World | None = None
    where: dict[Where, Bools] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many reports there are."""
        return int(self.reports.num_rows)

    def strings(self, name: str) -> list[Any]:
        """A column of `reports` as Python values; nulls where the table has no such column."""
        return self.reports[name].to_pylist() if name in self.reports.column_names else [None] * self.size

    def cite(self, key: str, report: int) -> str:
        """A cell of another report, as a verdict names it."""
        return f"{key}@{self.reports['report_id'][report].as_py()}"

    def locate(self, cell: str, report: int) -> tuple[str, int]:
        """Key and position of a cell that a verdict of `report` names; the opposite of `cite`."""
        key, _, other = cell.partition("@")
        return key, pc.index(self.reports["report_id"], other).as_py() if other else report

    def edition_in(self, editions: frozenset[str]) -> Bools:
        """Which reports are of one of these editions."""
        return truth(pc.is_in(self.reports["edition"], value_set=pa.array(sorted(editions))))

    def present(self, keys: Sequence[str]) -> Bools:
        """Which reports print at least one of the cells, filled or not."""
        return np.asarray((self.state[index(keys)] != ABSENT).any(axis=0))

    def exact(self, key: str, report: int) -> Fraction:
        """The figure of a printed cell, exactly; 0 for any other."""
        k = layout.INDEX[key]
        if self.state[k, report] != PRINTED:
            return _fraction(0)
        if not self.inexact[k, report]:
            return _fraction(int(self.value[k, report]))
        figure: Decimal = self.cells["value"][int(self.row[k, report])].as_py()
        return Fraction(figure)

    def text(self, key: str, report: int, name: str) -> str | None:
        """A text of one printed cell, from a column of `cells`; None where there is none."""
        row = int(self.row[layout.INDEX[key], report])
        if row < 0 or name not in self.cells.column_names:
            return None
        found: str | None = self.cells[name][row].as_py()
        return found

    def column(self, key: str, name: str) -> pa.ChunkedArray:
        """A column of `cells` for one key, a value a report; null where the report has no such cell."""
        rows = self.row[layout.INDEX[key]]
        return self.cells[name].take(pa.array(rows, mask=rows < 0))


def index(keys: Sequence[str]) -> Positions:
    """The positions of keys on axis 0."""
    return np.array([layout.INDEX[key] for key in keys], dtype=np.intp)


def truth(values: pa.ChunkedArray | pa.Array) -> Bools:
    """An Arrow boolean column as numpy, null as False."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def load(
    reports: pa.Table, cells: pa.Table, world: World | None = None, subjects: Collection[str] | None = None
) -> Batch:
    """The tables `reports` and `cells` of `docs/architecture.md` as a batch; `subjects` None: all reports.

    Raises ValueError where no verdict could be trusted: a report or a cell twice, a cell of no report, a
    key or a state that does not exist.
    """
    reports = reports.take(pc.sort_indices(reports["report_id"])).combine_chunks()
    if pc.count_distinct(reports["report_id"], mode="all").as_py() != reports.num_rows:
        raise ValueError("a report_id occurs twice")
    where_report = _position(cells["report_id"], reports["report_id"].combine_chunks(), "report_id")
    where_key = _position(cells["key"], pa.array(layout.KEYS), "key")
    shape = (len(layout.KEYS), reports.num_rows)
    row = np.full(shape, -1, dtype=np.int32)
    row[where_key, where_report] = np.arange(cells.num_rows, dtype=np.int32)
    if np.count_nonzero(row >= 0) != cells.num_rows:
        raise ValueError("a cell (report_id, key) occurs twice")
    state = np.zeros(shape, dtype=np.int8)
    value = np.zeros(shape, dtype=np.int64)
    inexact = np.zeros(shape, dtype=np.bool_)
    codes = 1 + _position(cells["state"], _STATES, "state").astype(np.int8)
    figures, exact, known = integers(cells["value"])
    codes[(codes == PRINTED) & ~known] = UNREADABLE
    state[where_key, where_report] = codes
    value[where_key, where_report] = np.where(codes == PRINTED, figures, 0)
    inexact[where_key, where_report] = (codes == PRINTED) & ~exact
    subject = np.ones(reports.num_rows, dtype=np.bool_)
    if subjects is not None:
        subject = truth(pc.is_in(reports["report_id"], value_set=pa.array(sorted(subjects), pa.string())))
    batch = Batch(reports, cells, state, value, inexact, row, subject, find(reports, world), world)
    batch.where.update(_layouts(batch))
    return batch


def _position(values: pa.ChunkedArray, known: pa.Array, name: str) -> npt.NDArray[np.int64]:
    """Where each value stands in `known`; ValueError names the first that does not."""
    found = pc.index_in(values, value_set=known)
    if found.null_count:
        first = values.filter(pc.is_null(found))[0].as_py()
        raise ValueError(f"unknown {name} in cells: {first!r}")
    return np.asarray(found.to_numpy(), dtype=np.int64)


def integers(values: pa.ChunkedArray) -> tuple[Ints, Bools, Bools]:
    """The whole figures as int64, which of them are held so exactly, and which are not null.

    Reads the 128-bit words of the column directly: a figure is held when its scaled value fits the low
    word and has no fraction, and every other one is left to `Batch.exact`.
    """
    column = values.cast(_DECIMAL).combine_chunks()
    known = np.asarray(column.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    if not len(column):
        return np.zeros(0, np.int64), known, known
    words = np.frombuffer(column.buffers()[1], dtype="<i8", offset=column.offset * 16, count=len(column) * 2)
    low, high = words[0::2], words[1::2]
    figures, fraction = np.divmod(low, _SCALE)
    exact = known & (high == low >> 63) & (fraction == 0)
    return np.where(exact, figures, 0), exact, known


def _layouts(batch: Batch) -> dict[Where, Bools]:
    """Which reports print （六）其他处理 as one row and which as three; none printed: as the edition says."""
    one, three = batch.present(layout.OTHER_ONE), batch.present(layout.OTHER_THREE)
    as_one = (one | batch.edition_in(frozenset({"2019"}))) & ~three
    return {"one_row": as_one, "three_rows": ~as_one, "row_one": one | as_one, "row_three": ~as_one}
