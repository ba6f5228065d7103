"""A night's crawl that is killed again and again and goes on: real processes, SIGKILL, the server counts."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from portals_support import HOST, SOURCES, Answer, Site, article_page, list_page, unit_toml

from portals.archive import Archive
from portals.documents import documents
from portals.registry import Registry, load
from portals.slices import Slice

ROOT = Path(__file__).resolve().parents[2]
BASE = f"http://{HOST}"
UNITS = [f"6201{n:02d}" for n in range(10, 16)]
YEARS = range(2019, 2025)
CONNECTIONS = 2
KILLS = 10
NIGHT = textwrap.dedent(
    """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from portals.archive import Archive
    from portals.crawl import Run, crawl
    from portals.fetch import Fetcher
    from portals.limits import Times
    from portals.registry import load
    from portals.transport import Network
    registry = load(Path(sys.argv[2]) / "sources.toml")
    portal = registry.portals["sample"]
    now = lambda: datetime.now(UTC)
    with Archive(Path(sys.argv[2]) / sys.argv[5]) as archive:
        network = Network({portal.host: ("127.0.0.1", int(sys.argv[3]))})
        fetcher = Fetcher([portal], Times(now), network=network, on_robots=archive.keep_robots)
        result = crawl(portal, registry.select(), Run(fetcher, archive, now, datetime.fromisoformat(sys.argv[4])))
    print(len(result.problems))
    """
)


@pytest.fixture
def province(site: Site, tmp_path: Path) -> Registry:
    """Six units of six reports, one with an attachment, one shared by all; one page is refused."""
    text = SOURCES + "".join(unit_toml(unit, f"{unit}县人民政府", parent="") for unit in UNITS)
    (tmp_path / "sources.toml").write_text(text, "utf-8")
    for unit in UNITS:
        items = [(f"{year}.html", f"{unit}县{year}年政府信息公开工作年度报告", "") for year in YEARS]
        site.put(f"/{unit}/zfxxgknb/", list_page(items))
        for href, title, _ in items:
            links = "<a href='p.pdf'>附件1</a><a href='/all.pdf'>附件2</a>" if "2022" in href else ""
            site.put(f"/{unit}/zfxxgknb/{href}", article_page(title, links, text=unit))
        site.put(f"/{unit}/zfxxgknb/p.pdf", Answer(b"%PDF-1.4 " + unit.encode()))
    site.put("/all.pdf", Answer(b"%PDF-1.4 all"))
    site.put(f"/{UNITS[0]}/zfxxgknb/2024.html", Answer(b"<h1>403 Forbidden</h1>", 403))
    for answers in site.answers.values():
        answers[0].delay = 0.004
    return load(tmp_path / "sources.toml")


def night(site: Site, folder: Path, archive: str, started: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", NIGHT, str(ROOT), str(folder), str(site.at[1]), started, archive]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def asked(site: Site, since: int) -> list[str]:
    return [BASE + seen.path for seen in site.requests[since:] if seen.path != "/robots.txt"]


def kept(folder: Path) -> set[str]:
    with Archive(folder) as archive:
        found = archive.find(Slice(roles=("document", "list")))
        return {one.capture.address for one in found} | {p.address for p in archive.problems()}


def content(folder: Path, registry: Registry) -> tuple[object, ...]:
    """Everything that a later step can see, without times and places in files."""
    with Archive(folder) as archive:
        every = [one.capture for one in archive.find(Slice(roles=("document", "list", "robots", "evidence")))]
        assert all(archive.read(capture.capture_id) is not None for capture in every)
        return (
            sorted((c.role, c.address, c.sha256, c.unit_id, c.title, str(c.parent_address)) for c in every),
            list(archive.entries()),
            [(p.address, p.code, p.evidence) for p in archive.problems()],
            [(s.entry, s.article.sha256, [a.sha256 for a in s.attachments]) for s in documents(archive, registry)],
        )


def test_a_night_killed_ten_times_fetches_no_document_twice_and_ends_the_same(
    site: Site, province: Registry, tmp_path: Path
) -> None:
    started = datetime.now(UTC).isoformat()
    with night(site, tmp_path, "whole", started) as process:
        assert process.wait(60) == 0, process.stderr.read() if process.stderr else ""
    whole = Counter(asked(site, 0))
    assert set(whole.values()) == {1}
    chance = random.Random(5)
    since = len(site.requests)
    lost: Counter[str] = Counter()
    for _ in range(KILLS):
        before, first = kept(tmp_path / "killed"), len(site.requests)
        goal = chance.randint(2, 6)
        with night(site, tmp_path, "killed", started) as process:
            while len(asked(site, first)) < goal and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.004)
            process.send_signal(signal.SIGKILL)
        site.settle()
        session = asked(site, first)
        now = kept(tmp_path / "killed")
        assert not before & set(session), "what is in the archive is not asked for again"
        gone = [address for address in session if address not in now]
        assert len(gone) <= CONNECTIONS, "only what was on its way at the moment of the kill is lost"
        lost.update(gone)
    with night(site, tmp_path, "killed", started) as process:
        assert process.wait(60) == 0, process.stderr.read() if process.stderr else ""
    times = Counter(asked(site, since))
    assert times.keys() == whole.keys()
    assert all(count == 1 + lost[address] for address, count in times.items()), "one answer for each, once it came"
    assert content(tmp_path / "killed", province) == content(tmp_path / "whole", province)
