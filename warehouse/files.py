"""Files that are either there as a whole, on disk, or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, or a power cut, meets the old file or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.write_text(text, encoding="utf-8")
    sync(draft)
    os.replace(draft, path)  # noqa: PTH105 - the name of the system call says what is relied on
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the system put a file, or the names in a directory, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
