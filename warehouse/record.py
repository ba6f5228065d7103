"""Release records: which version of which table belongs to which release.

No table format commits across tables, so a reader takes the versions from the one record that the file
`RELEASE` names. The record is on disk before the pointer is replaced.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from warehouse.errors import WarehouseError
from warehouse.files import replace_text

_POINTER: Final = "RELEASE"
_RECORDS: Final = "releases"
_REMOVED: Final = "removed.json"


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


def folder(home: Path) -> Path:
    """The warehouse of a home."""
    return home / "warehouse"


def write(home: Path, release: Release) -> None:
    """Make `release` the current one: all that was written before is put on disk, then the pointer moves."""
    records = folder(home) / _RECORDS
    records.mkdir(parents=True, exist_ok=True)
    content = asdict(release) | {"created_at": release.created_at.isoformat()}
    replace_text(records / f"{release.release_id}.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    # The table writers do not sync their files; one call for all of them, before anything points there.
    os.sync()
    replace_text(folder(home) / _POINTER, release.release_id + "\n")


def current(home: Path) -> Release | None:
    """The release that readers see; None before the first."""
    try:
        name = (folder(home) / _POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return read(home, name)


def releases(home: Path) -> list[Release]:
    """All releases, oldest first, by following the parents; records that no pointer ever named are not there."""
    chain = []
    release = current(home)
    while release is not None:
        chain.append(release)
        release = read(home, release.parent) if release.parent else None
    return chain[::-1]


def removed(home: Path) -> Mapping[str, date]:
    """The releases that upkeep removed, each with the day; their records stay, what they name does not."""
    path = folder(home) / _RECORDS / _REMOVED
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: date.fromisoformat(day) for name, day in content.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WarehouseError(f"{path} cannot be read: {error}") from error


def remove(home: Path, releases: Iterable[str], day: date) -> None:
    """Say of these releases that they are no more; before any file of theirs goes."""
    told = {name: at.isoformat() for name, at in (*removed(home).items(), *((name, day) for name in releases))}
    text = json.dumps(dict(sorted(told.items())), indent=1) + "\n"
    replace_text(folder(home) / _RECORDS / _REMOVED, text)


def next_id(before: Release | None) -> str:
    """`r0001`, `r0002`, …"""
    return f"r{int(before.release_id[1:]) + 1 if before else 1:04d}"


def read(home: Path, name: str) -> Release:
    """The record of that id. Raises WarehouseError where there is none, or none of ours."""
    path = folder(home) / _RECORDS / f"{name}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Release(**content | {"created_at": datetime.fromisoformat(content["created_at"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WarehouseError(f"release record {path} cannot be read: {error}") from error
