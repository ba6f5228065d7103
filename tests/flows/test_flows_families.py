"""Two whole nights over sites of every family, with real documents: the truth of every unit and year, and no more.

The sites are reached through a proxy, as an operator's may be, so that a server of the test's own can count.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from commandline import Command

from samples.families import write_families
from samples.server import serve
from samples.sites.publication import QUIRKS
from samples.sites.writer import STYLES
from warehouse.query import query

UNITS = 40


@dataclass
class Nights:
    home: Path
    truth: dict[tuple[str, int], dict[str, Any]]
    runs: list[subprocess.CompletedProcess[str]]
    #: host, path and status -> how often it was answered, each night
    asked: list[Counter[tuple[str, str, int]]]

    def rows(self, sql: str, as_of: str | None = None) -> list[dict[str, Any]]:
        return query(self.home, sql, as_of).to_pylist()

    def reports(self, table: str, as_of: str | None = None) -> set[tuple[str, int]]:
        return {(row["unit_id"], row["year"]) for row in self.rows(f"SELECT unit_id, year FROM {table}", as_of)}


@pytest.fixture(scope="module")
def nights(quick: Command, server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("families")
    sites, home = folder / "sites", folder / "home"
    write_families(sites, units=UNITS, years=(2022, 2023), seed=3)
    lines = [json.loads(line) for line in (sites / "truth.jsonl").read_text("utf-8").splitlines()]
    sources = folder / "sources.toml"
    registry = (sites / "sources.toml").read_text("utf-8").splitlines(keepends=True)
    sources.write_text("".join(line for line in registry if not line.startswith("serve = ")), "utf-8")
    with serve({host: sites / host for host in {line["host"] for line in lines}}) as loopback:
        variables = {
            "GOUJI_PROXY": f"http://{loopback.address}:{loopback.port}",
            "GOUJI_CONTACT": "a@b.example",
        } | server
        runs, asked = [], []
        for loopback.night in (1, 2):
            before = loopback.counts
            runs.append(quick("nightly", "--home", home, "--sources", sources, **variables))
            asked.append(loopback.counts - before)
    yield Nights(home, {(line["unit_id"], line["year"]): line for line in lines}, runs, asked)


def test_the_nights_end_well(nights: Nights) -> None:
    records = [json.loads(path.read_text("utf-8")) for path in sorted((nights.home / "runs").glob("*.json"))]
    # Where a night holds nothing, one answer (429) may still come another time.
    assert [run.returncode for run in nights.runs] == [1 if record["held"] else 3 for record in records]
    assert records[0]["held"]
    assert not any("Traceback" in run.stdout + run.stderr for run in nights.runs)
    # Two corrected reports are judged, but all that there are still stand in the ledger.
    assert "population" in nights.runs[0].stdout and "台账" not in nights.runs[1].stdout
    assert {line["family"] for line in nights.truth.values()} == set(STYLES)
    assert {line["quirk"] for line in nights.truth.values()} == set(QUIRKS)


def test_the_ledger_is_the_truth(nights: Nights) -> None:
    found = {(row["unit_id"], row["year"]): row for row in nights.rows("SELECT * FROM coverage")}
    beyond = {key: row["status"] for key, row in found.items() if key not in nights.truth}
    assert set(beyond.values()) <= {"merged"}
    statuses = {key: line["status"] for key, line in nights.truth.items()}
    assert {key: found[key]["status"] for key in nights.truth} == statuses
    assert set(statuses.values()) == {"published", "attachment_only", "blocked", "unreadable", "not_published"}
    for key, line in nights.truth.items():
        late = any(fault["rule"].startswith("TIME-") for fault in line["faults"])
        again = bool(found[key]["duplicates"])
        assert bool(found[key]["reason"]) == (line["status"] not in ("published", "attachment_only") or late or again)


def test_released_and_held_are_the_truth(nights: Nights) -> None:
    held = {key for key, line in nights.truth.items() if line["held"]}
    released = {key for key, line in nights.truth.items() if line["cells"] and not line["held"]}
    assert held and released
    assert (nights.reports("held_reports"), nights.reports("reports")) == (held, released)
    found = {
        (row["unit_id"], row["year"]): (row["address"], row["published"].isoformat())
        for table in ("reports", "held_reports")
        for row in nights.rows(f"SELECT unit_id, year, address, published FROM {table}")
    }
    # The day is the page's own: some lists give none.
    assert found == {key: (nights.truth[key]["address"], nights.truth[key]["published"]) for key in held | released}


def test_every_cell_and_finding_is_the_truth(nights: Nights) -> None:
    read: dict[str, dict[str, Decimal | None]] = {}
    for table in ("cells", "held_cells"):
        for row in nights.rows(f"SELECT report_id, key, value FROM {table}"):
            read.setdefault(row["report_id"], {})[row["key"]] = row["value"]
    planted = set()
    for (unit, year), line in nights.truth.items():
        expected = {key: None if value is None else Decimal(value) for key, value in line["cells"].items()}
        assert read.get(f"{unit}-{year}", {}) == expected, line["quirk"]
        planted |= {(f"{unit}-{year}", fault["rule"], fault["scope"], fault["severity"]) for fault in line["faults"]}
    found = {
        (row["report_id"], row["rule"], row["scope"], row["severity"])
        for row in nights.rows("SELECT * FROM findings WHERE outcome = 'fail'")
    }
    assert found == planted


def test_what_lies_on_a_hijacked_or_unknown_host_never_counts(nights: Nights) -> None:
    """Not even asked for: the ledger says that it was refused, and by which host."""
    away = {key: line for key, line in nights.truth.items() if line["problem"] == "refused" and line["address"]}
    assert {line["quirk"] for line in away.values()} == {"away", "mirror"}
    ledger = {(row["unit_id"], row["year"]): row for row in nights.rows("SELECT * FROM coverage")}
    for key in away:
        assert ledger[key]["status"] == "blocked" and ledger[key]["report_id"] is None
        assert ("mirror.example" if away[key]["quirk"] == "away" else "meeios.com") in ledger[key]["reason"]
    hosts = {line["host"] for line in nights.truth.values()}
    assert all({host for host, _, _ in counts} == hosts for counts in nights.asked)
    for table in ("reports", "held_reports", "captures"):
        addresses = {row["address"] for row in nights.rows(f"SELECT address FROM {table}")}
        assert not [one for one in addresses if "meeios" in one or "mirror.example" in one]


def test_copies_and_lying_folders_make_no_second_report(nights: Nights) -> None:
    for quirk in ("copy", "two_addresses", "wrong_folder", "untitled", "redirect"):
        keys = [key for key, line in nights.truth.items() if line["quirk"] == quirk and line["status"] == "published"]
        assert keys
        for unit, year in keys:
            documents = nights.rows(f"SELECT outcome FROM documents WHERE unit_id = '{unit}' AND year = {year}")
            assert [row["outcome"] for row in documents] == ["report"], quirk


def test_the_second_night_takes_only_what_changed(nights: Nights) -> None:
    """Measured at the server: bodies of documents come for those that were corrected, and for no other."""

    def answered(lines: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
        """Host and path of the documents of these lines; where a query tells them apart, pages share a path."""
        documents = (one for line in lines for one in (line["article"], line["address"], *line["attachments"]) if one)
        return {(parts.netloc, parts.path) for parts in map(urlsplit, documents) if not parts.query}

    read = [line for line in nights.truth.values() if line["status"] in ("published", "attachment_only")]
    changed = answered(line for line in read if line["quirk"] == "changed")
    first, second = (
        {(host, path) for host, path, status in counts if status == 200} & answered(read) for counts in nights.asked
    )
    assert changed and second == changed < first
    corrected = sum(line["quirk"] == "changed" for line in read)
    assert f" {corrected} fetched" in nights.runs[1].stdout


def test_a_corrected_report_is_a_new_version(nights: Nights) -> None:
    key = "disputes.reconsideration.total"
    for (unit, year), line in nights.truth.items():
        if line["quirk"] != "changed" or line["status"] != "published":
            continue
        table = "held_cells" if line["held"] else "cells"
        sql = f"SELECT value FROM {table} WHERE report_id = '{unit}-{year}' AND key = '{key}'"
        (before,), (after,) = nights.rows(sql, "r0001"), nights.rows(sql)
        assert after["value"] == Decimal(line["cells"][key]) == before["value"] - 1
