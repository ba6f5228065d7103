"""Titles on lists: which name an annual report, which only a picture of one, and for which year."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

Sort = Literal["report", "duplicate"]

#: 政府信息公开(工作)(2022)年度报告, 信息公开年报, 政府信息公开工作的报告, … (shared/domain/editions.md).
_REPORT: Final = re.compile(r"信息公开.{0,24}?(?:报告|年报)|年度报告.{0,12}?信息公开")
_YEARLY: Final = re.compile(r"年度|年报|20\d\d|二[〇○零O0]")
#: Said of the work on reports, or of other reports; most of them only after 信息公开, for bodies
#: may be called 机构编制委员会 or 评估中心.
_OTHER: Final = re.compile(
    r"信息公开.*(?:指南|目录|制度|要点|培训|会议|考核|评估|编制|编写|报送|征集|申请表|办法|规定|自查|整改报告)"
    r"|季度|半年|月份|月报|季报"
)
_NOTICE: Final = re.compile(r"通知$|通知\(")
#: Other forms of a report that is published as text as well.
_COPY: Final = re.compile(r"图解|图片版|图说|一图|读懂|解读|超链|链接版|音频|视频|长辈版|适老")
_ELDER: Final = re.compile(r"_ghb\.s?html?$")

_DIGITS: Final = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")
_CHINESE_YEAR: Final = re.compile(r"二[〇○零O][〇○零O一二三四五六七八九]{2}")
_YEAR: Final = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_REPORT_YEAR: Final = re.compile(r"(?<!\d)(20[0-4]\d)年?度")


def _plain(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).split())


def sort(title: str, address: str = "") -> Sort | None:
    """What a list entry is: a report, another form of one (图解, 图片版, elder-friendly copy), or neither."""
    text = _plain(title)
    if not (_REPORT.search(text) and _YEARLY.search(text)) or _OTHER.search(text) or _NOTICE.search(text):
        return None
    return "duplicate" if _COPY.search(text) or _ELDER.search(address) else "report"


def year(title: str) -> int | None:
    """The report's year as the title gives it, in digits or Chinese; None where none or several are named."""
    text = _CHINESE_YEAR.sub(lambda found: found[0].translate(_DIGITS), _plain(title))
    for pattern in (_REPORT_YEAR, _YEAR):
        found = set(pattern.findall(text))
        if len(found) == 1:
            return int(found.pop())
        if found:
            return None
    return None
