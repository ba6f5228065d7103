"""Grids -> readings, in every wording and layout seen; each case is a made-up document."""

from __future__ import annotations

from dataclasses import replace

import paper
import pytest
from checks import codes, figures, only, wrong
from paper import Item, Style

from form.catalogue import keys_of
from form.errors import DocumentError
from form.grid import Document, Grid
from form.recognise import read_reports


def test_both_editions_exactly_and_in_order() -> None:
    for edition in ("2019", "2021"):
        values = figures(edition)
        report = only(paper.report(values, Style(edition)))
        assert report.edition == edition
        assert not wrong(report, values)
        assert {r.key for r in report.readings} == set(keys_of(edition))
        assert {r.confidence for r in report.readings} == {1.0}
        assert {r.reader for r in report.readings} == {"test-1"}
        assert (report.leftovers, report.remarks) == ((), ())


@pytest.mark.parametrize(
    "style",
    [
        Style(apart=True),
        Style("2019", apart=True),
        Style(merged=False),
        Style("2019", merged=False),
        Style(spaced=" "),
        Style(spaced="\n"),
        Style(numbering="{}、"),
        Style(numbering="{}. "),
        Style(numbering=""),
        Style("2019", middle=True),
        Style(renamed={"行政规范性文件": "规范性文件"}),
        Style(renamed={"行政许可": "行政许可（含备案事项）"}),
        Style(renamed={"三、本年度办理结果": "三\n、\n本\n年\n度\n办\n理\n结\n果"}),
        Style(renamed={"社会公益组织": "社会公益", "商业企业": "商业\n企业"}),
        Style(renamed={"（七）总计": "(七)总 计", "（三）不予公开": "（三）不予公 开"}),
        Style(renamed={"3.危及“三安全一稳定”": '3.危及"三安全一稳 定"'}),
    ],
)
def test_layouts_and_labels_seen(style: Style) -> None:
    values = figures(style.edition)
    report = only(paper.report(values, style))
    assert not wrong(report, values)
    assert not report.leftovers
    assert "label_fuzzy" not in codes(report)


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"),
        ("5.要求行政机关确认或重新出具已获取信息", "5.要求行政机关确认或重新出"),
        ("一、本年新收政府信息公开申请数量", "一、本年新收政府信息公开申请数"),
        ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
         "1.申请人无正当理由逾期不补正，行政机关不再处理其信息公开申请"),
        ("（一）予以公开", "（一）予公开"),
        ("2.重复申请", "2.重复申清"),
    ],
)  # fmt: skip
def test_typos_are_read_with_a_remark_and_less_confidence(label: str, printed: str) -> None:
    values = figures("2021")
    report = only(paper.report(values, Style(renamed={label: printed})))
    assert not wrong(report, values)
    assert codes(report) == {"label_fuzzy"}
    assert sum(r.confidence < 1 for r in report.readings) == 7


@pytest.mark.parametrize("printed", ["（三）不予受理", "9.其他情形说明事项", "某某事项数量合计"])
def test_a_row_of_another_name_is_left_over_not_forced(printed: str) -> None:
    values = figures("2021")
    report = only(paper.report(values, Style(renamed={"4.保护第三方合法权益": printed})))
    lost = {k for k in values if k.startswith("applications.denied_third_party.")}
    assert {r.key for r in report.readings} == set(values) - lost
    assert len(report.leftovers) == 1
    assert values["applications.denied_third_party.total"] in report.leftovers[0].printed


@pytest.mark.parametrize("middle", [False, True])
def test_one_row_of_other_under_the_form_of_2021(middle: bool) -> None:
    values = figures("2021", one_other=True)
    report = only(paper.report(values, Style(one_other=True, middle=middle)))
    assert report.edition == "2021"
    assert codes(report) == {"mixed_edition"}
    assert not wrong(report, values)
    assert min(r.confidence for r in report.readings) == 1.0


def test_old_tables_in_a_late_year_are_the_old_form() -> None:
    report = only(paper.report(figures("2019"), Style("2019"), title="某镇2022年政府信息公开工作年度报告"))
    assert (report.year, report.edition) == (2022, "2019")


def test_header_and_rows_spanned_differently() -> None:
    """Shanghai 2019: the header says four label columns, the rows three."""
    values = figures("2019")
    report = only(paper.report(values, Style("2019", uneven=True)))
    assert not wrong(report, values)
    assert codes(report) == {"spans_differ"}


def test_columns_in_another_order_follow_the_header() -> None:
    values = figures("2021")
    rows = paper.applications(values, Style())
    for row in rows[2:3]:
        row[0], row[1] = row[1], row[0]
    for row in rows[3:]:
        row[-6], row[-5] = row[-5], row[-6]
    report = only(paper.document(rows))
    assert not wrong(report, {k: v for k, v in values.items() if k.startswith("applications")})
    assert codes(report) == {"columns_permuted"}
    assert max(r.confidence for r in report.readings) < 0.9


def test_an_extra_row_of_table_two_is_left_over() -> None:
    values = figures("2019")
    tables = paper.proactive(values, Style("2019"))
    tables[0].insert(4, [Item("其他主动公开文件"), Item("31"), Item("32"), Item("33")])
    report = only(paper.document(*tables, paper.applications(values, Style("2019"))))
    assert [(x.table, x.printed) for x in report.leftovers] == [("proactive", "其他主动公开文件 | 31 | 32 | 33")]
    assert not wrong(report, {k: v for k, v in values.items() if not k.startswith("disputes")})


def test_an_extra_column_is_left_over() -> None:
    values = figures("2021")
    rows = [[*row] for row in paper.applications(values, Style())]
    rows[0].append(Item("备注", 1, 3))
    for row in rows[3:]:
        row.append(Item(""))
    rows[7][-1] = Item("9")
    report = only(paper.document(rows))
    assert not wrong(report, {k: v for k, v in values.items() if k.startswith("applications")})
    assert [x.printed for x in report.leftovers] == ["9"]


def test_figures_merged_into_one_cell() -> None:
    values = figures("2021")
    rows = paper.applications(values, Style())
    rows[4][1:4] = [Item("0 7 0", 3)]
    rows[8][1:4] = [Item("5", 3)]
    report = only(paper.document(rows))
    got = {r.key: r for r in report.readings}
    values |= {
        f"applications.carried_in.{c}": v
        for c, v in zip(("natural_person", "business", "research"), "070", strict=True)
    }
    unclear = {f"applications.denied_prohibited_by_law.{c}" for c in ("natural_person", "business", "research")}
    bad = wrong(report, {k: v for k, v in values.items() if k.startswith("applications")})
    assert {k for k in got if got[k].state == "unreadable"} == unclear == set(bad)
    assert all(got[k].note for k in unclear)
    divided = [got[k.replace("denied_prohibited_by_law", "carried_in")] for k in unclear]
    assert all(r.confidence < 0.9 and r.note for r in divided)


def test_a_row_with_a_cell_too_few_is_not_read_with_confidence() -> None:
    values = figures("2021")
    rows = paper.applications(values, Style())
    del rows[4][3]
    report = only(paper.document(rows))
    row = [r for r in report.readings if r.key.startswith("applications.carried_in.")]
    assert all(r.confidence < 0.9 or r.state != "printed" for r in row)
    assert "cells_missing" in codes(report)


def test_the_same_key_printed_twice_is_unreadable_unless_equal() -> None:
    values = figures("2021")
    rows = paper.applications(values, Style())
    rows.append([rows[3][0], *(Item("77") for _ in range(7))])
    report = only(paper.document(rows))
    received = [r for r in report.readings if r.key.startswith("applications.received.")]
    assert {r.state for r in received} == {"unreadable"}
    assert all("77" in r.printed and "10" in r.printed and r.note for r in received)
    assert len({r.key for r in report.readings}) == len(report.readings)


def test_blank_and_marked_cells_are_blank_and_absent_keys_absent() -> None:
    values = dict.fromkeys(figures("2021"), "") | {"applications.received.total": "3"}
    rows = paper.applications(values, Style())
    rows[4][1] = Item("/")
    report = only(paper.document("某局2022年政府信息公开工作年度报告", rows))
    got = {r.key: r for r in report.readings}
    marked = got["applications.carried_in.natural_person"]
    assert (marked.state, marked.printed) == ("blank", "/")
    assert got["applications.carried_in.business"].printed == ""
    assert not any(k.startswith(("proactive", "disputes")) for k in got)


def test_a_fee_header_without_unit_is_the_forms_unit_and_says_so() -> None:
    values = figures("2021") | {"proactive.fees.amount": "12.5"}
    renamed = {"本年收费金额（单位：万元）": "本年收费金额"}
    report = only(paper.report(values, Style(renamed=renamed)))
    fee = next(r for r in report.readings if r.key == "proactive.fees.amount")
    assert (fee.value, fee.confidence < 0.9) == (125000, True)
    assert fee.note is not None and "单位" in fee.note


@pytest.mark.parametrize(
    ("unit", "value"),
    [("元", 12.5), ("千元", 12_500), ("十万元", 1_250_000), ("百万元", 12_500_000), ("W元", None), ("百万", None)],
)
@pytest.mark.parametrize(
    ("edition", "key", "label"),
    [("2021", "fees.amount", "本年收费金额"), ("2019", "procurement.amount", "采购总金额")],
)
def test_the_unit_of_a_header_is_taken_whole(
    unit: str, value: float | None, edition: str, key: str, label: str
) -> None:
    """百万元 is not 万元, and what is no unit of the table's is not 元: 12.5 was read as 125,000 and as 12.5 元."""
    values = figures(edition) | {f"proactive.{key}": "12.5"}
    renamed = {"本年收费金额（单位：万元）": f"{label}（单位：{unit}）", "采购总金额": f"{label}（{unit}）"}
    row = {"行政事业性收费": f"行政事业性收费（单位：{unit}）", "政府集中采购": f"政府集中采购（单位：{unit}）"}
    bare = {"本年收费金额（单位：万元）": label}
    for style in (Style(edition, renamed=renamed), Style(edition, renamed=bare | row)):
        got = next(r for r in only(paper.report(values, style)).readings if r.key == f"proactive.{key}")
        assert (got.value, got.state) == (value, "unreadable" if value is None else "printed")
        assert value is None or got.confidence == 1


def test_damaged_headers_of_table_two() -> None:
    values = figures("2019")
    renamed = {"本年新制作数量": "本年新", "本年新公开数量": "本年新"}
    report = only(paper.report(values, Style("2019", renamed=renamed)))
    assert not wrong(report, values)
    documents = [r for r in report.readings if r.key.startswith("proactive.regulations")]
    assert all(r.confidence < 0.9 for r in documents)


def test_navigation_and_information_tables_do_not_disturb() -> None:
    values = figures("2021")
    info = [
        [Item("索引号"), Item("014314799/2024-00002")],
        [Item("发布机构"), Item("某局")],
        [Item("总计"), Item("7")],
    ]
    menu = [[Item("行政许可"), Item("行政处罚"), Item("行政强制"), Item("规章")], [Item("其他"), Item("3")]]
    inner = paper.report(values, Style())
    doc = Document(
        (paper.to_grid(info), paper.to_grid(menu), *inner.blocks, paper.to_grid(menu), paper.to_grid(info)),
        "text/html", "test-1",
    )  # fmt: skip
    report = only(doc)
    assert not wrong(report, values)
    assert not report.leftovers
    assert report.unit == "某县某局"


def test_two_reports_in_one_document() -> None:
    one, two = figures("2021"), {k: str(int(v.removesuffix("万元")) + 5000) for k, v in figures("2021").items()}
    two["proactive.fees.amount"] = "6万元"
    first = paper.report(one, Style(), title="甲县人民政府2022年政府信息公开工作年度报告")
    second = paper.report(two, Style(), title="甲县人民政府2023年政府信息公开工作年度报告")
    reports = read_reports(Document((*first.blocks, *second.blocks), "text/html", "test-1"))
    assert [(r.unit, r.year) for r in reports] == [("甲县人民政府", 2022), ("甲县人民政府", 2023)]
    assert not wrong(reports[0], one)
    assert not wrong(reports[1], two)
    assert [r.narrative.other_matters for r in reports] == ["无收费。", "无收费。"]


def test_the_same_report_twice_on_a_page_is_one() -> None:
    doc = paper.report(figures("2021"), Style())
    report = only(Document((*doc.blocks, *doc.blocks), "text/html", "test-1"))
    assert codes(report) == {"duplicate_tables"}


@pytest.mark.parametrize(
    "document",
    [
        paper.document("关于我们", [[Item("行政许可"), Item("5")], [Item("规章"), Item("3")]]),
        paper.document("用户登录"),
        paper.document([[Item("主动公开政府信息数"), Item("条"), Item("120")]]),
    ],
    ids=["links", "login", "older form"],
)
def test_what_is_no_report_is_refused(document: Document) -> None:
    with pytest.raises(DocumentError) as caught:
        read_reports(document)
    assert caught.value.code == "not_a_report"


def test_why_a_cell_is_in_doubt_is_noted_and_remarked() -> None:
    values = figures("2021")
    made = paper.report(values, Style("2021"))
    blocks = [
        replace(block, cells=tuple(c.doubted(0.6, "数字上有划线") if c.text == "1003" else c for c in block.cells))
        if isinstance(block, Grid)
        else block
        for block in made.blocks
    ]
    report = only(replace(made, blocks=tuple(blocks)))
    told = [(r.printed, r.confidence, r.note) for r in report.readings if r.confidence < 1]
    assert told == [("1003", 0.6, "数字上有划线")]
    assert [(r.code, r.text) for r in report.remarks] == [("cell_doubted", "部分单元格的内容存疑：数字上有划线")]
    assert not wrong(report, values)
