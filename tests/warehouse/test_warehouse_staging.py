"""Staged parts: whole or absent, and the same bytes for the same rows."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_province import Doc, batch

from warehouse.errors import SpecError, StagingError
from warehouse.rows import Failure, error_rows
from warehouse.staging import find_part, part_id, read_parts, sweep, write_part

ROWS = batch([Doc(u, 2023, u) for u in range(1, 4)])
ERRORS = error_rows([Failure("620009", "c-9", "http://127.0.0.1/9", "ab", "pdf/1", "truncated", "x", None)])


def _write(staging: Path, name: str = "p") -> Path:
    return write_part(staging, name, ROWS.reports, ROWS.cells, ERRORS)


def test_round_trip_of_several_parts(tmp_path: Path) -> None:
    other = batch([Doc(7, 2022, 1)])
    paths = [_write(tmp_path), write_part(tmp_path, "q", other.reports, other.cells, error_rows([]))]
    reports, cells, errors = read_parts(paths)
    assert reports == pa.concat_tables([ROWS.reports, other.reports])
    assert cells == pa.concat_tables([ROWS.cells, other.cells])
    assert errors == ERRORS
    assert [table.num_rows for table in read_parts([])] == [0, 0, 0]


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    one, two = _write(tmp_path / "a"), _write(tmp_path / "b")
    names = sorted(path.name for path in one.iterdir())
    assert names == ["SHA256SUMS", "cells.parquet", "errors.parquet", "reports.parquet"]
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_a_whole_part_is_reused(tmp_path: Path) -> None:
    path = _write(tmp_path)
    before = {file.name: file.stat().st_mtime_ns for file in path.iterdir()}
    assert write_part(tmp_path, "p", ROWS.reports.slice(0, 0), ROWS.cells.slice(0, 0), ERRORS) == path
    assert {file.name: file.stat().st_mtime_ns for file in path.iterdir()} == before
    assert find_part(tmp_path, "p") == path
    assert find_part(tmp_path, "q") is None


@pytest.mark.parametrize("name", ["reports.parquet", "cells.parquet", "errors.parquet", "SHA256SUMS"])
def test_any_damage_is_noticed(tmp_path: Path, name: str) -> None:
    path = _write(tmp_path)
    file = path / name
    whole = file.read_bytes()
    flipped = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), len(whole) // 7)]
    for content in (whole[: len(whole) // 2], b"", whole[:-8], *flipped):
        file.write_bytes(content)
        assert find_part(tmp_path, "p") is None
        with pytest.raises(StagingError, match="staged part p "):
            read_parts([path])
    file.unlink()
    with pytest.raises(StagingError, match="part p cannot be read"):
        read_parts([path])
    assert _write(tmp_path) == find_part(tmp_path, "p")
    assert file.read_bytes() == whole


def test_another_schema_is_noticed(tmp_path: Path) -> None:
    path = _write(tmp_path)
    file = path / "cells.parquet"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    pq.write_table(ROWS.cells.drop_columns(["note"]), file)
    sums = path / "SHA256SUMS"
    after = hashlib.sha256(file.read_bytes()).hexdigest()
    sums.write_text(sums.read_text(encoding="ascii").replace(before, after), encoding="ascii")
    with pytest.raises(StagingError, match="part p: cells has another schema"):
        read_parts([path])
    with pytest.raises(SpecError, match="missing columns"):
        write_part(tmp_path, "q", ROWS.reports, ROWS.cells.drop_columns(["note"]), ERRORS)
    assert not (tmp_path / "q").exists()


def test_half_written_parts_are_swept(tmp_path: Path) -> None:
    path = _write(tmp_path)
    gone = multiprocessing.get_context("spawn").Process(target=time.time)
    gone.start()
    gone.join()
    shutil.copytree(path, tmp_path / f".draft-{gone.pid}-abc")
    shutil.copytree(path, tmp_path / f".draft-{os.getpid()}-mine")
    assert sweep(tmp_path) == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [f".draft-{os.getpid()}-mine", "p"]
    assert sweep(tmp_path / "nowhere") == 0


def _race(staging: Path) -> None:
    for n in range(5):
        _write(staging, f"p{n}")
    # As commands end (`flows.exits.leave`): a library's thread that is still there may abort the interpreter's end.
    os._exit(0)


def test_two_processes_write_the_same_parts(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    racers = [context.Process(target=_race, args=(tmp_path,)) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0, 0]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [f"p{n}" for n in range(5)]
    assert read_parts([tmp_path / "p0"])[1] == ROWS.cells


def test_part_ids() -> None:
    assert part_id(["a", "b"]) == part_id(iter(["a", "b"]))
    assert len({part_id(x) for x in ([], [""], ["ab"], ["a", "b"], ["b", "a"], ["a,b"], ['a","b'])}) == 7
    assert len(part_id(["年"])) == 32
