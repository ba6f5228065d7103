"""The real reports, as read by eye: no critical failure, and only the peculiarities that they have."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from made_reports import Made, failed, tables, verdicts_of

from expectations import evaluate

TRUTH = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports" / "truth"
pytestmark = pytest.mark.skipif(not TRUTH.is_dir(), reason="the real reports are not here")

FINDINGS = {
    "gansu_szfbgt_2020": {("T4-BLANK", "reconsideration")},
    "hongze_2024": {("T3-EDITION", "applications")},
    "huaian_2024": set(),
    "shuyang_fgj_2023": set(),
}


def real(name: str) -> Made:
    truth = json.loads((TRUTH / f"{name}.json").read_text("utf-8"))
    cells = {key: None if text is None else Decimal(text) for key, text in truth["cells"].items()}
    facts = {"unit": truth["unit"], "unit_name": truth["unit"], "level": None, "kind": None}
    return Made(cells, truth["edition"], truth["year"], facts)


@pytest.mark.parametrize("name", FINDINGS)
def test_real_reports(name: str) -> None:
    assert failed(real(name)) == FINDINGS[name]


def test_what_the_real_reports_leave_blank_is_not_evaluable() -> None:
    office = verdicts_of(real("gansu_szfbgt_2020"))
    assert office["T4-SUM", "reconsideration"]["outcome"] == "not_evaluable"
    assert office["T4-SUM", "litigation_direct"]["outcome"] == "pass"
    shuyang = verdicts_of(real("shuyang_fgj_2023"))
    assert shuyang["T3-ROW", "received"]["outcome"] == "pass"
    assert shuyang["T3-IDENT", "business"]["outcome"] == "not_evaluable"
    assert shuyang["T3-IDENT", "natural_person"]["outcome"] == "pass"


@pytest.mark.parametrize("name", FINDINGS)
def test_one_unit_more_anywhere_in_the_sums_is_found(name: str) -> None:
    made = real(name)
    changed = {
        f"{key}-{made.year}": made.but({key: cell + 1})
        for key, cell in made.cells.items()
        if cell is not None and not key.startswith("proactive")
    }
    broken: dict[str, list[list[str]]] = {name: [] for name in changed}
    for row in evaluate(*tables(changed)).to_pylist():
        if (row["outcome"], row["severity"]) == ("fail", "critical"):
            broken[row["report_id"]].append(row["suspects"])
    for report_id, suspects in broken.items():
        assert suspects, report_id
        assert all(report_id.rsplit("-", 1)[0] in keys for keys in suspects), report_id
