"""Document -> reports: the statutory tables read by structure and label, never by counting numbers.

Codes of remarks:
`label_fuzzy` a label with missing, wrong or cut characters was matched; `row_joined` a row cut by a page
break was put together; `mixed_edition` parts of both editions stand side by side; `spans_differ` header and
data rows are spanned differently; `columns_permuted` the header has another order of columns;
`unit_contradicted`, `year_contradicted`, `scope_contradicted` places of the document differ on whose report it is, of
which year, or whether it is of the area or of the body;
`header_missing`, `header_irregular` columns were named by the form; `cells_missing` a row has fewer cells
than columns; `group_row` a heading row holds figures; `duplicate_tables` the same tables stand twice;
`foreign_table` a copy of a table whose caption names another year or scope was left over; `blank_and_filled` a cell
stands blank in one place and filled in another; `column_unknown` a column is headed by none of the form's names;
`header_contradicted` a header contradicts the form and is not whole enough to go by; `cell_doubted` a reader was not
sure of a cell's text, for the reason that the remark and the cell's note give.
"""

from __future__ import annotations

from form.applications import read_applications
from form.claims import claims
from form.copies import Copy, foreign
from form.disputes import read_disputes
from form.errors import DocumentError
from form.evidence import edition_facts
from form.gathering import Gathered, gather
from form.grid import Document
from form.harvest import Harvest
from form.identity import identify
from form.narrative import narrate
from form.proactive import proactive_edition, read_proactive, unit_above
from form.prose import prose
from form.reading import Report

#: fewer cells than one table of the form are a mention of it, not a report
MIN_READINGS = 10
_OTHER_PARTS = ("other_correction_overdue", "other_fee_overdue", "other_remaining")


def read_reports(document: Document, address: str = "") -> tuple[Report, ...]:
    """The annual reports in a document, in order.

    `address` (or a file's name) is a further witness to whose report it is, heard last.
    The blank form is a report of blank cells. Raises `DocumentError('not_a_report')` if there is no statutory table.
    """
    reports: list[Report] = []
    for gathered in gather(document):
        report = _report(document, gathered, address)
        if report is None:
            continue
        twin = next((i for i, r in enumerate(reports) if _same(r, report)), None)
        if twin is None:
            reports.append(report)
        else:
            reports[twin] = reports[twin].remarked("duplicate_tables", "文中重复出现相同的统计表")
    if not reports:
        raise DocumentError("not_a_report")
    return tuple(reports)


def _report(document: Document, gathered: Gathered, address: str) -> Report | None:
    harvest = Harvest(document.reader)
    lines = prose(document, gathered)
    identity = identify(document, gathered, lines, address)
    for copy in foreign(document, gathered, identity.year, identity.scope):
        _set_aside(copy, gathered, harvest)
    edition = _edition(gathered, harvest)
    harvest.money = unit_above(document, gathered.lines["proactive"])
    read_proactive(gathered.lines["proactive"], edition, harvest)
    read_applications(gathered.lines["applications"], harvest)
    read_disputes(gathered.lines["disputes"], harvest)
    readings = harvest.readings()
    if len(readings) < MIN_READINGS:
        return None
    narrative, sections = narrate(lines)
    return Report(
        unit=identity.unit,
        year=identity.year,
        edition=edition,
        title=identity.title,
        readings=readings,
        leftovers=tuple(harvest.leftovers),
        remarks=(*harvest.remarks.values(), *identity.remarks),
        narrative=narrative,
        sections=sections,
        period=identity.period,
        scope=identity.scope,
        facts=(*identity.facts, *edition_facts(edition, gathered)),
        claims=claims(narrative, identity.year, identity.unit),
    )


def _set_aside(copy: Copy, gathered: Gathered, harvest: Harvest) -> None:
    """Leave over a copy of a table that is not of the report's year or scope."""
    aside = set(map(id, copy.lines))
    gathered.lines[copy.table] = [line for line in gathered.lines[copy.table] if id(line) not in aside]
    for line in copy.lines:
        if line.role != "head":
            harvest.leave_line(line)
    if copy.caption:
        harvest.remark("foreign_table", f"“{copy.caption.text}”之下的统计表不属于本报告的年度或范围，未采用")


def _edition(gathered: Gathered, harvest: Harvest) -> str:
    """The edition that the tables show: table two by its columns, else the （六） rows of table three."""
    votes = proactive_edition(gathered.lines["proactive"])
    rows = gathered.rows["applications"]
    parts = any(row in rows for row in _OTHER_PARTS)
    one = "other" in rows and not parts
    if not any(votes.values()):
        return "2021" if parts or not one else "2019"
    edition = max(votes, key=lambda e: (votes[e], e))
    if all(votes.values()):
        harvest.remark("mixed_edition", "二、表同时使用2019年和2021年两种格式的栏目")
    if edition == "2021" and one:
        harvest.remark("mixed_edition", "2021年格式的表中（六）其他处理只有一行")
    if edition == "2019" and parts:
        harvest.remark("mixed_edition", "2019年格式的表中（六）其他处理分列三行")
    return edition


def _same(one: Report, other: Report) -> bool:
    """Whether two reports print the same figures for the same unit and year."""

    def figures(report: Report) -> dict[str, object]:
        return {r.key: (r.state, r.value) for r in report.readings}

    return one.year in (None, other.year) and one.unit in (None, other.unit) and figures(one) == figures(other)
