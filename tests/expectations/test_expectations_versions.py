"""VER-SILENT: figures that changed in silence, and the words that announce a change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from made_reports import Made
from made_world import judged, one_unit, outcomes

from expectations import layout
from expectations.announced import announcement, notices
from expectations.world import UNANNOUNCED

RULE = "VER-SILENT"
REPORT = "620100-2020"
RECEIVED, CARRIED, OUT = (f"applications.{row}.total" for row in ("received", "carried_in", "carried_out"))
SHELF = one_unit(Made({RECEIVED: 9}))


def unannounced(*rows: tuple[str, str | None, str | None], comparable: bool = True) -> pa.Table:
    same: dict[str, Any] = {"report_id": REPORT, "since": date(2026, 6, 3), "comparable": comparable}
    names = ("key", "before", "after")
    return pa.Table.from_pylist([same | dict(zip(names, row, strict=True)) for row in rows], schema=UNANNOUNCED)


def test_nothing_is_said_where_nothing_is_known_of_versions() -> None:
    assert not outcomes(judged(SHELF), RULE)
    said = outcomes(judged(SHELF, unannounced=unannounced()), RULE)
    assert said[REPORT, "applications"] == "pass"
    assert "fail" not in said.values()


def test_a_table_is_found_with_what_stood_there_and_what_stands_now() -> None:
    rows = judged(SHELF, unannounced=unannounced((OUT, None, "4"), (CARRIED, "", "3"), (RECEIVED, "7", "<b>9")))
    row = rows[REPORT, RULE, "applications"]
    assert (row["outcome"], row["severity"], row["attribution"]) == ("fail", "warning", "unattributed")
    assert (row["expected"], row["actual"]) == ("7；空白；未印出", "＜b＞9；3；4")
    assert row["equation"] == "7 → ＜b＞9；空白 → 3；未印出 → 4"
    assert row["cells"] == [RECEIVED, CARRIED, OUT]
    assert rows[REPORT, RULE, "disputes"]["outcome"] != "fail"


def test_many_changes_are_counted_and_eight_are_named() -> None:
    keys = [f"applications.{row}.{column}" for row in ("received", "carried_in") for column in layout.COLUMNS]
    row = judged(SHELF, unannounced=unannounced(*((key, "1", "2") for key in keys)))[REPORT, RULE, "applications"]
    assert len(row["cells"]) == len(keys) == 14
    assert row["equation"].count("→") == 8
    assert row["message"].endswith("；等 14 处")


def test_another_reader_is_no_accusation() -> None:
    row = judged(SHELF, unannounced=unannounced((RECEIVED, "7", "9"), comparable=False))[REPORT, RULE, "applications"]
    assert (row["outcome"], row["message"]) == ("not_evaluable", "前后两个版本由不同版本的程序读取，无法判断是否改动")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("2023年政府信息公开工作年度报告（更正版）", None),
        ("2023年政府信息公开工作年度 报告（修 订）", None),
        (None, "更正说明：表三数据有误。"),
        (None, "全年平稳。现予更正：受理数为9件。"),
        (None, "特此更正。"),
        (None, "此前发布的年度报告因统计错误，数据有误，请以本次为准。"),
        (None, "本报告表三数据已于3月1日更新。"),
    ],
)
def test_words_that_announce(title: str | None, text: str | None) -> None:
    assert announcement(notices(["年度报告"], [None]), notices([title], [text]))


@pytest.mark.parametrize(
    "text",
    [
        "修订了政府信息公开指南，更新公开目录120条。",
        "对不准确的信息及时予以更正。",
        "全年废止、修改规范性文件3件。",
        "调整优化栏目设置，更新网站内容2000条。",
        "法律、法规修订后及时公开。",
    ],
)
def test_a_years_work_announces_nothing(text: str) -> None:
    assert not notices(["2023年政府信息公开工作年度报告"], [text])


def test_old_words_announce_nothing_new() -> None:
    old = notices(["报告（更正版）"], ["更正说明：一。"])
    assert announcement(old, notices(["报告（更正版）"], ["更正说明：一。", "全年平稳。"])) is None
    assert announcement(old, notices(["报告（更正版）"], ["更正说明：一。更正说明：二。"])) == "更正说明：二"
