from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from samples.province import ProvinceSummary, write_province


class Written(NamedTuple):
    summary: ProvinceSummary
    truth: list[dict[str, Any]]

    def file(self, address: str) -> Path:
        """The file behind an address of the sample."""
        return self.summary.directory / "site" / address.removeprefix("http://sample.gansu.example/")


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The default province, written once."""
    summary = write_province(tmp_path_factory.mktemp("province"))
    lines = summary.truth.read_text(encoding="utf-8").splitlines()
    return Written(summary, [json.loads(line) for line in lines])
