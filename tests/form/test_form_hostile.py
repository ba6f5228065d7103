"""Documents made to waste time or memory stay cheap, and nothing but DocumentError is raised."""

from __future__ import annotations

import paper
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import Item, Style

from form.errors import DocumentError
from form.grid import Cell, Document, Grid, Paragraph
from form.recognise import read_reports

LABELS = [
    "一、本年新收政府信息公开申请数量", "（一）予以公开", "（六）其他处理", "3.其他", "（七）总计",
    "四、结转下年度继续办理",
    "信息内容", "规章", "行政许可", "本年处理决定数量", "第二十条第（五）项",
    "行政复议", "结果维持", "总计", "商业企业",
    "自然人",
    "不知名的一行", "0", "12", "", "-", "1 2 3",
    "某县某局2022年政府信息公开工作年度报告", "五、存在的主要问题及改进情况",
]  # fmt: skip


def test_ten_thousand_unknown_rows_and_as_many_repeated() -> None:
    rows = paper.applications({"applications.received.total": "3"}, Style())
    for i in range(5_000):
        rows.append([Item(f"{i}项不知名的政府信息公开申请事项", 3), *(Item(str(i)) for _ in range(7))])
        rows.append([Item("一、本年新收政府信息公开申请数量", 3), *(Item(str(i)) for _ in range(7))])
    grid = paper.to_grid(rows)
    (report,) = read_reports(Document((Paragraph("某局2022年政府信息公开年度报告" * 1000), grid), "x", "t"))
    assert len(report.leftovers) >= 4_800
    assert {r.state for r in report.readings if "received" in r.key} == {"unreadable"}


CELLS = st.builds(
    Cell,
    row=st.integers(0, 8),
    column=st.integers(0, 16),
    text=st.sampled_from(LABELS) | st.text(max_size=12),
    row_span=st.integers(1, 4),
    column_span=st.integers(1, 8),
)
BLOCKS = st.one_of(
    st.builds(Paragraph, st.sampled_from(LABELS) | st.text(max_size=30)),
    st.lists(CELLS, max_size=40).map(lambda cells: Grid(tuple(cells), 9, 24)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCKS, max_size=6))
def test_any_grids_give_reports_or_the_one_error(blocks: list[Paragraph | Grid]) -> None:
    try:
        reports = read_reports(Document(tuple(blocks), "x", "t"))
    except DocumentError as error:
        assert error.code == "not_a_report"
        return
    for report in reports:
        keys = [r.key for r in report.readings]
        assert len(keys) == len(set(keys))
        for reading in report.readings:
            assert (reading.value is not None) == (reading.state == "printed")
            assert 0 < reading.confidence <= 1
