"""A made-up release with the columns of docs/architecture.md: 14 units, six years, faults of many kinds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from notices.digest import Reader, RunFacts, Tables
from notices.findings import Names

S = pa.string()
REPORTS = pa.schema(
    [("report_id", S), ("unit_id", S), ("unit_name", S), ("code", S), ("year", pa.int16()), ("address", S)]
)
FINDINGS = pa.schema(
    [
        *((name, S) for name in ("finding_id", "report_id", "unit_id", "unit_name")),
        ("year", pa.int16()),
        *((name, S) for name in ("rule", "severity", "scope", "outcome", "expected", "actual")),
        ("cells", pa.list_(S)),
        *((name, S) for name in ("equation", "message", "attribution")),
        ("suspects", pa.list_(S)),
        ("address", S),
        ("gate", S),
        ("status", S),
        ("opened_in", S),
    ]
)
EVENTS = pa.schema(
    [
        *((name, S) for name in ("finding_id", "event", "release_id", "unit_id", "severity")),
        ("at", pa.timestamp("us", "UTC")),
    ]
)
COVERAGE = pa.schema(
    [
        *((name, S) for name in ("unit_id", "unit_name", "code", "level", "kind", "parent_id")),
        ("year", pa.int16()),
        *((name, S) for name in ("status", "gate", "reason", "address", "report_id")),
    ]
)
CELLS = pa.schema([("report_id", S), ("key", S), ("printed", S), ("page", pa.int16())])

YEARS = range(2019, 2025)
UNITS = (
    ("620000", "甘肃省人民政府", "province"),
    ("620000-szfbgt", "甘肃省人民政府办公厅", "province"),
    ("620100", "兰州市人民政府", "prefecture"),
    ("620102", "兰州市城关区人民政府", "county"),
    ("620102-zyxz", "城关区张掖路街道办事处", "township"),
    ("620123", "榆中县人民政府", "county"),
    ("620200", "嘉峪关市人民政府", "prefecture"),
    ("620500", "天水市人民政府", "prefecture"),
    ("620523", "甘谷县人民政府", "county"),
    ("620523-zrzy", "甘谷县自然资源局", "county"),
    ("620900", "酒泉市人民政府", "prefecture"),
    ("620982", "敦煌市人民政府", "county"),
    ("622900", "临夏回族自治州人民政府", "prefecture"),
    ("622927", "积石山保安族东乡族撒拉族自治县人民政府", "county"),
)
NAMES = Names(
    rules={
        "T3-IDENT": "收办平衡：新收 + 上年结转 = 办理总计 + 结转下年",
        "T3-ROW": "行合计：自然人与五类组织之和",
        "T3-EDITION": "表样与年度不符",
        "T4-SUM": "复议诉讼合计",
        "T3-TOTAL-BLANK": "总计栏空白",
        "PERIOD": "统计期限",
    },
    cells={
        "applications.received.total": "一、本年新收政府信息公开申请数量 × 总计",
        "applications.carried_in.total": "二、上年结转政府信息公开申请数量 × 总计",
        "applications.processed_total.total": "三、本年度办理结果 （七）总计 × 总计",
        "applications.carried_out.total": "四、结转下年度继续办理 × 总计",
        "disputes.reconsideration.upheld": "行政复议 结果维持",
        "disputes.reconsideration.corrected": "行政复议 结果纠正",
        "disputes.reconsideration.total": "行政复议 总计",
    },
    places={
        "620100": "兰州市",
        "620200": "嘉峪关市",
        "620500": "天水市",
        "620900": "酒泉市",
        "622900": "临夏州",
    },
)
RUN = RunFacts(
    province="甘肃省（样例）",
    run_id="nightly-20250401T190002",
    flow="nightly",
    started=datetime(2025, 4, 1, 19, 0, 2, tzinfo=UTC),
    finished=datetime(2025, 4, 1, 19, 1, 47, tzinfo=UTC),
    release_id="r0003",
    released_at=datetime(2025, 4, 1, 19, 1, 40, tzinfo=UTC),
    previous_release_id="r0002",
    fetched=18,
    unchanged=58,
    failed=2,
)
READER = Reader(today=date(2025, 4, 2), last="r0002")
IDENT = tuple(NAMES.cells)[:4]
SUM = tuple(NAMES.cells)[4:]
HELD = {("620123", 2023), ("620523-zrzy", 2021), ("620982", 2024), ("622927", 2022)}
GAPS = {
    ("620102-zyxz", 2019): ("not_published", None),
    ("620102-zyxz", 2020): ("not_published", None),
    ("620200", 2021): ("blocked", "HTTP 412，要求执行脚本"),
    ("620523", 2024): ("unreadable", "encrypted: 需要口令"),
    ("622900", 2019): ("image_only", None),
    ("622927", 2024): ("unreadable", "not_a_report: 登录页面"),
    ("620900", 2024): ("not_due", None),
}


def address(unit_id: str, year: int) -> str:
    return f"http://www.{unit_id}.gansu.example/zfxxgk/xxgkndbg/{year}/art_{unit_id}_{year}.html"


def finding(unit: int, year: int, rule: str, severity: str, scope: str = "", **more: Any) -> dict[str, Any]:
    unit_id, name, _ = UNITS[unit]
    return {
        "finding_id": f"{unit_id}-{year}/{rule}/{scope}",
        "report_id": f"{unit_id}-{year}",
        "unit_id": unit_id,
        "unit_name": name,
        "year": year,
        "rule": rule,
        "severity": severity,
        "scope": scope,
        "outcome": "fail",
        "address": address(unit_id, year),
        "gate": "held" if (unit_id, year) in HELD else "released",
        "cells": [],
        "suspects": [],
        "status": "open",
        "opened_in": "r0003",
    } | more


def faults() -> list[dict[str, Any]]:
    ident = {"cells": list(IDENT), "message": "总计栏：新收与结转之和不等于办理总计与结转下年之和，差 1 件。"}
    rows = [
        finding(
            5,
            2023,
            "T3-IDENT",
            "critical",
            "applications.received.total",
            **ident,
            expected="177",
            actual="176",
            equation="172 + 5 ≠ 170 + 6",
            attribution="publisher",
            suspects=[IDENT[2]],
        ),
        finding(
            5,
            2023,
            "T3-ROW",
            "critical",
            "processed_total",
            equation="168 + 1 + 0 + 0 + 0 + 0 ≠ 170",
            expected="169",
            actual="170",
            attribution="publisher",
            cells=[IDENT[2]],
            suspects=[IDENT[2]],
            message="办理总计一行：各列之和为 169，总计印作 170。",
        ),
        finding(
            9,
            2021,
            "T4-SUM",
            "critical",
            "disputes.reconsideration.total",
            equation="9 + 2 + 0 + 0 ≠ 0",
            expected="11",
            actual="0",
            attribution="publisher",
            cells=list(SUM),
            suspects=[SUM[2]],
            message="行政复议：四项结果之和为 11，总计印作 0。",
        ),
        finding(
            11,
            2024,
            "T3-IDENT",
            "critical",
            "applications.received.total",
            **ident,
            expected="1031",
            actual="1301",
            equation="1019 + 12 ≠ 1281 + 20",
            attribution="extraction",
        ),
        finding(
            13,
            2022,
            "T4-SUM",
            "critical",
            "disputes.reconsideration.total",
            equation="4 + 1 + 0 + 3 ≠ 7",
            expected="8",
            actual="7",
            attribution=None,
            cells=list(SUM),
            message="行政复议：四项结果之和为 8，总计印作 7。",
        ),
        finding(
            8,
            2023,
            "T3-EDITION",
            "warning",
            equation="（六）其他处理 1 行 ≠ 3 行",
            message="2021 年表样中（六）只有一行。",
        ),
        finding(
            4,
            2021,
            "PERIOD",
            "warning",
            expected="2021-01-01 至 2021-12-31",
            actual="2021-01-01 至 2020-12-31",
            message="统计期限止于上一年。",
            attribution="publisher",
        ),
        finding(3, 2022, "T3-EDITION", "warning", message="2021 年表样中（六）只有一行。"),
    ]
    rows += [
        finding(
            1,
            year,
            "T3-TOTAL-BLANK",
            "info",
            "总计",
            outcome="not_evaluable",
            message="总计栏空白，由各列推得 46，不写入数据。",
        )
        for year in (2019, 2020)
    ]
    return rows


def printed() -> list[dict[str, Any]]:
    values = {
        ("620123-2023", IDENT): ("172", "5", "170", "6"),
        ("620982-2024", IDENT): ("1019", "12", "1281", "20"),
        ("620523-zrzy-2021", SUM): ("9", "2", "0"),
        ("622927-2022", SUM): ("4", "1", ""),
    }
    return [
        {"report_id": report, "key": key, "printed": text, "page": 4 if report.startswith("6201") else None}
        for (report, keys), texts in values.items()
        for key, text in zip(keys, texts, strict=True)
    ]


def coverage() -> list[dict[str, Any]]:
    rows = []
    for unit_id, name, level in UNITS:
        for year in YEARS:
            status, reason = GAPS.get((unit_id, year), ("published", None))
            gate = None
            if status == "published":
                gate = "held" if (unit_id, year) in HELD else "released"
            rows.append(
                {
                    "unit_id": unit_id,
                    "unit_name": name,
                    "code": unit_id[:6],
                    "level": level,
                    "kind": "aggregate",
                    "parent_id": None,
                    "year": year,
                    "status": status,
                    "gate": gate,
                    "reason": reason,
                    "address": address(unit_id, year),
                    "report_id": f"{unit_id}-{year}",
                }
            )
    return rows


def tables(found: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]] | None) -> Tables:
    covered = coverage()
    reports = {
        gate: pa.Table.from_pylist([row for row in covered if row["gate"] == gate], schema=REPORTS)
        for gate in ("released", "held")
    }
    return Tables(
        reports=reports["released"],
        held_reports=reports["held"],
        findings=pa.Table.from_pylist(list(found), schema=FINDINGS),
        coverage=pa.Table.from_pylist(covered, schema=COVERAGE),
        cells=pa.Table.from_pylist(printed(), schema=CELLS),
        previous_findings=None if before is None else pa.Table.from_pylist(list(before), schema=FINDINGS),
    )
