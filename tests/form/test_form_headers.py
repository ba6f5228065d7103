"""Headers of tables three and four in another order or another wording: their own order counts, and a guess shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import paper
import pytest
from checks import codes, figures, only, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import Item, Rows, Style

from form.catalogue import APPLICATION_COLUMNS, DISPUTE_BLOCKS, DISPUTE_COLUMNS
from form.grid import Grid
from form.reading import Report

TITLE = "某县某局2023年政府信息公开工作年度报告"
THREE = dict(
    zip(
        APPLICATION_COLUMNS,
        ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"),
        strict=True,
    )
)
FOUR = dict(zip(DISPUTE_COLUMNS, ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"), strict=True))
BLOCKS = dict(zip(DISPUTE_BLOCKS, ("行政复议", "未经复议直接起诉", "复议后起诉"), strict=True))
VALUES = figures("2021")


def three(order: Sequence[str], renamed: Mapping[str, str] = {}) -> Rows:
    """Table three with its columns in an order, all labels in one row of the header."""
    rows = paper.applications(VALUES, Style())
    corner = replace(rows[0][0], high=2)
    made: Rows = [[corner, Item("申请人情况", 7)], [Item(renamed.get(THREE[c], THREE[c])) for c in order]]
    at = [APPLICATION_COLUMNS.index(c) for c in order]
    for row in rows[3:]:
        made.append([*row[:-7], *(row[-7:][i] for i in at)])
    return made


def four(
    order: Sequence[str] = DISPUTE_COLUMNS, blocks: Sequence[str] = DISPUTE_BLOCKS, renamed: Mapping[str, str] = {}
) -> Rows:
    """Table four with blocks and columns in an order."""

    def name(text: str) -> str:
        return renamed.get(text, text)

    return [
        [Item(name(BLOCKS[b]), 5) for b in blocks],
        [Item(name(FOUR[c])) for _ in blocks for c in order],
        [Item(VALUES[f"disputes.{b}.{c}"]) for b in blocks for c in order],
    ]


def read(*tables: Rows | Grid) -> tuple[Report, dict[str, object]]:
    """The report, and what of the tables' keys was read otherwise than printed."""
    report = only(paper.document(TITLE, *paper.proactive(VALUES, Style()), *tables))
    off = wrong(report, VALUES)
    return report, {k: v for k, v in off.items() if v[1] is not None and v[1].state != "unreadable"}  # type: ignore[index]


def swapped(columns: Sequence[str], one: int, other: int) -> list[str]:
    order = list(columns)
    order[one], order[other] = order[other], order[one]
    return order


def test_a_typo_in_the_forms_own_order_doubts_its_column_alone() -> None:
    report, off = read(three(APPLICATION_COLUMNS, {"社会公益组织": "社会公益组识"}), four())
    assert not off
    doubted = {r.key.split(".")[2] for r in report.readings if r.confidence < 0.9}
    assert (doubted, codes(report)) == ({"civil_society"}, {"label_fuzzy"})
    assert {r.confidence for r in report.readings if r.confidence < 1} == {0.8}


@pytest.mark.parametrize(
    "typo",
    [
        {"社会公益组织": "社会公益组识"},
        {"自然人": "自然入"},
        {"法律服务机构": "法律服务机枸", "社会公益组织": "社会公益组识"},
    ],
)
@pytest.mark.parametrize(
    "order", [swapped(APPLICATION_COLUMNS, 1, 2), [APPLICATION_COLUMNS[-1], *APPLICATION_COLUMNS[:-1]]]
)
def test_a_typo_leaves_the_printed_order_of_table_three(order: Sequence[str], typo: dict[str, str]) -> None:
    report, off = read(three(order, typo), four())
    assert not off
    assert codes(report) == {"columns_permuted", "label_fuzzy"}
    assert {r.confidence for r in report.readings if r.key.startswith("applications")} == {0.6}
    assert not report.leftovers


@pytest.mark.parametrize("order", [APPLICATION_COLUMNS, swapped(APPLICATION_COLUMNS, 1, 2)])
def test_a_column_of_another_name_is_left_over(order: Sequence[str]) -> None:
    report, off = read(three(order, {"法律服务机构": "个体工商户"}), four())
    assert not off
    lost = [r for r in report.readings if ".legal_service" in r.key]
    assert {r.state for r in lost} == {"unreadable"}
    assert all(r.note and "个体工商户" in r.note for r in lost)
    assert "column_unknown" in codes(report)
    assert [x.printed.split(" | ")[:2] for x in report.leftovers] == [
        ["个体工商户", VALUES["applications.received.legal_service"]]
    ]


def test_two_unknown_columns_in_another_order_are_nobodys() -> None:
    order = swapped(APPLICATION_COLUMNS, 0, 1)
    report, off = read(three(order, {"法律服务机构": "个体工商户", "科研机构": "村民小组"}), four())
    assert not off
    got = {r.key.split(".")[2] for r in report.readings if r.key.startswith("applications")}
    assert not got & {"legal_service", "research"}
    assert len(report.leftovers) == 2


def test_labels_that_a_scan_did_not_read_tell_of_no_other_column() -> None:
    grid = paper.to_grid(three(APPLICATION_COLUMNS, {"法律服务机构": "口口", "科研机构": "利研机"}), 1)
    scanned = replace(grid, cells=tuple(c._replace(confidence=0.95) for c in grid.cells))
    report, off = read(scanned, four())
    assert not off
    assert {r.confidence for r in report.readings if r.key.startswith("applications")} == {0.95}
    assert not report.leftovers


def test_one_label_lacking_and_the_others_moved_is_doubted() -> None:
    """The total first without its label, or a header that stands one column aside: nothing tells which."""
    order = [APPLICATION_COLUMNS[-1], *APPLICATION_COLUMNS[:-1]]
    report, _ = read(three(order, {"总计": ""}), four())
    assert {r.confidence for r in report.readings if r.key.startswith("applications")} == {0.6}
    assert codes(report) == {"spans_differ"}


def test_header_spanned_otherwise_than_the_rows_and_a_typo() -> None:
    rows = paper.applications(VALUES, Style(uneven=True, renamed={"社会公益组织": "社会公益组识"}))
    report, off = read(rows, four())
    assert not off
    assert codes(report) == {"spans_differ", "label_fuzzy"}


@pytest.mark.parametrize("order", [[DISPUTE_COLUMNS[-1], *DISPUTE_COLUMNS[:-1]], swapped(DISPUTE_COLUMNS, 2, 3)])
@pytest.mark.parametrize("damaged", [{}, {"结果纠正": "结果纠"}])
def test_table_fours_own_order(order: Sequence[str], damaged: dict[str, str]) -> None:
    report, off = read(three(APPLICATION_COLUMNS), four(order, renamed=damaged))
    assert not off
    assert {r.confidence for r in report.readings if r.key.startswith("disputes")} == {0.6}
    assert "columns_permuted" in codes(report)


@pytest.mark.parametrize(
    ("blocks", "renamed"),
    [
        ((0, 2, 1), {"未经复议直接起诉": "未经复议直接提起诉讼"}),
        ((1, 2, 0), {"复议后起诉": "经复议起诉"}),
        ((1, 0, 2), {"行政复议": "行政复义"}),
    ],
)
def test_blocks_in_another_order_and_wording(blocks: tuple[int, ...], renamed: dict[str, str]) -> None:
    report, off = read(three(APPLICATION_COLUMNS), four(blocks=[DISPUTE_BLOCKS[i] for i in blocks], renamed=renamed))
    assert not off
    assert {r.confidence for r in report.readings if r.key.startswith("disputes")} == {0.6}
    assert codes(report) == {"columns_permuted"} | ({"label_fuzzy"} if renamed else set())


@pytest.mark.parametrize("blocks", [(1, 2, 0), (2, 1, 0), (0, 2, 1)])
def test_blocks_with_their_own_labels_are_sure_in_any_order(blocks: tuple[int, ...]) -> None:
    report, off = read(three(APPLICATION_COLUMNS), four(blocks=[DISPUTE_BLOCKS[i] for i in blocks]))
    assert not off
    assert {r.confidence for r in report.readings} == {1.0}
    assert not report.remarks


def test_a_block_of_another_name_is_left_over() -> None:
    report, off = read(three(APPLICATION_COLUMNS), four(renamed={"复议后起诉": "国家赔偿"}))
    assert not off
    lost = [r for r in report.readings if "litigation_after" in r.key]
    assert {r.state for r in lost} == {"unreadable"}
    assert "column_unknown" in codes(report)
    assert len(report.leftovers) == 5


def test_a_damaged_label_of_table_four_doubts_its_columns() -> None:
    report, off = read(three(APPLICATION_COLUMNS), four(renamed={"结果纠正": "结果纠"}))
    assert not off
    assert codes(report) == {"label_fuzzy"}
    assert {r.key.split(".")[2] for r in report.readings if r.confidence < 0.9} == {"corrected"}


def test_another_order_that_is_not_whole_is_left_over() -> None:
    """Fourteen labels, the total first: neither the form's order nor the header's tells the columns."""
    rows = four([DISPUTE_COLUMNS[-1], *DISPUTE_COLUMNS[:-1]])
    rows[1][7] = Item("")
    report, off = read(three(APPLICATION_COLUMNS), rows)
    assert not off
    assert not [r for r in report.readings if r.key.startswith("disputes")]
    assert (codes(report), len(report.leftovers)) == ({"header_contradicted"}, 1)


def test_blocks_one_under_the_other_with_the_total_first() -> None:
    order = [DISPUTE_COLUMNS[-1], *DISPUTE_COLUMNS[:-1]]
    rows = [[Item(""), *(Item(FOUR[c]) for c in order)]]
    rows += [[Item(BLOCKS[b]), *(Item(VALUES[f"disputes.{b}.{c}"]) for c in order)] for b in DISPUTE_BLOCKS]
    report, off = read(three(APPLICATION_COLUMNS), rows)
    assert not off
    assert {r.confidence for r in report.readings if r.key.startswith("disputes")} == {0.6}


@settings(max_examples=80, deadline=None)
@given(
    st.permutations(APPLICATION_COLUMNS),
    st.permutations(DISPUTE_COLUMNS),
    st.permutations(DISPUTE_BLOCKS),
    st.dictionaries(
        st.sampled_from([*THREE.values(), *FOUR.values(), *BLOCKS.values()]),
        st.sampled_from(["", "口口", "社会公益组识", "个体工商户", "结果维", "经复议起诉", "小计"]),
        max_size=3,
        # Of two columns without any label nothing tells which is which.
    ).filter(lambda renamed: list(renamed.values()).count("") <= 1),
)
def test_no_order_and_no_wording_gives_a_wrong_figure_for_sure(
    columns: list[str], leaves: list[str], blocks: list[str], renamed: dict[str, str]
) -> None:
    report, off = read(three(columns, renamed), four(leaves, blocks, renamed))
    assert all(reading.confidence < 0.9 for _, reading in off.values())  # type: ignore[misc,union-attr,attr-defined]
    assert not off or codes(report)
    if not renamed:
        assert not off
        assert {r.key for r in report.readings} == set(VALUES)
