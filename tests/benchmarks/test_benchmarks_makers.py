from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import scanning
from benchmarks.accuracy.arithmetic import broken
from benchmarks.accuracy.making import make_documents
from benchmarks.accuracy.plan import GROUPS, Item, all_items
from benchmarks.accuracy.reports import MARKS, Wish, make_report
from benchmarks.accuracy.truth import read_sidecar

FORMS = ("2019", "2021", "one-row", "old-tables")


def item(name: str) -> Item:
    return next(one for one in all_items() if one.name == name)


def test_plan_is_as_large_as_the_bench_promises() -> None:
    items = all_items()
    groups = Counter(one.group for one in items)
    assert len(items) >= 120
    assert set(groups) == set(GROUPS)
    assert {one.dpi for one in items} >= {0, 100, 150, 200, 300}
    planted = sum(one.wish.slips for one in items if one.kind == "pdf" or one.dpi)
    assert planted >= 200


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(6))
def test_clean_reports_break_nothing_and_each_slip_breaks_more(form: str, seed: int) -> None:
    clean = make_report(seed, "clean", Wish(form)).truth
    assert not clean.slips
    assert not clean.breaks
    slipped = make_report(seed, "slipped", Wish(form, slips=3)).truth
    assert len(slipped.slips) == 3
    cells = dict(slipped.cells)
    assert set(slipped.breaks) == broken(cells)
    for slip in slipped.slips:
        assert cells[slip.key] == slip.printed != slip.right
        before = broken(cells)
        cells[slip.key] = slip.right
        assert broken(cells) < before
    assert not broken(cells)


@pytest.mark.parametrize("mark", MARKS)
def test_marked_cells_are_blank_in_the_truth_and_marked_in_print(mark: str) -> None:
    made = make_report(3, "marks", Wish("2021", (mark,)))
    blank = [key for key, value in made.truth.cells.items() if value is None]
    printed = [slot.text for row in made.paper.form.applications.rows for slot in row if slot.figure]
    assert blank
    assert printed.count(MARKS[mark]) == len(blank)


@pytest.mark.parametrize(
    "name", ["pdf-fpdf-ruled-roomy", "pdf-typst-solid", "html-wps-2019", "scan-100-office-copier"]
)
def test_the_same_seed_gives_the_same_bytes_and_truth(name: str, tmp_path: Path) -> None:
    one, two, other = (make_documents([item(name)], tmp_path / str(i), seed)[0] for i, seed in enumerate((1, 1, 2)))
    assert one.path.read_bytes() == two.path.read_bytes() != other.path.read_bytes()
    assert one.truths == two.truths != other.truths
    assert [t.cells for t in read_sidecar(one.path)] == [t.cells for t in one.truths]
    assert read_sidecar(one.path)[0].slips == one.truths[0].slips


def test_two_reports_of_one_document_each_have_their_truth(tmp_path: Path) -> None:
    made = make_documents([item("html-two-reports")], tmp_path, 1)[0]
    first, second = read_sidecar(made.path)
    assert first.cells != second.cells
    page = made.path.read_text("utf-8")
    assert page.count("<h1>") == 2
    assert all(slot in page for slot in (first.unit, second.unit))


@pytest.mark.parametrize("name", [name for name in scanning.SPOILINGS if name != "clean"])
def test_spoiling_changes_the_page_and_leaves_it_a_page(name: str) -> None:
    page = np.full((1100, 800, 3), 255, np.uint8)
    page[200:900:100, 100:700] = 0
    page[200:900, 100:700:120] = 0
    spoilt = scanning.spoil(page, scanning.SPOILINGS[name], 100, np.random.default_rng(5))
    turned = name == "on-its-side"
    assert spoilt.shape == ((800, 1100, 3) if turned else page.shape)
    assert spoilt.dtype == np.uint8
    assert turned or (spoilt != page).any()
    assert spoilt.mean() > 100
    assert (spoilt < 128).any()
