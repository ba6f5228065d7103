"""The two things a registry knows: units that must publish, and portals where they do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What a shipped start address rests on: the list of annual reports was seen; it follows from a report's address
#: that was seen; another list of the site was seen; nothing but the site is known. The last two only show the way.
BASES: Final = ("seen", "inferred", "neighbour", "home")


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that must publish a report each year.

    `id` starts with the six digits of `code` (GB/T 2260). `level` is province, prefecture, county or
    township; `kind` is aggregate, office, department or township. `path` is where its reports are listed on
    `portal`. It exists for the report years `first_year` to `last_year` (None: still does).
    `predecessors` are the ids of the units it took over from its `first_year` on, merged or renamed;
    `children_complete` says that the registry lists every unit whose `parent` it is. `also` are further lists
    that may hold its reports (通知公告). Units may share their lists: titles tell whose a report is.
    `basis` is one of `BASES`, or '' where an operator chose the address.
    """

    id: str
    code: str
    name: str
    aliases: tuple[str, ...]
    level: str
    kind: str
    parent: str | None
    portal: str
    path: str
    first_year: int
    last_year: int | None
    predecessors: tuple[str, ...] = ()
    children_complete: bool = False
    also: tuple[str, ...] = ()
    basis: str = ""

    @property
    def signpost(self) -> bool:
        """Whether `path` is no list of reports but a page from which a link leads to one."""
        return self.basis in ("neighbour", "home")

    @property
    def paths(self) -> tuple[str, ...]:
        """Every list that is read for the unit."""
        return (self.path, *self.also)

    def existed(self, year: int) -> bool:
        """Whether a report of this year is due from the unit at all."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True, slots=True)
class PortalSource:
    """A site: one exact host (`hosts`: further names of it), its family, and how gently it is treated.

    `delay_seconds` lies between the starts of two requests, at most `concurrency` run at a time. `serve`
    is a folder that gouji itself serves over loopback for this host (samples only). `verified` says that somebody
    looked at the live site and the entry was right; `doubt` says what is uncertain about one that was not.
    """

    name: str
    host: str
    family: str
    delay_seconds: float
    concurrency: int
    serve: Path | None = None
    scheme: str = "http"
    hosts: tuple[str, ...] = ()
    verified: bool = False
    doubt: str = ""

    @property
    def all_hosts(self) -> tuple[str, ...]:
        """The exact names of the site."""
        return (self.host, *self.hosts)

    def address(self, path: str) -> str:
        """The absolute address of an absolute path on this portal."""
        return f"{self.scheme}://{self.host}{path}"
