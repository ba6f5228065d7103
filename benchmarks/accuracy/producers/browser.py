"""Pages printed to PDF by headless Chromium."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

_SECONDS = 90


def program() -> str | None:
    """The browser's path, None where there is none."""
    return shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


def print_page(page: bytes) -> bytes:
    """The PDF that the browser prints of an HTML page."""
    browser = program()
    if browser is None:
        raise RuntimeError("no Chromium")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_bytes(page)
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        options += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}"]
        subprocess.run([browser, *options, source.as_uri()], check=True, capture_output=True, timeout=_SECONDS)
        return target.read_bytes()
