"""What a report says in words, as columns: the facts of its identity and the claims of its narrative.

They are lists in `reports`, since they stand and fall with its text; `claims` and `held_claims` are views of them.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from warehouse.table import Column, Table

_TEXT: Final = pa.string()

#: one member of `reports.facts`
FACT: Final = (
    Column("name", _TEXT, "unit, code, department, year, period, edition or scope"),
    Column("value", _TEXT, "what is said"),
    Column("source", _TEXT, "where: `form.reading.Source`"),
    Column("quote", _TEXT, "the words, without white space, in half width"),
)
#: one member of `reports.claims`, and with report and place one row of `claims`
CLAIM: Final = (
    Column("kind", _TEXT, "figure, all_closed, all_upheld or year", True),
    Column("number", pa.decimal128(38, 10), "the figure, a decrease negative; null for a statement without one"),
    Column("unit", _TEXT, "what it is counted in: 件, 项, %, 年, …; '' for a statement", True),
    Column("subject", _TEXT, "`form.claims_subjects.SUBJECTS`; uncertain where the words leave it open", True),
    Column(
        "of_subject", _TEXT, "what a growth or a share is of, or what an uncertain figure comes nearest to; else null"
    ),
    Column("whole", _TEXT, "what a share is a share of: a subject, any (some total) or uncertain; null for others"),
    Column("scope", _TEXT, "aggregate, own, represented or unknown", True),
    Column("scope_words", _TEXT, "the words that the scope is told from, '' where it is unknown", True),
    Column("period", _TEXT, "this_year, last_year, other_year, part_of_year or unknown", True),
    Column("approximate", pa.bool_(), "the words say about how many only (余, 近)", True),
    Column("section", _TEXT, "overview, problems or other_matters", True),
    Column("start_at", pa.int32(), "offset of the quote in the section's text, in characters", True),
    Column("end_at", pa.int32(), "offset of its end", True),
    Column("quote", _TEXT, "the words of the claim as they stand", True),
)


def listed(columns: tuple[Column, ...]) -> pa.DataType:
    """The type of a list of such members."""
    return pa.list_(pa.struct([pa.field(column.name, column.type) for column in columns]))


def _view(name: str, reports: str) -> Table:
    key = (
        Column("report_id", _TEXT, "the report", True),
        Column("unit_id", _TEXT, "its unit", True),
        Column("year", pa.int16(), "its year", True),
        Column("place", pa.int32(), "place of the claim in the report, from 1", True),
    )
    meaning = f"The claims in the narratives of `{reports}`: a view of its column `claims`."
    return Table(name, meaning, key + CLAIM, ("report_id", "place"), "report_id", "year")


#: table of reports -> the view of `warehouse.query` on its claims (no Delta table)
CLAIM_VIEWS: Final = {
    "reports": _view("claims", "reports"),
    "held_reports": _view("held_claims", "held_reports"),
}
