"""Makes the documents, runs the readers, prints the table.

    python -m benchmarks.accuracy [--quick] [--only REGEX] [--readers REGEX] [--out benchmarks/accuracy.md]

`--quick` takes every sixth document and a sample of one a group for slow readers. Readers and producers that are
not installed are left out, and the table says so. `--keep FOLDER` keeps the documents and their truths.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.accuracy import report
from benchmarks.accuracy.arena import run
from benchmarks.accuracy.making import make_documents, missing_producers
from benchmarks.accuracy.plan import all_items
from benchmarks.accuracy.readers.base import ENTRIES

_MARK = "<!-- table -->"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="regular expression on document names")
    parser.add_argument("--readers", default="", help="regular expression on reader names")
    parser.add_argument("--sample", type=int, default=12, help="documents a group for slow readers")
    parser.add_argument("--limit", type=float, default=180, help="seconds a document")
    parser.add_argument("--contrib", type=Path, help="folder of opencv-contrib-python-headless, for img2table alone")
    parser.add_argument("--keep", type=Path, help="folder for the documents")
    parser.add_argument("--json", type=Path, help="write every result here")
    parser.add_argument("--out", type=Path, help="Markdown file whose table is replaced")
    return parser.parse_args()


def main() -> int:
    """Runs the bench; 1 if gouji stated a wrong figure as certain."""
    options = arguments()
    items = [item for item in all_items() if re.search(options.only, item.name)]
    items = items[::6] if options.quick else items
    sample = 1 if options.quick else options.sample
    asked = [entry for entry in ENTRIES if re.search(options.readers, entry.name)]
    absent = {entry.name: gone for entry in asked if (gone := entry.absent(options.contrib))}
    readers = [entry.name for entry in asked if entry.name not in absent]
    if not items or not readers:
        print("nothing to do", file=sys.stderr)
        return 2
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        documents = make_documents(items, options.keep or Path(folder), options.seed)
        made = time.monotonic() - started
        results = run(documents, readers, limit=options.limit, sample=sample, contrib=options.contrib, progress=_say)
    about = [
        f"{len(documents)} documents with {sum(len(d.truths) for d in documents)} reports, seed {options.seed}, "
        f"made in {made:.0f} s; run in {time.monotonic() - started:.0f} s on {datetime.now(UTC):%Y-%m-%d}; "
        f"commit {report.commit()}. Slow readers: {sample} a group; limit {options.limit:.0f} s a document.",
        report.machine() + ".",
        "Not run: " + ("; ".join(f"{name} (lacks {gone})" for name, gone in absent.items()) or "none") + ". "
        "Producers absent: " + (", ".join(missing_producers()) or "none") + ".",
    ]
    failed = report.failures(results)
    text = "\n\n".join([report.markdown(results, readers), *about])
    text += "\n\n### Documents that gouji does not read fully\n\n" + ("\n".join(failed) or "None.") + "\n"
    print(text)
    if options.json:
        options.json.write_text(report.as_json(results, {"about": about}), "utf-8")
    if options.out:
        head = options.out.read_text("utf-8").split(_MARK)[0] if options.out.exists() else ""
        options.out.write_text(f"{head}{_MARK}\n\n{text}", "utf-8")
    return int(report.total([r for r in results if r.reader == "gouji"]).silent > 0)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
