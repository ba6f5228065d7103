"""统计期限: the days that a report's figures are of, by the words that name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

#: lines looked at, and those of them that may give the days without naming them
MAX_LINES: Final = 120
MAX_OPENING: Final = 20
#: days without a name are the period only if they are about a year
_YEAR: Final = range(360, 371)

Period = tuple[date | None, date | None]

DAY: Final = r"(20\d\d)年?(\d{1,2})月(\d{1,2})日"
_TO: Final = r"(?:起|止|开始)?[,、]?(?:截止)?(?:至|到|[-—–~]{1,2})"
_PAIR: Final = rf"(?:自|从|为|:)?{DAY}{_TO}(?:(20\d\d)年)?(\d{{1,2}})月(\d{{1,2}})日"
_UNTIL: Final = rf"截(?:至|止)(?:到)?{DAY}"
_WORDS: Final = r"(?:的|中|所|列|有关|相关|各项|统计|数据|信息|工作|起止|截止|截至|均|年度|,){0,8}"
_TIME: Final = r"(?:期限|时限|时间|时段|期间|周期|区间|范围|日期|年度|期)(?!内|中)[,:]?[^。;,]{0,12}?"
#: `本报告所列数据的统计期限为`, or no more than `数据统计自`; not `据统计，` and not `公示期限为`
_NAME: Final = (
    rf"(?:(?:统计|数据|报告|年报){_WORDS}{_TIME}"
    r"|(?:(?<!经)(?<!(?<!数)据)统计|(?:所列|涉及|引用|报告|年报|中|统计|以上|上述|各项|有关|相关)的?数据)(?:统计|的|均|都|是|于){0,4})"
)
_NAMED: Final = re.compile(f"{_NAME}{_PAIR}")
_NAMED_UNTIL: Final = re.compile(f"{_NAME}(?P<words>{_UNTIL})")
_UNNAMED: Final = re.compile(_PAIR)
_FIRST_WORD: Final = re.compile(r"统计|数据|期限|时限|时间|(?:自|从)?20\d\d")
_OVERVIEW: Final = re.compile(r"^(?:[一1][、.])?.{0,12}(?:总体|基本)情况$")


def period_of(body: Sequence[str]) -> tuple[Period | None, str]:
    """The period that a report's lines state and its words; (None, '') if they state none.

    Days that no word names (of an inquiry, of a campaign) are taken only where they open the report and are a year.
    """
    text = "".join(body[:MAX_LINES])
    if hit := _NAMED.search(text):
        return _days(hit.groups()), _from_its_word(hit[0])
    if until := _NAMED_UNTIL.search(text):
        return (None, _date(*until.groups()[1:])), until["words"]
    for hit in _UNNAMED.finditer(_opening(body)):
        begin, end = _days(hit.groups())
        if begin and end and (end - begin).days + 1 in _YEAR:
            return (begin, end), _from_its_word(hit[0])
    return None, ""


def _opening(body: Sequence[str]) -> str:
    """What stands before the first section, and its first paragraph."""
    first = next((i for i, line in enumerate(body[:MAX_LINES]) if _OVERVIEW.match(line)), None)
    return "".join(body[: MAX_OPENING if first is None else first + 2])


def _days(found: Sequence[str]) -> Period:
    year, month, day, to_year, to_month, to_day = found
    return _date(year, month, day), _date(to_year or year, to_month, to_day)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _from_its_word(found: str) -> str:
    """The words of a period without what stands before them by chance."""
    word = _FIRST_WORD.search(found)
    return found[word.start() :] if word else found
