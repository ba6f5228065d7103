"""A night killed at one place after the other and run again, against a Prefect server as in production."""

from __future__ import annotations

from pathlib import Path

from commandline import Command

from warehouse.record import current, releases
from warehouse.status import read_table

#: columns that say when, and where in the archive, which a killed night cannot have in common with another
ACCIDENTAL = {"fetched_at", "warc", "offset", "opened_at"}
#: after which call, and which time of it, the night is killed: each time a little later in it
PLACES = (
    ("portals.archive:Archive.listed", 2),
    ("portals.archive:Archive.add", 1),
    ("portals.archive:Archive.add", 4),
    ("warehouse.staging:_sums", 1),
    ("flows.desk:stage_batch", 1),
    ("flows.steps:judge", 1),
    ("warehouse.deltas:apply", 1),
    ("warehouse.deltas:apply", 5),
    ("warehouse.record:replace_text", 1),
    ("flows.steps:release", 1),
    ("flows.steps:send_report", 1),
    ("flows.summary:Summary.save", 1),
)
TABLES = (
    "reports",
    "cells",
    "held_reports",
    "held_cells",
    "verdicts",
    "findings",
    "coverage",
    "documents",
    "captures",
)


def content(home: Path) -> dict[str, list[dict[str, object]]]:
    found = {}
    for name in TABLES:
        table = read_table(home, name)
        kept = table.select([column for column in table.column_names if column not in ACCIDENTAL])
        found[name] = sorted(kept.to_pylist(), key=repr)
    return found


def test_killed_at_every_place_and_run_again_ends_the_same(
    quick: Command, small_province: Path, server: dict[str, str], tmp_path: Path
) -> None:
    def night(home: str, dies: tuple[str, int] | None = None) -> int:
        words = ("nightly", "--home", tmp_path / home, "--sources", small_province)
        return quick(*words, dies=dies, **server).returncode

    assert night("calm") == 1
    expected = content(tmp_path / "calm")
    home = tmp_path / "killed"
    for place in PLACES:
        assert night("killed", place) == -9, place
        if current(home) is not None:  # what readers see is whole: every table opens, cells belong to reports
            seen = content(home)
            reports = {row["report_id"] for row in seen["reports"]}
            assert {row["report_id"] for row in seen["cells"]} == reports
    assert night("killed") in (0, 1)
    assert content(home) == expected
    assert len(releases(home)) == 1
