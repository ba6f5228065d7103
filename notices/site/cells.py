"""The cells of reports in the order of the form, as text that a page takes apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from form.catalogue import CELLS, POSITION, keys_of
from notices.site.layout import ONE_ROW, tables_of
from notices.text import plain, visible

#: between two cells; what is visible holds no control character
_BETWEEN: Final = "\t"
#: in place of a cell that the report does not print
_ABSENT: Final = "\0"
_PRINTED, _NOTE = 200, 300
#: a cell read with less is marked; a doubt about the whole layout lowers all of them a little
_DOUBTFUL: Final = 0.8
_SPARSE: Final = ("state", "value", "confidence", "note", "second", "proposed", "reason", "printed")
#: the figures of the carry-over chain: total of a row of table three
CHAIN: Final = ("received", "carried_in", "processed_total", "carried_out")
_CHAIN_KEYS: Final = tuple(f"applications.{row}.total" for row in CHAIN)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one report: by number of the key what is printed, and what else is to be said of a few.

    `chain` has the figures of the chain (None where blank, unreadable or absent), in the order of `CHAIN`;
    `confidence` is the least of any cell.
    """

    printed: Mapping[int, str]
    notes: Mapping[int, Mapping[str, Any]]
    chain: tuple[str | None, ...]
    confidence: float = 1.0

    def data(self, edition: str) -> dict[str, Any]:
        """`cells` in the order of the edition's keys, `more` for keys of the other form, the names of the tables."""
        order = _order(edition)
        rest = {str(number): text for number, text in sorted(self.printed.items()) if number not in _members(edition)}
        one_row = any(CELLS[number].key.startswith(f"{ONE_ROW}.") for number in self.printed)
        data: dict[str, Any] = {
            "cells": _BETWEEN.join(self.printed.get(number, _ABSENT) for number in order),
            "tables": tables_of(edition, one_row),
        }
        if rest:
            data["more"] = rest
        if self.confidence < 1:
            data["confidence"] = round(self.confidence, 2)
        if self.notes:
            data["notes"] = {str(number): note for number, note in sorted(self.notes.items())}
        return data


NONE: Final = Cells({}, {}, (None,) * len(CHAIN))


@lru_cache(maxsize=8)
def _order(edition: str) -> tuple[int, ...]:
    return tuple(POSITION[key] for key in keys_of(edition))


@lru_cache(maxsize=8)
def _members(edition: str) -> frozenset[int]:
    return frozenset(_order(edition))


def by_report(table: pa.Table) -> dict[str, Cells]:
    """The cells of a table by report_id; a key that no edition has is left out."""
    keys = pa.array([cell.key for cell in CELLS], pa.string())
    place = pc.index_in(table["key"].cast(pa.string()), value_set=keys)
    known = table.append_column("place", place).filter(pc.is_valid(place))
    ordered = known.sort_by([("report_id", "ascending"), ("place", "ascending")])
    places = ordered["place"].to_pylist()
    printed = _shown(ordered["printed"])
    notes = _notes(ordered)
    figures = _figures(ordered)
    grouped = ordered.group_by("report_id").aggregate([("confidence", "min")])
    least = dict(zip(*(grouped[name].to_pylist() for name in ("report_id", "confidence_min")), strict=True))
    return {
        report_id: Cells(
            dict(zip(places[start:stop], printed[start:stop], strict=True)),
            notes.get(report_id, {}),
            tuple(figures.get((report_id, key)) for key in _CHAIN_KEYS),
            least[report_id],
        )
        for report_id, start, stop in runs(ordered["report_id"])
    }


def runs(column: pa.ChunkedArray) -> list[tuple[str, int, int]]:
    """The runs of equal values in a sorted column: value, first place, one after the last."""
    encoded = column.combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    if not len(codes):
        return []
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    names = encoded.dictionary.to_pylist()
    return [(names[codes[start]], start, stop) for start, stop in pairwise(edges)]


def _shown(column: pa.ChunkedArray) -> list[str]:
    """Printed texts made visible, each different one once."""
    encoded = column.combine_chunks().dictionary_encode()
    texts = [plain(text, _PRINTED) for text in encoded.dictionary.to_pylist()]
    return [texts[code] for code in encoded.indices.to_pylist()]


def _notes(table: pa.Table) -> dict[str, dict[int, dict[str, Any]]]:
    """What is to be said of the cells that are not simply printed or blank."""
    differs = pc.and_(pc.is_valid(table["second"]), pc.not_equal(table["second"], table["printed"]))
    doubtful = pc.less(table["confidence"], _DOUBTFUL)
    mask = pc.equal(table["state"], "unreadable")
    for one in (differs, doubtful, *(pc.is_valid(table[name]) for name in ("note", "proposed", "reason"))):
        mask = pc.or_(mask, pc.fill_null(one, False))
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for row in table.filter(mask).select(["report_id", "place", *_SPARSE]).to_pylist():
        found.setdefault(row["report_id"], {})[row["place"]] = _note(row)
    return found


def _note(row: Mapping[str, Any]) -> dict[str, Any]:
    note: dict[str, Any] = {}
    if row["state"] == "unreadable":
        note["unreadable"] = 1
    if row["note"]:
        note["note"] = plain(row["note"], _NOTE)
    if row["second"] is not None and row["second"] != row["printed"]:
        note["second"] = plain(row["second"], _PRINTED)
    if row["confidence"] < _DOUBTFUL:
        note["confidence"] = round(row["confidence"], 2)
    if row["proposed"] is not None:
        note["proposed"] = figure(row["proposed"])
    if row["reason"]:
        note["reason"] = plain(row["reason"], _NOTE)
    return note


def _figures(table: pa.Table) -> dict[tuple[str, str], str]:
    mask = pc.and_(pc.is_in(table["key"], value_set=pa.array(_CHAIN_KEYS)), pc.is_valid(table["value"]))
    rows = table.filter(mask).select(["report_id", "key", "value"]).to_pylist()
    return {(row["report_id"], row["key"]): figure(row["value"]) for row in rows}


def figure(value: Decimal) -> str:
    """A figure without the zeros that only its type adds."""
    text = format(value, "f")
    return visible(text.rstrip("0").rstrip(".") if "." in text else text)
