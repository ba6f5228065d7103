from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from benchmarks.accuracy.answers import Answer, Figure, Found
from benchmarks.accuracy.making import make_documents
from benchmarks.accuracy.plan import all_items
from benchmarks.accuracy.readers.grids import grid_of
from benchmarks.accuracy.readers.own import Gouji
from benchmarks.accuracy.readers.text_layer import camelot_vector, pdfplumber
from benchmarks.accuracy.report import share
from benchmarks.accuracy.scoring import score
from benchmarks.accuracy.truth import Slip, Truth

CELLS = {
    "a.b.one": Decimal(1),
    "a.b.two": Decimal(2),
    "a.b.three": None,
    "a.b.four": Decimal(4),
    "a.b.five": Decimal(5),
}
TRUTH = Truth("某县", "1", 2024, "2021", CELLS, (Slip("a.b.two", Decimal(3), Decimal(2)),), (("T3-ROW", "b"),))


def answer(confidence: float | None = 1.0, **changed: Figure) -> Answer:
    figures = {k: Figure(v, "blank" if v is None else "printed", confidence) for k, v in CELLS.items()}
    figures |= {f"a.b.{name}": figure for name, figure in changed.items()}
    return Answer((Found("某县", 2024, "2021", figures),), breaks=(("T3-ROW", "b"),))


def test_a_full_answer_is_exact() -> None:
    found = score([TRUTH], answer())
    assert (found.cells, found.exact, found.wrong, found.slips, found.kept, found.altered) == (5, 5, 0, 1, 1, 0)
    assert (found.breaks, found.breaks_found, found.false_alarms, found.identity) == (1, 1, 0, 1)
    assert not found.details


def test_each_kind_of_miss_is_counted_once() -> None:
    read = answer(
        one=Figure(Decimal(9), "printed", 0.95),
        two=Figure(Decimal(3), "printed", 0.5),
        three=Figure(Decimal(0), "printed", 1.0),
        four=Figure(None, "unreadable", 0.2),
    )
    del read.reports[0].figures["a.b.five"]
    found = score([TRUTH], read)
    assert (found.exact, found.wrong, found.silent, found.flagged, found.missing) == (0, 3, 2, 1, 1)
    assert (found.kept, found.altered) == (0, 0)
    assert len(found.details) == 5


def test_a_slip_put_right_with_certainty_is_altered() -> None:
    found = score([TRUTH], answer(two=Figure(Decimal(3), "printed", 0.9)))
    assert (found.silent, found.altered, found.kept) == (1, 1, 0)


def test_a_reader_that_states_no_confidence_is_taken_at_its_word() -> None:
    found = score([TRUTH], answer(None, one=Figure(Decimal(9), "printed", None), four=Figure(None, "blank", None)))
    assert (found.wrong, found.silent) == (2, 1)


def test_no_report_leaves_every_cell_missing_and_a_second_report_is_invented() -> None:
    assert score([TRUTH], Answer(error="no")).missing == 5
    both = answer()
    twice = replace(both, reports=(*both.reports, Found("别县", 2020, "2021", both.reports[0].figures)))
    assert score([TRUTH], twice).invented == 4
    assert score([TRUTH, replace(TRUTH, unit="别县")], twice).exact == 10


def test_breaks_not_found_and_false_alarms_are_told_apart() -> None:
    found = score([TRUTH], replace(answer(), breaks=(("T4-SUM", "x"),)))
    assert (found.breaks, found.breaks_found, found.false_alarms) == (1, 0, 1)


def test_a_share_is_never_rounded_up() -> None:
    assert share(99_999, 100_000) == "99.99 %"
    assert share(3, 3) == "100.00 %"


def test_cells_by_place_become_a_grid_with_spans() -> None:
    grid = grid_of([(0, 0, 20, 10, "ab"), (20, 0, 30, 20, "c"), (0, 10.5, 10, 20, "d"), (10, 10, 20, 20, "e")], 2)
    found = {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells}
    assert found == {"ab": (0, 0, 1, 2), "c": (0, 2, 2, 1), "d": (1, 0, 1, 1), "e": (1, 1, 1, 1)}
    assert (grid.rows, grid.columns, grid.page) == (2, 3, 2)


def test_readers_of_a_ruled_report_agree_with_its_truth(tmp_path: Path) -> None:
    items = [item for item in all_items() if item.name in ("pdf-fpdf-ruled-roomy", "html-portal-2021")]
    ruled, page = make_documents(items, tmp_path, 1)
    own = Gouji()
    for document in (ruled, page):
        read = replace(own.read(document.path), breaks=own.breaks())
        found = score(document.truths, read)
        assert found.exact == found.cells
        assert found.breaks_found == found.breaks
        assert (found.false_alarms, found.identity) == (0, 1)
    for peer in (camelot_vector(), pdfplumber()):
        found = score(ruled.truths, peer.read(ruled.path))
        assert found.exact == found.cells
        assert peer.breaks() is None
