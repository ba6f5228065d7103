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
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from store.files import names, size
from store.remote import Remote, Seen
from store.where import Where
from warehouse.errors import WarehouseBusyError, WarehouseError
from warehouse.files import replace_text

_POINTER: Final = "RELEASE"
_RECORDS: Final = "releases"
_REMOVED: Final = "removed.json"
#: beside the records while the first release is being made
_FIRST: Final = "first"
_RECORD: Final = re.compile(r"(r\d{4,})\.json")
#: what to do where the pointer is lost
RESTORE_POINTER: Final = (
    "restore it from a backup, or write the id of the newest record that is whole into it, and look with gouji doctor"
)


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
    """The current release, and what `write` takes as the state that the next one was made from.

    Raises WarehouseError where releases lie there and no pointer: the next one would be r0001 again, in their place.
    """
    pointer = folder(home) / _POINTER
    try:
        seen = pointer.look() if isinstance(pointer, Remote) else Seen(pointer.read_bytes(), None)
    except FileNotFoundError:
        seen = Seen(None, None)
    if seen.data is None:
        if beside := orphaned(home):
            raise WarehouseError(
                f"{pointer} is missing, beside {len(beside)} release records up to {beside[-1]}; {RESTORE_POINTER}"
            )
        return None, seen
    text = seen.data.decode("utf-8", "replace").strip()
    return _decoded(text, str(pointer)) if text.startswith("{") else read(home, text), seen


def ids(home: Where) -> list[str]:
    """The ids of all records that lie there, named or not, in order."""
    found = (_RECORD.fullmatch(name) for name in names(folder(home) / _RECORDS))
    return sorted((one[1] for one in found if one), key=lambda name: int(name[1:]))


def orphaned(home: Where) -> list[str]:
    """The same where the pointer to them is lost; none where it is there, or the first release is being made."""
    at = folder(home)
    if size(at / _RECORDS / _FIRST) is not None or not (found := ids(home)):
        return []
    # Asked last: the first release may have been finished meanwhile.
    return found if size(at / _POINTER) is None else []


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
    first = records / _FIRST
    if seen.data is None:
        # A record without a pointer is a loss; of a process that dies before the very first pointer it is none.
        replace_text(first, release.release_id + "\n")
    replace_text(records / f"{release.release_id}.json", text)
    # The table writers do not sync their files; one call for all of them, before anything points there.
    os.sync()
    replace_text(at / _POINTER, release.release_id + "\n")
    if first.exists():
        first.unlink()


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
        release = read(home, release.parent) if release.parent else None
    return chain[::-1]


def removed(home: Where) -> Mapping[str, date]:
    """The releases that upkeep removed, each with the day; their records stay, what they name does not."""
    path = folder(home) / _RECORDS / _REMOVED
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: date.fromisoformat(day) for name, day in content.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WarehouseError(f"{path} cannot be read: {error}") from error


def remove(home: Where, releases: Iterable[str], day: date) -> None:
    """Say of these releases that they are no more; before any file of theirs goes."""
    told = {name: at.isoformat() for name, at in (*removed(home).items(), *((name, day) for name in releases))}
    text = json.dumps(dict(sorted(told.items())), indent=1) + "\n"
    path = folder(home) / _RECORDS / _REMOVED
    if isinstance(path, Remote):
        path.write_bytes(text.encode())
    else:
        replace_text(path, text)


def next_id(before: Release | None) -> str:
    """`r0001`, `r0002`, …"""
    return f"r{int(before.release_id[1:]) + 1 if before else 1:04d}"


def read(home: Where, name: str) -> Release:
    """The record of that id. Raises WarehouseError where there is none, or none of ours."""
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
