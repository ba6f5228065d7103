"""The scopes of the rules that look beyond one report: at the year before, and at other levels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from expectations import layout, scopes
from expectations.declaration import LAST, Relation, Scope, Severity, Term
from expectations.layout import TOTAL, application

#: the narrative sections whose text is compared with the year before's
TEXTS: Final = ("overview", "problems", "other_matters")


def carried(column: str) -> Scope:
    """What the year before carried out is what this one carried in, in one column of table three."""
    out, into = (application(row, column) for row in ("carried_out", "carried_in"))
    label = f"表三“{layout.COLUMN_LABELS[column]}”列"
    return _scope(column, label, ((1, out + LAST),), into, "critical" if column == TOTAL else "warning")


def in_force(row: str) -> Scope:
    """What was in force, what was issued and what repealed give what is in force (2021)."""
    stock, issued, repealed = scopes.proactive(row, "in_force", "issued", "repealed")
    return _scope(row, _row(scopes.MADE_LABELS[row]), ((1, stock + LAST), (1, issued), (-1, repealed)), stock)


def published(row: str) -> Scope:
    """What was public and what was newly published give the total (2019)."""
    total, newly = scopes.proactive(row, "total_published", "newly_published")
    return _scope(row, _row(scopes.MADE_LABELS[row]), ((1, total + LAST), (1, newly)), total)


def items(row: str) -> Scope:
    """The items of the year before and their change give the items that this year starts from (2019)."""
    previous, change = scopes.proactive(row, "items_previous", "items_change")
    return _scope(row, _row(scopes.ITEM_LABELS[row]), ((1, previous + LAST), (1, change + LAST)), previous)


def cells(keys: Iterable[str], overall: str) -> tuple[Scope, ...]:
    """A scope for each cell, and one for all of them together."""
    single = (scopes.place(key, f"“{layout.label(key)}”", (key,), layout.EDITIONS[key]) for key in keys)
    return (*single, scopes.place("cells", overall))


def _row(label: str) -> str:
    return f"表二“{label}”行"


def _scope(scope: str, label: str, left: tuple[Term, ...], right: str, severity: Severity = "warning") -> Scope:
    """An equation of two years, on forms of the editions that print every operand."""
    keys = [name.removesuffix(LAST) for _, name in left] + [right]
    editions = frozenset({"2019", "2021"}).intersection(*(layout.EDITIONS[key] for key in keys))
    return Scope(scope, label, (Relation(left, "=", ((1, right),), severity, editions),), (), editions)


#: last year's figures are compared but for a change, whose sign may turn
JUMPING: Final = tuple(key for key in layout.KEYS if not key.endswith(".items_change"))
