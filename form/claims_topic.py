"""What a narrative speaks of: applications, reviews, suits or something else, as its words go by."""

from __future__ import annotations

import re
from typing import Final

from form.claims_subjects import applications_in

_TOPIC: Final = re.compile(
    r"(?P<direct>未经(?:行政)?复议(?:而)?直接)|(?P<after>(?:经)?"
    r"(?:行政)?复议后(?:再)?(?:又)?(?:提起)?(?:行政)?(?:起诉|诉讼))"
    r"|(?P<review>复议)|(?P<suit>诉讼|应诉)"
    r"|(?P<foreign>热线|网络问政|留言|信件|咨询|提案|建议|信访(?!、?举报)|工单|来访|许可)"
)
_TOPICS: Final = {
    "direct": "litigation_direct", "after": "litigation_after_reconsideration", "review": "reconsideration",
    "suit": "litigation", "foreign": "foreign",
}  # fmt: skip
_HEAD: Final = re.compile(
    r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+[、是]|\d{1,2}[.、])(?P<words>.{2,20})$"
)
_GOES_ON: Final = re.compile(
    r"^(?:其中|均|已|全部|答复|办结|另|结转|予以|不予|部分公开|结果"
    r"|上年|(?:在|从|按)?(?:办理|处理|答复)(?:结果|情况|类型)|同比|比上年|较上年|与上年|申请人)"
)


def topic_of(words: str, topic: str) -> str:
    """What a text speaks of last: applications, one of `CASES`, something foreign, or as before."""
    places = [(hit.start(), _TOPICS[hit.lastgroup or ""]) for hit in _TOPIC.finditer(words)]
    places += [(place, "applications") for place in applications_in(words)]
    return max(places)[1] if places else topic


def heading(words: str) -> str:
    """The words of a numbered heading, '' for any other sentence."""
    hit = _HEAD.match(words)
    return hit["words"] if hit else ""


def says_more(words: str) -> bool:
    """Whether a sentence goes on with what the one before speaks of."""
    return bool(_GOES_ON.match(words))
