"""The data of the first page, and the lists of findings by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from notices.coverage import kind
from notices.site.fronted import fronted
from notices.site.model import Facts, Overview
from notices.site.payload_findings import RANK, scope_label
from notices.text import plain
from notices.words import LEVELS

#: letters of a unit's year in the grid
LETTERS: Final = {"released": "k", "held": "h", "missing": "m", "blocked": "b", "unread": "u"}
_EXEMPT: Final = {"not_due": "d", "merged": "g"}
_UNKNOWN: Final = "-"
#: findings of one rule that are listed
MOST: Final = 500
_EQUATION: Final = 120


def index_data(facts: Facts, overview: Overview) -> dict[str, Any]:
    """Units with place and level (as places in lists), and for each year a letter, then the number of open critical
    findings and warnings. Ids and names are front coded (`fronted`).

    `k` released, `h` held, `m` missing, `b` blocked, `u` unread, `d` not due, `g` merged, `-` not known.
    """
    years = sorted(set(overview.coverage["year"].to_pylist()))
    column = {year: place for place, year in enumerate(years)}
    numbers = _numbers(overview.open)
    listed = overview.coverage.select(["unit_id", "unit_name", "code", "level", "year", "status", "gate"]).to_pylist()
    rows = sorted(listed, key=lambda row: (*order(row["code"], facts), row["unit_id"], row["year"]))
    units: dict[str, list[Any]] = {}
    codes: dict[str, int] = {}
    for row in rows:
        code = f"{row['code'][:4]:0<4}"
        unit = units.setdefault(
            row["unit_id"],
            [
                row["unit_id"],
                plain(row["unit_name"], 80),
                codes.setdefault(code, len(codes)),
                _level(row),
                [_UNKNOWN] * len(years),
            ],
        )
        number = numbers.get((row["unit_id"], row["year"]), 0)
        unit[-1][column[row["year"]]] = _letter(row) + (str(number) if number else "")
    return {
        "release": facts.release_id,
        "years": years,
        "places": [[code, place_name(code, facts.places)] for code in codes],
        "levels": list(LEVELS),
        "units": _coded(sorted(units.values(), key=lambda one: order(one[0], facts))),
    }


def _coded(units: Sequence[Sequence[Any]]) -> list[list[Any]]:
    ids, names = (fronted([unit[place] for unit in units]) for place in (0, 1))
    return [
        [*unit_id, *name, place, level, "".join(words)]
        for unit_id, name, (_, _, place, level, words) in zip(ids, names, units, strict=True)
    ]


def _level(row: Mapping[str, Any]) -> int:
    """Place of a level in the list of levels; -1 for one that is not in it."""
    return list(LEVELS).index(row["level"]) if row["level"] in LEVELS else -1


def order(code: str, facts: Facts) -> tuple[bool, str]:
    """Codes and ids of the own province before others."""
    return not code.startswith(facts.code), code


def place_name(code: str, places: Mapping[str, str]) -> str:
    """What the first four digits of a code are called."""
    return "省级" if code.endswith("00") else plain(places.get(f"{code}00", f"{code}00"), 20)


def _letter(row: Mapping[str, Any]) -> str:
    what = kind(row["status"], row["gate"])
    return LETTERS[what] if what else _EXEMPT.get(row["status"], _UNKNOWN)


def _numbers(findings: pa.Table) -> dict[tuple[str, int], int]:
    """Critical findings and warnings by unit and year."""
    grave = findings.filter(pc.is_in(findings["severity"], value_set=pa.array(["critical", "warning"])))
    grouped = grave.group_by(["unit_id", "year"]).aggregate([([], "count_all")])
    columns = (grouped[name].to_pylist() for name in ("unit_id", "year", "count_all"))
    return {(unit, year): number for unit, year, number in zip(*columns, strict=True)}


def rule_lists(facts: Facts, overview: Overview) -> Iterator[tuple[str, dict[str, Any]]]:
    """(rule, data) for each rule of the catalogue that has findings: how many are open and in how many reports, how
    many are waived, and the first `MOST` of both, the open ones before the others."""
    rules = {rule.id: rule for rule in facts.rules}
    for rule in facts.rules:
        open_, waived = (table.filter(pc.equal(table["rule"], rule.id)) for table in (overview.open, overview.waived))
        if not len(open_) + len(waived):
            continue
        listed = [
            [
                row["report_id"],
                plain(row["unit_name"], 80),
                row["year"],
                row["severity"],
                scope_label(rule.id, row["scope"], rules),
                plain(row["equation"], _EQUATION),
                row["status"],
            ]
            for row in [*_ordered(open_), *_ordered(waived)][:MOST]
        ]
        reports = len(pc.unique(open_["report_id"]))
        yield rule.id, {"total": len(open_), "reports": reports, "waived": len(waived), "rows": listed}


def _ordered(found: pa.Table) -> list[dict[str, Any]]:
    """The gravest first, newer years before older."""
    rank = pc.index_in(found["severity"], value_set=pa.array(list(RANK), pa.string()))
    order = [("rank", "ascending"), ("year", "descending"), ("unit_id", "ascending"), ("scope", "ascending")]
    rows: list[dict[str, Any]] = found.append_column("rank", rank).sort_by(order).slice(0, MOST).to_pylist()
    return rows
