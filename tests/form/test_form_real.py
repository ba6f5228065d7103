"""Real reports, every cell against what was read by eye."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import paper
import pytest
from paper import Style

from extractors.limits import Limits
from extractors.read import read
from form.grid import Document
from form.reading import Report
from form.recognise import read_reports

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"
pytestmark = pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")


def truth(name: str) -> dict[str, object]:
    return dict(json.loads((REPORTS / "truth" / f"{name}.json").read_text("utf-8")))


def check(document: Document, name: str) -> Report:
    (report,) = read_reports(document)
    want = truth(name)
    cells = {k: None if v is None else Decimal(v) for k, v in want["cells"].items()}  # type: ignore[attr-defined]
    assert {r.key: r.value for r in report.readings} == cells
    assert all(r.state == ("blank" if cells[r.key] is None else "printed") for r in report.readings)
    assert (report.unit, report.year, report.edition) == (want["unit"], want["year"], want["edition"])
    assert not report.leftovers
    return report


def test_shuyang_html() -> None:
    document = read((REPORTS / "shuyang_fgj_2023.html").read_bytes())
    report = check(document, "shuyang_fgj_2023")
    assert len(report.readings) == 200
    assert document.metadata["published"] == "2024-01-17"
    assert document.metadata["publisher"] == "沭阳县发展和改革局"
    assert {r.confidence for r in report.readings} == {1.0}
    assert report.narrative.other_matters == "2023年度，县发展和改革局政府信息公开未发生收费情况。"


@pytest.mark.parametrize(("name", "cells"), [("huaian_2024", 200), ("hongze_2024", 186)])
def test_pdf(name: str, cells: int) -> None:
    report = check(read((REPORTS / f"{name}.pdf").read_bytes(), limits=Limits()), name)
    assert len(report.readings) == cells
    assert all(r.page and r.bbox for r in report.readings)
    assert len(report.sections) == 6
    assert report.period is not None
    assert [d and d.isoformat() for d in report.period] == ["2024-01-01", "2024-12-31"]
    codes = {r.code for r in report.remarks}
    assert codes == ({"mixed_edition", "label_fuzzy"} if name == "hongze_2024" else set())


def test_gansu_office_rebuilt_from_its_figures() -> None:
    """Only its text is at hand; its tables are laid out again from the truth, its prose is its own."""
    name = "gansu_szfbgt_2020"
    values = {k: v or "" for k, v in truth(name)["cells"].items()}  # type: ignore[attr-defined]
    values["proactive.procurement.amount"] = "4555.771 万元"
    text = (REPORTS / f"{name}.txt").read_text("utf-8")
    prose = [line.strip() for line in text.splitlines() if line.strip() and "\t" not in line]
    at = prose.index("二、主动公开政府信息情况")
    style = Style("2019")
    tables = [*paper.proactive(values, style), paper.applications(values, style), paper.disputes(values, style)]
    report = check(paper.document(*prose[: at + 1], *tables, *prose[at + 1 :]), name)
    assert report.title == "甘肃省人民政府办公厅2020年政府信息公开工作年度报告"
    assert report.narrative.problems is not None and "明显成效" in report.narrative.problems
