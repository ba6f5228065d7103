"""The workbook of a report: findings to filter, coverage, and on demand a sheet for each report. Text stays text.

Of units and years the mail's workbook lists those that somebody may want to look into, so that a mail grows with what
is wrong and not with the archive; the whole one, that of the command, has them all.

Nothing of a printed text can become a formula, a number or a link (docs/decisions/
0033-workbook-and-charts.md). The same arguments give the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from notices import words
from notices.coverage import matrix
from notices.digest import Tables
from notices.findings import Names, Waiving, arranged, identities
from notices.render import BEIJING
from notices.sheet import Sheet, Styles
from notices.site_links import report_page
from notices.text import link
from notices.workbook_doubted import NAME, write_doubted
from notices.workbook_places import Places
from notices.workbook_report import ReportRows, write_report

#: findings in a workbook; a sheet has room for a million rows, a mailbox has not
ROWS: Final = 20_000
_SHEET: Final = 1_000_000
_FINDINGS: Final = (
    ("严重程度", 6),
    ("状态", 9),
    ("单位", 16),
    ("年度", 6),
    ("规则", 15),
    ("规则说明", 18),
    ("算式（所印数字）", 20),
    ("应为／原为", 9),
    ("实为／现为", 9),
    ("说明", 38),
    ("责任", 12),
    ("可疑或所涉单元格", 38),
    ("放行", 7),
    ("首见于", 9),
    ("豁免", 28),
    ("原文", 44),
    ("网站", 30),
    ("问题编号", 18),
)
#: columns that are printed: what a person reads; the rest serves a person at the screen
_PAPER: Final = 13
_FOLDED: Final = dict.fromkeys((2, 4, 5, 6, 7, 8, 9, 10, 11, 14), "wrap")
_UNITS: Final = (
    ("单位", 30),
    ("代码", 9),
    ("级别", 8),
    ("年度", 7),
    ("公开情况", 14),
    ("放行", 9),
    ("原因", 30),
    ("原文", 76),
)
_KINDS: Final = (
    ("due", "应公开"),
    ("released", "已放行"),
    ("held", "暂扣"),
    ("unread", "未能读取"),
    ("blocked", "网站拒绝访问"),
    ("missing", "未见公开"),
)
_NEWS: Final = {**words.NEWS, "waived": "已豁免"}


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook is of: said on its first sheet."""

    province: str
    release_id: str
    released_at: datetime
    scope: str = ""
    site: str | None = None


def workbook(
    about: About,
    tables: Tables,
    names: Names,
    waivers: Mapping[str, Waiving],
    reports: Sequence[ReportRows] = (),
    limit: int | None = ROWS,
) -> bytes:
    """Return the xlsx file of a release's tables; `reports` get a sheet each.

    At most `limit` findings, the gravest, and the units and years in `attention`; all of both where it is None.
    Raises ValueError where two of `reports` have the same report_id.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gouji.xlsx"
        options = {"strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder}
        with xlsxwriter.Workbook(path, options) as book:
            # The only clock is the release's own.
            moment = about.released_at.astimezone(BEIJING).replace(tzinfo=None)
            book.set_properties({"title": f"勾稽 {about.release_id}", "created": moment})
            styles = Styles(book)
            rows = _rows(tables)
            units = tables.coverage if limit is None else attention(tables.coverage)
            most = _SHEET if limit is None else limit
            doubted = [] if tables.doubted is None else tables.doubted.to_pylist()
            told = [*_told(len(rows), most), *_doubted(len(doubted), most), *_left_out(tables.coverage, units)]
            _about(Sheet(book, styles, "说明"), about, told)
            _findings(Sheet(book, styles, "问题"), rows[:most], about, tables, names, waivers)
            if doubted:
                write_doubted(Sheet(book, styles, NAME), doubted[:most], names)
            _matrix(Sheet(book, styles, "覆盖"), tables, names)
            _units(Sheet(book, styles, "单位与年度"), units)
            for report in reports:
                write_report(book, styles, report)
        return path.read_bytes()


def _rows(tables: Tables) -> list[dict[str, Any]]:
    before = tables.previous_findings
    open_ = arranged(tables.findings, identities(before, "open"), identities(before, "waived"))
    waived = [row | {"news": "waived"} for row in tables.findings.to_pylist() if row["status"] == "waived"]
    waived.sort(key=lambda row: (row["unit_id"], row["year"], row["rule"], row["finding_id"]))
    return [*open_, *waived]


def attention(coverage: pa.Table) -> pa.Table:
    """The rows of the ledger without what is released with nothing to say, and without what is not due."""
    fine = pc.and_(pc.equal(pc.coalesce(coverage["gate"], ""), "released"), pc.is_null(coverage["reason"]))
    return coverage.filter(pc.invert(pc.or_(fine, pc.equal(coverage["status"], "not_due"))))


def _told(found: int, limit: int) -> list[tuple[str, str]]:
    return [("问题", f"{found} 项" + (f"，本表列出前 {limit} 项" if found > limit else ""))]


def _doubted(found: int, limit: int) -> list[tuple[str, str]]:
    if not found:
        return []
    listed = f"，本表列出前 {limit} 格" if found > limit else ""
    return [(NAME, f"{found} 格{listed}；所读可能与原文不符，仍按所读入库，请对照原文")]


def _left_out(coverage: pa.Table, listed: pa.Table) -> list[tuple[str, str]]:
    if len(coverage) == len(listed):
        return [("单位与年度", f"全部 {len(listed)} 项")]
    left = f"已放行且无须说明的、尚未到期的共 {len(coverage) - len(listed)} 项不列"
    return [("单位与年度", f"列出 {len(listed)} 项；{left}，完整名单由 gouji workbook 生成")]


def _about(sheet: Sheet, about: About, told: Sequence[tuple[str, str]]) -> None:
    sheet.widths(14, 90)
    lines = [
        ("勾稽", f"{about.province} · 年度报告质量报告"),
        ("发布", f"{about.release_id}，{about.released_at.astimezone(BEIJING):%Y-%m-%d %H:%M}（北京时间）"),
        ("范围", about.scope or "全部"),
        *told,
        ("新增", "“新增”指收件人上次收到的报告中没有；首次报告全部为新增；“豁免失效”指上次已豁免"),
        ("可疑", "改动后能使相关等式全部成立的最小单元格组合中的单元格；是线索，不是更正"),
        ("责任", "程序的判断，请以原文为准；勾稽只核对，不改动所印数字"),
        ("文字", "原文中不可见的字符以⟨U+202E⟩等形式写出；任何文字都不会作为公式执行"),
    ]
    if about.site:
        lines.append(("网站", about.site))
    for name, text in lines:
        sheet.row([name, text], ["head", "wrap"])


def _findings(
    sheet: Sheet,
    rows: Sequence[Mapping[str, Any]],
    about: About,
    tables: Tables,
    names: Names,
    waivers: Mapping[str, Waiving],
) -> None:
    places = Places(rows, tables, names)
    sheet.table(_FINDINGS, len(rows), frozen=3, printed=_PAPER)
    for row in rows:
        sheet.row(
            [
                words.word(words.SEVERITIES, row["severity"]),
                _NEWS[row["news"]],
                row["unit_name"],
                row["year"],
                row["rule"],
                names.rules.get(row["rule"], ""),
                row["equation"],
                row["expected"],
                row["actual"],
                row["message"],
                words.word(words.ATTRIBUTIONS, row["attribution"], words.UNATTRIBUTED),
                places.said(row),
                words.word(words.GATES, row["gate"]),
                row.get("opened_in"),
                _waiver(waivers.get(row["finding_id"])) if row["news"] == "waived" else None,
                row["address"],
                report_page(about.site, row["report_id"], row["finding_id"]),
                row["finding_id"],
            ],
            {0: row["severity"], **_FOLDED},
            links={15: link(row["address"]), 16: report_page(about.site, row["report_id"], row["finding_id"])},
        )


def _waiver(found: Waiving | None) -> str:
    return f"{found.who}：{found.why}；有效至 {found.until}" if found else "有豁免"


def _matrix(sheet: Sheet, tables: Tables, names: Names) -> None:
    found = matrix(tables.coverage, names.places, years=None)
    heads = [("地区或级别", 16), ("年度", 8), *((word, 12) for _, word in _KINDS), ("放行率", 9)]
    years = [*map(str, found.years), "合计"]
    rows = [*found.places, *found.levels, found.total]
    sheet.table(heads, len(rows) * len(years), frozen=2)
    for row in rows:
        for year, tally in zip(years, (*row.years, row.total), strict=True):
            share = tally.released / tally.due if tally.due else None
            figures = [getattr(tally, kind) for kind, _ in _KINDS]
            sheet.row([row.name, year, *figures, share], {2 + len(_KINDS): "share", 3: tally.tone})


def _units(sheet: Sheet, coverage: pa.Table) -> None:
    columns = ("unit_name", "code", "level", "year", "status", "gate", "reason", "address", "unit_id")
    rows = coverage.select(list(columns)).to_pylist()
    rows.sort(key=lambda row: (row["code"] or "", row["unit_id"], row["year"]))
    sheet.table(_UNITS, len(rows), frozen=1)
    for row in rows:
        sheet.row(
            [
                row["unit_name"],
                row["code"],
                words.word(words.LEVELS, row["level"]),
                row["year"],
                words.word(words.STATUSES, row["status"], "没有状态"),
                words.word(words.GATES, row["gate"]),
                words.reason(row["reason"]) if row["reason"] else None,
                row["address"],
            ],
            {0: "wrap", 6: "wrap"},
            links={7: link(row["address"])},
        )
