"""Versions in the warehouse: what counts as content, what differs, and that nothing stands without its version."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from made_province import FIRST_NIGHT, Doc, batch, night, source

from warehouse.batch import ReleaseBatch
from warehouse.chosen import past
from warehouse.contents import digests
from warehouse.differences import PAIRS, differences
from warehouse.errors import SpecError
from warehouse.release import publish
from warehouse.rows import cell_rows, report_rows
from warehouse.spec import TABLES

OLD, NEW = Doc(1, 2023, 5), Doc(1, 2023, 6)
REPORT = "620001-2023"


def rows(doc: Doc, version: int = 0) -> tuple[pa.Table, pa.Table]:
    """The rows of a document; of a version, with its number."""
    tables = report_rows([source(doc)]), cell_rows([source(doc)])
    if not version:
        return tables
    field = TABLES["past_reports"].schema.field("version")
    one, two = (table.add_column(0, field, pa.array([version] * len(table), pa.int16())) for table in tables)
    return one, two


def put(table: pa.Table, name: str, *values: object) -> pa.Table:
    """The table with other values in a column."""
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


def versions(*docs: Doc) -> pa.Table:
    """The rows of `versions` that these documents make, a night each."""
    made = []
    for number, doc in enumerate(docs, 1):
        reports, cells = rows(doc)
        same = reports.select(
            [name for name in TABLES["versions"].names if name in reports.column_names]
        ).to_pylist()[0]
        last = number == len(docs)
        made.append(
            same
            | {"version": number, "content": digests(reports, cells)[REPORT], "captures": [same["capture_id"]]}
            | {"seen_from": night(number), "seen_to": None if last else night(number + 1), "release_id": "r0001"}
        )
    return pa.Table.from_pylist(made, schema=TABLES["versions"].schema)


def test_white_space_and_bytes_are_no_content_but_every_text_and_cell_is() -> None:
    reports, cells = rows(OLD)
    said = digests(reports, cells)
    title = reports["title"][0].as_py()
    assert digests(put(reports, "title", f"\u3000{title[:4]} \n{title[4:]}"), cells) == said
    assert digests(put(put(reports, "sha256", "0" * 64), "published", None), cells.slice(2).take([2, 0, 1])) != said
    assert digests(put(put(reports, "sha256", "0" * 64), "published", None), cells.take([4, 2, 0, 3, 1])) == said
    assert digests(put(reports, "overview", None), cells) != digests(put(reports, "overview", ""), cells)
    for name in ("unit", "title", "problems", "other_matters", "edition"):
        assert digests(put(reports, name, "另"), cells) != said, name
    assert digests(*rows(NEW)) != said
    assert digests(reports.slice(1), cells) == {}


def test_differences_are_told_for_the_pairs_asked_and_no_others() -> None:
    (one, first), (two, second) = rows(OLD, 1), rows(NEW, 2)
    two, second = put(two, "overview", "改"), second.filter(pa.array([True, False, True, True, True]))
    pairs = pa.Table.from_pylist([{"report_id": REPORT, "before": 1, "after": 2}], schema=PAIRS)
    found = differences(pa.concat_tables([one, two]), pa.concat_tables([first, second]), pairs).to_pylist()
    keys = [f"applications.received.k{n:03d}" for n in range(4)]
    assert [row["key"] for row in found] == [*keys, "overview"]
    gone = found[1]
    assert (gone["printed_before"], gone["printed_after"], gone["state_after"]) == ("6", None, None)
    assert (found[0]["value_before"], found[0]["value_after"], found[0]["version"]) == (5, 6, 2)
    assert (found[-1]["table"], found[-1]["printed_after"], found[-1]["state_after"]) == ("text", "改", None)
    assert not len(differences(one, first, pairs.slice(1)))


def test_what_was_before_comes_and_goes_with_the_versions(tmp_path: Path) -> None:
    one, first = rows(OLD, 1)
    before = ReleaseBatch(versions=versions(OLD, NEW), past_reports=one, past_cells=first)
    assert publish(tmp_path, before, FIRST_NIGHT)
    assert past(tmp_path, [REPORT]).reports["version"].to_pylist() == [1]
    assert len(past(tmp_path, [REPORT]).cells) == 5
    assert publish(tmp_path, batch([NEW]), FIRST_NIGHT + timedelta(days=1)), "a batch without versions says nothing"
    assert len(past(tmp_path, [REPORT]).cells) == 5
    assert publish(tmp_path, ReleaseBatch(versions=versions(NEW)), FIRST_NIGHT + timedelta(days=2))
    assert not len(past(tmp_path, [REPORT]).cells)


def test_nothing_stands_without_its_version() -> None:
    one, first = rows(OLD, 1)
    with pytest.raises(SpecError, match="past_cells of 620001-2023, which is not in past_reports"):
        ReleaseBatch(past_cells=first).checked()
    with pytest.raises(SpecError, match="past_reports of 620001-2023, which is not in versions"):
        ReleaseBatch(past_reports=one).checked()
