"""PDFs by Typst: strokes of every kind, repeated headers, pages on their side, figures in other fonts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn as fonts
import typst

from samples.page import Paper
from samples.tables import Slot, Table

_SPECIAL: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})
#: layout name -> Typst stroke of tables
STROKES: Final = {
    "solid": "0.6pt",
    "dashed": '(thickness: 0.6pt, dash: "dashed")',
    "dotted": '(thickness: 0.8pt, dash: "dotted")',
    "grey": "0.4pt + luma(150)",
    "no-outer": "(x, y) => (left: if x > 0 { 0.5pt }, top: if y > 0 { 0.5pt })",
    "bold-outer": "0.4pt + black",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """How a report is set; `size` is of the text in tables, in points."""

    stroke: str = "solid"
    font: str = "Noto Serif SC"
    size: float = 8.5
    wide: bool = False
    repeat: bool = False
    shaded: bool = False
    tracking: float = 0.0


@cache
def _compiler(system: bool) -> typst.Compiler:
    folder = str(fonts.sans_path().parent)
    return typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=[folder])
    )


def render(paper: Paper, setting: Setting) -> bytes:
    """A report as PDF bytes; a font that is not there falls back on Noto Serif SC."""
    moment = (paper.page.published - date(1970, 1, 1)).days * 86_400 + 3_600
    system = not setting.font.startswith("Noto S")
    data = _compiler(system).compile(input=_source(paper, setting).encode(), format="pdf", timestamp=moment)
    if not isinstance(data, bytes):
        raise TypeError("typst gave no PDF")
    return data


def _text(text: str) -> str:
    return f'#"{text.translate(_SPECIAL)}"'


def _slot(slot: Slot, tracking: float) -> str:
    body = _text(slot.text)
    if tracking and slot.text.isdigit():
        body = f"#text(tracking: {tracking}pt)[{body}]"
    return f"table.cell(colspan: {slot.columns}, rowspan: {slot.rows})[{body}]"


def _table(table: Table, setting: Setting) -> str:
    columns = ", ".join(f"{width}fr" for width in table.widths)
    head = 3 if setting.repeat and len(table.rows) > 20 and len(table.widths) >= 10 else 0
    lines = [",\n".join(_slot(slot, setting.tracking) for slot in row) for row in table.rows]
    header = f"table.header({', '.join(lines[:head])}),\n" if head else ""
    box = "#box(stroke: 2pt)" if setting.stroke == "bold-outer" and len(table.rows) < 14 else ""
    drawn = f"table(columns: ({columns}),\n{header}{', '.join(lines[head:])},\n)"
    return f"{box}[#{drawn}]\n" if box else f"#{drawn}\n"


def _source(paper: Paper, setting: Setting) -> str:
    story = paper.story
    fill = "luma(225)" if setting.shaded else "none"
    out = [
        f"#set document(title: {_text(story.title)[1:]})",
        f'#set page(paper: "a4", margin: 2.1cm, numbering: "— 1 —", flipped: {str(setting.wide).lower()})',
        f'#set text(font: ("{setting.font}", "Noto Serif SC"), size: 12pt, lang: "zh", region: "cn")',
        "#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.9em)",
        f"#set table(stroke: {STROKES[setting.stroke]}, align: center + horizon, inset: 4pt, "
        f"fill: (_, y) => if calc.even(y) {{ {fill} }})",
        f"#show table: set text(size: {setting.size}pt)",
        "#show table: set par(first-line-indent: 0em, justify: false, leading: 0.5em)",
        f"#align(center, text(size: 18pt)[{_text(story.title)}])",
        *(f"\n{_text(text)}\n" for text in story.opening),
    ]
    for section in story.sections:
        out.append(f"\n#text(size: 14pt)[{_text(section.head)}]\n")
        out += [f"\n{_text(text)}\n" for text in section.paragraphs]
        out += [_table(table, setting) for table in paper.tables(section.name)]
    out += [f"#align(right)[{_text(line)}]" for line in story.signature]
    return "\n".join(out)
