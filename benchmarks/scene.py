"""What a night costs on a full warehouse: `python -m benchmarks.scene [--reports N] [--gate]`.

Makes N reports (figures only, 200 cells each) of a province's units over six years and releases all but a few; then
runs of 5, 5, 1, no and 5 new reports. For each run: how many reports and cells were loaded, and the seconds of each
step. The rules are asked by the evaluator; with --gate the last run is judged by Great Expectations.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from flows.archived import Archived  # noqa: E402
from flows.canonical import merge  # noqa: E402
from flows.home import Home  # noqa: E402
from flows.judging import Judge, evaluated, expected, judge  # noqa: E402
from flows.plan import Plan  # noqa: E402
from flows.releasing import release_batch  # noqa: E402
from flows.standing import standing  # noqa: E402
from flows.surroundings import scene  # noqa: E402
from form.catalogue import keys_of  # noqa: E402
from form.reading import Reading, Report  # noqa: E402
from portals.registry import Registry  # noqa: E402
from portals.shelved import Shelved  # noqa: E402
from portals.units import PortalSource, Unit  # noqa: E402
from warehouse.release import publish  # noqa: E402
from warehouse.rows import Provenance, Source, cell_rows, error_rows, report_rows  # noqa: E402
from warehouse.staging import read_parts  # noqa: E402

_YEARS: Final = range(2019, 2025)
_HOST: Final = "portal.example"
#: received applications by level, so that the units below never have more than the one above
_RECEIVED: Final = {"province": 20_000, "prefecture": 1_000, "county": 100, "department": 10}
_BEGUN: Final = datetime(2026, 6, 1, 18, tzinfo=UTC)


def units(count: int) -> Registry:
    """A province of cities, six counties a city, departments below them: as many units as asked, from the top."""
    made = [_unit("620000", "province", "aggregate", None)]
    counties = max(1, count // 20)
    for n in range(counties):
        city, county = f"62{n // 6 + 1:02d}00", f"62{n // 6 + 1:02d}{n % 6 + 10}"
        if n % 6 == 0:
            made.append(_unit(city, "prefecture", "aggregate", "620000"))
        made.append(_unit(county, "county", "aggregate", city))
        made += [_unit(f"{county}-{k}", "county", "department", county) for k in range(19)]
    return Registry({"p": PortalSource("p", _HOST, "trs", 0, 1)}, {one.id: one for one in made[:count]})


def _unit(unit_id: str, level: str, kind: str, parent: str | None) -> Unit:
    return Unit(unit_id, unit_id[:6], f"单位{unit_id}", (), level, kind, parent, "p", "/", 2019, None)


def source(unit: Unit, year: int, off: int) -> Source:
    """A report whose figures agree; `off` is too much in a total of table four."""
    received = _RECEIVED["department" if unit.kind == "department" else unit.level] + year % 7
    figures = dict.fromkeys(keys_of("2021"), 0) | {"disputes.reconsideration.total": off}
    for row in ("received", "granted", "processed_total"):
        figures |= {f"applications.{row}.{column}": received for column in ("natural_person", "total")}
    readings = tuple(Reading(key, str(n), Decimal(n), "printed", "html/1") for key, n in figures.items())
    origin = Provenance(
        *(unit.id, unit.name, unit.code, unit.level, unit.kind, unit.parent, year),
        *(f"http://{_HOST}/{unit.id}/{year}.html", "text/html", f"{unit.id}-{year}", f"{unit.id}-{year}", "html/1"),
        date(year + 1, 1, 20),
    )
    sections = ("overview", "proactive", "applications", "disputes", "problems", "other_matters")
    return origin, Report(None, year, "2021", "年度报告", readings, sections=sections)


def run(home: Path, registry: Registry, sources: Sequence[Source], number: int, by: Judge) -> Iterator[str]:
    """One run; gives what it did in the columns of the table."""
    at = _BEGUN + timedelta(days=number)
    plan = Plan("nightly", Home(home), registry, registry.select(), (_YEARS[0], _YEARS[-1]))
    archive = Archived(Shelved())
    part = report_rows(sources), cell_rows(sources), error_rows([])
    times = [time.perf_counter()]

    def lap() -> str:
        times.append(time.perf_counter())
        return f"{times[-1] - times[-2]:.1f}"

    known = standing(home)
    read = lap()
    seen = scene(plan, archive, known, merge([read_parts([]), part], known.newest, archive), (), at.date())
    yield from (str(len(sources)), str(len(seen.subjects)))
    yield f"{seen.near.reports.num_rows:,}, {seen.near.cells.num_rows:,}"
    yield from (read, lap())
    judged = judge(known, seen, by)
    yield lap()
    publish(home, release_batch("nightly", archive, known, seen, judged, at), at)
    yield lap()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=3500)
    parser.add_argument("--gate", action="store_true", help="judge the last run by Great Expectations")
    options = parser.parse_args()
    registry = units(options.reports // len(_YEARS))
    rng = Random(1)
    sources = [source(one, year, int(rng.random() < 0.02)) for one in registry.select() for year in _YEARS]
    rng.shuffle(sources)
    cuts = [sources[:-16], sources[-16:-11], sources[-11:-6], sources[-6:-5], [], sources[-5:]]
    print(
        "| new | subjects | loaded reports, cells | release read | scene | rules | release |\n" + "| --- " * 7 + "|"
    )
    with tempfile.TemporaryDirectory() as home:
        for number, cut in enumerate(cuts):
            by = expected if options.gate and number == len(cuts) - 1 else evaluated
            print(f"| {' | '.join(run(Path(home), registry, cut, number, by))} |", flush=True)


if __name__ == "__main__":
    main()
