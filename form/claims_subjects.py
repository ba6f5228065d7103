"""What a figure on applications counts, by the words right before or after it; what these leave open is uncertain.

Every expression must take in the whole clause up to the figure (see `form.claims_words`).
"""

from __future__ import annotations

import re
from typing import Final

from form.claims_cases import CASE_SUBJECTS, DOCUMENT_SUBJECTS
from form.claims_words import ADVERB, ALONE, COUNT, FRONT, HOLDS, LAST, NEXT, OBJECT, PENDING, TIME, WHOSE, whole

#: the groups of （一）…（六） of table three, two of them that reports often give in one figure
GROUPS: Final = ("granted", "partially_granted", "denied", "unavailable", "declined", "other")
GRANTED_OR_PART: Final = "granted_or_partially"
#: all that was done with applications, or a part of it
ANSWERS: Final = ("processed", "answered")
_WHO: Final = r"(?:本机关|本行政机关|本单位|本部门|我(?:局|委|办|单位|机关|镇|乡|院|厅)|本(?:局|委|办|镇|乡|厅|院))"
_GROUP_WORDS: Final = {
    "granted": r"(?:予以|同意|给予|决定|准予|全部|依法)*公开|全部予以公开",
    "partially_granted": r"(?:予以|同意|给予|决定|依法)*部分公开|部分(?:予以|同意)公开|区分处理(?:后)?(?:予以)?公开",
    "denied": r"(?:决定|依法)?(?:不予公开|不公开)",
    "unavailable": r"(?:属于)?(?:无法|不能)提供(?:政府信息|相关信息|信息)?",
    "declined": r"(?:决定|依法)?不予(?:处理|办理)",
    "other": r"(?:作|做|作出|予以)?其[他它](?:方式|情形)?处理",
    GRANTED_OR_PART: (
        r"(?:予以)?公开(?:或|和|及|与|、|以及|/)(?:予以)?部分公开"
        r"|(?:予以)?公开\((?:含|包括)部分公开\)|全部或部分公开"
    ),
}
_LEAF_WORDS: Final = {
    "denied_state_secret": r"(?:属于|涉及)国家秘密",
    "denied_prohibited_by_law": r"其他法律、?行政法规禁止公开",
    "denied_security_stability": r"危及[“\"]?三安全一稳定[”\"]?",
    "denied_third_party": r"(?:保护|涉及)第三方合法权益",
    "denied_internal_affairs": r"(?:属于)?(?:三类)?内部事务信息",
    "denied_deliberative": r"(?:属于)?(?:四类)?过程性信息",
    "denied_enforcement_file": r"(?:属于)?行政执法案卷(?:信息)?",
    "denied_administrative_inquiry": r"(?:属于)?行政查询事项",
    "unavailable_not_held": rf"(?:{_WHO})?不掌握(?:相关|有关|所申请)?(?:的)?(?:政府)?信息",
    "unavailable_requires_creation": r"没有现成信息(?:需要?另行制作)?",
    "unavailable_unclear": r"补正后(?:申请内容)?仍不明确",
    "declined_petition": r"(?:属于)?信访、?举报、?投诉类(?:申请)?",
    "declined_duplicate": r"(?:属于)?重复申请",
    "declined_publication": r"要求提供公开出版物",
    "declined_excessive": r"无正当理由大量反复申请",
    "declined_reconfirmation": r"要求(?:行政机关)?确认或重新出具已获取信息",
    "other_correction_overdue": r"(?:申请人)?(?:无正当理由)?逾期(?:不|未)补正",
    "other_fee_overdue": r"(?:申请人)?逾期未(?:按收费通知要求)?缴(?:纳费用|费)",
}
OUTCOMES: Final = (*GROUPS, GRANTED_OR_PART, *_LEAF_WORDS)
APPLICANTS: Final = {
    "natural_person": r"(?:自然人|公民|个人|公民个人)",
    "organisation": r"法人(?:或|和|及|与|、|以及)?(?:其[他它])组织",
}
#: the closed set of what a claim may speak of
SUBJECTS: Final = (
    "received", *ANSWERS, "carried_in", "carried_out",
    *(f"received:{applicant}" for applicant in APPLICANTS), *(f"outcome:{outcome}" for outcome in OUTCOMES),
    *CASE_SUBJECTS, *DOCUMENT_SUBJECTS, "growth", "share", "report_year", "plan_year", "uncertain",
)  # fmt: skip

_RECEIVE: Final = (
    r"(?:新收到|新收|收到(?:并|和|、|及)受理|接收(?:并|和|、|及)受理|登记受理|登记"
    r"|新增受理|新增|收到|接到|接收到|接收|新接收|新受理|受理|收)(?:的|了|过)?"
)
_ANSWER: Final = r"(?:(?:予以|作出|做出|办理|依法|已)*(?:答复|回复|办复))(?:的|了|完毕)?"
_PROCESS: Final = (
    r"(?:(?:答复)?办结(?:完毕)?|办结(?:并)?答复|办理完毕|办理完结|办毕|处理完毕|完成办理|办理办结|审核办结)(?:的|了)?"
)
_BETWEEN: Final = rf"(?:{ADVERB}|{TIME})*"
_APPLIED: Final = r"(?:申请(?:件|事项)?|件)?"
_CARRIED: Final = r"(?:结转|转入|遗留|顺延|转至|转到|延续|接转|跨年)(?:至|到)?"
_ONWARD: Final = r"(?:结转|顺延|转入|转至|转到|延至|延续|留待|跨|转|延期)(?:至|到|入)?"
_NOW: Final = r"(?:至|到)?(?:本年度?|今年|当年)?(?:的)?"
_IN: Final = (
    rf"{HOLDS}{LAST}(?:尚?未办结|未办理完毕)?(?:的)?{_CARRIED}{_NOW}{PENDING}",
    rf"{HOLDS}结转(?:自)?{LAST}{PENDING}",
)
_OUT: Final = (rf"{HOLDS}(?:未办结|尚未办结)?(?:的)?{_ONWARD}{NEXT}(?:度)?{PENDING}",)
#: subject -> the clause with the object named, the clause where the context names it
_ACTS: Final = {
    "received": (
        whole(
            rf"{_RECEIVE}{WHOSE}{OBJECT}", rf"{OBJECT}{_BETWEEN}{_RECEIVE}",
            rf"{WHOSE}{OBJECT}(?:收件|受理|接收)?(?:总量|总数|数量|量|总件数)?",
        ),
        whole(rf"{_RECEIVE}{WHOSE}{_APPLIED}", r"(?:申请|收件|受理|收到申请)(?:总量|总数|数量|量|总件数)"),
    ),
    "processed": (
        whole(rf"{_PROCESS}{WHOSE}{OBJECT}", rf"{OBJECT}{_BETWEEN}{_PROCESS}"),
        whole(rf"(?:其中)?{_PROCESS}{_APPLIED}"),
    ),
    "answered": (
        whole(rf"{_ANSWER}{WHOSE}{OBJECT}", rf"{OBJECT}{_BETWEEN}{_ANSWER}"),
        whole(rf"(?:其中)?{_ANSWER}{_APPLIED}"),
    ),
    "carried_in": (
        whole(*(rf"{words}{OBJECT}" for words in _IN)),
        whole(*(rf"{words}{_APPLIED}" for words in _IN)),
    ),
    "carried_out": (
        whole(*(rf"{words}{OBJECT}" for words in _OUT)),
        whole(*(rf"{words}{_APPLIED}" for words in _OUT)),
    ),
}  # fmt: skip
_AMONG: Final = (
    rf"^(?:其中|包?含|包括|(?:在|从|按)?(?:办理|处理|答复)(?:结果|情况|类型)(?:为|中|看|分|上)?|{_WHO}"
    r"|经(?:检索|审查|查询|核实|研究)|已|均|依法依规|依法|决定|答复|属于|结果为|作出|按|的|:|,|和|及|有|共|答复为|以)*"
)
_PART_TAIL: Final = r"(?:的|申请|决定|答复|情形|情况|类|信息|为|共|:|案件|处理|有|数量|件数|数)*$"
_OUTCOMES: Final = {
    outcome: re.compile(rf"{_AMONG}(?:{words}){_PART_TAIL}")
    for outcome, words in (_GROUP_WORDS | _LEAF_WORDS).items()
}
_PERSONS: Final = {
    f"received:{applicant}": re.compile(
        rf"^(?:其中|按申请人(?:类型)?分|申请人(?:类型)?(?:为|是)|来自|收到|受理|有|:|,|和|及)*{words}"
        rf"(?:提出|提交)?(?:的)?(?:{OBJECT}|申请)?{COUNT}"
    )
    for applicant, words in APPLICANTS.items()
}
_AFTER: Final = {
    "carried_out": re.compile(
            rf"^(?:申请)?(?:已|将|需|因未到期|尚未办结|未办结|按规定|依法"
            rf"|,)*{_ONWARD}{NEXT}(?:度)?{PENDING}(?:答复|办理|处理|办结)?$"
    ),
    "carried_in": re.compile(rf"^(?:申请)?(?:为|系|由|是|属|自)*{LAST}(?:度)?{_CARRIED}{_NOW}(?:申请|来|件)?$"),
    **{
        f"outcome:{k}": re.compile(rf"^(?:申请)?(?:依法|决定|属于|属|为|答复为)*(?:{w})$")
        for k, w in (_GROUP_WORDS | _LEAF_WORDS).items()
    },
    **{f"received:{k}": re.compile(
        rf"^(?:申请)?(?:为|由|是|来自)*{w}(?:提出|提交)?(?:的)?(?:申请)?$") for k, w in APPLICANTS.items()},
}  # fmt: skip
_NUMBERED: Final = re.compile(rf"^(?:的)?{WHOSE}(?:{OBJECT}|申请(?=$))$")
_SPOKEN: Final = re.compile(OBJECT)
_FRONT_ONLY: Final = re.compile(rf"{FRONT}$")
#: words of the tables, and the subject that an uncertain figure by them comes nearest to, the last one first
_NEAR: Final = (
    ("复议", "reconsideration.total"), ("诉讼|应诉", "litigation.total"), ("规章", "regulations.issued"),
    ("规范性", "normative_documents.issued"), (f"(?:结转|顺延)(?:至|到)?{NEXT}|{NEXT}.{{0,4}}结转", "carried_out"),
    ("结转|顺延", "carried_in"), ("维持|纠正|审结", "reconsideration.total"),
    ("部分公开", "outcome:partially_granted"),
    ("不予公开", "outcome:denied"), ("予以公开", "outcome:granted"), ("无法提供", "outcome:unavailable"),
    ("不予", "outcome:declined"), ("办结", "processed"), ("答复|回复", "answered"), ("申请", "received"),
)  # fmt: skip
_NEAREST: Final = tuple((re.compile(words), subject) for words, subject in _NEAR)


def application(lead: str, tail: str, known: bool) -> str | None:
    """The subject of a figure on applications; `known` says that the text before speaks of them."""
    # `收到8份政府信息公开申请`: the object stands after its figure.
    for words in (lead, f"{lead}{tail}") if _NUMBERED.match(tail) else (lead,):
        for subject, (named, bare) in _ACTS.items():
            if named.search(words) or (known and bare.search(words)):
                return subject
    if not known:
        return None
    for outcome, pattern in _OUTCOMES.items():
        if pattern.search(lead):
            return f"outcome:{outcome}"
    for subject, pattern in _PERSONS.items():
        if pattern.search(lead):
            return subject
    return next((s for s, words in _AFTER.items() if ALONE.match(lead) and words.match(tail)), None)


def is_numbered(tail: str) -> bool:
    """Whether the object of a figure stands after it."""
    return bool(_NUMBERED.match(tail))


def is_bare(lead: str) -> bool:
    """Whether a clause names nothing: what its figure counts must be told from around it."""
    return bool(ALONE.match(lead))


def is_unlimited(lead: str) -> bool:
    """Whether a clause holds nothing that would limit what is said after it."""
    return bool(_FRONT_ONLY.match(lead))


def nearest(text: str) -> str | None:
    """The subject that words of the statutory tables beside a figure come nearest to; None without such words."""
    return next((subject for words, subject in _NEAREST if words.search(text)), None)


def applications_in(text: str) -> list[int]:
    """Where a text speaks of applications for information."""
    return [hit.start() for hit in _SPOKEN.finditer(text)]
