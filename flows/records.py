"""The records of runs that lie in `runs/`: what was done, what is unfinished, what failed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flows.home import Home

_JUDGE_NOTHING: Final = ("digest", "upkeep")
#: so many of the newest records are looked at, for the last run that judged among others
LAST: Final = 50


@dataclass(frozen=True, slots=True)
class Records:
    """The newest records, oldest first; unfinished runs (flow, start); failures since their flow last finished."""

    finished: tuple[dict[str, Any], ...]
    unfinished: tuple[tuple[str, datetime], ...]
    failures: tuple[tuple[str, datetime], ...]

    @property
    def judged(self) -> dict[str, Any] | None:
        """The last run that judged anything; a digest does not, nor does upkeep."""
        return next((record for record in reversed(self.finished) if record["flow"] not in _JUDGE_NOTHING), None)

    @property
    def sources(self) -> list[str]:
        """The sources files that the last run that judged was given; none if it took those of the environment."""
        return (self.judged or {}).get("sources") or []

    @property
    def waivers(self) -> str | None:
        """The file of waivers that it was given, likewise."""
        return (self.judged or {}).get("waivers")


def records(home: Home) -> Records:
    """Read them; files that are no records are left out."""
    paths = sorted(home.runs.glob("*.json"))[-LAST:]
    finished = [record for path in paths if (record := _json(path)) and record.get("flow")]
    unfinished = [
        (path.stem, datetime.fromisoformat(begun["started"]))
        for path in sorted(home.runs.glob("*.unfinished"))
        if (begun := _json(path)) and begun.get("started")
    ]
    last = {record["flow"]: datetime.fromisoformat(record["finished"] or record["started"]) for record in finished}
    failures = [
        (flow, at)
        for path in sorted(home.runs.glob("*.error.txt"))
        for flow, at in [(path.name.partition(".")[0], datetime.fromtimestamp(path.stat().st_mtime).astimezone())]
        if flow not in last or at > last[flow]
    ]
    return Records(tuple(finished), tuple(unfinished), tuple(failures))


def _json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
