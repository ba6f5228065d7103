"""The README's pictures from a real run: `python docs/make_pictures.py HOME` (needs Chromium and a CJK font).

HOME is the home of a finished nightly run; writes docs/pictures/mail*.png and terminal.png.
"""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from rich import terminal_theme
from rich.console import Console
from rich.text import Text

TERMINAL = """<meta charset="utf-8"><style>{stylesheet} body{{margin:0;background:#11161d;
color:#dbe4ee;padding:18px 22px;font:14px/1.45 "Noto Sans Mono CJK SC",monospace}}</style>
<pre style="margin:0;font:inherit;white-space:pre">{code}</pre>"""
PICTURES = Path(__file__).with_name("pictures")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def shoot(page: str, name: str, size: tuple[int, int], dark: bool = False) -> None:
    """One screenshot of an HTML page."""
    browser = shutil.which("chromium") or sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, "utf-8")
        subprocess.run(
            [
                browser,
                *QUIET,
                f"--user-data-dir={folder}/profile",
                f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={PICTURES / name}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


def whole(mail: Path) -> str:
    """The HTML of a message with its pictures put in, as a mail program shows it."""
    message = BytesParser(policy=policy.default).parsebytes(mail.read_bytes())
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None
    parts = {part["Content-ID"].strip("<>"): part for part in message.walk() if part["Content-ID"]}

    def picture(found: re.Match[str]) -> str:
        return f"data:image/png;base64,{base64.b64encode(parts[found[1]].get_content()).decode()}"

    return re.sub(r"cid:([^\"]+)", picture, body.get_content())


def terminal(home: Path) -> str:
    """What commands print, in colour, as a page."""
    gouji = Path(sys.executable).with_name("gouji")
    out = Console(record=True, width=118, file=io.StringIO())
    for words in (
        ["status"],
        ["query", "SELECT unit_name, rule, equation FROM findings WHERE gate = 'held' LIMIT 5"],
    ):
        typed = " ".join(f'"{word}"' if " " in word else word for word in words)
        done = subprocess.run(
            [gouji, *words, "--home", home],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"FORCE_COLOR": "1", "COLUMNS": "118", "TERM": "xterm-256color"},
        )
        out.print(f"[bold green]$ gouji {typed}[/]")
        out.print(Text.from_ansi(done.stdout.replace(str(home), "gouji-home")))
    return out.export_html(theme=terminal_theme.NIGHT_OWLISH, code_format=TERMINAL)


def main(home: Path) -> None:
    """Write all pictures."""
    PICTURES.mkdir(exist_ok=True)
    mail = max(home.glob("outbox/gouji-r*.eml"), key=lambda path: path.stat().st_mtime)
    page = whole(mail)
    shoot(page, "mail.png", (600, 1500))
    shoot(page, "mail-dark.png", (600, 1500), dark=True)
    shoot(page, "mail-phone.png", (375, 1500))
    shoot(page, "mail-phone-dark.png", (375, 1500), dark=True)
    shoot(terminal(home), "terminal.png", (1120, 1050))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
