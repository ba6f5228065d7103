"""The header of table four: three blocks of five columns, in whatever order they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from form import vocabulary as words
from form.alignment import SHIFTED, SURE, Interval, interval
from form.catalogue import DISPUTE_BLOCKS, DISPUTE_COLUMNS, DISPUTE_KEYS
from form.grid import Cell
from form.labels import Labels
from form.lines import Line
from form.naming import Label, Naming, Place, form_order, named

WIDTH: Final = len(DISPUTE_COLUMNS)

_Leaf = tuple[Cell, Label]


@dataclass(frozen=True, slots=True)
class Header:
    """The columns from left to right, where they stand (() if unknown), and how sure that is.

    `regular` is unset where the header is damaged and the form's order taken.
    """

    naming: Naming
    spans: tuple[Interval, ...] = ()
    sure: float = SURE
    regular: bool = True

    @property
    def places(self) -> tuple[Place, ...]:
        """The columns: their names are keys."""
        return self.naming.places


def header_of(heads: Sequence[Line]) -> Header | None:
    """The header as the last grid has it, for it is repeated over page breaks, else as all grids have it.

    The form's columns where it is damaged; None where what is legible of it contradicts the form's order.
    """
    last = [x for x in heads if x.grid == heads[-1].grid]
    whole = [last] if len(last) == len(heads) else [last, heads]
    every = [[c for line in lines for c in line.cells] for lines in whole]
    found = next((header for cells in every if (header := _regular(cells))), None)
    if found or not any(map(in_form_order, every)):
        return found
    return Header(form_order(DISPUTE_KEYS), (), SHIFTED, regular=False)


def in_form_order(cells: Sequence[Cell]) -> bool:
    """Whether the labels that can be read stand in the form's order, by their columns or as the source has them."""
    leaves = DISPUTE_COLUMNS * len(DISPUTE_BLOCKS)
    follows = any(_follows(_exact(words.DISPUTE_COLUMNS, x), leaves) for x in (cells, _by_column(cells)))
    return follows and _follows(dict.fromkeys(_exact(words.DISPUTE_BLOCKS, _by_column(cells))), DISPUTE_BLOCKS)


def _regular(cells: Sequence[Cell]) -> Header | None:
    """The header whose leaves are whole runs of the five columns, one run a block."""
    leaves = [(c, _label(c, words.DISPUTE_COLUMNS.exact(c.text))) for c in cells if _is_leaf(c)]
    runs, rest = divmod(len(leaves), WIDTH)
    # Of the labels at least four in five must be legible.
    if not runs or rest or 5 * sum(label.exact for _, label in leaves) < 4 * len(leaves):
        return None
    placed = sorted(leaves, key=lambda leaf: leaf[0].column)
    blocks = _blocks_over([c.column for c, _ in placed[::WIDTH]], cells)
    naming = _joined(placed, blocks) if blocks else None
    if naming:
        return Header(naming, tuple(interval(c) for c, _ in placed))
    # Where spans are lost, positions are wrong, and the order of the source is what remains.
    blocks = _blocks_in_order(runs, cells)
    naming = _joined(leaves, blocks) if blocks else None
    return Header(naming) if naming else None


def _joined(leaves: Sequence[_Leaf], blocks: Naming) -> Naming | None:
    """The keys of the columns, run by run."""
    places: list[Place] = []
    runs: list[Naming] = []
    for at, block in enumerate(blocks.places):
        run = named([label for _, label in leaves[at * WIDTH : (at + 1) * WIDTH]], DISPUTE_COLUMNS, "disputes")
        if run is None:
            return None
        runs.append(run)
        places += [_key(block, column) for column in run.places]
    fuzzy = dict.fromkeys(pair for naming in (blocks, *runs) for pair in naming.fuzzy)
    return Naming(tuple(places), any(x.permuted for x in (blocks, *runs)), tuple(fuzzy))


def _key(block: Place, column: Place) -> Place:
    name = f"disputes.{block.name}.{column.name}" if block.name and column.name else None
    return Place(name, min(block.sure, column.sure), column.strange if block.strange is None else block.strange)


def _is_leaf(cell: Cell) -> bool:
    """Whether a header cell stands over one column: by its label, or by its width where that is damaged."""
    if words.DISPUTE_COLUMNS.exact(cell.text):
        return True
    return cell.column_span == 1 and bool(cell.text.strip()) and words.DISPUTE_BLOCKS.exact(cell.text) is None


def _label(cell: Cell, what: str | None) -> Label:
    return Label(cell.text, what, what is not None, cell.confidence == 1)


def _blocks_over(starts: Sequence[int], cells: Sequence[Cell]) -> Naming | None:
    """The blocks by the labels that begin where the runs do; None if one begins elsewhere."""
    known = {c.column: _label(c, block) for c in cells if (block := words.DISPUTE_BLOCKS.exact(c.text))}
    if not known.keys() <= set(starts):
        return _blocks_in_order(len(starts), cells)
    labels: dict[int, Label] = dict(known)
    for cell in sorted(cells, key=lambda c: c.row):
        inside = [start for start in starts if cell.column <= start < cell.column + cell.column_span]
        if inside == [cell.column] and cell.column not in known and cell.column_span > 1 and _is_unknown(cell):
            near = words.DISPUTE_BLOCKS.near(cell.text) or None
            fresh = near if near not in {x.what for x in known.values()} else None
            labels[cell.column] = Label(cell.text, fresh, exact=False, printed=cell.confidence == 1)
    order = [labels.get(start) for start in starts]
    # Whole labels over whole blocks leave no doubt, in whatever order.
    own = [label.what for label in order if label and label.exact and label.what]
    if len(set(own)) == len(starts):
        return form_order(own)
    return named(order, DISPUTE_BLOCKS, "disputes") if len(starts) == len(DISPUTE_BLOCKS) else None


def _is_unknown(cell: Cell) -> bool:
    exact = words.DISPUTE_BLOCKS.exact(cell.text), words.DISPUTE_COLUMNS.exact(cell.text)
    return bool(cell.text.strip()) and exact == (None, None)


def _blocks_in_order(runs: int, cells: Sequence[Cell]) -> Naming | None:
    """The blocks where positions tell nothing: the form's, if the labels that there are stand in its order."""
    names = list(dict.fromkeys(_exact(words.DISPUTE_BLOCKS, _by_column(cells))))
    if not _follows(names, DISPUTE_BLOCKS):
        return None
    if len(names) == runs:
        return form_order(names)
    return form_order(DISPUTE_BLOCKS) if runs == len(DISPUTE_BLOCKS) else None


def _by_column(cells: Sequence[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda c: c.column)


def _exact(labels: Labels, cells: Sequence[Cell]) -> Iterator[str]:
    return filter(None, (labels.exact(c.text) for c in cells))


def _follows(names: Iterable[str], form: Sequence[str]) -> bool:
    """Whether the names stand in the form's order, some of them perhaps lacking."""
    rest = iter(form)
    return all(name in rest for name in names)
