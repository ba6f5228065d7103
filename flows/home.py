"""Where a gouji keeps its things: the folders of one home."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = "gouji-home"


@dataclass(frozen=True, slots=True)
class Home:
    """The folders under one root; see docs/architecture.md, 'Home'."""

    root: Path

    @classmethod
    def at(cls, root: str | Path | None) -> Home:
        """The home at `root`, else at $GOUJI_HOME, else `gouji-home` in the working folder."""
        chosen = root or os.environ.get("GOUJI_HOME") or DEFAULT_HOME
        return cls(Path(chosen).expanduser().resolve())

    @property
    def archive(self) -> Path:
        """WARC files and the capture index."""
        return self.root / "archive"

    @property
    def staging(self) -> Path:
        """Parquet parts of batches."""
        return self.root / "staging"

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
