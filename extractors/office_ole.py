"""The directory of an OLE compound file: which streams it holds, and where the first one's bytes begin."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY: Final = 128
_END: Final = 0xFFFFFFFA
_STREAM: Final = 2
_HEADER_FAT: Final = 109
#: smaller streams (bytes) share the sectors of one; no program writes so small a workbook
_SMALL: Final = 4096
#: the flag of a Word document's first block (FIB) that says it is encrypted
_FLAGS_AT: Final = 10
_ENCRYPTED: Final = 0x0100


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its name, its first sector and its size in bytes."""

    name: str
    sector: int
    size: int


@dataclass(frozen=True, slots=True)
class Compound:
    """The streams of a compound file, in any depth; none where its directory cannot be followed."""

    data: bytes
    sector_size: int
    streams: tuple[Stream, ...]

    def has(self, *names: str) -> bool:
        """Whether there is a stream of one of these names."""
        return any(stream.name in names for stream in self.streams)

    def word_is_encrypted(self) -> bool:
        """Whether the document's own flags say that its text is encrypted."""
        for stream in self.streams:
            if stream.name == "WordDocument":
                at = (stream.sector + 1) * self.sector_size + _FLAGS_AT
                flags = self.data[at : at + 2]
                return len(flags) == 2 and bool(int.from_bytes(flags, "little") & _ENCRYPTED)
        return False


def compound(data: bytes) -> Compound:
    """The directory of a compound file, by [MS-CFB]; whatever is damaged in it is left out."""
    shift = int.from_bytes(data[30:32], "little")
    size = 1 << shift if shift in (9, 12) else 512
    streams = []
    for sector in _chain(data, size, int.from_bytes(data[48:52], "little")):
        block = data[(sector + 1) * size : (sector + 2) * size]
        for at in range(0, len(block) - _ENTRY + 1, _ENTRY):
            stream = _stream(block[at : at + _ENTRY])
            if stream:
                streams.append(stream)
    return Compound(data, size, tuple(streams))


def stream_bytes(data: bytes, stream: Stream) -> bytes:
    """The bytes of a stream that has sectors of its own; none of the smaller ones, which share theirs."""
    if stream.size < _SMALL:
        return b""
    shift = int.from_bytes(data[30:32], "little")
    size = 1 << shift if shift in (9, 12) else 512
    sectors = _chain(data, size, stream.sector)
    return b"".join(data[(at + 1) * size : (at + 2) * size] for at in sectors)[: stream.size]


def _stream(entry: bytes) -> Stream | None:
    length = int.from_bytes(entry[64:66], "little")
    if entry[66] != _STREAM or not 2 <= length <= 64:
        return None
    name = entry[: length - 2].decode("utf-16-le", "replace")
    sector, low = struct.unpack_from("<II", entry, 116)
    return Stream(name, sector, low)


def _chain(data: bytes, size: int, sector: int) -> list[int]:
    """The sectors of a chain in order, each once."""
    found: dict[int, None] = {}
    while sector < _END and sector not in found and (sector + 1) * size < len(data):
        found[sector] = None
        sector = _next(data, size, sector)
    return list(found)


def _next(data: bytes, size: int, sector: int) -> int:
    """The sector after this one, by the tables that the header lists (enough for 6 MB; directories stand early)."""
    table, place = divmod(sector, size // 4)
    if table >= _HEADER_FAT:
        return _END
    where = int.from_bytes(data[76 + 4 * table : 80 + 4 * table], "little")
    at = (where + 1) * size + 4 * place
    return int.from_bytes(data[at : at + 4], "little") if at + 4 <= len(data) else _END
