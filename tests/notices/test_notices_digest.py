"""What a digest says of a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from made_release import EVENTS, FINDINGS, NAMES, READER, RUN, YEARS, faults, finding, tables

from notices.coverage import YEARS as SHOWN
from notices.coverage import kind, matrix
from notices.digest import Digest, RunFacts, Tables, build
from notices.findings import Names, Waiving
from notices.render import render
from notices.void import void_lines
from notices.words import reason


@pytest.fixture
def digest(run: RunFacts, release: Tables, names: Names) -> Digest:
    return build(run, release, names, READER)


def test_criticals_first_then_new_then_unit_and_year(digest: Digest) -> None:
    shown = [*digest.grave.items, *digest.lesser.items]
    assert len(shown) == len(faults())
    assert {it.severity for it in digest.grave.items} == {"critical"}
    assert [it.status for it in digest.grave.items] == ["new"] * 4 + ["open"]
    order = [(["critical", "warning", "info"].index(it.severity), it.status != "new", it.report_id) for it in shown]
    assert order == sorted(order)


def test_new_open_and_gone(digest: Digest) -> None:
    assert [(it.severity, it.new, it.open, it.gone) for it in digest.changes] == [
        ("critical", 4, 1, 2),
        ("warning", 3, 0, 0),
        ("info", 0, 2, 0),
    ]
    assert [(it.unit, it.year, it.fate) for it in digest.gone.items] == [
        ("兰州市人民政府", 2022, "gone"),
        ("甘谷县人民政府", 2024, "unread"),  # unreadable now: nobody can say that it was mended
    ]


def test_headline(run: RunFacts, release: Tables, first_release: Tables, clean_release: Tables) -> None:
    later = build(run, release, NAMES, READER)
    assert later.headline == "新一期发布：已放行 73 份，暂扣 4 份；4 个单位共有严重问题 5 项，其中新增 4 项。"
    first = build(replace(run, previous_release_id=None), first_release, NAMES, READER)
    assert first.first
    assert first.headline == "首次发布：已放行 73 份，暂扣 4 份；4 个单位共有严重问题 5 项。"
    late = build(run, first_release, NAMES, READER)
    assert late.first
    assert late.headline.startswith("新一期发布：")  # a reader who comes later has no first release
    idle = build(replace(run, release_id=None, released_at=None), clean_release, NAMES, READER)
    assert idle.headline == "没有新内容：已放行 84 份，没有暂扣，没有严重问题。"
    again = build(run, tables(faults(), faults()), NAMES, READER)
    assert again.headline.endswith("共有严重问题 5 项，没有新增。")


def test_void_waivers_are_told_and_escaped(run: RunFacts, release: Tables) -> None:
    line = "620102-2023 T3-ROW granted：报告文件已变更，须重新审核 <b>"
    parts = render(build(replace(run, void=(line,)), release, NAMES, READER))
    assert "失效的豁免（1 项）" in parts.text
    assert line in parts.text
    assert "报告文件已变更，须重新审核 &lt;b&gt;" in parts.html
    assert "失效的豁免" not in render(build(run, release, NAMES, READER)).text


def test_a_report_whose_new_version_is_held_counts_once(run: RunFacts, release: Tables) -> None:
    """Its old version is among the released reports; the ledger has it as held."""
    old = release.held_reports.slice(0, 1)
    digest = build(run, replace(release, reports=pa.concat_tables([release.reports, old])), NAMES, READER)
    total = digest.matrix.total.total
    assert (digest.released, digest.held.total) == (total.released, total.held) == (73, 4)
    assert "已放行 73 份，暂扣 4 份" in digest.headline
    assert [it.stands for it in digest.held.items].count(True) == 1
    parts = render(digest)
    assert "放行73，暂扣4" in parts.subject
    for part in (parts.text, parts.html):
        assert part.count("前一版仍在发布数据中") == 1
        assert "这一版未进入发布的数据" in part


def test_void_waivers_are_named_by_unit_and_cell(release: Tables) -> None:
    cell = "applications.carried_in.total"
    void = {"finding_id": "x", "report_id": "620123-2021", "rule": "T3-IDENT", "scope": "total"} | {
        "reason": f"报告文件已变更；所涉单元格 {cell} 等 2 处原印为“5”，现为“6”；所涉单元格 {cell}@620123-2020 未印出"
    }
    (line,) = void_lines([void], release.coverage, release.coverage, NAMES, {("T3-IDENT", "total"): "表三“总计”列"})
    assert line.startswith("榆中县人民政府 · 2021 年，表三“总计”列：收办平衡")
    assert "T3-IDENT。报告文件已变更；所涉单元格“二、上年结转政府信息公开申请数量 × 总计”等 2 处" in line
    assert "× 总计”（2020 年）未印出" in line
    assert "applications" not in line


def test_void_waivers_of_other_units_are_not_told(release: Tables) -> None:
    void = [
        {"finding_id": "x", "report_id": f"{unit}-2021", "rule": "T9", "scope": "s", "reason": "该问题已不存在"}
        for unit in ("620123", "620200", "629999")
    ]
    told = release.coverage.filter(pc.equal(release.coverage["unit_id"], "620123"))
    lines = void_lines(void, release.coverage, told, NAMES, {})
    assert [line.split(" ")[0] for line in lines] == ["榆中县人民政府", "629999"]
    assert void_lines([], release.coverage, told, NAMES, {}) == ()


def test_held_reports_say_why(digest: Digest) -> None:
    assert digest.held.total == 4
    assert [(it.unit, it.year, [rule for rule, _, _ in it.rules]) for it in digest.held.items[:2]] == [
        ("榆中县人民政府", 2023, ["T3-IDENT", "T3-ROW"]),
        ("甘谷县自然资源局", 2021, ["T4-SUM"]),
    ]


def test_places_show_what_is_printed_and_where(digest: Digest) -> None:
    suspect = digest.grave.items[0]
    assert [(it.printed, it.page, it.suspect) for it in suspect.places] == [("170", 4, True)]
    assert (suspect.cells, suspect.pages) == (4, (4,))
    unattributed = digest.grave.items[2]
    assert [it.printed for it in unattributed.places] == ["1019", "12", "1281", "20"]
    assert not any(it.suspect for it in unattributed.places)
    assert unattributed.pages == ()


def test_blank_cells_stay_blank(digest: Digest) -> None:
    blank = next(it for it in digest.grave.items if it.unit.startswith("积石山"))
    assert [it.printed for it in blank.places] == ["4", "1", ""]


def test_tasks_name_who_acts(digest: Digest) -> None:
    assert [(task.who, task.number) for task in digest.tasks] == [
        ("发布单位", 3),
        ("系统运维", 1),
        ("审核人员", 1),
        ("系统运维", 1),
        ("审核人员", 3),
        ("审核人员", 2),
        ("审核人员", 3),
    ]
    assert digest.tasks[0].examples == ("榆中县人民政府 2023", "甘谷县自然资源局 2021")
    assert digest.tasks[0].reports == 2


def test_nobody_is_asked_to_open_the_document_of_a_list_that_was_never_read(run: RunFacts, release: Tables) -> None:
    """Of it there is no address."""
    rows = release.coverage.to_pylist()
    unread = [row for row in rows if row["status"] == "unreadable"]
    for row in unread:
        row |= {"address": None, "reason": "未查：从未读到该单位的列表，不知是否公开"}
    never = build(run, replace(release, coverage=pa.Table.from_pylist(rows, release.coverage.schema)), NAMES, READER)
    asked = {task.what: task.number for task in never.tasks}
    assert asked["份未查：列表未读到或期限后未再读，请运行一次采集后再看"] == len(unread)
    assert asked["份文件未能读取：请打开原文，必要时请单位提供可读版本"] == 1, (
        "the one of pictures alone has its address"
    )


def test_figures_of_which_nobody_is_sure_are_somebodys_task(run: RunFacts, release: Tables) -> None:
    row = {"unit_id": "620123", "unit_name": "榆中县人民政府", "year": 2023}
    found = build(run, replace(release, doubted=pa.Table.from_pylist([row, row])), NAMES, READER)
    (task,) = [task for task in found.tasks if "读取存疑" in task.what]
    assert (task.who, task.number, task.reports, task.examples) == ("审核人员", 2, 1, ("榆中县人民政府 2023",))


def test_an_attribution_nobody_knows_is_still_somebodys_task(run: RunFacts) -> None:
    odd = finding(5, 2023, "T3-IDENT", "critical", attribution="moon")
    assert build(run, tables([odd], []), NAMES, READER).tasks[0].what.startswith("项责任未明")


def test_matrix_adds_up(digest: Digest) -> None:
    shown = digest.matrix
    assert shown.years == tuple(YEARS)
    assert [row.name for row in shown.places] == ["省级", "兰州市", "嘉峪关市", "天水市", "酒泉市", "临夏州"]
    assert [row.name for row in shown.levels] == ["省级", "市州", "县区", "乡镇"]
    for rows in (shown.places, shown.levels):
        for field in ("released", "held", "missing", "blocked", "unread", "due"):
            assert sum(getattr(row.total, field) for row in rows) == getattr(shown.total.total, field)
    total = shown.total.total
    assert (total.released, total.held, total.missing, total.blocked, total.unread) == (73, 4, 2, 1, 3)
    assert total.due == 83  # 84 less the one not yet due
    lanzhou = shown.places[1]
    assert [(it.tone, it.gaps) for it in lanzhou.years[3:5]] == [("good", ()), ("bad", (("扣", 1),))]


def test_matrix_keeps_the_latest_years_and_counts_the_rest() -> None:
    years = range(2010, 2010 + SHOWN + 3)
    table = pa.table(
        {
            "code": ["620100"] * len(years),
            "level": ["prefecture"] * len(years),
            "year": list(years),
            "status": ["published"] * len(years),
            "gate": ["released"] * len(years),
        }
    )
    shown = matrix(table, {})
    assert (shown.years, shown.earlier) == (tuple(years)[-SHOWN:], 3)
    assert shown.places[0].name == "620100"
    assert shown.total.total.released == SHOWN


@pytest.mark.parametrize(
    ("status", "gate", "expected"),
    [
        ("published", "released", "released"),
        ("published", "held", "held"),
        ("published", None, "unread"),
        ("attachment_only", "released", "released"),
        ("image_only", None, "unread"),
        ("unreadable", None, "unread"),
        ("blocked", None, "blocked"),
        ("not_published", None, "missing"),
        ("not_due", None, None),
        ("merged", None, None),
        (None, None, "unread"),  # COV-UNIT: never silently left out
    ],
)
def test_every_status_has_its_place(status: str | None, gate: str | None, expected: str | None) -> None:
    assert kind(status, gate) == expected


def test_unread_documents_say_why(digest: Digest) -> None:
    assert digest.unread.total == 4
    by_unit = {it.unit: (it.status, it.reason) for it in digest.unread.items}
    assert by_unit["甘谷县人民政府"] == ("无法读取", "文件已加密（需要口令）")
    assert by_unit["嘉峪关市人民政府"] == ("网站拒绝访问", "HTTP 412，要求执行脚本")
    assert by_unit["临夏回族自治州人民政府"] == ("仅有图片", "未记录原因")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("empty", "文件为空"),
        ("timeout: 20 s", "读取超时（20 s）"),
        ("其他: 原因", "其他: 原因"),
        (None, "未记录原因"),
    ],
)
def test_reasons_are_told_in_words(text: str | None, expected: str) -> None:
    assert reason(text) == expected


def test_limits_cut_lists_and_say_so(run: RunFacts, release: Tables) -> None:
    cut = build(run, release, NAMES, READER, limit=3)
    assert (len(cut.grave.items), cut.grave.more, len(cut.lesser.items), cut.lesser.more) == (3, 2, 0, 5)
    assert (len(cut.held.items), cut.held.more, cut.unread.more, cut.gone.more) == (2, 2, 2, 0)
    assert cut.changes == build(run, release, NAMES, READER).changes


def test_order_does_not_depend_on_the_tables(run: RunFacts, release: Tables) -> None:
    turned = replace(
        release,
        findings=pa.Table.from_pylist(release.findings.to_pylist()[::-1], schema=FINDINGS),
        coverage=release.coverage.take(list(range(release.coverage.num_rows))[::-1]),
        held_reports=release.held_reports.take([3, 2, 1, 0]),
    )
    one, other = build(run, release, NAMES, READER), build(run, turned, NAMES, READER)
    assert replace(one, tasks=()) == replace(other, tasks=())


def test_the_key_is_that_of_the_release_not_of_the_run(run: RunFacts, release: Tables) -> None:
    one = build(run, release, NAMES, READER)
    assert build(replace(run, run_id="nightly-later", fetched=0), release, NAMES, READER).key == one.key
    assert build(replace(run, release_id="r0004"), release, NAMES, READER).key != one.key
    assert build(replace(RUN, release_id=None, released_at=None), release, NAMES, READER).key == RUN.run_id


def test_events_tell_what_became_of_a_finding(run: RunFacts, release: Tables) -> None:
    lost = [it for it in release.previous_findings.to_pylist() if it["unit_id"] in {"620100", "620523"}]  # type: ignore[union-attr]
    rows = [
        {"finding_id": row["finding_id"], "event": event, "at": datetime(2025, 4, day, tzinfo=UTC)}
        for row, event, day in zip([*lost, lost[0]], ("opened", "withdrawn", "fixed"), (1, 2, 3), strict=True)
    ]
    told = build(run, replace(release, events=pa.Table.from_pylist(rows, schema=EVENTS)), NAMES, READER)
    assert [(it.unit, it.fate) for it in told.gone.items] == [
        ("兰州市人民政府", "fixed"),
        ("甘谷县人民政府", "withdrawn"),
    ]


def test_what_a_waiver_covers_is_no_open_finding(run: RunFacts) -> None:
    found = faults()
    covered = [row | {"status": "waived"} for row in found[:2]]
    waivers = {
        covered[0]["finding_id"]: Waiving("张三", "已核实", date(2025, 5, 2)),
        covered[1]["finding_id"]: Waiving("李四", "表样如此", date(2026, 5, 2)),
    }
    digest = build(run, tables([*covered, *found[2:]], found), NAMES, replace(READER, waivers=waivers))
    assert [(it.rule, it.who, it.soon) for it in digest.waived.items] == [
        ("T3-IDENT", "张三", True),
        ("T3-ROW", "李四", False),
    ]
    assert len(digest.grave.items) == 3
    assert digest.gone.total == 0
    assert ("审核人员", 1, "项豁免将在 30 天内到期：请复核是否续期") in [
        (it.who, it.number, it.what) for it in digest.tasks
    ]
    ended = build(run, tables(found, [*covered, *found[2:]]), NAMES, READER)
    assert [it.rule for it in ended.grave.items if it.status == "lapsed"] == ["T3-IDENT", "T3-ROW"]
    assert (ended.critical.new, ended.critical.open, ended.critical.lapsed) == (0, 5, 2)
    assert ended.changed
    assert ended.headline.endswith("共有严重问题 5 项，其中豁免失效 2 项。")
    parts = render(ended)
    assert "（新增0、豁免失效2）" in parts.subject
    assert "[严重][豁免失效]" in parts.text
    assert "其中豁免失效 2；另有警告" in parts.html


def test_a_waiver_nobody_knows_is_still_told(run: RunFacts) -> None:
    digest = build(run, tables([faults()[0] | {"status": "waived"}], None), NAMES, READER)
    assert [(it.who, it.until, it.soon) for it in digest.waived.items] == [("", None, False)]
