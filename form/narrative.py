"""The sections of a report by their words, never by their numbers, and the text of the narrative ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from form.labels import normal
from form.prose import Text
from form.reading import Narrative

SECTIONS: Final = ("overview", "proactive", "applications", "disputes", "problems", "other_matters")
MAX_SECTION: Final = 200_000

#: what stands before a heading's words, and what may stand before a section's
_NUMBER: Final = r"^(?:第?[一二三四五六七八九十]+(?:部分|[、.,:])|\d{1,2}[、.])?"
_WORK: Final = r"(?:(?:政府)?信息公开(?:工作)?)?"
_WORDS: Final = {
    "overview": rf"{_WORK}(?:工作)?(?:总体|基本|概述|总的)情?况?(?:概述)?",
    "proactive": r"(?:政府)?主动公开(?:政府)?信息(?:的)?(?:工作)?情况",
    "applications": r"(?:收到和处理|依)(?:政府)?(?:信息)?(?:公开)?申请(?:公开)?(?:政府信息)?(?:办理|处理)?(?:的)?情况"
    r"|(?:收到|处理).{0,6}信息公开申请(?:的)?情况",
    "disputes": r"(?:因)?(?:政府信息公开)?(?:工作)?(?:被)?(?:申请|提起)?行政复议.{0,4}行政诉讼(?:的)?情况",
    "problems": rf"{_WORK}(?:工作)?(?:中)?(?:存在)?(?:的)?(?:主要)?(?:问题|不足).{{0,8}}"
    r"(?:改进|整改|措施|打算|建议|计划|方向)(?:的)?(?:情况|措施|工作)?",
    "other_matters": r"(?:其他|其它)?(?:需要|应当|应|须)?(?:报告|说明)的?(?:其他|其它)?(?:重要)?(?:事项|情况)",
}
_HEADINGS: Final = {
    name: re.compile(rf"(?P<number>{_NUMBER})(?:{words})(?P<end>$|[:。]|\((?=[^一二三四五六七八九十]))")
    for name, words in _WORDS.items()
}
_ORDER: Final = dict(zip(SECTIONS, "一二三四五六", strict=True))
#: shorter words, which sub-headings have too: a section's only with its number on the form, alone on a line
_SHORT: Final = {
    "proactive": r"(?:政府信息)?主动公开(?:工作)?情况",
    "applications": r"政府信息依申请公开(?:工作)?(?:办理|处理)?情况",
    "disputes": rf"{_WORK}(?:的)?行政复议.{{0,3}}诉讼(?:的)?情况",
    "other_matters": r"(?:其他|其它)(?:重要)?事项",
}
_SHORTS: Final = {
    name: re.compile(rf"第?{_ORDER[name]}(?:部分[、:]?|[、.,:])(?:{words})") for name, words in _SHORT.items()
}
#: numbers in brackets are those of sub-headings, unless the first section has one
_BRACKETS: Final = {name: re.compile(rf"\({_ORDER[name]}\)(?:{words})") for name, words in _WORDS.items()}
#: of a line that is a lesser heading, and the characters it may begin with
_LONGEST: Final = 40
_BEGINNINGS: Final = frozenset("第(一二三四五六")
_FOOT: Final = re.compile(
    r"^(?:【?(?:打印|关闭)|扫一扫|分享(?:到|至)?|上一[篇条]|下一[篇条]|相关(?:链接|文档|文章|附件|稿件|阅读)|版权所有|"
    r"主办(?:单位)?[:：]|承办(?:单位)?[:：]|.{0,6}ICP备|网站(?:地图|标识码)|.{0,4}公网安备|返回顶部|责任编辑|【字体)"
)
_MARK: Final = re.compile(r"[:：。]")
_DATE: Final = re.compile(r"^20\d\d年\d{1,2}月\d{1,2}日$")
_NEW_PARAGRAPH: Final = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d{1,2}[.、])")


def narrate(lines: Sequence[Text]) -> tuple[Narrative, tuple[str, ...]]:
    """The narrative and the names of the sections found, in the order of the form."""
    starts = _headings(lines)
    texts: dict[str, str] = {}
    marks = sorted(starts.items(), key=lambda item: item[1][0])
    for place, (name, (at, rest)) in enumerate(marks):
        stop = marks[place + 1][1][0] if place + 1 < len(marks) else len(lines)
        body = _section([t.text for t in _body(lines[at + 1 : stop])], rest, bool(lines[at].page))
        texts[name] = body[:MAX_SECTION]
    narrative = Narrative(*(texts.get(name) for name in ("overview", "problems", "other_matters")))
    return narrative, tuple(name for name in SECTIONS if name in starts)


def _headings(lines: Sequence[Text]) -> dict[str, tuple[int, str]]:
    """Section -> index of its heading and the text that follows on the same line.

    A numbered heading goes before a bare one: contents and links repeat the words without numbers.
    """
    found: dict[str, tuple[bool, int, str]] = {}
    for index, line in enumerate(lines):
        for name, rest, numbered in _heading(line.text):
            if name not in found or (numbered and not found[name][0]):
                found[name] = (numbered, index, rest)
    if len(found) < len(SECTIONS):
        for name, index in _lesser(lines, min((at for _, at, _ in found.values()), default=len(lines))).items():
            found.setdefault(name, (True, index, ""))
    return {name: (index, rest) for name, (_, index, rest) in found.items()}


def _lesser(lines: Sequence[Text], first: int) -> dict[str, int]:
    """Section -> index of a heading that may be a sub-heading's too; `first` is where the first sure one stands."""
    short: dict[str, int] = {}
    brackets: dict[str, int] = {}
    for index, line in enumerate(lines):
        if len(line.text) <= _LONGEST and (bare := normal(line.text))[:1] in _BEGINNINGS:
            for patterns, found in ((_SHORTS, short), (_BRACKETS, brackets)):
                for name in (name for name, pattern in patterns.items() if pattern.fullmatch(bare)):
                    found.setdefault(name, index)
    top = brackets.get("overview", first) < first
    return {**brackets, **short} if top else short


def _heading(text: str) -> Iterator[tuple[str, str, bool]]:
    first = text.split(maxsplit=1)
    # A heading may run on into its text, after a mark or a space.
    for head, after in ((text, ""), (first[0], first[1]) if len(first) > 1 else ("", "")):
        bare = normal(head)
        for name, pattern in _HEADINGS.items():
            hit = pattern.match(bare)
            if hit and (hit["number"] or len(bare) <= 40):
                marked = hit["end"] in (":", "。")
                rest = _MARK.split(text, maxsplit=1)[1].strip() if marked else after
                yield name, rest, bool(hit["number"])
                return


def _body(lines: Sequence[Text]) -> Iterator[Text]:
    """The text of a section: to its first table, or to what the page prints after the report."""
    for line in lines:
        if line.table or _FOOT.match(normal(line.text[:40])):
            return
        yield line


def _section(texts: Sequence[str], rest: str, printed_lines: bool) -> str:
    """Paragraphs by line break; the lines of a printed page are joined to paragraphs again."""
    kept = list(texts)
    if kept and _DATE.match(normal(kept[-1])):
        kept.pop()
        if kept and len(normal(kept[-1])) <= 30 and not kept[-1].rstrip().endswith(("。", "；", "：")):
            kept.pop()
    paragraphs: list[str] = [rest] if rest else []
    for text in kept:
        if printed_lines and paragraphs and not _begins(paragraphs[-1], text):
            paragraphs[-1] += text
        else:
            paragraphs.append(text)
    return "\n".join(paragraphs)


def _begins(before: str, text: str) -> bool:
    return before.endswith(("。", "：", ":")) or bool(_NEW_PARAGRAPH.match(normal(text[:20])))
