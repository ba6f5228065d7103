"""The fuzz run's own modules stand in `benchmarks/`, which is no package."""

from __future__ import annotations

import sys
from pathlib import Path

# Last: some benches have the names of rooms.
sys.path.append(str(Path(__file__).resolve().parents[2]))
