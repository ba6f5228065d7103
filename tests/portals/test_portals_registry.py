from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_support import PROVINCE, SOURCES, unit_toml

from portals import names
from portals.registry import Registry, RegistryError, load


def write(folder: Path, text: str, name: str = "sources.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_file_is_read_whole(registry: Registry, tmp_path: Path) -> None:
    portal = registry.portals["sample"]
    assert portal.serve == tmp_path / "site"
    assert portal.address("/a/") == "http://sample.gansu.example/a/"
    unit = registry.units["620102"]
    assert (unit.name, unit.aliases, unit.parent, unit.first_year, unit.last_year) == (
        "兰州市城关区人民政府",
        ("城关区政务公开办",),
        "620100",
        2019,
        2024,
    )
    assert registry.units["620000"].parent is None
    assert [unit.existed(year) for year in (2018, 2019, 2024, 2025)] == [False, True, True, False]


def test_files_merge_across_portals_and_units(tmp_path: Path) -> None:
    one = write(tmp_path, SOURCES, "a.toml")
    two = write(tmp_path, unit_toml("620102", "兰州市城关区人民政府"), "b.toml")
    merged = load(one, two)
    assert list(merged.units) == ["620102"] and merged.hosts == {"sample.gansu.example"}
    with pytest.raises(RegistryError, match=r"b\.toml: \[\[units\]\] 1 \(620102\): the id is already"):
        load(one, two, two)
    with pytest.raises(RegistryError, match=r"declared twice"):
        load(one, one)
    with pytest.raises(RegistryError, match=r"portal 'sample' is not declared"):
        load(two)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('host = "sample.gansu.example"', 'host = "https://sample.gansu.example"', "host = .* plain lower-case"),
        ('host = "sample.gansu.example"', 'host = "127.0.0.1"', "host = .* plain lower-case"),
        ('host = "sample.gansu.example"', 'host = "localhost"', "host = .* plain lower-case"),
        ('family = "trs"', 'family = "wordpress"', "family = 'wordpress' must be one of .*trs"),
        ("delay_seconds = 0.0", "delay_seconds = -1", "delay_seconds = -1 must be a number of seconds"),
        ("delay_seconds = 0.0", "delay_seconds = nan", "delay_seconds = nan must be"),
        ("concurrency = 2", "concurrency = 0", "concurrency = 0 must be a whole number from 1 to 32"),
        ("concurrency = 2", "concurrency = true", "concurrency = True must be"),
        ("concurrency = 2", "", "concurrency is missing"),
        ("concurrency = 2", "concurrency = 2\nspeed = 1", "unknown key 'speed'"),
        ('code = "620103"', 'code = "62010"', "code = '62010' must be six"),
        ('code = "620103"', 'code = "620104"', "begin with different codes"),
        ('path = "/620103/zfxxgknb/"', 'path = "/../etc/"', "path = .* absolute path"),
        ('path = "/620103/zfxxgknb/"', 'path = "//evil.example/"', "path = .* absolute path"),
        ('id = "620103"', 'id = "620103"\nparent = 3', "TOML|parent|Cannot overwrite"),
        ('level = "province"', 'level = "country"', "level = 'country' must be one of"),
        ("first_year = 2019", "first_year = 2030", "last_year 2024 is before first_year 2030"),
        ("[[portals]]", "[portal", "sources.toml: "),
        ("[[portals]]", "[other]\n[[portals]]", "unknown table 'other'"),
        ("[[portals]]", "[portals]", r"portals must be written as \[\[portals\]\]"),
    ],
)
def test_every_fault_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in PROVINCE
    path = write(tmp_path, PROVINCE.replace(old, new, 1))
    with pytest.raises(RegistryError, match=says) as caught:
        load(path)
    assert "sources.toml" in str(caught.value) and "\n" not in str(caught.value)


def test_an_absent_or_undecodable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"gone\.toml: No such file"):
        load(tmp_path / "gone.toml")
    bad = tmp_path / "bad.toml"
    bad.write_bytes("name = '城'".encode("gb18030"))
    with pytest.raises(RegistryError, match=r"bad\.toml: .*utf-8"):
        load(bad)


def test_selection_by_prefix(registry: Registry) -> None:
    assert [u.id for u in registry.select(["620102", "620103-"])] == [
        "620102",
        "620102-bgs",
        "620102-czj",
        "620103-czj",
    ]
    assert len(registry.select()) == 7
    for wrong in ("63", ""):
        with pytest.raises(RegistryError, match="no unit"):
            registry.select(["620102", wrong])


@pytest.mark.parametrize(
    ("printed", "listed", "unit", "how"),
    [
        ("兰州市城关区人民政府", "620102", "620102", "printed"),
        (" 兰州市 城关区人民政府\u200b", "620102", "620102", "printed"),
        ("城关区政务公开办", "620103", "620102", "printed"),
        ("甘肃省人民政府", "620102", "620000", "printed"),  # a copy on a county portal
        (None, "620102", "620102", "listed"),
        ("　", "620102", "620102", "listed"),
        ("城关区", "620102", "620102", "listed"),
        ("城关区政府", "620102", "620102", "listed"),
        ("城关区人民政府", "620102", "620102", "listed"),
        ("人民政府", "620102", "620102", "listed"),
        ("甘肃省兰州市城关区人民政府", "620102", "620102", "listed"),
        ("兰州市", "620100", "620100", "listed"),
        ("财政局", "620102-czj", "620102-czj", "listed"),
        ("城关区财政局", "620102-czj", "620102-czj", "listed"),
        # the office is a unit of its own, wherever it is listed
        ("城关区人民政府办公室", "620102", "620102-bgs", "printed"),
        ("兰州市城关区政府办公室", "620102", "620102-bgs", "printed"),
        ("城关区人民政府", "620102-bgs", "620102", "printed"),
        ("城关区财政局", "620102", "620102-czj", "printed"),
        # other bodies
        ("七里河区", "620102", "620102", "conflict"),
        ("七里河区财政局", "620102-czj", "620102-czj", "conflict"),
        ("拉萨市城关区人民政府", "620102", "620102", "conflict"),
        ("城关镇人民政府", "620102", "620102", "conflict"),
        ("兰州市人民政府办公室", "620102", "620102", "conflict"),
        ("城关区人民政府办公厅", "620102", "620102", "conflict"),
        ("办公室", "620102", "620102", "conflict"),
        ("教育局", "620102", "620102", "conflict"),
        ("关区人民政府", "620102", "620102", "conflict"),
        ("局", "620102-czj", "620102-czj", "conflict"),
    ],
)
def test_the_title_decides_the_unit(
    registry: Registry, printed: str | None, listed: str, unit: str, how: str
) -> None:
    match = registry.resolve(printed, listed)
    assert (match.unit.id, match.how) == (unit, how)


def test_a_name_of_several_units_is_only_sure_where_it_is_listed(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        SOURCES
        + unit_toml("620102", "兰州市城关区人民政府", aliases=["区政府"])
        + unit_toml("620103", "兰州市七里河区人民政府", aliases=["区政府"])
        + unit_toml("620104", "兰州市西固区人民政府"),
    )
    registry = load(path)
    assert registry.resolve("区政府", "620103").unit.id == "620103"
    assert registry.resolve("区政府", "620104").how == "conflict"


def test_places_printed_above_an_unknown_parent_are_not_believed(tmp_path: Path) -> None:
    registry = load(write(tmp_path, SOURCES + unit_toml("620102", "城关区人民政府", parent="620100")))
    assert registry.resolve("拉萨市城关区人民政府", "620102").how == "conflict"
    loop = load(
        write(
            tmp_path,
            SOURCES
            + unit_toml("620102", "甲区人民政府", parent="620103")
            + unit_toml("620103", "乙区人民政府", parent="620102"),
        )
    )
    assert loop.resolve("丙市甲区人民政府", "620102").how == "conflict"


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_never_raise_and_equal_themselves(one: str, other: str) -> None:
    names.same(one, other, [other])
    assert names.same(one, one, [])
    assert names.normalise(names.normalise(one)) == names.normalise(one)
