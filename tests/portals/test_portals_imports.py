from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_support import HOST, Answer, Site, article_page, list_page

from portals.archive import Archive
from portals.crawl import Run, crawl
from portals.documents import documents
from portals.imports import pages
from portals.imports.folder import Importer, Result
from portals.imports.manifest import ImportFaultError, read
from portals.registry import Registry
from portals.slices import Slice

NOW = datetime(2025, 3, 30, tzinfo=UTC)
ADDRESS = f"http://{HOST}/620102/zfxxgknb/2023.html"
TITLE = "兰州市城关区人民政府2023年政府信息公开工作年度报告"
REPORT = article_page(TITLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "saved"
    made.mkdir()
    return made


@pytest.fixture
def take(registry: Registry, archive: Archive, folder: Path):
    def run(by: str = "王敏") -> Result:
        for file in folder.rglob("*"):
            os.utime(file, (NOW.timestamp() - 9000, NOW.timestamp() - 9000))
        return Importer(registry, archive, by, NOW).take(folder)

    return run


def manifest(folder: Path, *entries: str, by: str = "") -> None:
    head = f'by = "{by}"\n' if by else ""
    (folder / "import.toml").write_text(head + "".join(f"[[files]]\n{entry}\n" for entry in entries), "utf-8")


def saved_from(address: str, page: str = REPORT) -> str:
    return f"<!DOCTYPE html>\n<!-- saved from url=({len(address):04d}){address} -->\n{page}"


def test_a_page_saved_by_a_browser_says_where_it_is_from(
    take, folder: Path, archive: Archive, registry: Registry
) -> None:
    head = "<html><head><meta charset='utf-8'><meta name='PubDate' content='2024-01-31 10:00'>"
    (folder / "年报.html").write_text(saved_from(ADDRESS, REPORT.replace("<html><head>", head)), "utf-8")
    result = take()
    assert result.faults == () and len(result.taken) == 1
    (found,) = documents(archive, registry)
    assert (found.entry.unit_id, found.entry.year, found.entry.title) == ("620102", 2023, TITLE)
    assert found.entry.published == date(2024, 1, 31)
    article = found.article
    assert (article.imported_by, article.status, article.address, article.media_type) == (
        "王敏",
        0,
        ADDRESS,
        "text/html",
    )
    assert article.fetched_at == NOW - timedelta(seconds=9000), "the file's own time, where nothing else is said"
    assert archive.read(article.capture_id) == (folder / "年报.html").read_bytes()
    again = take()
    assert [c.capture_id for one in again.taken for c in one.captures] == [article.capture_id]
    assert len(list(archive.captures())) == 1, "imported twice, kept once"


def test_pictures_of_a_page_saved_whole_come_with_it(
    take, folder: Path, archive: Archive, registry: Registry
) -> None:
    body = f"<html><head><title>{TITLE}</title></head><body><div id='zoom'>" + "".join(
        f"<p><img src='./年报_files/{n}.jpg' width='800'></p>" for n in (1, 2)
    )
    (folder / "年报.html").write_text(saved_from(ADDRESS, body + "</div></body></html>"), "utf-8")
    files = folder / "年报_files"
    files.mkdir()
    for n in (1, 2):
        (files / f"{n}.jpg").write_bytes(b"\xff\xd8\xff%d" % n)
    (files / "jquery.js").write_text("x()")
    assert take().faults == ()
    (found,) = documents(archive, registry)
    assert [archive.read(picture.capture_id) for picture in found.pictures] == [b"\xff\xd8\xff1", b"\xff\xd8\xff2"]
    assert all(p.imported_by == "王敏" and p.parent_address == ADDRESS for p in found.pictures)


def mhtml(address: str, page: str, parts: dict[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = address
    message["Date"] = "Thu, 6 Mar 2025 09:00:00 +0800"
    message.set_content(page, subtype="html", cte="quoted-printable")
    message["Content-Location"] = address
    message.make_related()
    for where, body in parts.items():
        message.add_related(body, "image", "png", headers=[f"Content-Location: {where}"])
    return message.as_bytes()


def test_a_page_in_one_file(take, folder: Path, archive: Archive, registry: Registry) -> None:
    picture = f"http://{HOST}/upload/1.png"
    body = f"<html><head><title>{TITLE}</title></head><body><div id='zoom'><img src='{picture}'></div></body></html>"
    data = mhtml(ADDRESS, body, {picture: b"\x89PNG one", "cid:x": b"two"})
    (folder / "a.mhtml").write_bytes(data)
    assert take().faults == ()
    (found,) = documents(archive, registry)
    assert TITLE in archive.read(found.article.capture_id).decode()
    assert found.article.fetched_at == datetime(2025, 3, 6, 1, tzinfo=UTC)
    assert [archive.read(p.capture_id) for p in found.pictures] == [b"\x89PNG one"]
    (whole,) = archive.find(Slice(roles=("import",)))
    assert archive.read(whole.capture.capture_id) == data, "the file itself is kept beside the page"


def test_files_come_with_a_manifest(take, folder: Path, archive: Archive, registry: Registry) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 a")
    (folder / "b.docx").write_bytes(b"PK\x03\x04 b")
    manifest(
        folder,
        f'file = "a.pdf"\naddress = "http://{HOST}/x/年报.pdf"\nunit = "620102-czj"\nyear = 2022\nsaved = 2025-03-01',
        f'file = "b.docx"\naddress = "http://{HOST}/b.docx"\ntitle = "{TITLE}"\npublished = 2024-01-31\n'
        "saved = 2025-03-01T08:00:00",
        by="省厅 李某",
    )
    result = take(by="")
    assert result.faults == ()
    sets = list(documents(archive, registry))
    assert [(s.entry.unit_id, s.entry.year, s.article.imported_by) for s in sets] == [
        ("620102", 2023, "省厅 李某"),
        ("620102-czj", 2022, "省厅 李某"),
    ]
    assert sets[1].article.address == f"http://{HOST}/x/%E5%B9%B4%E6%8A%A5.pdf"
    assert sets[1].article.fetched_at == datetime(2025, 3, 1, 4, tzinfo=UTC), "noon in China"
    assert sets[0].article.fetched_at == datetime(2025, 3, 1, tzinfo=UTC), "a time without a zone is China's"


@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030"])
def test_a_manifest_from_a_spreadsheet(take, folder: Path, archive: Archive, registry: Registry, codec: str) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 a")
    rows = (
        f"file,address,unit,year,saved,title,by\na.pdf,http://{HOST}/a.pdf,620103,2021,2025/3/1,某报告,王敏\n,,,,,,\n"
    )
    (folder / "import.csv").write_bytes(rows.encode(codec))
    assert take(by="").faults == ()
    (found,) = documents(archive, registry)
    assert (found.entry.unit_id, found.entry.year, found.entry.title) == ("620103", 2021, "某报告")


def test_an_attachment_saved_beside_its_page(take, folder: Path, archive: Archive, registry: Registry) -> None:
    link = f"<a href='http://{HOST}/files/P1.pdf'>附件：年度报告.pdf</a>"
    (folder / "a.html").write_text(saved_from(ADDRESS, article_page(TITLE, link)), "utf-8")
    (folder / "P1.pdf").write_bytes(b"%PDF-1.7 annex")
    manifest(folder, f'file = "P1.pdf"\naddress = "http://{HOST}/files/P1.pdf"')
    assert take().faults == ()
    (found,) = documents(archive, registry)
    assert [archive.read(a.capture_id) for a in found.attachments] == [b"%PDF-1.7 annex"]


def test_what_was_blocked_is_imported_and_the_next_night_goes_on(
    take, site: Site, folder: Path, archive: Archive, registry: Registry, run: Run, fake
) -> None:
    site.put("/620102/zfxxgknb/", list_page([("2023.html", "关于年度报告2023年政府信息公开", "2024-01-31")]))
    site.put("/620102/zfxxgknb/2023.html", Answer(b"<h1>403 Forbidden</h1>", 403))

    def night() -> list[str]:
        fake.sleep(20 * 86400)
        units = [registry.units["620102"]]
        result = crawl(registry.portals["sample"], units, Run(run.fetcher, archive, fake.now, fake.now()))
        return [problem.code for problem in result.problems]

    assert night() == ["blocked"] and list(documents(archive, registry)) == []
    page = article_page("某页").replace("<title>某页", "<title>")
    (folder / "p.html").write_text(saved_from(ADDRESS, page), "utf-8")
    assert take().faults == (), "unit, year and title are those of the list"
    assert list(archive.problems()) == []
    (found,) = documents(archive, registry)
    assert (found.entry.unit_id, found.entry.year, found.entry.published) == ("620102", 2023, date(2024, 1, 31))
    assert night() == ["blocked"]
    (found,) = documents(archive, registry)
    assert found.article.imported_by == "王敏", "a refusal does not displace it"


FAULTS = {
    "no address": (REPORT, "", "from which address"),
    "a host that only looks right": (saved_from(f"http://{HOST}.evil.example/a.html"), "", "not in the registry"),
    "a hijacked mirror": (saved_from("http://mirror.example/a.html"), "", "not in the registry"),
    "a file of the disk": (saved_from("file:///C:/a.html"), "", "from which address"),
    "an unknown unit": (saved_from(ADDRESS), 'unit = "629999"', "not in the registry"),
    "somebody else's report": (saved_from(ADDRESS), 'unit = "620103"', "which is not"),
    "another year": (saved_from(ADDRESS), "year = 2021", "says 2023"),
    "a year before its time": (saved_from(ADDRESS, REPORT.replace("2023", "2013")), "", "2013"),
    "nobody's report": (saved_from(ADDRESS, REPORT.replace(TITLE, "首页")), "", "whose report"),
    "a report that is yet to be saved": (saved_from(ADDRESS), "saved = 2030-01-01", "not come yet"),
    "a challenge": (
        saved_from(ADDRESS, "<html><head><script>$_ts={}</script></head><body></body></html>"),
        "",
        "瑞数",
    ),
    "nothing": ("", f'address = "{ADDRESS}"', "empty"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_file_and_stops_nothing_else(take, folder: Path, archive: Archive, name: str) -> None:
    page, entry, word = FAULTS[name]
    (folder / "wrong.html").write_text(page, "utf-8")
    other = f"http://{HOST}/620103/zfxxgknb/2023.html"
    (folder / "right.html").write_text(saved_from(other, REPORT.replace("城关区", "七里河区")), "utf-8")
    if entry:
        manifest(folder, f'file = "wrong.html"\n{entry}')
    result = take()
    assert [one.file for one in result.taken] == ["right.html"]
    (fault,) = result.faults
    assert fault.startswith("wrong.html: ") and word in fault and "\n" not in fault
    assert [c.address for c in archive.captures()] == [other]


def test_files_that_are_no_documents_are_named(take, folder: Path) -> None:
    (folder / "a.exe").write_bytes(b"MZ")
    (folder / "b.mht").write_bytes(b"Content-Type: text/plain\n\nno page")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "Thumbs.db").write_bytes(b"x")
    (folder / "c.pdf").symlink_to("/etc/hostname")
    assert [fault.partition(":")[0] for fault in take().faults] == ["a.exe", "b.mht", "c.pdf"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("by = 7", "by must be"),
        ("[[files]]\naddress = 'x'", "file is missing"),
        ("[[files]]\nfile = '../../etc/passwd'", "below the folder"),
        ("[[files]]\nfile = '/etc/passwd'", "below the folder"),
        ("[[files]]\nfile = 'a.html'\nyear = 'soon'", "must be a year"),
        ("[[files]]\nfile = 'a.html'\nsaved = '1.3.2025'", "must be a day"),
        ("[[files]]\nfile = 'a.html'\nsaved = '2025-13-01'", "month"),
        ("[[files]]\nfile = 'a.html'\nauthor = 'x'", "unknown key"),
        ("[[files]]\nfile = 'a.html'\n[[files]]\nfile = './a.html'", "named twice"),
        ("files = 3", "[[files]]"),
        ("by = ", "Invalid value"),
    ],
)
def test_a_manifest_that_cannot_be_used(take, folder: Path, text: str, word: str) -> None:
    (folder / "import.toml").write_text(text, "utf-8")
    with pytest.raises(ImportFaultError) as caught:
        take()
    assert "import.toml" in str(caught.value) and word in str(caught.value) and "\n" not in str(caught.value)


def test_somebody_must_answer_for_it(take, folder: Path) -> None:
    (folder / "a.html").write_text(saved_from(ADDRESS), "utf-8")
    with pytest.raises(ImportFaultError, match="who saved"):
        take(by=" ")
    (folder / "import.toml").write_text("", "utf-8")
    (folder / "import.csv").write_text("file\n", "utf-8")
    with pytest.raises(ImportFaultError, match="both"):
        take()


def test_a_named_file_that_is_not_there(take, folder: Path) -> None:
    manifest(folder, f'file = "gone.pdf"\naddress = "http://{HOST}/a.pdf"\nunit = "620102"')
    assert take().faults == ("gone.pdf: No such file or directory",)


@given(st.sampled_from(["a.html", "a.mhtml", "a.pdf"]), st.binary(max_size=2000))
def test_any_file_is_read_or_refused(name: str, data: bytes) -> None:
    try:
        content = pages.read(name, data)
    except ImportFaultError as error:
        assert "\n" not in str(error)
    else:
        assert content.body and isinstance(content.address, str)


@given(st.text(max_size=300))
def test_any_manifest_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("m")
    (folder / "import.csv").write_text("file,saved,year\n" + text, "utf-8")
    try:
        claims = read(folder).claims
    except ImportFaultError as error:
        assert str(error).startswith("import.csv: ")
    else:
        assert all(".." not in file for file in claims)
