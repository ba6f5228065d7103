"""A report before it is printed: its figures, how some of them are printed, and what was planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from samples import keys
from samples.units import Unit

SECTIONS: Final = ("overview", "proactive", "applications", "disputes", "problems", "other_matters")
_TEN_THOUSAND: Final = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that must fail on the report: scope as the rules name it, keys of the cells concerned."""

    rule: str
    severity: str
    scope: str
    keys: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The form it takes in `truth.jsonl`."""
        return {"rule": self.rule, "severity": self.severity, "scope": self.scope, "keys": list(self.keys)}


@dataclass(frozen=True, slots=True)
class Near:
    """Something legitimate that looks like a breach of a rule, planted or found: the rule must not fail for it."""

    rule: str
    what: str

    def as_json(self) -> dict[str, object]:
        """The form it takes in `truth.jsonl`."""
        return {"rule": self.rule, "what": self.what}


@dataclass(slots=True)
class Draft:
    """One report of one unit; `cells` in the unit of `cells.csv` (件, 项, 元), None for a blank cell.

    `printed` holds only the cells whose print is not the plain number. `edition` is that of the tables. `planted`
    names the kinds of faults done to it, `faults` the findings that follow, `near` what looks like one and is none.

    `asides` are the documents or items that a print beside a figure accounts for, by key. `said` are sentences, each
    with its section. `defines_total`: the prose defines 对外公开总数量; `copied`: the prose is last year's.
    `oddities` names ways of printing that are wanted (see `samples.habits` and `samples.narrative`).
    """

    unit: Unit
    year: int
    edition: str
    one_other: bool
    cells: dict[str, Decimal | None]
    period: tuple[date, date]
    printed: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    missing_section: str | None = None
    extra_row: tuple[str, ...] = ()
    published: date | None = None
    planted: list[str] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    asides: dict[str, int] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    defines_total: bool = False
    copied: bool = False
    oddities: set[str] = field(default_factory=set)

    def value(self, key: str) -> Decimal:
        """The figure of a cell, 0 where it is blank or absent."""
        return self.cells.get(key) or Decimal(0)

    def add(self, row: str, column: str, by: int | Decimal) -> None:
        """Adds to one cell of table three, and to nothing else."""
        key = keys.application(row, column)
        self.cells[key] = self.value(key) + by

    def book(self, leaf: str, column: str, count: int) -> None:
        """Books `count` more applications that came in and were decided: every equation still holds."""
        for row in ("received", leaf, "processed_total"):
            self.add(row, column, count)
            self.add(row, keys.TOTAL, count)

    def fail(self, rule: str, scope: str, *cells: str, severity: str = "critical") -> None:
        """Notes that a rule must fail."""
        self.faults.append(Fault(rule, severity, scope, cells))

    def blank(self, cells: Iterable[str]) -> None:
        """Empties cells."""
        for key in cells:
            self.cells[key] = None
            self.printed.pop(key, None)

    def text(self, key: str) -> str:
        """The cell as it is printed."""
        if key in self.printed:
            return self.printed[key]
        value = self.cells[key]
        return "" if value is None else plain(value)

    @property
    def held(self) -> bool:
        """Whether the gate must hold the report."""
        return any(fault.severity == "critical" for fault in self.faults)


def plain(value: Decimal) -> str:
    """A figure without exponent and without trailing zeros: 3.50 -> '3.5'."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_ten_thousands(yuan: Decimal) -> str:
    """An amount in 元 as a figure in 万元."""
    return plain(yuan / _TEN_THOUSAND)
