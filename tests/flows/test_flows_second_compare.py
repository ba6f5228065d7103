"""What two readings of a cell make of it: agreement, difference, and a second reading that is of no use."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from second_planted import first_reading, planted

from flows.extraction import extract_bytes
from flows.second_reading import DISPUTED, compare, second_look
from form.reading import Remark, Report

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"


@pytest.fixture(scope="module")
def report() -> Report:
    document = next(iter(planted("portal", 1, 0)))
    return first_reading(document.data)[0]


def changed(report: Report, at: int, **fields: object) -> Report:
    readings = list(report.readings)
    readings[at] = readings[at]._replace(**fields)  # type: ignore[arg-type]
    return replace(report, readings=tuple(readings))


def test_agreement_keeps_the_reading_and_the_second_text(report: Report) -> None:
    at = next(i for i, r in enumerate(report.readings) if r.value and r.value >= 10)
    wide = str(report.readings[at].value).translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    looked = compare(report, changed(report, at, printed=wide))
    assert looked.readings[at] == report.readings[at]._replace(second=wide)
    assert looked.remarks == report.remarks
    assert all(a._replace(second=None) == b for a, b in zip(looked.readings, report.readings, strict=True))


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        (("printed", "0", Decimal(0)), ("blank", "", None), False),
        (("blank", "", None), ("printed", "0", Decimal(0)), False),
        (("printed", "12", Decimal(12)), ("printed", "21", Decimal(21)), False),
        (("printed", "12", Decimal(12)), ("unreadable", "12\n3", None), False),
        (("printed", "1,200", Decimal(1200)), ("printed", "1200", Decimal(1200)), True),
        (("blank", "-", None), ("blank", "—", None), True),
    ],
)
def test_a_cell_seen_differently_is_unreadable(
    report: Report, first: tuple[str, str, Decimal], second: tuple[str, str, Decimal], agree: bool
) -> None:
    names = ("state", "printed", "value")
    one = changed(report, 5, **dict(zip(names, first, strict=True)), note="其中修订1件")
    other = changed(report, 5, **dict(zip(names, second, strict=True)))
    reading = compare(one, other).readings[5]
    assert (reading.printed, reading.second) == (first[1], second[1])
    if agree:
        assert (reading.state, reading.value, reading.confidence) == (first[0], first[2], 1.0)
    else:
        assert (reading.state, reading.value) == ("unreadable", None)
        assert reading.confidence <= DISPUTED
        assert reading.note is not None
        assert first[1] in reading.note and second[1] in reading.note and "其中修订1件" in reading.note


def test_a_cell_that_the_second_did_not_see_is_no_difference(report: Report) -> None:
    rest = replace(report, readings=report.readings[:-20])
    looked = compare(report, rest)
    assert [r.second is None for r in looked.readings] == [False] * (len(report.readings) - 20) + [True] * 20
    assert {r.state for r in looked.readings} == {r.state for r in report.readings}


def test_cells_that_only_the_second_saw_are_named_never_added(report: Report) -> None:
    looked = compare(replace(report, readings=report.readings[:-3]), report)
    assert len(looked.readings) == len(report.readings) - 3
    assert [r.code for r in looked.remarks] == [*(r.code for r in report.remarks), "second_reading_more"]


def test_an_unreadable_cell_stays_so(report: Report) -> None:
    doubtful = changed(report, 5, state="unreadable", value=None, printed="约5", note="约")
    reading = compare(doubtful, report).readings[5]
    assert (reading.state, reading.value, reading.note) == ("unreadable", None, "约")
    assert reading.second == report.readings[5].printed


def useless(report: Report) -> dict[str, Report]:
    shifted = [r._replace(value=(r.value or Decimal(0)) + i) for i, r in enumerate(report.readings)]
    return {
        "edition": replace(report, edition="2019" if report.edition == "2021" else "2021"),
        "few": replace(report, readings=report.readings[: len(report.readings) // 2]),
        "broken": replace(report, readings=tuple(shifted)),
    }


@pytest.mark.parametrize("name", ["edition", "few", "broken"])
def test_a_useless_second_reading_changes_nothing_but_is_remarked(report: Report, name: str) -> None:
    looked = compare(report, useless(report)[name])
    assert looked.readings == report.readings
    assert [r.code for r in looked.remarks if r not in report.remarks] == ["second_reading_failed"]


def test_many_differences_are_believed_where_the_first_reading_is_the_broken_one(report: Report) -> None:
    looked = compare(useless(report)["broken"], report)
    assert sum(r.state == "unreadable" for r in looked.readings) > 100
    assert not any(r.code == "second_reading_failed" for r in looked.remarks)


CHANGES = st.tuples(st.sampled_from(["printed", "blank", "unreadable"]), st.integers(0, 99))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, 150),
        st.tuples(st.sampled_from(["printed", "blank", "unreadable"]), st.integers(0, 99)),
        max_size=12,
    )
)
def test_nothing_is_ever_taken_from_the_second_reading(report: Report, changes: dict[int, tuple[str, int]]) -> None:
    second = report
    for at, (state, figure) in changes.items():
        second = changed(
            second, at, state=state, value=Decimal(figure) if state == "printed" else None, printed=str(figure)
        )
    looked = compare(report, second)
    for before, after in zip(report.readings, looked.readings, strict=True):
        assert (before.key, before.printed, before.page, before.bbox) == (
            after.key, after.printed, after.page, after.bbox,
        )  # fmt: skip
        assert (after.state, after.value) in ((before.state, before.value), ("unreadable", None))


def doubted(report: Report, **fields: object) -> Report:
    return replace(report, remarks=(*report.remarks, Remark("label_fuzzy", "x")), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("media_type", ["application/pdf", "text/html"])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"<html><p>x</p>", bytes(range(256)) * 40])
def test_bytes_that_cannot_be_read_again_are_remarked(report: Report, media_type: str, data: bytes) -> None:
    (looked,) = second_look(data, media_type, (doubted(report),))
    assert looked.readings == report.readings
    assert looked.remarks[-1].code == "second_reading_failed"
    assert "\n" not in looked.remarks[-1].text


def test_another_number_of_reports_is_remarked(report: Report) -> None:
    document = next(iter(planted("portal", 1, 0)))
    looked = second_look(document.data, "text/html", (doubted(report), doubted(report)))
    assert [r.remarks[-1].code for r in looked] == ["second_reading_failed"] * 2


def test_recognised_reports_and_other_formats_are_left_alone(report: Report) -> None:
    scanned = doubted(report, readings=tuple(r._replace(reader="PP-OCRv6") for r in report.readings))
    seen = doubted(changed(report, 0, alternatives=(("1", 0.3),)))
    for one in (scanned, seen):
        assert second_look(b"", "application/pdf", (one,)) == (one,)
    assert second_look(b"", "image/png", (doubted(report),)) == (doubted(report),)


@pytest.mark.parametrize(
    ("name", "cells"), [("hongze_2024.pdf", 186), ("huaian_2024.pdf", 0), ("shuyang_fgj_2023.html", 0)]
)
def test_real_reports_are_looked_at_where_that_is_needed(name: str, cells: int) -> None:
    if not (REPORTS / name).is_file():
        pytest.skip("the real reports are not at hand")
    data = (REPORTS / name).read_bytes()
    reports = first_reading(data)
    (looked,) = second_look(data, "application/pdf" if name.endswith("pdf") else "text/html", reports)
    assert sum(r.second is not None for r in looked.readings) == cells
    assert [(r.state, r.value) for r in looked.readings] == [(r.state, r.value) for r in reports[0].readings]


MARKED = {"sup": "<sup>1</sup>", "css": "<span style='vertical-align: super'>1</span>", "struck": "<s>9</s>"}


@pytest.mark.parametrize("mark", MARKED)
def test_a_mark_beside_a_figure_is_no_difference(report: Report, mark: str) -> None:
    """Both readers leave it out of the figure, which is in doubt and no more; so its rules are evaluated."""
    document = next(iter(planted("portal", 1, 0)))
    key = "applications.processed_total.total"
    row = document.data.index("(七)总计".encode())
    end = document.data.index(b"</tr>", row)
    at = document.data.rindex(b"</td>", row, end)
    (extracted,) = extract_bytes(document.data[:at] + MARKED[mark].encode() + document.data[at:], "a.html").reports
    before = {r.key: r for r in report.readings}
    for reading in extracted.readings:
        assert (reading.state, reading.value) == (before[reading.key].state, before[reading.key].value)
        assert reading.confidence == (0.8 if reading.key == key else before[reading.key].confidence)
        assert reading.second is not None
