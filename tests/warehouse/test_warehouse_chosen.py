"""Reports chosen from a release, and what leaves it: the two ends of a re-evaluation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_province import Doc, batch, contents, night

from warehouse.batch import NAMED, ReleaseBatch
from warehouse.chosen import Chosen, newest, nothing, released
from warehouse.errors import SpecError
from warehouse.release import publish
from warehouse.spec import TABLES
from warehouse.status import read_table

DOCS = [Doc(u, y, 10 * u) for u in range(1, 6) for y in (2022, 2023)]


def _named(*docs: Doc) -> pa.Table:
    return pa.table({"report_id": [d.report_id for d in docs], "year": [d.year for d in docs]}).cast(NAMED)


def _figures(chosen: Chosen) -> dict[str, str]:
    """report_id -> the first printed figure."""
    cells = chosen.cells.filter(pa.compute.equal(chosen.cells["key"], "applications.received.k000"))
    return dict(zip(cells["report_id"].to_pylist(), cells["printed"].to_pylist(), strict=True))


def test_the_newest_version_is_the_held_one(tmp_path: Path) -> None:
    assert newest(tmp_path, {"620001-2022"}) == nothing()
    publish(tmp_path, batch(DOCS), night(0))
    publish(tmp_path, batch(held=[Doc(1, 2022, 5), Doc(9, 2023, 7)]), night(1))
    asked = {"620001-2022", "620002-2023", "620009-2023", "620777-2023"}
    assert _figures(released(tmp_path, asked)) == {"620001-2022": "10", "620002-2023": "20"}
    found = newest(tmp_path, asked)
    assert _figures(found) == {"620001-2022": "5", "620002-2023": "20", "620009-2023": "7"}
    assert found.reports.schema == TABLES["reports"].schema
    assert found.cells.schema == TABLES["cells"].schema
    assert found.cells.num_rows == 3 * 5
    whole = read_table(tmp_path, "cells")
    kept = whole.filter(pa.compute.equal(whole["report_id"], "620002-2023")).to_pylist()
    assert found.only({"620002-2023"}).cells.to_pylist() == kept
    assert _figures(found.without({"620002-2023"})) == {"620001-2022": "5", "620009-2023": "7"}
    assert read_table(tmp_path, "reports", columns=["year", "report_id"]).column_names == ["year", "report_id"]


def test_a_report_moves_to_the_quarantine_and_back(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS), night(0))
    before = contents(tmp_path)
    one = Doc(1, 2022, 10)
    release = publish(tmp_path, replace(batch(held=[one]), leaving=_named(one)), night(1))
    assert release and (release.counts["reports"], release.counts["held_reports"]) == (9, 1)
    moved = contents(tmp_path)
    for table in ("reports", "cells"):
        gone = [row for row in before[table] if row not in moved[table]]
        assert {row["report_id"] for row in gone} == {one.report_id}
        assert moved[f"held_{table}"] == gone
    publish(tmp_path, batch([one]), night(2))
    assert contents(tmp_path) == before


def test_what_was_judged_again_may_lose_its_findings(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS, held=[Doc(8, 2023, 1)]), night(0))
    before = contents(tmp_path)
    assert before["findings"]
    assert publish(tmp_path, ReleaseBatch(judged=_named(Doc(8, 2023, 1))), night(1))
    now = contents(tmp_path)
    assert now["findings"] == []
    assert now["held_reports"] == before["held_reports"]
    assert [row for row in before["verdicts"] if row not in now["verdicts"]] == [
        row for row in before["verdicts"] if row["report_id"] == "620008-2023"
    ]
    assert publish(tmp_path, ReleaseBatch(judged=_named(Doc(8, 2023, 1))), night(2)) is None


def test_events_are_only_added(tmp_path: Path) -> None:
    def events(release: str) -> pa.Table:
        row = {
            "finding_id": "f",
            "event": "opened",
            "at": night(0),
            "release_id": release,
            "report_id": "620001-2022",
        }
        row |= {"unit_id": "620001", "year": 2022, "rule": "T3-SUM", "scope": "x", "severity": "critical"}
        return pa.Table.from_pylist([row | {"sha256": None}], schema=TABLES["finding_events"].schema)

    publish(tmp_path, ReleaseBatch(finding_events=events("r0001")), night(0))
    publish(tmp_path, ReleaseBatch(finding_events=events("r0002")), night(1))
    assert publish(tmp_path, ReleaseBatch(finding_events=events("r0002")), night(2)) is None
    assert [row["release_id"] for row in contents(tmp_path)["finding_events"]] == ["r0001", "r0002"]


def test_what_leaves_is_not_released(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="620001-2022 is both released and leaving"):
        publish(tmp_path, replace(batch(DOCS[:1]), leaving=_named(DOCS[0])), night(0))


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 2500)), max_size=8, unique_by=lambda one: one[0]),
    st.frozensets(st.sampled_from("abcdefgh")),
    st.integers(1, 4000),
)
def test_slices_and_copies_hold_the_same_rows(sizes: list[tuple[str, int]], ids: frozenset[str], chunk: int) -> None:
    names = [name for name, size in sizes for _ in range(size)]
    whole = pa.table({"report_id": pa.array(names, pa.string()), "row": pa.array(range(len(names)), pa.int64())})
    cells = pa.Table.from_batches(whole.to_batches(chunk), whole.schema)
    reports = pa.table({"report_id": pa.array([name for name, _ in sizes], pa.string())})
    for chosen, wanted in ((Chosen(reports, cells).only(ids), True), (Chosen(reports, cells).without(ids), False)):
        assert chosen.cells["row"].to_pylist() == [n for n, name in enumerate(names) if (name in ids) is wanted]
        assert chosen.cells.schema == cells.schema


def test_most_of_a_table_is_not_copied() -> None:
    names = [f"r{n:02d}" for n in range(40) for _ in range(500)]
    cells = pa.table({"report_id": names, "row": range(len(names))})
    reports = pa.table({"report_id": sorted(set(names))})
    before = pa.total_allocated_bytes()
    chosen = Chosen(reports, cells).without({"r07", "r30"})
    assert len(chosen.cells) == 38 * 500
    assert pa.total_allocated_bytes() - before < cells.nbytes / 10
