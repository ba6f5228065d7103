"""Rules as a reader sees them: white between separated cells closed up, open frames drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractors.pdf.native import Floats

#: Neighbouring cells' boxes up to this far apart (points) touch; a column of figures is wider.
_WHITE = 12.0
#: Nearer rules are one, whatever crosses them.
_NEAR = 3.5
#: Rules this close (points) meet.
_TOUCH = 2.0
#: What a rule may stick out beyond the last it crosses; no row is that low.
_STICKS_OUT = 8.0
#: Share of the shorter rule along which two rules face each other.
_FACING = 0.8
#: Separated cells leave at least so many gaps in each direction; two tables near each other leave one.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Along:
    """Rules along one axis: the place on the other axis, begin and end."""

    place: Floats
    begin: Floats
    end: Floats

    @classmethod
    def of(cls, rules: Floats, upright: bool) -> _Along:
        """The rules (x0, y0, x1, y1) as places and ends."""
        if upright:
            return cls(rules[:, 0], rules[:, 1], rules[:, 3])
        return cls(rules[:, 1], rules[:, 0], rules[:, 2])

    def rules(self, upright: bool) -> Floats:
        """Back to rows of x0, y0, x1, y1."""
        columns = (self.place, self.begin, self.place, self.end)
        return np.column_stack(columns if upright else (columns[1], columns[0], columns[3], columns[2]))


def mended(horizontal: Floats, vertical: Floats) -> tuple[Floats, Floats]:
    """Horizontal and vertical rules with gaps between separated cells closed and open frames closed."""
    if len(horizontal) < 1 or len(vertical) < 1:
        return horizontal, vertical
    across, upright = _closed_up(_Along.of(horizontal, False), _Along.of(vertical, True))
    across, upright = _trimmed(across, upright), _trimmed(upright, across)
    return _framed(across.rules(False), upright.rules(True))


def _closed_up(across: _Along, upright: _Along) -> tuple[_Along, _Along]:
    moved_up, moved_across = _moves(upright, across, _WHITE), _moves(across, upright, _WHITE)
    if min(_gaps(upright, moved_up), _gaps(across, moved_across)) < _FEWEST:
        moved_up, moved_across = _moves(upright, across, _NEAR), _moves(across, upright, _NEAR)
        if not _gaps(upright, moved_up) + _gaps(across, moved_across):
            return across, upright
    return _moved(across, moved_across, upright, moved_up), _moved(upright, moved_up, across, moved_across)


def _gaps(rules: _Along, moved: Floats) -> int:
    """How many places have become one with another."""
    return len(np.unique(rules.place)) - len(np.unique(moved))


def _moves(rules: _Along, others: _Along, white: float) -> Floats:
    """The new place of each rule: halfway to one that it faces across at most so much white, else its own."""
    apart = rules.place[None, :] - rules.place[:, None]
    pairs = (apart > 0) & (apart <= white)
    if not pairs.any():
        return rules.place
    low = np.maximum(rules.begin[:, None], rules.begin[None, :])
    high = np.minimum(rules.end[:, None], rules.end[None, :])
    length = rules.end - rules.begin
    pairs &= high - low >= _FACING * np.minimum(length[:, None], length[None, :])
    places = rules.place.copy()
    #: where the rules of a place have gone: one that faces none goes with them
    gone: dict[float, float] = {}
    for one, other in np.argwhere(pairs).tolist():
        bridged = (others.begin <= rules.place[one] + 1) & (others.end >= rules.place[other] - 1)
        bridged &= (others.place >= low[one, other] - 1) & (others.place <= high[one, other] + 1)
        if apart[one, other] <= _NEAR or not bridged.any():
            middle = float(rules.place[one] + rules.place[other]) / 2
            places[one] = places[other] = middle
            gone |= {float(rules.place[one]): middle, float(rules.place[other]): middle}
    for index in np.flatnonzero(places == rules.place).tolist():
        places[index] = gone.get(float(rules.place[index]), places[index])
    return places


def _moved(rules: _Along, places: Floats, others: _Along, moved: Floats) -> _Along:
    """The rules at their new places, their ends drawn to where the rules that they met have gone."""
    begin, end = rules.begin.copy(), rules.end.copy()
    for index, (place, low, high) in enumerate(zip(rules.place, rules.begin, rules.end, strict=True)):
        met = (others.begin <= place + _TOUCH) & (others.end >= place - _TOUCH)
        for ends, at in ((begin, low), (end, high)):
            here = met & (np.abs(others.place - at) <= _TOUCH)
            if here.any():
                ends[index] = moved[here][0]
    return _Along(places, begin, end)


def _trimmed(rules: _Along, others: _Along) -> _Along:
    """The rules without ends that stick out a little beyond the last rule they cross: Camelot drops such rules."""
    place, low, high = others.place[None, :], rules.begin[:, None], rules.end[:, None]
    met = (others.begin[None, :] <= rules.place[:, None] + _TOUCH) & (
        others.end[None, :] >= rules.place[:, None] - _TOUCH
    )
    met &= (place >= low - _TOUCH) & (place <= high + _TOUCH)
    first, last = np.where(met, place, np.inf).min(axis=1), np.where(met, place, -np.inf).max(axis=1)
    several = met.sum(axis=1) > 1
    before, after = first - rules.begin, rules.end - last
    begin = np.where(several & (before > _TOUCH) & (before <= _STICKS_OUT), first, rules.begin)
    end = np.where(several & (after > _TOUCH) & (after <= _STICKS_OUT), last, rules.end)
    return _Along(rules.place, begin, end)


def _framed(horizontal: Floats, vertical: Floats) -> tuple[Floats, Floats]:
    """The rules and the missing sides of frames whose inner rules end together."""
    sides: list[list[float]] = []
    tops: list[list[float]] = []
    for h, v in _connected(horizontal, vertical):
        # The least that is a table: two rows of two cells, or one row of three; with one rule, two rows of four.
        lone = len(h) == 1 and len(v) > 2 and _level(v)
        if not lone and (len(h) < 2 or len(v) < 1 or len(h) + len(v) < 4):
            continue
        x0, y0 = min(h[:, 0].min(), v[:, 0].min()), min(v[:, 1].min(), h[:, 1].min())
        x1, y1 = max(h[:, 2].max(), v[:, 2].max()), max(v[:, 3].max(), h[:, 3].max())
        for x, ends in ((x0, h[:, 0]), (x1, h[:, 2])):
            if _open(x, ends, v[:, 0], 1 if lone else 2):
                sides.append([x, y0, x, y1])
        for y, ends in ((y0, v[:, 1]), (y1, v[:, 3])):
            if _open(y, ends, h[:, 1], 2):
                tops.append([x0, y, x1, y])
    return _with(horizontal, tops), _with(vertical, sides)


def _level(vertical: Floats) -> bool:
    """Whether all rules begin and end together, as those between the columns of two rows do."""
    return bool((np.ptp(vertical[:, (1, 3)], axis=0) <= _TOUCH).all())


def _open(place: float, ends: Floats, rules: Floats, fewest: int) -> bool:
    """Whether at least `fewest` rules end at a side that no rule draws."""
    return int((np.abs(ends - place) <= _TOUCH).sum()) >= fewest and not (np.abs(rules - place) <= 2 * _TOUCH).any()


def _with(rules: Floats, more: list[list[float]]) -> Floats:
    return np.vstack((rules, np.array(more))) if more else rules


def _connected(horizontal: Floats, vertical: Floats) -> list[tuple[Floats, Floats]]:
    """Groups of rules that touch one another."""
    h, v = horizontal[:, None], vertical[None]
    touch = (v[..., 0] >= h[..., 0] - _TOUCH) & (v[..., 0] <= h[..., 2] + _TOUCH)
    touch &= (h[..., 1] >= v[..., 1] - _TOUCH) & (h[..., 1] <= v[..., 3] + _TOUCH)
    group = np.arange(len(horizontal))
    while True:
        # Each vertical takes the lowest number among the rules it meets, and each rule that of its verticals.
        lowest = np.where(touch, group[:, None], len(group)).min(axis=0)
        merged = np.minimum(group, np.where(touch, lowest[None], len(group)).min(axis=1))
        if (merged == group).all():
            break
        group = merged
    return [(horizontal[group == g], vertical[lowest == g]) for g in np.unique(group).tolist()]
