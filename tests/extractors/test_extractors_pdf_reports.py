"""The real reports: every statutory cell exact, with page and place. They are not in this repository."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.limits import Limits
from extractors.pdf import read_pdf
from form.recognise import read_reports

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")
@pytest.mark.parametrize(("name", "cells"), [("huaian_2024", 200), ("hongze_2024", 186)])
def test_every_cell_is_exact(name: str, cells: int) -> None:
    truth = json.loads((REPORTS / "truth" / f"{name}.json").read_text("utf-8"))
    document = read_pdf((REPORTS / f"{name}.pdf").read_bytes(), limits=Limits())
    (report,) = read_reports(document)
    values = {reading.key: reading.value for reading in report.readings}
    assert values == {k: None if v is None else Decimal(v) for k, v in truth["cells"].items()}
    assert len(values) == cells
    assert (report.unit, report.year, report.edition) == (truth["unit"], truth["year"], truth["edition"])
    for reading in report.readings:
        assert reading.page is not None and reading.page >= 1
        assert reading.bbox is not None
        x0, y0, x1, y1 = reading.bbox
        assert 0 < x0 < x1 < 595 and 0 < y0 < y1 < 842
