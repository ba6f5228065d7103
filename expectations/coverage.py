"""COV-*: every unit and year has a status, one document, and a host of the registry.

Rules about surroundings that were not given are silent. COV-UNIT also speaks of units and years without a
report: those are `absent.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np

from expectations import wording
from expectations.answer import SILENT, UNSTATED, Answer, Words, blank_answer
from expectations.asking import cannot
from expectations.batch import Batch
from expectations.declaration import SEVERITIES, Rule

#: statuses of the ledger that stand for a report
REPORTED: Final = frozenset({"published", "attachment_only"})
#: every status of the ledger
STATUSES: Final = REPORTED | {"image_only", "blocked", "unreadable", "not_published", "not_due", "merged"}
#: outcomes of a document that was read, and holds this unit's report
READ: Final = frozenset({"report", "duplicate"})


def unit(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """COV-UNIT of the reports that there are: they are in the ledger, with a status."""
    (scope,) = rule.scopes
    answer = _answer(batch, rule)
    if batch.world is None or batch.world.coverage is None:
        answer.outcome[:] = SILENT
    else:
        names = ("unit_id", "year", "status")
        rows = zip(*(batch.world.coverage[name].to_pylist() for name in names), strict=True)
        ledger = {(unit_id, year): status for unit_id, year, status in rows}
        for report, key in enumerate(zip(batch.strings("unit_id"), batch.strings("year"), strict=True)):
            if ledger.get(key) not in STATUSES:
                answer.fail(report, silence(scope.label, key in ledger, ledger.get(key)))
    yield answer


def silence(label: str, listed: bool, status: str | None) -> Words:
    """The words for a unit and year of which the ledger does not say what became of its report."""
    if not listed:
        return Words(None, None, None, f"{label}：覆盖台账中没有该单位该年度的记录")
    said = f"状态“{wording.quote(status)}”不在规定之列" if status else "没有状态"
    return Words(None, status or None, None, f"{label}：覆盖台账中该单位该年度{said}")


def duplicate(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """COV-DUPLICATE: other documents of the same unit and year than the one that counts, at other addresses."""
    (scope,) = rule.scopes
    answer = _answer(batch, rule)
    if batch.world is None or batch.world.documents is None:
        answer.outcome[:] = SILENT
        yield answer
        return
    found: dict[tuple[Any, Any], dict[str, None]] = {}
    names = ("unit_id", "year", "outcome", "address")
    for unit_id, year, outcome, address in zip(*(batch.world.documents[n].to_pylist() for n in names), strict=True):
        if outcome in READ:
            found.setdefault((unit_id, year), {})[address] = None
    for report, (unit_id, year, address) in enumerate(_rows(batch, "unit_id", "year", "address")):
        others = sorted(set(found.get((unit_id, year), ())) - {address})
        if others:
            shown = "、".join(wording.quote(other, 120) for other in others[:3])
            more = f"等 {len(others)} 份" if len(others) > 3 else ""
            message = f"{scope.label}：除采用的一份外，另有同一年度的重复文件：{shown}{more}"
            answer.fail(report, Words("1", str(len(others) + 1), None, message))
    yield answer


def host(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """COV-HOST: the report came from a host of the registry, and no other, however alike its name."""
    (scope,) = rule.scopes
    answer = _answer(batch, rule)
    if batch.world is None or not batch.world.hosts:
        answer.outcome[:] = SILENT
        yield answer
        return
    unknown = np.zeros(batch.size, dtype=np.bool_)
    for report, (address,) in enumerate(_rows(batch, "address")):
        name = host_of(address)
        unknown[report] = name is None
        if name is not None and name not in batch.world.hosts:
            message = f"{scope.label}：{wording.quote(name)}不在名录登记的网站之列，不能视为已公开"
            answer.fail(report, Words(None, wording.quote(name), None, message))
    cannot(answer, unknown, UNSTATED)
    yield answer


def host_of(address: str | None) -> str | None:
    """The host of an address, in lower case and without port; None where it names none."""
    try:
        return urlsplit(address or "").hostname
    except ValueError:
        return None


def _answer(batch: Batch, rule: Rule) -> Answer:
    (scope,) = rule.scopes
    return blank_answer(scope.id, batch.size, (), SEVERITIES.index(rule.severities[0]))


def _rows(batch: Batch, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(batch.strings(name) for name in names), strict=True)
