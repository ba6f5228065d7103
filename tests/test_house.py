"""The house holds: who may import whom, and which room owns which vendor."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("form", "store", "portals", "extractors", "expectations", "warehouse", "notices", "samples", "flows")
ALLOWED = {room: {room, "form"} for room in ROOMS} | {
    "form": {"form"},
    "store": {"store"},
    "portals": {"portals", "store", "form"},
    "warehouse": {"warehouse", "store", "form"},
    "flows": set(ROOMS),
}
#: vendor -> the only places that may import it
OWNERS = {
    "prefect": ("flows/",),
    "prefect_dask": ("flows/dask_engine.py",),
    "dask": ("flows/dask_engine.py",),
    "distributed": ("flows/dask_engine.py",),
    "camelot": ("extractors/pdf/", "extractors/scan/", "extractors/second/"),
    "pypdfium2": ("extractors/pdf/", "extractors/scan/", "extractors/second/"),
    "great_expectations": ("expectations/suites/library.py",),
    "onnxruntime": ("extractors/scan/",),
    "rapidocr": ("extractors/scan/",),
    "cv2": ("extractors/scan/",),
    "deltalake": ("warehouse/",),
    "duckdb": ("warehouse/",),
    "selectolax": ("extractors/html", "portals/"),
    "obstore": ("store/", "warehouse/scan.py"),
    "pycurl": ("portals/client.py",),
    "protego": ("portals/robots.py",),
    "warcio": ("portals/warc.py",),
    "smtplib": ("notices/",),
    "matplotlib": ("notices/chart.py",),
    "xlsxwriter": ("notices/",),
    "click": ("flows/",),
    "rich": ("flows/",),
}


def sources() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    for path in sorted((ROOT / room).rglob("*.py")):
        for name in imports(path):
            top = name.split(".")[0]
            assert top not in ROOMS or top in ALLOWED[room], f"{path.relative_to(ROOT)} imports {name}"


def test_vendors_have_one_owner() -> None:
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for name in imports(path):
            owners = OWNERS.get(name.split(".")[0])
            assert owners is None or where.startswith(owners), f"{where} imports {name}"


def test_the_core_needs_only_the_standard_library() -> None:
    for path in sorted((ROOT / "form").rglob("*.py")):
        for name in imports(path):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or top == "form", f"{path.relative_to(ROOT)} imports {name}"
            assert top not in {"time", "random", "socket", "locale", "subprocess"}, (
                f"{path.relative_to(ROOT)}: {name}"
            )


def test_flows_ask_the_store_and_not_the_home() -> None:
    """What is in a store elsewhere would be missed without a word by a function that is handed the home's folder."""
    for path in sorted((ROOT / "flows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "str"):
                handed = {one.attr for one in node.args if isinstance(one, ast.Attribute)}
                assert "root" not in handed, f"{path.relative_to(ROOT)}:{node.lineno}: `.store` has it"


def test_files_stay_small() -> None:
    large = {
        p.relative_to(ROOT).as_posix(): n for p in sources() if (n := len(p.read_text("utf-8").splitlines())) > 400
    }
    assert not large


def test_locks_have_hashes_and_name_no_registry() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text("utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|index-url|find-links", text), lock
