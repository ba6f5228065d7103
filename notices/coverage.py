"""Coverage as a digest shows it: tallies by place, level and year, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from notices import words
from notices.listing import Listing
from notices.text import link, plain

Kind = Literal["released", "held", "missing", "blocked", "unread"]
Tone = Literal["good", "bad", "poor", "none"]

_EXEMPT: Final = frozenset({"not_due", "merged"})
_PROVINCE: Final = "0000"
#: A matrix has room for this many years at 375 px.
YEARS: Final = 7


@dataclass(frozen=True, slots=True)
class Tally:
    """How many reports that were due were released, held, missing (not published), blocked or unread."""

    released: int = 0
    held: int = 0
    missing: int = 0
    blocked: int = 0
    unread: int = 0

    @property
    def due(self) -> int:
        """All of them; reports not yet due, and those merged into another, do not count."""
        return self.released + self.held + self.missing + self.blocked + self.unread

    @property
    def tone(self) -> Tone:
        """The worst of it: bad (held), poor (gaps), good, or none (nothing was due)."""
        if not self.due:
            return "none"
        if self.held:
            return "bad"
        return "good" if self.released == self.due else "poor"

    @property
    def gaps(self) -> tuple[tuple[str, int], ...]:
        """Word and number of whatever was not released, worst first."""
        named = (("扣", self.held), ("拒", self.blocked), ("难", self.unread), ("缺", self.missing))
        return tuple((word, number) for word, number in named if number)


@dataclass(frozen=True, slots=True)
class Row:
    """A place or level: one tally a year (in the order of the matrix) and one of all years shown."""

    name: str
    years: tuple[Tally, ...]
    total: Tally


@dataclass(frozen=True, slots=True)
class Matrix:
    """Coverage by place and by level over `years`; `earlier` counts years left out."""

    years: tuple[int, ...]
    earlier: int
    places: tuple[Row, ...]
    levels: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that was not read: blocked, only pictures, or unusable, and why."""

    unit: str
    year: int
    status: str
    reason: str
    address: str
    link: str | None


def kind(status: str | None, gate: str | None) -> Kind | None:
    """Return what became of one (unit, year); None where no report was due."""
    if gate == "released":
        return "released"
    if gate == "held":
        return "held"
    if status in _EXEMPT:
        return None
    if status == "not_published":
        return "missing"
    return "blocked" if status == "blocked" else "unread"


def kinds(coverage: pa.Table) -> pa.Array:
    """The `kind` of each row."""
    said = (pc.coalesce(coverage[name].cast(pa.string()), "") for name in ("status", "gate"))
    pairs = pc.binary_join_element_wise(*said, "\n").combine_chunks().dictionary_encode()
    told = [kind(*(word or None for word in pair.split("\n"))) for pair in pairs.dictionary.to_pylist()]
    return pa.array(told, pa.string()).take(pairs.indices)


def stand(coverage: pa.Table) -> Tally:
    """What became of all reports that the table has, of every year."""
    return Tally(**Counter(kinds(coverage).drop_null().to_pylist()))


def matrix(coverage: pa.Table, places: Mapping[str, str], years: int | None = YEARS) -> Matrix:
    """Return the tallies of the table `coverage`, of the newest `years` (None: all); `places` maps codes to names."""
    columns = [coverage["code"], coverage["level"], coverage["year"], kinds(coverage)]
    rows = pa.table(columns, names=["code", "level", "year", "kind"])
    seen: Counter[tuple[str, str, int, Kind]] = Counter()
    # Some hundred groups of tens of thousands of rows.
    for *group, number in zip(*_counted(rows.filter(pc.is_valid(rows["kind"]))), strict=True):
        code, level, year, what = group
        seen[f"{(code or '')[:4]:0<4}00", level or "", year, what] += number
    every = sorted({year for _, _, year, _ in seen})
    shown = tuple(every if years is None else every[-years:])
    codes = sorted({code for code, _, year, _ in seen if year in shown})
    levels = [level for level in words.LEVELS if any(level == found for _, found, _, _ in seen)]
    by_place = [
        _row(_place(code, places), ((k, n) for k, n in seen.items() if k[0] == code), shown) for code in codes
    ]
    by_level = [_row(words.LEVELS[it], ((k, n) for k, n in seen.items() if k[1] == it), shown) for it in levels]
    total = _row("合计", seen.items(), shown)
    return Matrix(shown, len(every) - len(shown), tuple(by_place), tuple(by_level), total)


def _counted(rows: pa.Table) -> list[list[Any]]:
    """The columns of the distinct rows, and how often each is there."""
    groups = rows.group_by(rows.column_names).aggregate([([], "count_all")])
    return [groups[name].to_pylist() for name in (*rows.column_names, "count_all")]


def place_names(coverage: pa.Table) -> dict[str, str]:
    """GB/T 2260 code -> name of the place, from the governments that a coverage table lists."""
    if not {"kind", "unit_name"} <= set(coverage.column_names):
        return {}
    governments = coverage.filter(pc.equal(coverage["kind"], "aggregate"))
    rows = governments.select(["code", "unit_name"]).to_pylist()
    return {row["code"]: row["unit_name"].removesuffix("人民政府") for row in rows}


def _place(code: str, places: Mapping[str, str]) -> str:
    return "省级" if code.endswith(_PROVINCE) else plain(places.get(code, code), 20)


def _row(name: str, seen: Iterable[tuple[tuple[str, str, int, Kind], int]], years: tuple[int, ...]) -> Row:
    counts: Counter[tuple[int, str]] = Counter()
    total: Counter[str] = Counter()
    for (_, _, year, what), number in seen:
        if year in years:
            counts[year, what] += number
            total[what] += number
    tallies = (Tally(**{what: n for (y, what), n in counts.items() if y == year}) for year in years)
    return Row(name, tuple(tallies), Tally(**total))


def unread(coverage: pa.Table, limit: int) -> Listing[Unread]:
    """Return the documents of `coverage` that were blocked or could not be read, by unit and year."""
    rows = coverage.filter(pc.is_in(kinds(coverage), value_set=pa.array(["blocked", "unread"]))).to_pylist()
    rows.sort(key=lambda row: (row["unit_id"], row["year"]))
    return Listing(tuple(_unread(row) for row in rows[:limit]), len(rows))


def _unread(row: Mapping[str, Any]) -> Unread:
    return Unread(
        unit=plain(row["unit_name"], 60),
        year=row["year"],
        status=words.word(words.STATUSES, row["status"], "没有状态"),
        reason=plain(words.reason(row["reason"]), 200),
        address=plain(row["address"], 300),
        link=link(row["address"]),
    )
