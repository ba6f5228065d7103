"""The tables of one page: by rules, else by backgrounds, else by where the words stand."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.limits import Limits
from extractors.pdf.glyphs import Glyphs, Text, read_glyphs
from extractors.pdf.labelled import is_label, signs
from extractors.pdf.lattice import PageGrids, lay_out
from extractors.pdf.loose import FEWEST, Interval, Loose
from extractors.pdf.marks import mark_digits
from extractors.pdf.rules import Drawing, Rules
from extractors.pdf.runs import Run, build_runs, parted, plain_runs
from extractors.pdf.stacked import keep_apart
from form.grid import BBox, Grid
from form.lines import is_figure

#: a table by backgrounds has at least so many
_BACKGROUNDS = 6
#: a page without rules may be a table if it holds so many labels; a cell that does is none: rules are missing
_MANY = 2


def page_tables(
    text: Text, drawn: Drawing, number: int, limits: Limits, carried: Sequence[Interval]
) -> tuple[PageGrids, Sequence[Interval]]:
    """The grids of a page and the runs outside them; and the columns of a table three without rules.

    `carried` are those columns on the page before. Raises `DocumentError` (too_complex).
    """
    rules = drawn.rules
    if not rules.may_cross and signs(text.string) < _MANY:
        return PageGrids((), plain_runs(text, drawn.frame), ""), ()
    glyphs = read_glyphs(text, drawn.frame)
    mark_digits(glyphs, drawn)
    runs = build_runs(glyphs, rules.vertical)
    keep_apart(runs, rules)
    found = lay_out(rules, runs, number, drawn.frame, limits)
    kept = tuple((top, grid) for top, grid in found.grids if not _hollow(grid))
    if len(kept) == len(found.grids) and not _unread("".join(run.text for run in found.outside), glyphs, kept):
        return found, ()
    found = PageGrids(kept, _free(glyphs, rules, kept), found.lost if len(kept) == len(found.grids) else "")
    found = _with_backgrounds(found, glyphs, drawn, number, limits)
    loose = Loose(number, _free(glyphs, None, found.grids), carried)
    loose.read()
    if not loose.grids:
        return found, ()
    return PageGrids((*found.grids, *loose.grids), loose.runs, found.lost), loose.carried


def _hollow(grid: Grid) -> bool:
    """Whether rows or columns of a statutory table run together in a grid."""
    lone = grid.columns == 1 or (grid.rows == 1 and not any(is_figure(c.text) for c in grid.cells if c.text.strip()))
    if lone and signs("".join(cell.text for cell in grid.cells)):
        return True
    return any(len(cell.text) > 20 and signs(cell.text) >= _MANY for cell in grid.cells)


def _unread(outside: str, glyphs: Glyphs, grids: Sequence[tuple[float, Grid]]) -> bool:
    """Whether statutory labels stand outside the grids, on places of their own as in a table."""
    if not signs(outside):
        return False
    return sum(is_label(run.text) for run in _free(glyphs, None, grids)) >= FEWEST


def _free(glyphs: Glyphs, rules: Rules | None, grids: Sequence[tuple[float, Grid]]) -> list[Run]:
    """The runs outside the grids: parted by rules, or where there are none by white."""
    runs = build_runs(glyphs, rules.vertical) if rules else build_runs(glyphs, None, apart=True)
    return parted(runs, [box for _, grid in grids for box in (_box(grid),)])[1]


def _box(grid: Grid) -> BBox:
    boxes = [cell.bbox for cell in grid.cells if cell.bbox]
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _with_backgrounds(found: PageGrids, glyphs: Glyphs, drawn: Drawing, number: int, limits: Limits) -> PageGrids:
    """Also the grids that backgrounds draw, if they divide the words as cells do."""
    if len(drawn.areas) < _BACKGROUNDS:
        return found
    rules = drawn.with_areas([_box(grid) for _, grid in found.grids])
    runs = parted(build_runs(glyphs, rules.vertical), [_box(grid) for _, grid in found.grids])[1]
    keep_apart(runs, rules)
    more = lay_out(rules, runs, number, drawn.frame, limits)
    if not more.grids or any(_hollow(grid) for _, grid in more.grids):
        return found
    return PageGrids((*found.grids, *more.grids), more.outside, found.lost + more.lost)
