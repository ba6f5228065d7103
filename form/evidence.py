"""The evidence for whose report it is: what each place of a document says, and where they contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from form.divisions import place_of
from form.gathering import Gathered
from form.labels import normal
from form.reading import Fact, Remark, Scope, Source

#: longest quote in a remark
_SHOWN: Final = 60
_PLACES: Final[dict[Source, str]] = {
    "title": "标题", "page_title": "网页标题", "publisher": "发布机构", "body": "正文", "drafter": "编制说明",
    "signature": "落款", "address": "文件名", "tables": "表格",
}  # fmt: skip
_WORDS: Final = {"unit": "单位", "year": "年度", "scope": "范围"}
_SCOPES: Final = {"aggregate": "本地区汇总", "own": "本机关"}
_TOWNSHIP: Final = re.compile(r"(?:镇|乡|街道)(?:人民政府|政府|办事处)?$")
_AREA: Final = re.compile(r"(?:[省市州县盟旗]|(?<![发园景林矿护范验灌库校院社街])区)(?:人民)?(?:政府)?$")
_BODY: Final = re.compile(r"(?:局|委|会|办|室|厅|院|队|中心|部|处|站|所|行|社|集团|公司|校|学|馆|署|府办)$")
_OFFICE: Final = re.compile(r"(?:办公室|办公厅|政府办)$")
#: the text says that its figures take in others of the area
_COVERS: Final = re.compile(
    r"(?:汇总|统计范围|数据(?:包括|涵盖|包含)|报告(?:包括|涵盖|包含))[^。;]{0,40}"
    r"各(?:县区|县\(?市|市州|区县|乡镇|镇|乡|街道|部门|级行政机关|行政机关)"
)
_EDITIONS: Final = {
    "2021": re.compile("制发件数|废止件数|现行有效|本年收费金额"),
    "2019": re.compile("新制作|新公开|对外公开总|上一年项目|本年增|采购项目|采购总金额"),
}
_ROWS: Final = {"2021": "other_correction_overdue", "2019": "other"}


@dataclass(frozen=True, slots=True)
class Witness:
    """What one place says of unit and year; `text` are its words."""

    text: str
    unit: str | None = None
    year: int | None = None
    source: Source = "title"


def facts_of(
    voices: Sequence[Witness], period: tuple[date | None, date | None] | None, words: str, body: str
) -> tuple[Fact, ...]:
    """The facts of a report: `voices` by their weight, `words` those of the period, `body` the text's beginning."""
    found = [Fact("unit", v.unit, v.source, v.text) for v in voices if v.unit]
    place = place_of(found[0].value, body) if found else None
    if place:
        found.append(Fact("code", place.code, found[0].source, place.words))
        if place.department:
            found.append(Fact("department", place.department, found[0].source, found[0].value))
    found += [Fact("year", str(v.year), v.source, v.text) for v in voices if v.year]
    if period:
        days = "/".join(day.isoformat() if day else "" for day in period)
        found.append(Fact("period", days, "body", words))
    found += _scopes(voices, body)
    return tuple(dict.fromkeys(found))


def _scopes(voices: Sequence[Witness], body: str) -> Iterator[Fact]:
    for voice in voices:
        scope = scope_of_unit(voice.unit or "")
        # An office draws up and publishes its government's report too: that says nothing of the scope.
        formal = voice.source in ("drafter", "publisher", "signature") and _OFFICE.search(voice.unit or "")
        if scope and voice.unit and not formal:
            yield Fact("scope", scope, voice.source, voice.unit)
    covers = _COVERS.search(body)
    if covers:
        yield Fact("scope", "aggregate", "body", covers[0])


def scope_of_unit(unit: str) -> Scope | None:
    """`某县人民政府` reports on its area, `某县人民政府办公室` and a township on themselves; None for others."""
    bare = re.sub(r"\([^()]*\)$", "", unit)
    if _TOWNSHIP.search(bare) or _BODY.search(bare):
        return "own"
    return "aggregate" if _AREA.search(bare) else None


def contradictions(facts: Sequence[Fact]) -> tuple[Remark, ...]:
    """A remark for each of unit, year and scope on which the facts differ."""
    remarks = []
    for name, word in _WORDS.items():
        told = [fact for fact in facts if fact.name == name]
        other = next((fact for fact in told if not _agree(told[0], fact)), None)
        if other:
            remarks.append(Remark(f"{name}_contradicted", f"{word}不一致：{_shown(told[0])}，{_shown(other)}"))
    return tuple(remarks)


def _agree(one: Fact, other: Fact) -> bool:
    if one.name != "unit":
        return one.value == other.value
    # 发改局 is 发展和改革局: names are cut short, never put in another order.
    short, full = sorted((_name(one.value), _name(other.value)), key=len)
    letters = iter(full)
    return all(letter in letters for letter in short)


def _name(unit: str) -> str:
    return unit.removesuffix("人民政府").removesuffix("政府")


def _shown(fact: Fact) -> str:
    return f"{_PLACES[fact.source]}“{fact.quote[:_SHOWN]}”为{_SCOPES.get(fact.value, fact.value)}"


def edition_facts(edition: str, gathered: Gathered) -> tuple[Fact, ...]:
    """The printed label that shows the edition: a header of table two, else a row of table three."""
    for line in gathered.lines["proactive"]:
        for cell in line.cells:
            text = normal(cell.text)
            if line.role == "head" and _EDITIONS[edition].search(text):
                return (Fact("edition", edition, "tables", text),)
    rows = (x for x in gathered.lines["applications"] if x.row == _ROWS[edition] and x.label >= 0)
    return tuple(Fact("edition", edition, "tables", normal(x.cells[x.label].text)) for x in rows)[:1]
