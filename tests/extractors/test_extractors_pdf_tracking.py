"""Letter-spaced figures: one figure to both readers of a PDF; figures side by side stay figures of their own."""

from __future__ import annotations

import pdf_makers as makers
import pytest
from test_extractors_pdf import read

from extractors.second import read_again
from form.grid import Document
from form.numbers import read_figure


def typeset(text: str, tracking: float) -> bytes:
    return makers.typeset(
        f"#table(columns: (90pt, 90pt, 90pt), [甲], [乙], [丙], [规章], text(tracking: {tracking}pt)[{text}], [7])"
    )


def placed(texts: list[str], step: float, size: float = 9.0) -> bytes:
    """A table with texts in one cell, each on a place of its own, `step` points after the one before."""
    pdf = makers.blank(size)
    makers.draw_table(pdf, makers.stroke, (("信息内容", "甲", "乙", "丙"), ("规章", "5", "6", "")))
    for i, text in enumerate(texts):
        pdf.text(makers.LEFT + sum(makers.WIDTHS[:3]) + 3 + i * step, makers.TOP + 2 * makers.HEIGHT - 1.5, text)
    return bytes(pdf.output())


def cell(document: Document, column: int) -> tuple[str, float]:
    found = next(c for c in document.grids[0].cells if (c.row, c.column) == (1, column))
    return found.text, found.confidence


@pytest.mark.parametrize("text", ["169", "110", "1024.75"])
@pytest.mark.parametrize("tracking", [1.5, 2.5, 5.5])
def test_digits_set_apart_evenly_are_one_figure_to_both_readers_but_never_beyond_doubt(
    text: str, tracking: float
) -> None:
    for column, data in ((1, typeset(text, tracking)), (3, placed(list(text), 5.2 + tracking))):
        if "." in text and column == 3:
            continue
        first, sure = cell(read(data), column)
        assert first == text
        assert tracking < 2 or sure < 0.9
        assert cell(read_again(data, "application/pdf"), column)[0] == text


@pytest.mark.parametrize(
    ("texts", "step"),
    [
        (["12", "34", "56"], 14.0),
        (["12", "34", "56"], 16.0),
        (["0", "0", "0"], 9.0),
        (["1", "2", "3"], 30.0),
        (["1", "23", "4"], 12.0),
    ],
)
def test_figures_side_by_side_are_not_put_together(texts: list[str], step: float) -> None:
    data = placed(texts, step)
    for document in (read(data), read_again(data, "application/pdf")):
        text, _ = cell(document, 3)
        assert read_figure(text).state == "unreadable"


def test_blanks_that_stand_in_the_text_part_figures() -> None:
    data = typeset("1 2 3", 0)
    for document in (read(data), read_again(data, "application/pdf")):
        assert cell(document, 1)[0].split() == ["1", "2", "3"]
