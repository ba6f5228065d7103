"""An article whose report is in pictures, from its portal to the figures and the evidence for one of them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pypdfium2
import pytest
from PIL import Image

from flows.commands.evidence import evidence
from flows.desk import Desk
from flows.home import Home
from flows.pending import pending
from flows.plan import Plan
from flows.sources import served
from flows.standing import INDEX, Standing, standing
from flows.workers import readers
from portals.archive import Archive
from portals.crawl import Run, crawl
from portals.documents import DocumentSet, documents
from portals.fetch import Fetcher
from portals.limits import Times
from portals.registry import Registry, load
from portals.transport import Network
from samples.province import write_province
from warehouse.batch import ReleaseBatch
from warehouse.release import publish
from warehouse.rows import document_rows
from warehouse.staging import read_parts

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
RED = (214, 40, 40)
DPI = 150


@dataclass
class Portal:
    """A province on loopback, one of whose articles shows its report; `truth` is that report's line."""

    registry: Registry
    site: Path
    home: Path
    truth: dict[str, Any]
    pages: list[str]

    def file(self, address: str) -> Path:
        return self.site / address.split("/", 3)[3]

    def crawl(self, hour: int = 0) -> None:
        """What a night brings into the archive."""
        unit = self.registry.units[self.truth["unit_id"]]
        (portal,) = self.registry.portals.values()
        at = AT.replace(hour=hour)
        with (
            Archive(self.home / "archive") as archive,
            served({portal.host: self.site}) as loopback,
            Fetcher([portal], Times(lambda: at, lambda _: None), network=Network(loopback)) as fetcher,
        ):
            crawl(portal, [unit], Run(fetcher, archive, lambda: at, at), years=[self.truth["year"]])

    def sets(self) -> list[DocumentSet]:
        with Archive(self.home / "archive") as archive:
            return [found for found in documents(archive, self.registry) if found.entry.year == self.truth["year"]]

    def pending(self, known: Standing) -> list[DocumentSet]:
        """What a night would read."""
        year = self.truth["year"]
        units = (self.registry.units[self.truth["unit_id"]],)
        with Archive(self.home / "archive") as archive:
            return pending(Plan("nightly", Home(self.home), self.registry, units, (year, year)), archive, known)

    def stage(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Reports, cells and errors of that year's documents."""
        with readers(2) as pool:
            part = Desk(self.home / "archive", self.home / "staging", self.registry).stage(self.sets(), pool)
        return read_parts([part])


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("province")
    write_province(folder, units=6, years=(2022, 2023), seed=3)
    lines = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    truth = next(line for line in lines if line["format"] == "pdf" and line["article"] and line["cells"])
    made = Portal(load(folder / "sources.toml"), folder / "site", tmp_path_factory.mktemp("home"), truth, [])
    report, article = made.file(truth["address"]), made.file(truth["article"])
    with pypdfium2.PdfDocument(report) as pdf:
        for number, page in enumerate(pdf, 1):
            picture = report.with_name(f"W{number}.png")
            page.render(scale=DPI / 72).to_pil().convert("RGB").save(picture, "PNG", dpi=(DPI, DPI))
            made.pages.append(f"{truth['article'].rpartition('/')[0]}/{picture.name}")
    shown = '<img src="/images/qrcode.png">' + "".join(f'<p><img src="./{Path(p).name}"></p>' for p in made.pages)
    text = article.read_text("utf-8")
    article.write_text(re.sub(r"<p>附件：.*?</p>", shown, text), "utf-8")
    report.unlink()
    yield made


@pytest.fixture(scope="module")
def staged(portal: Portal) -> tuple[pa.Table, pa.Table, pa.Table]:
    portal.crawl()
    return portal.stage()


def figures(cells: pa.Table) -> dict[str, Decimal | None]:
    return dict(zip(cells["key"].to_pylist(), cells["value"].to_pylist(), strict=True))


def test_the_figures_are_those_of_the_pictures(portal: Portal, staged: tuple[pa.Table, ...]) -> None:
    reports, cells, errors = staged
    (report,) = reports.to_pylist()
    assert (report["unit_id"], report["year"]) == (portal.truth["unit_id"], portal.truth["year"])
    assert (report["address"], report["media_type"]) == (portal.truth["article"], "text/html")
    expected = {key: None if value is None else Decimal(value) for key, value in portal.truth["cells"].items()}
    assert figures(cells) == expected
    assert max(cells["confidence"].to_pylist()) < 1, "recognised, and never passed off as text"
    assert set(cells["page"].to_pylist()) <= set(range(1, len(portal.pages) + 1))
    outcomes = dict(zip(errors["address"].to_pylist(), errors["code"].to_pylist(), strict=True))
    assert outcomes == dict.fromkeys(portal.pages, "report")


def test_the_evidence_is_the_picture_with_the_cell_marked(
    portal: Portal, staged: tuple[pa.Table, ...], tmp_path: Path
) -> None:
    reports, cells, errors = staged
    batch = ReleaseBatch(reports=reports, cells=cells, documents=document_rows(reports, errors))
    assert publish(portal.home, batch, AT)
    row = next(row for row in cells.to_pylist() if row["key"] == "applications.processed_total.total")
    made = tmp_path / "cell.png"
    evidence.main(
        [reports["report_id"][0].as_py(), row["key"], "--home", str(portal.home), "--out", str(made)],
        standalone_mode=False,
    )
    picture = Image.open(made).convert("RGB")
    pixels = picture.get_flattened_data() if hasattr(picture, "get_flattened_data") else picture.getdata()
    assert RED in set(pixels)


def test_a_picture_that_comes_late_or_changes_is_read_with_the_page_again(
    portal: Portal, staged: tuple[pa.Table, ...]
) -> None:
    reports, _, errors = staged
    known = replace(
        standing(Path("nowhere")), reports=reports.select(INDEX), documents=document_rows(reports, errors)
    )
    assert portal.pending(known) == []
    # Another version of the page stood in its place meanwhile, and now it is back.
    other = known.reports.set_column(7, "capture_id", pa.array(["another"]))
    assert len(portal.pending(replace(known, reports=other))) == 1
    page = portal.file(portal.pages[-1])
    with Image.open(io.BytesIO(page.read_bytes())) as image:
        image.convert("L").save(page, "PNG", dpi=(DPI, DPI))
    portal.crawl(hour=1)
    (again,) = portal.pending(known)
    assert again.article.address == portal.truth["article"]
