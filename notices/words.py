"""The Chinese words of a digest for the codes of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from form.errors import REASONS

SEVERITIES: Final[Mapping[str, str]] = {"critical": "严重", "warning": "警告", "info": "提示"}

LEVELS: Final[Mapping[str, str]] = {
    "province": "省级",
    "prefecture": "市州",
    "county": "县区",
    "township": "乡镇",
}

GATES: Final[Mapping[str, str]] = {"released": "已放行", "held": "已暂扣"}

STATUSES: Final[Mapping[str, str]] = {
    "published": "已公开",
    "attachment_only": "仅有附件",
    "image_only": "仅有图片",
    "blocked": "网站拒绝访问",
    "unreadable": "无法读取",
    "not_published": "未见公开",
    "not_due": "未到期限",
    "merged": "已合并",
}

ATTRIBUTIONS: Final[Mapping[str, str]] = {
    "publisher": "发布单位",
    "extraction": "疑为本系统读取错误",
    "unreadable": "原文无法辨认",
    "unattributed": "尚未判明",
}

#: what a finding is to a reader who had a report before; `lapsed` are those that a waiver covered then
NEWS: Final[Mapping[str, str]] = {"new": "新增", "lapsed": "豁免失效", "open": "仍未解决"}

#: what the two figures of a finding are; of a rule that only sees that they changed, neither is called right
FIGURES: Final[Mapping[str, tuple[str, str]]] = {"VER-SILENT": ("原为", "现为")}
FIGURES_ELSE: Final = ("应为", "实为")

#: what became of a finding that is not there any more
FATES: Final[Mapping[str, str]] = {
    "fixed": "原文已更正",
    "withdrawn": "读取程序或规则已改，不再认定",
    "unread": "报告本期未读到，不能认定已更正",
    "gone": "本期不再出现",
}

UNATTRIBUTED: Final = "尚未判明"


def word(words: Mapping[str, str], code: str | None, absent: str = "—") -> str:
    """Return the word for a code; the code itself where no word is known, `absent` for None."""
    return absent if code is None else words.get(code, code)


def reason(text: str | None) -> str:
    """Return a reason as auditors read it: `truncated: no xref` becomes `文件不完整（no xref）`."""
    code, _, detail = (text or "").partition(":")
    meaning = REASONS.get(code.strip())
    if meaning is None:
        return text or "未记录原因"
    return f"{meaning}（{detail.strip()}）" if detail.strip() else meaning
