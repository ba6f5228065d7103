"""Bytes -> document, whatever they are: the one door to the readers."""

from __future__ import annotations

from pathlib import PurePath

from extractors.limits import Limits
from extractors.sniff import MEDIA_TYPES, sniff
from form.errors import DocumentError
from form.grid import Document


def read(data: bytes, *, name: str = "", charset: str | None = None, limits: Limits | None = None) -> Document:
    """Read a file by what it is.

    `name` only serves to say where the content belies it; `charset` is the one that the HTTP header
    declares. Raises `DocumentError` with the reason; never anything else for any bytes.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(data)} 字节，上限 {limits.max_bytes}")
    kind = sniff(data)
    if kind == "empty":
        raise DocumentError("empty")
    # Each reader is imported when it is needed: the PDF reader's libraries take a second.
    if kind == "pdf":
        from extractors.pdf import read_pdf

        return read_pdf(data, limits=limits)
    if kind == "html":
        from extractors.html import read_html

        return read_html(data, charset=charset, limits=limits)
    suffix = PurePath(name).suffix.lower()
    if suffix in (".pdf", ".html", ".htm"):
        raise DocumentError("mislabelled", f"{suffix} 文件的内容是 {MEDIA_TYPES[kind]}")
    raise DocumentError("unsupported", MEDIA_TYPES[kind])
