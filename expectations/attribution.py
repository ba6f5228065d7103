"""Whose error a failure is: told by the second readings of the cells, and by the shape of misplaced figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple
from unicodedata import normalize

from expectations import attribution_patterns, layout, localisation_lines, wording
from expectations.answer import FAIL, Answer
from expectations.batch import Batch
from expectations.declaration import SEVERITIES, Rule
from expectations.localisation import Locations
from expectations.localisation_system import System
from form.catalogue import cell
from form.numbers import read_figure

ATTRIBUTIONS: Final = ("unattributed", "unreadable", "publisher", "extraction")
_CRITICAL: Final = SEVERITIES.index("critical")

#: position of the answer and the report
Where = tuple[int, int]


class Asked(NamedTuple):
    """A rule and its answer in one scope."""

    rule: Rule
    answer: Answer


def attributions(batch: Batch, asked: Sequence[Asked], failures: Iterable[Where], located: Locations) -> list[str]:
    """Whose error each failure is, one of `ATTRIBUTIONS`; `located` are the cells that could be wrong.

    A critical failure is the publisher's where a second reading printed the same in every cell of it; it is the
    extraction's where one printed something else, or where none looked and the figures look misplaced or misread:
    two columns of table three off by opposite amounts, and the shapes of `attribution_patterns`. Every other
    failure is unattributed: two passes of one recogniser are not two readings (docs/decisions/0021).
    """
    readers = _Readers(batch)
    shapes = _Shapes(batch, asked, located)
    names = []
    for position, report in failures:
        answer = asked[position].answer
        name = "unattributed"
        if answer.severity[report] == _CRITICAL:
            agreed = readers.agree(answer.cells(report), report)
            if agreed:
                name = "publisher"
            elif agreed is False or shapes.misplaced(position, report):
                name = "extraction"
        names.append(name)
    return names


class _Readers:
    """The first and the second reading of cells."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._columns = frozenset(batch.cells.column_names)

    def agree(self, keys: Sequence[str], report: int) -> bool | None:
        """Whether both readers printed the same in all cells; None where some cell has no second reading."""
        if "second" not in self._columns or not keys:
            return None
        seen = [self._same(key, report) for key in keys]
        if False in seen:
            return False
        return None if None in seen else True

    def _same(self, cited: str, report: int) -> bool | None:
        key, report = self._batch.locate(cited, report)
        row = int(self._batch.row[layout.INDEX[key], report])
        second = self._field("second", row) if row >= 0 else None
        if second is None:
            return None
        printed: str = self._field("printed", row)
        # Where arithmetic settled a recognised cell, its value is not what stands in `printed`.
        if _plain(printed) == _plain(second) and self._field("proposed", row) is None:
            return True
        found = [read_figure(second, cell(key).unit, header) for header in (None, "万元")]
        return any((f.state, _number(f.value)) == self._figure(row) for f in found)

    def _figure(self, row: int) -> tuple[str, Fraction | None]:
        return self._field("state", row), _number(self._field("value", row))

    def _field(self, name: str, row: int) -> Any:
        return self._batch.cells[name][row].as_py() if name in self._columns else None


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split())


def _number(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


class _Shapes:
    """The failures whose shape says that figures were misplaced or misread."""

    def __init__(self, batch: Batch, asked: Sequence[Asked], located: Locations) -> None:
        self._batch, self._located = batch, located
        self._shifted = _shifted(batch, asked)
        relations = [line for n, one in enumerate(asked) for line in localisation_lines.relations(n, *one)]
        self._table = [line for line in relations if line.keys[0].startswith("applications.")]
        self._rows: dict[int, bool] = {}

    def misplaced(self, position: int, report: int) -> bool:
        """Whether the failure of one answer and report has such a shape."""
        if (position, report) in self._shifted:
            return True
        located = self._located.get((position, report))
        if located is None:
            return False
        return (
            attribution_patterns.exchanged(self._batch, report, located)
            or attribution_patterns.misread(self._batch, report, located)
            or (any(line.answer == position for line in self._table) and self._row_shifted(report))
        )

    def _row_shifted(self, report: int) -> bool:
        if report not in self._rows:
            own = localisation_lines.equations(self._batch, self._table, report)
            figures = {key: self._batch.exact(key, report) for equation in own for key in equation.cells}
            system = System(tuple(own), figures, layout.SIGNED)
            self._rows[report] = attribution_patterns.shifted_row(self._batch, report, system)
        return self._rows[report]


def _shifted(batch: Batch, asked: Sequence[Asked]) -> set[Where]:
    """The broken equations over columns of table three that have a fellow off by the opposite amount."""
    off: dict[tuple[str, int], dict[int, Fraction]] = defaultdict(dict)
    for position, (rule, answer) in enumerate(asked):
        if rule.predicate is not None or answer.scope not in layout.COLUMNS:
            continue
        for relation, outcome in answer.parts:
            for report in (outcome == FAIL).nonzero()[0].tolist():
                left, right = (wording.total(batch, side, report) for side in (relation.left, relation.right))
                off[rule.id, report].setdefault(position, left - right)
    return {
        (position, report)
        for (_, report), amounts in off.items()
        for position, amount in amounts.items()
        if -amount in amounts.values()
    }
