"""Waivers: what covers a finding, and everything that makes one void."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_reports import application, consistent, tables

from expectations import evaluate
from expectations.findings import finding_id
from expectations.waivers import Waiver, cited_printed, failing, latest, waiver_of, weigh

DAY = date(2026, 11, 24)
END = date(2027, 3, 31)
BROKEN = "620101-2023"
KEY = application("granted", "business")
REPORTS = {
    BROKEN: consistent("2021", seed=1).but({KEY: 10**6}),
    "620102-2023": consistent("2021", seed=2),
}


def judged(made=REPORTS):
    reports, cells = tables(made)
    return evaluate(reports, cells), reports, cells


def waivers_of(verdicts, reports, cells, days=(DAY, END)) -> list[Waiver]:
    found = failing(verdicts)
    printed = cited_printed(found.values(), cells)
    documents = dict(zip(reports["report_id"].to_pylist(), reports["sha256"].to_pylist(), strict=True))
    return [
        waiver_of(row, documents.get(row["report_id"], ""), printed, ("张三", "已电话核实"), days)
        for row in found.values()
    ]


VERDICTS, TABLE, CELLS = judged()
WAIVERS = waivers_of(VERDICTS, TABLE, CELLS)
ROW = next(waiver for waiver in WAIVERS if waiver.rule == "T3-ROW")


def said(waiver: Waiver, today: date = DAY, batch=(VERDICTS, TABLE, CELLS)) -> tuple[str, str]:
    weighed = weigh(*batch, [waiver], today)
    assert not weighed.covered
    (void,) = weighed.void
    return void.code, void.reason


def test_a_waiver_records_what_its_author_saw_and_covers_it() -> None:
    assert ROW.finding_id == finding_id(BROKEN, "T3-ROW", "granted")
    assert ROW.cells[KEY] == "1000000"
    assert len(ROW.cells) == 7
    weighed = weigh(VERDICTS, TABLE, CELLS, WAIVERS, DAY)
    assert weighed.covered == {waiver.finding_id for waiver in WAIVERS}
    assert weighed.void == weighed.unseen == ()


def test_the_last_day_counts_and_the_day_after_does_not() -> None:
    assert weigh(VERDICTS, TABLE, CELLS, [ROW], END).covered == {ROW.finding_id}
    assert said(ROW, END + timedelta(1)) == ("expired", "豁免已于 2027-03-31 到期")
    assert said(ROW, DAY - timedelta(1))[0] == "not_yet"


def test_another_document_voids_even_where_it_prints_the_same() -> None:
    other = TABLE.set_column(TABLE.schema.get_field_index("sha256"), "sha256", pa.array(["f" * 64] * TABLE.num_rows))
    assert said(ROW, batch=(VERDICTS, other, CELLS)) == ("document_changed", "报告文件已变更，须重新审核")


def test_a_printed_cell_that_differs_voids() -> None:
    changed = judged({**REPORTS, BROKEN: REPORTS[BROKEN].but({KEY: 10**6 + 1})})
    code, reason = said(ROW, batch=changed)
    assert code == "printed_changed"
    assert reason == f"所涉单元格 {KEY} 原印为“1000000”，现为“1000001”"


def test_a_finding_that_cites_other_cells_is_another_one_to_look_at() -> None:
    fewer = replace(ROW, cells={key: text for key, text in ROW.cells.items() if key != KEY})
    assert said(fewer)[0] == "cells_changed"


def test_a_finding_that_is_gone_voids_loudly() -> None:
    mended = judged({**REPORTS, BROKEN: consistent("2021", seed=1)})
    assert said(ROW, batch=mended) == ("gone", "该问题已不存在，请删除此条豁免")


def test_a_report_that_was_not_judged_is_unseen_unless_the_day_is_over() -> None:
    elsewhere = judged({"620102-2023": REPORTS["620102-2023"]})
    weighed = weigh(*elsewhere, [ROW], DAY)
    assert (weighed.covered, weighed.void, weighed.unseen) == (frozenset(), (), (ROW,))
    assert said(ROW, END + timedelta(1), elsewhere)[0] == "expired"


def test_all_reasons_are_said_the_weightiest_first() -> None:
    changed = judged({**REPORTS, BROKEN: REPORTS[BROKEN].but({KEY: 10**6 + 1})})
    code, reason = said(replace(ROW, sha256="f" * 64), END + timedelta(1), changed)
    assert code == "expired"
    assert len(reason.split("；")) == 3
    assert "\n" not in reason


def test_cells_of_a_neighbour_are_watched_too() -> None:
    finding = {"report_id": BROKEN, "rule": "X-CARRY", "scope": "total", "cells": [KEY, f"{KEY}@620102-2023"]}
    verdict = {name: [value] for name, value in finding.items()}
    verdicts = pa.table(verdict | {"outcome": ["fail"], "severity": ["critical"]})
    waiver = waiver_of(finding, "0" * 64, cited_printed([finding], CELLS), ("张三", "口径不同"), (DAY, END))
    reports = pa.table({"report_id": [BROKEN], "sha256": ["0" * 64]})
    assert weigh(verdicts, reports, CELLS, [waiver], DAY).covered == {waiver.finding_id}
    own = CELLS.filter(pa.compute.equal(CELLS["report_id"], BROKEN))
    code, reason = said(waiver, batch=(verdicts, reports, own))
    assert code == "printed_changed"
    assert "现为未印出" in reason


def test_a_finding_about_a_report_that_does_not_exist() -> None:
    finding = {"report_id": "620109-2023", "rule": "COV-UNIT", "scope": "report", "cells": list[str]()}
    verdicts = pa.Table.from_pylist([finding | {"outcome": "fail", "severity": "critical"}])
    waiver = waiver_of(finding, "", {}, ("张三", "已撤并"), (DAY, END))
    assert weigh(verdicts, TABLE, CELLS, [waiver], DAY).covered == {waiver.finding_id}


@pytest.mark.parametrize(
    ("granted", "last"),
    [(date(2026, 11, 24), date(2028, 11, 24)), (date(2024, 2, 29), date(2026, 2, 28))],
)
def test_two_years_at_most(granted: date, last: date) -> None:
    assert latest(granted) == last


def test_the_order_of_the_waivers_does_not_matter() -> None:
    batches = [weigh(VERDICTS, TABLE, CELLS, order, DAY) for order in permutations(WAIVERS)]
    assert len({weighed.covered for weighed in batches}) == 1


# A machine with other work is no reason to fail.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(WAIVERS),
    st.dates(date(2026, 1, 1), date(2029, 1, 1)),
    st.booleans(),
    st.dictionaries(st.sampled_from(sorted(ROW.cells)), st.none() | st.text(max_size=3), max_size=2),
)
def test_a_waiver_covers_exactly_what_it_saw(waiver: Waiver, today: date, same: bool, edits) -> None:
    edited = replace(
        waiver,
        sha256=waiver.sha256 if same else "e" * 64,
        cells={cell: edits.get(cell, text) for cell, text in waiver.cells.items()},
    )
    weighed = weigh(VERDICTS, TABLE, CELLS, [edited], today)
    right = same and edited.cells == waiver.cells and DAY <= today <= END
    assert (edited.finding_id in weighed.covered) is right
    assert len(weighed.void) == (not right)
    assert all(void.reason and "\n" not in void.reason for void in weighed.void)
