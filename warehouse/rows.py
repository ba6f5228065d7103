"""Reports as read -> Arrow rows: column by column, exact, nothing rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from form.claim import Claim
from form.reading import Reading, Report
from warehouse.spec import DECIMAL, ERRORS, TABLES

#: note on a cell whose figure cannot be stored exactly (what auditors read is Chinese).
OUT_OF_RANGE: Final = "数值超出可存储范围"

#: Quantizing in it raises, rather than rounds, whatever 38 digits with 10 decimals cannot hold.
_EXACT: Final = Context(prec=DECIMAL.precision, traps=[Inexact, InvalidOperation])
_STEP: Final = Decimal(1).scaleb(-DECIMAL.scale)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Whose report it is and where it came from; `year` is the year it is filed under.

    `level`: province, prefecture, county, township; `kind`: aggregate, office, department; `reader`: the
    document's reader and version.
    """

    unit_id: str
    unit_name: str
    code: str
    level: str
    kind: str
    parent_id: str | None
    year: int
    address: str
    media_type: str
    sha256: str
    capture_id: str
    reader: str
    published: date | None = None

    @property
    def report_id(self) -> str:
        """`{unit_id}-{year}`."""
        return f"{self.unit_id}-{self.year}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that gave no report: `code` of `form.errors.REASONS`, `year` the one expected."""

    unit_id: str
    capture_id: str
    address: str
    sha256: str
    reader: str
    code: str
    detail: str
    year: int | None = None


Source = tuple[Provenance, Report]
Columns = dict[str, Sequence[Any]]
#: the columns of no readings
_NOTHING: Final[dict[str, tuple[Any, ...]]] = dict.fromkeys(Reading._fields, ())
_NO_BOX: Final = (None, None, None, None)


def report_rows(sources: Sequence[Source]) -> pa.Table:
    """One row of `reports` a source, in order."""
    columns: Columns = {
        name: [getattr(origin, name) for origin, _ in sources] for name in (*Provenance.__slots__, "report_id")
    }
    for name, value in _REPORT_FIELDS.items():
        columns[name] = [value(report) for _, report in sources]
    return _table("reports", columns)


def cell_rows(sources: Sequence[Source]) -> pa.Table:
    """One row of `cells` a reading, in order; figures that do not fit become unreadable with a note."""
    readings = [reading for _, report in sources for reading in report.readings]
    fields = dict(zip(Reading._fields, zip(*readings, strict=True), strict=True)) if readings else _NOTHING
    columns: Columns = {
        name: fields[name]
        for name in ("key", "printed", "reader", "confidence", "page", "second", "proposed", "reason")
    }
    for name in ("report_id", "unit_id", "year"):
        columns[name] = [
            value for origin, report in sources for value in (getattr(origin, name),) * len(report.readings)
        ]
    columns["table"] = [key.partition(".")[0] for key in fields["key"]]
    stored = [_stored(reading) for reading in readings]
    columns |= {name: [row[i] for row in stored] for i, name in enumerate(("value", "state", "note"))}
    boxes = [box or _NO_BOX for box in fields["bbox"]]
    columns |= {name: [box[i] for box in boxes] for i, name in enumerate(("x0", "y0", "x1", "y1"))}
    return _table("cells", columns)


def error_rows(failures: Iterable[Failure]) -> pa.Table:
    """One row of a part's `errors` a failure, in order."""
    items = list(failures)
    return _built(ERRORS.schema, {name: [getattr(item, name) for item in items] for name in ERRORS.names})


def document_rows(reports: pa.Table, errors: pa.Table) -> pa.Table:
    """What came of each document of a batch: rows of `documents` from `reports` and a part's `errors`.

    A document with several reports gives one row, with unit and year of the first.
    """
    table = TABLES["documents"]
    read = reports.select([name for name in table.names if name in reports.column_names])
    read = read.append_column("outcome", pa.repeat("report", len(read)))
    read = read.append_column("detail", pa.nulls(len(read), pa.string()))
    failed = errors.rename_columns({"code": "outcome"})
    both = pa.concat_tables([table.conform(read), table.conform(failed)])
    firsts = (
        both.append_column("row", pa.array(range(len(both)), pa.int64()))
        .group_by("capture_id")
        .aggregate([("row", "min")])
    )
    return both.take(firsts["row_min"].sort())


def _table(name: str, columns: Columns) -> pa.Table:
    return _built(TABLES[name].schema, columns)


def _built(schema: pa.Schema, columns: Columns) -> pa.Table:
    return pa.table([_column(columns[field.name], field.type) for field in schema], schema=schema)


def _column(values: Sequence[Any], type_: pa.DataType) -> pa.Array:
    """Values as a column; texts are looked at one by one only where one of them is no text."""
    try:
        return pa.array(values, type_)
    except UnicodeEncodeError:
        return pa.array([_clean(value) for value in values], type_)


def _clean(value: Any) -> Any:
    """`value`; in its texts, lone surrogates (no character; Arrow is UTF-8) become U+FFFD."""
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


def _stored(reading: Reading) -> tuple[Decimal | None, str, str | None]:
    """value, state and note as stored."""
    note = reading.note
    if reading.value is None:
        return None, reading.state, note
    exact = _exact(reading.value) if reading.value.is_finite() else None
    if exact is not None:
        return exact, reading.state, note
    return None, "unreadable", f"{OUT_OF_RANGE}；{note}" if note else OUT_OF_RANGE


@lru_cache(maxsize=4096)
def _exact(value: Decimal) -> Decimal | None:
    """A finite figure with the digits that a column has; None where that would change it."""
    with suppress(Inexact, InvalidOperation):
        return _EXACT.quantize(value, _STEP)
    return None


def _period(end: int) -> Callable[[Report], date | None]:
    return lambda report: report.period[end] if report.period else None


def _leftovers(report: Report) -> list[dict[str, Any]]:
    return [{"table": item.table, "printed": item.printed, "page": item.page} for item in report.leftovers]


def _facts(report: Report) -> list[dict[str, Any]]:
    return [{name: getattr(fact, name) for name in ("name", "value", "source", "quote")} for fact in report.facts]


def _claim(claim: Claim) -> dict[str, Any]:
    same = (
        "kind",
        "number",
        "unit",
        "subject",
        "whole",
        "scope",
        "scope_words",
        "period",
        "approximate",
        "section",
        "quote",
    )
    row = {name: getattr(claim, name) for name in same}
    return row | {"of_subject": claim.of, "start_at": claim.start, "end_at": claim.end}


_REPORT_FIELDS: Final[dict[str, Callable[[Report], Any]]] = {
    "unit": lambda report: report.unit,
    "edition": lambda report: report.edition,
    "title": lambda report: report.title,
    "period_from": _period(0),
    "period_to": _period(1),
    "sections": lambda report: list(report.sections),
    "overview": lambda report: report.narrative.overview,
    "problems": lambda report: report.narrative.problems,
    "other_matters": lambda report: report.narrative.other_matters,
    "leftovers": _leftovers,
    "remarks": lambda report: [{"code": item.code, "text": item.text} for item in report.remarks],
    "scope": lambda report: report.scope,
    "facts": _facts,
    "claims": lambda report: [_claim(claim) for claim in report.claims],
    # No waiver is known before the gate.
    "waivers": lambda report: [],
}
