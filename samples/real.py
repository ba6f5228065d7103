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


# The pages' own dates where they print one; the PDFs print none, so theirs is the legal deadline.
_REPORTS: Final = (
    _Report(
        "huaian_2024.pdf",
        Unit("320800", "320800", "淮安市人民政府", "prefecture", "aggregate", None),
        2024,
        "淮安市人民政府2024年政府信息公开工作年度报告",
        date(2025, 3, 31),
    ),
    _Report(
        "hongze_2024.pdf",
        Unit("320813", "320813", "淮安市洪泽区人民政府", "county", "aggregate", "320800"),
        2024,
        "淮安市洪泽区人民政府2024年政府信息公开工作年度报告",
        date(2025, 3, 31),
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
        add = shelf.add_file if report.file.endswith(".pdf") else shelf.add_article
        add(report.title, report.published, (reports / report.file).read_bytes())
        shelf.write_lists(15)
    (site / "robots.txt").write_text("User-agent: *\nDisallow:\n", encoding="utf-8")
    registry = directory / "sources.toml"
    write_registry(registry, PORTAL, ((report.unit, (report.year, report.year)) for report in found))
    return registry
