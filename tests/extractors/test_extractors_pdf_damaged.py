"""Tables with rules missing: a cell given as certain holds what stands within its box, nothing else."""

from __future__ import annotations

import random

import pdf_makers as makers
import pytest
from test_extractors_pdf import read

LEFT, TOP, WIDE, HIGH, SIDE = 60.0, 80.0, 60.0, 24.0, 7


def table(missing: set[tuple[float, float, float, float]]) -> bytes:
    """A square of boxes, each with a figure of its own, without the `missing` sides."""
    pdf = makers.blank(han=False)
    for side in sorted(sides() - missing):
        pdf.line(*side)
    for row in range(SIDE):
        for column in range(SIDE):
            pdf.text(LEFT + column * WIDE + 20, TOP + row * HIGH + 16, str(100 + row * SIDE + column))
    return bytes(pdf.output())


def sides() -> set[tuple[float, float, float, float]]:
    xs, ys = [LEFT + i * WIDE for i in range(SIDE + 1)], [TOP + i * HIGH for i in range(SIDE + 1)]
    across = {(xs[i], y, xs[i + 1], y) for y in ys for i in range(SIDE)}
    return across | {(x, ys[i], x, ys[i + 1]) for x in xs for i in range(SIDE)}


def certain_wrong(data: bytes) -> tuple[list[str], int]:
    """Cells stated as certain that hold other figures than stand in their box, and how many are certain."""
    wrong, certain = [], 0
    for grid in read(data).grids:
        for cell in grid.cells:
            if cell.confidence < 0.9 or not cell.bbox:
                continue
            certain += 1
            x0, y0, x1, y1 = cell.bbox
            here = {
                str(100 + r * SIDE + c)
                for r in range(SIDE)
                for c in range(SIDE)
                if x0 < LEFT + (c + 0.5) * WIDE < x1 and y0 < makers.A4[1] - TOP - (r + 0.5) * HIGH < y1
            }
            if set(cell.text.split()) != here:
                wrong.append(f"{cell.text!r} for {sorted(here)}")
    return wrong, certain


def test_cells_grown_together_in_the_shape_of_an_l_are_in_doubt() -> None:
    x, y = LEFT + 2 * WIDE, TOP + 2 * HIGH
    wrong, certain = certain_wrong(table({(x, y, x + WIDE, y), (x, y - HIGH, x, y)}))
    assert not wrong
    assert certain == SIDE * SIDE - 3


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.15])
def test_rules_missing_at_random_leave_no_certain_cell_with_another_figure(share: float) -> None:
    sure = 0
    for seed in range(12):
        rng = random.Random(f"{share} {seed}")
        wrong, certain = certain_wrong(table({side for side in sorted(sides()) if rng.random() < share}))
        assert not wrong, seed
        sure += certain
    assert sure > 12 * SIDE * SIDE * 0.3


def test_two_rows_with_rules_between_their_cells_alone() -> None:
    """One rule across and some upright ones, as where a page begins within an open table's header."""
    pdf = makers.blank(han=False)
    pdf.line(LEFT, TOP + HIGH, LEFT + SIDE * WIDE, TOP + HIGH)
    for column in range(1, SIDE):
        pdf.line(LEFT + column * WIDE, TOP, LEFT + column * WIDE, TOP + 2 * HIGH)
    for row in range(2):
        for column in range(SIDE):
            pdf.text(LEFT + column * WIDE + 20, TOP + row * HIGH + 16, str(100 + row * SIDE + column))
    (grid,) = read(bytes(pdf.output())).grids
    assert [c.text for c in grid.cells] == [str(100 + i) for i in range(2 * SIDE)]
