"""What a made document truly says: the judge of every reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

Break = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Slip:
    """A figure that the publisher printed wrongly: its key, what it should have been, what is printed."""

    key: str
    right: Decimal
    printed: Decimal


@dataclass(frozen=True, slots=True)
class Truth:
    """One report as printed: figures in the unit of the key (None for blank), and the slips planted in it.

    `breaks` are the critical rules that the printed figures break, as (rule, scope).
    """

    unit: str
    code: str
    year: int
    edition: str
    cells: Mapping[str, Decimal | None]
    slips: tuple[Slip, ...]
    breaks: tuple[Break, ...]


def write_sidecar(document: Path, truths: tuple[Truth, ...]) -> None:
    """Writes `<document>.truth.json`: the first report in full, others below `more`, the breaks of all."""
    first, *others = (_as_json(truth) for truth in truths)
    first["publisher_breaks"] = [{"rule": rule, "scope": scope} for t in truths for rule, scope in t.breaks]
    if others:
        first["more"] = others
    path = document.with_name(document.name + ".truth.json")
    path.write_text(json.dumps(first, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_sidecar(document: Path) -> tuple[Truth, ...]:
    """The truths written beside a document; the breaks of all reports stand with the first."""
    path = document.with_name(document.name + ".truth.json")
    first = json.loads(path.read_text("utf-8"))
    return tuple(_from_json(record) for record in (first, *first.get("more", ())))


def _as_json(truth: Truth) -> dict[str, object]:
    record: dict[str, object] = {"unit": truth.unit, "code": truth.code, "year": truth.year, "edition": truth.edition}
    record["cells"] = {key: None if value is None else f"{value:f}" for key, value in truth.cells.items()}
    record["planted"] = [{"key": s.key, "right": f"{s.right:f}", "printed": f"{s.printed:f}"} for s in truth.slips]
    if len(truth.slips) == 1:
        record["changed_cell"] = {"key": truth.slips[0].key}
    return record


def _from_json(record: Mapping[str, object]) -> Truth:
    data = dict(record)
    cells = {k: None if v is None else Decimal(v) for k, v in data["cells"].items()}  # type: ignore[attr-defined]
    slips = tuple(
        Slip(s["key"], Decimal(s["right"]), Decimal(s["printed"]))
        for s in data["planted"]  # type: ignore[attr-defined]
    )
    found = data.get("publisher_breaks", ())
    breaks = tuple((b["rule"], b["scope"]) for b in found)  # type: ignore[attr-defined]
    return Truth(
        str(data["unit"]), str(data["code"]), int(str(data["year"])), str(data["edition"]), cells, slips, breaks
    )
