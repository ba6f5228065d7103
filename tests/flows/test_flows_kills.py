"""A night killed at ten moments and run again, against a Prefect server as in production."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from commandline import GOUJI, Command, environment

from warehouse.record import current, releases
from warehouse.status import read_table

#: columns that say when, and where in the archive, which a killed night cannot have in common with another
ACCIDENTAL = {"fetched_at", "warc", "offset", "opened_at"}
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


def test_killed_at_ten_moments_and_run_again_ends_the_same(
    gouji: Command, small_province: Path, server: dict[str, str], tmp_path: Path
) -> None:
    begun = time.monotonic()
    undisturbed = gouji("nightly", "--home", tmp_path / "calm", "--sources", small_province, **server)
    length = time.monotonic() - begun
    assert undisturbed.returncode in (0, 1), undisturbed.stderr
    expected = content(tmp_path / "calm")
    moments = random.Random(20)
    home = tmp_path / "killed"
    for number in range(10):
        # Mostly one home that dies again and again; twice a new one, so that early moments come again.
        if number in (4, 7):
            shutil.rmtree(home)
        process = subprocess.Popen(
            [GOUJI, "nightly", "--home", home, "--sources", small_province],
            env=environment(**server),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(length * (number + moments.random()) / 10)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if current(home) is not None:  # what readers see is whole: every table opens, cells belong to reports
            seen = content(home)
            reports = {row["report_id"] for row in seen["reports"]}
            assert {row["report_id"] for row in seen["cells"]} == reports
    after = gouji("nightly", "--home", home, "--sources", small_province, **server)
    assert after.returncode in (0, 1), after.stderr
    assert content(home) == expected
    assert len(releases(home)) == 1
