"""Crops of sources for a mail: drawn in a process of their own, and left out where a source cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from typing import Final

from flows.evidence import crop
from flows.evidence_sources import Stock, from_warehouse
from flows.exits import UnusableError
from flows.home import Home
from flows.workers import Readers, readers
from form.errors import DocumentError
from notices.enclosures import Picture
from notices.enclosures import crop as picture
from notices.findings import Finding

#: crops in one mail, and bytes of one
CROPS: Final = 6
_LARGEST: Final = 250_000


class Crops:
    """Crops of findings, each drawn once however many readers are shown it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._drawn: dict[str, bytes | None] = {}

    def of(self, findings: Iterable[Finding]) -> dict[str, Picture]:
        """finding_id -> a picture of its cells in the source, for the first `CROPS` findings that have one."""
        chosen = [finding for finding in findings if finding.cells][:CROPS]
        missing = [finding for finding in chosen if finding.finding_id not in self._drawn]
        if missing:
            self._draw(missing)
        found: dict[str, Picture] = {}
        for finding in chosen:
            png = self._drawn[finding.finding_id]
            if png is not None:
                alt = f"原文截图：{finding.unit} {finding.year} 年，{finding.equation or finding.title}"
                found[finding.finding_id] = picture(len(found) + 1, png, alt)
        return found

    def _draw(self, findings: Sequence[Finding]) -> None:
        try:
            stock = Stock(self._home, frozenset(finding.report_id for finding in findings))
        except UnusableError:
            self._drawn |= dict.fromkeys((finding.finding_id for finding in findings), None)
            return
        with readers(1) as pool:
            for finding in findings:
                self._drawn[finding.finding_id] = self._crop(finding, stock, pool)

    def _crop(self, finding: Finding, stock: Stock, pool: Readers) -> bytes | None:
        """The crop; None where the source is not to be had or drawn: the mail still names it."""
        try:
            wanted = from_warehouse(self._home, finding.report_id, finding.finding_id, 1, stock)
            png = pool.run(crop, replace(wanted, finding=()))
        except (UnusableError, DocumentError, BrokenExecutor):
            return None
        return png if len(png) <= _LARGEST else None
