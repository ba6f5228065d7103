"""The suite's own arithmetic, its meter, and the home that it starts from."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import mixed
from benchmarks.meter import run, within
from benchmarks.suite import exponent, fresh
from portals.archive import Archive
from portals.documents import documents
from portals.registry import load


@given(st.floats(0.2, 3), st.floats(0.001, 100), st.lists(st.integers(2, 10**6), min_size=2, max_size=6, unique=True))
def test_a_power_is_found_again(power: float, factor: float, sizes: list[int]) -> None:
    assert exponent([(n, factor * n**power) for n in sizes]) == pytest.approx(power, rel=1e-6)


def test_nothing_is_said_of_too_little() -> None:
    assert math.isnan(exponent([(7, 1.0)]))
    assert math.isnan(exponent([(7, 1.0), (70, 0.0)]))


def test_children_count_with_their_parent(tmp_path: Path) -> None:
    child = "held = b'x' * 150_000_000; import time; time.sleep(1.5)"
    program = (
        f"import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "held = b'x' * 150_000_000; open(sys.argv[1], 'wb').write(b'x' * 5_000_000); child.wait()"
    )
    took = run((sys.executable, "-c", program, str(tmp_path / "file")), {}, tmp_path / "log")
    assert took.tree > took.largest > 150_000_000
    assert took.tree > 300_000_000
    assert 5_000_000 <= took.written < 6_000_000
    with pytest.raises(SystemExit, match="ended with 4"):
        run((sys.executable, "-c", "raise SystemExit(4)"), {}, tmp_path / "log")


def test_a_call_is_charged_with_its_work_alone() -> None:
    total, took = within(lambda: sum(range(3_000_000)))
    assert total == 3_000_000 * 2_999_999 // 2
    assert took.cpu > 0
    assert took.written < 1_000_000


def test_a_made_home_is_what_a_crawl_would_have_left(tmp_path: Path) -> None:
    made = mixed.make(tmp_path / "made", 14, workers=1)
    registry = load(made.sources)
    with Archive(made.root / "archive") as archive:
        sets = list(documents(archive, registry))
        assert len(sets) == made.reports >= 14
        bodies = {archive.read(one.capture_id) for one in archive.captures()}
        assert len(bodies) == sum(1 + len(one.attachments) for one in sets)
        assert all(one.attachments or not archive.links(one.article.capture_id) for one in sets)
    assert mixed.make(tmp_path / "made", 14) == made
    with pytest.raises(ValueError, match="holds"):
        mixed.make(tmp_path / "made", 21)
    home = fresh(made, tmp_path / "home")
    with Archive(home / "archive") as archive:
        assert len(list(documents(archive, registry))) == made.reports
