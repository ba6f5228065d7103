"""Whose report it is, of which year: from the title, else from the body, never from the address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from form.gathering import Gathered
from form.grid import Document
from form.labels import normal
from form.prose import Text

MAX_UNIT: Final = 40
#: lines looked at before the first table
MAX_LINES: Final = 400

_CN_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEARS: Final = re.compile(r"(?<![\d-])(20\d\d)(?![\d-])年?度?")
_CHINESE_YEAR: Final = re.compile(r"[二2][〇○零0][〇○零一二三四五六七八九]{2}(?=年)")
_REPORT: Final = re.compile(
    r"(?:政府信息|政务信息|政务|信息)公开(?:工作)?(?:的)?(?:20\d\d年?度?)?(?:工作)?(?:年度)?(?:工作)?(?:的)?(?:报告|年报|总结报告)"
)
_TAIL: Final = re.compile(
    r"^(?:的函|的通知|的公告|》|[(（\[【].{0,14}[)）\]】]|20\d\d年?度?|[-_—|–·].*|全文|\.(?:pdf|docx?|html?))*$"
)
_LEAD: Final = re.compile(r"^(?:标题|名称|公开年报|信息公开年报|年报)?[::]?(?:【[^】]*】|\[[^\]]*\])?")
_ABOUT: Final = re.compile(
    r"(?:关于)?(?:报送|印发|公布|发布|上报|呈报|编制|做好|公开)?(?:本机关|本单位|本部门)?(?:《)?$"
)
_UNIT: Final = re.compile(r"^[\u4e00-\u9fff（）()·、“”]{2,40}$")
_BODY_NAME: Final = re.compile(
    r"(?:府|局|委|委员会|办|办公室|办公厅|厅|院|会|队|支队|中心|镇|乡|街道|办事处|区|县|市|州|省|部|处|站|所|行|社|集团|公司|校|学|馆|署)$"
)
_BY: Final = (
    re.compile(
        r"本(?:年度)?(?:年度)?报告由(?P<unit>[^,。;，；根按依编制撰组负]{2,40}?)(?:根据|按照|依据|依照|负责|组织|编制|编写|编撰|制作|发布|撰写)"
    ),
    re.compile(
        r"(?:现)?由(?P<unit>[^,。;，；根按依编制撰组负]{2,40}?)(?:负责)?(?:组织)?(?:编制|编写|制作)(?:了)?(?:的)?(?:本|此|《|20)"
    ),
)
_DAY: Final = r"(20\d\d)年?(\d{1,2})月(\d{1,2})日"
_PERIOD: Final = re.compile(
    rf"(?:统计)?(?:期限|时限|时间|截止|数据)?.{{0,12}}?(?:自|从|为|:)?{_DAY}(?:起|止)?[,、]?(?:至|到|—|-|~)"
    rf"(?:(20\d\d)年)?(\d{{1,2}})月(\d{{1,2}})日"
)
_DASH: Final = re.compile(r"[-_|>—–]")
_UNTIL: Final = re.compile(rf"截(?:至|止)(?:到)?{_DAY}")
_QUOTED: Final = re.compile(r"《([^《》]{6,80})》")


@dataclass(frozen=True, slots=True)
class Identity:
    """Unit and title as printed, the year, and the 统计期限; None where the document does not say."""

    unit: str | None
    year: int | None
    title: str
    period: tuple[date | None, date | None] | None


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    unit: str | None
    year: int | None


def identify(document: Document, gathered: Gathered, lines: Sequence[Text]) -> Identity:
    """The identity of one report of a document."""
    head = _before_tables(lines)
    body = [normal(t.text) for t in lines if t.text]
    whole = gathered.first == 0
    # The container's own title first: above the printed one may stand a bread-crumb or an index number.
    marked = parse_title(document.metadata.get("title", "")) if whole else None
    titles = [*([marked] if marked else []), *_titles(head)]
    period = _period(body)
    quoted = [t for text in body[:40] for q in _QUOTED.findall(text) if (t := parse_title(q)) and t.unit]
    named = next((t for t in titles if t.unit), None)
    # The title that names the unit is the report's own; others may be a list's or an index number's.
    own = [named, *titles] if named else titles
    year = next((t.year for t in own if t.year), None) or _year(period, quoted)
    if named:
        return Identity(named.unit, year, named.text, period)
    bare = titles[0].text if titles else ""
    above, unit = _body_unit(head, body, quoted, bool(lines and lines[0].page))
    if unit is None and whole:
        publisher = _plain_unit(document.metadata.get("publisher", ""))
        unit = publisher if publisher and _BODY_NAME.search(publisher) else None
    return Identity(unit, year, f"{unit}{bare}" if above else bare, period)


def parse_title(text: str) -> _Title | None:
    """Unit and year of a title such as `某县某局2023年政府信息公开工作年度报告`; None if it is none.

    The unit is what stands before the words for the report once the year is taken out.
    """
    bare = _LEAD.sub("", _western(normal(text[:300])))
    # The site's name may stand before or after, set off by a dash.
    found = [title for part in (bare, *_DASH.split(bare)) if (title := _parsed(part))]
    return next((title for title in found if title.unit), found[0] if found else None)


def _parsed(part: str) -> _Title | None:
    hit = _REPORT.search(part)
    if not hit or len(part) > 120 or not _TAIL.match(part[hit.end() :]):
        return None
    years = _YEARS.findall(part)
    return _Title(part, _unit_of(part, hit.start()), int(years[0]) if years else None)


def _western(text: str) -> str:
    return _CHINESE_YEAR.sub(lambda m: m[0].replace("二", "2", 1).translate(_CN_DIGITS), text)


def _unit_of(title: str, core: int) -> str | None:
    before = title[:core]
    if before.endswith("人民") and title[core:].startswith("政府"):
        before += "政府"
    before = before.rsplit("《", 1)[-1] if _YEARS.sub("", before.rsplit("《", 1)[-1]).strip("《") else before
    before = _YEARS.sub("", before)
    return _plain_unit(_ABOUT.sub("", before.strip("《》 ")))


def _plain_unit(text: str) -> str | None:
    bare = normal(text).removeprefix("关于").strip("《》:,。的")
    if len(bare) > MAX_UNIT or not _UNIT.match(bare) or bare in ("年度", "我局", "本局", "关于", "本级"):
        return None
    return bare


def _before_tables(lines: Sequence[Text]) -> list[Text]:
    stop = next((i for i, t in enumerate(lines) if t.table), len(lines))
    return [t for t in lines[:stop] if t.text][:MAX_LINES]


def _titles(lines: Sequence[Text]) -> Iterator[_Title]:
    """Titles printed on one to three lines; a bare one is completed by the unit's line above it."""
    texts = [normal(t.text) for t in lines]
    for index, text in enumerate(texts):
        if len(text) > 60 or text.endswith(("。", ";")):
            continue
        title = parse_title(text)
        for first in (index - 1, index - 2):
            if first >= 0 and (title is None or not (title.year or title.unit)):
                title = _over_lines(texts[first : index + 1]) or title
        if title:
            yield title


def _over_lines(parts: Sequence[str]) -> _Title | None:
    """A title broken over lines: the year stands before the break, so that they belong together."""
    if any(len(p) > 45 or re.search(r"[,。;:>]|\d[-/.]\d", p) for p in parts) or not _YEARS.search(parts[0]):
        return None
    return parse_title("".join(parts))


def _body_unit(
    head: Sequence[Text], body: Sequence[str], quoted: Sequence[_Title], printed: bool
) -> tuple[bool, str | None]:
    """The unit of a report with a bare title, and whether it is a line of the title.

    A line above the title goes first on a printed page; on a web page such a line may be the site's name.
    """
    above = _line_above(head)
    drafted = _drafted(body)
    if above and (printed or drafted is None or drafted.startswith(above)):
        return True, above
    return False, quoted[0].unit if quoted else drafted or _signature(body)


def _line_above(head: Sequence[Text]) -> str | None:
    texts = [normal(t.text) for t in head]
    for index, text in enumerate(texts):
        title = parse_title(text) if len(text) <= 60 else None
        if title and not title.unit:
            for size in (2, 1):
                above = "".join(texts[max(0, index - size) : index])
                unit = _plain_unit(above) if len(above) <= 30 and index >= size else None
                if (
                    unit
                    and _BODY_NAME.search(unit)
                    and all(len(t) > 2 and not _BODY_NAME.search(t) for t in texts[index - size : index - 1])
                ):
                    return unit
            return None
    return None


def _drafted(body: Sequence[str]) -> str | None:
    text = "".join(body[:60])
    for pattern in _BY:
        hit = pattern.search(text)
        unit = _plain_unit(hit["unit"]) if hit else None
        if unit and _BODY_NAME.search(unit):
            return unit
    return None


def _signature(body: Sequence[str]) -> str | None:
    """The unit's line above the date at the end."""
    for index in range(len(body) - 1, 0, -1):
        if re.fullmatch(_DAY, body[index]):
            unit = _plain_unit(body[index - 1])
            return unit if unit and _BODY_NAME.search(unit) else None
    return None


def _period(body: Sequence[str]) -> tuple[date | None, date | None] | None:
    text = "".join(body[:120])
    hit = _PERIOD.search(text)
    if hit:
        year, month, day, to_year, to_month, to_day = hit.groups()
        begin = _date(year, month, day)
        return begin, _date(to_year or year, to_month, to_day)
    until = _UNTIL.search(text)
    return (
        (None, _date(*until.groups())) if until and "统计" in text[max(0, until.start() - 30) : until.end()] else None
    )


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _year(period: tuple[date | None, date | None] | None, quoted: Sequence[_Title]) -> int | None:
    found = next((t.year for t in quoted if t.year), None)
    if found is None and period:
        end = period[1] or period[0]
        found = end.year if end else None
    return found
