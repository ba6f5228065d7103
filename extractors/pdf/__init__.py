"""Native PDF -> document: PDFium reads, Camelot's Lattice lays out (the only importer of both)."""

from extractors.pdf.reader import READER, read_pdf

__all__ = ["READER", "read_pdf"]
