"""The sample province: registry, site and truth, written unit by unit so that memory stays flat."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from samples.plan import Fate, Slot, make_plan
from samples.publishing import Job, Tally, write_unit
from samples.registry import Portal, write_registry
from samples.units import Unit, choose_units

PORTAL: Final = Portal("sample", "sample.gansu.example")
#: Units made by one task of a process: some seconds' worth.
_CHUNK: Final = 10
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
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> ProvinceSummary:
    """Writes `sources.toml`, `truth.jsonl` and `site/` into `directory`: the same bytes for the same arguments.

    An earlier sample there is replaced; anything else there raises FileExistsError. ValueError for more
    units than the province has, or years before the form of 2019. `progress` gets reports done and in all.
    """
    if not 2019 <= years[0] <= years[1] <= 2099:
        raise ValueError(f"years must lie in 2019..2099, not {years[0]}..{years[1]}")
    chosen = choose_units(units)
    _make_room(directory)
    site = directory / "site"
    site.mkdir(parents=True)
    (site / "robots.txt").write_text("User-agent: *\nDisallow: /search/\n", encoding="utf-8")
    write_registry(directory / "sources.toml", PORTAL, ((unit, years) for unit in chosen))
    whole = len(chosen) * (years[1] - years[0] + 1)
    done, tally = 0, Tally()
    with (directory / "truth.jsonl").open("w", encoding="utf-8", newline="\n") as truth:
        for lines, counted in _results(_jobs(chosen, years, seed, site), workers):
            truth.writelines(lines)
            tally += counted
            done += len(lines)
            if progress is not None:
                progress(done, whole)
    return ProvinceSummary(directory, directory / "sources.toml", directory / "truth.jsonl", len(chosen), tally)


def _make_room(directory: Path) -> None:
    """Removes an earlier sample; refuses a folder that holds anything else."""
    found = sorted(entry.name for entry in directory.iterdir()) if directory.exists() else []
    strangers = [name for name in found if name not in _OURS]
    if strangers:
        raise FileExistsError(f"{directory} holds {strangers[0]}, which is no part of a sample")
    for name in found:
        entry = directory / name
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _jobs(units: Sequence[Unit], years: tuple[int, int], seed: int, site: Path) -> Iterator[list[Job]]:
    """The work in chunks, each with its part of the plan."""
    plan = make_plan(units, years, seed)
    for start in range(0, len(units), _CHUNK):
        yield [_job(unit, years, seed, site, plan) for unit in units[start : start + _CHUNK]]


def _job(unit: Unit, years: tuple[int, int], seed: int, site: Path, plan: Mapping[Slot, Fate]) -> Job:
    fates = {year: plan[unit.id, year] for year in range(years[0], years[1] + 1) if (unit.id, year) in plan}
    return Job(unit, years, seed, site, PORTAL, fates)


def _write_units(jobs: list[Job]) -> list[tuple[list[str], Tally]]:
    return [write_unit(job) for job in jobs]


def _results(chunks: Iterator[list[Job]], workers: int) -> Iterator[tuple[list[str], Tally]]:
    """The results in order; with several workers only a few chunks are under way at a time."""
    if workers <= 1:
        for chunk in chunks:
            yield from map(write_unit, chunk)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[tuple[list[str], Tally]]]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_write_units, chunk))
            if len(waiting) > 2 * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
