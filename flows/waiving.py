"""Findings of the current release for those who waive them: one by its id, and what its waivers are worth today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from expectations.schema import VERDICTS
from expectations.waivers import Waiver, Weighed, cited_printed, waiver_of, weigh
from flows.exits import UnusableError
from store.where import Where
from warehouse.errors import WarehouseError
from warehouse.query import query
from warehouse.scan import literal
from warehouse.status import current

_FINDING = "SELECT * FROM findings WHERE starts_with(finding_id, {start}) ORDER BY finding_id LIMIT 2"
_VERDICTS = "SELECT report_id, rule, scope, severity, outcome, cells FROM verdicts WHERE report_id IN ({ids})"
#: of each report the newest version, which is the held one where there is one
_DOCUMENTS = """
SELECT report_id, sha256 FROM held_reports WHERE report_id IN ({ids}) UNION ALL
SELECT report_id, sha256 FROM reports
WHERE report_id IN ({ids}) AND report_id NOT IN (SELECT report_id FROM held_reports)
"""
_CELLS = """
SELECT report_id, key, printed FROM held_cells WHERE report_id IN ({ids}) UNION ALL
SELECT report_id, key, printed FROM cells
WHERE report_id IN ({ids}) AND report_id NOT IN (SELECT report_id FROM held_reports)
"""


def find(home: Where, finding: str) -> dict[str, Any]:
    """The finding of the current release with that id, or whose id alone begins so: a row of `findings`.

    Raises UnusableError where there is none, or more than one.
    """
    if current(home) is None:
        raise UnusableError(f"{home}: nothing has been released yet, so there is no finding to waive")
    rows = _ask(home, _FINDING.format(start=literal(finding))).to_pylist()
    if not rows:
        raise UnusableError(f"no finding {finding!r} in the current release; gouji query lists them: findings")
    if len(rows) > 1:
        raise UnusableError(f"more than one finding begins with {finding!r}: {rows[0]['finding_id']} and others")
    return dict(rows[0])


def make(home: Where, finding: dict[str, Any], words: tuple[str, str], days: tuple[date, date]) -> Waiver:
    """The waiver of a finding as its report stands now: `words` who and why, `days` from and to."""
    near = {finding["report_id"], *(cell.partition("@")[2] for cell in finding["cells"])} - {""}
    documents = dict(zip(*_documents(home, near).to_pydict().values(), strict=True))
    printed = cited_printed([finding], _cells(home, near))
    return waiver_of(finding, documents.get(finding["report_id"], ""), printed, words, days)


def weighed(home: Where, waivers: Sequence[Waiver], today: date) -> Weighed:
    """The waivers against the current release; all unseen before the first."""
    about = {waiver.report_id for waiver in waivers}
    if not about or current(home) is None:
        return weigh(VERDICTS.empty_table(), _NOTHING, _NOTHING, waivers, today)
    verdicts = _ask(home, _VERDICTS.format(ids=_listed(about)))
    near = about | {cell.partition("@")[2] for cells in verdicts["cells"].to_pylist() for cell in cells} - {""}
    return weigh(verdicts, _documents(home, near), _cells(home, near), waivers, today)


_NOTHING = pa.table({name: pa.array([], pa.string()) for name in ("report_id", "sha256", "key", "printed")})


def _documents(home: Where, ids: Collection[str]) -> pa.Table:
    return _ask(home, _DOCUMENTS.format(ids=_listed(ids)))


def _cells(home: Where, ids: Collection[str]) -> pa.Table:
    return _ask(home, _CELLS.format(ids=_listed(ids)))


def _listed(ids: Collection[str]) -> str:
    return ", ".join(map(literal, sorted(ids)))


def _ask(home: Where, sql: str) -> pa.Table:
    try:
        return query(home, sql)
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
