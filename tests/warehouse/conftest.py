"""Nothing shared beyond `province.py`, which child processes import too, and processes that die on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dying import Publisher


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    started = Publisher()
    yield started
    started.close()
