"""Release records: which version of which table belongs to which release.

No table format commits across tables, so a reader takes the versions from the one record that the file
`RELEASE` names. The record is on disk before the pointer is replaced.

In an object store `RELEASE` holds the record itself, and is replaced on the condition that it is what the release
was made from: whoever was overtaken without noticing can release nothing, and no record is ever written twice. The
records of those before it stand in `releases/` there too; either form is read in either place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from store.remote import Remote, Seen
from store.where import Where
from warehouse.errors import WarehouseBusyError, WarehouseError
from warehouse.files import replace_text

_POINTER: Final = "RELEASE"
_RECORDS: Final = "releases"


@dataclass(frozen=True, slots=True)
class Release:
    """One release. `tables`: name -> Delta version.

    `counts`: name of a table -> its rows; `released` and `held` -> reports new or changed in the tables and
    in the quarantine.
    """

    release_id: str
    created_at: datetime
    parent: str | None
    tables: Mapping[str, int]
    counts: Mapping[str, int]
    note: str


def folder(home: Where) -> Where:
    """The warehouse of a home or a store."""
    return home / "warehouse"


def look(home: Where) -> tuple[Release | None, Seen]:
    """The current release, and what `write` takes as the state that the next one was made from."""
    pointer = folder(home) / _POINTER
    try:
        seen = pointer.look() if isinstance(pointer, Remote) else Seen(pointer.read_bytes(), None)
    except FileNotFoundError:
        seen = Seen(None, None)
    if seen.data is None:
        return None, seen
    text = seen.data.decode("utf-8", "replace").strip()
    return _decoded(text, str(pointer)) if text.startswith("{") else _read(home, text), seen


def write(home: Where, release: Release, seen: Seen) -> None:
    """Make `release` the current one: all that was written before is put on disk, then the pointer moves.

    `seen` comes from `look`, under the writer's lock. Raises WarehouseBusyError, and nothing is released, where
    somebody else has released meanwhile (in a folder the lock keeps them off).
    """
    content = asdict(release) | {"created_at": release.created_at.isoformat()}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    at = folder(home)
    if isinstance(at, Remote):
        _swap(at, release, text.encode(), seen)
        return
    records = at / _RECORDS
    records.mkdir(parents=True, exist_ok=True)
    replace_text(records / f"{release.release_id}.json", text)
    # The table writers do not sync their files; one call for all of them, before anything points there.
    os.sync()
    replace_text(at / _POINTER, release.release_id + "\n")


def _swap(at: Remote, release: Release, data: bytes, seen: Seen) -> None:
    """The record before first, so that the chain never breaks: it is what the pointer held."""
    if seen.data and seen.data.lstrip().startswith(b"{"):
        before = _decoded(seen.data.decode("utf-8", "replace"), str(at / _POINTER))
        if before.release_id != release.release_id:
            (at / _RECORDS / f"{before.release_id}.json").write_bytes(seen.data)
    if (at / _POINTER).swap(data, seen.tag) is None:
        raise WarehouseBusyError(
            f"{at}: somebody else has released since {release.parent or 'the start'}; nothing was released"
        )


def current(home: Where) -> Release | None:
    """The release that readers see; None before the first."""
    return look(home)[0]


def releases(home: Where) -> list[Release]:
    """All releases, oldest first, by following the parents; records that no pointer ever named are not there."""
    chain = []
    release = current(home)
    while release is not None:
        chain.append(release)
        release = _read(home, release.parent) if release.parent else None
    return chain[::-1]


def next_id(before: Release | None) -> str:
    """`r0001`, `r0002`, …"""
    return f"r{int(before.release_id[1:]) + 1 if before else 1:04d}"


def _read(home: Where, name: str) -> Release:
    path = folder(home) / _RECORDS / f"{name}.json"
    try:
        return _decoded(path.read_text(encoding="utf-8"), str(path))
    except (OSError, ValueError) as error:
        raise WarehouseError(f"release record {path} cannot be read: {error}") from error


def _decoded(text: str, path: str) -> Release:
    try:
        content = json.loads(text)
        return Release(**content | {"created_at": datetime.fromisoformat(content["created_at"])})
    except (ValueError, TypeError, KeyError) as error:
        raise WarehouseError(f"release record {path} cannot be read: {error}") from error
