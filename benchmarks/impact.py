"""What comparing costs once everything is read: `python -m benchmarks.impact [--reports N]`.

Makes N reports (figures only, 200 cells each) of a province's units over six years, releases them, and compares them
with themselves and with a version in which one figure in fifty reports is another. Reading is left out: it costs what
a backfill's does. Prints seconds, and the memory at its highest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from unittest import mock

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.scene import run, source, units  # noqa: E402
from flows.archived import Archived  # noqa: E402
from flows.home import Home  # noqa: E402
from flows.impact import impact  # noqa: E402
from flows.impact_found import Found  # noqa: E402
from flows.impact_reading import Reread, settled  # noqa: E402
from flows.judging import evaluated  # noqa: E402
from flows.plan import Plan  # noqa: E402
from flows.standing import Standing  # noqa: E402
from portals.archive import Archive  # noqa: E402
from portals.registry import Registry  # noqa: E402
from store.where import Where  # noqa: E402
from warehouse.record import current  # noqa: E402
from warehouse.rows import Source, cell_rows, error_rows, report_rows  # noqa: E402
from warehouse.staging import write_part  # noqa: E402

_YEARS: Final = range(2019, 2025)
#: reports in a part: a batch of pages
_PART: Final = 400


def otherwise(one: Source) -> Source:
    """The report with another figure in table four."""
    origin, report = one
    first = report.readings[-1]._replace(printed="7", value=Decimal(7))
    return origin, replace(report, readings=(*report.readings[:-1], first))


def staged(folder: Path, sources: Sequence[Source]) -> list[Where]:
    """The reports as parts."""
    cuts = [sources[start : start + _PART] for start in range(0, len(sources), _PART)]
    return [
        write_part(folder, str(n), report_rows(cut), cell_rows(cut), error_rows([])) for n, cut in enumerate(cuts)
    ]


def compared(home: Home, registry: Registry, parts: Sequence[Where]) -> str:
    """One comparison with what was read into the parts: seconds, differences, memory."""

    def read_again(plan: Plan, facts: Archived, known: Standing, *_: Any) -> Reread:
        return settled(parts, frozenset(), (), facts, known)

    plan = Plan("impact", home, registry, registry.select(), (_YEARS[0], _YEARS[-1]), crawls=False, anew=True)
    release = current(home.root)
    assert release is not None
    began = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder, Found(Path(folder) / "found", 10) as found:
        with mock.patch("flows.impact.read_again", read_again):
            looked = impact(release, plan, found, nullcontext())  # type: ignore[arg-type]
        spent = time.perf_counter() - began[0], time.process_time() - began[1]
        differences = sum(found.counts.values())
        return f"{looked.judged} | {differences} | {spent[0]:.1f} | {spent[1]:.1f} | {_most_memory():,.0f}"


def _most_memory() -> float:
    """MiB; getrusage would count what the process that made this one had when it did."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=3500)
    options = parser.parse_args()
    registry = units(options.reports // len(_YEARS))
    sources = [source(one, year, 0) for one in registry.select() for year in _YEARS]
    other = [otherwise(one) if n % 50 == 0 else one for n, one in enumerate(sources)]
    print("| version | judged | differences | seconds | processor seconds | MiB at most |\n" + "| --- " * 6 + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = Home(folder / "home")
        with Archive(home.archive):
            pass
        for _ in run(home.root, registry, sources, 0, evaluated):
            pass
        for version, read in (("same", sources), ("another", other)):
            parts = staged(folder / version, read)
            # In a process of its own: what made the release needs more memory than the comparison.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                print(f"| {version} | {process.submit(compared, home, registry, parts).result()} |", flush=True)


if __name__ == "__main__":
    main()
