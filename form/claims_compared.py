"""Growths and shares: what a percentage or a difference is of, and what it is measured against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BACK: Final = (
    r"(?:同比(?:上年|去年)?|(?:相)?(?:比|较|与)(?:之)?(?:上年|上一年|去年|前一年|往年)"
    r"(?:度|同期|同期相比|相比|数据|同口径)*(?:,)?(?:相比)?(?:,)?(?:同比)?)"
)
_WAY: Final = r"(?:增长|提高|增加|上升|增幅|上涨|增多|多|升高|下降|减少|降低|降幅|下滑|回落|少|减)"
#: who grew, 同比, which way; the figure follows
_GROWTH: Final = re.compile(
    rf"(?P<head>.*?)(?:,)?(?P<back>{_BACK})(?:,)?(?:共|大幅|明显|略有"
    rf"|小幅|总体|均)*(?P<way>{_WAY})(?:了|约|达|为|幅度|率|幅|到|:)*$"
)
_ANY_GROWTH: Final = re.compile(rf"{_WAY}(?:了|约|达|为|幅度|率)*$|环比|同比")
_DOWN: Final = ("下降", "减少", "降低", "降幅", "下滑", "回落", "少", "减")
_SHARE: Final = re.compile(
    r"(?P<head>[^,]*?)(?:约|分别|均|所)*占(?:比(?!例|重)|到)?(?P<whole>[^,占]{0,18}?)"
    r"(?:的)?(?:比例|比重|比)?(?:为|达到|达|约|:|的)*$"
)
_WHOLES: Final = (
    (re.compile(
        r"^(?:全部|所有|全年|总)?(?:新收|收到|受理|收件)(?:的)?(?:政府信息公开)?"
        r"(?:申请)?(?:件)?(?:总数|总量|数量|总件数|数|量|件数)?$"), "received"),
    (re.compile(
        r"^(?:全部|所有|全年|政府信息公开|总)*申请(?:件"
        r"|量)?(?:的)?(?:总数|总量|数量|总件数|数|量|件数)?$"), "received"),
    (re.compile(
        r"^(?:全部|所有|全年|已|总)*(?:办结|办理|答复|处理|回复|办理结果)"
        r"(?:的)?(?:申请)?(?:件)?(?:总数|总量|数量|总件数|数|量|件数)?$"), "processed"),
    (re.compile(r"^(?:全部|全年|所有)*(?:总数|总量|全部|总件数|总)?(?:数量|数|量)?$"), "any"),
    (re.compile(r"^(?:行政)?复议(?:案件|案)?(?:总数|总量|数量)?$"), "reconsideration.total"),
    (re.compile(r"^行政(?:诉讼|应诉)(?:案件|案)?(?:总数|总量|数量)?$"), "litigation.total"),
)  # fmt: skip
#: nouns of what grew
_NOUNS: Final = (
    (re.compile(
        r"^(?:,|、)?(?:收到|受理|新收)?(?:的)?(?:政府信息公开)?(?:申请|收件"
        r"|受理|新收)(?:件)?(?:的)?(?:总数量|总数|总量|数量|量|件数|数)$"), "received"),
    (re.compile(r"^(?:,|、)?(?:办结|办理)(?:的)?(?:申请)?(?:件)?(?:的)?(?:总数|总量|数量|量|件数|数)$"), "processed"),
    (re.compile(r"^(?:,|、)?(?:答复|回复)(?:的)?(?:申请)?(?:件)?(?:的)?(?:总数|总量|数量|量|件数|数)$"), "answered"),
)  # fmt: skip
_JOINS: Final = re.compile(r"^(?:,|、|和|及|并|且|:|\(|总体|数量|总量|件数|总数|量|申请|案件|数)*$")
_RELATIVE: Final = re.compile(r"增长|提高|增加|上升|下降|减少|降低|占|同比")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`kind` is growth or share, `sign` -1 for a decrease; `head` are the words on what it is of.

    `base` is the subject that these words name, '' where they name nothing (then it is what the figure before
    counts), None where they name something unknown. `whole` is what a share is a share of.
    """

    kind: str
    sign: int
    head: str
    base: str | None
    whole: str | None = None


def comparison(lead: str, unit: str) -> Comparison | None:
    """What a figure compares, by the words before it; None where it is no growth and no share."""
    hit = _GROWTH.fullmatch(lead)
    if hit:
        head = hit["head"].rstrip(",、")
        sign = -1 if hit["way"] in _DOWN else 1
        return Comparison("growth", sign, head, _base(head))
    share = _SHARE.fullmatch(lead) if unit == "%" else None
    if not share:
        return None
    whole = next((name for words, name in _WHOLES if words.match(share["whole"])), "uncertain")
    return Comparison("share", 1, share["head"], _base(share["head"]), whole)


def _base(head: str) -> str | None:
    if _JOINS.match(head):
        return ""
    return next((subject for words, subject in _NOUNS if words.match(head)), None)


def is_relative(lead: str) -> str | None:
    """`growth` or `share` where a percentage may be one, as against a rate."""
    if not _RELATIVE.search(lead):
        return None
    return "share" if "占" in lead and not _ANY_GROWTH.search(lead) else "growth"
