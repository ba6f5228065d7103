"""The registry of Gansu as data: `--sources gansu`. None of its entries was checked against the live sites."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
#: Governments with their offices, and the province's departments; a portal is one line.
FILES: Final = (_HERE / "governments.csv", _HERE / "departments.csv")
