"""Whether anything about a report as read is a reason to read it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from form.catalogue import CELLS, keys_of
from form.reading import Report

if TYPE_CHECKING:
    import pyarrow as pa

    from expectations.declaration import Relation

_COUNTS: Final = frozenset(cell.key for cell in CELLS if cell.unit != "元")
_ITEMS, _AMOUNT = "proactive.procurement.items", "proactive.procurement.amount"
_FEES: Final = "proactive.fees.amount"
#: in the names of counties, districts, banners, townships and sub-districts
_NO_RULE_MAKERS: Final = "县区旗乡镇街"
_ZERO: Final = Decimal(0)


def needed(report: Report) -> bool:
    """Whether a report should be read twice.

    So it is with a remark, a leftover, a cell that is unsure or unreadable, a cell of the form that was not found, or
    a rule about figures that fails (critical or warning).
    """
    return (
        bool(report.remarks or report.leftovers)
        or any(r.confidence < 1 or r.state == "unreadable" for r in report.readings)
        or not {reading.key for reading in report.readings}.issuperset(keys_of(report.edition))
        or (not plainly_right(report) and (plainly_wrong(report) or next(_failing(report), None) is not None))
    )


def broken(report: Report) -> frozenset[tuple[str, str]]:
    """Rule and scope of the failures, info aside, that concern cells, by the gate's own evaluator."""
    return frozenset(_failing(report))


def _failing(report: Report) -> Iterator[tuple[str, str]]:
    from expectations import failing

    return failing(*_tables(report))


def plainly_right(report: Report) -> bool:
    """Whether a glance is enough to say that no rule about figures fails.

    Most reports are right, and the evaluator is made for batches: a report alone costs it 20 ms, this 1 ms. It may
    say False of a report in which nothing fails, but never True where `broken` finds something (a test holds it
    to that).
    """
    figures = {reading.key: reading.value or _ZERO for reading in report.readings}
    return (
        any(r.state == "printed" and r.key.startswith("applications.") for r in report.readings)
        and all(_counts(key, value) for key, value in figures.items() if key in _COUNTS)
        and all(_holds(relation, figures) for relation in _relations())
        and _proactive_right(report, figures)
    )


def plainly_wrong(report: Report) -> bool:
    """Whether a relation is broken of which every cell is printed with a figure: no blank, no layout to weigh.

    It may say False of a report in which something fails, but never True where `broken` finds nothing.
    """
    figures = {r.key: r.value for r in report.readings if r.state == "printed" and r.value is not None}
    return any(
        relation.where is None and relation.severity != "info" and not _holds(relation, figures)
        for relation in _relations()
    )


def _proactive_right(report: Report, figures: Mapping[str, Decimal]) -> bool:
    """The rules that are no equations: who makes 规章, what money looks like, which form it is."""
    fees = next((normalize("NFKC", r.printed) for r in report.readings if r.key == _FEES), "")
    return (
        report.edition == ("2019" if (report.year or 0) < 2021 else "2021")
        and (report.edition == "2019" or not any(".other." in key for key in figures))
        and (
            not any(mark in (report.unit or "") for mark in _NO_RULE_MAKERS)
            or not any(value for key, value in figures.items() if key.startswith("proactive.regulations."))
        )
        and bool(figures.get(_ITEMS)) == bool(figures.get(_AMOUNT))
        and not any(r.note for r in report.readings if r.key == _AMOUNT)
        and len(fees.partition(".")[2]) <= 6
    )


def _counts(key: str, value: Decimal) -> bool:
    """Whether a figure can be that of a count: whole, and not below 0 but where the form prints a change."""
    return (value >= 0 or key in _signed()) and value == int(value)


@cache
def _signed() -> frozenset[str]:
    from expectations.layout import SIGNED

    return SIGNED


@cache
def _relations() -> tuple[Relation, ...]:
    # Imported where needed: the rules bring Arrow with them, half a second.
    from expectations.rules import RULES

    return tuple(
        relation for rule in RULES if rule.predicate is None for scope in rule.scopes for relation in scope.relations
    )


def _holds(relation: Relation, figures: Mapping[str, Decimal]) -> bool:
    """Whether a relation holds with blanks as 0, or cannot fail because a cell of it is not there."""
    if not all(key in figures for key in relation.keys):
        return True
    left, right = (
        sum((count * figures[key] for count, key in side), _ZERO) for side in (relation.left, relation.right)
    )
    return {"=": left == right, "≤": left <= right, "≥": left >= right}[relation.operator]


def _tables(report: Report) -> tuple[pa.Table, pa.Table]:
    """The report as the rules take it; nothing is known of its unit but what it prints."""
    from warehouse.rows import Provenance, cell_rows, report_rows

    origin = Provenance(
        unit_id="",
        unit_name=report.unit or "",
        code="",
        level="",
        kind="",
        parent_id=None,
        year=report.year or 0,
        address="",
        media_type="",
        sha256="",
        capture_id="",
        reader="",
    )
    sources = [(origin, report)]
    return report_rows(sources), cell_rows(sources)
