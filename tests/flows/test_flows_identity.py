"""Claims and the evidence of identity in the JSON of `gouji extract`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import Command

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")


def extracted(gouji: Command, path: Path) -> dict[str, Any]:
    result = gouji("extract", path, "--format", "json")
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)["documents"][0]["reports"][0]
    return report


def test_the_claims_of_a_real_report(gouji: Command) -> None:
    """All that `huaian_2024.pdf` says of its tables, each figure as the tables have it, and nothing else."""
    report = extracted(gouji, REPORTS / "huaian_2024.pdf")
    claims, narrative = report["claims"], report["narrative"]
    values = {cell["key"]: cell["value"] for cell in report["cells"]}
    assert all(narrative[c["section"]][c["start"] : c["end"]] == c["quote"] for c in claims)
    said = {
        c["subject"]: (c["number"], c["scope"])
        for c in claims
        if c["kind"] == "figure" and c["subject"] != "uncertain"
    }
    # `新增公开市政府规章1件`; the form of 2021 counts what was issued.
    assert said.pop("regulations.published")[0] == values["proactive.regulations.issued"]
    assert said["received"] == ("3119", "aggregate")
    for subject, key in (
        ("received", "applications.received.total"),
        ("answered", "applications.processed_total.total"),
        ("carried_in", "applications.carried_in.total"),
        ("carried_out", "applications.carried_out.total"),
    ):
        assert said.pop(subject)[0] == values[key]
    for result in ("total", "upheld", "corrected", "other", "pending"):
        number = said.pop(f"reconsideration.{result}")[0]
        assert number == values[f"disputes.reconsideration.{result}"]
        parts = (values[f"disputes.{b}.{result}"] for b in ("litigation_direct", "litigation_after_reconsideration"))
        assert int(said.pop(f"litigation.{result}")[0]) == sum(map(int, parts))
    assert not said


def test_the_evidence_of_a_real_report(gouji: Command) -> None:
    report = extracted(gouji, REPORTS / "hongze_2024.pdf")
    assert report["scope"] == "aggregate"
    facts = [(f["name"], f["value"], f["source"]) for f in report["facts"]]
    assert facts[:2] == [("unit", "淮安市洪泽区人民政府", "title"), ("year", "2024", "title")]
    assert ("period", "2024-01-01/2024-12-31", "body") in facts
    assert ("edition", "2021", "tables") in facts
    (claim,) = [c for c in report["claims"] if c["kind"] == "figure"]
    assert (claim["number"], claim["subject"], claim["scope"]) == ("17", "received", "represented")


def test_a_file_that_says_otherwise_in_its_name_is_remarked(gouji: Command, tmp_path: Path) -> None:
    path = tmp_path / "沭阳县发展和改革局2021年政府信息公开年度报告.html"
    path.write_bytes((REPORTS / "shuyang_fgj_2023.html").read_bytes())
    report = extracted(gouji, path)
    assert report["year"] == 2023
    assert [r["code"] for r in report["remarks"]] == ["year_contradicted"]
