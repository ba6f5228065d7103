"""What is in the WARC files, as two other implementations read it; slices and their export."""

from __future__ import annotations

import gzip
import hashlib
import io
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from portals_support import HOST, Answer, Site, article_page, list_page
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from portals import captures
from portals.archive import Archive, ArchiveError, Origin
from portals.crawl import Run, crawl
from portals.exchange import Request
from portals.families.base import Entry
from portals.registry import Registry
from portals.saved import Saved
from portals.slices import Slice

BASE = f"http://{HOST}"
START = datetime(2025, 3, 1, 20, 0, tzinfo=UTC)


@pytest.fixture
def two_nights(site: Site, registry: Registry, run: Run, archive: Archive, fake) -> list[Path]:
    """The files of two nights: a list, pages (one redirected, one gzipped and chunked), a refusal, a saved page."""
    items = [(f"{n}.html", f"城关区{2019 + n}年政府信息公开工作年度报告", "2024-01-31") for n in range(4)]
    site.put("/620102/zfxxgknb/", list_page(items))
    site.put("/620102/zfxxgknb/0.html", article_page("零"))
    site.redirect("/620102/zfxxgknb/1.html", "/moved/1.html")
    site.put("/moved/1.html", article_page("一"))
    packed = gzip.compress(article_page("二", "<a href='a.pdf'>附件</a>").encode(), mtime=0)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    both = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked", "Content-Type": "text/html"}
    site.put("/620102/zfxxgknb/2.html", Answer(chunked, headers=both))
    site.put("/620102/zfxxgknb/a.pdf", Answer(b"%PDF-1.7 annex", headers={"Content-Type": "application/pdf"}))
    site.put("/620102/zfxxgknb/3.html", Answer(b"<h1>403 Forbidden</h1>", 403))
    for _ in range(2):
        crawl(registry.portals["sample"], [registry.units["620102"]], Run(run.fetcher, archive, fake.now, fake.now()))
        fake.sleep(86400)
    saved = Saved(f"{BASE}/620102/zfxxgknb/3.html", fake.now(), b"<p>saved", "text/html", "", "王敏", "3.html")
    archive.take(saved, Origin("620102", "城关区2022年政府信息公开工作年度报告"), fake.now())
    return sorted(archive._path.parent.glob("*.warc.gz"))


def payloads(path: Path) -> list[tuple[str, str, bytes]]:
    """Type, address and decoded payload of every record, by fastwarc, its digests verified."""
    found = []
    with path.open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            for kind in ("WARC-Block-Digest",):
                assert kind not in record.headers or record.verify_block_digest(), record.headers.asdict()
            record.parse_http(strict_mode=True, auto_decode="content")
            body = record.reader.read()
            found.append((record.headers["WARC-Type"], record.headers.get("WARC-Target-URI", ""), body))
    return found


def test_another_implementation_reads_every_byte(two_nights: list[Path], archive: Archive) -> None:
    records = [record for path in two_nights for record in payloads(path)]
    bodies = {
        (uri, hashlib.sha256(body).hexdigest()) for kind, uri, body in records if kind in {"response", "resource"}
    }
    every = [one.capture for one in archive.find(Slice(roles=captures.ROLES))]
    assert {c.role for c in every} == {"document", "list", "evidence"}
    assert all((c.final_address, c.sha256) in bodies for c in every)
    kinds = [kind for kind, _, _ in records]
    assert kinds.count("revisit") == 6, "list, three pages, the annex and the refusal, on the second night"
    assert kinds.count("request") == kinds.count("response")
    assert (kinds.count("resource"), kinds.count("metadata"), kinds.count("warcinfo")) == (1, 1, len(two_nights))
    (about,) = (body.decode() for kind, _, body in records if kind == "metadata")
    assert "imported-by: 王敏" in about and "file: 3.html" in about


def test_warcio_finds_no_fault(two_nights: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    checker = Checker(SimpleNamespace(inputs=[str(path) for path in two_nights], verbose=True))
    checker.process_all()
    assert checker.exit_value == 0
    said = capsys.readouterr().out
    assert "digest failed" not in said and "digest pass" in said


def test_a_revisit_names_the_record_that_it_repeats(two_nights: list[Path]) -> None:
    responses: dict[tuple[str, str], str] = {}
    revisits = []
    for path in two_nights:
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                field = record.rec_headers.get_header
                if record.rec_type == "response":
                    key = (field("WARC-Target-URI"), field("WARC-Date"))
                    responses[key] = field("WARC-Payload-Digest")
                if record.rec_type == "revisit":
                    revisits.append(
                        (
                            field("WARC-Refers-To-Target-URI"),
                            field("WARC-Refers-To-Date"),
                            field("WARC-Payload-Digest"),
                        )
                    )
                    assert field("WARC-IP-Address") == "127.0.0.1"
    assert revisits and all(responses[uri, day] == digest for uri, day, digest in revisits)


def test_a_post_is_recorded_with_its_form(site: Site, run: Run, archive: Archive, tmp_path: Path) -> None:
    site.put("/proxy.jsp", Answer(b"<recordset/>"))
    fetched = run.fetcher.get(Request(f"{BASE}/proxy.jsp", form=(("col", "1"),)), kind="list")
    capture = archive.add(fetched, Origin("620102", "x"), role="list")
    assert archive.latest(f"{BASE}/proxy.jsp?__wb_method=POST&col=1", "list") == capture
    (path,) = (tmp_path / "archive").glob("*.warc.gz")
    assert ("request", f"{BASE}/proxy.jsp", b"col=1") in payloads(path)


def test_a_slice_is_chosen_by_unit_year_address_and_day(two_nights: list[Path], archive: Archive, fake) -> None:
    def found(**chosen: object) -> list[str]:
        return [
            one.capture.address.rpartition("/")[2]
            for one in archive.find(Slice(**chosen))  # type: ignore[arg-type]
        ]

    assert found() == ["0.html", "1.html", "2.html", "a.pdf", "3.html"], "by year, files with their page"
    assert found(units=("6201",)) == found() and found(units=("6202", "63")) == []
    assert found(year=2021) == ["2.html", "a.pdf"] and found(year=2024) == []
    assert found(address="zfxxgknb/1") == ["1.html"] and found(address="%") == []
    assert found(roles=("evidence",)) == ["3.html"] and found(roles=()) == []
    assert found(since=date(2025, 3, 4)) == ["3.html"], "20:00 UTC is the next day in China"
    assert found(until=date(2025, 3, 1)) == [] and len(found(until=date(2025, 3, 2))) == 4
    (one,) = archive.find(Slice(year=2019))
    assert one.year == 2019
    assert [f.capture for f in archive.find(Slice(capture_id=one.capture.capture_id[:9]))] == [one.capture]


def test_an_exported_slice_is_an_archive_of_its_own(two_nights: list[Path], archive: Archive) -> None:
    out = io.BytesIO()
    found = [one.capture for one in archive.find(Slice(roles=captures.ROLES))]
    assert archive.export(found, out, START) == len(found) == 7
    out.seek(0)
    kinds = [record.headers["WARC-Type"] for record in FastIterator(out)]
    responses = kinds.count("response")
    assert kinds[0] == "warcinfo" and responses == kinds.count("request") == 7, "the redirect is there too"
    assert (kinds.count("resource"), kinds.count("metadata"), kinds.count("revisit")) == (1, 1, 0)
    out.seek(0)
    bodies = [r.content_stream().read() for r in ArchiveIterator(out) if r.rec_type in {"response", "resource"}]
    assert {hashlib.sha256(body).hexdigest() for body in bodies} >= {capture.sha256 for capture in found}


def test_what_is_damaged_is_not_exported(two_nights: list[Path], archive: Archive) -> None:
    (one,) = archive.find(Slice(year=2019))
    path = two_nights[0]
    whole = path.read_bytes()
    at = one.capture.offset + 60
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
    with pytest.raises(ArchiveError):
        archive.export([one.capture], io.BytesIO(), START)


def test_an_index_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    with Archive(tmp_path) as made:
        made.listed("620102", [Entry("http://a.example/1", "x", None, "620102", 2023)], START)
    with sqlite3.connect(tmp_path / "captures.sqlite") as index:
        for table in ("captures", "links", "entries", "problems", "walks"):
            index.execute(f"DROP TABLE {table}")
        for statement in captures.SCHEMAS[0].split(";"):
            index.execute(statement)
        row = ("id", "http://a.example/1", "http://a.example/1", "620102", "x", None, None, captures.stamp(START),
               captures.stamp(START), 200, "", "", "0" * 64, 1, "f.warc.gz", 77, "sha1:x", "", "")  # fmt: skip
        index.execute(f"INSERT INTO captures VALUES ({', '.join('?' * len(row))})", row)
        index.execute(
            "INSERT INTO problems VALUES ('p', 'document', 'blocked', '', 403, 'u', 't', 2023, ?)", (row[7],)
        )
        index.execute("PRAGMA user_version = 1")
    with Archive(tmp_path) as made:
        (old,) = made.captures()
        assert (old.role, old.start, old.offset, old.imported_by) == ("document", 77, 77, "")
        assert [problem.evidence for problem in made.problems()] == [""]
    with Archive(tmp_path) as made:
        assert len(list(made.captures())) == 1, "once is enough"


def test_saved_documents_keep_who_and_when(archive: Archive) -> None:
    saved = Saved(f"{BASE}/x", START, b"%PDF-1", "application/pdf", "", "王敏\r\nX", "x.pdf")
    capture = archive.take(saved, Origin("620102", "t"), START + timedelta(days=9))
    assert (capture.imported_by, capture.status, capture.fetched_at) == (saved.by, 0, START)
    assert archive.read(capture.capture_id) == b"%PDF-1"
    assert archive.take(saved, Origin("620102", "t"), START + timedelta(days=10)) == capture, "taken once"
