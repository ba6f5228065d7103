"""Paragraphs: the printed lines outside grids, without printed page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.pdf.runs import Run
from extractors.pdf.tracking import joined
from form.grid import Grid, Paragraph

#: Never four digits, which may be a year: `3`, `- 3 -`, `— 4 —`, `第 3 页`, `第3页 共6页`, `3/6`, `Page 3 of 6`
_PAGE_NUMBER = re.compile(
    r"[-—–―－‐−·•~～|\s]*(?:第\s*)?(?:page\s*)?\d{1,3}(?:\s*页)?"
    r"(?:\s*(?:/|of|[,，]?\s*共)\s*\d{1,3}(?:\s*页)?)?[-—–―－‐−·•~～|\s]*",
    re.IGNORECASE,
)
#: Page numbers stand in the upper or lower part of this size (share of the page's height).
_MARGIN = 0.12


def arrange(
    runs: Sequence[Run], grids: Sequence[tuple[float, Grid]], page: int, height: float
) -> list[Paragraph | Grid]:
    """The blocks of a page from the top down: printed lines, and grids by their upper edge (points)."""
    blocks: list[tuple[float, Paragraph | Grid]] = [(level, Paragraph(text, page)) for level, text in _lines(runs)]
    blocks = [(level, block) for level, block in blocks if not _is_page_number(level, block, height)]
    blocks += grids
    blocks.sort(key=lambda block: -block[0])
    return [block for _, block in blocks]


def _lines(runs: Sequence[Run]) -> list[tuple[float, str]]:
    """Baseline and text of each printed line that holds anything."""
    lines: dict[float, list[Run]] = {}
    for run in runs:
        lines.setdefault(run.y0, []).append(run)
    texts = [
        (level, joined("".join(run.text for run in sorted(line, key=lambda run: run.x0)))[0])
        for level, line in lines.items()
    ]
    return [(level, text) for level, text in texts if text]


def _is_page_number(level: float, block: Paragraph | Grid, height: float) -> bool:
    if not isinstance(block, Paragraph) or _MARGIN * height < level < (1 - _MARGIN) * height:
        return False
    return _PAGE_NUMBER.fullmatch(block.text) is not None
