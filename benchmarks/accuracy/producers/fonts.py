"""Whether the programs that take the machine's fonts have Chinese ones: without, they print boxes and no error."""

from __future__ import annotations

import shutil
import subprocess


def has_chinese() -> bool:
    """Whether fontconfig knows a font for simplified Chinese."""
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=True, text=True)
    return bool(listed.stdout.strip())
