"""How narratives speak of what the tables hold: wordings as real reports have them, with places for the figures.

A place names a figure of `samples.faults_text.figures_of`; the one in `slot` is the one that a fault changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence on one figure: the rule that holds it against the tables, the scope, and the place of the figure."""

    rule: str
    scope: str
    slot: str
    text: str
    section: str = "overview"


def _all(rule: str, scope: str, slot: str, *texts: str, section: str = "overview") -> tuple[Wording, ...]:
    return tuple(Wording(rule, scope, slot, text, section) for text in texts)


_R, _P, _O, _D = "TXT-RECEIVED", "TXT-PROCESSED", "TXT-OUTCOME", "TXT-DISPUTES"

CLAIMS: Final = (
    *_all(
        _R, "received", "received",
        "全年共收到政府信息公开申请{received}件。",
        "{year}年，新收政府信息公开申请{received}件，上年结转{carried_in}件。",
        "（二）依申请公开情况。全年新收到依申请公开政府信息{received}件，均依法登记。",
        "本年度共受理政府信息公开申请{received}件，都在法定期限内予以答复。",
        "全年共收到{received}份政府信息公开申请，办理过程全程留痕。",
        "{year}年受理依申请公开事项{received}件，办结{processed}件。",
        "收到公民、法人和其他组织提出的政府信息公开申请共计{received}件。",
    ),
    *_all(_R, "received", "both", "{year}年，共接收政府信息公开申请{both}件（含上年结转{carried_in}件）。"),
    *_all(_R, "received.natural_person", "person", "收到政府信息公开申请{received}件，其中自然人申请{person}件。"),
    *_all(
        _P, "processed", "processed",
        "全年收到政府信息公开申请{received}件，办结{processed}件。",
        "共受理依申请公开件{received}件，共办结{processed}件，结转到{next}年办理{carried_out}件。",
    ),
    *_all(
        _P, "answered", "processed",
        "全年共受理政府信息公开申请{received}件，答复{processed}件（含上年度结转申请{carried_in}件）。",
        "新收到政府信息公开申请{received}件，答复政府信息公开申请{processed}件，均在法定期限内予以答复。",
    ),
    *_all(
        _P, "carried_in", "carried_in",
        "新收政府信息公开申请{received}件，上年度结转{carried_in}件。",
        "共办理完毕政府信息公开申请{processed}件，其中含{last}年转至今年办理的{carried_in}件。",
    ),
    *_all(
        _P, "carried_out", "carried_out",
        "收到政府信息公开申请{received}件，办结{processed}件，另有{carried_out}件顺延到下年度答复。",
        "收到政府信息公开申请{received}件，剩余{carried_out}件结转下一年度处理。",
        "收到政府信息公开申请{received}件，结转下年度继续办理{carried_out}件。",
    ),
    *_all(
        _O, "granted", "granted",
        "共收到政府信息公开申请{received}件，其中予以公开{granted}件、部分公开{partial}件、不予公开{denied}件。",
        "办结政府信息公开申请{processed}件，其中，予以公开{granted}件，无法提供{unavailable}件。",
    ),
    *_all(_O, "partially_granted", "partial",
        "收到政府信息公开申请{received}件，答复情况为：予以公开{granted}件，部分公开{partial}件。"),
    *_all(_O, "denied", "denied",
        "办结政府信息公开申请{processed}件，其中决定不予公开{denied}件，部分公开{partial}件。"),
    *_all(_O, "unavailable", "unavailable",
        "政府信息公开申请办结{processed}件，其中予以公开{granted}件，无法提供{unavailable}件。"),
    *_all(_O, "declined", "declined",
        "收到政府信息公开申请{received}件。其中，不予处理{declined}件，其他处理{other}件。"),
    *_all(_O, "granted_or_partially", "open",
        "办结政府信息公开申请{processed}件，其中予以公开或部分公开{open}件。"),
    *_all(
        _D, "reconsideration.total", "review",
        "全年因政府信息公开被申请行政复议{review}件，被提起行政诉讼{suit}件。",
        "政府信息公开行政复议{review}件，其中结果维持{review_upheld}件。",
        "全年发生政府信息公开类行政复议案件{review}起。",
    ),
    *_all(
        _D, "litigation.total", "suit",
        "因政府信息公开被申请行政复议{review}件，被提起行政诉讼{suit}件。",
        "涉及政府信息公开的行政诉讼案件{suit}件。",
    ),
    *_all(_D, "reconsideration.upheld", "review_upheld",
        "因政府信息公开被申请行政复议{review}件，结果维持{review_upheld}件。"),
    *_all(_D, "reconsideration.pending", "review_pending",
        "政府信息公开行政复议{review}件，其中尚未审结{review_pending}件。"),
    *_all(_D, "litigation.corrected", "suit_corrected",
        "政府信息公开行政诉讼{suit}件，其中结果纠正{suit_corrected}件，其他结果{suit_other}件。"),
    *_all(
        "TXT-SHARE", "denied", "denied_share",
        "办结政府信息公开申请{processed}件，其中不予公开{denied}件，占{denied_share}%。",
        "办结政府信息公开申请{processed}件，其中不予公开{denied}件，占办结总数的{denied_share}%。",
    ),
    *_all("TXT-SHARE", "received.natural_person", "person_share",
        "收到政府信息公开申请{received}件，其中自然人申请{person}件，占{person_share}%。"),
    *_all(
        "TXT-SHARE", "reconsideration.upheld", "upheld_share",
        "因政府信息公开被申请行政复议{review}件，其中结果维持{review_upheld}件，占比{upheld_share}%。",
    ),
    *_all(
        "TXT-GROWTH", "received", "growth",
        "{year}年，共收到政府信息公开申请{received}件，比上年度{way}{growth}%。",
        "{year}年，共受理政府信息公开申请{received}件，同比{way}{growth}%。",
        "全年收到政府信息公开申请{received}件，申请量同比{way}{growth}%。",
        "全年收到政府信息公开申请{received}件，较{last}年{way}{growth}%。",
    ),
    *_all("TXT-GROWTH", "received", "more", "全年收到政府信息公开申请{received}件，比上年{way}{more}件。"),
    *_all(
        "TXT-DOCUMENTS", "normative_documents.issued", "norms",
        "全年制定发布规范性文件{norms}件。",
        "制发行政规范性文件{norms}件，全部在网站公布。",
        "本年度共制定规章{rules}件、规范性文件{norms}件。",
    ),
    *_all("TXT-DOCUMENTS", "regulations.issued", "rules", "全年制定市政府规章{rules}件、规范性文件{norms}件。"),
)  # fmt: skip

#: sweeping statements; a fault where the tables leave something open
STATEMENTS: Final = (
    *_all("TXT-ALL", "processed", "carried_out",
        "全年收到政府信息公开申请{received}件，已全部办结。",
        "共受理政府信息公开申请{received}件，均已办理完毕。"),
    *_all("TXT-ALL", "reconsideration.upheld", "review_open",
        "全年因政府信息公开被申请行政复议{review}件，均获维持。",
        "政府信息公开行政复议案件{review}件，全部维持。"),
)  # fmt: skip

#: the wrong year, and where it stands; `{wrong}` is an earlier year
YEARS: Final = (
    *_all(
        "TXT-YEAR", "overview", "wrong",
        "{wrong}年，我单位认真贯彻落实政府信息公开条例，扎实推进各项工作。",
        "现将{wrong}年政府信息公开工作情况报告如下：",
        "{wrong}年度，本单位继续围绕中心工作推进政府信息公开。",
    ),
    *_all(
        "TXT-YEAR", "problems", "year", "下一步，{year}年我单位将进一步加强培训，提升答复质量。",
        "（二）整改措施。为进一步做好工作，{year}年我单位加大贯彻落实条例的工作力度。", section="problems",
    ),
    *_all("TXT-YEAR", "other_matters", "wrong",
        "{wrong}年度，本单位未收取政府信息公开信息处理费。", section="other_matters"),
)  # fmt: skip

#: what looks like a violation and is none: other concepts, parts, other times, about so many
NEAR: Final = (
    *_all(
        _R, "received", "odd",
        "收到网上政府信息公开申请{odd}件。", "全年办理12345热线工单{odd}件，收到群众来信{odd}件。",
        "{last}年收到政府信息公开申请{odd}件，已另作报告。", "上半年，收到政府信息公开申请{odd}件。",
        "全年共收到政府信息公开申请{odd}余件。", "县直各部门及乡镇收到政府信息公开咨询{odd}件。",
        "收到政府信息公开申请{received}件，其中通过信函方式收到申请{odd}件。",
    ),
    *_all(
        _P, "processed", "odd",
        "办结12345热线工单{odd}件。", "收到政府信息公开申请{received}件，按期办结率100%。",
        "收到政府信息公开申请{received}件，办结，{odd}件申请人撤销。",
        "办结人大代表建议{odd}件，答复政协提案{odd}件。",
        "收到政府信息公开申请{received}件，其中网上答复{odd}件。", "回复网民留言{odd}件，办结率100%。",
    ),
    *_all(
        _O, "granted", "odd",
        "全年主动公开政府信息{odd}条，其中予以公开并解读{odd}条。", "各部门在行政处罚决定中不予公开{odd}条。",
        "收到政府信息公开申请{received}件，其中经协商予以公开{odd}件。", "办理建议提案，予以公开{odd}件。",
    ),
    *_all(
        _D, "reconsideration.total", "odd",
        "全年办理行政复议案件{odd}件，出庭应诉{odd}次。", "收到行政复议申请{odd}件，维持{odd}件。",
        "推进政府信息公开，受理行政复议案件{odd}件。", "举办行政复议、行政诉讼业务培训{odd}次。",
    ),
    *_all(
        "TXT-SHARE", "denied", "odd",
        "主动公开信息{odd}条，其中公示公告类占17%。",
        "财政预决算信息占全部公开信息的{odd}%。",
        "群众满意率{odd}%，按期答复率{odd}%。",
    ),
    *_all(
        "TXT-GROWTH", "received", "odd",
        "网站访问量同比增长{odd}%。",
        "政务新媒体信息发布量比上年增加{odd}%。",
        "主动公开信息{odd}条，同比增长{odd}%。",
    ),
    *_all(
        "TXT-ALL", "processed", "carried_out",
        "收到政府信息公开申请{received}件，均已按期办结。",
        "确保政府信息公开申请全部办结。",
        "受理12345热线工单{odd}件，已全部办结。",
        "收到政府信息公开申请{received}件，均在法定期限内予以答复。",
    ),
    *_all(
        "TXT-DOCUMENTS", "normative_documents.issued", "odd",
        "新增公开市政府及市政府办政策性文件{odd}件。", "制发各类文件{odd}件。", "印发政务公开工作文件{odd}份。",
        "审查规范性文件{odd}件，清理规范性文件{odd}件。",
    ),
    *_all(
        "TXT-YEAR", "overview", "wrong",
        "根据{last}年政务公开工作要点的安排，逐项抓好落实。",
        "{last}年以来，网站栏目持续优化。",
        "按照《{last}年政务公开工作要点》开展工作。",
        "与{last}年相比，申请办理更加规范。",
    ),
    *_all(
        "TXT-YEAR", "problems", "year",
        "{year}年，政府信息公开工作虽取得一定成绩，但仍存在不足。", "针对{year}年存在的问题，下一步将加强培训。",
        "{next}年，我单位将继续加强培训。", section="problems",
    ),
)  # fmt: skip
