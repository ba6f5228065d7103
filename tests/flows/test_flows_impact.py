"""`gouji impact`: what it foretells is what a backfill then brings, and the home is left alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from commandline import environment
from made_archive import HereReader, Shelf, made, page

from expectations.rules import RULES
from flows.cli import gouji
from flows.exits import UnusableError
from flows.impact import Looked, exit_code, impact, impact_plan
from flows.impact_found import Found
from flows.impact_output import print_impact, write_json
from flows.standing import standing
from form import numbers
from portals.archive import Archive
from samples.figures import unit_reports
from samples.units import choose_units

BROKEN = "620000-bgt-2022"
#: a printed figure that some cells of several reports have
PRINTED = "21"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return made(tmp_path_factory.mktemp("impact"))


@pytest.fixture
def shelf(released: Shelf, tmp_path: Path) -> Shelf:
    """A copy to write to."""
    shutil.copytree(released.sources.parent, tmp_path / "copy")
    return replace(
        released,
        home=replace(released.home, root=tmp_path / "copy" / "home"),
        sources=tmp_path / "copy" / "sources.toml",
    )


class Impact:
    """What an impact found."""

    def __init__(self, looked: Looked, found: Found) -> None:
        self.looked, self.found = looked, found
        self.code = exit_code(looked, found)
        self.differences: list[dict[str, Any]] = [json.loads(line) for line in found.lines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.differences if one["kind"] == kind]

    def said(self, kind: str) -> set[tuple[str, str, str]]:
        return {(one["change"], one["about"], one["what"]) for one in self.of(kind)}


@contextmanager
def looking(shelf: Shelf, tmp_path: Path, units: str = "", years: tuple[int, int] | None = None) -> Iterator[Impact]:
    """An impact in this process; it must leave every file of the home as it was."""
    before = shelf.hashes()
    release, plan = impact_plan(shelf.home, [shelf.sources], units, years)
    with Found(tmp_path / "found.jsonl", 5) as found:
        looked = impact(release, plan, found, HereReader())  # type: ignore[arg-type]
        assert shelf.hashes() == before
        yield Impact(looked, found)


def misread(patch: pytest.MonkeyPatch) -> None:
    """A reader that takes one printed figure for another."""
    right = numbers.read_figure

    def wrong(printed: str, unit: str = "件", header: str | None = None) -> numbers.Figure:
        return right("32" if printed.strip() == PRINTED else printed, unit, header)

    for module in ("harvest", "lines"):
        patch.setattr(f"form.{module}.read_figure", wrong)


def test_where_nothing_changed_nothing_differs(
    released: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with looking(released, tmp_path) as seen:
        assert (seen.differences, seen.code) == ([], 0)
        assert not any(seen.looked.readings.values())
        assert (seen.looked.documents, seen.looked.reports) == (9, 9)
        print_impact(seen.looked, seen.found)
    assert "nothing differs" in capsys.readouterr().out


def test_a_changed_reader_shows_exactly_the_cells_that_it_reads_otherwise(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shelf.printed()
    misread(monkeypatch)
    with looking(shelf, tmp_path) as seen:
        expected = {place for place, (printed, *_) in before.items() if printed.strip() == PRINTED}
        assert len({report for report, _ in expected}) >= 2
        assert {(one["about"], one["what"]) for one in seen.of("figure")} == expected
        assert {(one["before"]["value"], one["now"]["value"]) for one in seen.of("figure")} == {("21", "32")}
        assert {one["critical"] for one in seen.of("figure") if one["about"] != BROKEN} == {True}
        assert (seen.code, seen.of("document"), seen.of("coverage")) == (1, [], [])
        # What was foretold is what a backfill by the same readers brings.
        standing_before = standing(shelf.home.root)
        old = {row["finding_id"]: row for row in shelf.rows("findings")}
        assert shelf.run(anew=True, staging="anew") is not None
        now = shelf.printed()
        assert {place for place in before if before[place] != now[place]} == expected
        new = {row["finding_id"]: row for row in shelf.rows("findings")}
        assert {(o["about"], o["what"]) for o in seen.of("finding") if o["change"] == "opened"} == {
            (row["report_id"], f"{row['rule']} {row['scope']}") for key, row in new.items() if key not in old
        }
        assert {(o["about"], o["what"]) for o in seen.of("finding") if o["change"] == "gone"} == {
            (row["report_id"], f"{row['rule']} {row['scope']}") for key, row in old.items() if key not in new
        }
        held = standing(shelf.home.root).held_ids - standing_before.held_ids
        assert {one["about"] for one in seen.of("gate")} == held != set()


def test_what_is_compared_in_pieces_is_the_same(
    released: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misread(monkeypatch)
    with looking(released, tmp_path) as whole, monkeypatch.context() as small:
        small.setattr("flows.impact.REPORTS_AT_ONCE", 2)
        (tmp_path / "pieces").mkdir()
        with looking(released, tmp_path / "pieces") as pieces:
            assert len(pieces.differences) > 10

            def order(one: dict[str, Any]) -> str:
                return json.dumps(one, sort_keys=True)

            assert sorted(pieces.differences, key=order) == sorted(whole.differences, key=order)
            assert (pieces.looked.readings, pieces.found.counts) == (whole.looked.readings, whole.found.counts)


def test_a_rule_taken_away_and_a_rule_made_milder(
    released: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in released.rows("findings") if row["rule"] == "R-SUM"]
    assert rows
    monkeypatch.setattr("expectations.evaluator.RULES", tuple(rule for rule in RULES if rule.id != "R-SUM"))
    with looking(released, tmp_path) as seen:
        assert seen.said("finding") == {("gone", row["report_id"], f"R-SUM {row['scope']}") for row in rows}
        assert (len(seen.differences), seen.code) == (len(rows), 0), "a warning is nothing critical"

    def milder(rule: Any) -> Any:
        scopes = (
            replace(s, relations=tuple(replace(r, severity="warning") for r in s.relations)) for s in rule.scopes
        )
        return replace(rule, severities=("warning",), scopes=tuple(scopes)) if rule.id == "T4-SUM" else rule

    monkeypatch.setattr("expectations.evaluator.RULES", tuple(map(milder, RULES)))
    with looking(released, tmp_path) as seen:
        assert seen.said("finding") == {("changed", BROKEN, "T4-SUM reconsideration")}
        (finding,) = seen.of("finding")
        assert (finding["before"]["severity"], finding["now"]["severity"]) == ("critical", "warning")
        (gate,) = seen.of("gate")
        assert (gate["about"], gate["change"], gate["before"], gate["now"]) == (
            BROKEN,
            "released",
            "held",
            "released",
        )
        assert (len(seen.differences), seen.code) == (2, 1)
        print_impact(seen.looked, seen.found)
    shown = capsys.readouterr().out
    assert "2 differences, 2 of them critical" in shown
    assert "甘肃省人民政府办公厅 2022" in shown


def test_a_document_that_is_read_no_longer_and_claims_that_change(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import extraction
    from form.errors import DocumentError

    right = extraction.reconsider

    def other(reports: Any, data: bytes, media_type: str, charset: str | None) -> Any:
        if any((one.unit, one.year) == ("甘肃省人民政府", 2022) for one in reports):
            raise DocumentError("too_complex", "表格过多")
        return right(tuple(replace(one, claims=one.claims[1:]) for one in reports), data, media_type, charset)

    monkeypatch.setattr(extraction, "reconsider", other)
    with looking(shelf, tmp_path, "620000", (2022, 2022)) as seen:
        assert {(one["change"], one["about"]) for one in seen.of("document")} == {
            ("no longer read", shelf.address("620000", 2022))
        }
        lost = [one for one in seen.of("report") if one["change"] == "no longer read"]
        assert [(one["about"], one["what"], one["critical"]) for one in lost] == [
            ("620000-2022", "too_complex", True)
        ]
        claims = {one["about"]: one for one in seen.of("report") if one["what"] == "claims"}
        assert claims.keys() == {"620000-bgt-2022", "620000-fgj-2022"}
        assert all((len(one["before"]["claims"]), one["now"]["claims"]) == (1, []) for one in claims.values())
        assert (seen.of("gate"), seen.of("figure"), seen.code) == ([], [], 1), "a run leaves the last good version"


def test_only_the_units_and_years_asked_for_are_read_again(
    released: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misread(monkeypatch)
    with looking(released, tmp_path, "620000-fgj", (2022, 2023)) as seen:
        assert seen.looked.documents == 2
        assert {one["about"] for one in seen.of("figure")} == {"620000-fgj-2022"}
        assert seen.looked.judged == 5, "the year before, and the unit above in both years"


def test_a_damaged_capture_is_named_and_the_rest_goes_on(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = shelf.address("620000-bgt", 2021)
    with Archive(shelf.home.archive) as archive:
        capture = archive.latest(address)
    assert capture is not None
    with (shelf.home.archive / capture.warc).open("r+b") as file:
        file.seek(capture.offset + 40)
        file.write(b"\0" * 40)
    with looking(shelf, tmp_path) as seen:
        assert [one.address for one in seen.looked.troubles] == [address]
        assert seen.looked.troubles[0].reason.startswith(capture.warc)
        assert (seen.differences, seen.looked.reports, seen.code) == ([], 8, 3)
        print_impact(seen.looked, seen.found)
        assert address in capsys.readouterr().out
    misread(monkeypatch)
    with looking(shelf, tmp_path) as seen:
        assert len({one["about"] for one in seen.of("figure")}) > 1
        assert (len(seen.looked.troubles), seen.code) == (1, 1)


def test_what_no_run_has_read_yet_is_new(shelf: Shelf, tmp_path: Path) -> None:
    unit = choose_units(3)[2]
    late = {draft.year: page(draft) for draft in unit_reports(unit, (2021, 2024), 5)}
    shelf.capture({(unit.id, 2024): late[2024]}, hour=1)
    shelf.sources.write_text(
        shelf.sources.read_text("utf-8").replace("last_year = 2023", "last_year = 2024"), "utf-8"
    )
    with looking(shelf, tmp_path) as seen:
        assert seen.said("report") == {("new", f"{unit.id}-2024", "")}
        assert [one["change"] for one in seen.of("document")] == ["never read before"]
        (gate,) = seen.of("gate")
        assert (gate["about"], gate["change"], gate["before"]) == (f"{unit.id}-2024", "new", "absent")
        assert seen.code == int(gate["now"] == "held"), "a new report is critical only where it is held"


def test_a_release_in_the_meantime_is_told(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, plan = impact_plan(shelf.home, [shelf.sources])
    misread(monkeypatch)
    assert shelf.run(anew=True, staging="anew") is not None
    with Found(tmp_path / "found", 5) as found:
        looked = impact(release, plan, found, HereReader())  # type: ignore[arg-type]
        assert (looked.overtaken_by, exit_code(looked, found)) == ("r0002", 3)


def test_what_cannot_be_compared_is_refused_in_one_line(released: Shelf, tmp_path: Path) -> None:
    empty = replace(released.home, root=tmp_path)
    with pytest.raises(UnusableError, match="nothing has been released yet"):
        impact_plan(empty, [released.sources])
    with pytest.raises(UnusableError, match="no sources are named"):
        impact_plan(released.home, None)
    with pytest.raises(UnusableError, match="no unit has an id or code"):
        impact_plan(released.home, [released.sources], "99")
    assert list(tmp_path.iterdir()) == []


def test_the_command_speaks_json_and_reads_in_processes(released: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_WORKERS", "1")
    before = released.hashes()
    words = ["impact", "--home", str(released.home.root), "--sources", str(released.sources), "--units", "620000-fgj"]
    done = CliRunner().invoke(gouji, [*words, "--format", "json"], standalone_mode=False)
    assert done.exception is None
    said = json.loads(done.stdout)
    assert (done.return_value, said["release"], said["documents"], said["differences"]) == (0, "r0001", 3, [])
    assert "3/3" in done.stderr
    assert released.hashes() == before


def test_json_holds_every_difference(
    released: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    misread(monkeypatch)
    with looking(released, tmp_path) as seen:
        write_json(seen.looked, seen.found, sys.stdout)
        said = json.loads(capsys.readouterr().out)
        assert said["differences"] == seen.differences
        assert sum(one["count"] for one in said["counts"]) == len(seen.differences) > 5
        assert said["critical"]
        print_impact(seen.looked, seen.found)
        assert f"… {len(seen.of('finding')) - 5} more" in capsys.readouterr().out


def test_neither_prefect_nor_great_expectations_is_imported() -> None:
    code = (
        "import sys, flows.impact, flows.impact_output; print({'prefect', 'great_expectations'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout.strip() == "set()"
