"""What benches write alike: what their figures depend on, and where a table stands in its file."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Final

_MARK: Final = "<!-- table -->"


def machine() -> str:
    """Processors, load and Python."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    load = "/".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{os.cpu_count()} × {names[0] if names else platform.processor()}, load {load} at the end, " + (
        f"Python {platform.python_version()}"
    )


def write(out: Path, table: str) -> None:
    """The table in place of the one before; what stands above its mark stays."""
    head = out.read_text("utf-8").split(_MARK)[0] if out.exists() else ""
    out.write_text(f"{head}{_MARK}\n\n{table}", "utf-8")
