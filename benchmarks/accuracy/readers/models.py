"""docling, whose readers of PDF fetch models from a hub; those of HTML, docx and xlsx need none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.readers.grids import Peer, Placed, Table


def docling() -> Peer:
    """docling as it comes; without its models a PDF is an error."""
    from docling.document_converter import DocumentConverter

    converter = DocumentConverter()

    def tables(path: Path) -> Iterator[Table]:
        for table in converter.convert(str(path)).document.tables:
            cells: list[Placed] = [
                (c.start_col_offset_idx, c.start_row_offset_idx, c.end_col_offset_idx, c.end_row_offset_idx, c.text)
                for c in table.data.table_cells
            ]
            # places count cells here: stretched, so that neighbours stay apart
            yield 1, [(a * 10, b * 10, c * 10, d * 10, text) for a, b, c, d, text in cells]

    return Peer(tables)
