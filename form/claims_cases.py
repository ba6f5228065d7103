"""What a figure on reviews, suits and documents counts, and statements that there were none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from form.claims_words import ALONE, COUNT, FRONT, GOT, INFO, NEXT, OBJECT, SUED, WHOSE

RESULTS: Final = ("total", "upheld", "corrected", "other", "pending")
#: reviews, suits of either kind, and both kinds together
CASES: Final = ("reconsideration", "litigation", "litigation_direct", "litigation_after_reconsideration")
CASE_SUBJECTS: Final = tuple(f"{case}.{result}" for case in CASES for result in RESULTS)
DOCUMENT_SUBJECTS: Final = tuple(
    f"{row}.{what}" for row in ("regulations", "normative_documents") for what in ("issued", "published")
)

_REVIEW: Final = r"(?:行政)?复议(?:申请)?(?:案件|案)?"
_SUIT: Final = r"行政(?:诉讼|应诉)(?:案件|案)?"
_DIRECT: Final = r"未经(?:行政)?复议(?:而)?直接(?:提起|向法院提起)?(?:行政)?(?:起诉|诉讼)(?:案件|案)?"
_AFTER: Final = r"(?:经)?(?:行政)?复议后(?:再)?(?:又)?(?:提起)?(?:行政)?(?:起诉|诉讼)(?:案件|案)?"
#: who only `收到` or `办理` cases may be the organ that reviews them: then the clause must name the disclosure
_TOTALS: Final = {
    case: re.compile(
        rf"(?:{FRONT}{GOT}{INFO}{GOT}{words}{COUNT})|(?:{FRONT}{SUED}{words}{COUNT})"
        rf"|(?:{FRONT}{SUED}{words}(?:和|与|、)?{INFO}{COUNT})"
    )
    for case, words in (
        ("litigation_direct", rf"(?:其中|,|:)*{_DIRECT}"),
        ("litigation_after_reconsideration", rf"(?:其中|,|:)*{_AFTER}"),
        ("reconsideration", _REVIEW), ("litigation", _SUIT),
    )
}  # fmt: skip
_LISTED: Final = {
    "reconsideration": re.compile(rf"^(?:和|及|、)*(?:被)?(?:申请)?{_REVIEW}{COUNT}"),
    "litigation": re.compile(rf"^(?:和|及|、)*(?:被)?(?:提起)?{_SUIT}{COUNT}"),
}
_RESULT_WORDS: Final = {
    "upheld": (
        r"(?:结果|被|予以|获得?|复议|得到|判决|裁定|依法|机关)*维持"
        r"(?:原)?(?:具体)?(?:行政行为|答复|决定|结果|判决)?"
    ),
    "corrected": r"(?:结果|被|予以|依法|复议)*(?:纠正|纠错)",
    "other": r"(?:作出|为)?其[他它](?:处理)?(?:结果|情形)?",
    "pending": r"(?:尚|仍|目前|还)*(?:未审结|未结案|未结|正在审理中?|在审理中?|处于审理中|审理中)",
}
_AMONG: Final = (
    r"^(?:其中|(?:行政)?(?:复议|诉讼)(?:案件)?|已|依法|决定"
    r"|结果为|审理结果为|作出|案件|的|:|,|和|及|有|经)*"
)
_PART_TAIL: Final = r"(?:的|申请|决定|为|共|:|案件|案|处理|有|数)*$"
_RESULTS: Final = {k: re.compile(rf"{_AMONG}(?:{w}){_PART_TAIL}") for k, w in _RESULT_WORDS.items()}
_AFTER_CASES: Final = {
    k: re.compile(rf"^(?:案件|案)?(?:均|已|为|被|属于?)*(?:{w})$") for k, w in _RESULT_WORDS.items()
}
_NUMBERED: Final = re.compile(rf"^(?:的)?(?:{INFO})?(?:{_DIRECT}|{_AFTER}|{_REVIEW}|{_SUIT})$")

_ISSUE: Final = (
    r"(?:制定(?:并)?(?:出台|印发|发布|公布)|制发(?:并)?(?:公布|公开)?|制定|出台|印发"
    r"|发布|下发|新制定|新制发|新出台|新印发|新发布|制作|新制作|审议通过)(?:了|的)?"
)
_PUBLISH: Final = r"(?:新增公开|新公开|主动公开|公开发布|公开)(?:了|的)?"
_ISSUER: Final = (
    r"(?:以?(?:本级|本|省|市|州|县|区|镇)?(?:人民)?政府(?:办公厅"
    r"|办公室|办)?(?:名义)?|及|和|、|以|本级|行政|各类|新的|的)*"
)
_KINDS: Final = {"regulations": r"规章", "normative_documents": r"规范性文件"}
_DOCUMENTS: Final = {
    f"{row}.{what}": (
        re.compile(rf"{FRONT}(?:{verb}{_ISSUER}{words}|{_ISSUER}{words}(?:新)?{verb}){COUNT}"),
        re.compile(rf"^(?:和|及|、)*{_ISSUER}{words}{COUNT}"),
    )
    for row, words in _KINDS.items()
    for what, verb in (("issued", _ISSUE), ("published", _PUBLISH))
}
_DOCUMENT_AFTER: Final = re.compile(rf"^(?:的)?{_ISSUER}(?:规章|规范性文件)$")
_NOT_ISSUED: Final = r"(?!.*(?:修订|废止|清理|审查|备案|失效|修改))"
_VERBS: Final = {
    "issued": re.compile(rf"{FRONT}{_ISSUE}{_NOT_ISSUED}"),
    "published": re.compile(rf"{FRONT}{_PUBLISH}{_NOT_ISSUED}"),
}

_NO: Final = r"(?:未|没有|尚未|均未|并未|从未|暂未|也未|未有)"
_ENDS: Final = r"(?:的)?(?:案件|情况|事项|情形|现象|事件|发生|出现)*(?=$|[,;、。:)])"
_NO_APPLICATION: Final = re.compile(
    rf"(?:{_NO}(?:收到|接到|受理|接收|收悉)(?:过|到|任何)*|(?<!有)无"
    rf"|没有)(?:任何)?{WHOSE}(?P<applications>{OBJECT}){_ENDS}"
)
_OR: Final = r"(?:、|和|及|或|与|以及|或者|也未|也没有|,未|亦未)?(?:被)?(?:提起|提出|引发|发生)*"
_NO_CASE: Final = re.compile(
    rf"(?:{_NO}(?:发生|收到|出现|产生|涉及|引发|有)(?:过|任何)*|无|没有){SUED}(?:{INFO})?{SUED}"
    rf"(?:(?P<reviews>(?:行政)?复议)(?:申请)?(?:案件)?(?:{_OR}(?P<suits>行政诉讼|(?<=[、和及或与])诉讼))?"
    rf"|(?P<only>行政诉讼)){_ENDS}"
)
_NO_DOCUMENT: Final = re.compile(
    rf"{_NO}{_ISSUE}(?:任何|新的)?(?:(?P<rules>规章)(?:和|及|、|或))?(?P<documents>(?:行政)?规范性文件){_ENDS}"
)
_NO_CARRY: Final = re.compile(
    rf"(?:无|没有|未有)(?:申请)?(?:(?P<out>(?:结转|顺延)(?:至|到)?{NEXT}|{NEXT}(?:度)?结转)){_ENDS}"
)
_NONE: Final = {
    "applications": "received", "reviews": "reconsideration.total", "suits": "litigation.total",
    "only": "litigation.total", "rules": "regulations.issued", "documents": "normative_documents.issued",
    "out": "carried_out",
}  # fmt: skip


def case(lead: str, tail: str, block: str | None, listing: bool) -> str | None:
    """The subject of a figure on reviews and suits.

    `block` is the case that the text before speaks of; `listing` says that the figure before is of another one.
    """
    for words in (lead, f"{lead}{tail}") if _NUMBERED.match(tail) else (lead,):
        for name, pattern in _TOTALS.items():
            if pattern.search(words) or (listing and name in _LISTED and _LISTED[name].search(words)):
                return f"{name}.total"
    if block is None:
        return None
    for result, pattern in _RESULTS.items():
        if pattern.search(lead):
            return f"{block}.{result}"
    return next((f"{block}.{r}" for r, w in _AFTER_CASES.items() if ALONE.match(lead) and w.match(tail)), None)


def document(lead: str, tail: str, issuing: str) -> str | None:
    """The subject of a figure on documents; `issuing` is the verb that the list it stands in began with, or ''."""
    words = f"{lead}{tail}" if _DOCUMENT_AFTER.match(tail) else lead
    for subject, (named, listed) in _DOCUMENTS.items():
        if named.search(words) or (subject.endswith(f".{issuing}") and listed.search(words)):
            return subject
    return None


def issues(lead: str) -> str:
    """Whether a clause begins a list of what was `issued` or `published`; '' if neither."""
    return next((what for what, verb in _VERBS.items() if verb.search(lead)), "")


def nothing_in(text: str) -> Iterator[tuple[str, int, int]]:
    """The subjects of which a sentence says that there were none, and where it says so."""
    for pattern in (_NO_APPLICATION, _NO_CASE, _NO_DOCUMENT, _NO_CARRY):
        for hit in pattern.finditer(text):
            for name, subject in _NONE.items():
                if name in hit.groupdict() and hit[name]:
                    yield subject, hit.start(), hit.end()
