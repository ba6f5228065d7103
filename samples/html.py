"""Reports as HTML pages in three styles: a portal's own, an export of WPS, an old JSP site in GBK."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from random import Random
from typing import Final

from samples.page import Page, Paper
from samples.tables import Slot, Table, skewed

STYLES: Final = ("portal", "wps", "jsp")
_FONTS: Final = ("仿宋_GB2312", "方正仿宋_GBK", "宋体", "Times New Roman")


def render_report(paper: Paper, style: str, rng: Random) -> bytes:
    """A report as the bytes of one page; `rng` shatters the text of the style 'wps'."""
    body = render_body(paper, style, rng)
    return _jsp(paper.page, body) if style == "jsp" else render_page(paper.page, body)


def render_body(paper: Paper, style: str, rng: Random) -> str:
    """The report alone, to stand in a page of any making."""
    draw = {"portal": _portal_body, "wps": _wps_body, "jsp": _jsp_body}[style]
    return draw(paper, rng)


def render_page(page: Page, body: str) -> bytes:
    """An article page of the portal around `body`, with navigation and layout tables, in UTF-8."""
    title, source, day = escape(page.title), escape(page.source), page.published.isoformat()
    links = "".join(
        f'<td><a href="/{path}/">{name}</a></td>'
        for path, name in (("", "首页"), ("zwgk", "政务公开"), ("bsfw", "办事服务"), ("hdjl", "互动交流"))
    )
    facts = (
        f'<table class="xxgk"><tr><td>索&nbsp;引&nbsp;号</td><td>{page.published:%Y}-{page.published:%m%d}</td>'
        f"<td>发布机构</td><td>{source}</td></tr><tr><td>公开日期</td><td>{day}</td>"
        "<td>信息分类</td><td>政府信息公开年报</td></tr></table>"
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{title}-{page.site}</title>
<meta name="SiteName" content="{page.site}">
<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{day} 09:30">
<meta name="ContentSource" content="{source}">
<style>body{{margin:0 auto;width:1000px;font:16px/1.9 serif}}table{{border-collapse:collapse;width:100%}}
.TRS_Editor table td{{border:1px solid #333;padding:4px;text-align:center}}.nav td{{background:#1c5fa8}}
.nav a{{color:#fff}}.xxgk{{background:#f2f6fb;margin:1em 0}}h1{{text-align:center;font-size:26px}}</style>
</head>
<body>
<table class="nav" width="1000"><tr>{links}</tr></table>
<table width="1000" class="layout"><tr><td width="1000" valign="top">
<p class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="./../">政府信息公开年报</a></p>
{facts}
<h1>{title}</h1>
<p class="source">发布时间：{day}　来源：{source}　字体：[大 中 小]</p>
<div class="TRS_Editor">
{body}
</div>
</td></tr></table>
<table class="footer" width="1000"><tr><td>主办：{page.site}</td><td>网站标识码 6200000000</td></tr></table>
</body>
</html>
""".encode()


def attachment_body(name: str, href: str) -> str:
    """The text of an article whose report is an attachment."""
    return f'<p>附件：<a href="{escape(href)}" title="{escape(name)}">{escape(name)}.pdf</a></p>'


def _rows(table: Table, cell: Callable[[Slot], str], row: str = "tr") -> str:
    return "".join(f"<{row}>{''.join(map(cell, slots))}</{row}>\n" for slots in table.rows)


def _spans(slot: Slot) -> str:
    across = f' colspan="{slot.columns}"' if slot.columns > 1 else ""
    return across + (f' rowspan="{slot.rows}"' if slot.rows > 1 else "")


def _portal_body(paper: Paper, _rng: Random) -> str:
    def cell(slot: Slot) -> str:
        return f"<td{_spans(slot)}>{escape(slot.text) or '&nbsp;'}</td>"

    out = [f"<p>{escape(text)}</p>" for text in paper.story.opening]
    for section in paper.story.sections:
        out.append(f"<p><strong>{section.head}</strong></p>")
        out += [f"<p>　　{escape(text)}</p>" for text in section.paragraphs]
        out += [f"<table>\n<tbody>{_rows(t, cell)}</tbody></table>" for t in paper.tables(section.name)]
    out += [f'<p align="right">{escape(text)}</p>' for text in paper.story.signature]
    return "\n".join(out)


def _shatter(text: str, rng: Random) -> str:
    """Text in spans of a few characters each, fonts changing, as the editor writes it."""
    out, start = [], 0
    while start < len(text):
        end = start + rng.choice((1, 2, 3, 5, 9, 14))
        out.append(f'<span style="font-family:{rng.choice(_FONTS)}">{escape(text[start:end])}</span>')
        start = end
    return "".join(out) or '<span style="font-family:宋体">&nbsp;</span>'


def _wps_cell(slot: Slot, rng: Random) -> str:
    text = slot.text
    parts = [text]
    if not slot.figure and len(text) == 4 and slot.columns == 1:
        parts = [text[:2], text[2:]]
    elif not slot.figure and text.startswith("本年新"):
        parts = [text[:3] + "\n" + text[3:]]
    paragraphs = "".join(
        f'<p class="MsoNormal" align="center">{_shatter(part, rng)}<o:p></o:p></p>' for part in parts
    ).replace("\n", "<br />")
    return f'<td{_spans(slot)} style="border:1px solid windowtext" valign="center">\n{paragraphs}\n</td>'


def _wps_body(paper: Paper, rng: Random) -> str:
    def paragraph(text: str) -> str:
        return f'<p class="MsoNormal" style="text-indent:32pt">{_shatter(text, rng)}<o:p></o:p></p>'

    skew = rng.random() < 0.6
    out = [paragraph(text) for text in paper.story.opening]
    for section in paper.story.sections:
        out.append(f'<p class="MsoNormal"><b>{_shatter(section.head, rng)}</b><o:p></o:p></p>')
        out += map(paragraph, section.paragraphs)
        for table in paper.tables(section.name):
            drawn = _rows(skewed(table) if skew else table, lambda slot: _wps_cell(slot, rng))
            out.append(f'<div align="center"><table class="MsoNormalTable" border="1">{drawn}</table></div>')
    out += [f'<p align="right">{_shatter(text, rng)}</p>' for text in paper.story.signature]
    return "\n".join(out)


def _jsp_body(paper: Paper, _rng: Random) -> str:
    """Upper-case tags, cells left unclosed, `&nbsp;` for blanks."""

    def cell(slot: Slot) -> str:
        text = escape(slot.text) or "&nbsp;"
        return f"<TD align=center{_spans(slot).upper().replace(chr(34), '')}>{text}"

    out = [f"<P>&nbsp;&nbsp;&nbsp;&nbsp;{escape(text)}</P>" for text in paper.story.opening]
    for section in paper.story.sections:
        out.append(f"<P><B>{section.head}</B></P>")
        out += [f"<P>&nbsp;&nbsp;&nbsp;&nbsp;{escape(text)}</P>" for text in section.paragraphs]
        for table in paper.tables(section.name):
            out.append(f"<TABLE border=1 cellSpacing=0 width=700>\n{_rows(table, cell, 'TR')}</TABLE>")
    out += [f"<P align=right>{escape(text)}</P>" for text in paper.story.signature]
    return "\n".join(out)


def _jsp(page: Page, body: str) -> bytes:
    """An old page, in GBK."""
    title, day = escape(page.title), page.published.isoformat()
    return f"""<HTML><HEAD>
<META http-equiv="Content-Type" content="text/html; charset=gb2312">
<META name="ArticleTitle" content="{title}">
<META name="PubDate" content="{day}">
<META name="ContentSource" content="{escape(page.source)}">
<TITLE>{title}</TITLE></HEAD>
<BODY bgColor=#ffffff>
<TABLE width=760 align=center><TR><TD bgColor=#336699><FONT color=#ffffff>首页 | 机构概况 | 信息公开</FONT></TD></TR>
<TR><TD align=center><FONT size=5><B>{title}</B></FONT><BR>发布日期：{day}</TD></TR>
<TR><TD>
{body}
</TD></TR>
<TR><TD align=center>版权所有 {escape(page.source)}</TD></TR></TABLE>
</BODY></HTML>
""".encode("gbk", "xmlcharrefreplace")
