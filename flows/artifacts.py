"""Progress and results as Prefect artifacts: what the operator sees on the run's page."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.reporting import site_address
from notices.words import STATUSES


class ProgressArtifacts:
    """One progress artifact a stage, moved at most every `seconds` seconds.

    Callbacks come from the crawl's threads, which know of no flow run: the context of the flow is kept.
    """

    def __init__(self, seconds: float = 2.0) -> None:
        self._context = contextvars.copy_context()
        self._seconds = seconds
        self._artifacts: dict[str, UUID] = {}
        self._last: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def update(self, stage: str, done: int, total: int) -> None:
        """Move the artifact of `stage`; the first and the last state are always written."""
        share = 100.0 * done / total if total else 0.0
        with self._lock:
            moment, before = self._last.get(stage, (float("-inf"), -1.0))
            if share == before or (share < 100 and time.monotonic() - moment < self._seconds):
                return
            self._last[stage] = (time.monotonic(), share)
            self._context.copy().run(self._write, stage, share, f"{stage}: {done}/{total or '?'}")

    def _write(self, stage: str, share: float, description: str) -> None:
        artifact = self._artifacts.get(stage)
        if artifact is None:
            self._artifacts[stage] = _created(share, description)
        else:
            update_progress_artifact(artifact, progress=share, description=description)


def publish_summary(markdown: str, coverage: Sequence[Mapping[str, Any]]) -> None:
    """The summary and the coverage of a run, and a link to the site, under keys that keep their history.

    `coverage` counts units by year and status.
    """
    create_markdown_artifact(markdown, key="gouji-summary", description="本次运行摘要")
    create_table_artifact(_by_year(coverage), key="gouji-coverage", description="覆盖情况：各年度的单位数")
    if site := site_address():
        create_link_artifact(f"{site}/", "勾稽网站", key="gouji-site", description="当前发布版的网站")


def _by_year(coverage: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a year, a column a status that occurs."""
    found = {row["status"] for row in coverage}
    statuses = [*(status for status in STATUSES if status in found), *sorted(found - STATUSES.keys())]
    counts = {(row["year"], row["status"]): row["units"] for row in coverage}
    return [
        {"年度": year} | {STATUSES.get(status, status): counts.get((year, status), 0) for status in statuses}
        for year in sorted({row["year"] for row in coverage})
    ]


def _created(share: float, description: str) -> UUID:
    artifact = create_progress_artifact(progress=share, description=description)
    assert isinstance(artifact, UUID)  # a coroutine only where an event loop runs
    return artifact
