from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from samples.real import write_real_portal
from samples.server import find_file, serve

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "a").mkdir(parents=True)
    (root / "a" / "index.html").write_text('<meta charset="utf-8">甲', encoding="utf-8")
    (root / "robots.txt").write_text("User-agent: *\n", encoding="utf-8")
    (root / "empty.pdf").write_bytes(b"")
    (tmp_path / "secret.txt").write_text("no", encoding="utf-8")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    return root


def ask(loopback, path: str, host: str = "one.example", method: str = "GET", **headers: str) -> httpx.Response:
    url = f"http://{loopback.address}:{loopback.port}{path}"
    return httpx.request(method, url, headers={"Host": host, **headers}, trust_env=False)


def test_a_known_file_comes_with_tag_date_and_length(folder: Path) -> None:
    with serve({"one.example": folder}) as loopback:
        answer = ask(loopback, "/a/")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert answer.headers["last-modified"].endswith("GMT")
        again = ask(loopback, "/a/", **{"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
        (folder / "a" / "index.html").write_text("other", encoding="utf-8")
        assert ask(loopback, "/a/", **{"If-None-Match": answer.headers["etag"]}).status_code == 200
        assert ask(loopback, "/empty.pdf").headers["content-length"] == "0"
        assert ask(loopback, "/robots.txt", method="HEAD").content == b""
        assert loopback.counts["one.example", "/a/", 304] == 1
        assert loopback.counts["one.example", "/a/", 200] == 2
    address, port = loopback
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{address}:{port}/", trust_env=False)


def test_hosts_folders_and_missing_files(folder: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    (second / "only.html").write_text("two", encoding="utf-8")
    with serve({"one.example": folder, "Two.example": second}) as loopback:
        assert ask(loopback, "/only.html", "two.EXAMPLE:8080").text == "two"
        assert ask(loopback, "/only.html").status_code == 404
        assert ask(loopback, "/a").headers["location"] == "/a/"
        assert ask(loopback, "/", "evil.example").status_code == 421
        assert ask(loopback, "/a/", method="POST").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/a/../../secret.txt",
        "/..",
        "/link.txt",
        "/a\\..\\secret.txt",
        "/a\0",
        "//etc/passwd",
        "/a/x/",
    ],
)
def test_nothing_outside_the_folder_is_found(folder: Path, path: str) -> None:
    assert find_file(folder.resolve(), path) is None


def test_encoded_dots_do_not_climb(folder: Path) -> None:
    with serve({"one.example": folder}) as loopback:
        assert ask(loopback, "/%2e%2e/secret.txt").status_code == 404
        assert ask(loopback, "/a/%2e%2e%2f%2e%2e%2fsecret.txt").status_code == 404


def test_many_at_once(folder: Path) -> None:
    with serve({"one.example": folder}) as loopback:
        threads = [threading.Thread(target=ask, args=(loopback, "/a/")) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert loopback.counts["one.example", "/a/", 200] == 24


def test_the_sample_is_served_with_and_without_charset(province) -> None:
    site = province.summary.directory / "site"
    types = set()
    with serve({"sample.gansu.example": site}) as loopback:
        for line in province.truth[:30]:
            if line["address"]:
                path = line["address"].removeprefix("http://sample.gansu.example")
                answer = ask(loopback, path, "sample.gansu.example")
                assert answer.status_code == 200
                assert answer.content == province.file(line["address"]).read_bytes()
                types.add(answer.headers["content-type"])
    assert types == {"text/html", "text/html; charset=utf-8", "application/pdf"}


@pytest.mark.skipif(not REPORTS.is_dir(), reason="../shared/reports is not here")
def test_the_real_portal_serves_the_reports_as_they_are(tmp_path: Path) -> None:
    import tomllib

    registry = tomllib.loads(write_real_portal(REPORTS, tmp_path).read_text(encoding="utf-8"))
    assert {unit["id"]: unit["first_year"] for unit in registry["units"]} == {
        "320800": 2024,
        "320813": 2024,
        "321322-fgj": 2023,
    }
    copies = {file.read_bytes() for file in tmp_path.rglob("*") if file.suffix in (".pdf", ".html")}
    for name in ("huaian_2024.pdf", "hongze_2024.pdf", "shuyang_fgj_2023.html"):
        assert (REPORTS / name).read_bytes() in copies
    for unit in registry["units"]:
        page = (tmp_path / "site" / unit["path"].strip("/") / "index.html").read_text(encoding="utf-8")
        assert unit["name"] in page
        assert "createPageHTML(1, 0" in page


def test_no_reports_no_portal(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_real_portal(tmp_path / "nothing", tmp_path / "out")
    assert not (tmp_path / "out").exists()
