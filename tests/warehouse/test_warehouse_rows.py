"""Reports -> Arrow rows, without loss or rounding; and through a release and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from made_province import Doc, batch, contents, night, source

from form.reading import Leftover, Reading, Remark, Report
from warehouse.batch import ReleaseBatch
from warehouse.release import publish
from warehouse.rows import OUT_OF_RANGE, Failure, cell_rows, document_rows, error_rows, report_rows
from warehouse.staging import read_parts, write_part

ORIGIN, REPORT = source(Doc(1, 2023, 5))

READINGS = st.builds(
    Reading,
    key=st.sampled_from(["proactive.regulations.issued", "applications.x", "disputes.y"]),
    printed=st.text(),
    value=st.none() | st.decimals(),
    state=st.just("printed"),
    reader=st.just("html/1"),
    confidence=st.floats(0, 1, width=32),
    page=st.none() | st.integers(1, 500),
    bbox=st.none() | st.tuples(*[st.floats(-5000, 5000, width=32)] * 4),
    note=st.none() | st.text(),
    **dict.fromkeys(("second", "proposed", "reason"), st.none()),
    alternatives=st.just(()),
)


def fits(value: Decimal) -> bool:
    """Whether 28 digits before the point and 10 after it hold the value exactly."""
    if not value.is_finite():
        return False
    scaled = value.as_tuple()
    digits, exponent = "".join(map(str, scaled.digits)).strip("0") or "0", int(scaled.exponent)
    trailing = len(scaled.digits) - len("".join(map(str, scaled.digits)).rstrip("0"))
    low = exponent + trailing if any(scaled.digits) else 0
    return low >= -10 and (not any(scaled.digits) or low + len(digits) <= 28)


@given(readings=st.lists(READINGS, max_size=5))
@example(
    [Reading("a.b", "1", Decimal("1E+27"), "printed", "r"), Reading("a.c", "1", Decimal("1E+28"), "printed", "r")]
)
@example([Reading("a.b", "\ud800x", Decimal("0.00000000001"), "printed", "r", note="其中")])
@example([Reading("a.b", "", Decimal("9" * 28 + "." + "9" * 10), "printed", "r")])
@example(
    [Reading("a.b", "", Decimal("1E-999999"), "printed", "r"), Reading("a.b", "", Decimal("sNaN"), "printed", "r")]
)
def test_cells_hold_what_was_read(readings: list[Reading]) -> None:
    rows = cell_rows([(ORIGIN, replace(REPORT, readings=tuple(readings)))]).to_pylist()
    assert len(rows) == len(readings)
    for row, reading in zip(rows, readings, strict=True):
        assert (row["report_id"], row["unit_id"], row["year"]) == ("620001-2023", "620001", 2023)
        assert (row["key"], row["table"]) == (reading.key, reading.key.split(".")[0])
        assert row["printed"] == reading.printed.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        assert row["confidence"] == reading.confidence
        assert row["page"] == reading.page
        assert (row["x0"], row["y0"], row["x1"], row["y1"]) == (reading.bbox or (None,) * 4)
        if reading.value is None or fits(reading.value):
            assert (row["value"], row["state"], row["note"]) == (reading.value, "printed", reading.note)
        else:
            assert (row["value"], row["state"]) == (None, "unreadable")
            assert row["note"].startswith(OUT_OF_RANGE)
            assert row["note"].endswith(reading.note or "")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    readings=st.lists(READINGS, max_size=4, unique_by=lambda reading: reading.key),
    text=st.none() | st.text(),
    leftovers=st.lists(st.builds(Leftover, st.text(), st.text(), st.none() | st.integers(1, 9)), max_size=2),
    remarks=st.lists(st.builds(Remark, st.text(), st.text()), max_size=2),
    sections=st.lists(st.text(), max_size=3),
)
def test_reports_come_back_from_staging_and_release(
    tmp_path_factory: pytest.TempPathFactory, readings: list[Reading], text: str | None, leftovers: list[Leftover],
    remarks: list[Remark], sections: list[str],
) -> None:  # fmt: skip
    home = tmp_path_factory.mktemp("home")
    report = replace(
        REPORT, unit=text, title=text or "", readings=tuple(readings), leftovers=tuple(leftovers),
        remarks=tuple(remarks), sections=tuple(sections),
    )  # fmt: skip
    reports, cells = report_rows([(ORIGIN, report)]), cell_rows([(ORIGIN, report)])
    part = write_part(home / "staging", "p", reports, cells, error_rows([]))
    staged = read_parts([part])
    assert staged[0].equals(reports)
    assert staged[1].equals(cells)
    assert publish(home, ReleaseBatch(reports=staged[0], cells=staged[1]), night(0))
    released = contents(home)
    assert released["reports"] == reports.to_pylist()
    assert released["cells"] == cells.sort_by("key").to_pylist()
    assert publish(home, ReleaseBatch(reports=reports, cells=cells), night(1)) is None


def test_report_without_what_may_be_missing() -> None:
    bare = Report(unit=None, year=None, edition="2019", title="", readings=())
    row = report_rows([(replace(ORIGIN, parent_id=None, published=None), bare)]).to_pylist()[0]
    assert (row["unit"], row["year"], row["report_id"]) == (None, 2023, "620001-2023")
    assert {row[name] for name in ("parent_id", "published", "period_from", "period_to", "overview", "problems")} == {
        None
    }
    assert (row["sections"], row["leftovers"], row["remarks"]) == ([], [], [])
    assert (row["scope"], row["facts"], row["claims"]) == (None, [], [])
    assert (len(report_rows([])), len(cell_rows([])), len(error_rows([]))) == (0, 0, 0)


def test_documents_of_a_batch() -> None:
    twice = replace(ORIGIN, year=2022)
    failure = Failure("620002", "c-2", "http://127.0.0.1/2", "ab", "pdf/1", "truncated", "页 3", 2023)
    rows = document_rows(report_rows([(ORIGIN, REPORT), (twice, REPORT)]), error_rows([failure])).to_pylist()
    assert [(row["unit_id"], row["year"], row["outcome"], row["detail"]) for row in rows] == [
        ("620001", 2023, "report", None),
        ("620002", 2023, "truncated", "页 3"),
    ]
    assert document_rows(report_rows([]), error_rows([])).num_rows == 0


def test_dates_of_the_period() -> None:
    row = report_rows([(ORIGIN, replace(REPORT, period=(date(2023, 1, 1), None)))]).to_pylist()[0]
    assert (row["period_from"], row["period_to"]) == (date(2023, 1, 1), None)


def test_batch_of_several_reports_keeps_cells_apart(tmp_path: Path) -> None:
    publish(tmp_path, batch([Doc(1, 2023, 5), Doc(2, 2023, 6, cells=2), Doc(3, 2022, 7)]), night(0))
    counted: dict[str, int] = {}
    for row in contents(tmp_path)["cells"]:
        counted[row["report_id"]] = counted.get(row["report_id"], 0) + 1
    assert counted == {"620001-2023": 5, "620002-2023": 3, "620003-2022": 5}
