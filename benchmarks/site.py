"""How the site does with a whole province.

    python benchmarks/site.py [--reports N] [--keep DIR] [--pages] > benchmarks/site.md

The tables are those of a small sample province, read and judged by the real rooms, and repeated under other units
until there are enough reports: texts, claims, verdicts and findings are as many and as long as in the sample. Figures
are of one run; compare them with one another. Needs Chromium for the pages.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from expectations import evaluate
from expectations.findings import findings
from flows.extraction import extract_bytes
from form.divisions import divisions
from notices.site.fronted import whole
from samples.province import write_province
from warehouse.batch import ReleaseBatch
from warehouse.release import publish
from warehouse.rows import Provenance, Source, cell_rows, report_rows
from warehouse.spec import TABLES

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
YEARS = (2019, 2024)
OPENED = 20
COMMAND = """
import sys
from flows.cli import main
try:
    main()
finally:
    sys.stderr.write(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
#: the page's own clock from the start of the navigation until what is waited for has been painted
WATCH = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("SELECTOR")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.stood = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""
LIMITS = {"build": 300.0, "megabytes": 200.0, "first": 1.0, "open": 0.5}


@dataclass(frozen=True)
class Template:
    """The tables of the sample."""

    units: int
    tables: dict[str, pa.Table]


def template(folder: Path) -> Template:
    """A sample of some units whose HTML and PDF reports are read and judged."""
    write_province(folder, units=12, years=YEARS, seed=5)
    sources: list[Source] = []
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        if truth["format"] != "html" or not truth["cells"]:
            continue
        path = folder / "site" / truth["address"].split("/", 3)[3]
        extraction = extract_bytes(path.read_bytes(), path.name)
        if len(extraction.reports) == 1:
            sources.append((_origin(truth, extraction.sha256), extraction.reports[0]))
    reports, cells = report_rows(sources), cell_rows(sources)
    verdicts = evaluate(reports, cells)
    grave = verdicts.filter(
        pc.and_(pc.equal(verdicts["severity"], "critical"), pc.equal(verdicts["outcome"], "fail"))
    )
    held = pc.unique(grave["report_id"])
    found = [
        row | {"opened_at": AT, "opened_in": "r0001"}
        for row in findings(verdicts, reports, held.to_pylist()).to_pylist()
    ]
    tables = {
        "reports": _where(reports, held, False),
        "cells": _where(cells, held, False),
        "held_reports": _where(reports, held, True),
        "held_cells": _where(cells, held, True),
        "verdicts": verdicts,
        "findings": pa.Table.from_pylist(found, schema=TABLES["findings"].schema),
        "coverage": _coverage(reports, held),
    }
    return Template(len(pc.unique(reports["unit_id"])), tables)


def _origin(truth: dict[str, Any], sha256: str) -> Provenance:
    return Provenance(
        unit_id=truth["unit_id"], unit_name=truth["unit"], code=truth["code"], level=truth["level"],
        kind=truth["kind"], parent_id=None, year=truth["year"], address=truth["address"], media_type="text/html",
        sha256=sha256, capture_id=f"c-{sha256[:24]}", reader="bench@1",
    )  # fmt: skip


def _where(table: pa.Table, ids: pa.Array, inside: bool) -> pa.Table:
    mask = pc.is_in(table["report_id"], value_set=ids)
    return table.filter(mask if inside else pc.invert(mask))


def _coverage(reports: pa.Table, held: pa.Array) -> pa.Table:
    gate = pc.if_else(pc.is_in(reports["report_id"], value_set=held), "held", "released")
    table = TABLES["coverage"]
    nothing = pa.nulls(len(reports), pa.string())
    more = {"status": pa.repeat("published", len(reports)), "gate": gate, "reason": nothing}
    more |= {"since": pa.repeat(pa.scalar(AT.date()), len(reports)), "late_days": nothing.cast(pa.int32())}
    more["duplicates"] = pa.repeat(pa.scalar(0, pa.int32()), len(reports))
    return pa.table([more.get(name, reports[name] if name in reports.column_names else None) for name in table.names],
                    schema=table.schema)  # fmt: skip


def repeated(sample: Template, reports: int) -> dict[str, pa.Table]:
    """The tables until there are that many reports, each time under other units."""
    of_one = len(sample.tables["coverage"])
    times = -(-reports // of_one)
    places = divisions()
    found = {}
    for name, table in sample.tables.items():
        parts = [_renamed(table, f"{places[n % len(places)].code}-{n:04d}", str(n)) for n in range(times)]
        found[name] = pa.concat_tables(parts)
    return found


def _renamed(table: pa.Table, prefix: str, number: str) -> pa.Table:
    """The rows with another unit: its id begins with another code, its name with another number."""
    changes: dict[str, Callable[[pa.ChunkedArray], pa.Array | pa.ChunkedArray]] = {
        "unit_id": lambda column: pc.binary_join_element_wise(prefix, column, "-"),
        "report_id": lambda column: pc.binary_join_element_wise(prefix, column, "-"),
        "code": lambda column: pa.repeat(prefix[:6], len(column)),
        "unit_name": lambda column: pc.binary_join_element_wise(column, number, "第"),
        "finding_id": lambda column: pc.binary_join_element_wise(column, number, "x"),
    }
    for name, change in changes.items():
        if name in table.column_names:
            place = table.schema.get_field_index(name)
            table = table.set_column(place, table.schema.field(name), change(table[name]).cast(pa.string()))
    return table


def one_changed(tables: dict[str, pa.Table], home: Path) -> None:
    """A release in which one report has another document, whose first cell prints something else."""
    report_id = tables["reports"]["report_id"][0]
    reports = tables["reports"].filter(pc.equal(tables["reports"]["report_id"], report_id))
    cells = tables["cells"].filter(pc.equal(tables["cells"]["report_id"], report_id)).to_pylist()
    rows = reports.to_pylist()
    rows[0]["sha256"] = hashlib.sha256(b"another").hexdigest()
    cells[0]["printed"] = "7654"
    again = {name: _where(tables[name], pa.array([report_id.as_py()]), True) for name in ("verdicts", "findings")}
    batch = ReleaseBatch(
        reports=pa.Table.from_pylist(rows, schema=TABLES["reports"].schema),
        cells=pa.Table.from_pylist(cells, schema=TABLES["cells"].schema),
        **again,
    )
    assert publish(home, batch, AT + timedelta(days=1))


def timed(home: Path, target: Path) -> tuple[float, float, int]:
    """`gouji site` as a process: seconds by the clock, seconds of processor, greatest memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "site", str(target), "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    # Not the kernel's own figure, which counts what this process had when it started that one.
    memory = int(process.stderr.read().split()[-2]) // 1024
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, memory


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A local web server over a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def in_browser(site: Path, addresses: list[str]) -> tuple[int, float, list[float]]:
    """Bytes and seconds of the first page, seconds until each report's tables stand there; without a cache."""
    from playwright.sync_api import sync_playwright

    with served(site) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        size = [0]

        def opened(address: str, wait: str, count: Callable[[int], None] | None = None) -> float:
            page = browser.new_context().new_page()
            if count:
                page.on("response", lambda response: count(len(response.body())))
            page.add_init_script(WATCH.replace("SELECTOR", wait))
            page.goto(f"{base}/{address}")
            seconds: float = page.wait_for_function("window.stood").json_value() / 1000
            page.context.close()
            return seconds

        first = opened("index.html", "#grid tbody tr")
        opened("index.html", "#grid tbody tr", lambda length: size.__setitem__(0, size[0] + length))
        reports = [opened(address, ".form.disputes td.figure") for address in addresses]
        browser.close()
    return size[0], first, reports


def measure(reports: int, work: Path) -> list[tuple[str, str, str]]:
    """Figure by figure: name, what was measured, what is asked for."""
    print("reading the sample", file=sys.stderr)
    tables = repeated(template(work / "province"), reports)
    home, target = work / "home", work / "site"
    rows = {name: len(table) for name, table in tables.items()}
    print(f"releasing {rows}", file=sys.stderr)
    assert publish(home, ReleaseBatch(**tables), AT)
    print("building", file=sys.stderr)
    full = timed(home, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    number = sum(1 for path in target.rglob("*") if path.is_file())
    same = timed(home, target)
    one_changed(tables, home)
    again = timed(home, target)
    units = len(pc.unique(tables["coverage"]["unit_id"]))
    return [
        ("units, reports", f"{units:,}, {rows['coverage']:,}", ""),
        (
            "cells, verdicts, findings",
            ", ".join(f"{rows[name] + rows.get(f'held_{name}', 0):,}" for name in ("cells", "verdicts", "findings")),
            "",
        ),
        (
            "build",
            f"{full[0]:.0f} s ({full[1]:.0f} s of processor, {full[2]:,} MB)",
            f"under {LIMITS['build']:.0f} s",
        ),
        ("site", f"{size / 1e6:.0f} MB in {number:,} files", f"under {LIMITS['megabytes']:.0f} MB"),
        ("build where nothing changed", f"{same[0]:.1f} s ({same[1]:.1f} s of processor)", "seconds"),
        ("build after one changed report", f"{again[0]:.1f} s ({again[1]:.1f} s of processor)", "seconds"),
        *measure_pages(target),
    ]


def measure_pages(site: Path) -> list[tuple[str, str, str]]:
    """The first page and some held reports' pages, spread over the province."""
    text = (site / "data/index.js").read_text("utf-8")
    index = json.loads(text[text.index(",") + 1 : text.rindex(")")])
    held = [
        f"report.html#{unit_id}-{year}"
        for unit_id, unit in zip(whole(unit[:2] for unit in index["units"]), index["units"], strict=True)
        for year, word in zip(index["years"], re.findall(r"\D\d*", unit[-1]), strict=True)
        if word.startswith("h")
    ]
    step = max(1, len(held) // OPENED)
    size, first, opened = in_browser(site, held[::step][:OPENED])
    said = f"{statistics.median(opened):.2f} s (median of {len(opened)}; worst {max(opened):.2f} s)"
    return [
        ("first page", f"{size / 1e6:.2f} MB uncompressed, {first:.2f} s", f"under {LIMITS['first']:.0f} MB"),
        ("a report's page", said, f"under {LIMITS['open']} s"),
    ]


def main() -> None:
    """Print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=35_000)
    parser.add_argument("--keep", type=Path, help="folder for home and site, kept afterwards")
    parser.add_argument("--pages", action="store_true", help="measure only the pages of the site kept in DIR")
    chosen = parser.parse_args()
    work = chosen.keep or Path(tempfile.mkdtemp())
    try:
        figures = measure_pages(work / "site") if chosen.pages else measure(chosen.reports, work)
    finally:
        if chosen.keep is None:
            shutil.rmtree(work, ignore_errors=True)
    command = f"python benchmarks/site.py --reports {chosen.reports}"
    print(f"# The site of {chosen.reports:,} reports\n\n`{command}`, {os.cpu_count()} cores.\n")
    print("| what | measured | asked for |\n| --- | --- | --- |")
    for row in figures:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
