"""Reports as PDF by Typst: two layouts, ruled tables that run over pages without a repeated header."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn as fonts
import typst

from samples.page import Paper
from samples.tables import Slot, Table

#: layout -> font, size of tables, margin, page number, rules, table head fill.
_LAYOUTS: Final = {
    "typst-official": ("Noto Serif SC", "9pt", "2.6cm", "— 1 —", "0.6pt", "none"),
    "typst-compact": ("Noto Sans SC", "7.5pt", "1.8cm", "- 1 -", "0.4pt + luma(60)", 'rgb("#c6d9f1")'),
}
LAYOUTS: Final = tuple(_LAYOUTS)
_SPECIAL: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})


@cache
def _compiler() -> typst.Compiler:
    """One compiler a process: it reads the fonts once. System fonts would change the bytes."""
    folder = str(fonts.sans_path().parent)
    return typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    )


def render_report(paper: Paper, layout: str) -> bytes:
    """A report as PDF bytes, the same for the same paper."""
    source = _source(paper, layout).encode()
    # Sixteen hours after midnight UTC would already be tomorrow in Gansu: take nine in the morning there.
    moment = (paper.page.published - date(1970, 1, 1)).days * 86_400 + 3_600
    data = _compiler().compile(input=source, format="pdf", timestamp=moment, pdf_tags=layout == "typst-official")
    if not isinstance(data, bytes):
        raise TypeError("typst gave no PDF")
    return data


def _text(text: str) -> str:
    return f'#"{text.translate(_SPECIAL)}"'


def _slot(slot: Slot) -> str:
    spans = f"colspan: {slot.columns}, rowspan: {slot.rows}"
    return (
        f"table.cell({spans})[{_text(slot.text)}]" if (slot.columns, slot.rows) != (1, 1) else f"[{_text(slot.text)}]"
    )


def _table(table: Table) -> str:
    columns = ", ".join(f"{width}fr" for width in table.widths)
    cells = ",\n".join(_slot(slot) for row in table.rows for slot in row)
    return f"#table(columns: ({columns}),\n{cells},\n)\n"


def _source(paper: Paper, layout: str) -> str:
    font, size, margin, number, stroke, fill = _LAYOUTS[layout]
    story = paper.story
    out = [
        f"#set document(title: {_text(story.title)[1:]}, author: {_text(paper.page.source)[1:]})",
        f'#set page(paper: "a4", margin: {margin}, numbering: "{number}")',
        f'#set text(font: "{font}", size: 12pt, lang: "zh", region: "cn")',
        "#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.9em)",
        f"#set table(stroke: {stroke}, align: center + horizon, inset: 4pt, fill: (_, y) => if y == 0 {{ {fill} }})",
        f"#show table: set text(size: {size})",
        "#show table: set par(first-line-indent: 0em, justify: false, leading: 0.5em)",
        f"#align(center, text(size: 18pt)[{_text(story.title)}])",
        *story_lines(story.opening),
    ]
    for section in story.sections:
        out.append(f"\n#text(size: 14pt)[{_text(section.head)}]\n")
        out += story_lines(section.paragraphs)
        out += [_table(table) for table in paper.tables(section.name)]
    out += [f"#align(right)[{_text(line)}]" for line in story.signature]
    return "\n".join(out)


def story_lines(paragraphs: tuple[str, ...]) -> list[str]:
    """Paragraphs as Typst source, each set apart by an empty line."""
    return [f"\n{_text(text)}\n" for text in paragraphs]
