"""Tables three and four: applications from arrival to answer and the disputes over them, for all bodies at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from samples import keys, office
from samples.bodies import Bodies
from samples.chance import Ints, between, split, stream, vary
from samples.proactive import Cells

#: How many of a hundred applicants are in each of the six columns.
_APPLICANTS: Final = (86, 8, 1, 1, 3, 1)
_LEAF_WEIGHTS: Final = {
    "granted": 420,
    "partially_granted": 80,
    "unavailable_not_held": 190,
    "unavailable_requires_creation": 40,
    "unavailable_unclear": 25,
    "denied_third_party": 12,
    "denied_internal_affairs": 12,
    "denied_deliberative": 14,
    "denied_administrative_inquiry": 12,
    "denied_prohibited_by_law": 8,
    "declined_petition": 45,
    "declined_duplicate": 18,
    "other": 60,
    "other_correction_overdue": 34,
    "other_remaining": 28,
}
_RARE_LEAF: Final = 2
#: Cases for each application received, by block of table four, and how they end.
_DISPUTES: Final = {
    "reconsideration": 0.06,
    "litigation_direct": 0.03,
    "litigation_after_reconsideration": 0.012,
}
_ENDINGS: Final = (55, 9, 22, 14)


def applications(bodies: Bodies, years: range, seed: int, name: str) -> tuple[Cells, Cells]:
    """Tables three and four of the 2019 form and of the 2021 form, each for the years that it was used in."""
    old = sum(year <= 2020 for year in years)
    rows = _flows(bodies, years, seed, name)
    cells: Cells = {}
    for row, values in rows.items():
        _fill(cells, row, values)
    cells |= _disputes(cells[keys.application("received", keys.TOTAL)], seed, name)
    forms: list[Cells] = []
    for one_other, part in ((True, slice(0, old)), (False, slice(old, None))):
        form = {key: values[:, part] for key, values in cells.items()}
        _leaves(form, rows["processed_total"][:, part], one_other, seed, name)
        forms.append(form)
    if bodies.real >= 0 and office.YEAR in years:
        _as_the_real_office(forms[0], bodies.real, office.YEAR - years[0])
    return forms[0], forms[1]


def _flows(bodies: Bodies, years: range, seed: int, name: str) -> dict[str, Ints]:
    """Received, carried in, decided and carried out by body, year and column; decided is what the others leave."""
    rng = stream(seed, name, "applications")
    typical = bodies.typical[:, 0]
    total = vary(typical, len(years), rng)
    received = split(total.ravel(), _APPLICANTS, rng).reshape(len(bodies), len(years), len(_APPLICANTS))
    shares = between(0.02, 0.08, (len(bodies), len(years)), rng)
    luck = between(0, 1, received.shape, rng)
    opening = (typical * between(0.02, 0.06, typical.shape, rng) + rng.random(len(bodies))).astype(np.int64)
    carried = split(opening, _APPLICANTS, rng)
    carried_in, carried_out = np.zeros_like(received), np.zeros_like(received)
    for place, year in enumerate(years):
        if bodies.real >= 0 and year == office.YEAR:
            received[bodies.real, place] = office.carried("received")
        carried_in[:, place] = carried
        available = received[:, place] + carried
        left = (available * shares[:, place, None] + luck[:, place]).astype(np.int64)
        carried = np.minimum(left, available)
        for following in (office.YEAR, office.YEAR + 1) if bodies.real >= 0 else ():
            if year + 1 == following:
                carried[bodies.real] = office.carried("carried_in" if following == office.YEAR else "carried_out")
        carried_out[:, place] = carried
    flows = {"received": received, "carried_in": carried_in, "carried_out": carried_out}
    return flows | {"processed_total": received + carried_in - carried_out}


def _fill(cells: Cells, row: str, values: Ints) -> None:
    """A row of table three from its six columns, last axis, and their sum."""
    for number, column in enumerate(keys.COLUMNS):
        cells[keys.application(row, column)] = values[:, :, number]
    cells[keys.application(row, keys.TOTAL)] = values.sum(axis=2)


def _leaves(cells: Cells, processed: Ints, one_other: bool, seed: int, name: str) -> None:
    leaves = keys.leaves(one_other)
    weights = tuple(_LEAF_WEIGHTS.get(leaf, _RARE_LEAF) for leaf in leaves)
    shares = split(processed.ravel(), weights, stream(seed, name, "leaves", one_other))
    shares = shares.reshape(*processed.shape, len(leaves))
    for number, leaf in enumerate(leaves):
        _fill(cells, leaf, shares[..., number])


def _disputes(received: Ints, seed: int, name: str) -> Cells:
    cells: Cells = {}
    for block, share in _DISPUTES.items():
        rng = stream(seed, name, "disputes", block)
        total = np.rint(received * share * between(0.6, 1.4, received.shape, rng)).astype(np.int64)
        for year in range(1, total.shape[1]):
            total[:, year] += (total[:, year] == total[:, year - 1]) & (total[:, year] > 0)
        parts = split(total.ravel(), _ENDINGS, rng).reshape(*total.shape, len(_ENDINGS))
        cells |= {f"disputes.{block}.{outcome}": parts[..., n] for n, outcome in enumerate(keys.OUTCOMES)}
        cells[f"disputes.{block}.{keys.TOTAL}"] = total
    return cells


def _as_the_real_office(cells: Cells, body: int, place: int) -> None:
    figures = office.cells()
    for key, values in cells.items():
        values[body, place] = int(figures[key] or 0)
