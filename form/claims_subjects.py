"""What a figure counts, by the words right before or after it; whatever these words leave open is uncertain.

Every expression must take in the whole clause up to the figure: a word that none of them knows (`网上`, `解密`,
`自然人`) limits the figure in a way that the statutory tables do not, and so its subject stays uncertain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

#: the closed set of what a claim may speak of
OUTCOMES: Final = ("granted", "partially_granted", "denied", "unavailable", "declined", "other")
RESULTS: Final = ("total", "upheld", "corrected", "other", "pending")
SUBJECTS: Final = (
    "received", "processed", "answered", "carried_in", "carried_out",
    *(f"outcome:{outcome}" for outcome in OUTCOMES),
    *(f"{block}.{result}" for block in ("reconsideration", "litigation") for result in RESULTS),
    "regulations.issued", "normative_documents.issued", "growth", "share", "uncertain",
)  # fmt: skip

#: whole reports count all that came in; none of these words limits it
_TIME: Final = (
    r"(?:20\d\d年?度?|本年度?|今年|当年|全年|年内|一年来|报告期|期间|(?:上一?年|去年)度?|截至20\d\d年(?:底|12月31日))"
)
_PLACE: Final = r"(?:全|我|本)(?:省|市|州|县|区|镇|乡|街道)"
_BODY: Final = (
    r"(?:我|本)(?:机关|单位|部门|局|委|办|办公室|厅|办公厅|院|会|中心|镇|乡|街道|校|馆|处|站|所|大队|支队|公司)"
    r"|(?:省|市|州|县|区|镇|乡)?本级|(?:省|市|州|县|区|镇|乡)(?:人民)?政府(?:办公厅|办公室|办)?"
    r"|各(?:级|地|县区|市州|乡镇)各(?:部门|单位)|各级(?:行政机关|政府)?|行政机关|政府(?:系统)?"
)
_ADVERB: Final = (
    r"(?:共计|总共|合计|累计|一共|共|总计|已经|已|均|全部|依法|依规|按时|按期|及时|规范|按规定|妥善|严格|实际|也|并|则"
    r"|都|在(?:法定|规定)(?:的)?(?:期限|时限|时间)内|圆满|其|为|达到|达|有|约|:|,)"
)
_FRONT: Final = rf"^(?:{_TIME}|{_PLACE}|{_BODY}|{_ADVERB}|代表|来|中|内)*"
_COUNT: Final = (
    r"(?:的|数量|件数|总数|总量|总件数|数|共计|总计|合计|累计|共有|共|总|计|为|达到|达|有|:|案件|案|申请件|件)*+$"
)
_WHOSE: Final = r"(?:各类|公民、?法人(?:和|或|或者)?(?:其他|其它)组织(?:的|提出的)?|公众|群众|社会公众|申请人)*"
_OBJECT: Final = (
    r"(?:政府信息依申请公开(?:申请)?|依申请公开(?:的)?(?:政府)?信息(?:申请)?|依申请(?:政府)?信息公开(?:申请)?"
    r"|依申请公开(?:申请|事项|件)?|(?:政府|政务)?信息公开(?:的)?(?:依)?申请(?:事项|件)?|公开申请|依申请)"
)
_RECEIVE: Final = r"(?:新收到|新收|收到并受理|接收并受理|收到|接到|接收|新受理|受理|收)(?:的|了)?"
_ANSWER: Final = r"(?:(?:予以|作出|办理|已)?(?:答复|回复))(?:的|了|完毕)?"
_PROCESS: Final = r"(?:(?:答复)?办结|办结(?:并)?答复|办理完毕|办毕|处理完毕)(?:的|了)?"
_LAST: Final = r"(?:上年度?|上一?年度?|去年度?|往年)"
_NEXT: Final = r"(?:下年度?|下一?年度?|次年度?|明年)"
_HOLDS: Final = r"(?:另外|另|其中|含|包含|包括|还|有|和|及|以及|(?:将|还|尚|另|剩余|其余|已)有?|共)*"
_PENDING: Final = r"(?:未办结|未办理完毕|尚未办结|继续办理|办理|办结|答复|继续)?(?:的)?"
_INFO: Final = (
    r"(?:因|涉及|关于|有关|涉)?(?:政府|政务)?信息公开(?:工作|类|方面|事项|申请|答复)?(?:引起|引发|产生|提起)?(?:的)?"
)
_SUED: Final = r"(?:被|提起|申请|引发|发生)*"
_GOT: Final = r"(?:收到|新增|涉及|被|提起|申请|发生|有|的)*"


def _whole(*cores: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_FRONT}{core}{_COUNT})" for core in cores))


_OBJECT_ONLY: Final = re.compile(rf"{_OBJECT}")
#: subject -> the clause with the object named, the clause where the context names it
_ACTS: Final = {
    "received": (
        _whole(rf"{_RECEIVE}{_WHOSE}{_OBJECT}", rf"{_OBJECT}(?:{_ADVERB})*{_RECEIVE}"),
        _whole(rf"{_RECEIVE}{_WHOSE}(?:申请)?"),
    ),
    "processed": (
        _whole(rf"{_PROCESS}{_WHOSE}{_OBJECT}", rf"{_OBJECT}(?:{_ADVERB})*{_PROCESS}"),
        _whole(rf"{_PROCESS}(?:申请)?"),
    ),
    "answered": (
        _whole(rf"{_ANSWER}{_WHOSE}{_OBJECT}", rf"{_OBJECT}(?:{_ADVERB})*{_ANSWER}"),
        _whole(rf"{_ANSWER}(?:申请)?"),
    ),
    "carried_in": (
        _whole(rf"{_HOLDS}{_LAST}(?:结转|转入|遗留){_PENDING}{_OBJECT}", rf"{_HOLDS}结转{_LAST}{_PENDING}{_OBJECT}"),
        _whole(
            rf"{_HOLDS}{_LAST}(?:结转|转入|遗留)(?:至?本年度?|到?今年)?{_PENDING}(?:申请)?",
            rf"{_HOLDS}结转{_LAST}{_PENDING}(?:申请)?",
        ),
    ),
    "carried_out": (
        _whole(rf"{_HOLDS}(?:结转|顺延|转入)(?:至|到)?{_NEXT}(?:度)?{_PENDING}{_OBJECT}"),
        _whole(rf"{_HOLDS}(?:结转|顺延|转入)(?:至|到)?{_NEXT}{_PENDING}(?:申请)?"),
    ),
}
_OUTCOME_WORDS: Final = {
    "granted": r"予以公开|同意公开",
    "partially_granted": r"(?:予以)?部分公开",
    "denied": r"(?:决定)?不予公开",
    "unavailable": r"无法提供",
    "declined": r"不予处理",
    "other": r"(?:作)?其他处理",
}
_RESULT_WORDS: Final = {
    "upheld": r"(?:结果|被|予以|获)?维持(?:原行政行为|原答复|原决定)?",
    "corrected": r"(?:结果|被|予以|获)?纠正",
    "other": r"其他结果",
    "pending": r"(?:尚|仍)?未审结|正在审理",
}
_AMONG: Final = r"^(?:其中|已|依法|决定|结果为|作出|的|:|,|和|及)*"
_PART_TAIL: Final = r"(?:的|申请|决定|答复|为|共|:|案件|处理|有)*$"
_OUTCOMES: Final = {k: re.compile(rf"{_AMONG}(?:{w}){_PART_TAIL}") for k, w in _OUTCOME_WORDS.items()}
_RESULTS: Final = {k: re.compile(rf"{_AMONG}(?:{w}){_PART_TAIL}") for k, w in _RESULT_WORDS.items()}
_REVIEW: Final = r"(?:行政)?复议(?:申请)?"
_SUIT: Final = r"行政诉讼"
#: who only `收到` or `办理` cases may be the organ that reviews them: then the clause must name the disclosure
_TOTALS: Final = {
    block: re.compile(rf"(?:{_FRONT}{_GOT}{_INFO}{_GOT}{words}{_COUNT})|(?:{_FRONT}{_SUED}{words}{_COUNT})")
    for block, words in (("reconsideration", _REVIEW), ("litigation", _SUIT))
}
#: what follows a figure, where nothing but these words stands before it
_UNLIMITED: Final = re.compile(rf"{_FRONT}$")
_ALONE: Final = re.compile(r"^(?:其中|另外|另|其余|余|余下|剩余|尚|还|已|有|的|和|及|以及|,|:)*$")
_AFTER_APPLICATIONS: Final = {
    "carried_out": re.compile(rf"^(?:申请)?(?:已|将|按规定|依法)*(?:结转|顺延|转入)(?:至|到)?{_NEXT}{_PENDING}$"),
    "carried_in": re.compile(rf"^(?:申请)?(?:为|系|由|是)?{_LAST}(?:结转|转入)(?:的)?(?:申请|来)?$"),
    **{f"outcome:{k}": re.compile(rf"^(?:申请)?(?:依法|决定)?(?:{w})$") for k, w in _OUTCOME_WORDS.items()},
}
_AFTER_CASES: Final = {k: re.compile(rf"^(?:案件)?(?:{w})$") for k, w in _RESULT_WORDS.items()}
_ISSUE: Final = r"(?:制定出台|制定印发|制定|制发|出台|印发|新制定|新制发)"
_ISSUER: Final = r"(?:(?:省|市|州|县|区)(?:人民)?政府(?:办公厅|办公室|办)?|及|和|、|以|本级|行政|的)*"
_ISSUED: Final = {
    "regulations.issued": rf"{_ISSUER}规章",
    "normative_documents.issued": rf"{_ISSUER}规范性文件",
}
_DOCUMENTS: Final = {
    subject: (re.compile(rf"{_FRONT}{_ISSUE}{words}{_COUNT}"), re.compile(rf"^(?:和|及|、)*{words}{_COUNT}"))
    for subject, words in _ISSUED.items()
}
_ISSUING: Final = re.compile(rf"{_FRONT}{_ISSUE}(?!.*(?:修订|废止|清理|审查|备案|失效))")
_COMPARED: Final = re.compile(
    r"(?:同比|环比|(?:比|较|与)(?:上年|上一年|去年|往年|20\d\d年)(?:度|同期|相比)*)(?:,)?(?:共)?"
    r"(?P<way>增长|提高|增加|上升|增幅|下降|减少|降低|降幅)(?:了|约|达|为|幅度)*$"
)
#: words of the tables: a figure with them that no expression takes in is uncertain, any other is no claim
_NEAR: Final = re.compile(r"申请|复议|诉讼|应诉|结转|顺延|答复|办结|回复|规章|规范性|维持|纠正|审结|不予|予以公开")
_RELATIVE: Final = re.compile(r"增长|提高|增加|上升|下降|减少|降低|占|同比")
_SHARE: Final = re.compile(r"占(?:比|(?:申请)?(?:总|全部)[^,]{0,8}|[^,]{0,12}的)?(?:为|达|约)*$")


_NO: Final = r"(?:未|没有|尚未|均未|并未)"
_ENDS: Final = r"(?:的)?(?:案件|情况|事项|情形|现象|发生)*(?=$|[,;、。:)])"
_NO_APPLICATION: Final = re.compile(
    rf"(?:{_NO}(?:收到|接到|受理|接收)(?:过|到|任何)*|^无|(?<=[,;:])无){_WHOSE}(?P<applications>{_OBJECT}){_ENDS}"
)
_NO_CASE: Final = re.compile(
    rf"(?:{_NO}(?:发生|收到|出现|产生|涉及|引发)(?:过|任何)*|无){_SUED}(?:{_INFO})?{_SUED}(?:(?P<reviews>行政复议)(?:案件)?"
    rf"(?:(?:、|和|及|或|与|以及|或者)?(?:提起|被提起)?(?P<suits>行政诉讼))?|(?P<only>行政诉讼)){_ENDS}"
)
_NONE: Final = {
    "applications": "received",
    "reviews": "reconsideration.total",
    "suits": "litigation.total",
    "only": "litigation.total",
}


def application(lead: str, tail: str, known: bool) -> str | None:
    """The subject of a figure on applications; `known` says that the text before speaks of them."""
    for subject, (named, bare) in _ACTS.items():
        if named.search(lead) or (known and bare.search(lead)):
            return subject
    if not known:
        return None
    for outcome, words in _OUTCOMES.items():
        if words.search(lead):
            return f"outcome:{outcome}"
    return next((s for s, words in _AFTER_APPLICATIONS.items() if _ALONE.match(lead) and words.match(tail)), None)


def case(lead: str, tail: str, block: str | None) -> str | None:
    """The subject of a figure on reviews and suits; `block` is the one that the text before speaks of."""
    for name, words in _TOTALS.items():
        if words.search(lead):
            return f"{name}.total"
    if block is None:
        return None
    for result, words in _RESULTS.items():
        if words.search(lead):
            return f"{block}.{result}"
    return next((f"{block}.{r}" for r, w in _AFTER_CASES.items() if _ALONE.match(lead) and w.match(tail)), None)


def document(lead: str, issuing: bool) -> str | None:
    """The subject of a figure on documents; `issuing` says that the list it stands in began with such a verb."""
    for subject, (named, listed) in _DOCUMENTS.items():
        if named.search(lead) or (issuing and listed.search(lead)):
            return subject
    return None


def comparison(lead: str, unit: str) -> tuple[str, int] | None:
    """`growth` with its sign, or `share`."""
    hit = _COMPARED.search(lead)
    if hit:
        return "growth", -1 if hit["way"] in ("下降", "减少", "降低", "降幅") else 1
    return ("share", 1) if unit == "%" and _SHARE.search(lead) else None


def nothing_in(text: str) -> Iterator[tuple[str, int, int]]:
    """The subjects of which a sentence says that there were none, and where it says so."""
    for pattern in (_NO_APPLICATION, _NO_CASE):
        for hit in pattern.finditer(text):
            for name, subject in _NONE.items():
                if name in hit.groupdict() and hit[name]:
                    yield subject, hit.start(), hit.end()


def is_bare(lead: str) -> bool:
    """Whether a clause names nothing: what its figure counts must be told from around it."""
    return bool(_ALONE.match(lead))


def is_unlimited(lead: str) -> bool:
    """Whether a clause holds nothing that would limit what is said after it."""
    return bool(_UNLIMITED.match(lead))


def is_near(text: str) -> bool:
    """Whether words of the statutory tables stand by a figure."""
    return bool(_NEAR.search(text))


def is_relative(lead: str) -> bool:
    """Whether a percentage may be a growth or a share, as against a rate."""
    return bool(_RELATIVE.search(lead))


def applications_in(text: str) -> list[int]:
    """Where a text speaks of applications for information."""
    return [hit.start() for hit in _OBJECT_ONLY.finditer(text)]


def issues(lead: str) -> bool:
    """Whether a clause begins a list of what was issued."""
    return bool(_ISSUING.search(lead))
