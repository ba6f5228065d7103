"""An impact for people and for programs: a summary, then the differences, the most serious sort first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.impact import Looked
from flows.impact_compare import FIGURE
from flows.impact_found import KINDS, Found, Kind
from flows.output import plain_value
from flows.plan import CHINA
from flows.terminal import SEVERITY_STYLE, console, safe
from notices.text import visible

#: differences of a kind that a terminal shows
SHOWN: Final = 12
_PLURAL: Final[Mapping[Kind, str]] = {
    "gate": "gate",
    "finding": "findings",
    "figure": "figures",
    "report": "reports",
    "document": "documents",
    "coverage": "coverage",
}
#: what a cell of a table may quote, and what it has at least, in columns of the terminal; between two of them
_WIDEST: Final = 200
_NARROWEST: Final = 16
_GAP: Final = 2
_NUMBERS: Final = ("count", "in reports", "critical")
#: what a sort of differences is mostly about: so many of these
_THEMES: Final = 4


def print_impact(looked: Looked, found: Found) -> None:
    """The summary and the first differences of each kind."""
    out = console()
    out.print(Text(_heading(looked), style="bold"))
    out.print(Text(_looked_at(looked), style="dim"))
    if found.counts:
        out.print()
        out.print(_counts(out, found))
    if any(looked.readings.values()):
        read = ", ".join(f"{count} in {what}" for what, count in looked.readings.items() if count)
        out.print(Text(f"cells read otherwise: {read}"))
    for kind in KINDS:
        _print_kind(out, kind, found)
    _print_troubles(out, looked)
    out.print()
    out.print(Text(_conclusion(looked, found), style="bold"))


def write_json(looked: Looked, found: Found, out: TextIO) -> None:
    """One object, written as it goes, however many the differences are."""
    head = {
        "release": looked.release.release_id,
        "day": _day(looked),
        "units": len(looked.plan.units),
        "years": list(looked.plan.years),
        "documents": looked.documents,
        "reports": looked.reports,
        "judged": looked.judged,
        "critical": found.critical,
        "counts": [
            {"kind": sort.kind, "change": sort.change, "count": count, "critical": found.criticals[sort]}
            for sort, count in sorted(found.counts.items())
        ],
        "readings": dict(looked.readings),
        "unreadable_captures": [{"address": one.address, "reason": one.reason} for one in looked.troubles],
        "overtaken_by": looked.overtaken_by,
    }
    out.write(json.dumps(head, ensure_ascii=False, indent=1)[: -len("\n}")])
    out.write(',\n "differences": [')
    for number, line in enumerate(found.lines()):
        out.write(f"{',' if number else ''}\n  {line}")
    out.write("\n ]\n}\n")


def _day(looked: Looked) -> str:
    return looked.release.created_at.astimezone(CHINA).date().isoformat()


def _heading(looked: Looked) -> str:
    first, last = looked.plan.years
    units = looked.plan.units
    whom = units[0].name if len(units) == 1 else f"{len(units)} units"
    return f"this working copy against {looked.release.release_id} of {_day(looked)}: {whom}, {first}..{last}"


def _looked_at(looked: Looked) -> str:
    return (
        f"{looked.documents} listed documents read again, {looked.reports} reports in them; "
        f"{looked.judged} units' years judged, neighbours included"
    )


def _counts(out: Console, found: Found) -> Table:
    """How many of each sort, in how many reports, and what they are mostly about."""
    rows = []
    for kind in KINDS:
        for sort, count in sorted(item for item in found.counts.items() if item[0].kind == kind):
            critical = Text(str(found.criticals[sort] or ""), style=SEVERITY_STYLE["critical"])
            reports = str(len(found.abouts[sort])) if kind in ("figure", "finding", "report") else ""
            mostly = [f"{theme} ×{times}" for theme, times in found.themes[sort].most_common(_THEMES) if theme]
            line = [Text(word) for word in (_PLURAL[kind], sort.change, str(count), reports)]
            rows.append([*line, critical, Text(", ".join(mostly), style="dim")])
    return _table(out, ("differences", "", "count", "in reports", "critical", "mostly"), rows, flexible=1)


def _print_kind(out: Console, kind: Kind, found: Found) -> None:
    say = _WORDS.get(kind, _columns)
    rows = [
        [
            Text(visible(one.name or one.about)),
            Text(one.change, style=SEVERITY_STYLE["critical"] if one.critical else ""),
            Text("" if kind == "document" else visible(one.what)),
            *(Text(visible(say(side))) for side in (one.before, one.now)),
        ]
        for one in found.first[kind]
    ]
    if rows:
        out.print()
        out.print(_table(out, (_PLURAL[kind], "", "", "in the release", "by the working copy"), rows, flexible=2))
    if more := found.of(kind) - len(rows):
        out.print(Text(f"… {more} more; --format json has them all", style="dim"))


def _table(out: Console, heads: Sequence[str], rows: Sequence[Sequence[Text]], flexible: int) -> Table:
    """A line a row: the last columns, so many of them, share what the others leave of the width."""
    widths = [max(cell_len(head), *(row[i].cell_len for row in rows)) for i, head in enumerate(heads)]
    left = out.width - sum(widths[:-flexible]) - _GAP * len(heads)
    for row in rows:
        for i, text in enumerate(row[-flexible:], len(heads) - flexible):
            # What one side does not need the other may have.
            others = sum(
                min(width, left // flexible)
                for k, width in enumerate(widths[-flexible:], len(heads) - flexible)
                if k != i
            )
            text.truncate(max(left - others, _NARROWEST), overflow="ellipsis")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for head in heads:
        table.add_column(head, justify="right" if head in _NUMBERS else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _figure(side: Any) -> str:
    if side is None:
        return "not printed"
    value = plain_value(side["value"]) if side["value"] is not None else side["state"]
    printed, *_ = (side[name] for name in FIGURE)
    return value if printed == value else f"{value} ({_short(printed)})"


def _finding(side: Any) -> str:
    if side is None:
        return "no finding"
    words = [
        str(side[name]) for name in ("severity", "attribution", "status") if side.get(name) not in (None, "open")
    ]
    text = side.get("equation") or side.get("message")
    rest = {name: value for name, value in side.items() if name in ("cells", "suspects", "alternatives")}
    said = _short(text) if text else _columns(rest)
    return ", ".join(words) + (f": {said}" if said else "")


def _outcome(side: Any) -> str:
    if side is None:
        return "not read"
    return f"{side['outcome']}: {_short(side['detail'])}" if side["detail"] else str(side["outcome"])


def _columns(side: Any) -> str:
    if not isinstance(side, Mapping):
        return "" if side is None else _short(side)
    return "; ".join(_column(name, value) for name, value in side.items())


def _column(name: str, value: Any) -> str:
    if not isinstance(value, list):
        return f"{name} {'none' if value is None else _short(plain_value(value))}"
    return f"{len(value)} {name}: {_short('、'.join(_words(value)))}" if value else f"no {name}"


def _words(values: list[Any]) -> Iterator[str]:
    """What stands for each member of a list: its own words where it has any."""
    for value in values:
        words = (
            value if isinstance(value, str) else (value.get(name) for name in ("quote", "printed", "text", "value"))
        )
        yield words if isinstance(words, str) else next((str(word) for word in words if word), "")


def _short(text: Any) -> str:
    flat = " ".join(str(text).split())
    return flat if len(flat) <= _WIDEST else f"{flat[: _WIDEST - 1]}…"


#: how a side of a difference is put into words
_WORDS: Final[Mapping[Kind, Callable[[Any], str]]] = {"figure": _figure, "finding": _finding, "document": _outcome}


def _print_troubles(out: Console, looked: Looked) -> None:
    for one in looked.troubles[:SHOWN]:
        out.print(f"[yellow]not to be had from the archive[/] {safe(one.address)}: {safe(one.reason)}")
    if len(looked.troubles) > SHOWN:
        out.print(Text(f"  … {len(looked.troubles) - SHOWN} more", style="dim"))


def _conclusion(looked: Looked, found: Found) -> str:
    if looked.overtaken_by:
        return f"{looked.overtaken_by} was released meanwhile: what was compared is not one state, ask again"
    if not found.counts:
        rest = " in what could be read" if looked.troubles else ""
        return f"nothing differs{rest}"
    total = sum(found.counts.values())
    critical = sum(found.criticals.values())
    return f"{total} differences, {critical} of them critical" if critical else f"{total} differences, none critical"
