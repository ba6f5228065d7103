"""PDFs by reportlab's own tables: it breaks them between rows and can repeat the header on every page."""

from __future__ import annotations

import io

from benchmarks.accuracy.producers.drawn import register_font
from samples.page import Paper
from samples.tables import Table


def render(paper: Paper, *, repeat: bool, landscape: bool) -> bytes:
    """A report as PDF bytes; `repeat` prints the first rows of table three anew on each page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pagesizes import landscape as turned
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    register_font()
    size = turned(A4) if landscape else A4
    body = ParagraphStyle("body", fontName="sans", fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24)
    title = ParagraphStyle("title", parent=body, fontSize=18, leading=30, alignment=1, firstLineIndent=0)
    parts = [Paragraph(paper.story.title, title), *(Paragraph(text, body) for text in paper.story.opening)]
    for section in paper.story.sections:
        parts += [Paragraph(text, body) for text in (section.head, *section.paragraphs)]
        parts += [_table(t, size[0] - 100, 3 if repeat else 0) for t in paper.tables(section.name)]
    parts += [Paragraph(text, body) for text in paper.story.signature]
    out = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 50)
    SimpleDocTemplate(out, pagesize=size, title=paper.story.title, invariant=1, **margins).build(parts)
    return out.getvalue()


def _table(table: Table, width: float, repeat: int) -> object:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Drawn

    style = ParagraphStyle("cell", fontName="sans", fontSize=8, leading=11, alignment=1, wordWrap="CJK")
    texts: list[list[object]] = [[""] * len(table.widths) for _ in table.rows]
    commands: list[tuple[object, ...]] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    commands.append(("VALIGN", (0, 0), (-1, -1), "MIDDLE"))
    taken: set[tuple[int, int]] = set()
    for row, slots in enumerate(table.rows):
        column = 0
        for slot in slots:
            while (row, column) in taken:
                column += 1
            last, low = column + slot.columns - 1, row + slot.rows - 1
            taken |= {(r, c) for r in range(row, low + 1) for c in range(column, last + 1)}
            # reportlab breaks a table only where no span crosses: a tall cell keeps its text, not its span
            texts[row][column] = Paragraph(slot.text, style) if slot.rows < 10 else ""
            if slot.rows < 10 and (slot.rows, slot.columns) != (1, 1):
                commands.append(("SPAN", (column, row), (last, low)))
            column = last + 1
    scale = width / sum(table.widths)
    repeated = repeat if len(table.rows) > 20 and len(table.widths) == 10 else 0
    return Drawn(texts, [w * scale for w in table.widths], repeatRows=repeated, style=commands)
