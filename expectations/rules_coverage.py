"""The rules about coverage and timeliness. Source: `domain/rules.md` and 政府信息公开条例 art. 49."""

from __future__ import annotations

from typing import Final

from expectations import scopes
from expectations.declaration import Rule

_LEDGER: Final = "domain/rules.md：每一单位每一年度都有着落"
_ARTICLE: Final = "政府信息公开条例第四十九条"

COVERAGE: Final[tuple[Rule, ...]] = (
    Rule(
        "COV-UNIT",
        "每一单位每一年度都有着落",
        "each (unit, year) of the registry has a status: published, attachment_only, image_only, blocked, "
        "unreadable, not_published, not_due or merged",
        "名录中的每一单位在其存续的每一年度都应有明确的状态：已公开、仅附件、仅图片、被拦截、无法读取、未公开、未到期或已合并；"
        "没有记录、没有状态，或记为已公开却没有报告的，为无声遗漏。",
        ("critical",),
        _LEDGER,
        (scopes.place("coverage", "覆盖台账"),),
        "unit",
    ),
    Rule(
        "COV-DUPLICATE",
        "同一年度多份文件",
        "one canonical document per (unit, year); others at other addresses are duplicates",
        "同一单位同一年度只采用一份文件；图解、图片版、`_ghb.html` 和镜像等其他地址的文件作为重复列出。",
        ("info",),
        _LEDGER,
        (scopes.place("documents", "文件"),),
        "duplicate",
    ),
    Rule(
        "COV-HOST",
        "来源网站已登记",
        "host(address) ∈ hosts of the registry",
        "只有名录登记的网站上的文件才视为已公开。",
        ("critical",),
        _LEDGER,
        (scopes.place("address", "来源网站"),),
        "host",
    ),
    Rule(
        "TIME-DEPARTMENT",
        "部门按期公开",
        "published(y) ≤ 31 January y+1",
        "县级以上人民政府部门应当在每年1月31日前公布上一年度的年度报告。日期取自页面；页面未载明的，无法判断；在页面日期之前已取得这份报告的，以取得之日为准。"
        "这是对公开时间的提示，不是数据差错。",
        ("warning",),
        _ARTICLE,
        (scopes.place("published", "公开时间"),),
        "published_by",
    ),
    Rule(
        "TIME-GOVERNMENT",
        "政府按期公开",
        "published(y) ≤ 31 March y+1",
        "县级以上地方人民政府应当在每年3月31日前公布本级政府上一年度的年度报告；其办公室（厅）本级的报告同此。日期取自页面。",
        ("warning",),
        _ARTICLE,
        (scopes.place("published", "公开时间"),),
        "published_by",
    ),
    Rule(
        "TIME-TOWNSHIP",
        "乡镇按期公开",
        "published(y) ≤ 31 January y+1",
        "乡镇人民政府、街道办事处一般也在每年1月31日前公布；条例第四十九条未列明，仅作提示。",
        ("info",),
        "惯例（条例第四十九条未列明）",
        (scopes.place("published", "公开时间"),),
        "published_by",
    ),
)
