"""Publishers' errors in native documents: each is reported as printed, and as theirs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from second_planted import STYLES, Planted, first_reading, planted

from expectations import evaluate, failing
from extractors.read import read
from flows.doubts import broken, needed, plainly_right, plainly_wrong
from flows.second_reading import second_look
from form.reading import Report
from samples import html
from warehouse.rows import Provenance, cell_rows, report_rows

REPORTS, ERRORS = 3, 4


def looked_at(document: Planted) -> tuple[Report, Report]:
    """The report as first read and as it is after the second look."""
    (first,) = first_reading(document.data)
    (looked,) = second_look(document.data, document.media_type, (first,))
    return first, looked


def verdicts(report: Report) -> list[dict[str, object]]:
    origin = Provenance("u", "", "", "", "", None, report.year or 0, "", "", "", "", "")
    rows: list[dict[str, object]] = evaluate(
        report_rows([(origin, report)]), cell_rows([(origin, report)])
    ).to_pylist()
    return [row for row in rows if row["outcome"] == "fail"]


@pytest.mark.parametrize("style", STYLES)
def test_every_planted_error_is_reported_as_printed_and_as_the_publishers(style: str) -> None:
    reported = 0
    for document in planted(style, REPORTS, ERRORS):
        first, looked = looked_at(document)
        assert needed(first)
        found = {reading.key: reading for reading in looked.readings}
        assert found.keys() == document.draft.cells.keys()
        for key, value in document.draft.cells.items():
            reading = found[key]
            assert (reading.state, reading.value) == ("blank" if value is None else "printed", value), key
            assert reading.second is not None, key
        critical = [row for row in verdicts(looked) if row["severity"] == "critical"]
        assert critical
        assert {row["attribution"] for row in critical} == {"publisher"}
        blamed = {key for row in critical for key in row["cells"]}  # type: ignore[union-attr]
        assert blamed.issuperset(document.changed)
        reported += len(document.changed)
    assert reported == REPORTS * ERRORS


@pytest.mark.parametrize("style", STYLES)
def test_the_second_reading_of_clean_reports_differs_in_no_cell(style: str) -> None:
    for document in planted(style, 2, 0, seed=1):
        first = first_reading(document.data)
        # Asked for although nothing is wrong: a doubt is raised by hand.
        doubted = tuple(_doubted(report) for report in first)
        (looked,) = second_look(document.data, document.media_type, doubted)
        assert all(reading.second is not None for reading in looked.readings)
        assert [(r.state, r.value) for r in looked.readings] == [(r.state, r.value) for r in first[0].readings]


@pytest.mark.parametrize("style", [style for style in STYLES if style in html.STYLES])
def test_what_the_second_reader_sees_alike_is_not_recognised_again(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for document in planted(style, 2, ERRORS, seed=3):
        reports = tuple(_doubted(report) for report in first_reading(document.data))
        at_length = second_look(document.data, document.media_type, reports)
        with monkeypatch.context() as patch:
            patch.setattr("form.recognise.read_reports", never)
            at_once = second_look(document.data, document.media_type, reports, None, read(document.data))
        assert at_once == at_length


def test_what_the_second_reader_sees_otherwise_is_recognised_again() -> None:
    (document,) = planted("portal", 1, 0)
    reports = tuple(_doubted(report) for report in first_reading(document.data))
    at = next(reading for reading in reports[0].readings if reading.value and reading.value >= 10)
    shown = read(document.data)
    other = replace(shown, blocks=shown.blocks[:-1])
    wrong = (
        replace(
            reports[0], readings=tuple(r._replace(value=Decimal(1)) if r is at else r for r in reports[0].readings)
        ),
    )
    (looked,) = second_look(document.data, document.media_type, wrong, None, other)
    assert next(reading for reading in looked.readings if reading.key == at.key).state == "unreadable"


def never(*_: object, **__: object) -> None:
    raise AssertionError("read again")


def _doubted(report: Report) -> Report:
    return replace(report, readings=(report.readings[0]._replace(confidence=0.9), *report.readings[1:]))


def test_a_clean_report_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.second.read_again", never)
    spared = 0
    for style in STYLES:
        for document in planted(style, 3, 0):
            (report,) = first_reading(document.data)
            if not report.remarks:
                spared += 1
                assert second_look(document.data, document.media_type, (report,)) == (report,)
    assert spared >= 8


def test_a_glance_never_passes_what_the_rules_would_fail_nor_fails_what_they_would_pass() -> None:
    passed, failed, asked = [], [], 0
    for style in ("portal", "jsp"):
        for errors in (0, 1):
            for document in planted(style, 5, errors, seed=2):
                (report,) = first_reading(document.data)
                for spoilt in (report, *_spoilt(report)):
                    asked += 1
                    if plainly_right(spoilt):
                        passed.append(spoilt)
                    if plainly_wrong(spoilt):
                        failed.append(spoilt)
    assert 5 <= len(passed) < asked
    assert 5 <= len(failed) < asked
    # Those that passed are asked about together, each as of a unit of its own.
    named = [(_origin(f"u{number}", report), report) for number, report in enumerate(passed)]
    assert list(failing(report_rows(named), cell_rows(named))) == []
    for report in failed:
        alone = [(_origin("u", report), report)]
        assert next(failing(report_rows(alone), cell_rows(alone)), None), report
    assert not broken(passed[0])
    assert broken(failed[0])


def _origin(unit_id: str, report: Report) -> Provenance:
    return Provenance(unit_id, report.unit or "", "", "", "", None, report.year or 0, "", "", "", "", "")


def _spoilt(report: Report) -> list[Report]:
    """The report with one figure of table two or four changed, or as if of another year."""
    changed = [replace(report, year=(report.year or 2000) + years) for years in (-4, 4)]
    figures = (("proactive", "99"), ("proactive", "0"), ("proactive.procurement.items", "0"), ("disputes", "7"))
    for table, value in ((table, Decimal(figure)) for table, figure in figures):
        readings = [r._replace(value=value) if r.key.startswith(table) and r.value else r for r in report.readings]
        for at in [i for i, r in enumerate(report.readings) if r != readings[i]][:4]:
            changed.append(
                replace(report, readings=(*report.readings[:at], readings[at], *report.readings[at + 1 :]))
            )
    return changed
