"""The sample province on sites of every family: real documents, each site's quirks, and the truth of both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from samples import html
from samples.broken import broken_pdf
from samples.draft import Draft, Fault
from samples.parallel import in_order
from samples.province import Progress, ProvinceSummary, make_reports, make_room
from samples.publishing import Tally, content_of, counted, due_line, render_pdf, set_up, status_of
from samples.reports import Reports
from samples.sites.layout import Ground, Plot, Spot, lay_out
from samples.sites.publication import QUIRKS, Corner, Publication, Site, Truth
from samples.sites.writer import write_sites

#: quirks that keep a report from everybody
_LOSING: Final = frozenset(quirk for quirk, fate in QUIRKS.items() if fate.status in ("blocked", "unreadable"))
#: what a first version, corrected on the second night, has one too many of; no rule that holds a report is concerned
_CORRECTED: Final = ("disputes.reconsideration.upheld", "disputes.reconsideration.total")
#: that it was corrected without a word
_SILENT: Final = Fault("VER-SILENT", "warning", "disputes", _CORRECTED)
#: refusal -> the problem that a crawl meets; other broken files are found out when they are read
_MET: Final = {"mislabelled": "blocked", "empty": "damaged"}
_UNITS_A_LIST: Final = 4
#: so many lists, if there are units enough, that every family has some and three of the second ones are obstructed
_LISTS: Final = 18
_PARTIAL: Final = "truth.partial"


@dataclass(frozen=True, slots=True)
class _Copy:
    """All that a process needs to print one report; `faults` are those of one that nobody published."""

    spot: Spot
    draft: Draft
    quirk: str
    reads: bool
    refusal: str | None
    faults: tuple[dict[str, object], ...]
    bare: bool
    seed: int


@dataclass(frozen=True, slots=True)
class _Printed:
    publication: Publication
    line: dict[str, Any]
    tally: Tally


def write_families(
    directory: Path,
    *,
    units: int = 12,
    years: tuple[int, int] = (2019, 2024),
    seed: int = 1,
    progress: Progress | None = None,
    workers: int = 1,
) -> ProvinceSummary:
    """Writes one site a family, `sources.toml` and `truth.jsonl` into `directory`: the same bytes every time.

    Reports and lines of truth are as `write_province` makes them, but what befalls a report decides what can be had
    of it; `host`, `family`, `quirk`, `problem` (a code of `portals.problems`) and `attachments` are new. The truth is
    that of the second night, when some reports have been corrected. An earlier sample there is replaced. Raises as
    `write_province` does.
    """
    grounds: list[Ground] = []

    def fate(reports: Reports) -> None:
        bodies = [holder.unit for holder in reports.holders]
        sharing = max(1, min(_UNITS_A_LIST, len(bodies) // _LISTS))
        grounds.extend(one for one in lay_out(bodies, years, tuple(QUIRKS), sharing) if one.plots)
        _befall(reports, grounds)

    reports = make_reports(units, years, seed, fate)
    make_room(directory, ("sources.toml", "truth.jsonl", _PARTIAL, *(ground.host for ground in grounds)))
    directory.mkdir(parents=True, exist_ok=True)
    whole, tallies = sum(1 for _ in reports.slots()), []
    plots = (plot for ground in grounds for plot in ground.plots)
    with (
        (directory / _PARTIAL).open("w", encoding="utf-8", newline="\n") as lines,
        closing(in_order(_print_all, (_copies(reports, plot) for plot in plots), workers)) as printed,
    ):

        def take(some: Sequence[_Printed]) -> None:
            for one in some:
                lines.write(json.dumps(one.line, ensure_ascii=False) + "\n")
                tallies.append(one.tally)
            if progress is not None:
                progress(len(tallies), whole)

        found = write_sites(directory, _sites(grounds, printed, take), years)
    _join(directory, found)
    tally = sum(tallies, Tally())
    return ProvinceSummary(
        directory, directory / "sources.toml", directory / "truth.jsonl", len(reports.holders), tally
    )


def _befall(reports: Reports, grounds: Sequence[Ground]) -> None:
    """Which reports nobody will get, and which are not there to be got."""
    for plot in (plot for ground in grounds for plot in ground.plots):
        for spot in plot.spots:
            slot = spot.unit.id, spot.year
            if plot.obstacle or spot.quirk in _LOSING:
                reports.lost.add(slot)
            elif spot.quirk == "unlisted":
                reports.missing.add(slot)


def _copies(reports: Reports, plot: Plot) -> list[_Copy]:
    return [_copy(reports, plot, spot) for spot in plot.spots]


def _copy(reports: Reports, plot: Plot, spot: Spot) -> _Copy:
    slot = spot.unit.id, spot.year
    refusal, missing = reports.refused.get(slot), slot in reports.missing
    return _Copy(
        spot,
        # One that is on no list lies on the site all the same.
        reports.published(*slot) or reports.fresh(*slot),
        "unlisted" if missing else "" if refusal else spot.quirk,
        reports.read(*slot) is not None,
        refusal,
        tuple(fault.as_json() for fault in reports.overdue.get(slot, ())),
        spot.quirk == "untitled" and spot.unit is plot.keeper,
        reports.figures.seed,
    )


def _sites(
    grounds: Sequence[Ground], printed: Iterator[list[_Printed]], take: Callable[[Sequence[_Printed]], None]
) -> Iterator[Site]:
    def corners(plots: Sequence[Plot]) -> Iterator[Corner]:
        for plot in plots:
            some = next(printed)
            take(some)
            publications = tuple(one.publication for one in some)
            yield Corner(plot.name, plot.units, publications, plot.notices, plot.variant, plot.obstacle)

    for ground in grounds:
        yield Site(ground.host, ground.family, corners(ground.plots))


def _print_all(copies: Sequence[_Copy]) -> list[_Printed]:
    return [_print(copy) for copy in copies]


def _print(copy: _Copy) -> _Printed:
    unit, year = copy.spot.unit, copy.spot.year
    first = _before(copy.draft) if copy.quirk == "changed" else None
    paper, style, rng = set_up(copy.draft, copy.seed, bare=copy.bare)
    if copy.quirk and style not in html.STYLES:
        style = html.STYLES[0]
    as_page = style in html.STYLES and copy.refusal is None
    if copy.refusal is not None:
        data = broken_pdf(copy.refusal, paper)
    else:
        data = html.render_body(paper, style, rng).encode() if as_page else render_pdf(paper, style)
    later = b""
    if first is not None:
        old, _, chance = set_up(first, copy.seed, bare=copy.bare)
        data, later = html.render_body(old, style, chance).encode(), data
    media_type = "text/html" if as_page else "application/pdf"
    direct = not as_page and copy.spot.turn % 4 == 0
    title, day = paper.story.title, paper.page.published
    publication = Publication(unit, year, title, day, data, media_type, (), copy.quirk, direct, later)
    line = due_line(copy.draft.unit, year) | {"faults": list(copy.faults)}
    if copy.quirk != "unlisted":
        line |= {"format": "html" if as_page else "pdf", "style": copy.refusal or style, "published": day.isoformat()}
    if not copy.reads:
        missing = copy.quirk == "unlisted"
        return _Printed(
            publication, line | {"no_report": copy.refusal}, Tally(missing=int(missing), refused=int(not missing))
        )
    if first is not None:
        copy.draft.faults.append(_SILENT)
    return _Printed(publication, line | content_of(copy.draft) | {"title": title}, counted(copy.draft, style))


def _before(draft: Draft) -> Draft:
    """A report as it stood before it was corrected."""
    earlier = deepcopy(draft)
    for key in _CORRECTED:
        earlier.cells[key] = earlier.value(key) + 1
        earlier.printed.pop(key, None)
    return earlier


def _join(directory: Path, found: Sequence[Truth]) -> None:
    """Puts what the reports say and what the sites say into the same lines."""
    partial = directory / _PARTIAL
    with partial.open("rb") as lines, (directory / "truth.jsonl").open("w", encoding="utf-8", newline="\n") as truth:
        for one, line in zip(found, lines, strict=True):
            truth.write(json.dumps(_joined(json.loads(line), one), ensure_ascii=False) + "\n")
    partial.unlink()


def _joined(line: dict[str, Any], one: Truth) -> dict[str, Any]:
    refusal, hangs = line["no_report"], line["format"] == "pdf" and bool(one.attachments)
    return line | {
        "address": (one.attachments[0] if hangs else one.address) or None,
        "article": None if line["format"] == "pdf" and not hangs else one.address or None,
        "status": status_of(refusal) if refusal else one.status,
        "problem": _MET.get(refusal, "") if refusal else one.problem,
        "host": one.host,
        "family": one.family,
        "quirk": one.quirk,
        "attachments": list(one.attachments),
    }
