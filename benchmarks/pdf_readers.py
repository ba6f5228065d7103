"""Four readers of native PDF on the same reports, in turn: time a report and what they get right.

    python benchmarks/pdf_readers.py [FOLDER] [--rounds 15] [--out benchmarks/pdf_readers.md]

FOLDER holds *.pdf and truth/*.json as in ../shared/reports (the default). Each reader lives in a
process of its own and is warmed up there on every report; then they take turns, one at a time:
A B C D, A B C D. Times are from the path of a file to its tables, for gouji to its readings.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

Rows = list[list[str]]
#: tables, and values by key where the reader knows keys
Found = tuple[list[Rows], dict[str, Decimal | None] | None]
#: milliseconds, of them on the processor, tables, rows intact, rows expected, cells exact or None, cells expected
Result = tuple[float, float, int, int, int, int | None, int]
ROOT = Path(__file__).resolve().parents[1]


def gouji(path: str) -> Found:
    """Tables as grids, and readings by key."""
    from extractors.limits import Limits
    from extractors.pdf import read_pdf
    from form.recognise import read_reports

    document = read_pdf(Path(path).read_bytes(), limits=Limits())
    readings = {r.key: r.value for report in read_reports(document) for r in report.readings}
    tables = []
    for grid in document.grids:
        rows: Rows = [[""] * grid.columns for _ in range(grid.rows)]
        for cell in grid.cells:
            rows[cell.row][cell.column] = cell.text
        tables.append(rows)
    return tables, readings


def camelot_vector(path: str) -> Found:
    """Stock Camelot, ruled lines from the PDF."""
    import camelot

    return [t.data for t in camelot.read_pdf(path, pages="all", flavor="lattice", engine="vector")], None


def camelot_default(path: str) -> Found:
    """Stock Camelot as it comes."""
    import camelot

    return [t.data for t in camelot.read_pdf(path, pages="all")], None


def pdfplumber(path: str) -> Found:
    """pdfplumber's tables of all pages."""
    import pdfplumber as plumber

    with plumber.open(path) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
    return [[[cell or "" for cell in row] for row in table] for table in tables], None


READERS: dict[str, Callable[[str], Found]] = {
    "gouji": gouji,
    "Camelot `vector`": camelot_vector,
    "Camelot default": camelot_default,
    "pdfplumber": pdfplumber,
}


def figure_rows(truth: dict[str, str | None]) -> list[list[str]]:
    """The printed rows of tables 3 and 4: 7 figures of each statutory row, 15 of the one of disputes."""
    rows: dict[str, list[str]] = {}
    for key, value in truth.items():
        table = key.split(".")[0]
        if table != "proactive":
            row = table if table == "disputes" else key.rsplit(".", 1)[0]
            rows.setdefault(row, []).append(value or "")
    return list(rows.values())


def intact(tables: list[Rows], expected: list[list[str]]) -> int:
    """How many of the expected rows end a row of some table, figure for figure."""
    found = {tuple("".join(cell.split()) for cell in row) for table in tables for row in table}
    return sum(any(row[-len(figures) :] == tuple(figures) for row in found) for figures in expected)


def serve(name: str, pipe: Connection) -> None:
    """A worker: reads what it is sent, answers with milliseconds and what was found."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    for path, truth in iter(pipe.recv, None):
        start, worked = time.perf_counter(), time.process_time()
        tables, readings = READERS[name](path)
        spent = (time.perf_counter() - start) * 1000
        cpu = (time.process_time() - worked) * 1000
        expected = figure_rows(truth)
        exact = None
        if readings is not None:
            exact = sum(readings.get(k) == (None if v is None else Decimal(v)) for k, v in truth.items())
        pipe.send((spent, cpu, len(tables), intact(tables, expected), len(expected), exact, len(truth)))


def run(reports: Sequence[Path], rounds: int) -> dict[str, list[Result]]:
    """What each reader answered, in the order of the rounds."""
    context = get_context("spawn")
    pipes: dict[str, Connection] = {}
    results: dict[str, list[Result]] = {name: [] for name in READERS}
    work = [(str(path), json.loads(truth_of(path).read_text("utf-8"))["cells"]) for path in reports]
    for name in READERS:
        pipes[name], theirs = context.Pipe()
        context.Process(target=serve, args=(name, theirs), daemon=True).start()
        theirs.close()  # so that a worker's death ends the run instead of stopping it for ever
        for item in work * 2:
            pipes[name].send(item)
            pipes[name].recv()
    for _ in range(rounds):
        for item in work:
            for name, pipe in pipes.items():
                pipe.send(item)
                results[name].append(pipe.recv())
    for pipe in pipes.values():
        pipe.send(None)
    return results


def truth_of(path: Path) -> Path:
    """The true figures of a report."""
    return path.parent / "truth" / f"{path.stem}.json"


def machine() -> str:
    """The processor, as the system names it, and what the figures depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    packages = ", ".join(f"{p} {version(p)}" for p in ("camelot-py", "pypdfium2", "pdfplumber"))
    processor = names[0] if names else platform.processor()
    load = "/".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{os.cpu_count()} × {processor}, load {load}, Python {platform.python_version()}, {packages}"


def table(results: dict[str, list[Result]], rounds: int) -> str:
    """The results as a Markdown table; counts are of one round."""
    medians = {name: statistics.median(r[0] for r in runs) for name, runs in results.items()}
    lines = [
        "| reader | median ms a report | fastest | CPU ms | × gouji | tables | figure rows intact | cells exact |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, runs in results.items():
        once = runs[: len(runs) // rounds]
        exact = "–" if once[0][5] is None else f"{sum(r[5] or 0 for r in once)} of {sum(r[6] for r in once)}"
        lines.append(
            f"| {name} | {medians[name]:.1f} | {min(r[0] for r in runs):.1f} "
            f"| {statistics.median(r[1] for r in runs):.1f} "
            f"| {medians[name] / medians['gouji']:.1f} | {sum(r[2] for r in once)} "
            f"| {sum(r[3] for r in once)} of {sum(r[4] for r in once)} | {exact} |"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / ".." / "shared" / "reports")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    reports = sorted(path for path in arguments.folder.glob("*.pdf") if truth_of(path).exists())
    if not reports:
        raise SystemExit(f"no PDF with a truth file in {arguments.folder}")
    text = table(run(reports, arguments.rounds), arguments.rounds)
    names = ", ".join(path.stem for path in reports)
    text += f"\n\n{arguments.rounds} rounds over {names}. {machine()}.\n"
    print(text)
    if arguments.out:
        head = arguments.out.read_text("utf-8").split("<!-- table -->")[0] if arguments.out.exists() else ""
        arguments.out.write_text(f"{head}<!-- table -->\n\n{text}", "utf-8")


if __name__ == "__main__":
    main()
