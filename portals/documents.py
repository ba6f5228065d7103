"""What the archive holds for each listed report: its article and the files attached to it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from portals.archive import Archive
from portals.captures import Capture
from portals.families.base import Entry
from portals.links_pictures import is_picture
from portals.presence import Presence, Spell
from portals.registry import Registry


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """One listed report as last captured: read `article` first, then `attachments` in their order.

    `pictures` are those of the article, in its order: they are read with it, where its text is no report.

    A direct link to a file is an `article` without attachments. Two units that list the same address give
    two sets with the same captures; other forms of a report (`entry.rank` 1) follow it. `gone` are those of its
    addresses that no list shows any more.
    """

    entry: Entry
    article: Capture
    attachments: tuple[Capture, ...]
    pictures: tuple[Capture, ...] = ()
    gone: tuple[tuple[str, Spell], ...] = ()

    def placed(self, presence: Presence) -> DocumentSet:
        """The set, with what of it is gone."""
        addresses = {capture.address for capture in (self.article, *self.attachments)}
        gone = tuple((one, presence.spells[one]) for one in sorted(addresses) if presence.gone(one))
        return replace(self, gone=gone)


def documents(
    archive: Archive,
    registry: Registry,
    wanted: Callable[[Entry], bool] = lambda _: True,
    among: Container[str] | None = None,
) -> Iterator[DocumentSet]:
    """The captured reports of the registry's units that are `wanted`, in order of unit, year, rank and address.

    Only those listed `among` these addresses, where any are given.
    Entries that were never captured are left out: `Archive.problems` says why.
    """
    for entry in archive.entries(among):
        if entry.unit_id not in registry.units or not wanted(entry):
            continue
        article = archive.latest(entry.address)
        if article is not None:
            linked = (archive.latest(link.address) for link in archive.links(article.capture_id))
            files: list[Capture] = []
            pictures: list[Capture] = []
            for capture in linked:
                if capture is not None:
                    (pictures if is_picture(capture.address, capture.media_type) else files).append(capture)
            yield DocumentSet(entry, article, tuple(files), tuple(pictures))
