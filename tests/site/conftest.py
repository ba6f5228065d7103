"""What the site's tests share: a made home, its site, a browser where one is installed, a web server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from made_home import COUNTY, OFFICE, Made, broken, first_night
from site_paper import page
from site_support import build

from samples.province import write_province


@pytest.fixture(scope="session")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A native PDF of the sample province."""
    folder = tmp_path_factory.mktemp("province")
    write_province(folder, units=2, years=(2022, 2023), seed=3)
    return next(path.read_bytes() for path in sorted(folder.rglob("*.pdf")) if path.stat().st_size < 120_000)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, pdf: bytes) -> Made:
    """Two releases: the county's report of 2023 passes first, then comes anew and breaks."""
    made = Made(tmp_path_factory.mktemp("home"))
    made.night(first_night() | {(OFFICE, 2022): pdf})
    made.night({(COUNTY, 2023): page(COUNTY.name, 2023, "2021", broken())})
    return made


@pytest.fixture(scope="session")
def site(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("www") / "site"
    build(made.home, target)
    return target


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """The address of a local web server over the site."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
