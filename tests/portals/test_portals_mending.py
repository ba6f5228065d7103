"""A capture that was damaged or lost comes again as a whole, at the next night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from portals_support import HOST, Answer, FakeTime, Site, article_page, list_page

from portals import checkup
from portals.archive import Archive, ArchiveError
from portals.captures import INDEX, Capture, Origin
from portals.crawl import Run, crawl
from portals.registry import Registry
from portals.saved import Saved
from portals.soundness import Soundness
from store.remote import Remote

ADDRESS = f"http://{HOST}/620102/zfxxgknb/a.html"
TITLE = "城关区2023年政府信息公开工作年度报告"


def night(registry: Registry, run: Run, fake: FakeTime, home: Path) -> tuple[int, int, int]:
    """A night of its own day and process: fetched, unchanged, failed."""
    fake.sleep(86400)
    with Archive(home / "archive") as archive:
        result = crawl(
            registry.portals["sample"], [registry.units["620102"]],
            replace(run, archive=archive, started_at=fake.now()),
        )  # fmt: skip
    return result.fetched, result.unchanged, len(result.problems)


def flip(path: Path, capture: Capture) -> None:
    data = bytearray(path.read_bytes())
    data[capture.offset + 400] ^= 0xFF
    path.write_bytes(data)


def cut(path: Path, capture: Capture) -> None:
    path.write_bytes(path.read_bytes()[: capture.offset + 50])


def lose(path: Path, capture: Capture) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [flip, cut, lose])
def test_what_was_damaged_is_fetched_again_as_a_whole(
    site: Site,
    registry: Registry,
    run: Run,
    archive: Archive,
    fake: FakeTime,
    tmp_path: Path,
    harm: Callable[..., None],
) -> None:
    site.put("/620102/zfxxgknb/", list_page([("a.html", TITLE, "2024-01-31")]))
    site.put("/620102/zfxxgknb/a.html", article_page(TITLE, "<a href='b.pdf'>附件</a>"))
    site.put("/620102/zfxxgknb/b.pdf", Answer(b"%PDF-1.4 b"))
    assert night(registry, run, fake, tmp_path) == (2, 0, 0)
    before = archive.latest(ADDRESS)
    assert before
    file = tmp_path / "archive" / before.warc
    harm(file, before)
    left = file.read_bytes() if file.exists() else b""
    with pytest.raises(ArchiveError):
        archive.read(before.capture_id)

    fetched, unchanged, failed = night(registry, run, fake, tmp_path)
    assert fetched in (1, 2) and fetched + unchanged == 2 and failed == 0, "the PDF's record lies behind it"
    asked = [seen for seen in site.requests if seen.path.endswith("a.html")]
    assert "If-None-Match" not in asked[-1].headers and asked[-1].status == 200
    after = archive.latest(ADDRESS)
    assert after and after.capture_id == before.capture_id and after.warc != before.warc
    assert archive.read(after.capture_id).decode() == article_page(TITLE, "<a href='b.pdf'>附件</a>")
    assert after.fetched_at == before.fetched_at, "when this content first came is not forgotten"
    assert [link.title for link in archive.links(after.capture_id)] == ["附件"]
    assert (file.read_bytes() if file.exists() else b"") == left, "what is left of the old one stays"
    rows = checkup.rows(tmp_path / "archive" / INDEX)
    assert checkup.body_faults(tmp_path / "archive", rows) == []
    assert night(registry, run, fake, tmp_path) == (0, 2, 0)


def test_what_was_damaged_and_cannot_be_had_stays_on_record(
    site: Site, registry: Registry, run: Run, archive: Archive, fake: FakeTime, tmp_path: Path
) -> None:
    site.put("/620102/zfxxgknb/", list_page([("a.html", TITLE, "2024-01-31")]))
    site.put("/620102/zfxxgknb/a.html", article_page(TITLE))
    night(registry, run, fake, tmp_path)
    before = archive.latest(ADDRESS)
    assert before
    lose(tmp_path / "archive" / before.warc, before)
    site.put("/620102/zfxxgknb/a.html", Answer(b"", 404))
    assert night(registry, run, fake, tmp_path) == (0, 0, 1)
    assert archive.latest(ADDRESS) == before
    assert [problem.code for problem in archive.problems()] == ["missing"]


def test_a_page_that_was_saved_mends_what_was_lost(archive: Archive, tmp_path: Path, fake: FakeTime) -> None:
    saved = Saved(ADDRESS, fake.now(), b"<p>saved</p>", "text/html", "utf-8", "auditor", "a.html")
    first = archive.take(saved, Origin("620102", TITLE), fake.now())
    (tmp_path / "archive" / first.warc).write_bytes(b"")
    again = archive.take(replace(saved, by="another"), Origin("620102", TITLE), fake.now() + timedelta(days=1))
    assert again.capture_id == first.capture_id and again.imported_by == "another"
    assert archive.read(again.capture_id) == b"<p>saved</p>"


def test_objects_of_a_store_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    remote = Remote("memory://bucket/archive/x.warc.gz")
    remote.write_bytes(b"x" * 100)
    look = Soundness()
    assert look.has(remote, 99) and not look.has(remote, 100)
    monkeypatch.setattr(Remote, "size", lambda self: pytest.fail("asked again"))
    assert look.has(remote, 0)
    monkeypatch.undo()
    assert not look.has(Remote("memory://bucket/archive/lost.warc.gz"), 0)
