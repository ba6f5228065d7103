"""Whose report it is, of which year: from the title, else from the body, last of all from the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from form.evidence import Witness, contradictions, facts_of
from form.gathering import Gathered
from form.grid import Document
from form.labels import normal
from form.period import DAY, Period, period_of
from form.prose import Text
from form.reading import Fact, Remark, Scope, Source

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
_DASH: Final = re.compile(r"[-_|>—–]")
_QUOTED: Final = re.compile(r"《([^《》]{6,80})》")


@dataclass(frozen=True, slots=True)
class Identity:
    """Unit and title as printed, year, 统计期限 and scope; None where the document does not say; and who says so."""

    unit: str | None
    year: int | None
    title: str
    period: Period | None
    scope: Scope | None
    facts: tuple[Fact, ...]
    remarks: tuple[Remark, ...]


def identify(document: Document, gathered: Gathered, lines: Sequence[Text], address: str = "") -> Identity:
    """The identity of one report of a document; `address` is where it is from, or its file's name."""
    head = _before_tables(lines)
    body = [normal(t.text) for t in lines if t.text]
    whole = gathered.first == 0
    # The container's own title first: above the printed one may stand a bread-crumb or an index number.
    marked = parse_title(document.metadata.get("title", ""), "page_title") if whole else None
    printed = list(_titles(head))
    titles = [*([marked] if marked else []), *printed]
    period, words = period_of(body)
    quoted = [t for text in body[:40] for q in _QUOTED.findall(text) if (t := parse_title(q, "body")) and t.unit]
    named = next((t for t in titles if t.unit), None)
    # The title that names the unit is the report's own; others may be a list's or an index number's.
    own = [named, *titles] if named else titles
    voices = [named, next((t for t in own if t.year), None), marked, _own_title(printed, marked)]
    title = named.text if named else titles[0].text if titles else ""
    if not named:
        above, unit = _body_unit(head, body, quoted, bool(lines and lines[0].page))
        voices += [unit or (_publisher(document) if whole else None)]
        title = f"{unit.unit}{title}" if above and unit else title
    end = period and (period[1] or period[0])
    voices += [
        *quoted[:1],
        next((t for t in quoted if t.year), None),
        Witness(words, None, end.year, "body") if end else None,
        _filed(address) if whole else None,
    ]
    heard = [voice for voice in voices if voice]
    facts = facts_of(heard, period, words, "".join(body[:60]) + document.metadata.get("site", ""))
    return Identity(
        next((v.unit for v in heard if v.unit), None),
        next((v.year for v in heard if v.year), None),
        title,
        period,
        _scope(facts),
        facts,
        contradictions(facts),
    )


def _own_title(printed: Sequence[Witness], marked: Witness | None) -> Witness | None:
    """The printed title that names a unit: of several (a list's stand above) the one that is the page's too."""
    found = [title for title in printed if title.unit]
    same = (t for t in found if marked and (t.unit, t.year) == (marked.unit, marked.year))
    return next(same, found[0] if found else None)


def _scope(facts: Sequence[Fact]) -> Scope | None:
    told = next((fact.value for fact in facts if fact.name == "scope"), None)
    return "aggregate" if told == "aggregate" else "own" if told else None


def _publisher(document: Document) -> Witness | None:
    unit = _plain_unit(document.metadata.get("publisher", ""))
    return Witness(unit, unit, None, "publisher") if unit and _BODY_NAME.search(unit) else None


def _filed(address: str) -> Witness | None:
    """What a file's own name says; folders of years and departments are not reliable."""
    return parse_title(unquote(re.split(r"[/\\]", address)[-1]), "address")


def parse_title(text: str, source: Source = "title") -> Witness | None:
    """Unit and year of a title such as `某县某局2023年政府信息公开工作年度报告`; None if it is none.

    The unit is what stands before the words for the report once the year is taken out.
    """
    bare = _LEAD.sub("", _western(normal(text[:300])))
    # The site's name may stand before or after, set off by a dash.
    found = [title for part in (bare, *_DASH.split(bare)) if (title := _parsed(part, source))]
    return next((title for title in found if title.unit), found[0] if found else None)


def _parsed(part: str, source: Source) -> Witness | None:
    hit = _REPORT.search(part)
    if not hit or len(part) > 120 or not _TAIL.match(part[hit.end() :]):
        return None
    years = _YEARS.findall(part)
    return Witness(part, _unit_of(part, hit.start()), int(years[0]) if years else None, source)


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


def _titles(lines: Sequence[Text]) -> Iterator[Witness]:
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


def _over_lines(parts: Sequence[str]) -> Witness | None:
    """A title broken over lines: the year stands before the break, so that they belong together."""
    if any(len(p) > 45 or re.search(r"[,。;:>]|\d[-/.]\d", p) for p in parts) or not _YEARS.search(parts[0]):
        return None
    return parse_title("".join(parts))


def _body_unit(
    head: Sequence[Text], body: Sequence[str], quoted: Sequence[Witness], printed: bool
) -> tuple[bool, Witness | None]:
    """The unit of a report with a bare title, and whether it is a line of the title.

    A line above the title goes first on a printed page; on a web page such a line may be the site's name.
    """
    above = _line_above(head)
    drafted = _drafted(body)
    if above and above.unit and (printed or drafted is None or str(drafted.unit).startswith(above.unit)):
        return True, above
    return False, quoted[0] if quoted else drafted or _signature(body)


def _line_above(head: Sequence[Text]) -> Witness | None:
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
                    return Witness(unit, unit)
            return None
    return None


def _drafted(body: Sequence[str]) -> Witness | None:
    text = "".join(body[:60])
    for pattern in _BY:
        hit = pattern.search(text)
        unit = _plain_unit(hit["unit"]) if hit else None
        if hit and unit and _BODY_NAME.search(unit):
            return Witness(hit[0], unit, None, "drafter")
    return None


def _signature(body: Sequence[str]) -> Witness | None:
    """The unit's line above the date at the end."""
    for index in range(len(body) - 1, 0, -1):
        if re.fullmatch(DAY, body[index]):
            unit = _plain_unit(body[index - 1])
            return Witness(unit, unit, None, "signature") if unit and _BODY_NAME.search(unit) else None
    return None
