"""Answers told in parts: `当年答复48件`, and apart what was carried in (`另答复上年结转3件`) or withdrawn."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from form.claim import Claim
from form.claims_own import Own
from form.claims_subjects import ANSWERS
from form.claims_words import LAST, OBJECT

_CARRIED: Final = rf"{LAST}(?:度)?(?:结转|转入|遗留|顺延)(?:至|到)?(?:本年度?|今年|当年)?(?:办理)?(?:的)?"
_COUNTED: Final = rf"(?:{OBJECT}|申请)?(?:共|为)?\d+件"
_DONE: Final = r"(?:答复|回复|办复|办结|办毕|办理完毕|处理完毕)"
_APART: Final = re.compile(
    # `其中答复上年结转3件` is a part of the whole that stands before it.
    rf"(?<!其中)(?<!其中[,:已])(?<!含)(?<!包括){_DONE}(?:了)?(?:由|自)?{_CARRIED}{_COUNTED}"
    rf"|(?:不含|不包含|不包括|未含|除)[^,;。]{{0,4}}{_CARRIED}"
    rf"|(?<!其中){_CARRIED}{_COUNTED}(?:申请)?,?(?:现|目前|也|亦|都|均|已|全部|按期|按时|依法|在法定期限内)*{_DONE}(?=$|[,;。)])"
)
#: `答复48件，撤回2件`
_WITHDRAWN: Final = re.compile(
    r"(?:^|(?<!其中)[,;。(])(?:另外|另|还|有|由|并|申请人|主动|自行|自愿){0,4}"
    r"(?:撤[回销消](?:了|申请|的){0,2}\d+件|\d+件(?:申请)?(?:被|由|经|因|申请人|主动|自行|自愿){0,4}撤[回销消])"
)
_WHOLE: Final = re.compile("总|合计|累计|共计|一共")
_TAKES_IN: Final = re.compile(r"^\s*[（(,，]?\s*(?:其中)?(?:包?含|包括)")


def in_parts(words: str, own: Own) -> bool:
    """Whether a paragraph tells answers to what was carried in, or what was withdrawn, apart from the others."""
    carried = "结转" in words and _APART.search(own.worded(words))
    return bool(carried or ("撤" in words and _WITHDRAWN.search(words)))


def as_part(claim: Claim, text: str) -> Claim:
    """A claim of such a paragraph of a section's text: uncertain where its figure may be one of the parts."""
    part = claim.kind == "figure" and claim.subject in ANSWERS
    if not part or _WHOLE.search(claim.quote) or _TAKES_IN.match(text[claim.end : claim.end + 12]):
        return claim
    return replace(claim, subject="uncertain", of=claim.subject)
