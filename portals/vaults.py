"""Where an archive's files are while it is open: a folder, or copies of what an object store holds."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from portals.captures import INDEX
from portals.index import merge
from portals.shared import Shared, Snapshot, pack
from portals.warc import ArchiveError, WarcFolder
from store.remote import Seen
from store.where import Where

_BASE: Final = "BASE"
_WARCS: Final = "*.warc.gz"


class Vault(Protocol):
    """The files of an open archive."""

    @property
    def index(self) -> Path:
        """The index, as a file of this machine."""

    @property
    def warc(self) -> WarcFolder | None:
        """Where records are written; None where the archive is open for reading only."""

    def where(self, name: str) -> Where:
        """The WARC file of that name."""

    def share(self, index: sqlite3.Connection) -> None:
        """Give the store what it lacks."""


class Folder:
    """An archive in a folder; `index` is that of a copy, where nothing is to be touched."""

    def __init__(self, folder: Path, index: Path | None = None) -> None:
        if index is None:
            folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.index = index or folder / INDEX
        self.warc: WarcFolder | None = WarcFolder(folder)

    def where(self, name: str) -> Where:
        """The file in the folder."""
        return self._folder / name

    def share(self, index: sqlite3.Connection) -> None:
        """All is there."""


class Reading:
    """An archive in a store, as it was last shared; a copy of its index is kept for the next time."""

    def __init__(self, shared: Shared, index: Path | None = None) -> None:
        self._shared = shared
        self.warc: WarcFolder | None = None
        self.index = index or self._newest()

    def _newest(self) -> Path:
        folder, seen = self._shared.work / "read", self._shared.look()
        path = self._shared.fetch(seen, folder)
        if seen.data is not None:
            # Somebody may still be reading the one before.
            before = Snapshot.decoded(seen.data, str(self._shared)).before or path.name
            for other in folder.glob("captures-*"):
                if not other.name.startswith((path.name, before.removesuffix(".gz"))):
                    other.unlink(missing_ok=True)
        return path

    def where(self, name: str) -> Where:
        """The object in the store."""
        return self._shared.remote / name

    def share(self, index: sqlite3.Connection) -> None:
        """Nothing is written."""


class Writing:
    """An archive in a store that one run writes to: into a working copy, shared whenever that is asked for.

    What a run that was killed had received stays in the working copy, and the next run on this machine shares it,
    also where another machine has shared in between. One at a time: hold the run's lock.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared, self._folder = shared, shared.work / "write"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.index = self._folder / INDEX
        # Names of WARC files are times; another machine's may be the same.
        self.warc: WarcFolder | None = WarcFolder(self._folder, mark=uuid4().hex[:8])
        self._seen = shared.look()
        self._changes = 0
        self._check_out()

    def where(self, name: str) -> Where:
        """The file of the working copy until it is shared, then the object in the store."""
        own = self._folder / name
        return own if own.exists() else self._shared.remote / name

    def _check_out(self) -> None:
        base = self._base()
        if self._seen.data is None:
            if base is not None:
                raise ArchiveError(f"{self._shared}: its index is gone; {self._folder} was made from it")
            if not self.index.exists() and self._shared.copied():
                self._take(self._shared.fetch(self._seen, self._folder / "new"))
        elif base != self._seen.data:
            fetched = self._shared.fetch(self._seen, self._folder / "new")
            if self.index.exists() and self._waiting():
                merge(fetched, self.index)
                # The rows are new to the store.
                self._changes = -1
            self._take(fetched)
            (self._folder / _BASE).write_bytes(self._seen.data)

    def _take(self, fetched: Path) -> None:
        """Have a fetched index for the working copy's own."""
        for end in ("-wal", "-shm"):
            self.index.with_name(self.index.name + end).unlink(missing_ok=True)
        fetched.replace(self.index)
        shutil.rmtree(fetched.parent)

    def _base(self) -> bytes | None:
        try:
            return (self._folder / _BASE).read_bytes()
        except FileNotFoundError:
            return None

    def _waiting(self) -> list[Path]:
        return sorted(self._folder.glob(_WARCS))

    def share(self, index: sqlite3.Connection) -> None:
        """Upload what was received, then the index that names it; nothing where nothing is new.

        Raises `ArchiveError` where another machine has shared since: all stays here, and goes with the next run.
        """
        assert self.warc is not None
        self.warc.close()
        waiting, changes = self._waiting(), index.total_changes
        if not waiting and changes == self._changes and self._seen.data is not None:
            return
        for file in waiting:
            self._upload(file)
        snapshot, packed = pack(index, self._folder, self._seen, str(self._shared))
        (self._shared.remote / snapshot.name).upload(packed)
        packed.unlink()
        seen = self._shared.swap(snapshot, self._seen)
        if seen is None:
            raise ArchiveError(f"{self._shared}: another machine writes to it; what was received waits here")
        self._clear(snapshot, seen, waiting)
        self._changes = changes

    def _upload(self, file: Path) -> None:
        remote, size = self._shared.remote / file.name, file.stat().st_size
        if remote.size() != size:
            remote.upload(file)
            if remote.size() != size:
                raise ArchiveError(f"{remote}: not as it was sent")

    def _clear(self, snapshot: Snapshot, seen: Seen, shared: list[Path]) -> None:
        """Forget what the store has by now; it keeps the snapshot before this one, which may be being read."""
        draft = self._folder / f".{_BASE}"
        draft.write_bytes(seen.data or b"")
        draft.replace(self._folder / _BASE)
        older = Snapshot.decoded(self._seen.data, str(self._shared)).before if self._seen.data else None
        self._seen = seen
        for file in shared:
            file.unlink()
        if older not in (None, snapshot.name, snapshot.before):
            (self._shared.remote / str(older)).unlink()


def vault(place: Path | Shared, index: Path | None, writing: bool) -> Vault:
    """The files of an archive in a folder or a store."""
    if isinstance(place, Path):
        return Folder(place, index)
    return Writing(place) if writing else Reading(place, index)
