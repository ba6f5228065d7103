"""Merged and renamed units: what `sources.toml` may say, and that a wrong link names its file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest
from portals_support import PROVINCE, SOURCES, unit_toml

from portals.registry import Registry, RegistryError, load

OLD, NEW = "620102-swj", "620102-swuj"


def read(folder: Path, *units: str) -> Registry:
    path = folder / "sources.toml"
    path.write_text(SOURCES + "".join(units), "utf-8")
    return load(path)


def unit(unit_id: str, *more: str, first: int = 2019, last: int | None = None) -> str:
    text = unit_toml(unit_id, f"单位{unit_id}").replace("first_year = 2019", f"first_year = {first}")
    lines = [line for line in text.splitlines() if not line.startswith("last_year")]
    return "\n".join([*lines, *([f"last_year = {last}"] if last else []), *more]) + "\n"


def test_a_lineage_is_read(tmp_path: Path) -> None:
    registry = read(
        tmp_path,
        unit(OLD, last=2021),
        unit(NEW, f'predecessors = ["{OLD}"]', first=2022),
        unit("620102", "children_complete = true"),
        unit("620102-czj").replace('parent = "620100"', 'parent = "620102"'),
    )
    assert registry.units[NEW].predecessors == (OLD,)
    assert registry.units[OLD].predecessors == () and not registry.units[OLD].children_complete
    assert registry.units["620102"].children_complete


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ({"last": 2021}, ({"first": 2022}, 'predecessors = ["620102-x"]'), "predecessor '620102-x' is not declared"),
        ({"last": 2020}, ({"first": 2022}, f'predecessors = ["{OLD}"]'), r"did not exist in 2021"),
        ({"first": 2022}, ({"first": 2022}, f'predecessors = ["{OLD}"]'), r"did not exist in 2021"),
        ({}, ({"first": 2022}, f'predecessors = ["{NEW}"]'), "cannot be its own predecessor"),
        ({}, ({"first": 2022}, f'predecessors = ["{OLD}", "{OLD}"]'), "names a unit twice"),
        ({}, ({}, 'predecessors = ["swj"]'), "must be a list of ids of units"),
        ({}, ({}, f'predecessors = "{OLD}"'), "must be a list of ids of units"),
        ({}, ({}, "children_complete = 1"), "must be true or false"),
        ({}, ({}, "children_complete = true"), "no unit names it as parent"),
    ],
)
def test_a_lineage_that_cannot_be(tmp_path: Path, old: dict, new: tuple[dict, str], says: str) -> None:  # type: ignore[type-arg]
    years, line = new
    with pytest.raises(RegistryError, match=says) as caught:
        read(tmp_path, unit(OLD, **old), unit(NEW, line, **years))
    assert "\n" not in str(caught.value)
    assert f"sources.toml: [[units]] 2 ({NEW})" in str(caught.value)


def test_province_still_loads(tmp_path: Path) -> None:
    path = tmp_path / "province.toml"
    path.write_text(PROVINCE, "utf-8")
    assert not any(unit.predecessors for unit in load(path).units.values())
