"""Whose figure and of which year: the last words before a figure, in its sentence, that say so."""

from __future__ import annotations

import re
from typing import Final

from form.claim import ClaimScope, Period

_WORDS: Final = re.compile(
    r"(?P<represented>(?:(?:省|市|州|县|区)?(?:人民)?政府办(?:公厅|公室)?"
    r"|本办|我办)?代表(?:本级|我?(?:省|市|州|县|区|镇|乡))?(?:人民)?政府)"
    r"|(?P<aggregate>全(?:省|市|州|县|区|旗|镇|乡|街道)|我(?:省|市|州|县|区|旗|镇|乡)(?!本级|政府|人民政府)"
    r"|(?:全)?(?:省|市|州|县|区)?各(?:县区|市州|乡镇|部门|单位|级))"
    r"|(?P<own>(?:我|本)(?:机关|单位|部门|局|委|办|办公室|厅|办公厅|院|中心|街道)|(?:省|市|州|县|区|镇|乡)?本级"
    r"|(?<![及和、])(?:省|市|州|县|区)(?:人民)?政府办(?:公厅|公室)?)"
    # `县直各部门收到300件，县政府收到10件`: the government alone is not its area, and need not be the reporting body.
    r"|(?P<unknown>(?:省|市|州|县|区)(?:人民)?政府(?!系统|办))"
)
_YEAR: Final = re.compile(
    r"(?P<year>20\d\d)年?|(?P<last>(?:上一?年|去年)(?:度)?)"
    r"|(?P<this>本年度?|今年|全年|当年|年内|报告期)|(?P<sum>以来"
    r"|(?:截[至止]|至今|目前)[^,;]{0,20}累计|历年|近[三五]年)"
)
_PART: Final = re.compile(
    r"[上下]半年|[一二三四1-4]季度"
    r"|(?<!1月1日至)(?<!1月1日到)(?<!日-)(?<!年)(?<!\d)(?!1月1日|12月31日|12月底)\d{1,2}月"
    r"|截[至止](?!.{0,6}(?:年底|年末|12月底)|.{0,6}12月31日)"
)
#: words that look back at a year without saying that the figure is of it
_BACK: Final = re.compile(r"(?:比|较|与|同|于|结转|含|包含|包括|顺延|转|至|到)(?:至|到)?$")
_ON: Final = re.compile(r"^(?:度)?(?:结转|转入|转至|转到|遗留|顺延|延续|相比|同期|底)")


def scope_of(before: str) -> tuple[ClaimScope, str]:
    """The scope that the last such word before a figure names, and the word ('' where none does)."""
    last, words = "unknown", ""
    for hit in _WORDS.finditer(before):
        # `区政府办代表区政府`: the office speaks for the whole, so that the word for it stands last.
        last, words = hit.lastgroup or last, hit[0]
    return last, words if last != "unknown" else ""  # type: ignore[return-value]  # the groups are the scopes


def period_of(before: str, year: int | None) -> Period:
    """The period of a figure, `this_year` where nothing before it in its sentence names one."""
    found: Period = "this_year"
    summed = False
    for hit in _YEAR.finditer(before):
        if _BACK.search(before[: hit.start()]) or _ON.match(before[hit.end() :]):
            continue
        if hit["sum"]:
            summed = found == "this_year" and not re.search(
                r"本年|今年|全年|年内|报告期|20\d\d年", before[: hit.start()]
            )
            continue
        found, summed = _named(hit, year), False
    if summed:
        return "other_year"
    return "part_of_year" if found == "this_year" and _PART.search(before) else found


def _named(hit: re.Match[str], year: int | None) -> Period:
    if hit["last"]:
        return "last_year"
    if hit["this"]:
        return "this_year"
    if year is None:
        return "unknown"
    return {year: "this_year", year - 1: "last_year"}.get(int(hit["year"]), "other_year")  # type: ignore[return-value]
