"""The stored captures read again by the working copy's readers, into a folder of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from flows.archived import Archived
from flows.batches import batches, captures, halves
from flows.canonical import merge
from flows.desk import Desk, Stage
from flows.plan import Plan
from flows.progress import report
from flows.standing import INDEX, Standing
from flows.workers import Readers, worker_count
from portals.documents import DocumentSet
from store.where import Where
from warehouse.chosen import Chosen, nothing
from warehouse.staging import Part, read_parts


@dataclass(frozen=True, slots=True)
class Trouble:
    """A listed document that could not be had from the archive, and why, in one line."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reread:
    """What was read again: staged parts on disk, and in memory only what says which of them counts.

    `reports` (columns `INDEX`) are those that stand, `errors` what came of all other documents; `asked` are the
    captures of the sets that could be read, whatever came of them.
    """

    reports: pa.Table
    errors: pa.Table
    asked: frozenset[str]
    troubles: tuple[Trouble, ...]
    owners: Mapping[str, Where]

    def chosen(self, ids: Collection[str]) -> Chosen:
        """Those of the reports `ids` that were read, with their cells."""
        wanted = defaultdict[Where, set[str]](set)
        for one in ids:
            if one in self.owners:
                wanted[self.owners[one]].add(one)
        found = nothing()
        for part, mine in sorted(wanted.items()):
            reports, cells, _ = read_parts([part])
            found = found.beside(Chosen(reports, cells).only(mine))
        return found


def read_again(
    plan: Plan,
    facts: Archived,
    known: Standing,
    sets: Sequence[DocumentSet],
    pool: Readers,
    folder: Path,
) -> Reread:
    """Read the document sets, as a backfill would, with the parts in `folder`.

    A set whose bytes the archive does not give is named among the troubles, and the rest of its batch read without.
    """
    stage = partial(Desk(plan.home.warcs, folder, plan.registry).stage, pool=pool)
    parts: list[Where] = []
    troubles: dict[DocumentSet, Trouble] = {}
    for more, failed in _all(sets, stage):
        parts += more
        troubles |= failed
    asked = frozenset(one.capture_id for each in sets if each not in troubles for one in captures(each))
    return settled(parts, asked, tuple(troubles.values()), facts, known)


def settled(
    parts: Sequence[Where], asked: frozenset[str], troubles: tuple[Trouble, ...], facts: Archived, known: Standing
) -> Reread:
    """What was read into these parts, one document a report, as `canonical.merge` has it."""
    light, places = _light(parts)
    reports, _, errors = merge(light, known.newest, facts)
    standing = zip(reports["report_id"].to_pylist(), reports["capture_id"].to_pylist(), strict=True)
    owners = {report_id: places[report_id, capture] for report_id, capture in standing}
    return Reread(reports, errors, asked, troubles, owners)


_Staged = tuple[list[Where], dict[DocumentSet, Trouble]]


def _all(sets: Sequence[DocumentSet], stage: Stage) -> Iterator[_Staged]:
    """Every batch, staged, in order; a few at once, so that no reader process waits for another batch's last."""
    cut = batches(sets)
    done, total = 0, len(sets)
    with ThreadPoolExecutor(max(2, worker_count())) as threads:
        try:
            for batch, staged in zip(cut, threads.map(lambda batch: _apart(batch, stage), cut), strict=True):
                yield staged
                done += len(batch)
                report("读取", done, total)
        finally:
            threads.shutdown(cancel_futures=True)


def _apart(batch: Sequence[DocumentSet], stage: Stage) -> _Staged:
    """The parts of a batch; where it cannot be staged, of its halves, down to the one set that is in the way."""
    try:
        return [stage(batch)], {}
    except Exception as error:
        if len(batch) == 1:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            return [], {batch[0]: Trouble(batch[0].entry.address, reason)}
    (first, lost), (second, more) = (_apart(half, stage) for half in halves(batch))
    return first + second, lost | more


def _light(parts: Sequence[Where]) -> tuple[list[Part], dict[tuple[str, str], Where]]:
    """The parts without cells and texts, and where each report of each capture stands (the last place counts)."""
    none, cells, _ = read_parts([])
    light: list[Part] = [(none.select(INDEX), cells, _)]
    places: dict[tuple[str, str], Where] = {}
    for part in parts:
        reports, _, errors = read_parts([part])
        light.append((reports.select(INDEX), cells, errors))
        for key in zip(reports["report_id"].to_pylist(), reports["capture_id"].to_pylist(), strict=True):
            places[key] = part
    return light, places
