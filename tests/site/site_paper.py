"""Report pages written from the site's own layout of the form: if the readers read them whole, it is the form's."""

from __future__ import annotations

import html
from collections.abc import Mapping

from form.catalogue import CELLS
from notices.site.layout import form_data, tables_of

TEXT = "{year}年，本机关做好信息公开。全年新收政府信息公开申请{received}件，上年结转{carried_in}件。"


def figures(received: int, carried_in: int, carried_out: int) -> dict[str, str]:
    """The cells of a consistent report: everything asked by natural persons and granted; the rest 0."""
    processed = received + carried_in - carried_out
    found = {cell.key: "0" for cell in CELLS}
    rows = {"received": received, "carried_in": carried_in, "carried_out": carried_out}
    for row, number in {**rows, "granted": processed, "processed_total": processed}.items():
        for column in ("natural_person", "total"):
            found[f"applications.{row}.{column}"] = str(number)
    return found


def page(
    unit: str, year: int, edition: str, cells: Mapping[str, str], said: Mapping[str, str] | None = None
) -> bytes:
    """An HTML report; a key that `cells` lacks is printed blank."""
    names = dict(zip(("proactive", "applications", "disputes"), tables_of(edition, False), strict=True))
    number = {key: cells.get(f"applications.{key}.total", "") for key in ("received", "carried_in")}
    text = (said or {}).get("overview") or TEXT.format(year=year, **number)
    title = f"{unit}{year}年政府信息公开工作年度报告"
    parts = [
        f"<html><head><meta charset=utf-8><title>{html.escape(title)}</title></head><body>",
        f"<h1>{html.escape(title)}</h1>",
        f"<p>本报告统计期限为{year}年1月1日至{year}年12月31日。</p>",
        f"<p>一、总体情况</p><p>{html.escape(text)}</p>",
        *(
            f"<p>{form_data()['tables'][name]['caption']}</p>{_table(name, cells)}"
            for name in (names["proactive"], names["applications"], names["disputes"])
        ),
        "<p>五、存在的主要问题及改进情况</p><p>公开内容有待充实。</p><p>六、其他需要报告的事项</p><p>无。</p></body></html>",
    ]
    return "\n".join(parts).encode()


def _table(name: str, cells: Mapping[str, str]) -> str:
    rows = []
    for row in form_data()["tables"][name]["rows"]:
        slots = []
        for slot in row:
            text = slot["t"] if "t" in slot else cells.get(CELLS[slot["k"]].key, "")
            spans = f' rowspan="{slot.get("r", 1)}" colspan="{slot.get("c", 1)}"'
            slots.append(f"<td{spans}>{html.escape(text)}</td>")
        rows.append(f"<tr>{''.join(slots)}</tr>")
    return f"<table>{''.join(rows)}</table>"
