"""The rules about versions of one report. The 条例 does not speak of them: nothing forbids a correction."""

from __future__ import annotations

from typing import Final

from expectations import layout, scopes
from expectations.declaration import Rule

_TABLES: Final = {"proactive": "表二", "applications": "表三", "disputes": "表四"}

VERSIONS: Final[tuple[Rule, ...]] = (
    Rule(
        "VER-SILENT",
        "已公开的数字被改动而未作说明",
        "value(newest version) = value(version b), b the last version that is the first or announces a correction",
        "年度报告公开后又变了数字，而标题和正文都没有新出现的更正、修订或更新说明；原网址的报告不再列出、另以新网址列出的，"
        "仍与原来的相比。与首次取得的版本相比；"
        "其后有版本作过说明的，与最近一次作过说明的版本相比。数字改回即告消失；只改版式、访问量等而报告内容不变的不算新版本；"
        "无法识别的单元格不比较；两个版本由不同版本的程序读取的，不作判断。网页另行发布的更正公告不在报告之内，"
        "这里看不到，核实后可予豁免。这是对公开过程的提示，不是数据差错。",
        ("warning",),
        "档案前后两次取得的内容；政府信息公开条例第四十九条、第五十条只规定公布的期限和内容，未规定更正的程序，"
        "本规则没有法条依据",
        tuple(scopes.place(table, _TABLES[table], keys) for table, keys in layout.TABLES.items()),
        "silent",
    ),
)
