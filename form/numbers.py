"""Printed text -> value, blank or unreadable. Nothing is corrected, and no unit is guessed.

Only ASCII and full-width digits count as digits: compatibility characters such as ① or ² would turn
`22①` into 221.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from form.reading import State

#: longer text is prose, not a figure
MAX_LENGTH: Final = 80
MAX_INTEGER_DIGITS: Final = 18
MAX_FRACTION_DIGITS: Final = 10

_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES: Final = {ord(c): " " for c in "\u00a0\u3000\u2002\u2003\u2009\u202f\t"}
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_MINUS: Final = {ord(c): "-" for c in "\u2212\ufe63"}
_TABLE: Final = _HALF | _SPACES | _INVISIBLE | _MINUS

#: what publishers print for "nothing here"; not the same as 0
_MARKS: Final = frozenset("-/\\—–―_~·")
_WORDS: Final = frozenset({"无", "暂无", "空", "无数据"})
_MONEY: Final = {
    "元": 1, "十元": 10, "百元": 100, "千元": 1_000, "万元": 10_000, "十万元": 100_000, "百万元": 1_000_000,
    "千万元": 10_000_000, "亿元": 100_000_000,
}  # fmt: skip
_POWERS: Final = "十百千万亿兆拾佰仟萬億"
_FORMAL: Final = str.maketrans("拾佰仟萬億", "十百千万亿")
#: what may stand before 元 is part of the unit, be it known (百万元) or not (W元, 10万元, 美元)
_PREFIX: Final = f"{_POWERS}美日欧英港澳台韩新加A-Za-z"
_POWER: Final = rf"[{_POWERS}]{{0,4}}[{_POWERS[1:]}]"
_HEADER_UNIT: Final = re.compile(rf"[{_PREFIX}0-9.]{{0,8}}元")
#: without 元, such as 百万; 十 alone is a number's
_HEADER_POWER: Final = re.compile(
    rf"(?:\(|单位[:为]?)(?P<unit>{_POWER}|(?<!\()[0-9.]{{0,8}}[{_POWERS}A-Za-z]{{1,4}})(?=\)|$)"
)
_OWN_UNIT: Final = re.compile(rf"[{_PREFIX}]{{0,8}}元|{_POWER}")
_COUNTERS: Final = "件条份项个次宗起例"
_UP: Final = ("增加", "新增", "增")
_DOWN: Final = ("减少", "减")

_PLAIN: Final = re.compile(r"(?P<digits>\d[\d,. \n]*)(?P<unit>\D*)", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:, ?\d{3})+(?:\.\d+)?", re.ASCII)
_SPACED: Final = re.compile(r"\d{1,3}(?: \d{3})+(?:\.\d+)?", re.ASCII)
_DECIMAL: Final = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
#: marks that point to a note: ①, *, ※, raised digits; `12①` is 12
_MARKED: Final = re.compile(
    r"(?P<figure>.*\d\s*[件条份项个次宗起例元十百千万亿]*)\s*(?P<mark>[*＊※†‡§#\u00b9\u00b2\u00b3\u2070-\u2079\u2460-\u249b]+)",
    re.DOTALL,
)
_BRACKET: Final = re.compile(r"(?P<figure>[^()\[\]【】〔〕]+)[(\[【〔](?P<aside>.*)[)\]】〕]", re.DOTALL)
_AMONG: Final = re.compile(r"(?P<figure>[^其含]+?)[,;、。\s]*(?P<aside>(?:其中|含|包含|包括).+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell's text says. `certain` is False where the text needed interpretation."""

    state: State
    value: Decimal | None = None
    note: str | None = None
    certain: bool = True


class _UnreadableError(Exception):
    """Why a text is no figure (Chinese, for auditors)."""


def tidy(text: str) -> str:
    """Half-width text with plain spaces and without invisible characters; line breaks stay."""
    lines = (" ".join(line.split()) for line in text.translate(_TABLE).splitlines())
    return "\n".join(line for line in lines if line)


def read_figure(printed: str, unit: str = "件", header: str | None = None) -> Figure:
    """The figure in a cell.

    `unit` is the unit of the key (件, 项 or 元). For 元, `header` is the unit of money that the table's
    header prints (see `money_unit`) or None; the cell's own unit wins over it. A non-zero amount without any unit,
    or in one that is not known, is unreadable, for 元 and 万元 differ by ten thousand.
    """
    # Cut before caching, so that the cache stays small whatever a page holds.
    return _figure(printed[: MAX_LENGTH * 4], unit, header)


@lru_cache(maxsize=4096)
def _figure(printed: str, unit: str, header: str | None) -> Figure:
    text = tidy(printed)
    if _is_blank(text):
        return Figure("blank")
    if len(text) > MAX_LENGTH:
        return Figure("unreadable", note="文字过长，不是数字")
    try:
        return _read(text, unit, header)
    except _UnreadableError as reason:
        return Figure("unreadable", note=str(reason))


def split_figures(printed: str, count: int) -> tuple[str, ...] | None:
    """The parts of a merged cell's text if white space divides it into exactly `count` plain figures."""
    parts = tuple(tidy(printed).split())
    return parts if len(parts) == count and all(_DECIMAL.fullmatch(part) for part in parts) else None


def money_unit(text: str) -> str | None:
    """The unit of money that a header prints, e.g. 万元 in `本年收费金额（单位：万元）`; None if it prints none.

    A unit that is not known (W元) is given as printed, so that nobody takes another one instead.
    """
    bare = "".join(tidy(text).split())
    found = {unit.translate(_FORMAL) for unit in _HEADER_UNIT.findall(bare)}
    if not found and (power := _HEADER_POWER.search(bare)):
        # 万 alone says no less than a header without a unit, and no more.
        found = {power["unit"]} - {"万"}
    return found.pop() if len(found) == 1 else None


def _is_blank(text: str) -> bool:
    bare = "".join(text.split())
    return not bare or bare in _WORDS or all(char in _MARKS for char in bare)


def _read(text: str, unit: str, header: str | None) -> Figure:
    marked = _MARKED.fullmatch(text)
    body, aside = _aside(marked["figure"].strip() if marked else text)
    sign, body, sure = _sign(body)
    found = _PLAIN.fullmatch(body)
    if not found:
        raise _UnreadableError("不是数字")
    number, joined = _number(found["digits"].strip())
    factor, unit_note = _factor("".join(found["unit"].split()), unit, header, number)
    mark = f"带注释标记{marked['mark']}" if marked else None
    notes = [n for n in (aside, mark, unit_note, "数字中有空格，按一个数读取" if joined else None) if n]
    certain = sure and not joined and not marked and not (unit_note or "").startswith("表头")
    value = number * factor
    # Decimal keeps a negative zero, which would be printed as -0.
    return Figure("printed", -value if sign < 0 and value else value, "；".join(notes) or None, certain)


def _aside(text: str) -> tuple[str, str | None]:
    """The figure and what stands beside it: `22（其中修订16件）` -> `22`, `其中修订16件`."""
    for pattern in (_BRACKET, _AMONG):
        found = pattern.fullmatch(text)
        if found and found["aside"].strip():
            aside = "".join(found["aside"].split())
            if _OWN_UNIT.fullmatch(aside.removeprefix("单位:")):
                return found["figure"].strip() + aside.removeprefix("单位:"), None
            return found["figure"].strip(), aside
    return text, None


def _sign(text: str) -> tuple[int, str, bool]:
    """Sign, the rest, and whether the sign is beyond doubt (a long dash is not)."""
    for words, sign in ((_UP, 1), (_DOWN, -1)):
        for word in words:
            if text.startswith(word):
                return sign, text.removeprefix(word).strip(), True
    if text[0] in "+-":
        return (-1 if text[0] == "-" else 1), text[1:].strip(), True
    if text[0] in "—–":
        return -1, text[1:].strip(), False
    return 1, text, True


def _number(digits: str) -> tuple[Decimal, bool]:
    """The number, and whether parts apart from one another were joined."""
    if _GROUPED.fullmatch(digits):
        return _decimal(re.sub("[, ]", "", digits)), False
    if _SPACED.fullmatch(digits):
        return _decimal(digits.replace(" ", "")), True
    parts = digits.split()
    if len(parts) > 2:
        raise _UnreadableError("一个单元格内有多个数字")
    return _decimal("".join(parts)), len(parts) == 2


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise _UnreadableError("数字写法不规范")
    whole, _, fraction = text.partition(".")
    if len(whole) > MAX_INTEGER_DIGITS or len(fraction) > MAX_FRACTION_DIGITS:
        raise _UnreadableError("数字过长")
    return Decimal(text)


def _factor(own: str, unit: str, header: str | None, number: Decimal) -> tuple[int, str | None]:
    """What to multiply by to reach the key's unit, and a note on the unit."""
    own = own.removeprefix("人民币").rstrip("。;,").translate(_FORMAL)
    if unit != "元":
        if own and (len(own) > 1 or own not in _COUNTERS):
            raise _UnreadableError(f"计量单位“{own[:10]}”与件数不符")
        return 1, None
    if own:
        if own not in _MONEY:
            raise _UnreadableError(f"金额单位“{own[:10]}”无法识别")
        clash = header is not None and header != own
        return _MONEY[own], f"表头单位为{header}，单元格注明{own}" if clash else None
    if header in _MONEY:
        return _MONEY[str(header)], None
    unknown = f"金额单位“{header[:10]}”无法识别" if header else "金额单位未注明"
    if number == 0:
        return 1, unknown
    raise _UnreadableError(unknown)
