"""One report in every way its tables may be drawn: each cell exact, and sure only where rules hold it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from checks import figures, only, wrong
from paper import Style, report
from press import Look, dashed, dashes, dots, double, fill, press, thick

from extractors.limits import Limits
from extractors.pdf import read_pdf
from form.grid import Document, Grid

ALL = ("left", "right", "top", "bottom", "verticals", "horizontals")

RULED = {
    "rules": Look(),
    "a rule a cell": Look(pieces="unit"),
    "boxes": Look(pieces="boxes"),
    "boxes 2 points apart": Look(pieces="boxes", gap=2),
    "boxes 4 points apart": Look(pieces="boxes", gap=4),
    "boxes 6 points apart": Look(pieces="boxes", gap=6, bottom=400),
    "thick": Look(thick),
    "filled": Look(fill),
    "dash pattern": Look(dashed),
    "dashes": Look(dashes),
    "dots": Look(dots),
    "double": Look(double),
    "open at the sides": Look(without=("left", "right")),
    "open above": Look(without=("top",)),
    "open below": Look(without=("bottom",), bottom=500),
    "backgrounds set apart": Look(shades=(220,), gap=2),
    "backgrounds wide apart": Look(shades=(230,), gap=6),
    "backgrounds in two greys": Look(shades=(220, 240)),
    "wide letters": Look(spacing=1.5),
    "flush left": Look(align="L"),
    "flush right": Look(align="R"),
    "many pages": Look(bottom=400),
    "header on each page": Look(bottom=400, repeat=3),
}
LOOSE = {
    "lines between rows": Look(without=("verticals", "left", "right")),
    "a frame and lines between rows": Look(without=("verticals",)),
    "lines between columns": Look(without=("horizontals", "top", "bottom")),
    "a frame and lines between columns": Look(without=("horizontals",)),
    "a frame": Look(without=("horizontals", "verticals")),
    "nothing": Look(without=ALL),
    "nothing, flush left": Look(without=ALL, align="L"),
    "nothing, flush right": Look(without=ALL, align="R"),
    "nothing, many pages": Look(without=ALL, bottom=450),
}


def read(document: Document, look: Look) -> Document:
    return read_pdf(press(document, look), limits=Limits())


@pytest.mark.parametrize("look", RULED.values(), ids=RULED)
def test_tables_however_drawn(look: Look) -> None:
    values = figures("2021")
    found = only(read(report(values, Style()), look))
    assert not wrong(found, values)
    assert {r.confidence for r in found.readings} == {1.0}
    assert not found.leftovers


@pytest.mark.parametrize("edition", ["2019", "2021"])
@pytest.mark.parametrize("look", LOOSE.values(), ids=LOOSE)
def test_tables_without_rules_are_read_and_never_sure(look: Look, edition: str) -> None:
    values = figures(edition)
    found = only(read(report(values, Style(edition)), look))
    assert not wrong(found, values)
    assert max(r.confidence for r in found.readings) < 0.9


def test_inner_rules_alone() -> None:
    """Without a frame a block of one row has one rule each way, which is no grid."""
    values = figures("2021")
    found = only(read(report(values, Style()), Look(without=("left", "right", "top", "bottom"))))
    assert not wrong(found, values)
    assert [r.key for r in found.readings if r.confidence < 0.9] == ["proactive.fees.amount"]


def test_blank_cells_without_rules_are_blank() -> None:
    """Three cells in four, and two columns, blank."""
    values = {
        key: "" if number % 4 or "business" in key else value
        for number, (key, value) in enumerate(figures("2021").items())
    }
    for look in (LOOSE["nothing"], LOOSE["lines between rows"]):
        found = only(read(report(values, Style()), look))
        assert not wrong(found, values)
        assert max(r.confidence for r in found.readings) < 0.9


@pytest.mark.parametrize("bottom", (420, 460, 500, 540))
def test_pages_without_rules_may_end_anywhere(bottom: int) -> None:
    """Rows under no header of their page, and labels of table four that rows of table three have too."""
    values = figures("2021")
    found = only(read(report(values, Style()), Look(without=ALL, bottom=float(bottom))))
    off = wrong(found, values)
    assert len(off) <= 15
    assert not off.keys() & {r.key for r in found.readings}
    assert max(r.confidence for r in found.readings) < 0.9


def test_a_damaged_label_without_rules() -> None:
    values = figures("2021")
    document = report(values, Style())
    blocks = tuple(
        replace(b, cells=tuple(c._replace(text=c.text.replace("法规禁", "")) for c in b.cells))
        if isinstance(b, Grid)
        else b
        for b in document.blocks
    )
    found = only(read(replace(document, blocks=blocks), Look(without=ALL)))
    assert not wrong(found, values)
    assert "label_fuzzy" in {r.code for r in found.remarks}
