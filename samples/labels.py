"""The words printed on the form, as the two letters of the State Council's office give them."""

from __future__ import annotations

from typing import Final

CORNER: Final = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS: Final = "三、本年度办理结果"
OUTCOMES: Final = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
COLUMNS: Final = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")

ROWS: Final = {
    "received": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
    "carried_out": "四、结转下年度继续办理",
}
#: Direct children of 三: key of a single row, or group label and its numbered rows.
GROUPS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("（一）予以公开", {"granted": ""}),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", {"partially_granted": ""}),
    (
        "（三）不予公开",
        {
            "denied_state_secret": "1.属于国家秘密",
            "denied_prohibited_by_law": "2.其他法律行政法规禁止公开",
            "denied_security_stability": "3.危及“三安全一稳定”",
            "denied_third_party": "4.保护第三方合法权益",
            "denied_internal_affairs": "5.属于三类内部事务信息",
            "denied_deliberative": "6.属于四类过程性信息",
            "denied_enforcement_file": "7.属于行政执法案卷",
            "denied_administrative_inquiry": "8.属于行政查询事项",
        },
    ),
    (
        "（四）无法提供",
        {
            "unavailable_not_held": "1.本机关不掌握相关政府信息",
            "unavailable_requires_creation": "2.没有现成信息需要另行制作",
            "unavailable_unclear": "3.补正后申请内容仍不明确",
        },
    ),
    (
        "（五）不予处理",
        {
            "declined_petition": "1.信访举报投诉类申请",
            "declined_duplicate": "2.重复申请",
            "declined_publication": "3.要求提供公开出版物",
            "declined_excessive": "4.无正当理由大量反复申请",
            "declined_reconfirmation": "5.要求行政机关确认或重新出具已获取信息",
        },
    ),
)
OTHER: Final = "（六）其他处理"
OTHER_ROWS: Final = {
    "other_correction_overdue": "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "other_fee_overdue": "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "other_remaining": "3.其他",
}
PROCESSED: Final = "（七）总计"

CONTENT: Final = "信息内容"
#: The blocks of table two: number in article 20, heads of the columns, rows (label, keys).
Block = tuple[str, tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]


def _documents(second: str, *figures: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    kinds = (("规章", "regulations"), (second, "normative_documents"))
    return tuple((label, tuple(f"proactive.{kind}.{f}" for f in figures)) for label, kind in kinds)


def _rows(*rows: tuple[str, str], figures: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((label, tuple(f"proactive.{row}.{figure}" for figure in figures)) for label, row in rows)


_ITEM_HEADS: Final = ("上一年项目数量", "本年增/减", "处理决定数量")
_ITEM_FIGURES: Final = ("items_previous", "items_change", "decisions")

BLOCKS: Final[dict[str, tuple[Block, ...]]] = {
    "2019": (
        (
            "一",
            ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
            _documents("规范性文件", "newly_made", "newly_published", "total_published"),
        ),
        (
            "五",
            _ITEM_HEADS,
            _rows(("行政许可", "licensing"), ("其他对外管理服务事项", "other_services"), figures=_ITEM_FIGURES),
        ),
        (
            "六",
            _ITEM_HEADS,
            _rows(("行政处罚", "penalties"), ("行政强制", "coercive_measures"), figures=_ITEM_FIGURES),
        ),
        ("八", _ITEM_HEADS[:2], _rows(("行政事业性收费", "fees"), figures=_ITEM_FIGURES[:2])),
        (
            "九",
            ("采购项目数量", "采购总金额"),
            _rows(("政府集中采购", "procurement"), figures=("items", "amount")),
        ),
    ),
    "2021": (
        (
            "一",
            ("本年制发件数", "本年废止件数", "现行有效件数"),
            _documents("行政规范性文件", "issued", "repealed", "in_force"),
        ),
        ("五", ("本年处理决定数量",), _rows(("行政许可", "licensing"), figures=("decisions",))),
        (
            "六",
            ("本年处理决定数量",),
            _rows(("行政处罚", "penalties"), ("行政强制", "coercive_measures"), figures=("decisions",)),
        ),
        ("八", ("本年收费金额（单位：万元）",), _rows(("行政事业性收费", "fees"), figures=("amount",))),
    ),
}
