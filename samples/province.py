"""The sample province: registry, site and truth, written unit by unit so that memory stays flat."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from samples.figures import province_figures
from samples.history import Holder
from samples.parallel import in_order
from samples.planting import plant, usual
from samples.publishing import Due, Job, Tally, write_unit
from samples.registry import Portal, write_registry
from samples.reports import Reports
from samples.units import Unit, choose_units

PORTAL: Final = Portal("sample", "sample.gansu.example")
#: Units made by one task of a process: some seconds' worth.
_CHUNK: Final = 10
#: gets reports done and in all
Progress = Callable[[int, int], None]
#: says beforehand what becomes of some reports
Fate = Callable[[Reports], None]
_OURS: Final = ("sources.toml", "truth.jsonl", "site")


@dataclass(frozen=True, slots=True)
class ProvinceSummary:
    """What was written, and how much of it."""

    directory: Path
    sources: Path
    truth: Path
    units: int
    tally: Tally


def write_province(
    directory: Path,
    *,
    units: int = 12,
    years: tuple[int, int] = (2019, 2024),
    seed: int = 1,
    progress: Progress | None = None,
    workers: int = 1,
) -> ProvinceSummary:
    """Writes `sources.toml`, `truth.jsonl` and `site/` into `directory`: the same bytes for the same arguments.

    An earlier sample there is replaced; anything else there raises FileExistsError. ValueError for more
    units than the province has, or years before the form of 2019. `progress` gets reports done and in all.
    """
    reports = make_reports(units, years, seed)
    make_room(directory, _OURS)
    site = directory / "site"
    site.mkdir(parents=True)
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /search/\n", encoding="utf-8")
    write_registry(directory / "sources.toml", PORTAL, (_validity(holder, years) for holder in reports.holders))
    whole = sum(1 for _ in reports.slots())
    done, tally = 0, Tally()
    with (directory / "truth.jsonl").open("w", encoding="utf-8", newline="\n") as truth:
        for results in in_order(_write_units, _jobs(reports, site), workers):
            for lines, counted in results:
                truth.writelines(lines)
                tally += counted
                done += len(lines)
                if progress is not None:
                    progress(done, whole)
    return ProvinceSummary(
        directory, directory / "sources.toml", directory / "truth.jsonl", len(reports.holders), tally
    )


def make_reports(units: int, years: tuple[int, int], seed: int, fate: Fate = lambda reports: None) -> Reports:
    """The reports of a sample province with all that is planted in them, before any document is made of them.

    `units` are bodies; one that is renamed or merged on the way has several rows in the registry. `fate` says
    beforehand which reports will be `missing` or `lost`. ValueError for years before the form of 2019.
    """
    if not 2019 <= years[0] <= years[1] <= 2099:
        raise ValueError(f"years must lie in 2019..2099, not {years[0]}..{years[1]}")
    reports = Reports(province_figures(choose_units(units), years, seed))
    fate(reports)
    plant(reports, usual(sum(1 for _ in reports.slots())))
    return reports


def make_room(directory: Path, ours: Collection[str]) -> None:
    """Removes an earlier sample; FileExistsError for a folder that holds anything but `ours`."""
    found = sorted(entry.name for entry in directory.iterdir()) if directory.exists() else []
    strangers = [name for name in found if name not in ours]
    if strangers:
        raise FileExistsError(f"{directory} holds {strangers[0]}, which is no part of a sample")
    for name in found:
        entry = directory / name
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _validity(holder: Holder, years: tuple[int, int]) -> tuple[Unit, tuple[int, int]]:
    unit = holder.unit
    return unit, (unit.first_year or years[0], unit.last_year or years[1])


def _jobs(reports: Reports, site: Path) -> Iterator[list[Job]]:
    """The work in chunks, each with its reports."""
    units = [holder.unit for holder in reports.holders]
    for start in range(0, len(units), _CHUNK):
        yield [
            Job(unit, list(_dues(reports, unit)), reports.figures.seed, site, PORTAL)
            for unit in units[start : start + _CHUNK]
        ]


def _dues(reports: Reports, unit: Unit) -> Iterator[Due]:
    for year in filter(unit.existed, reports.figures.years):
        slot = unit.id, year
        overdue = tuple(reports.overdue.get(slot, ()))
        yield Due(year, reports.published(*slot), reports.refused.get(slot), overdue)


def _write_units(jobs: list[Job]) -> list[tuple[list[str], Tally]]:
    return [write_unit(job) for job in jobs]
