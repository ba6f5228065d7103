"""Figures to print, and what was read of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from form.catalogue import cell, keys_of
from form.grid import Document
from form.reading import Report
from form.recognise import read_reports


def figures(edition: str, one_other: bool | None = None) -> dict[str, str]:
    """A different figure for every key, so that no two cells can change places unseen."""
    keys = [k for k in keys_of(edition) if not (one_other and k.split(".")[1].startswith("other_"))]
    if one_other:
        keys += [f"applications.other.{c}" for c in ("natural_person", "business", "total")]
    values = {key: str(1000 + i) for i, key in enumerate(keys)}
    return {key: f"{value}万元" if cell(key).unit == "元" else value for key, value in values.items()}


def only(document: Document) -> Report:
    reports = read_reports(document)
    assert len(reports) == 1
    return reports[0]


def wrong(report: Report, values: Mapping[str, str]) -> dict[str, object]:
    """The keys whose reading is not what was printed, blanks included."""
    got = {r.key: r for r in report.readings}
    bad: dict[str, object] = {}
    for key in {*values, *got}:
        printed = values.get(key, "")
        reading = got.get(key)
        if not printed:
            ok = reading is not None and reading.state == "blank"
        else:
            want = Decimal(printed.removesuffix("万元")) * (10_000 if "万元" in printed else 1)
            ok = reading is not None and reading.value == want
        if not ok:
            bad[key] = (printed, reading)
    return bad


def codes(report: Report) -> set[str]:
    return {r.code for r in report.remarks}
