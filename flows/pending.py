"""Which documents of the archive a run has to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flows.canonical import Rival
from flows.kin import report_id
from flows.plan import Plan
from flows.standing import Standing
from portals.archive import Archive
from portals.documents import DocumentSet, documents
from portals.families.base import Entry
from portals.presence import Presence, presence


def pending(plan: Plan, archive: Archive, known: Standing) -> list[DocumentSet]:
    """The document sets of the plan's units and years that are to be read, in the order of the archive."""
    shown = presence(archive)
    outcomes = dict(zip(*(known.documents[name].to_pylist() for name in ("capture_id", "outcome")), strict=True))
    for capture_id in _heirs(archive, known, shown):
        del outcomes[capture_id]  # of a duplicate nothing was kept but that it is there
    standing = frozenset(row["capture_id"] for row in known.newest.values())
    years = {unit.id: plan.covers(unit) for unit in plan.units}

    def wanted(entry: Entry) -> bool:
        return entry.unit_id in years and (entry.year is None or entry.year in years[entry.unit_id])

    among = None if plan.anew else _changed(archive, outcomes, standing)
    return [
        documents_set.placed(shown)
        for documents_set in documents(archive, plan.registry, wanted, among)
        if plan.anew or _unread(documents_set, outcomes, standing)
    ]


def _heirs(archive: Archive, known: Standing, shown: Presence) -> set[str]:
    """The duplicates that rank before what stands by now: its address has gone from the lists, or theirs is back."""
    found: set[str] = set()
    names = ("capture_id", "unit_id", "year", "outcome")
    for capture_id, unit, year, outcome in zip(*(known.documents[name].to_pylist() for name in names), strict=True):
        stands = known.newest.get(report_id((unit, year))) if outcome == "duplicate" else None
        capture = archive.capture(capture_id) if stands else None
        if stands and capture:
            # What its server said it is has to do: what it was read as is not on record.
            rival, other = Rival(capture.address, capture.media_type), Rival(stands["address"], stands["media_type"])
            if rival.address != other.address and rival.rank(shown) < other.rank(shown):
                found.add(capture_id)
    return found


def _changed(archive: Archive, outcomes: Mapping[str, str], standing: Collection[str]) -> set[str]:
    """The addresses that last gave something new, and the pages that name one.

    A night has thousands of documents that were read long ago: the archive is not asked about each.
    """
    latest, linked = archive.latest_ids(), archive.linked()
    new = {address for address, capture in latest.items() if _new(capture, outcomes, standing)}
    pages = {page for page, named in linked.items() if not new.isdisjoint(named)}
    return new | {address for address, capture in latest.items() if capture in pages}


def _unread(documents_set: DocumentSet, outcomes: Mapping[str, str], standing: Collection[str]) -> bool:
    """Whether any document of the set is new, or is back after another version of it stood in its place.

    Attachments of a page that is a report are never read. Its pictures may be that report, and one of them may come
    late or change.
    """

    page = outcomes.get(documents_set.article.capture_id)
    read = () if page in ("report", "duplicate") else documents_set.attachments
    pictures = any(picture.capture_id not in outcomes for picture in documents_set.pictures)
    return pictures or any(_new(one.capture_id, outcomes, standing) for one in (documents_set.article, *read))


def _new(capture_id: str, outcomes: Mapping[str, str], standing: Collection[str]) -> bool:
    """Whether a capture was never read, or another version of its report stands in its place."""
    outcome = outcomes.get(capture_id)
    return outcome is None or (outcome == "report" and capture_id not in standing)
