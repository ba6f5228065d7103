"""An address of the operator -> the folder or the object store that it means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from store.errors import StoreError
from store.remote import Remote

#: A folder of this machine, or a "folder" of an object store. Both have `/`, `name`, `read_bytes`, `open` and more.
Where = Path | Remote

#: What every client of ours takes as it stands: Delta garbles percent signs, DuckDB would see patterns.
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,254}(?:/[\w.=-]+)*")


def where(address: str) -> Where:
    """The place of a path, `file:///…` or `s3://bucket/prefix`.

    Raises StoreError for a scheme or characters that cannot be used.
    """
    scheme, separator, rest = address.partition("://")
    if not separator:
        return Path(address).expanduser().resolve()
    if scheme == "file":
        return Path(unquote(urlsplit(address).path)).resolve()
    if scheme != "s3":
        raise StoreError(f"{address}: a store is a path, file:///… or s3://bucket/…")
    rest = rest.rstrip("/")
    if not _PLAIN.fullmatch(rest):
        raise StoreError(f"{address}: a store's address is a bucket and names of letters, digits, . _ - = alone")
    return Remote(f"s3://{rest}")
