"""Runs on an object store: the server dies during a release, and other machines go on with the address alone."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from commandline import Command
from s3_server import BUCKET, S3Server

from store.remote import Remote
from store.where import Where
from warehouse.query import query
from warehouse.status import current, releases

STORE = f"s3://{BUCKET}/province"
#: what two runs at different hours have in common
CONTENTS = (
    "SELECT * FROM reports",
    "SELECT * FROM cells",
    "SELECT * FROM held_reports",
    "SELECT * FROM held_cells",
    "SELECT report_id, rule, scope, outcome, expected, actual FROM verdicts",
    "SELECT finding_id, report_id, rule, severity, status, message, opened_in FROM findings",
    "SELECT unit_id, year, status, gate, reason, address FROM coverage",
    "SELECT capture_id, address, sha256, reader, outcome FROM documents",
    "SELECT report_id, version, content, capture_id, release_id, gate FROM versions",
)


@dataclass
class Night:
    sample: Path
    folder: Path
    variables: dict[str, str]
    read: list[tuple[str, int] | None]

    def contents(self, home: Where, as_of: str | None = None) -> dict[str, list[Any]]:
        return {
            sql: sorted(json.dumps(row, default=str, sort_keys=True) for row in query(home, sql, as_of).to_pylist())
            for sql in CONTENTS
        }


@pytest.fixture(scope="module")
def night(quick: Command, server: dict[str, str], s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night of a first machine; the store is killed between the commits of two tables, and comes back."""
    folder = tmp_path_factory.mktemp("store")
    made = quick("sample", folder / "sample", "--units", "2", "--years", "2022..2023")
    assert made.returncode == 0, made.stderr
    sources = folder / "sample" / "sources.toml"
    read: list[tuple[str, int] | None] = []
    ended = threading.Event()

    def disturb() -> None:
        place = Remote(STORE)
        while not (place / "warehouse" / "reports" / "_delta_log" / f"{0:020d}.json").size():
            if ended.wait(0.02):
                return
        s3.outage(0.2).join()
        while not ended.wait(0.2):
            # Whatever is read while the release goes on is whole.
            release = current(place)
            read.append((release.release_id, release.counts["cells"]) if release else None)
            if release:
                read.append(("r0001", query(place, "SELECT count(*) AS n FROM cells").to_pylist()[0]["n"]))
                return

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        run = quick("nightly", "--home", folder / "one", "--store", STORE, "--sources", sources, **server)
    finally:
        ended.set()
        thread.join()
    assert run.returncode == 1, run.stdout + run.stderr  # faults are planted
    assert "r0001" in run.stdout
    return Night(folder / "sample", folder, server, read)


def test_nothing_half_was_ever_read(night: Night) -> None:
    release = releases(Remote(STORE))[0]
    assert {one for one in night.read if one} <= {("r0001", release.counts["cells"])}


def test_the_same_as_an_undisturbed_night_in_a_folder(night: Night, quick: Command) -> None:
    home = night.folder / "plain"
    run = quick("nightly", "--home", home, "--sources", night.sample / "sources.toml", **night.variables)
    assert run.returncode == 1, run.stdout + run.stderr
    assert night.contents(Remote(STORE), "r0001") == night.contents(home)


def test_the_same_read_by_a_dask_cluster(night: Night, quick: Command) -> None:
    """Its worker gets captures from the store, and leaves its parts there (several at once: test_flows_engine.py)."""
    address = f"s3://{BUCKET}/clustered"
    words = ("--store", address, "--sources", night.sample / "sources.toml")
    engine = {"GOUJI_ENGINE": "dask", "GOUJI_WORKERS": "1"}
    run = quick("nightly", "--home", night.folder / "clustered", *words, **night.variables, **engine)
    assert run.returncode == 1, run.stdout + run.stderr
    assert night.contents(Remote(address)) == night.contents(Remote(STORE), "r0001")
    assert [name for name in (Remote(address) / "staging").below() if name.endswith(".parquet")]


def test_a_machine_that_knows_the_address_alone(night: Night, quick: Command) -> None:
    """Another machine's night after a correction; then a third one asks, and reads the archive again."""
    page = next(
        path for path in sorted(night.sample.rglob("*.html")) if re.search(r"行政处罚", path.read_text("utf-8"))
    )
    text = page.read_text("utf-8")
    page.write_text(re.sub(r"(行政处罚</td><td[^>]*>)(\d+)(?=<)", lambda m: f"{m[1]}{int(m[2]) + 7}", text), "utf-8")
    sources = night.sample / "sources.toml"
    second = quick(
        "nightly", "--home", night.folder / "two", "--store", STORE, "--sources", sources, **night.variables
    )
    assert "r0002" in second.stdout, second.stdout + second.stderr
    variables = night.variables | {"GOUJI_STORE": STORE, "GOUJI_HOME": str(night.folder / "three")}

    def asked(*words: str) -> Any:
        done = quick(*words, "--format", "json", **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    sql = "SELECT sum(value)::VARCHAR AS s FROM (FROM cells UNION ALL FROM held_cells) WHERE key LIKE '%penalt%'"
    assert asked("query", sql) != asked("query", sql, "--as-of", "r0001")
    assert [row["release_id"] for row in asked("releases")] == ["r0001", "r0002"]
    status = asked("status")
    assert (status["store"], status["release"]["release_id"]) == (STORE, "r0002")
    listed = asked("captures")
    assert len(listed) >= 5
    one = quick("captures", listed[0]["capture_id"], "--out", night.folder / "one.bytes", **variables)
    assert one.returncode == 0, one.stderr
    assert (night.folder / "one.bytes").stat().st_size == listed[0]["size"]
    again = quick("backfill", "--years", "2022..2023", "--from-archive", "--sources", sources, **variables)
    assert "nothing new; r0002 stands" in again.stdout, again.stdout + again.stderr


def test_a_store_that_cannot_be_used_is_one_line(quick: Command, tmp_path: Path) -> None:
    for address, code, says in (
        ("ftp://bucket/x", 2, "a store is a path"),
        ("s3://bucket/a b", 2, "letters, digits"),
        ("s3://gouji/nothing-here", 2, "nothing has been released yet"),
    ):
        done = quick("releases", "--home", tmp_path, "--store", address)
        assert done.returncode == code, done.stderr
        assert re.fullmatch(rf"gouji: [^\n]*{says}[^\n]*\n", done.stderr)


def test_doctor_and_upkeep(night: Night, gouji: Command, quick: Command) -> None:
    """From a machine that knows the address alone; last, since it takes something away."""
    variables = night.variables | {"GOUJI_STORE": STORE, "GOUJI_HOME": str(night.folder / "four")}
    before = night.contents(Remote(STORE))

    def doctor(command: Command = quick) -> tuple[int, list[dict[str, str]]]:
        done = command("doctor", "--format", "json", **variables)
        assert done.stdout and done.returncode >= 0, done.stderr
        return done.returncode, json.loads(done.stdout)["faults"]

    assert doctor() == (0, [])
    kept = gouji("upkeep", **variables)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    assert night.contents(Remote(STORE)) == before
    assert doctor() == (0, [])
    archive = Remote(STORE) / "archive"
    gone = next(name for name in archive.names() if name.endswith(".warc.gz"))
    (archive / gone).unlink()
    code, faults = doctor(gouji)
    assert code == 1
    assert [(fault["code"], fault["where"]) for fault in faults] == [("warc", f"archive/{gone}")]
