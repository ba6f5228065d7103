"""Where batches are read: what a reader needs beside the batch itself, on whatever machine it works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flows.batches import stage_batch
from flows.workers import Readers
from portals.documents import DocumentSet
from portals.registry import Registry
from portals.warc import received
from store.where import Where

#: stages a batch where the task runner runs it; goes there by pickle
Stage = Callable[[Sequence[DocumentSet]], Where]


@dataclass(frozen=True, slots=True)
class Desk:
    """The archive's files, the folder of staged parts, and whose reports they may be; goes anywhere by pickle.

    The archive's index is not opened: each capture says where its bytes are, and SQLite is not for several machines.
    """

    archive: Where
    staging: Where
    registry: Registry

    def stage(self, batch: Sequence[DocumentSet], pool: Readers) -> Where:
        """The staged part of a batch; one that is there already is taken as it is."""
        return stage_batch(batch, self.staging, self.registry, partial(received, self.archive), pool)
