"""The README's pictures from a real run: `python docs/make_pictures.py HOME` (needs Chromium and a CJK font).

HOME is the home of a finished nightly run; writes docs/pictures/{mail,mail-dark,terminal}.png.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

PICTURES = Path(__file__).with_name("pictures")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
TERMINAL = """<meta charset="utf-8"><style>body{{margin:0;background:#11161d;color:#dbe4ee;padding:18px 22px;
font:14px/1.45 "Noto Sans Mono CJK SC",monospace}}b{{color:#7fd1a0}}</style>
<pre style="margin:0;font:inherit;white-space:pre-wrap">{text}</pre>"""


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


def main(home: Path) -> None:
    """Write all pictures."""
    PICTURES.mkdir(exist_ok=True)
    mail = max(home.glob("outbox/**/*.eml"), key=lambda path: path.name)
    message = BytesParser(policy=policy.default).parsebytes(mail.read_bytes())
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None
    shoot(body.get_content(), "mail.png", (640, 1150))
    shoot(body.get_content(), "mail-dark.png", (640, 1150), dark=True)
    gouji = Path(sys.executable).with_name("gouji")
    shown = []
    for words in (
        ["status"],
        ["query", "SELECT unit_name, rule, equation FROM findings WHERE gate = 'held' LIMIT 5"],
    ):
        typed = " ".join(f'"{word}"' if " " in word else word for word in words)
        out = subprocess.run([gouji, *words, "--home", home], capture_output=True, text=True, check=True).stdout
        shown.append(f"<b>$ gouji {html.escape(typed)}</b>\n{html.escape(out)}")
    shoot(TERMINAL.format(text="\n".join(shown)), "terminal.png", (1180, 640))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
