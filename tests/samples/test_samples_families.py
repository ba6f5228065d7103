"""The province on sites of every family: the same bytes every time, and a truth that a crawl can have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portals.problems import PROBLEMS
from portals.registry import load
from samples.families import write_families
from samples.sites.publication import QUIRKS
from samples.sites.writer import STYLES


def written(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_bytes_with_any_number_of_workers(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    one, two = tmp_path / "one", tmp_path / "two"
    summary = write_families(
        one, units=12, years=(2020, 2023), seed=5, progress=lambda done, whole: seen.append((done, whole))
    )
    write_families(two, units=12, years=(2020, 2023), seed=5, workers=2)
    files = written(one)
    assert files == written(two)
    lines = [json.loads(line) for line in files[Path("truth.jsonl")].decode().splitlines()]
    assert seen[-1] == (len(lines), len(lines))
    assert summary.tally.reports == sum(bool(line["cells"]) for line in lines)
    assert summary.tally.held == sum(line["held"] for line in lines) > 0
    registry = load(summary.sources)
    assert {portal.family for portal in registry.portals.values()} == set(STYLES)
    due = {(unit.id, year) for unit in registry.units.values() for year in range(2020, 2024) if unit.existed(year)}
    assert due == {(line["unit_id"], line["year"]) for line in lines}
    for line in lines:
        assert line["quirk"] in QUIRKS and line["problem"] in {"", *PROBLEMS}
        assert bool(line["cells"]) == (line["status"] in ("published", "attachment_only"))
        assert not line["planted"] or line["cells"], "nothing is planted where nobody can find it"


def test_only_a_sample_is_replaced(tmp_path: Path) -> None:
    write_families(tmp_path, units=1, years=(2023, 2023))
    write_families(tmp_path, units=1, years=(2022, 2022))
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(FileExistsError, match=r"mine\.txt"):
        write_families(tmp_path, units=1, years=(2023, 2023))
    with pytest.raises(ValueError, match="years"):
        write_families(tmp_path / "new", units=1, years=(2018, 2023))
