"""Where a narrative names the year that it reports on, or the one that it plans for: a slip of the pen shows there.

Only clauses that begin with the year count: `根据2022年的要求`, `2022年结转`, `《2022年工作要点》` are of another
time, and rightly so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

#: `现将2022年政府信息公开工作情况报告如下`
_TOLD: Final = re.compile(
    r"(?:现将|现就|现对)(?:[^,;20]{0,24})?(?P<year>20\d\d)年(?:度)?[^,;]{0,24}(?:报告|公布|汇报|总结|说明)(?:如下)?"
)
#: a year that begins a clause, and what the clause is about
_OPENING: Final = re.compile(
    r"(?:^|(?<=[,;:)]))(?P<words>(?P<until>截[至止](?:到)?)?(?P<year>20\d\d)"
    r"(?:年度|年)(?(until)(?:底|末|12月底|12月31日)|))"
    r"(?P<comma>[,:])?(?=(?P<next>.{0,60}))"
)
_SUBJECT: Final = re.compile(
    r"^(?:以来)?(?:我|本|全(?:省|市|州|县|区|镇|乡|局|年)|共|累计|各|新收"
    r"|收到|受理|主动公开|未|没有|继续|坚持|认真|严格|按照|围绕|深入|在"
    r"|政府信息公开|政务公开|将|拟|计划|要|重点|(?:省|市|州|县|区)(?:人民)?政府)"
)
_OTHER_TIME: Final = re.compile(
    r"^(?:以来|起|前|后|至|-|—|~|到|底|末|初|间|的|结转|转入|存在"
    r"|工作要点|预算|决算|\d{1,2}月|[上下]半年|第?[一二三四]季度)"
)
#: what happened in another year may well be told
_EVENT: Final = re.compile(
    r"被?评为|荣获|获得?评|成立|设立|印发|出台|制定|修订|上线|建成|启动|开通|排名|通报|试点|颁布|施行|实施|机构改革"
)
#: `2022年收到政府信息公开申请30件` may well be a figure of that year
_COUNT: Final = re.compile(r"(?:收|受理|接|办结|答复|回复|登记|结转)[^,]*\d(?:余|多)?[件份宗起]")
_DOCUMENT: Final = re.compile(r"《[^《》]*》|〔[^〔〕]*〕|\[20\d\d\]|[“\"][^”\"]*[”\"]")
_YEARS: Final = re.compile(r"(?<!\d)20\d\d(?=年)")
_FUTURE: Final = re.compile(r"将|拟|计划|打算|下一步|下阶段|下一阶段|今后|力争|下一年")
_EFFORT: Final = re.compile(r"加大|加强|继续|进一步|着力|重点|切实|抓好|完善|强化|提升|推进|做好|落实|健全|优化")
_DONE: Final = re.compile(r"虽|取得|存在|不足|问题|完成了|已|[强大善了实全好]了|经|来看|以来|曾|有所")
_PLAN_HEAD: Final = re.compile(
    r"整改措施|改进措施|改进方向|下一步|下阶段|今后|工作打算|工作计划|工作安排|努力方向|改进打算"
)
_PROBLEM_HEAD: Final = re.compile(r"(?:存在(?:的)?(?:主要)?(?:问题|不足)|问题和不足)[^,]{0,6}$")


def years_in(section: str, sentences: list[str]) -> Iterator[tuple[int, str, int, int, int]]:
    """The years that the sentences of a paragraph give as the report's or the plan's own.

    Yields place of the sentence, subject (`report_year` or `plan_year`), the year, first and stop of the clause.
    """
    planning = False
    for place, words in enumerate(sentences):
        if _PROBLEM_HEAD.search(words) and len(words) < 24:
            planning = False
        elif _PLAN_HEAD.search(words[:24]):
            planning = True
        for subject, year, first, stop in _of_sentence(section, words, planning):
            yield place, subject, year, first, stop


def _of_sentence(section: str, words: str, planning: bool) -> Iterator[tuple[str, int, int, int]]:
    told = _TOLD.search(words)
    if told:
        yield "report_year", int(told["year"]), *told.span()
        return
    plain = _DOCUMENT.sub(lambda hit: "《" * len(hit[0]), words)
    if len(set(_YEARS.findall(plain))) != 1:
        return
    hit = _OPENING.search(plain)
    if (
        hit is None
        or _OTHER_TIME.match(hit["next"])
        or not (hit["comma"] or hit["until"] or _SUBJECT.match(hit["next"]))
    ):
        return
    clause = hit["next"].split(",")[0]
    stop = hit.end("words") + len(clause) + len(hit["comma"] or "")
    year, span = int(hit["year"]), (hit.start("words"), max(hit.end("words"), stop))
    if section == "problems":
        if _is_plan(words, planning, hit):
            yield "plan_year", year, *span
        elif _DONE.search(hit["next"]) and not _FUTURE.search(words) and not planning:
            yield "report_year", year, *span
    elif (hit["until"] or hit.start() == 0) and not any(words.search(clause) for words in (_EVENT, _FUTURE, _COUNT)):
        yield "report_year", year, *span


def _is_plan(words: str, planning: bool, hit: re.Match[str]) -> bool:
    if hit["until"]:
        return False
    future = _FUTURE.search(words)
    if future:
        return not re.search(r"虽|取得", words[: future.start()])
    return planning and bool(_EFFORT.search(hit["next"])) and not _DONE.search(hit["next"])
