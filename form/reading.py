"""What was read from a report: readings, leftovers, narrative. Nothing here is ever corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from form.claim import Claim
from form.grid import BBox

State = Literal["printed", "blank", "unreadable"]
#: a government's report on its whole area, or a body's on itself
Scope = Literal["aggregate", "own"]
#: where a fact was found: the printed title, the page's own title and publisher, the text, its sentence on
#: who drew it up, the line above the last date, the file's name in the address, the statutory tables
Source = Literal["title", "page_title", "publisher", "body", "drafter", "signature", "address", "tables"]


class Reading(NamedTuple):
    """One statutory cell as found.

    A report has some two hundred, which go from process to process: as named tuples they are made and pickled several
    times as fast as frozen dataclasses.

    `printed` is the cell's text as it stands ('' where blank); `value` is in the unit of `cells.csv`
    (件, 项 or 元), None unless `state` is 'printed'. `confidence` is in 0..1. `note` says why a cell is
    unreadable, or keeps what stood beside the figure (其中修订16件).

    `alternatives` are other texts recognition saw (text, confidence). `second` is what an independent second reader
    found in the cell, None where there was none. `proposed` is what the arithmetic of the form would have there, with
    the `reason`; it is the value only where recognition itself had doubted the cell.
    """

    key: str
    printed: str
    value: Decimal | None
    state: State
    reader: str
    confidence: float = 1.0
    page: int | None = None
    bbox: BBox | None = None
    note: str | None = None
    alternatives: tuple[tuple[str, float], ...] = ()
    second: str | None = None
    proposed: Decimal | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Leftover:
    """A filled cell or row of a recognised table that no key of the edition names."""

    table: str
    printed: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something unusual in how the form was printed or found, by code (see `form.recognise`)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What one place of a document says of whose report it is.

    `name` is unit, code (GB/T 2260), department, year, period, edition or scope; `value` is a text (dates ISO, a
    period `from/to`); `quote` has the words without white space, in half width.
    """

    name: str
    value: str
    source: Source
    quote: str


@dataclass(frozen=True, slots=True)
class Narrative:
    """The text of the three narrative sections; None where the section was not found."""

    overview: str | None = None
    problems: str | None = None
    other_matters: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One annual report as read from one document; readings in the order of `contract/cells.csv`.

    `sections` holds the section names found, of: overview, proactive, applications, disputes, problems,
    other_matters. `period` is the 统计期限 as dates where one is printed, else None. `facts` are the evidence for
    unit, year, edition, period and scope: the first of a name is the one that counts, the others are further
    witnesses; where they contradict each other `remarks` says so. `claims` are those of the narrative.
    """

    unit: str | None
    year: int | None
    edition: str
    title: str
    readings: tuple[Reading, ...]
    leftovers: tuple[Leftover, ...] = ()
    remarks: tuple[Remark, ...] = ()
    narrative: Narrative = Narrative()
    sections: tuple[str, ...] = ()
    period: tuple[date | None, date | None] | None = None
    scope: Scope | None = None
    facts: tuple[Fact, ...] = ()
    claims: tuple[Claim, ...] = ()

    def remarked(self, code: str, text: str) -> Report:
        """The report with a further remark, unless it has the same already."""
        remark = Remark(code, text)
        return self if remark in self.remarks else replace(self, remarks=(*self.remarks, remark))
