"""The workbook: what it holds, and that text in it is text."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_release import IDENT, NAMES, faults, finding, tables
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from form.catalogue import keys_of
from notices.digest import Tables
from notices.findings import Waiving
from notices.text import visible
from notices.workbook import About, workbook
from notices.workbook_report import ReportRows

ABOUT = About("甘肃省（样例）", "r0003", datetime(2025, 4, 1, 19, 1, 40, tzinfo=UTC), "兰州市")
HOSTILE = '=HYPERLINK("http://evil","x")<script>\u202e\x07'


def opened(tables_: Tables, reports: Sequence[ReportRows] = (), **more: Any) -> Workbook:
    return openpyxl.load_workbook(BytesIO(workbook(ABOUT, tables_, NAMES, {}, reports, **more)))


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def report(found: Sequence[dict[str, Any]] = (), **printed: str) -> ReportRows:
    keys = keys_of("2021")
    cells = [{"key": key, "printed": printed.get(key.replace(".", "_"), "0")} for key in keys[:-1]]
    head = {
        "report_id": "620123-2023",
        "unit_name": "榆中县人民政府",
        "year": 2023,
        "edition": "2021",
        "address": "http://a.example/1.html",
    }
    return ReportRows(head, cells, found, "held")


def test_findings_can_be_filtered_and_the_header_stays(release: Tables) -> None:
    book = opened(release)
    assert book.sheetnames == ["说明", "问题", "覆盖", "单位与年度"]
    sheet = book["问题"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", f"A1:R{len(faults()) + 1}")
    found = rows(book, "问题")
    assert [row["严重程度"] for row in found[:6]] == ["严重"] * 5 + ["警告"]
    assert [row["状态"] for row in found[:5]] == ["新增"] * 4 + ["仍未解决"]
    assert found[0]["算式（所印数字）"] == "172 + 5 ≠ 170 + 6"
    assert found[0]["可疑或所涉单元格"].endswith("：170")
    assert found[0]["年度"] == 2023
    assert sheet["P2"].hyperlink.target == sheet["P2"].value


def test_cells_in_doubt_have_a_sheet_where_there_are_any(release: Tables) -> None:
    row = {
        "unit_id": "620123",
        "unit_name": "榆中县人民政府",
        "year": 2023,
        "gate": "released",
        "report_id": "620123-2023",
        "key": "applications.received.total",
        "printed": "=12",
        "second": "7",
        "confidence": 0.6,
        "note": "数字互相重叠",
        "page": 2,
        "address": "http://a.example/1.html",
    }
    book = opened(replace(release, doubted=pa.Table.from_pylist([row])))
    assert book.sheetnames == ["说明", "问题", "读取存疑", "覆盖", "单位与年度"]
    (told,) = rows(book, "读取存疑")
    assert list(told.values()) == [
        *("榆中县人民政府", 2023, NAMES.cells.get(row["key"], row["key"]), "=12", "7", 0.6, "数字互相重叠"),
        *(2, "已放行", "http://a.example/1.html"),
    ]
    assert "1 格；所读可能与原文不符" in str([cell.value for cell in book["说明"]["B"]])


def test_the_sheets_can_be_read_on_paper(release: Tables) -> None:
    """A4, the columns that a person reads side by side, the header on each page, every line of a text in sight."""
    book = opened(release, [report()])
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0), sheet.title
        assert "&P" in sheet.oddFooter.right.text and "&N" in sheet.oddFooter.right.text
    for name, orientation in (("说明", "portrait"), ("问题", "landscape"), ("覆盖", "portrait")):
        assert book[name].page_setup.orientation == orientation
    sheet = book["问题"]
    assert sheet.print_title_rows == "$1:$1"
    head = [cell.value for cell in sheet[1]]
    assert sheet.print_area == f"'问题'!$A$1:$M${len(faults()) + 1}"
    assert {"算式（所印数字）", "说明", "可疑或所涉单元格"} <= set(head[:13])
    printed = sum(sheet.column_dimensions[get_column_letter(column)].width for column in range(1, 14))
    assert printed < 220, "smaller letters than some seven points nobody reads"
    for row in sheet.iter_rows(min_row=2):
        for name in ("说明", "可疑或所涉单元格", "算式（所印数字）"):
            cell = row[head.index(name)]
            width = sheet.column_dimensions[cell.column_letter].width
            lines = -(-sum(2 if ord(it) > 0x2000 else 1 for it in str(cell.value or "")) // width)
            assert lines == 1 or sheet.row_dimensions[cell.row].height >= 13 * lines, cell.coordinate
            assert cell.alignment.wrap_text or cell.value is None


def test_cells_have_their_page_and_those_of_other_reports_are_there() -> None:
    total, carried = IDENT[3], IDENT[1]
    rows_ = [
        finding(5, 2023, "X-CARRY", "critical", cells=[carried, f"{total}@620982-2024"], suspects=[]),
        finding(5, 2023, "X-UP", "warning", cells=[IDENT[0], f"{carried}@last", *IDENT[1:3]], suspects=[IDENT[2]]),
    ]
    found = tables(rows_, None)
    before = [{"report_id": "620123-2022", "key": carried, "printed": "", "page": 7}]
    found = replace(found, cells=pa.concat_tables([found.cells, pa.Table.from_pylist(before, found.cells.schema)]))
    first, second = (row["可疑或所涉单元格"] for row in rows(opened(found), "问题"))
    names = NAMES.cells
    assert first == f"（原文第 4 页）{names[carried]}：5；敦煌市人民政府 2024 年 {names[total]}：20"
    assert (
        second
        == f"（原文第 4 页）{names[IDENT[2]]}：170；榆中县人民政府 2022 年（原文第 7 页）{names[carried]}：空白"
    )


def test_many_cells_of_other_reports_are_counted() -> None:
    keys = [f"{IDENT[0]}@r-{number}" for number in range(20)]
    found = tables([finding(5, 2023, "X-UP", "warning", cells=keys)], None)
    more = [{"report_id": key.split("@")[1], "key": IDENT[0], "printed": "3", "page": None} for key in keys]
    found = replace(found, cells=pa.Table.from_pylist(more, found.cells.schema))
    ((row),) = rows(opened(found), "问题")
    assert row["可疑或所涉单元格"].endswith("r-11 " + f"{NAMES.cells[IDENT[0]]}：3；其他报告共 20 格")


def test_coverage_adds_up(release: Tables) -> None:
    book = opened(release)
    total = [row for row in rows(book, "覆盖") if (row["地区或级别"], row["年度"]) == ("合计", "合计")]
    assert total == [
        {
            "地区或级别": "合计",
            "年度": "合计",
            "应公开": 83,
            "已放行": 73,
            "暂扣": 4,
            "未能读取": 3,
            "网站拒绝访问": 1,
            "未见公开": 2,
            "放行率": 73 / 83,
        }
    ]


def test_the_mail_lists_units_that_somebody_may_want_to_look_into_and_the_command_all(release: Tables) -> None:
    every = opened(release, limit=None)
    assert len(rows(every, "单位与年度")) == release.coverage.num_rows
    listed = rows(opened(release), "单位与年度")
    assert 0 < len(listed) < release.coverage.num_rows
    ledger = release.coverage.to_pylist()
    plain = [row for row in ledger if row["gate"] == "released" and not row["reason"]]
    early = [row for row in ledger if row["status"] == "not_due"]
    assert len(listed) == len(ledger) - len(plain) - len(early)
    assert all(row["放行"] != "已放行" or row["原因"] for row in listed)
    said = [cell.value for cell in opened(release)["说明"]["B"]]
    assert any(f"{len(plain) + len(early)} 项不列" in str(text) for text in said)


def test_waivers_and_limits_are_said() -> None:
    covered = faults()[0] | {"status": "waived"}
    found = tables([covered, *faults()[1:]], None)
    waivers = {covered["finding_id"]: Waiving("张三", "已核实", date(2026, 1, 31))}
    book = openpyxl.load_workbook(BytesIO(workbook(ABOUT, found, NAMES, waivers)))
    (waived,) = [row for row in rows(book, "问题") if row["状态"] == "已豁免"]
    assert waived["豁免"] == "张三：已核实；有效至 2026-01-31"
    cut = openpyxl.load_workbook(BytesIO(workbook(ABOUT, found, NAMES, waivers, limit=3)))
    assert len(rows(cut, "问题")) == 3
    assert "10 项，本表列出前 3 项" in [cell.value for cell in cut["说明"]["B"]]


def test_a_report_has_its_tables_with_broken_cells_marked() -> None:
    ident = faults()[0]
    book = opened(tables([], None), [report([ident], applications_processed_total_total="170")])
    sheet = book["620123-2023"]
    marked = {cell.value: cell for line in sheet.iter_rows() for cell in line if cell.comment}
    assert len([1 for line in sheet.iter_rows() for cell in line if cell.comment]) == 4
    suspect = marked["170"]
    assert "172 + 5 ≠ 170 + 6" in suspect.comment.text
    assert (suspect.fill.fgColor.rgb, suspect.border.left.style) == ("FFFBDCD9", "medium")
    assert marked["0"].fill.fgColor.rgb == "FFDBEAFE"
    values = [cell.value for line in sheet.iter_rows() for cell in line]
    assert "未印出" in values  # the key that the report does not print
    assert {"二、主动公开政府信息情况", "三、本年度办理结果", "结果维持"} <= set(values)
    assert values.count("0") == len(keys_of("2021")) - 2


def test_one_sheet_a_report() -> None:
    with pytest.raises(ValueError, match="two sheets"):
        opened(tables([], None), [report(), report()])


def hostile(text: str) -> tuple[Tables, ReportRows]:
    fault = finding(5, 2023, "T3-IDENT", "critical", suspects=["k"], cells=["applications.received.total"])
    names = ("unit_name", "scope", "expected", "actual", "equation", "message", "attribution", "address", "rule")
    fault |= dict.fromkeys(names, text)
    found = tables([fault], None)
    covered = [row | {"unit_name": text, "reason": text, "address": text} for row in found.coverage.to_pylist()]
    made = report([fault], applications_received_total=text)
    return (
        replace(found, coverage=found.coverage.from_pylist(covered, schema=found.coverage.schema)),
        replace(made, report={**made.report, "unit_name": text, "address": text}),
    )


def test_hostile_text_shows_as_text() -> None:
    found, made = hostile(HOSTILE)
    data = workbook(replace(ABOUT, province=HOSTILE), found, NAMES, {}, [made])
    book = openpyxl.load_workbook(BytesIO(data))
    values = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    shown = visible(HOSTILE)
    assert "⟨U+202E⟩⟨U+0007⟩" in shown
    assert sum(cell.value == shown for cell in values) >= 10
    assert {cell.data_type for cell in values} == {"s", "n"}
    assert all(cell.quotePrefix for cell in values if cell.value == shown)
    with zipfile.ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("utf-8", "replace")
            assert "<f>" not in text and "<f " not in text, name
            assert "\u202e" not in text and "<script" not in text
            assert "evil" not in text or "sharedStrings" in name or "comments" in name or "vml" in name, name


@given(st.text(min_size=1, max_size=30))
@example(" ")
@settings(max_examples=12, deadline=None)
def test_any_text_makes_a_workbook_that_opens(text: str) -> None:
    found, made = hostile(text)
    book = openpyxl.load_workbook(BytesIO(workbook(ABOUT, found, NAMES, {}, [made])))
    # A text of blanks alone is an empty text in the sheet, or no cell.
    assert (rows(book, "问题")[0]["单位"] or "") == visible(text)


def test_bytes_are_the_same_every_time(release: Tables) -> None:
    assert workbook(ABOUT, release, NAMES, {}, [report()]) == workbook(ABOUT, release, NAMES, {}, [report()])
