"""An archive in an object store: what is there, and how a machine takes and gives copies of its index.

INDEX                     names the newest snapshot of the index; replaced on the condition that it is what
                          the snapshot was made from
captures-….sqlite.gz      a snapshot, named by its content
*.warc.gz                 WARC files, whole, each there before a snapshot names it
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from portals.captures import INDEX as PLAIN
from portals.captures import ArchiveError
from store.remote import Remote, Seen

_POINTER: Final = "INDEX"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Shared:
    """An archive in an object store; `work` is the folder on this machine for the copies of its index."""

    remote: Remote
    work: Path

    def __str__(self) -> str:
        return str(self.remote)

    def is_dir(self) -> bool:
        """Whether there is an archive."""
        return self.look().data is not None or self.copied() is not None

    def look(self) -> Seen:
        """The pointer, as it is now."""
        return (self.remote / _POINTER).look()

    def swap(self, snapshot: Snapshot, seen: Seen) -> Seen | None:
        """Have the pointer name a snapshot that was made from `seen`; None where another was made meanwhile."""
        data = snapshot.encoded()
        tag = (self.remote / _POINTER).swap(data, seen.tag)
        return None if tag is None else Seen(data, tag)

    def copied(self) -> Remote | None:
        """The index of a folder that was copied into the store as it was, before anything was shared."""
        plain = self.remote / PLAIN
        return plain if plain.size() is not None else None

    def fetch(self, seen: Seen, into: Path) -> Path:
        """The index that the pointer names, as a file in `into`; one that is there already is not fetched again.

        Raises `ArchiveError` where there is none, or another than the pointer says.
        """
        if seen.data is None:
            return self._fetch_copied(into)
        snapshot = Snapshot.decoded(seen.data, str(self))
        path = into / snapshot.name.removesuffix(".gz")
        if path.exists():
            return path
        into.mkdir(parents=True, exist_ok=True)
        packed, draft = (into / f".{snapshot.name}.{os.getpid()}{end}" for end in (".gz", ".sqlite"))
        try:
            (self.remote / snapshot.name).download(packed)
            with gzip.open(packed) as source, draft.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)
            if _sha256(draft) != snapshot.sha256:
                raise ArchiveError(f"{self.remote / snapshot.name}: not the index that was shared")
            draft.replace(path)
        except (EOFError, gzip.BadGzipFile, FileNotFoundError) as error:
            raise ArchiveError(f"{self.remote / snapshot.name}: {error}") from error
        finally:
            packed.unlink(missing_ok=True)
            draft.unlink(missing_ok=True)
        return path

    def _fetch_copied(self, into: Path) -> Path:
        plain = self.copied()
        if plain is None:
            raise ArchiveError(f"{self}: no archive")
        into.mkdir(parents=True, exist_ok=True)
        draft, path = into / f".{PLAIN}.{os.getpid()}", into / PLAIN
        plain.download(draft)
        return draft.replace(path)


class Snapshot(NamedTuple):
    """What the pointer says of a snapshot: its name, the SHA-256 of the SQLite file in it, the name before it."""

    name: str
    sha256: str
    before: str | None

    def encoded(self) -> bytes:
        """As the pointer holds it."""
        return (json.dumps(self._asdict()) + "\n").encode()

    @classmethod
    def decoded(cls, data: bytes, where: str) -> Snapshot:
        """The inverse; raises `ArchiveError`."""
        try:
            found = json.loads(data)
            return cls(str(found["name"]), str(found["sha256"]), found["before"])
        except (ValueError, TypeError, KeyError) as error:
            raise ArchiveError(f"{where}/{_POINTER}: not ours, or damaged") from error


def pack(index: sqlite3.Connection, folder: Path, seen: Seen, where: str) -> tuple[Snapshot, Path]:
    """A snapshot of the index as it stands, packed as a file in `folder`; remove it when it is with the store."""
    plain, packed = folder / ".snapshot.sqlite", folder / ".snapshot.gz"
    plain.unlink(missing_ok=True)
    try:
        index.execute("VACUUM INTO ?", (str(plain),))
        sha256 = _sha256(plain)
        with plain.open("rb") as source, packed.open("wb") as out, gzip.GzipFile("", "wb", 1, out, mtime=0) as target:
            shutil.copyfileobj(source, target, _CHUNK)
    finally:
        plain.unlink(missing_ok=True)
    before = Snapshot.decoded(seen.data, where).name if seen.data is not None else None
    return Snapshot(f"captures-{sha256[:20]}.sqlite.gz", sha256, before), packed


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
