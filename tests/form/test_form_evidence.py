"""The evidence for unit, code, year, period, edition and scope, and documents that contradict themselves."""

from __future__ import annotations

import csv
from pathlib import Path

import paper
import pytest
from checks import figures
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import Style

from form.divisions import divisions, place_of
from form.evidence import scope_of_unit
from form.grid import Document, Paragraph
from form.reading import Report
from form.recognise import read_reports

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
TABLE = paper.applications({"applications.received.total": "3"}, Style())


def read(*lines: str, metadata: dict[str, str] | None = None, address: str = "") -> Report:
    blocks = [Paragraph(line) for line in lines]
    document = Document((*blocks, paper.to_grid(TABLE, None)), "x", "t", metadata or {})
    (report,) = read_reports(document, address)
    return report


def told(report: Report, name: str) -> list[tuple[str, str, str]]:
    return [(f.value, f.source, f.quote) for f in report.facts if f.name == name]


def codes(report: Report) -> list[str]:
    return [remark.code for remark in report.remarks]


def test_every_fact_has_its_words_and_their_place() -> None:
    title = "甘谷县自然资源局2022年政府信息公开工作年度报告"
    report = read(title, "统计期限自2022年1月1日起至2022年12月31日止。")
    period = "统计期限自2022年1月1日起至2022年12月31日"
    assert told(report, "unit") == [("甘谷县自然资源局", "title", title)]
    assert told(report, "code") == [("620523", "title", "甘谷县")]
    assert told(report, "department") == [("自然资源局", "title", "甘谷县自然资源局")]
    assert told(report, "year") == [("2022", "title", title), ("2022", "body", period)]
    assert told(report, "period") == [("2022-01-01/2022-12-31", "body", period)]
    assert told(report, "scope") == [("own", "title", "甘谷县自然资源局")]
    assert report.scope == "own"
    assert not codes(report)


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_edition_is_shown_by_a_printed_label(edition: str) -> None:
    style = Style(edition=edition)
    tables = (*paper.proactive(figures(edition), style), paper.applications(figures(edition), style))
    (report,) = read_reports(Document(tuple(paper.to_grid(table) for table in tables), "x", "t"))
    ((value, source, quote),) = told(report, "edition")
    assert (value, source, report.edition) == (edition, "tables", edition)
    assert quote == {"2019": "本年新制作数量", "2021": "本年制发件数"}[edition]


@pytest.mark.parametrize(
    ("lines", "metadata", "code"),
    [
        (["某县某局2021年政府信息公开工作年度报告", "统计期限为2020年1月1日至2020年12月31日"], {}, "year"),
        (["某局2021年政府信息公开工作年度报告", "现公布《某局2020年政府信息公开工作年度报告》。"], {}, "year"),
        (["某局2021年政府信息公开工作年度报告"], {"title": "某局2022年政府信息公开工作年度报告"}, "year"),
        (["某县教育局2021年政府信息公开工作年度报告"], {"title": "某县水务局2021年政府信息公开工作年度报告"}, "unit"),
        (
            ["某县人民政府办公室2021年政府信息公开工作年度报告"],
            {"title": "某县人民政府2021年政府信息公开工作年度报告"},
            "scope",
        ),
        (
            ["某县教育局2021年政府信息公开工作年度报告", "本报告数据包括全县各乡镇、各部门。"],
            {},
            "scope",
        ),
    ],
)  # fmt: skip
def test_a_document_that_contradicts_itself_is_seen(lines: list[str], metadata: dict[str, str], code: str) -> None:
    report = read(*lines, metadata=metadata)
    assert codes(report) == [f"{code}_contradicted"]
    assert len({value for value, _, _ in told(report, code)}) == 2


def test_what_two_places_say_is_in_the_remark() -> None:
    report = read("某局2021年政府信息公开工作年度报告", "统计期限为2020年1月1日至2020年12月31日")
    assert report.year == 2021
    (remark,) = report.remarks
    assert remark.text == (
        "年度不一致：标题“某局2021年政府信息公开工作年度报告”为2021，"
        "正文“统计期限为2020年1月1日至2020年12月31日”为2020"
    )


@pytest.mark.parametrize(
    ("title", "page"),
    [
        ("平川区发改局2021年政府信息公开工作年度报告", "白银市平川区发展和改革局2021年政府信息公开工作年度报告"),
        ("永靖县2021年政府信息公开工作年度报告", "永靖县人民政府2021年政府信息公开工作年度报告"),
        ("某局2021年政府信息公开工作年度报告", "政府信息公开年报"),
    ],
)
def test_short_names_contradict_nothing(title: str, page: str) -> None:
    assert not codes(read(title, metadata={"title": page}))


def test_a_list_of_other_years_above_contradicts_nothing() -> None:
    title = "某局2021年政府信息公开工作年度报告"
    report = read("某局2019年政府信息公开工作年度报告", title, metadata={"title": title})
    assert (report.year, codes(report)) == (2021, [])


def test_the_file_name_speaks_last() -> None:
    name = "%E6%9F%90%E5%B1%80" + "2021年政府信息公开工作年度报告.pdf"
    bare = read("政府信息公开工作年度报告", address=f"http://x.example/2019n/{name}?a=b".split("?")[0])
    assert (bare.unit, bare.year) == ("某局", 2021)
    assert {f.source for f in bare.facts if f.name in ("unit", "year")} == {"address"}
    other = read("某局2020年政府信息公开工作年度报告", address=name)
    assert (other.year, codes(other)) == (2020, ["year_contradicted"])
    folder = read("某局2020年政府信息公开工作年度报告", address="http://x.example/2019n/20210301.html")
    assert not codes(folder)


@pytest.mark.parametrize(
    ("unit", "scope"),
    [
        ("某县人民政府", "aggregate"),
        ("甘肃省", "aggregate"),
        ("临夏回族自治州人民政府", "aggregate"),
        ("某市某区", "aggregate"),
        ("某县人民政府办公室", "own"),
        ("某市卫健委(市中医药管理局)", "own"),
        ("某县某镇人民政府", "own"),
        ("某街道办事处", "own"),
        ("兰州新区管委会", "own"),
        ("某工业园区", None),
        ("", None),
    ],
)
def test_whose_figures_a_unit_reports(unit: str, scope: str | None) -> None:
    assert scope_of_unit(unit) == scope


def test_an_office_that_draws_up_says_nothing_of_the_scope() -> None:
    report = read("2021年政府信息公开工作年度报告", "本报告由某县人民政府办公室编制。")
    assert told(report, "unit") == [("某县人民政府办公室", "drafter", "本报告由某县人民政府办公室编制")]
    assert report.scope is None


@pytest.mark.parametrize(
    ("unit", "elsewhere", "code", "department"),
    [
        ("甘肃省人民政府办公厅", "", "620000", "人民政府办公厅"),
        ("白银市平川区发改局", "", "620403", "发改局"),
        ("城关区人民政府", "", None, ""),
        ("城关区人民政府", "兰州市", "620102", ""),
        ("临夏州临夏县教育局", "", "622921", "教育局"),
        ("张家川县", "", "620525", ""),
        ("东乡族自治县人民政府", "", "622926", ""),
        ("甘肃省兰州新区管委会", "", None, ""),
        ("国家税务总局兰州市税务局", "", None, ""),
        ("淮安市人民政府", "", None, ""),
    ],
)
def test_the_place_in_a_name(unit: str, elsewhere: str, code: str | None, department: str) -> None:
    place = place_of(unit, elsewhere)
    assert (place.code if place else None, place.department if place else "") == (code, department)


def test_every_division_is_found_by_its_own_name() -> None:
    for division in divisions():
        above = next((d.names[0] for d in divisions() if d.code == division.parent), "")
        for name in division.names:
            place = place_of(f"{above}{name}人民政府")
            assert place is not None
            assert (place.code, place.department) == (division.code, "")


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared folder")
def test_the_divisions_are_those_of_the_domain() -> None:
    rows = list(csv.DictReader((SHARED / "domain" / "gansu_divisions.csv").read_text("utf-8").splitlines()))
    assert [(d.code, d.names[0], d.parent) for d in divisions()] == [
        (r["code"], r["name"], r["parent"]) for r in rows
    ]


@given(
    st.text(alphabet="某县局2021020年政府信息公开工作度报告统计期限为至月日《》由编制本。:\n", max_size=200),
    st.text(max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_facts_that_agree_with_the_report(text: str, address: str) -> None:
    report = read(*text.split("\n"), address=address)
    first = {f.name: f.value for f in reversed(report.facts)}
    assert first.get("unit") == report.unit
    assert first.get("year") == (str(report.year) if report.year else None)
    assert first.get("scope") == report.scope
    assert all(fact.quote for fact in report.facts)
