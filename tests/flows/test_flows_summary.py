"""How a run ends: its exit code, and the measures that one run leaves for the next."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from expectations.suites.population import Population
from flows.population import previous
from flows.summary import Summary, exit_code, markdown, print_summary
from portals.problems import PROBLEMS
from warehouse.record import Release


def summary(started: str = "20260601T000000Z") -> Summary:
    return Summary(started, "nightly", "home", "2026-06-01T00:00:00+00:00")


@pytest.mark.parametrize("code", [*PROBLEMS, "batch", "mail"])
def test_a_new_run_is_asked_for_only_where_it_may_help(code: str) -> None:
    run = summary()
    run.problems.append({"code": code, "address": "http://a.example/1", "detail": ""})
    passing = code in {"timeout", "network", "server", "throttled", "batch", "mail"}
    assert exit_code(asdict(run)) == (3 if passing else 0)
    run.held = 1
    assert exit_code(asdict(run)) == 1


def test_the_last_release_leaves_its_measures(tmp_path: Path) -> None:
    assert previous(tmp_path) is None
    for number, (reports, release) in enumerate([(10, "r0001"), (20, "r0002"), (3, None)]):
        run = summary(f"20260601T00000{number}Z")
        run.measures = Population(reports, {"held": 0.25, "gone": 1.0}).to_dict()
        run.release_id = release
        run.save(tmp_path)
    (tmp_path / "20260601T000008Z-nightly.json").write_text('{"release_id": "r0009"}')
    (tmp_path / "20260601T000009Z-nightly.json").write_text("[")
    assert previous(tmp_path) == Population(20, {"held": 0.25})


def test_what_is_unusual_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run = summary()
    run.population = ["[县级] 覆盖：10.0%，超出预期范围 50.0% 至 100.0%"]
    print_summary(asdict(run))
    assert "population  [县级] 覆盖" in capsys.readouterr().out
    assert r"| population | \[县级\] 覆盖" in markdown(run)


def test_a_run_tells_what_it_changed_and_what_stands(capsys: pytest.CaptureFixture[str]) -> None:
    """3 of the reports judged were held, one of them held before; and a run with nothing new has found nothing."""
    run = summary()
    run.stands(standing("r0002"))
    print_summary(asdict(run))
    quiet = capsys.readouterr().out
    assert "nothing new; r0002 stands" in quiet
    assert "63 released, 10 held" in quiet
    assert "findings" not in quiet
    run.release_id, run.released, run.newly_held, run.held = "r0003", 3, 2, 3
    run.findings = {"critical": 0, "warning": 7, "info": 0}
    print_summary(asdict(run))
    told = capsys.readouterr().out
    assert "r0003: 3 released, 2 held at the gate" in told
    assert "7 warning in what was judged" in told


def standing(release_id: str) -> Release:
    counts = {"reports": 63, "held_reports": 10}
    return Release(release_id, datetime(2026, 6, 1, tzinfo=UTC), None, {}, counts, "nightly")
