"""What is published, told without saying how: the neutral description that every family of sites can serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol


class Body(Protocol):
    """A unit of the registry, as far as a site needs it (`samples.units.Unit` is one)."""

    @property
    def id(self) -> str:
        """Starts with the six digits of `code`."""
        ...

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def parent(self) -> str | None: ...  # noqa: D102
    @property
    def first_year(self) -> int | None: ...  # noqa: D102
    @property
    def last_year(self) -> int | None: ...  # noqa: D102
    @property
    def predecessors(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def complete(self) -> bool:
        """Whether the registry lists all units below."""
        ...

    def existed(self, year: int) -> bool:
        """Whether a report of this year is due from it."""
        ...


@dataclass(frozen=True, slots=True)
class Fate:
    """What a crawl should make of a publication: the code of its problem ('' for none), and its ledger status."""

    problem: str = ""
    status: str = "published"


#: What may befall a publication, and what should become of it. The first ones do no harm.
QUIRKS: Final[dict[str, Fate]] = {
    "": Fate(),
    "wrong_folder": Fate(),
    "untitled": Fate(),
    "undated": Fate(),
    "copy": Fate(),
    "two_addresses": Fate(),
    "redirect": Fate(),
    "slow": Fate(),
    "busy": Fate(),
    "gbk": Fate(),
    "changed": Fate(),
    "dead": Fate("missing", "unreadable"),
    "gzip": Fate("encoding", "unreadable"),
    "away": Fate("refused", "blocked"),
    "mirror": Fate("refused", "blocked"),
    "forbidden": Fate("blocked", "blocked"),
    "challenge": Fate("blocked", "blocked"),
    "always_busy": Fate("throttled", "blocked"),
    "unlisted": Fate("", "not_published"),
    # pages with status 200 that are no documents
    "soft_challenge": Fate("blocked", "blocked"),
    "login": Fate("blocked", "blocked"),
    "shell": Fate("blocked", "blocked"),
    "error_page": Fate("missing", "unreadable"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served: its name and its bytes."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One report as published.

    `document` is UTF-8 HTML to stand in the article of the site's own making (media type text/html), or a whole
    file: then `direct` says that the list links to it, else it hangs on an article. `later` replaces an HTML
    document from the second night on (quirk `changed`). `away` leads to a host of no registry, `mirror` is a line of
    the list that points to one known to be hijacked: nothing that lies there counts.
    """

    unit: Body
    year: int
    title: str
    published: date
    document: bytes
    media_type: str = "text/html"
    attachments: tuple[File, ...] = ()
    quirk: str = ""
    direct: bool = False
    later: bytes = b""


@dataclass(frozen=True, slots=True)
class Corner:
    """One list of a site and the units that share it.

    `variant` chooses among the ways the family has of turning pages. `obstacle` befalls the list itself: '' for
    nothing, else a key of `LIST_OBSTACLES`. `notices` are other lines: title and date.
    """

    name: str
    units: tuple[Body, ...]
    publications: tuple[Publication, ...]
    notices: tuple[tuple[str, date], ...] = ()
    variant: int = 0
    obstacle: str = ""


#: What may befall a list, and the code of its problem.
LIST_OBSTACLES: Final = {"challenge": "blocked", "shell": "blocked", "dead": "missing"}


@dataclass(frozen=True, slots=True)
class Site:
    """A host and what it publishes; the corners are taken once."""

    host: str
    family: str
    corners: Iterable[Corner]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a crawl should find of one unit and year: the listed address ('' for none), and its fate."""

    unit_id: str
    year: int
    host: str
    family: str
    quirk: str
    address: str
    title: str
    published: date
    problem: str
    status: str
    attachments: tuple[str, ...] = ()
