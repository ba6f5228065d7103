"""gouji itself, as its command line reads: extraction with all it brings, then the rules."""

from __future__ import annotations

from pathlib import Path

from benchmarks.accuracy.answers import Answer, found
from benchmarks.accuracy.readers.base import Breaks
from flows.checking import check_extractions
from flows.extraction import Extraction, extract_bytes


class Gouji:
    """Extraction by `flows.extraction`, the rules by `flows.checking`."""

    def __init__(self) -> None:
        self._last: tuple[str, Extraction] | None = None

    def read(self, path: Path) -> Answer:
        """The reports, with the confidence that gouji states."""
        extraction = extract_bytes(path.read_bytes(), path.name)
        self._last = str(path), extraction
        error = str(extraction.error) if extraction.error else ""
        return Answer(tuple(found(report, stated=True) for report in extraction.reports), error)

    def breaks(self) -> Breaks | None:
        """The critical findings of `gouji check` on the document read last."""
        if self._last is None:
            return None
        findings = check_extractions([self._last])["findings"]
        return tuple(
            (str(f["rule"]), str(f["scope"]).removeprefix("disputes."))
            for f in findings
            if f["severity"] == "critical" and f["outcome"] == "fail"
        )
