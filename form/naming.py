"""What stands in the places of a header: by the labels, else by the form's order or elimination, else nothing's name.

The labels' own order goes before the form's. A place without a label that can be read is the form's only where all
other labels stand as on the form; otherwise it is the one that is missing, if one alone is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final, NamedTuple

from form.alignment import DOUBTFUL, SURE, Part
from form.catalogue import EDITIONS, column_labels, row_labels
from form.harvest import LABEL, Harvest
from form.labels import skeleton

#: the least likeness of a damaged label to the one that it stands in for
_ALIKE: Final = 0.5


class Label(NamedTuple):
    """A label as printed, what it names by its own words, and whether it is beyond doubt what is printed."""

    text: str
    what: str | None = None
    exact: bool = False
    #: a scan's label may be read otherwise than it is printed: an unknown one tells of no other column
    printed: bool = True


class Place(NamedTuple):
    """One place of a header: the name that it has, how sure that is, and the label where it is another's.

    `name` is None where nothing tells it; `strange` is a label that is unlike the name's.
    """

    name: str | None
    sure: float = SURE
    strange: str | None = None

    def part(self, part: Part) -> Part | None:
        """What stands in the place, for the name that it has; a figure under a strange label cannot be told."""
        if self.strange is None:
            return part
        told = self.name is not None and part.cell.text.strip()
        return Part(part.cell, None, DOUBTFUL, f"表头“{self.strange}”不是格式的栏目") if told else None


@dataclass(frozen=True, slots=True)
class Naming:
    """The places of a header from left to right, and whether their order is another than the form's."""

    places: tuple[Place, ...]
    permuted: bool = False
    #: damaged labels, and what they were taken for
    fuzzy: tuple[tuple[str, str], ...] = ()

    def remark(self, table: str, harvest: Harvest) -> None:
        """Tell what was not as on the form."""
        if self.permuted:
            harvest.remark("columns_permuted", f"{table}、表的列序与格式不同，按表头读取")
        for text, name in self.fuzzy:
            harvest.remark("label_fuzzy", f"表头“{text}”按“{name}”读取")
        for place in self.places:
            if place.strange is not None:
                harvest.remark("column_unknown", f"{table}、表头“{place.strange}”不是格式的栏目，其下数字未采用")


def form_order(form: Sequence[str], sure: float = SURE) -> Naming:
    """The places as the form has them, where no label tells otherwise."""
    return Naming(tuple(Place(name, sure) for name in form))


def named(labels: Sequence[Label | None], form: Sequence[str], table: str) -> Naming | None:
    """The names of as many places as the form has; None if one name stands twice."""
    known = {place: label.what for place, label in enumerate(labels) if label and label.what}
    missing = [name for name in form if name not in known.values()]
    if len(missing) + len(known) != len(form):
        return None
    permuted = any(form[place] != name for place, name in known.items())
    fuzzy: list[tuple[str, str]] = []
    places: list[Place] = []
    for at, label in enumerate(labels):
        name = known.get(at) or (form[at] if not permuted else missing[0] if len(missing) == 1 else None)
        place = _place(name, label, permuted, table)
        if label and name and place.strange is None and not label.exact and place.sure < SURE:
            fuzzy.append((" ".join(label.text.split()), name))
        places.append(place)
    return Naming(tuple(places), permuted, tuple(fuzzy))


def _place(name: str | None, label: Label | None, permuted: bool, table: str) -> Place:
    most = DOUBTFUL if permuted else SURE
    if label is None or label.exact:
        return Place(name, most, "" if name is None else None)
    if not label.printed and name:
        return Place(name, most)
    if name is None or not (label.what or alike(label.text, table, name)):
        return Place(name, DOUBTFUL, " ".join(label.text.split()))
    return Place(name, min(most, LABEL["near"]))


def alike(text: str, table: str, name: str, least: float = _ALIKE) -> bool:
    """Whether a damaged label may be that of a column (or a block of table four): so much of it is."""
    printed = skeleton(text)
    return any(
        SequenceMatcher(None, printed, skeleton(known), autojunk=False).ratio() >= least
        for known in printed_forms(table, name)
    )


@lru_cache(maxsize=64)
def printed_forms(table: str, name: str) -> frozenset[str]:
    """The forms in which a column, or a block of table four, is printed."""
    columns = (c for e in EDITIONS for c in column_labels(e) if (c.table, c.column) == (table, name))
    blocks = (r for e in EDITIONS for r in row_labels(e) if (r.table, r.row) == (table, name) and table == "disputes")
    texts = [(c.label, *c.variants) for c in columns] + [(r.label, *r.variants) for r in blocks]
    return frozenset(text for several in texts for text in several)
