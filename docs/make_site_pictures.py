"""Pictures of a real site: `python docs/make_site_pictures.py SITE` (needs Playwright, Chromium and a CJK font).

SITE is what `gouji site` made of a finished run; writes docs/pictures/site-*.png. What is shown is found in the site:
a report that the gate holds, with its source on paper; the unit with the most years.
"""

from __future__ import annotations

import json
import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).with_name("pictures")
WIDE, PHONE = (1280, 900), (390, 844)


def units(site: Path) -> list[dict[str, Any]]:
    """The data of all units."""
    texts = (path.read_text("utf-8") for path in sorted(site.glob("data/u/*/*.js")))
    return [json.loads(text[text.index(",") + 1 : text.rindex(")")]) for text in texts]


def broken(found: list[dict[str, Any]]) -> tuple[str, int]:
    """A held report with a page of paper and a broken balance, and a cell under suspicion there."""
    for unit in found:
        for year, report in unit["reports"].items():
            grave = [one for one in report["findings"] if one["rule"] == "T3-IDENT" and one.get("suspects")]
            paper = report.get("pictures", [{"label": ""}])[0]["label"].endswith("页")
            if grave and paper and report["versions"][0]["gate"] == "held":
                return f"{unit['id']}-{year}", grave[0]["suspects"][0]
    sys.exit("no held report with a broken balance on paper in this site")


def two_versions(found: list[dict[str, Any]]) -> str | None:
    """A report of which the site has two versions."""
    for unit in found:
        for year, report in unit["reports"].items():
            if len(report.get("versions", [])) > 1:
                return f"{unit['id']}-{year}"
    return None


def shoot(page: Page, name: str) -> None:
    """The window as it is; in few colours, to keep the repository small."""
    page.wait_for_timeout(400)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(PICTURES / name, optimize=True)


def opened(browser: Browser, site: Path, address: str, size: tuple[int, int] = WIDE, dark: bool = False) -> Page:
    """A page of the site in a window of its own."""
    scheme = "dark" if dark else "light"
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto(f"{site.resolve().as_uri()}/{address}")
    page.wait_for_timeout(400)
    return page


def main(site: Path) -> None:
    """Write all pictures."""
    found = units(site)
    report, cell = broken(found)
    longest = max(
        found,
        key=lambda unit: (
            any(link.get("link") == "broken" for link in unit["chain"]),
            len(unit["chain"]),
            unit["id"],
        ),
    )
    suspect = f"td[data-key='{cell}'] button"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shoot(opened(browser, site, "index.html"), "site-grid.png")
        for name, size, dark in (
            ("site-report.png", WIDE, False),
            ("site-report-dark.png", WIDE, True),
            ("site-report-phone.png", PHONE, False),
        ):
            page = opened(browser, site, f"report.html#{report}", size, dark)
            page.locator(suspect).evaluate("cell => cell.scrollIntoView({ block: 'center' })")
            page.evaluate("window.scrollBy(0, 160)")
            page.locator(suspect).click()
            shoot(page, name)
        shoot(opened(browser, site, f"unit.html#{longest['id']}"), "site-unit.png")
        shoot(opened(browser, site, "rules.html#T3-IDENT"), "site-rules.png")
        if compared := two_versions(found):
            page = opened(browser, site, f"report.html#{compared}")
            page.locator(".compare").scroll_into_view_if_needed()
            page.locator(".compare").evaluate("part => part.scrollIntoView()")
            shoot(page, "site-versions.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
