"""A WARC file record by record, whatever is damaged in it: what follows a damaged record is found again.

Each record is a gzip member of its own (`portals.records`), so its checksum tells whether it is whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple

from store.where import Where

#: what is read at first, enough for a revisit, of which there are most; and then
_SMALL, _CHUNK = 1 << 10, 1 << 16
_SEARCHED: Final = 1 << 20
#: how our members begin: deflate, no name, no time
_MAGIC: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
#: as much of a damaged record as its head is looked for in; unpacked bytes beyond which nothing is a record of ours
_HEAD: Final = 1 << 12
_LARGEST: Final = 1 << 29
_GZIP: Final = zlib.MAX_WBITS | 16


class Record(NamedTuple):
    """A record as it stands. `fault` is why it cannot be read, '' for a sound one.

    `kind` is its WARC-Type, '' where that cannot be told; `cut` says that the file ends in it.
    """

    offset: int
    kind: str
    fields: Mapping[str, str]
    block: bytes
    fault: str = ""
    cut: bool = False


def walk(path: Where) -> Iterator[Record]:
    """Every record of a file, in order. Raises OSError where the file cannot be read."""
    with path.open("rb") as file:
        at: int | None = 0
        while at is not None:
            found, end = _record(file, at)
            if found is None:
                return
            at = end if end is not None else _next(file, at + 1)
            yield found._replace(cut=found.cut and at is None)


def _record(file: BinaryIO, at: int) -> tuple[Record | None, int | None]:
    """The record at an offset, None at the end of the file; and where it ends, None where that is not known."""
    file.seek(at)
    unpacker, taken = zlib.decompressobj(wbits=_GZIP), 0
    data = bytearray()
    try:
        while not unpacker.eof and len(data) <= _LARGEST:
            chunk = file.read(_CHUNK if taken else _SMALL)
            if not chunk:
                return (_damaged(file, at, "cut off", cut=True), None) if taken else (None, None)
            taken += len(chunk)
            data += unpacker.decompress(chunk)
    except zlib.error as error:
        return _damaged(file, at, str(error)), None
    if not unpacker.eof:
        return _damaged(file, at, f"more than {_LARGEST} bytes"), None
    kind, fields, block = _parts(bytes(data))
    return Record(at, kind, fields, block, "" if kind else "no WARC record"), at + taken - len(unpacker.unused_data)


def _parts(data: bytes) -> tuple[str, Mapping[str, str], bytes]:
    """Type, fields and block; the type is '' for what is no whole record."""
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    fields = {name: value for name, _, value in (line.partition(": ") for line in lines)}
    length = fields.get("Content-Length", "")
    whole = first.startswith("WARC/1.") and length.isdecimal() and rest[int(length) :] == b"\r\n\r\n"
    return (fields.get("WARC-Type", ""), fields, rest[: int(length)]) if whole else ("", fields, b"")


def _damaged(file: BinaryIO, at: int, fault: str, *, cut: bool = False) -> Record:
    """What a damaged record still says of itself."""
    head = _unpacked(file, at).partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    fields = {name: value for name, _, value in (line.partition(": ") for line in head.split("\r\n"))}
    return Record(at, fields.get("WARC-Type", ""), fields, b"", fault, cut)


def _unpacked(file: BinaryIO, at: int) -> bytes:
    """The first bytes of a record, up to what is damaged in it."""
    file.seek(at)
    unpacker, data = zlib.decompressobj(wbits=_GZIP), bytearray()
    for byte in file.read(_HEAD):
        try:
            data += unpacker.decompress(bytes([byte]))
        except zlib.error:
            break
    return bytes(data)


def _next(file: BinaryIO, start: int) -> int | None:
    """Where the next record begins; None where there is none."""
    while True:
        file.seek(start)
        chunk = file.read(_SEARCHED)
        found = chunk.find(_MAGIC)
        while found >= 0:
            if _unpacked(file, start + found).startswith(b"WARC/1."):
                return start + found
            found = chunk.find(_MAGIC, found + 1)
        if len(chunk) < _SEARCHED:
            return None
        start += len(chunk) - len(_MAGIC) + 1
