"""The data package at the size of a province: `python -m benchmarks.package [--reports N …]`.

Synthetic releases (`benchmarks.warehouse`) of so many reports, 200 cells and 76 verdicts each; writes the package of
each in a process of its own and prints seconds, the peak of its memory and the sizes as a Markdown table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.warehouse import START, Rows
from warehouse.release import publish

# VmHWM, since ru_maxrss of a child begins with what its parent had.
CHILD = """
import re, sys
from pathlib import Path
from warehouse.package import write_package
write_package(Path(sys.argv[1]), Path(sys.argv[2]))
print(int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def measure(reports: int) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        home, target = Path(folder) / "home", Path(folder) / "package"
        publish(home, Rows(0, reports, 1).batch(), START)
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", CHILD, home, target], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
        sizes = [sum(it.stat().st_size for it in target.rglob(f"*.{form}")) >> 20 for form in ("parquet", "csv")]
    return f"| {reports} | {reports * 200} | {seconds:.1f} | {done.stdout.strip()} | {sizes[0]} | {sizes[1]} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[2_000, 8_000])
    print("| reports | cells | s | peak MB | Parquet MB | CSV MB |\n| --- | --- | --- | --- | --- | --- |")
    for reports in parser.parse_args().reports:
        print(measure(reports), flush=True)


if __name__ == "__main__":
    main()
