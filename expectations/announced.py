"""Whether a new version of a report says that it corrects the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from expectations import wording

#: in a title, the word alone says it: 《…年度报告（更正版）》
_TITLE: Final = re.compile("更正|勘误|修订|修正|更新")
#: in a text, where guidelines and regulations are revised all year, it must be said of the report or its figures
_ITSELF: Final = "报告|年报|数据|数字|表格|统计表|内容|本文|原文"
_DONE: Final = "更正|勘误|修订|修正|修改|更新|调整|替换|有误|重新(?:发布|公布|公开|上传)"
_NOTE: Final = re.compile(
    "(?:更正|勘误|修订|修正|更新)(?:说明|公告|声明|通知|启事|版|如下|为准)|(?:现|特|已|特此)(?:予以|予)?(?:更正|勘误)"
    f"|(?:本|原|该|上述|此前|已发布的?|已公开的?)[^，。；;]{{0,12}}(?:{_ITSELF})[^。；;]{{0,20}}(?:{_DONE})"
)
_SENTENCE: Final = re.compile(r"[^。；;！!？?\n]+")


def notices(titles: Iterable[str | None], texts: Iterable[str | None]) -> dict[str, None]:
    """What of the titles and texts of a version speaks of a correction of the report, in order; no white space."""
    found = {_plain(title): None for title in titles if title and _TITLE.search(_plain(title))}
    for text in texts:
        found |= {
            _plain(sentence): None for sentence in _SENTENCE.findall(text or "") if _NOTE.search(_plain(sentence))
        }
    return found


def announcement(before: Iterable[str], after: Iterable[str]) -> str | None:
    """Of what two versions say (`notices`), the first that only the later one says; None for nothing new."""
    old = frozenset(before)
    return next((wording.quote(notice, 120) for notice in after if notice not in old), None)


def _plain(text: str) -> str:
    return "".join(text.split())
