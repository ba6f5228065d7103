"""Bytes -> documents: html and pdf (the only importer of camelot)."""
