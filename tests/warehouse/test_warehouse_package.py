"""The data package: valid by the standard, exact in Parquet, harmless in CSV, the same every time."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system
from made_province import Doc, batch, night

from warehouse.errors import QueryError, WarehouseError
from warehouse.package import write_package
from warehouse.plain_rows import plain_rows
from warehouse.release import publish
from warehouse.spec import RELEASES, TABLES
from warehouse.status import read_table

HOSTILE = '=HYPERLINK("http://evil")\u202e<script>'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases; nothing here writes to them."""
    home = tmp_path_factory.mktemp("released") / "home"
    docs = [Doc(unit, year, 10 * unit + year) for unit in range(3) for year in (2022, 2023)]
    publish(home, batch(docs[:4], docs[4:5], docs[5:]), night(0))
    publish(home, batch([Doc(0, 2022, 999)]), night(1))
    return home


@pytest.fixture(scope="module")
def package(home: Path) -> Path:
    write_package(home, home.parent / "package")
    return home.parent / "package"


def test_it_is_valid_by_the_standard(package: Path) -> None:
    with system.use_context(trusted=True):
        described = Package(str(package / "datapackage.json"))
        assert {resource.name for resource in described.resources} == {
            name.replace("_", "-") + end for name in (*TABLES, "releases") for end in ("", "-parquet")
        }
        for resource in described.resources:
            if resource.format == "csv":
                report = resource.validate()
                assert report.valid, report.flatten(["fieldName", "type", "note"])


def test_the_command_of_the_documentation_finds_it_valid_and_a_changed_file_not(
    package: Path, tmp_path: Path
) -> None:
    shutil.copytree(package, tmp_path / "gouji-r0007")
    text = (Path(__file__).parents[2] / "docs" / "queries.md").read_text("utf-8")
    (command,) = re.findall(r"^```\nfrictionless (.*)\n```$", text, re.MULTILINE)

    def said() -> dict[str, str]:
        program = [Path(sys.executable).with_name("frictionless"), *command.split(), "--json"]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
        found = {task["name"]: task["valid"] for task in json.loads(done.stdout)["tasks"]}
        assert done.returncode == int(not all(found.values()))
        return found

    names = {name.replace("_", "-") + end for name in (*TABLES, "releases") for end in ("", "-parquet")}
    assert said() == dict.fromkeys(names, True)
    changed = tmp_path / "gouji-r0007" / "data" / "cells.parquet"
    content = bytearray(changed.read_bytes())
    content[100] ^= 1
    changed.write_bytes(content)
    assert [name for name, valid in said().items() if not valid] == ["cells-parquet"]


def test_a_resource_is_a_table_or_says_nothing(package: Path) -> None:
    """The standard knows no other type."""
    for resource in json.loads((package / "datapackage.json").read_text("utf-8"))["resources"]:
        assert resource.get("type", "table") == "table"
        assert resource["format"].lower() == Path(resource["path"]).suffix[1:]
        assert resource["schema"]["fields"]


def test_the_descriptor_names_terms_sources_and_hashes(package: Path) -> None:
    described = json.loads((package / "datapackage.json").read_text("utf-8"))
    assert described["version"] == "r0002"
    assert described["created"] == night(1).isoformat().replace("+00:00", "Z")
    assert described["licenses"][0]["name"] == "other-pd"
    assert [source["path"] for source in described["sources"]] == ["http://127.0.0.1/"]
    for resource in described["resources"]:
        data = (package / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["bytes"] == len(data)
        table = TABLES.get(resource["title"], RELEASES)
        assert [field["name"] for field in resource["schema"]["fields"]] == list(table.names)


def test_parquet_is_exact(home: Path, package: Path) -> None:
    for name, table in TABLES.items():
        found = pq.read_table(package / "data" / f"{name}.parquet")
        assert found.schema.equals(table.schema), name
        keys = [(key, "ascending") for key in table.key]
        assert found.sort_by(keys).equals(read_table(home, name).sort_by(keys)), name


def test_an_earlier_release(home: Path, tmp_path: Path) -> None:
    assert write_package(home, tmp_path / "old", "r0001").release_id == "r0001"
    rows = list(csv.DictReader((tmp_path / "old" / "data" / "cells.csv").open(encoding="utf-8")))
    assert {row["value"] for row in rows if row["report_id"] == "620000-2022"} == {"2022", "2023", "2024", "2025", ""}
    with pytest.raises(QueryError, match="r0009"):
        write_package(home, tmp_path / "other", "r0009")
    assert not (tmp_path / "other").exists()


def test_the_same_release_gives_the_same_bytes(home: Path, package: Path, tmp_path: Path) -> None:
    write_package(home, tmp_path / "again")
    for path in sorted(package.rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(package)).read_bytes(), path


def test_a_folder_with_something_in_it_is_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x", "utf-8")
    with pytest.raises(WarehouseError, match="full: is there already, and not empty"):
        write_package(home, tmp_path / "full")
    (tmp_path / "empty").mkdir()
    write_package(home, tmp_path / "empty")
    assert (tmp_path / "empty" / "datapackage.json").is_file()
    assert sorted(it.name for it in tmp_path.iterdir()) == ["empty", "full"]


def test_hostile_text_is_no_formula_in_csv_and_exact_in_parquet(tmp_path: Path) -> None:
    made = batch([Doc(1, 2023, 5)])
    reports = made.reports.to_pylist()
    hostile = pa.Table.from_pylist(
        [row | {"unit_name": HOSTILE, "overview": "-x"} for row in reports], TABLES["reports"].schema
    )
    publish(tmp_path / "home", replace(made, reports=hostile), night(0))
    write_package(tmp_path / "home", tmp_path / "package")
    (row,) = csv.DictReader((tmp_path / "package" / "data" / "reports.csv").open(encoding="utf-8"))
    assert (row["unit_name"], row["overview"]) == (f"'{HOSTILE}", "'-x")
    exact = pq.read_table(tmp_path / "package" / "data" / "reports.parquet")
    assert exact["unit_name"].to_pylist() == [HOSTILE]


def test_figures_in_csv_are_plain() -> None:
    figures = ["0", "-3", "172", "3021.8508350000", "0.0000000001", "1000000"]
    column = pa.array([*map(Decimal, figures), None], pa.decimal128(38, 10))
    plain = plain_rows(pa.table({"value": column}))["value"].to_pylist()
    assert plain == ["0", "-3", "172", "3021.850835", "0.0000000001", "1000000", None]
    assert plain_rows(pa.table({"value": column.slice(0, 4)}))["value"].to_pylist() == plain[:4]
    signed = pa.table({"text": ["+1", "-3.5", "-", "+x", "=1", "@a", "a=1", "", None]})
    assert plain_rows(signed)["text"].to_pylist() == ["+1", "-3.5", "'-", "'+x", "'=1", "'@a", "a=1", "", None]
