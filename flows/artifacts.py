"""Progress and results as Prefect artifacts: what the operator sees on the run's page."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)


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


def publish_summary(markdown: str, coverage: Sequence[Mapping[str, object]]) -> None:
    """The summary and the coverage counts of a run, under keys that keep their history."""
    create_markdown_artifact(markdown, key="gouji-summary", description="本次运行摘要")
    rows = [dict(row) for row in coverage]
    create_table_artifact(rows, key="gouji-coverage", description="覆盖情况（单位×年份计数）")


def _created(share: float, description: str) -> UUID:
    artifact = create_progress_artifact(progress=share, description=description)
    assert isinstance(artifact, UUID)  # a coroutine only where an event loop runs
    return artifact
