"""What must be found across years, levels and time, worked out report by report from the rules' description.

Written apart from `expectations`, whose verdicts it is there to test: plain figures, one report at a time, and
only for reports that something was planted in or beside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Final

from samples import keys
from samples.draft import Draft, Fault
from samples.reports import Reports
from samples.timing import DUE, last_day
from samples.units import Unit

_ZERO: Final = Decimal(0)
_FEES: Final = "proactive.fees.amount"
_TABLES: Final = ("proactive", "applications", "disputes")
#: what stands for a stock at the end of a year; everything else happened in it
_STOCKS: Final = ("in_force", "total_published", "items_previous", "items_change")
#: the relations of one report that its carried_out total is in
_CARRIED_OUT: Final = {("T3-IDENT", keys.TOTAL), ("T3-ROW", "carried_out")}


def flows(draft: Draft) -> list[str]:
    """The cells that count what happened in the year once, so that units add up."""
    return [
        key
        for key in draft.cells
        if not key.startswith("disputes.")
        and not key.endswith(_STOCKS)
        and ".carried_in." not in key
        and ".carried_out." not in key
    ]


def findings(reports: Reports, unit: Unit, year: int) -> Iterator[Fault]:
    """The faults of one unit and year beyond its own report; of one that did not appear, that it is overdue."""
    rule, severity, _ = DUE[unit.kind]
    draft = reports.read(unit.id, year)
    if draft is None:
        if (unit.id, year) in reports.missing:
            yield Fault(rule, severity, "published")
        return
    if draft.published and draft.published > last_day(unit, year):
        yield Fault(rule, severity, "published")
    sources = reports.sources(unit, year)
    if sources:
        yield from _carried(draft, sources)
        yield from _stocks(draft, sources)
        yield from _jumps(draft, sources)
        if len(sources) == 1:
            yield from _copies(draft, sources[0])
    parent = reports.parent(unit, year)
    if parent is not None:
        yield from _parts(draft, parent)
    if unit.kind == "aggregate":
        yield from _sums(draft, reports.children(unit, year), reports.all_listed(unit, year))


def _last(sources: Sequence[Draft], key: str) -> Decimal | None:
    """Last year's figure, None where one of the reports does not have it."""
    figures = [source.cells.get(key) for source in sources]
    known = [figure for figure in figures if figure is not None]
    return sum(known, _ZERO) if len(known) == len(figures) else None


def _carried(draft: Draft, sources: Sequence[Draft]) -> Iterator[Fault]:
    broken = any((fault.rule, fault.scope) in _CARRIED_OUT for source in sources for fault in source.faults)
    for column in (*keys.COLUMNS, keys.TOTAL):
        key = keys.application("carried_in", column)
        left, taken = _last(sources, keys.application("carried_out", column)), draft.cells.get(key)
        if left is not None and taken is not None and left != taken:
            severity = "critical" if column == keys.TOTAL and not broken else "warning"
            yield Fault("X-CARRY", severity, column, (key,))


def _stocks(draft: Draft, sources: Sequence[Draft]) -> Iterator[Fault]:
    """X-INFORCE, X-PUBLISHED, X-ITEMS: last year's stock and the changes, as far as asides do not explain."""
    for kind in keys.DOCUMENTS:
        row = f"proactive.{kind}"
        stock = f"{row}.in_force"
        if _differs(draft, sources, stock, ((1, stock),), ((1, f"{row}.issued"), (-1, f"{row}.repealed"))):
            yield Fault("X-INFORCE", "warning", kind, (stock,))
        total = f"{row}.total_published"
        grown = ((1, f"{row}.newly_published"),)
        if not draft.defines_total and _differs(draft, sources, total, ((1, total),), grown):
            yield Fault("X-PUBLISHED", "warning", kind, (total,))
    for kind in keys.ITEM_ROWS:
        before, change = f"proactive.{kind}.items_previous", f"proactive.{kind}.items_change"
        if _differs(draft, sources, before, ((1, before), (1, change)), ()):
            yield Fault("X-ITEMS", "warning", kind, (before,))


Terms = tuple[tuple[int, str], ...]


def _differs(draft: Draft, sources: Sequence[Draft], stock: str, then: Terms, now: Terms) -> bool:
    figures = [(sign, _last(sources, key)) for sign, key in then]
    figures += [(sign, draft.cells.get(key)) for sign, key in now]
    have = draft.cells.get(stock)
    if have is None or any(figure is None for _, figure in figures):
        return False
    gap = abs(have - sum(sign * (figure or _ZERO) for sign, figure in figures))
    own = [draft.asides.get(key, 0) for key in (stock, *(key for _, key in now))]
    theirs = [source.asides.get(key, 0) for source in sources for _, key in then]
    return gap > sum((*own, *theirs))


def _jumps(draft: Draft, sources: Sequence[Draft]) -> Iterator[Fault]:
    same = all(source.edition == draft.edition for source in sources)
    for key, now in draft.cells.items():
        if key.endswith(".items_change") or (key.startswith("proactive.") and not same):
            continue
        then = _last(sources, key)
        if now is None or then is None:
            continue
        small, large = min(now, then), max(now, then)
        least = 100 * 10_000 if key.endswith(".amount") else 100
        if small >= 0 and large >= least and large >= 10 * small:
            yield Fault("X-JUMP", "warning", key, (key,))
        told = any(fault.rule == "T2-FEE" for fault in draft.faults)
        if key == _FEES and then > 0 and now >= 1000 * then and not told:
            yield Fault("T2-FEE", "warning", "fees", (key,))


def _copies(draft: Draft, last: Draft) -> Iterator[Fault]:
    for table in _TABLES:
        mine, theirs = (
            {key: value for key, value in one.cells.items() if key.startswith(f"{table}.") and value}
            for one in (draft, last)
        )
        same_form = table != "proactive" or draft.edition == last.edition
        if same_form and mine == theirs and len(mine) >= 3:
            yield Fault("X-COPY", "warning", table, tuple(mine))
    if draft.copied:
        yield Fault("X-COPY", "warning", "overview")


def _parts(draft: Draft, parent: Draft) -> Iterator[Fault]:
    disputes = [key for key in draft.cells if key.startswith("disputes.")]
    for key in (*flows(draft), *disputes):
        own, whole = draft.cells[key], parent.cells.get(key)
        if own is not None and whole is not None and own > whole:
            yield Fault("R-PART", "warning", key, (key,))


def _sums(draft: Draft, children: Sequence[Draft], listed: bool) -> Iterator[Fault]:
    filled = [_filled(child) for child in children]
    for key in flows(draft) if children else ():
        whole = draft.cells[key]
        figures = [_in_a_sum(child, rows, key) for child, rows in zip(children, filled, strict=True)]
        known = [figure for figure in figures if figure is not None]
        if whole is None or not known:
            continue
        added = sum(known, _ZERO)
        complete = listed and len(known) == len(figures)
        if added > whole or (complete and added != whole):
            yield Fault("R-SUM", "warning", key, (key,))


def _filled(draft: Draft) -> frozenset[str]:
    """The rows, and what they are part of, that have a figure."""
    rows = {key.rpartition(".")[0] for key, figure in draft.cells.items() if figure is not None}
    parts = [row.split(".") for row in rows]
    return frozenset(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1))


def _in_a_sum(draft: Draft, filled: Collection[str], key: str) -> Decimal | None:
    """A figure; 0 where it is blank in a row that has others."""
    value = draft.cells.get(key)
    if value is not None or key not in draft.cells:
        return value
    return _ZERO if key.rpartition(".")[0] in filled else None
