"""The site's parts: passages of claims, the chain, the grid's letters, the layout of the form, the folder."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_release import COVERAGE, NAMES, coverage, faults

from form.catalogue import CELLS, EDITIONS, keys_of
from notices.site.builder import data_path
from notices.site.cells import Cells
from notices.site.chain import chain
from notices.site.files import MANIFEST, Folder
from notices.site.fronted import fronted, whole
from notices.site.layout import form_data, tables_of
from notices.site.model import LISTED_COLUMNS, Drawing, Facts, Overview, RuleCard, SiteError
from notices.site.overview import index_data, rule_lists
from notices.site.pages import assets, pages
from notices.site.payload_claims import passages
from notices.site.payload_findings import finding, ranked
from notices.text import visible

RULE = RuleCard(
    "T3-IDENT", "收办平衡", "a = b", "应相等", ("critical",), ("2021",), "条例", {"total": "表三“总计”列"}
)
FACTS = Facts("甘肃省", "62", "r0003", datetime(2025, 4, 1, tzinfo=UTC), NAMES.places, (RULE,))


def grid(row: list[dict[str, int | str]], taken: set[tuple[int, int]], y: int) -> int:
    x = 0
    for slot in row:
        while (y, x) in taken:
            x += 1
        taken |= {(y + dy, x + dx) for dy in range(int(slot.get("r", 1))) for dx in range(int(slot.get("c", 1)))}
    return sum(1 for place in taken if place[0] == y)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_layout_has_every_cell_once_and_no_hole(edition: str) -> None:
    form = form_data()
    numbers: list[int] = []
    for name in tables_of(edition, False):
        taken: set[tuple[int, int]] = set()
        widths = {grid(row, taken, y) for y, row in enumerate(form["tables"][name]["rows"])}
        assert len(widths) == 1, name
        assert {place[0] for place in taken} == set(range(len(form["tables"][name]["rows"])))
        numbers += [slot["k"] for row in form["tables"][name]["rows"] for slot in row if "k" in slot]
    assert sorted(CELLS[number].key for number in numbers) == sorted(keys_of(edition))


@given(
    text=st.text(min_size=1, max_size=120),
    cuts=st.lists(st.tuples(st.integers(0, 130), st.integers(0, 130)), max_size=6),
)
def test_passages_say_what_the_section_says_around_each_claim(text: str, cuts: list[tuple[int, int]]) -> None:
    report: dict[str, Any] = {"overview": text, "claims": [claim(*cut) for cut in cuts]}
    for passage in passages(report, {}, {}):
        said = passage["before"].removeprefix("…") + "".join(quote + after for quote, *_, after in passage["claims"])
        assert squeezed(said) in squeezed(visible(text))
    sound = [cut for cut in cuts if 0 <= cut[0] < cut[1] <= len(text)]
    assert bool(sound) == bool(passages(report, {}, {}))


def squeezed(text: str) -> str:
    return "".join(text.split())


def claim(start: int, end: int, subject: str = "received") -> dict[str, Any]:
    return {
        "kind": "figure", "subject": subject, "of_subject": None, "section": "overview",
        "start_at": start, "end_at": end,
    }  # fmt: skip


def test_a_claim_has_the_verdict_of_its_rule() -> None:
    report = {"overview": "收到申请3件，办结2件。", "claims": [claim(0, 6), claim(7, 11, "processed")]}
    verdicts = {("TXT-RECEIVED", "received"): ("fail", "表三为 4"), ("TXT-PROCESSED", "answered"): ("pass", None)}
    scopes = {"figure:received": ("TXT-RECEIVED", "received"), "figure:processed": ("TXT-PROCESSED", "processed")}
    (passage,) = passages(report, verdicts, scopes)
    assert passage["claims"] == [
        ["收到申请3件", "fail", "TXT-RECEIVED", "表三为 4", "，"],
        ["办结2件", "", "", "", "。"],
    ]


def test_the_chain_breaks_where_figures_differ_and_is_open_where_one_is_missing() -> None:
    years = {
        2020: Cells({}, {}, ("9", "1", "8", "2")),
        2021: Cells({}, {}, ("9", "2", "8", "3")),
        2022: Cells({}, {}, ("9", "4", "8", None)),
        2023: Cells({}, {}, ("9", "0", "8", "1")),
        2025: Cells({}, {}, ("9", "1", "8", "1")),
    }
    assert [link.get("link") for link in chain(years)] == ["open", "same", "broken", "open", "open"]
    assert "link" not in chain({2019: years[2020]})[0], "the form of 2018 has no such row"


def test_the_grid_has_a_word_for_every_unit_and_year() -> None:
    data = index_data(FACTS, overview())
    assert data["years"] == [2019, 2020, 2021, 2022, 2023, 2024]
    ids = list(whole(unit[:2] for unit in data["units"]))
    words = {one: re.findall(r"\D\d*", unit[-1]) for one, unit in zip(ids, data["units"], strict=True)}
    assert words["620123"][4] == "h2", "held, with two critical findings"
    assert words["620102-zyxz"][:2] == ["m", "m"]
    assert (words["620200"][2], words["620523"][5], words["620900"][5]) == ("b", "u", "d")
    assert data["places"][0] == ["6200", "省级"]
    assert ids == sorted(words)
    names = dict(zip(ids, whole(unit[2:4] for unit in data["units"]), strict=True))
    assert names == {row["unit_id"]: row["unit_name"] for row in coverage()}
    assert {len(word) for word in words.values()} == {len(data["years"])}


@given(st.lists(st.text(max_size=8)))
def test_front_coding_gives_the_texts_again(texts: list[str]) -> None:
    assert list(whole(fronted(texts))) == texts


def test_a_rule_lists_its_findings_gravest_first() -> None:
    ((rule, data),) = rule_lists(FACTS, overview())
    assert rule == "T3-IDENT"
    assert (data["total"], data["reports"]) == (2, 2)
    assert [row[0] for row in data["rows"]] == ["620982-2024", "620123-2023"], "newer years first"


def overview(waived: Collection[str] = ()) -> Overview:
    """The made release; `waived` are the ids of findings that a waiver covers."""
    rows = [row | ({"status": "waived"} if row["finding_id"] in waived else {}) for row in faults()]
    rows = [{name: row.get(name) for name in LISTED_COLUMNS} for row in rows]
    types = {name: pa.int16() if name == "year" else pa.string() for name in LISTED_COLUMNS}
    return Overview(
        pa.Table.from_pylist(coverage(), schema=COVERAGE), pa.Table.from_pylist(rows, schema=pa.schema(types))
    )


def test_what_a_waiver_covers_is_said_and_not_counted() -> None:
    """As in the mail: tiles, grid, rules, lists and a unit's page count what is open."""
    covered = [row["finding_id"] for row in faults() if row["rule"] in {"T3-IDENT", "T3-EDITION"}]
    found = overview(covered[:1] + covered[-1:])
    made = dict(pages(FACTS, found))
    index = made["index.html"].decode()
    assert "<dt>严重问题</dt><dd>4</dd>" in index
    assert "另有警告 2、提示 2；另有已豁免 2" in index
    assert "（1，另有已豁免 1）" in made["rules.html"].decode()
    numbers = [int(number) for unit in index_data(FACTS, found)["units"] for number in re.findall(r"\d+", unit[-1])]
    assert sum(numbers) == 6
    ((_, data),) = rule_lists(FACTS, found)
    assert (data["total"], data["reports"], data["waived"]) == (1, 1, 1)
    assert [(row[0], row[-1]) for row in data["rows"]] == [("620982-2024", "open"), ("620123-2023", "waived")]
    none = overview([row["finding_id"] for row in faults() if row["rule"] == RULE.id])
    assert "（0，另有已豁免 2）" in dict(pages(FACTS, none))["rules.html"].decode()
    rows = [row | {"status": "waived" if row["finding_id"] in covered else "open"} for row in faults()]
    order = [(row["status"], row["severity"]) for row in ranked(rows)]
    assert [status for status, _ in order] == sorted(status for status, _ in order)
    assert order[0] == ("open", "critical")


def test_a_waiver_that_ended_is_not_said_to_have_run_out() -> None:
    """A changed document ends a waiver before its day."""
    words = dict(assets(FACTS))["assets/words.js"].decode()
    assert "豁免失效" in words
    assert "到期" not in words.replace("未到期限", "")


def test_pages_do_not_depend_on_the_day_and_show_hostile_names_as_text() -> None:
    rule = RuleCard("X", "<script>\u202e", "a < b", "“&”", ("info",), ("2021",), "x", {})
    facts = Facts(
        "甘肃省", "62", "r0003", FACTS.released_at, NAMES.places, (RULE, rule), (Drawing("c", "图", "说", "<svg/>"),)
    )
    made = dict(pages(facts, overview()))
    assert made == dict(pages(facts, overview()))
    text = made["rules.html"].decode()
    assert "&lt;script&gt;⟨U+202E⟩" in text
    assert "<script>" not in text
    assert '<img src="assets/c.svg?v=' in made["index.html"].decode()


def test_cells_of_other_reports_stand_apart_in_a_finding() -> None:
    reviews = "disputes.reconsideration.total"
    row = faults()[0] | {
        "cells": [reviews, f"{reviews}@620100-2022", "nothing", "applications.received.total@last"],
        "alternatives": [["applications.received.total"], ["nothing@last"]],
        "status": "open", "opened_at": datetime(2025, 4, 1, 17, tzinfo=UTC), "opened_in": "r0001", "scope": "total",
    }  # fmt: skip
    data = finding(row, {RULE.id: RULE})
    keys = [cell.key for cell in CELLS]
    reviewed, received = keys.index(reviews), keys.index("applications.received.total")
    assert data["cells"] == [reviewed]
    assert data["elsewhere"] == [["620100-2022", reviewed], ["620123-2022", received]]
    assert data["alternatives"] == [[received]]
    assert (data["scope"], data["since"]) == ("表三“总计”列", "2025-04-02")


@pytest.mark.parametrize("unit_id", ["", "../x", "a/b", "甲", "x" * 81, "a.b"])
def test_an_id_that_is_no_file_name_is_refused(unit_id: str) -> None:
    with pytest.raises(SiteError):
        data_path(unit_id)


def test_a_folder_keeps_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    first = Folder(tmp_path)
    first.put("a/one.js", b"1")
    first.put("a/b/two.js", b"2")
    assert first.finish({"x": 1}) == 0
    (tmp_path / "a" / "mine.txt").write_text("kept", "utf-8")
    second = Folder(tmp_path)
    assert second.state == {"x": 1}
    assert second.known("a/b/two.js")
    second.put("a/one.js", b"3")
    assert second.finish({"x": 2}) == 1
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [MANIFEST, "mine.txt", "one.js"]
    assert not (tmp_path / "a" / "b").exists()
    assert json.loads((tmp_path / MANIFEST).read_text("utf-8"))["state"] == {"x": 2}


def test_a_file_that_was_lost_is_written_again(tmp_path: Path) -> None:
    first = Folder(tmp_path)
    first.put("one.js", b"1")
    first.finish({})
    (tmp_path / "one.js").unlink()
    second = Folder(tmp_path)
    assert not second.known("one.js")
    second.put("one.js", b"1")
    assert (tmp_path / "one.js").read_bytes() == b"1"


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "another"}'])
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(SiteError):
        Folder(tmp_path)
