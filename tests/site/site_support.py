"""The command that builds the site, and the browser that shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

from flows.commands.site import site as command

CHROMIUM = shutil.which("chromium")


def build(home: Path, target: Path, *more: str) -> None:
    """`gouji site`."""
    assert command.main([str(target), "--home", str(home), *more], standalone_mode=False) == 0
