"""A second portal of real reports, where a folder of them is at hand; nothing of them is kept here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from samples.chance import keyed
from samples.registry import Portal, write_registry
from samples.site import Shelf
from samples.units import Unit

PORTAL: Final = Portal("real", "real.reports.example")


@dataclass(frozen=True, slots=True)
class _Report:
    file: str
    unit: Unit
    year: int
    title: str
    published: date


# The page prints its date; the PDFs print none, so theirs only names the file (it is when they were made).
_REPORTS: Final = (
    _Report(
        "huaian_2024.pdf",
        Unit("320800", "320800", "淮安市人民政府", "prefecture", "aggregate", None),
        2024,
        "淮安市人民政府2024年政府信息公开工作年度报告",
        date(2025, 2, 25),
    ),
    _Report(
        "hongze_2024.pdf",
        Unit("320813", "320813", "淮安市洪泽区人民政府", "county", "aggregate", "320800"),
        2024,
        "淮安市洪泽区人民政府2024年政府信息公开工作年度报告",
        date(2025, 2, 25),
    ),
    _Report(
        "shuyang_fgj_2023.html",
        Unit("321322-fgj", "321322", "沭阳县发展和改革局", "county", "department", None),
        2023,
        "沭阳县发展和改革局2023年政府信息公开年度报告",
        date(2024, 1, 17),
    ),
)


def write_real_portal(reports: Path, directory: Path) -> Path:
    """Copies the reports found in `reports` into a site below `directory`; gives the path of its `sources.toml`.

    Raises FileNotFoundError if none of them is there. Run again, it gives the same bytes.
    """
    found = [report for report in _REPORTS if (reports / report.file).is_file()]
    if not found:
        raise FileNotFoundError(f"none of the known reports is in {reports}")
    site = directory / PORTAL.serve
    for report in found:
        shelf = Shelf(site, report.unit.path, report.unit.name, keyed(0, report.file))
        data = (reports / report.file).read_bytes()
        if report.file.endswith(".pdf"):
            shelf.add_file(report.title, report.published, data, dated=False)
        else:
            shelf.add_article(report.title, report.published, data)
        shelf.write_lists(15)
    (site / "robots.txt").write_text("User-agent: *\nDisallow:\n", encoding="utf-8")
    registry = directory / "sources.toml"
    write_registry(registry, PORTAL, ((report.unit, (report.year, report.year)) for report in found))
    return registry
