"""The sites' server: tables of routes, and the manners that are asked of clients."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import httpx
import pytest

from samples.server import serve
from samples.sites.demo import write_demo
from samples.sites.publication import QUIRKS, Corner, File, Publication, Site
from samples.sites.routes import NAME, Route, Shelf
from samples.sites.writer import STYLES, write_site
from samples.units import choose_units

HOST = "one.example"


def ask(
    loopback, path: str, method: str = "GET", form: dict[str, str] | None = None, **headers: str
) -> httpx.Response:
    url = f"http://{loopback.address}:{loopback.port}{path}"
    return httpx.request(method, url, headers={"Host": HOST, **headers}, data=form, trust_env=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shelf = Shelf(tmp_path)
    one, two = shelf.body(b"one"), shelf.body(b"two")
    shelf.add(
        [
            Route("/list", one),
            Route("/list", two, needs={"page": "2"}),
            Route("/call", two, method="POST", needs={"start": "3", "column": "7"}),
            Route("/api", one, holds={"paramJson": '"pageNo":1,'}, referer=True),
            Route("/busy", one, grudging=2),
            Route("/年报.html", one, later=two),
            Route("/gone", status=302, headers={"Location": "/list"}),
        ]
    )
    shelf.close()
    return tmp_path


def test_routes_choose_by_what_a_request_says(folder: Path) -> None:
    with serve({HOST: folder}) as loopback:
        assert ask(loopback, "/list").content == b"one" == ask(loopback, "/list?page=9").content
        assert ask(loopback, "/list?page=2&x=1").content == b"two"
        assert ask(loopback, "/call?start=3", "POST", {"column": "7"}).content == b"two"
        assert ask(loopback, "/call?start=3", "POST", {"column": "8"}).status_code == 404
        assert ask(loopback, "/call?start=3&column=7").status_code == 404
        api = "/api?paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A20%7D"
        assert ask(loopback, api).status_code == 403
        assert ask(loopback, api, Referer="http://one.example/").content == b"one"
        assert [ask(loopback, "/busy").status_code for _ in range(4)] == [429, 429, 200, 200]
        assert ask(loopback, "/gone").headers["location"] == "/list"
        first = ask(loopback, "/%E5%B9%B4%E6%8A%A5.html")
        tag = {"If-None-Match": first.headers["etag"]}
        assert ask(loopback, "/%E5%B9%B4%E6%8A%A5.html", **tag).status_code == 304
        loopback.night = 2
        assert ask(loopback, "/%E5%B9%B4%E6%8A%A5.html", **tag).content == b"two"
        assert loopback.counts[HOST, "/busy", 429] == 2


@pytest.mark.parametrize("family", sorted(STYLES))
def test_a_neutral_description_becomes_a_site(tmp_path: Path, family: str) -> None:
    """A page, a file on a page, a file on the list, an attachment: each where the truth says, byte for byte."""
    unit = choose_units(1)[0]
    day = date(2024, 1, 31)
    pdf = b"%PDF-1.4 report"
    annex = File("附表.xlsx", b"PK annex", "application/vnd.ms-excel")
    publications = (
        Publication(unit, 2023, "甲2023年年报", day, "<p>正文</p>".encode(), attachments=(annex,)),
        Publication(unit, 2022, "甲2022年年报", day, pdf, "application/pdf"),
        Publication(unit, 2021, "甲2021年年报", day, pdf, "application/pdf", direct=True),
    )
    truth = write_site(tmp_path, Site(HOST, family, (Corner("a", (unit,), publications),))).truth
    assert [one.status for one in truth] == ["published", "attachment_only", "published"]
    with serve({HOST: tmp_path}) as loopback:

        def at(address: str) -> httpx.Response:
            return ask(loopback, address.removeprefix(f"http://{HOST}"))

        assert "正文" in at(truth[0].address).text and "附表.xlsx" in at(truth[0].address).text
        assert at(truth[0].attachments[0]).content == annex.data
        assert "正文" not in at(truth[1].address).text and at(truth[1].attachments[0]).content == pdf
        assert at(truth[2].address).content == pdf and not truth[2].attachments


def test_the_same_demo_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_demo(tmp_path / name, units=60, years=(2023, 2023))
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path / "b") for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)
    lines = [json.loads(line) for line in (tmp_path / "a" / "truth.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 60 and {line["quirk"] for line in lines} == set(QUIRKS)
    assert {file.parts[0] for file in files if file.name == NAME} == {
        f"{family.replace('_', '-')}.gansu.example" for family in STYLES
    }
