"""What is done to files and objects alike: listed, measured, removed."""

from __future__ import annotations

from pathlib import Path

from store.remote import Remote
from store.where import Where


def names(folder: Where) -> list[str]:
    """The names of the files directly in a folder, in order; none where there is no folder."""
    if isinstance(folder, Remote):
        return folder.names()
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def size(place: Where) -> int | None:
    """Bytes of a file; None where there is none."""
    if isinstance(place, Remote):
        return place.size()
    return place.stat().st_size if place.is_file() else None


def remove(place: Where) -> None:
    """Remove a file, if it is there."""
    if isinstance(place, Path):
        place.unlink(missing_ok=True)
    else:
        place.unlink()
