from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from samples_arithmetic import broken
from selectolax.lexbor import LexborHTMLParser

from form.errors import REASONS
from samples.province import write_province

RULES = {
    *("T3-IDENT", "T3-DETAIL", "T3-ROW", "T3-TOTAL-BLANK", "T3-INTEGER", "T3-EDITION", "T3-EMPTY"),
    *("T4-SUM", "T4-BLANK", "T2-FLOW", "T2-STOCK", "T2-ITEMS", "T2-PROCUREMENT", "T2-INFORCE"),
    *("T2-LEVEL", "T2-FEE", "PERIOD", "SECTIONS", "LEFTOVER"),
}
#: rules that sentences, other years, other levels and days decide
BEYOND = {
    *("TXT-RECEIVED", "TXT-PROCESSED", "TXT-OUTCOME", "TXT-DISPUTES", "TXT-SHARE", "TXT-GROWTH", "TXT-DOCUMENTS"),
    *("TXT-ALL", "TXT-YEAR", "X-CARRY", "X-INFORCE", "X-PUBLISHED", "X-ITEMS", "X-JUMP", "X-COPY"),
    *("R-PART", "R-SUM", "TIME-DEPARTMENT", "TIME-GOVERNMENT", "TIME-TOWNSHIP"),
}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_default_province_has_what_a_night_needs(province) -> None:
    tally = province.summary.tally
    assert len(province.truth) == 72
    assert tally.reports >= 60
    assert tally.reports + tally.refused + tally.missing == 72
    styles = Counter(line["style"] for line in province.truth if line["cells"])
    assert set(styles) == {"portal", "wps", "jsp", "typst-official", "typst-compact", "fpdf-boxes", "fpdf-bars"}
    assert 0.55 <= tally.html / tally.reports <= 0.8
    assert {line["edition"] for line in province.truth} == {"2019", "2021", None}


def test_every_rule_is_planted_and_only_criticals_are_held(province) -> None:
    planted = {name.split()[0] for line in province.truth for name in line["planted"]}
    assert planted == RULES | BEYOND
    assert {fault["rule"] for line in province.truth for fault in line["faults"]} == RULES | BEYOND
    for line in province.truth:
        failing = {fault["rule"] for fault in line["faults"]}
        assert {name.split()[0] for name in line["planted"]} <= failing
        assert not failing & {near["rule"] for near in line["near_misses"]}
    assert sum(bool(line["near_misses"]) for line in province.truth) >= 12
    for line in province.truth:
        assert line["held"] == any(fault["severity"] == "critical" for fault in line["faults"])
    assert sum(line["held"] for line in province.truth) == province.summary.tally.held > 0
    clean = [line for line in province.truth if line["cells"] and not line["faults"]]
    assert len(clean) >= 12


def test_the_truth_agrees_with_arithmetic(province) -> None:
    for line in province.truth:
        if not line["cells"]:
            assert line["cells"] == {}
            continue
        cells = {key: None if value is None else Decimal(value) for key, value in line["cells"].items()}
        seen = RULES - {"PERIOD", "SECTIONS", "LEFTOVER"}
        listed = {(f["rule"], f["severity"], f["scope"]) for f in line["faults"] if f["rule"] in seen}
        assert broken(cells, line["year"], line["edition"], line["level"]) == listed, line["address"]


def test_documents_that_are_no_reports(province) -> None:
    refused = {line["no_report"]: province.file(line["address"]) for line in province.truth if line["no_report"]}
    assert set(refused) == {"mislabelled", "empty", "truncated", "encrypted"} <= set(REASONS)
    assert refused["empty"].read_bytes() == b""
    assert refused["mislabelled"].read_bytes().startswith(b"<!DOCTYPE html>")
    assert refused["mislabelled"].suffix == ".pdf"
    truncated = refused["truncated"].read_bytes()
    assert truncated.startswith(b"%PDF-")
    assert b"%%EOF" not in truncated
    assert b"/Encrypt" in refused["encrypted"].read_bytes()
    (missing,) = (line for line in province.truth if line["status"] == "not_published")
    assert missing["address"] is None
    assert [fault["rule"].partition("-")[0] for fault in missing["faults"]] == ["TIME"]


def test_every_address_can_be_reached_from_its_list(province) -> None:
    registry = tomllib.loads(province.summary.sources.read_text(encoding="utf-8"))
    units = {unit["id"]: unit for unit in registry["units"]}
    assert [portal["host"] for portal in registry["portals"]] == ["sample.gansu.example"]
    assert all(unit.get("parent") in (None, *units) for unit in units.values())
    pages_seen = set()
    for key, unit in units.items():
        listed, pages = read_lists(province, unit["path"])
        pages_seen.add(pages)
        wanted = {
            line["article"] or line["address"]
            for line in province.truth
            if line["unit_id"] == key and line["address"]
        }
        assert wanted <= listed
        # No title of the year that is not published; other notices stay on the list.
        assert len(listed) > len(wanted)
    assert max(pages_seen) >= 3


def read_lists(province, path: str) -> tuple[set[str], int]:
    """All addresses on a unit's list pages, and how many pages there are."""
    first = province.file(f"http://sample.gansu.example{path}index.html").read_text(encoding="utf-8")
    call = re.search(r'createPageHTML\((\d+), 0, "index", "html"\)', first)
    assert call
    count = int(call[1])
    addresses: set[str] = set()
    for number in range(count):
        name = f"index_{number}.html" if number else "index.html"
        page = province.file(f"http://sample.gansu.example{path}{name}")
        tree = LexborHTMLParser(page.read_text(encoding="utf-8"))
        for link in tree.css("ul.list li a"):
            href = link.attributes["href"]
            assert re.fullmatch(r"\./20\d{4}/(t20\d{6}_\d{7}\.html|P020\d{6}\d{12}\.pdf)", href)
            assert (page.parent / href).exists()
            assert link.attributes["title"].startswith(link.text().rstrip("…"))
            addresses.add(f"http://sample.gansu.example{path}{href[2:]}")
    return addresses, count


def test_same_arguments_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    write_province(one, units=13, years=(2020, 2021), seed=7)
    write_province(two, units=13, years=(2020, 2021), seed=7, workers=2)
    assert any(name.endswith(".pdf") for name in digests(one))
    assert digests(one) == digests(two)
    write_province(other, units=13, years=(2020, 2021), seed=8)
    assert digests(one)["truth.jsonl"] != digests(other)["truth.jsonl"]


def test_writing_again_replaces_the_sample_and_nothing_else(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_province(tmp_path, units=3, years=(2023, 2024), progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(2, 6), (4, 6), (6, 6)]
    first = digests(tmp_path)
    write_province(tmp_path, units=2, years=(2023, 2024))
    assert any(name.startswith("site/620000-fgj/") for name in first)
    assert not any(name.startswith("site/620000-fgj/") for name in digests(tmp_path))
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"mine\.txt"):
        write_province(tmp_path)
    assert (tmp_path / "mine.txt").exists()
    assert (tmp_path / "truth.jsonl").exists()


@pytest.mark.parametrize("years", [(2018, 2020), (2024, 2023), (2020, 2200)])
def test_impossible_years_are_refused_before_anything_is_written(tmp_path: Path, years: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="years"):
        write_province(tmp_path / "new", years=years)
    assert not (tmp_path / "new").exists()
