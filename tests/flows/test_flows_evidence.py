"""`gouji evidence`: pictures of local files and of a warehouse whose archive holds what was read."""

from __future__ import annotations

import hashlib
import io
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from flows.commands.evidence import evidence
from flows.evidence import Wanted, draw
from flows.exits import UnusableError
from flows.extraction import extract_bytes
from flows.home import Home
from flows.pictures import Crops
from form.reading import Reading
from notices.evidence_caption import Origin
from portals.archive import Archive
from portals.archive import Origin as Listed
from portals.exchange import Exchange, Fetched
from samples.province import write_province
from warehouse.batch import ReleaseBatch
from warehouse.release import publish
from warehouse.rows import Provenance, cell_rows, report_rows
from warehouse.spec import TABLES

RED, BLUE = (214, 40, 40), (29, 78, 216)
AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
KEY = "applications.received.natural_person"
TOTAL = "applications.processed_total.total"
FINDING = "f0123456789abcdef"
ZEROS = "<td>0</td>" * 5
PAGE = f"""<html><head><title>测试县人民政府2023年政府信息公开工作年度报告</title></head><body>
<p>测试县人民政府2023年政府信息公开工作年度报告</p><p>三、收到和处理政府信息公开申请情况</p><table>
<tr><td rowspan="3" colspan="2">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>
<td colspan="7">申请人情况</td></tr>
<tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>
<tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>
<tr><td colspan="2">一、本年新收政府信息公开申请数量</td><td>FIRST</td>{ZEROS}<td>5</td></tr>
<tr><td colspan="2">二、上年结转政府信息公开申请数量</td><td>0</td>{ZEROS}<td>0</td></tr>
<tr><td rowspan="2">三、本年度办理结果</td><td>（一）予以公开</td><td>5</td>{ZEROS}<td>5</td></tr>
<tr><td>（七）总计</td><td>5</td>{ZEROS}<td>5</td></tr>
</table></body></html>"""


@dataclass(frozen=True)
class Made:
    """A home with a PDF's report held, and released the page of another unit; and a finding on the first."""

    home: Path
    pdf: bytes
    held: str
    released: str


def red_boxes(picture: Image.Image, ink: tuple[int, int, int] = RED) -> tuple[int, int, int, int] | None:
    far = ImageChops.difference(picture.convert("RGB"), Image.new("RGB", picture.size, ink)).convert("L")
    return far.point(lambda value: 255 if value == 0 else 0).getbbox()


def opened(data: bytes | Path) -> Image.Image:
    return Image.open(io.BytesIO(data) if isinstance(data, bytes) else data).convert("RGB")


def wanted(data: bytes, *keys: str, name: str = "x") -> Wanted:
    return Wanted(data, name, Origin(name, hashlib.sha256(data).hexdigest()), keys)


def run(*words: object) -> object:
    return evidence.main([str(word) for word in words], standalone_mode=False)


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A native PDF of the sample province whose table three runs over a page."""
    folder = tmp_path_factory.mktemp("province")
    write_province(folder, units=4, years=(2022, 2023), seed=3)
    for path in sorted(folder.rglob("*.pdf")):
        extraction = extract_bytes(path.read_bytes(), path.name)
        pages = {r.page for report in extraction.reports for r in report.readings if r.key in (KEY, TOTAL)}
        if len(pages) == 2:
            return path.read_bytes()
    pytest.fail("the sample has no such report")


def keep(archive: Archive, address: str, body: bytes, media: str) -> str:
    exchange = Exchange(address, (), "HTTP/1.1", 200, "OK", (("Content-Type", media),), body)
    return archive.add(Fetched(address, AT, body, (exchange,)), Listed("620102", "年报")).capture_id


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, pdf: bytes) -> Made:
    home = tmp_path_factory.mktemp("home")
    page = PAGE.replace("FIRST", "5").encode()
    batch: dict[str, pa.Table] = {}
    with Archive(home / "archive") as archive:
        for data, unit, media, tables in (
            (pdf, "620102", "application/pdf", ("held_reports", "held_cells")),
            (page, "620103", "text/html", ("reports", "cells")),
        ):
            (report,) = extract_bytes(data, "x").reports
            address = f"https://www.a.example/{unit}"
            origin = Provenance(
                unit_id=unit, unit_name="测试区人民政府", code="620102", level="county", kind="aggregate",
                parent_id=None, year=2023, address=address, media_type=media, reader="r@1",
                sha256=hashlib.sha256(data).hexdigest(), capture_id=keep(archive, address, data, media),
            )  # fmt: skip
            batch[tables[0]], batch[tables[1]] = report_rows([(origin, report)]), cell_rows([(origin, report)])
    finding = {
        "finding_id": FINDING, "report_id": "620102-2023", "unit_id": "620102", "year": 2023, "rule": "T3-SUM",
        "severity": "critical", "scope": "applications.total", "outcome": "fail", "cells": [KEY, TOTAL],
        "equation": "1 + 1 ≠ 3", "message": "合计不符", "suspects": [TOTAL], "alternatives": [[TOTAL]],
        "unit_name": "测试区人民政府", "address": "https://www.a.example/620102", "gate": "held", "status": "open",
        "opened_at": AT, "opened_in": "r0001",
    }  # fmt: skip
    batch["findings"] = pa.Table.from_pylist([finding], schema=TABLES["findings"].schema)
    assert publish(home, ReleaseBatch(**batch), AT)
    return Made(home, pdf, "620102-2023", "620103-2023")


def test_the_mark_is_on_the_very_place_of_the_page(pdf: bytes) -> None:
    (report,) = extract_bytes(pdf, "x").reports
    reading = next(r for r in report.readings if r.key == KEY)
    picture = opened(draw(wanted(pdf, KEY)))
    box = red_boxes(picture)
    assert box and reading.bbox and reading.page
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[reading.page - 1]
        drawn = page.render(scale=150 / 72).to_pil().convert("RGB")
        wide, high = page.get_size()
    across, down = drawn.width / wide, drawn.height / high
    x0, y0, x1, y1 = reading.bbox
    corners = [round(v) for v in (x0 * across, (high - y1) * down, x1 * across, (high - y0) * down)]
    inner = drawn.crop((corners[0] + 4, corners[1] + 4, corners[2] - 4, corners[3] - 4))
    here = picture.crop((box[0] + 5, box[1] + 5, box[0] + 5 + inner.width, box[1] + 5 + inner.height))
    # The tint leaves red as it is.
    gap = ImageChops.difference(inner.getchannel("R"), here.getchannel("R"))
    assert ImageStat.Stat(gap).mean[0] < 0.5
    assert ImageStat.Stat(inner.getchannel("R")).extrema[0][0] < 128, "something is printed there"


def test_a_far_row_comes_with_its_header(pdf: bytes) -> None:
    one, two = (opened(draw(wanted(pdf, key))) for key in (KEY, TOTAL))
    assert two.height > 200 and red_boxes(two)
    assert red_boxes(one) != red_boxes(two)


def test_the_mark_in_a_page_is_on_the_cell_that_was_read() -> None:
    one, two = (draw(wanted(PAGE.replace("FIRST", figure).encode(), KEY)) for figure in ("4", "7"))
    assert one == draw(wanted(PAGE.replace("FIRST", "4").encode(), KEY)), "the same bytes give the same picture"
    first, second = opened(one), opened(two)
    box = red_boxes(first)
    assert box and first.size == second.size
    below = 150
    changed = ImageChops.difference(first, second).crop((0, below, first.width, first.height - 80)).getbbox()
    assert changed, "the figure differs"
    inside = (changed[0], changed[1] + below, changed[2], changed[3] + below)
    assert box[0] < inside[0] and box[1] < inside[1] and box[2] > inside[2] and box[3] > inside[3]


def test_a_stored_text_that_is_not_read_today_marks_no_cell() -> None:
    data = PAGE.replace("FIRST", "5").encode()
    stored = Reading(KEY, "6", None, "unreadable", "old reader")
    asked = Wanted(data, "x", Origin("x", "0" * 64), (KEY,), unit="甲", year=2023, readings=(stored,))
    picture = opened(draw(asked))
    assert red_boxes(picture) is None
    assert picture.height > 200, "but its row is shown"


def test_a_place_on_paper_is_shown_even_where_nothing_can_be_read_today(pdf: bytes) -> None:
    stored = Reading(KEY, "6", None, "unreadable", "old reader", page=1, bbox=(100, 600, 140, 620))
    blank = pypdfium2.PdfDocument.new()
    blank.new_page(595, 842)
    file = io.BytesIO()
    blank.save(file)
    asked = Wanted(file.getvalue(), "x", Origin("x", "0" * 64), (KEY,), unit="甲", year=2023, readings=(stored,))
    box = red_boxes(opened(draw(asked)))
    assert box and box[2] - box[0] == pytest.approx(40 * 150 / 72, abs=6)


def test_a_report_of_the_warehouse(made: Made, tmp_path: Path) -> None:
    for report in (made.held, made.released):
        out = tmp_path / f"{report}.png"
        assert run(report, KEY, "--home", made.home, "--out", out) == 0
        assert red_boxes(opened(out))


def test_a_finding_shows_all_its_cells_suspects_in_red(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "finding.png"
    assert run(made.held, FINDING, "--home", made.home, "--out", out) == 0
    picture = opened(out)
    red, blue = red_boxes(picture), red_boxes(picture, BLUE)
    assert red and blue
    assert blue[3] <= red[1] or red[3] <= blue[1], "on two pages"


def test_a_local_file_and_its_default_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "年报 2023.html"
    file.write_text(PAGE.replace("FIRST", "5"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(file, KEY) == 0
    assert red_boxes(opened(tmp_path / f"年报-2023_{KEY}.png"))


@pytest.mark.parametrize(
    ("report", "key", "said"),
    [
        ("620102-2023", "applications.received.nobody", "neither the key of a cell nor a finding"),
        ("620103-2023", FINDING, "neither the key of a cell nor a finding of 620103-2023"),
        ("620199-2023", KEY, "no such report"),
        ("620103-2023", "disputes.reconsideration.total", "prints no cell"),
        ("no such file.pdf", KEY, "neither a file nor the id of a report"),
        ("620102-2023", "'; DROP TABLE cells; --", "neither the key of a cell nor the id of a finding"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(
    made: Made, tmp_path: Path, report: str, key: str, said: str
) -> None:
    with pytest.raises(UnusableError, match=said) as raised:
        run(report, key, "--home", made.home, "--out", tmp_path / "x.png")
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "x.png").exists()


def test_files_that_hold_no_such_cell(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("<table><tr><td>1</td></tr></table>", "utf-8")
    with pytest.raises(UnusableError, match="not_a_report"):
        run(file, KEY)
    with pytest.raises(UnusableError, match="no cell of the form"):
        run(file, "a.b.c")
    file.write_text(PAGE.replace("FIRST", "5"), "utf-8")
    with pytest.raises(UnusableError, match="prints none of the cells"):
        run(file, "disputes.reconsideration.total")
    with pytest.raises(UnusableError, match="No such file or directory"):
        run(file, KEY, "--out", tmp_path / "no" / "x.png")


def test_a_changed_capture_is_refused(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(made.home, copy)
    for warc in (copy / "archive").glob("*.warc.gz"):
        raw = warc.read_bytes()
        warc.write_bytes(raw[: len(raw) // 3] + b"\0" * 40 + raw[len(raw) // 3 + 40 :])
    with pytest.raises(UnusableError, match="archive"):
        run(made.held, KEY, "--home", copy, "--out", tmp_path / "x.png")


def test_a_lost_data_file_is_named(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(made.home, copy)
    for file in (copy / "warehouse" / "held_cells").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(UnusableError, match=r"r0001: .*held_cells") as raised:
        run(made.held, KEY, "--home", copy, "--out", tmp_path / "x.png")
    assert "\n" not in str(raised.value)
    finding = SimpleNamespace(
        finding_id=FINDING, report_id=made.held, cells=(KEY,), unit="u", year=2023, equation="≠"
    )
    assert Crops(Home(copy)).of([finding]) == {}, "the mail goes without it"
    assert list(Crops(Home(made.home)).of([finding])) == [FINDING]
