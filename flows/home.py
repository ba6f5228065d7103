"""Where a gouji keeps its things: the folders of one home, and the store of what it collects."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from flows.exits import UnusableError
from portals.shared import Shared
from store.errors import StoreError
from store.remote import Remote
from store.where import Where, where

DEFAULT_HOME = "gouji-home"
STORE = "GOUJI_STORE"


@dataclass(frozen=True, slots=True)
class Home:
    """The folders under one root; see docs/architecture.md, 'Home'.

    `elsewhere` has captures, staged parts and the warehouse; None: the root itself has them.
    """

    root: Path
    elsewhere: Where | None = None

    @classmethod
    def at(cls, root: str | Path | None) -> Home:
        """The home at `root`, else $GOUJI_HOME, else `gouji-home` in the working folder; its store is $GOUJI_STORE.

        Raises UnusableError for a store's address that cannot be used.
        """
        chosen = root or os.environ.get("GOUJI_HOME") or DEFAULT_HOME
        address = os.environ.get(STORE)
        try:
            return cls(Path(chosen).expanduser().resolve(), where(address) if address else None)
        except StoreError as error:
            raise UnusableError(f"{STORE}: {error}") from error

    @classmethod
    def known(cls, root: str | Path | None) -> Home:
        """The same for what only looks at a home or tidies it: a mistyped name is no empty home, and makes none.

        With a store the home may be new on this machine. Raises UnusableError where there is none.
        """
        home = cls.at(root)
        if home.elsewhere is None and not home.root.is_dir():
            raise UnusableError(f"{home.root}: no such home")
        return home

    @property
    def store(self) -> Where:
        """Where captures, staged parts, the warehouse and its releases are."""
        return self.elsewhere or self.root

    @property
    def archive(self) -> Path | Shared:
        """WARC files and the capture index."""
        if isinstance(self.store, Remote):
            return Shared(self.store / "archive", self.root / "copies" / _folder_of(self.store))
        return self.store / "archive"

    @property
    def warcs(self) -> Where:
        """The WARC files alone, as any machine sees them once a run has shared what it received."""
        return self.store / "archive"

    @property
    def staging(self) -> Where:
        """Parquet parts of batches."""
        return self.store / "staging"

    @property
    def outbox(self) -> Path:
        """Mails, queued and sent."""
        return self.root / "outbox"

    @property
    def runs(self) -> Path:
        """One JSON summary a run."""
        return self.root / "runs"

    @property
    def sample(self) -> Path:
        """The sample province, where no sources are given."""
        return self.root / "sample"

    @property
    def prefect(self) -> Path:
        """The embedded Prefect's database."""
        return self.root / "prefect"


def _folder_of(store: Remote) -> str:
    """A name for what is copied from a store: two stores have two."""
    return f"{store.name[:40]}-{hashlib.sha256(store.url.encode()).hexdigest()[:8]}"
