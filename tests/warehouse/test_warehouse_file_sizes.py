"""Which files of a table are put together, what that leaves as it was, and what kept versions need."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from made_province import Doc, batch, contents, night

from warehouse import deltas, file_sizes
from warehouse.delta_upkeep import compact, waste
from warehouse.file_sizes import FILE_BYTES, crowded, limit
from warehouse.keeping import Policy
from warehouse.record import current, releases
from warehouse.release import publish
from warehouse.spec import TABLES
from warehouse.upkeep import upkeep


def _sized(years: list[int], sizes: list[int], rows: list[int] | None = None) -> pa.Table:
    names = [f"{n}.parquet" for n in range(len(sizes))]
    rows = rows or [1] * len(sizes)
    return pa.table({"path": names, "size_bytes": sizes, "num_records": rows, "partition.year": years})


def _files(home: Path, name: str) -> list[str]:
    release = current(home)
    assert release
    found = deltas.files(home / "warehouse" / name, TABLES[name], release.tables[name])
    return [path for paths in found.values() for path in paths]


def test_small_is_what_is_little_beside_its_year() -> None:
    cells = TABLES["cells"]
    small = _sized([2022, 2022, 2023], [100, 100, 100])
    assert limit(cells, small) == FILE_BYTES // 16
    assert crowded(cells, small, 2) == {2022: ["0.parquet", "1.parquet"]}
    large = _sized([2022] * 4, [3_000_000, 3_000_000, 300_000, 800_000])
    assert limit(cells, large) == 7_100_000 // 8
    assert crowded(cells, large, 2) == {2022: ["2.parquet", "3.parquet"]}
    assert limit(cells, _sized([2022] * 20, [4_000_000] * 20)) == FILE_BYTES
    assert crowded(cells, _sized([], []), 1) == {}


def test_of_a_fine_table_rows_tell() -> None:
    found = _sized([2022] * 3, [9_000, 7_000, 7_000], [30_000, 500, 700])
    assert crowded(TABLES["verdicts"], found, 2) == {2022: ["1.parquet", "2.parquet"]}


def test_a_report_whose_rows_stand_in_two_files_is_gathered_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_sizes, "_FINE_BYTES", 1)
    full = batch([Doc(n, 2022, n) for n in range(900)])
    # The writer cuts after an even number of rows, and each report but the first has two.
    publish(tmp_path, replace(full, verdicts=full.verdicts.slice(1)), night(0))
    there = [
        pq.read_table(path, columns=["report_id"])["report_id"].to_pylist() for path in _files(tmp_path, "verdicts")
    ]
    assert len(there) == 2
    assert set(there[0]) & set(there[1])
    monkeypatch.undo()
    release = current(tmp_path)
    assert release
    path, version = tmp_path / "warehouse" / "verdicts", release.tables["verdicts"]
    after = compact(path, TABLES["verdicts"], version)
    whole = [deltas.read(path, TABLES["verdicts"], at) for at in (version, after)]
    before, now = (one.sort_by([(key, "ascending") for key in TABLES["verdicts"].key]) for one in whole)
    assert now.equals(before)
    assert len(deltas.files(path, TABLES["verdicts"], after)[2022]) == 1
    assert compact(path, TABLES["verdicts"], after) == after


def test_waste_is_what_delta_itself_would_remove(tmp_path: Path) -> None:
    for n in range(5):
        publish(tmp_path, batch([Doc(1, 2022, n), Doc(10 + n, 2023, n)], [Doc(2, 2022, n)]), night(n))
    for name, version in releases(tmp_path)[-1].tables.items():
        path = tmp_path / "warehouse" / name
        (path / "stray.parquet").write_bytes(b"of nobody")
        compact(path, TABLES[name], version)
    known = releases(tmp_path)
    for kept in (known, known[2:], [known[0], *known[3:]], [known[-1]]):
        since = kept[1] if kept[0] is known[0] and kept is not known else kept[0]
        for name in known[-1].tables:
            path = tmp_path / "warehouse" / name
            keep = {release.tables[name] for release in kept if name in release.tables}
            found = waste(path, keep, since.tables.get(name, 0))
            said = DeltaTable(path.as_uri()).vacuum(0, True, False, full=True, keep_versions=sorted(keep))
            assert [str(file.relative_to(path)) for file, _ in found.data] == sorted(map(unquote, said))


def test_upkeep_each_week_leaves_large_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_sizes, "FILE_BYTES", 400_000)
    publish(tmp_path, batch([Doc(n, 2022, n, cells=40) for n in range(400)]), night(0))
    first = set(_files(tmp_path, "cells"))
    docs = [Doc(1000 + n, 2022, n) for n in range(3)]
    for n, doc in enumerate(docs, 1):
        publish(tmp_path, batch([doc]), night(n))
    upkeep(tmp_path, Policy(), night(9))
    assert first < set(_files(tmp_path, "cells"))
    assert len(_files(tmp_path, "cells")) == len(first) + 1
    rows = {row["report_id"] for row in contents(tmp_path)["cells"]}
    assert len(rows) == 403
