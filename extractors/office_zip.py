"""The zip containers of docx and xlsx: only named parts are unpacked, each up to a bound."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from extractors.limits import Limits
from form.errors import DocumentError

_ENTRY: Final = b"PK\x01\x02"
_CONTENT_TYPES: Final = "[Content_Types].xml"


class Package:
    """An opened container. The sizes that its directory declares bound what is unpacked: zipfile stops there."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raise `DocumentError`: truncated (no readable directory), too_large (it would unpack to too much)."""
        self._limits = limits
        # Counted in the bytes: zipfile would first build an object for each entry.
        if data.count(_ENTRY) > limits.max_parts:
            raise DocumentError("too_large", f"压缩包超过 {limits.max_parts} 个文件")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        # What zipfile says of bytes that are no zip, NotImplementedError among it (a version that it does not know).
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, OSError) as error:
            raise DocumentError("truncated", f"zip: {error}") from error
        self.names = frozenset(self._zip.namelist())

    def check_size(self) -> None:
        """Raise `DocumentError('too_large')` if all parts together unpack to more than the limit."""
        total = sum(info.file_size for info in self._zip.infolist())
        if total > self._limits.max_unpacked:
            raise DocumentError("too_large", f"解压后 {total} 字节")

    def content_types(self) -> bytes:
        """The part that tells what the others are; empty where there is none."""
        return self.part(_CONTENT_TYPES) if _CONTENT_TYPES in self.names else b""

    def part(self, name: str) -> bytes:
        """The bytes of a part. Raises `DocumentError`: unopened (not there), encrypted, truncated, too_large."""
        if name not in self.names:
            raise DocumentError("unopened", f"缺少 {name}")
        info = self._zip.getinfo(name)
        if info.file_size > self._limits.max_part:
            raise DocumentError("too_large", f"{name} 解压后 {info.file_size} 字节")
        if info.flag_bits & 1:
            raise DocumentError("encrypted")
        try:
            return self._zip.read(info)
        # NotImplementedError: packed by a method that zipfile does not know.
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
            raise DocumentError("truncated", f"{name}: {error}") from error
