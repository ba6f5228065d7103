"""The site in a real browser, from its folder and from a server: no error, no fault, nothing asked elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from made_home import EVIL_CELL, HOSTILE, RECEIVED
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from site_support import CHROMIUM

from form.catalogue import POSITION

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (make system)")

Open = Callable[..., Page]
REPORT = "report.html#620102-2023"
CELL = f"td[data-key='{POSITION[RECEIVED]}']"
TOTAL = f"{CELL} button"
PAGES = ("index.html", "unit.html#620102", REPORT, "report.html#620102-bgs-2022", "rules.html", "about.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a page; at the end nothing was wrong in the console, and nothing asked for elsewhere."""
    wrong: list[str] = []
    contexts = []

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(f"console: {message.text}")

    def asked(base: str) -> Callable[[Request], None]:
        return lambda request: None if request.url.startswith(base) else wrong.append(f"asked for {request.url}")

    def opened(base: str, page: str, width: int = 1280, **more: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", said)
        tab.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        tab.on("dialog", lambda dialog: (wrong.append("a dialog"), dialog.dismiss()))
        tab.on("request", asked(base))
        tab.goto(f"{base}/{page}")
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture(params=["folder", "server"])
def base(request: pytest.FixtureRequest, site: Path, server: str) -> str:
    return site.as_uri() if request.param == "folder" else server


def test_a_walk_from_the_province_to_the_marked_cell(visit: Open, base: str) -> None:
    page = visit(base, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("城关区人民政府")
    expect(page.locator("#grid tbody tr")).to_have_count(2)
    expect(page.locator("#count")).to_contain_text("2 个单位")
    row = page.locator("#grid tbody tr", has=page.get_by_role("link", name="兰州市城关区人民政府", exact=True))
    expect(row.locator(".cell.h")).to_have_count(1)
    row.get_by_role("link", name="2023 年 已暂扣").click()
    expect(page.locator("h1")).to_have_text("兰州市城关区人民政府 2023 年度报告")
    cell = page.locator(TOTAL)
    expect(cell).to_have_text("94 104")
    cell.hover()
    tip = page.get_by_role("tooltip")
    expect(tip.locator(".equation").first).to_contain_text("≠")
    expect(tip).to_contain_text("104")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    cell.click()
    expect(tip).to_be_visible()
    outline = page.locator(".viewer .outline.lit").first
    expect(outline).to_be_visible()
    assert page.locator(".viewer img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    lit = page.locator("td.lit")
    assert "104" in " ".join(lit.all_inner_texts())


def test_the_outline_lies_on_the_printed_figure(visit: Open, site: Path) -> None:
    """The dark pixels of the picture inside the outline are the digits that the cell prints."""
    page = visit(site.as_uri(), "report.html#620102-bgs-2022")
    cell = page.locator(".figure button").first
    cell.click()
    inked = page.locator(".viewer .sheet").first.evaluate(
        """sheet => {
          const [image, box] = [sheet.querySelector("img"), sheet.querySelector(".outline.lit")];
          const [whole, part] = [image.getBoundingClientRect(), box.getBoundingClientRect()];
          const scale = image.naturalWidth / whole.width;
          return [part.left - whole.left, part.top - whole.top, part.width, part.height].map((one) => one * scale);
        }"""
    )
    from PIL import Image

    file = page.locator(".viewer img").first.get_attribute("src")
    assert file
    left, top, width, height = inked
    inner = Image.open(site / file).convert("L").crop((left + 4, top + 4, left + width - 4, top + height - 4))
    dark = sum(1 for value in inner.tobytes() if value < 110)
    assert 5 < dark < inner.width * inner.height / 2, "something is printed there, and it is no rule or blank"


def test_two_versions_are_compared_cell_by_cell(visit: Open, base: str) -> None:
    page = visit(base, REPORT)
    differences = page.locator("#differences")
    expect(differences).to_contain_text("相差 1 格")
    expect(differences.locator("tbody tr del")).to_have_text("94")
    expect(differences.locator("tbody tr ins")).to_have_text("104")
    page.select_option("#against", "")
    expect(page.locator(TOTAL)).to_have_text("104")
    page.select_option("#shown", "1")
    expect(page.locator(CELL)).to_have_text("94")
    expect(page.locator(".figure.broken")).to_have_count(0)


def test_a_unit_shows_where_the_chain_breaks(visit: Open, base: str) -> None:
    page = visit(base, "unit.html#620102")
    expect(page.locator("#unit section", has_text="结转链")).to_contain_text("断开 1 处：2023→2024")
    broken = page.locator(".chain .broken")
    expect(broken).to_contain_text("2 ≠ 9")
    expect(page.locator(".chain .same")).to_have_count(1)
    expect(page.locator(".events li").first).to_contain_text("发现")
    page.locator(".list a").first.click()
    expect(page.locator("h1")).to_contain_text("年度报告")


def test_the_keyboard_alone_suffices(visit: Open, site: Path) -> None:
    page = visit(site.as_uri(), REPORT)
    page.locator(".report-head .print").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.figure.broken') !== null"):
            break
    expect(page.get_by_role("tooltip")).to_be_visible()
    described = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    assert described == "tip"
    page.keyboard.press("Enter")
    expect(page.locator(".viewer .outline.lit").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()


def test_blank_stays_blank_and_both_editions_are_laid_out(visit: Open, site: Path) -> None:
    page = visit(site.as_uri(), "report.html#620102-2020")
    expect(page.locator(".form.proactive")).to_contain_text("政府集中采购")
    first = page.locator(".form.proactive td.figure").first
    expect(first).to_have_text("")
    assert page.locator(".form td.figure").count() == 198
    page = visit(site.as_uri(), "report.html#620102-2022")
    expect(page.locator(".form.proactive")).to_contain_text("现行有效件数")
    assert page.locator(".form td.figure").count() == 200


def test_hostile_text_shows_as_text(visit: Open, site: Path) -> None:
    page = visit(site.as_uri(), "index.html")
    expect(page.locator("#grid")).to_contain_text("<script>alert(3)</script>⟨U+202E⟩测试区人民政府")
    page = visit(site.as_uri(), "unit.html#620103")
    expect(page.locator("h1")).to_have_text("<script>alert(3)</script>⟨U+202E⟩测试区人民政府")
    page = visit(site.as_uri(), "report.html#620103-2023")
    expect(page.locator(".form.disputes")).to_contain_text(EVIL_CELL.replace("\u202e", "⟨U+202E⟩"))
    expect(page.locator("blockquote").first).to_contain_text("<script>alert(1)</script>⟨U+202E⟩⟨U+0007⟩=")
    assert "\u202e" in HOSTILE
    assert page.evaluate("document.querySelectorAll('main script, main img[src=x]').length") == 0


def test_an_address_of_nothing_says_so(visit: Open, site: Path) -> None:
    for address in (
        "report.html#620102-2021",
        "report.html#620102-1999",
        "unit.html",
        "report.html#<img src=x>-2020",
    ):
        page = visit(site.as_uri(), address)
        expect(page.locator("main .warn")).to_contain_text("没有" if "2021" not in address else "未见公开")


def test_the_missing_unit_is_no_error_elsewhere(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/unit.html#629999")
    expect(page.locator("main .warn")).to_contain_text("没有这个单位：629999")
    page.close()


def test_filters_stand_in_the_address(visit: Open, site: Path) -> None:
    page = visit(site.as_uri(), "index.html")
    page.select_option("#state", "h")
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    address = page.url
    page.select_option("#state", "")
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    page.select_option("#state", "")
    for typed, found in (("6201", 4), ("城关办", 1), ("兰州市 城关区", 2), ("不存在的", 0)):
        page.fill("#find", typed)
        expect(page.locator("#grid tbody tr")).to_have_count(found)


def test_a_rule_lists_its_findings(visit: Open, site: Path) -> None:
    page = visit(site.as_uri(), "rules.html#T3-IDENT")
    place = page.locator("#T3-IDENT .hits")
    place.get_by_role("button").click()
    expect(place.locator("tbody tr").first).to_contain_text("兰州市城关区人民政府 2023")
    place.get_by_role("button").click()
    expect(place.locator("table")).to_have_count(0)


def test_paper(visit: Open, site: Path) -> None:
    page = visit(site.as_uri(), REPORT)
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".form.applications")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_marks_and_bars_are_whole_on_paper(visit: Open, site: Path) -> None:
    """Printers leave backgrounds out: the gravest mark was white on nothing, and the last bars ran off the sheet."""
    page = visit(site.as_uri(), "index.html", 700)
    page.emulate_media(media="print")
    held = page.locator("#grid .cell.h").first
    expect(held).to_have_css("color", "rgb(0, 0, 0)")
    expect(held).to_have_css("border-top-color", "rgb(0, 0, 0)")
    for kept in (".swatch.h", ".bar", "#grid .cell.k", ".legend .cell.h"):
        expect(page.locator(kept).first).to_have_css("print-color-adjust", "exact")
    for table in (".places", "#grid"):
        right = page.locator(table).evaluate("table => table.getBoundingClientRect().right")
        assert right <= 700, table
    assert page.evaluate("document.documentElement.scrollWidth") <= 700


@pytest.mark.parametrize("width", [1280, 390])
def test_the_versions_to_choose_from_can_be_read(visit: Open, site: Path, width: int) -> None:
    page = visit(site.as_uri(), REPORT, width)
    for name in ("#shown", "#against"):
        box, text = page.locator(name).evaluate(
            """select => {
              const text = document.createElement("canvas").getContext("2d");
              text.font = getComputedStyle(select).font;
              return [select.clientWidth, text.measureText(select.selectedOptions[0].text).width];
            }"""
        )
        assert text + 40 <= box, f"{name}: the arrow and the edges take some 40 pixels"
    label = page.locator(".diff th[scope=row]").first.bounding_box()
    assert label
    assert label["width"] >= 120


def test_without_scripts_the_summary_is_there(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    expect(page.locator(".places")).to_contain_text("兰州市")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_accessibility_fault(visit: Open, site: Path, scheme: str, width: int) -> None:
    for address in PAGES:
        page = visit(site.as_uri(), address, width, color_scheme=scheme)
        expect(page.locator("h1")).to_be_visible()
        if address == "index.html":
            expect(page.locator("#grid tbody tr").first).to_be_visible()
        if address == REPORT:
            page.locator(TOTAL).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        result = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]})
        grave = [one for one in result.response["violations"] if one["impact"] in {"serious", "critical"}]
        assert not grave, f"{address}: {[(one['id'], one['nodes'][0]['html'][:200]) for one in grave]}"
