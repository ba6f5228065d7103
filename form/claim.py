"""One claim of a narrative: what it says of which figure, and the words that say it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["figure", "all_closed", "all_upheld", "year"]
#: whose figure: of the whole area, of the body alone, of the body speaking for its government
ClaimScope = Literal["aggregate", "own", "represented", "unknown"]
Period = Literal["this_year", "last_year", "other_year", "part_of_year", "unknown"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and the words that make it.

    `kind` is `figure`; a statement without one: `all_closed` (全部办结), `all_upheld` (均获维持), where `number` is
    None; or `year`: the year that the text gives as the one it reports on or plans for. `number` is counted in
    `unit` (件, 项 or the like, %, 年), with 万 and 亿 worked out; a decrease is negative. `subject` is one of
    `form.claims_subjects.SUBJECTS`. `of` is the subject that a growth or a share is of, and for an uncertain
    figure the one that its words come nearest to; `whole` is what a share is a share of: a subject, `any` total,
    or uncertain. `scope_words` are the words that `scope` is told from, '' where it is unknown. `approximate`
    figures (余, 近, a range by its lower end) are never to be compared exactly. `start` and `end` are the offsets
    of `quote` in the text of `section`.
    """

    kind: Kind
    number: Decimal | None
    unit: str
    subject: str
    scope: ClaimScope
    period: Period
    section: str
    start: int
    end: int
    quote: str
    approximate: bool = False
    of: str | None = None
    whole: str | None = None
    scope_words: str = ""
