"""Captures of the archive that other content of the same address has followed: what reports said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.standing import Standing
from portals.archive import Archive
from portals.captures import Capture
from portals.documents import DocumentSet
from portals.links_pictures import is_picture
from portals.presence import presence


def earlier(listed: Iterable[DocumentSet], archive: Archive, known: Standing, anew: bool) -> list[list[DocumentSet]]:
    """The earlier captures of the documents `listed` that are to be read, the youngest first.

    Each list has at most one capture of an address, as a staged part must. Read are those that no release has heard
    of (a run was killed before it read them, and the page changed again) or, `anew`, all. An earlier attachment
    stands in its page's set, so that it is read only where the page is no report.
    """
    heard = frozenset[str]() if anew else frozenset(known.documents["capture_id"].to_pylist())
    layers: list[list[DocumentSet]] = []
    for documents in listed:
        for age, older in _older(documents, archive):
            if older.attachments and _all_heard(older.attachments, heard):
                continue
            if not older.attachments and older.article.capture_id in heard:
                continue
            layers.extend([] for _ in range(age + 1 - len(layers)))
            layers[age].append(older)
    if not layers:
        return []
    shown = presence(archive)
    return [[older.placed(shown) for older in layer] for layer in layers if layer]


def _all_heard(captures: Iterable[Capture], heard: frozenset[str]) -> bool:
    return all(capture.capture_id in heard for capture in captures)


def _older(documents: DocumentSet, archive: Archive) -> Iterator[tuple[int, DocumentSet]]:
    """The set as it was, one document of it at a time, with how many captures of that address came after."""
    met = {attachment.address for attachment in documents.attachments}
    for age, capture in _followed(documents.article, archive):
        yield age, DocumentSet(documents.entry, capture, ())
        # What the page named then, and names no more.
        for file in _named(capture, archive):
            if file.address not in met:
                met.add(file.address)
                yield age, DocumentSet(documents.entry, capture, (file,))
                for further, older in _followed(file, archive):
                    yield age + 1 + further, DocumentSet(documents.entry, capture, (older,))
    for attachment in documents.attachments:
        for age, capture in _followed(attachment, archive):
            yield age, DocumentSet(documents.entry, documents.article, (capture,))


def _named(page: Capture, archive: Archive) -> Iterator[Capture]:
    """The files that hung on a page, as last captured."""
    for link in archive.links(page.capture_id):
        file = archive.latest(link.address)
        if file is not None and not is_picture(file.address, file.media_type):
            yield file


def _followed(latest: Capture, archive: Archive) -> Iterator[tuple[int, Capture]]:
    others = [one for one in archive.of(latest.address) if one.capture_id != latest.capture_id]
    others = [one for one in others if one.role == latest.role]
    yield from enumerate(sorted(others, key=lambda one: (one.fetched_at, one.capture_id), reverse=True))
