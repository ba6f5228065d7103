"""The versions of one report: what its address gave, one content after the other, whatever order it was read in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

#: capture_id -> when its content was first received, and when its address last gave it
Seen = Mapping[str, tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Version:
    """A content while it stood: its digest, the captures that have it, first to last, and since when."""

    content: str
    captures: tuple[str, ...]
    seen_from: datetime


def chain(known: Sequence[Version], read: Mapping[str, str], seen: Seen, newest: str) -> tuple[Version, ...]:
    """The versions of a report, oldest first: of those `known` and the captures `read` (capture_id -> digest).

    All captures are of one address, `newest` is the one that stands. A capture was sighted when it came, when its
    address last gave it, and where it opened a version before; sightings in order of time, equal contents put
    together, are the versions. So a content that comes back is a version again, and one that is read late goes to
    its place. A capture that `seen` does not know was sighted only in what is `known`.
    """
    contents = _contents(known, read)
    sightings = {(version.seen_from, version.captures[0]) for version in known}
    sightings |= {(at, capture) for capture in contents for at in seen.get(capture, ())}
    last = max(at for at, _ in sightings)
    ordered = sorted(
        {*sightings, (last, newest)}, key=lambda sighting: (sighting[0], sighting[1] == newest, sighting)
    )
    return tuple(_versions(ordered, contents))


def _contents(known: Sequence[Version], read: Mapping[str, str]) -> dict[str, str]:
    """capture_id -> digest. What a new reader says of one capture holds for all that had the same content."""
    contents = {capture: version.content for version in known for capture in version.captures}
    anew = {contents[capture]: digest for capture, digest in sorted(read.items()) if capture in contents}
    return {capture: anew.get(digest, digest) for capture, digest in contents.items()} | dict(read)


def _versions(ordered: Collection[tuple[datetime, str]], contents: Mapping[str, str]) -> Iterator[Version]:
    for content, group in groupby(ordered, key=lambda sighting: contents[sighting[1]]):
        sightings = list(group)
        yield Version(content, tuple(dict.fromkeys(capture for _, capture in sightings)), sightings[0][0])
