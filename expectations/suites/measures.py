"""The bounds of a population: natural ones, those beside the source, and those beside the release before.

A measure out of its bounds is a warning for people. What bounds a measure is only asked where there are enough
reports for it to mean something; else it has its natural bounds, and says that it was `asked` nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

from expectations import layout
from expectations.rules import BY_ID
from expectations.suites.population import NAMES, Population, Source

#: fewer reports or due units say nothing of a share or a distribution
ENOUGH: Final = 30
#: at least half of what is due and of what was captured should be there
_HALF: Final = 0.5
#: more reports with a critical fault than this are more likely a fault of a reader or a rule than of publishers
_MOST_HELD: Final = 0.2
#: coverage may fall by so much between two releases: a year that has just become due
_FALL: Final = 0.05
#: shares of failures may move by two points and three standard errors; quantiles to a half or to the double
_POINTS: Final = 0.02
_ERRORS: Final = 3
_TIMES: Final = 2
_FEW: Final = 10.0

_OTHERS: Final = {
    "reports": "本次核对的报告数",
    "standing": "台账中已有的报告数",
    "held": "有严重问题的报告比例",
    "volume.captured_of_listed": "采集的文件与列表所列之比",
    "volume.staged_of_captured": "读出的报告与采集的文件之比",
}
_LEVELS: Final = {"province": "省级", "prefecture": "市（州）级", "county": "县级", "township": "乡镇"}
_QUANTILES: Final = {"median": "中位数", "upper_quartile": "上四分位数"}


class Bounds(NamedTuple):
    """What a measure is held to; `asked` is false where there is nothing to hold it to but its nature."""

    least: float
    most: float
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of a population beside its bounds.

    `value` is None where it could not be taken; `message` is for people (Chinese, one line).
    """

    name: str
    value: float | None
    bounds: Bounds
    success: bool
    message: str


#: nothing that is measured reaches it
_BOUNDLESS: Final = 1e15
_SHARES: Final = ("coverage.", "failing.", "held")


def bounds(
    size: int, source: Source | None, previous: Population | None, due: Mapping[str, int]
) -> dict[str, Bounds]:
    """The bounds of every measure for a batch of `size` reports judged, `due` as `population.due` gives it."""
    found = {name: Bounds(0.0, 1.0 if name.startswith(_SHARES) else _BOUNDLESS) for name in NAMES}
    if size >= ENOUGH:
        found["held"] = Bounds(0.0, _MOST_HELD, True)
    for level, n in due.items():
        if n >= ENOUGH:
            found[f"coverage.{level}"] = Bounds(_HALF, 1.0, True)
    if source:
        found |= _volume(source)
    if previous:
        for name, before in previous.measures.items():
            found[name] = _drift(found[name], name, (size, previous.reports), before)
    return found


def _volume(source: Source) -> dict[str, Bounds]:
    """Captures beside the list, and reports beside captures: a document may hold several, some hold none."""
    asked = {
        "volume.captured_of_listed": source.listed,
        "volume.staged_of_captured": source.captured,
    }
    return {name: Bounds(_HALF, float(_TIMES), True) for name, whole in asked.items() if whole >= ENOUGH}


def _drift(now: Bounds, name: str, sizes: tuple[int, int], before: float) -> Bounds:
    """The bounds of a measure beside what it was; sizes are the reports judged now and then."""
    kind = name.split(".", maxsplit=1)[0]
    if kind == "coverage":
        # Stands on the whole ledger, however few reports are judged.
        return Bounds(max(now.least, before - _FALL), 1.0, True)
    if kind == "standing":
        return Bounds(before * (1 - _POINTS), _BOUNDLESS, True)
    if kind == "volume" or min(sizes) < ENOUGH:
        return now
    if kind == "failing":
        wide = _POINTS + _ERRORS * sqrt(before * (1 - before) * (1 / sizes[0] + 1 / sizes[1]))
        return Bounds(max(0.0, before - wide), min(1.0, before + wide), True)
    if kind == "figure":
        return Bounds(max(0.0, before / _TIMES - _FEW), before * _TIMES + _FEW, True)
    return now


def label(name: str) -> str:
    """What a measure is, as auditors read it."""
    kind, _, rest = name.partition(".")
    if kind == "coverage":
        return f"{_LEVELS[rest]}应公开报告的已有比例"
    if kind == "failing":
        return f"{rest}（{BY_ID[rest].title}）不成立的报告比例"
    if kind == "figure":
        key, _, quantile = rest.rpartition(".")
        return f"{layout.label(key)}的{_QUANTILES[quantile]}"
    return _OTHERS[name]


def said(name: str, value: float | None, limits: Bounds, success: bool) -> Measured:
    """A measure beside its bounds, with its words."""
    if value is None:
        return Measured(name, None, limits, success, f"{label(name)}：无法计量")
    if not limits.asked:
        return Measured(name, value, limits, success, f"{label(name)}：{_shown(name, value)}")
    span = f"不少于 {_shown(name, limits.least)}"
    if limits.most < _BOUNDLESS:
        span = f"{_shown(name, limits.least)} 至 {_shown(name, limits.most)}"
    held = "在" if success else "超出"
    return Measured(name, value, limits, success, f"{label(name)}：{_shown(name, value)}，{held}预期范围 {span}")


def _shown(name: str, value: float) -> str:
    if name.startswith((*_SHARES, "volume.")):
        return f"{value * 100:.1f}%"
    return f"{value:g}"
