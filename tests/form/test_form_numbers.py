"""Printed text -> value, blank or unreadable."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form.numbers import MAX_LENGTH, money_unit, read_figure, split_figures

COUNTS = st.integers(0, 10**12)
UNITS = {"元": 1, "十元": 10, "百元": 100, "千元": 1_000, "万元": 10_000, "十万元": 100_000, "百万元": 1_000_000} | {
    "千万元": 10_000_000,
    "亿元": 100_000_000,
}


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0", "0"),
        ("447228", "447228"),
        ("１２３", "123"),
        (" 26\u00a0", "26"),
        ("1,234", "1234"),
        ("1，234，567", "1234567"),
        ("+1036", "1036"),
        ("-8", "-8"),
        ("－8", "-8"),
        ("− 8", "-8"),
        ("减少3", "-3"),
        ("增5", "5"),
        ("-0", "0"),
        ("12件", "12"),
        ("5 项", "5"),
        ("190.457379", "190.457379"),
        ("\u200b7\ufeff", "7"),
    ],
)
def test_counts(printed: str, value: str) -> None:
    figure = read_figure(printed)
    assert (figure.state, str(figure.value), figure.certain) == ("printed", value, True)


@pytest.mark.parametrize(
    ("printed", "header", "value"),
    [
        ("96171.6", "万元", "961716000"),
        ("59237.2449", "万元", "592372449"),
        ("4555.771 万元", None, "45557710"),
        ("251000元", None, "251000"),
        ("1.2亿元", None, "120000000"),
        ("190.457379", "万元", "1904573.79"),
        ("7,545（万元）", None, "75450000"),
        ("人民币300元", None, None),
        ("0", None, "0"),
        ("12.5", "百万元", "12500000"),
        ("12.5（百万元）", None, "12500000"),
        ("12.5", "十元", "125"),
        ("3百元", None, "300"),
        ("3佰元", None, "300"),
        ("0.5千万元", None, "5000000"),
        ("12.5（W元）", "万元", None),
        ("12.5（百万）", "万元", None),
        ("12.5万", "万元", None),
        ("12.5（2500元）", "万元", "125000"),
    ],
)
def test_amounts_are_in_yuan_exactly(printed: str, header: str | None, value: str | None) -> None:
    figure = read_figure(printed, "元", header)
    assert figure.value == (None if value is None else Decimal(value))


def test_an_amount_without_a_unit_is_not_guessed() -> None:
    figure = read_figure("4555.771", "元")
    assert (figure.state, figure.value, figure.note) == ("unreadable", None, "金额单位未注明")
    assert read_figure("0", "元").note == "金额单位未注明"


def test_the_cells_own_unit_wins_and_says_so() -> None:
    figure = read_figure("7545元", "元", "万元")
    assert figure.value == 7545
    assert not figure.certain
    assert figure.note is not None and "万元" in figure.note


@pytest.mark.parametrize("unit", ["W元", "10万元", "美元", "百万", "十亿元"])
def test_an_unknown_unit_is_not_taken_for_another(unit: str) -> None:
    figure = read_figure("12.5", "元", money_unit(f"本年收费金额（单位：{unit}）"))
    assert (figure.state, figure.note) == ("unreadable", f"金额单位“{unit}”无法识别")
    # The cell's own unit is beyond doubt, and 0 is 0 in any.
    own = read_figure("12.5万元", "元", unit)
    assert (own.value, own.certain, own.note) == (125_000, False, f"表头单位为{unit}，单元格注明万元")
    assert (read_figure("0", "元", unit).value, read_figure("0", "元", unit).note) == (0, figure.note)


@pytest.mark.parametrize("printed", ["", " ", "\u00a0", "\u3000\n", "-", "—", "——", "/", "／", "\\", "无", "－"])
def test_marks_for_nothing_are_blank(printed: str) -> None:
    assert read_figure(printed).state == "blank"
    assert read_figure(printed).value is None


@pytest.mark.parametrize(
    "printed",
    [
        "0 0 0", "00", "007", "½", "5/3", "约5件", "1,23", "12,34,567", "1.2.3", "3.5%", "５０％",
        "N/A", "1e3", "0x10", "inf", "NaN", "5万", "3人", "12345678901234567890", "0.12345678901", "一二", "±3",
        "2023年", "1 0 0", "无法统计", "9" * 100,
    ],
)  # fmt: skip
def test_what_is_no_figure_is_unreadable_with_a_reason(printed: str) -> None:
    figure = read_figure(printed)
    assert (figure.state, figure.value) == ("unreadable", None)
    assert figure.note


@pytest.mark.parametrize(
    ("printed", "value", "note"),
    [
        ("22（其中修订16件）", 22, "其中修订16件"),
        ("55(含自然失效29件)", 55, "含自然失效29件"),
        ("22，其中修订16件", 22, "其中修订16件"),
        ("8 【本级】", 8, "本级"),
    ],
)
def test_what_stands_beside_a_figure_is_kept(printed: str, value: int, note: str) -> None:
    figure = read_figure(printed)
    assert (figure.value, figure.note) == (value, note)


def test_parts_apart_are_joined_only_with_doubt() -> None:
    for printed in ("12\n3", "12 3", "1 036", "96171 .6"):
        figure = read_figure(printed)
        assert figure.state == "printed"
        assert not figure.certain
    assert read_figure("1 0").value == 10
    assert read_figure("0 1").state == "unreadable"


def test_merged_figures() -> None:
    assert split_figures("0 0 0", 3) == ("0", "0", "0")
    assert split_figures("0\u00a012\n3", 3) == ("0", "12", "3")
    assert split_figures("0 0", 3) is None
    assert split_figures("0 - 0", 3) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("本年收费金额（单位：万元）", "万元"),
        ("采购总金额(元)", "元"),
        ("采购总金额", None),
        ("单位：元/万元", None),
        ("本年收费金额（单位：百万元）", "百万元"),
        ("本年收费金额（百万）", "百万"),
        ("单位：萬元", "万元"),
        ("人民币万元", "万元"),
        ("单位：百元", "百元"),
        ("单位：W元", "W元"),
        ("单位：K", "K"),
        ("单位：万", None),
        ("单位：件", None),
        ("填报单位：某县某局", None),
        ("收费金额（1）", None),
        ("第二十条第（十）项", None),
    ],
)
def test_units_of_headers(text: str, unit: str | None) -> None:
    assert money_unit(text) == unit


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(COUNTS, st.sampled_from(["{}", "{:,}", " {} ", "{}件", "+{}", "{:,} 项", "\u00a0{}"]), st.booleans())
def test_any_way_to_print_a_count_gives_it_back(count: int, style: str, wide: bool) -> None:
    printed = style.format(count)
    figure = read_figure(_wide(printed) if wide else printed)
    assert (figure.state, figure.value, figure.certain) == ("printed", Decimal(count), True)


@given(st.integers(0, 10**9), st.integers(0, 6), st.sampled_from([*UNITS.items()]))
def test_amounts_are_exact(digits: int, places: int, unit: tuple[str, int]) -> None:
    amount = Decimal(digits).scaleb(-places)
    want = amount * unit[1]
    assert read_figure(f"{amount:f}", "元", unit[0]).value == want
    assert read_figure(f"{amount:f}{unit[0]}", "元").value == want
    assert read_figure(f"{amount:f}", "元", money_unit(f"采购总金额（单位：{unit[0]}）")).value == want


@given(st.text(max_size=MAX_LENGTH * 2), st.sampled_from(["件", "项", "元"]), st.sampled_from([None, "元", "万元"]))
def test_any_text_has_exactly_one_state(text: str, unit: str, header: str | None) -> None:
    figure = read_figure(text, unit, header)
    assert (figure.value is not None) == (figure.state == "printed")
    if figure.value is not None:
        assert figure.value.is_finite()
        assert len(figure.value.as_tuple().digits) <= 40
    if figure.state == "unreadable":
        assert figure.note


@given(st.lists(st.integers(0, 999), min_size=2, max_size=7))
def test_figures_beside_one_another_are_never_one_certain_figure(numbers: list[int]) -> None:
    figure = read_figure(" ".join(map(str, numbers)))
    assert figure.state == "unreadable" or not figure.certain
