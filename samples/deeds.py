"""What can be done to a report: a deed knows which reports suit it, and what stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from samples import office
from samples.draft import Draft
from samples.units import Unit

FORMS = ("2019", "2021")


@dataclass(frozen=True, slots=True)
class Beside:
    """The reports beside one: of the year before (None: none, or of several units), above, and below.

    `whole` says that the registry lists all units below and each has a report.
    """

    last: Draft | None = None
    parent: Draft | None = None
    children: tuple[Draft, ...] = ()
    whole: bool = False


#: does it and says so, or leaves the draft as it is and says no
Do = Callable[[Draft, Beside, Random], bool]


@dataclass(frozen=True, slots=True)
class Deed:
    """A way to spoil a report, or (`near`) to make it look spoilt. The name begins with the rule."""

    name: str
    do: Do
    forms: tuple[str, ...] = FORMS
    suits: Callable[[Unit], bool] = lambda _unit: True
    near: bool = False

    @property
    def rule(self) -> str:
        """The rule that it breaks or seems to break."""
        return self.name.split()[0]

    def fits(self, unit: Unit, year: int) -> bool:
        """Whether a report can suit it, by unit and year alone; the real one never does."""
        form = "2019" if year <= 2020 else "2021"
        return form in self.forms and self.suits(unit) and (unit.id, year) != (office.UNIT, office.YEAR)
