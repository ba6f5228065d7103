"""`gouji nightly` on a home of `benchmarks.nights`: python -m benchmarks.nights_command HOME PLAN

The command as it is, in a process of its own, with one thing changed: its plan is the bench's, pickled in the file
PLAN, which does not crawl. So its time is that of a night apart from the crawl: imports, Prefect's server and all.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any, Final
from unittest import mock

from benchmarks.meter import run

ROOT: Final = Path(__file__).resolve().parents[1]
#: done, and done with reports held
_DONE: Final = frozenset({0, 1})


def seconds(home: Path, plan: object) -> float:
    """Run the command on a home and time it, from its start to its end. Raises SystemExit where it fails."""
    file = home / "plan.pickle"
    file.write_bytes(pickle.dumps(plan))
    words = (sys.executable, "-m", "benchmarks.nights_command", str(home), str(file))
    return run(words, {"PYTHONPATH": str(ROOT)}, home / "nightly.log", _DONE).wall


def main(home: str, plan: str) -> None:
    """The command."""
    from flows.cli import main as gouji

    def chosen(*_: Any) -> Any:
        return pickle.loads(Path(plan).read_bytes())

    sys.argv = ["gouji", "nightly", "--home", home]
    # Before the flow is imported, which is while Prefect's server starts.
    with mock.patch("flows.plan.make_plan", chosen):
        gouji()


if __name__ == "__main__":
    main(*sys.argv[1:])
