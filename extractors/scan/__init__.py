"""Scans and pictures -> document: Camelot's raster grid, PP-OCRv6 on its cells (the only importer of both)."""

from extractors.scan.reader import READER, read_scan

__all__ = ["READER", "read_scan"]
