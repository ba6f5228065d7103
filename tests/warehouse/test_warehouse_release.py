"""Publishing: what changes, what stays, what is refused."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from made_province import Doc, batch, contents, night

from warehouse import deltas
from warehouse.batch import ReleaseBatch
from warehouse.errors import SpecError, WarehouseBusyError, WarehouseError
from warehouse.lock import writer
from warehouse.query import query
from warehouse.release import publish
from warehouse.spec import TABLES
from warehouse.status import current, known_documents, release_as_of, releases

DOCS = [Doc(u, y, 10 * u) for u in range(1, 6) for y in (2022, 2023)]


def _versions(home: Path) -> dict[str, int]:
    return {path.parent.name: DeltaTable(path.parent).version() for path in (home / "warehouse").glob("*/_delta_log")}


def _files(home: Path) -> set[str]:
    return {str(path) for path in (home / "warehouse").rglob("*")}


def test_the_same_batch_again_writes_nothing(tmp_path: Path) -> None:
    full = batch(DOCS, held=[Doc(8, 2023, 1)], failed=[Doc(9, 2023, 1)], note="第一夜")
    first = publish(tmp_path, full, night(0))
    assert first == current(tmp_path)
    assert (first.release_id, first.parent, first.note) == ("r0001", None, "第一夜")
    assert {k: first.counts[k] for k in ("reports", "cells", "held_reports", "findings", "released", "held")} == {
        "reports": 10, "cells": 50, "held_reports": 1, "findings": 1, "released": 10, "held": 1,
    }  # fmt: skip
    versions, files = _versions(tmp_path), _files(tmp_path)
    assert publish(tmp_path, full, night(1)) is None
    assert (_versions(tmp_path), _files(tmp_path)) == (versions, files)
    assert publish(tmp_path, ReleaseBatch(), night(2)) is None


def test_order_of_rows_is_no_difference(tmp_path: Path) -> None:
    full = batch(DOCS)
    assert publish(tmp_path, full, night(0))
    turned = {
        name: getattr(full, name).sort_by([(key, "descending") for key in table.key])
        for name, table in TABLES.items()
    }
    assert turned["cells"] != full.cells
    assert publish(tmp_path, ReleaseBatch(**turned), night(1)) is None


def test_contents_come_back_as_given(tmp_path: Path) -> None:
    full = batch(DOCS, held=[Doc(8, 2023, 1)], failed=[Doc(9, 2023, 1)])
    publish(tmp_path, full, night(0))
    for name, rows in contents(tmp_path).items():
        keys = [(key, "ascending") for key in TABLES[name].key]
        assert rows == getattr(full, name).sort_by(keys).to_pylist(), name


def test_corrected_report_replaces_the_older_one(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS), night(0))
    before = contents(tmp_path)
    corrected = Doc(2, 2022, 999, cells=2)
    release = publish(tmp_path, batch([corrected]), night(1))
    assert release and (release.counts["released"], release.counts["reports"], release.counts["cells"]) == (1, 10, 48)
    now = contents(tmp_path)
    for name in ("reports", "cells", "verdicts", "coverage"):
        own = [row for row in now[name] if (row["unit_id"], row["year"]) == ("620002", 2022)]
        assert own == contents_of(batch([corrected]))[name], name
        assert [row for row in now[name] if row not in own] == [
            row for row in before[name] if (row["unit_id"], row["year"]) != ("620002", 2022)
        ]
    assert contents(tmp_path, "r0001") == before


def contents_of(some: ReleaseBatch) -> dict[str, list[dict[str, object]]]:
    return {
        name: getattr(some, name).sort_by([(key, "ascending") for key in table.key]).to_pylist()
        for name, table in TABLES.items()
    }


def test_held_after_released_leaves_the_released_version(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS), night(0))
    before = contents(tmp_path)
    release = publish(tmp_path, batch(held=[Doc(1, 2022, 5)]), night(1))
    assert release and (release.counts["released"], release.counts["held"]) == (0, 1)
    now = contents(tmp_path)
    assert (now["reports"], now["cells"]) == (before["reports"], before["cells"])
    assert [row["sha256"] for row in now["held_reports"]] == [
        contents_of(batch([Doc(1, 2022, 5)]))["reports"][0]["sha256"]
    ]
    assert {row["outcome"] for row in now["verdicts"] if row["report_id"] == "620001-2022"} == {"pass", "fail"}
    # Held again with other figures: the quarantine holds the newest version only.
    publish(tmp_path, batch(held=[Doc(1, 2022, 6)]), night(2))
    assert [row["printed"] for row in contents(tmp_path)["held_cells"]][:2] == ["6", "7"]
    # Passing at last, it leaves the quarantine with its findings.
    publish(tmp_path, batch([Doc(1, 2022, 7)]), night(3))
    last = contents(tmp_path)
    assert (last["held_reports"], last["held_cells"], last["findings"]) == ([], [], [])
    assert "7" in [row["printed"] for row in last["cells"] if row["report_id"] == "620001-2022"]
    assert len(last["reports"]) == 10


def test_what_differs_alone_is_written(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS), night(0))
    before = _versions(tmp_path)
    full = batch(DOCS)
    other = full.verdicts.set_column(7, "expected", pa.array(["0"] * len(full.verdicts)))
    release = publish(tmp_path, ReleaseBatch(verdicts=other), night(1))
    assert release and release.counts["released"] == 0
    assert [name for name, version in _versions(tmp_path).items() if version != before[name]] == ["verdicts"]


def test_lists_that_differ_are_seen(tmp_path: Path) -> None:
    verdicts = batch(DOCS[:1]).verdicts
    at = verdicts.column_names.index("suspects")
    for n, suspects in enumerate((["a"], [], [None], [""], ["a", "b"], ["b", "a"], ["a", None])):
        column = pa.array([suspects] * len(verdicts), pa.list_(pa.string()))
        some = ReleaseBatch(verdicts=verdicts.set_column(at, "suspects", column))
        assert publish(tmp_path, some, night(n)), suspects
        assert publish(tmp_path, some, night(n)) is None, suspects


def test_batches_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    good = batch(DOCS[:2])
    bad = {
        "both released and held": ReleaseBatch(reports=good.reports, held_reports=good.reports),
        "not in reports": ReleaseBatch(cells=good.cells),
        "two rows with the key": ReleaseBatch(reports=pa.concat_tables([good.reports, good.reports])),
        "extra columns": ReleaseBatch(reports=good.reports.append_column("x", good.reports["unit"])),
        "missing columns": ReleaseBatch(reports=good.reports.drop_columns(["unit"])),
        "null in column sha256": ReleaseBatch(
            reports=good.reports.set_column(
                good.reports.column_names.index("sha256"), "sha256", pa.nulls(2, pa.string())
            )
        ),
    }
    for message, some in bad.items():
        with pytest.raises(SpecError, match=message):
            publish(tmp_path, some, night(0))
    with pytest.raises(WarehouseError, match="time zone"):
        publish(tmp_path, good, night(0).replace(tzinfo=None))
    assert releases(tmp_path) == []


def test_small_files_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deltas, "MAX_SMALL_FILES", 4)
    for n in range(7):
        assert publish(tmp_path, batch([Doc(100 + n, 2023, n)]), night(n))
    release = current(tmp_path)
    assert release
    for name in ("reports", "cells", "verdicts", "captures"):
        files = deltas.files(tmp_path / "warehouse" / name, TABLES[name], release.tables[name])
        assert sum(map(len, files.values())) < 4
    assert release.counts["reports"] == len(contents(tmp_path)["reports"]) == 7
    assert len(contents(tmp_path, "r0003")["reports"]) == 3


def test_many_replacements_go_in_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deltas, "_CHUNK", 3)
    publish(tmp_path, batch(DOCS), night(0))
    changed = batch([Doc(d.unit, d.year, d.figure + 1) for d in DOCS] + [Doc(77, 2023, 1)])
    publish(tmp_path, changed, night(1))
    assert contents(tmp_path)["cells"] == contents_of(changed)["cells"]


@pytest.mark.parametrize("name", ["省 厅", "q'q", "a*b?", "year=2020", "a#b"])
def test_any_home_will_do(tmp_path: Path, name: str) -> None:
    home = tmp_path / name / "home"
    publish(home, batch(DOCS[:2]), night(0))
    publish(home, batch([Doc(1, 2022, 7)]), night(1))
    assert query(home, "SELECT count(*) AS n, sum(value) AS s FROM cells").to_pylist() == [{"n": 10, "s": 80}]
    assert len(contents(home)["cells"]) == 10
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a[1]", "a%20b", "a\\b"])
def test_a_home_that_delta_garbles_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WarehouseError, match="which Delta tables cannot have"):
        publish(tmp_path / name, batch(DOCS[:1]), night(0))


def test_known_documents(tmp_path: Path) -> None:
    assert known_documents(tmp_path) == frozenset()
    publish(tmp_path, batch([Doc(1, 2022, 1)], [Doc(2, 2022, 1)], [Doc(3, 2022, 1)]), night(0))
    known = known_documents(tmp_path)
    assert {unit for unit, _, _ in known} == {"620001", "620002", "620003"}
    assert {reader for _, _, reader in known} == {"html/1"}
    outcomes = {row["unit_id"]: row["outcome"] for row in contents(tmp_path)["documents"]}
    assert outcomes == {"620001": "report", "620002": "report", "620003": "truncated"}


def test_what_is_behind_the_release_is_undone(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS), night(0))
    before = contents(tmp_path)
    # As after a crash between two table commits: rows that no release names.
    write_deltalake(tmp_path / "warehouse" / "cells", batch([Doc(50, 2023, 1)]).cells, mode="append")
    assert contents(tmp_path) == before
    publish(tmp_path, batch([Doc(60, 2023, 1)]), night(1))
    assert {row["report_id"] for row in contents(tmp_path)["cells"]} == {
        d.report_id for d in (*DOCS, Doc(60, 2023, 1))
    }


def test_a_commit_lost_to_somebody_else_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, batch(DOCS), night(0))
    real, raced = deltas.write_deltalake, []

    def racing(delta: DeltaTable, rows: pa.Table, **options: object) -> None:
        if Path(delta.table_uri).name == "cells" and len(raced) < 2:
            raced.append(delta.version())
            real(tmp_path / "warehouse" / "cells", batch([Doc(50 + len(raced), 2023, 1)]).cells, mode="append")
        real(delta, rows, **options)

    monkeypatch.setattr(deltas, "write_deltalake", racing)
    monkeypatch.setattr(deltas, "BACKOFF", (0.0, 0.0))
    publish(tmp_path, batch([Doc(60, 2023, 1)]), night(1))
    assert len(raced) == 2
    assert {row["report_id"] for row in contents(tmp_path)["cells"]} == {
        d.report_id for d in (*DOCS, Doc(60, 2023, 1))
    }
    raced.clear()
    monkeypatch.setattr(deltas, "BACKOFF", (0.0,))
    with pytest.raises(WarehouseError, match="another program keeps writing"):
        publish(tmp_path, batch([Doc(61, 2023, 1)]), night(2))
    assert current(tmp_path) == releases(tmp_path)[-1]
    assert "620061-2023" not in {row["report_id"] for row in contents(tmp_path)["reports"]}


def _hold(warehouse: Path, ready: Path) -> None:
    with writer(warehouse, night(0), 5):
        ready.touch()
        time.sleep(60)


def test_one_writer_and_its_death(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    child = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path / "warehouse", ready))
    child.start()
    while not ready.exists():
        assert child.is_alive()
        time.sleep(0.02)
    with pytest.raises(WarehouseBusyError, match=rf"being written by process {child.pid} on .*2026-03-01"):
        publish(tmp_path, batch(DOCS), night(0), wait=0)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert publish(tmp_path, batch(DOCS), night(0), wait=0)


def test_damaged_records_are_named(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS[:1]), night(0))
    record = tmp_path / "warehouse" / "releases" / "r0001.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(content | {"tables": {"reports": 99}}), encoding="utf-8")
    with pytest.raises(WarehouseError, match="version 99 of table reports cannot be opened"):
        contents(tmp_path)
    record.write_text("{", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"r0001\.json cannot be read"):
        release_as_of(tmp_path)


def test_a_column_of_another_type_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = replace(
        TABLES["reports"],
        columns=tuple(
            replace(c, type=pa.list_(pa.string())) if c.name == "claims" else c for c in TABLES["reports"].columns
        ),
    )
    with monkeypatch.context() as patched:
        patched.setattr("warehouse.release.TABLES", {**TABLES, "reports": older})
        patched.setattr("warehouse.batch.TABLES", {**TABLES, "reports": older})
        made = batch(DOCS[:1])
        claims = pa.array([[]], older.schema.field("claims").type)
        at = made.reports.schema.get_field_index("claims")
        publish(tmp_path, replace(made, reports=made.reports.set_column(at, "claims", claims)), night(0))
    with pytest.raises(
        WarehouseError, match=r"table reports was written by another version of gouji; .* --from-archive"
    ):
        query(tmp_path, "SELECT * FROM reports")
    with pytest.raises(WarehouseError, match="another version of gouji"):
        publish(tmp_path, batch(DOCS[:1]), night(1))


def test_a_warehouse_of_another_version_is_not_guessed_at(tmp_path: Path) -> None:
    publish(tmp_path, batch(DOCS[:1]), night(0))
    delta = DeltaTable(tmp_path / "warehouse" / "cells")
    narrower = delta.to_pyarrow_table().drop_columns(["second"])
    write_deltalake(delta, narrower, mode="overwrite", schema_mode="overwrite")
    pointer = json.loads((tmp_path / "warehouse" / "releases" / "r0001.json").read_text("utf-8"))
    pointer["tables"]["cells"] = DeltaTable(tmp_path / "warehouse" / "cells").version()
    (tmp_path / "warehouse" / "releases" / "r0001.json").write_text(json.dumps(pointer), "utf-8")
    with pytest.raises(WarehouseError, match="another version of gouji"):
        query(tmp_path, "SELECT * FROM cells")
    with pytest.raises(WarehouseError, match="another version of gouji"):
        publish(tmp_path, batch([Doc(1, 2022, 99)]), night(1))
