"""What can go wrong with one address: one exception, one record, one code a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from portals.exchange import Exchange, Fetched

#: code -> what it means to an auditor (Chinese, shown in coverage and mail).
PROBLEMS: Final[dict[str, str]] = {
    "refused": "地址不属于登记的站点，未访问",
    "private": "域名解析到非公网地址，未访问",
    "robots": "网站 robots.txt 不允许抓取，未访问",
    "blocked": "网站拒绝访问",
    "throttled": "网站要求放慢访问，本次未取得",
    "missing": "页面不存在",
    "server": "网站出错",
    "unexpected": "网站的回答无法使用",
    "redirects": "跳转过多或循环",
    "too_large": "内容超过大小上限",
    "encoding": "压缩内容无法解开",
    "damaged": "内容残缺或乱码",
    "timeout": "访问超时",
    "network": "网络连接失败",
    "list": "列表页不能完整读取",
    "parse": "页面无法解析",
}

#: What was being fetched when it went wrong.
Kind = Literal["list", "document", "attachment"]


class FetchError(Exception):
    """An address that gave no document: a code of `PROBLEMS`, a detail in one line, the status if any.

    `retry_after` is how many seconds the server asked us to wait (0: it did not say). `exchange` is the answer
    that was no document, where there was one; `evidence` the same with the way to it, to be kept.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        status: int | None = None,
        retry_after: float = 0.0,
        exchange: Exchange | None = None,
    ) -> None:
        if code not in PROBLEMS:
            raise ValueError(f"unknown problem {code!r}")
        self.code = code
        self.detail = " ".join(detail.split())[:500]
        self.status = status
        self.retry_after = retry_after
        self.exchange = exchange
        self.evidence: Fetched | None = None
        super().__init__(f"{code}: {self.detail}" if self.detail else code)


@dataclass(frozen=True, slots=True)
class Problem:
    """An address that could not be fetched or read when last tried, at `at` (UTC).

    `unit_id`, `title` and `year` are those of the list entry (year None: unknown, or a list page). `evidence` is
    the id of the capture that shows it, '' where nothing was received.
    """

    address: str
    kind: Kind
    code: str
    detail: str
    status: int | None
    unit_id: str
    title: str
    year: int | None
    at: datetime
    evidence: str = ""
