"""A night on the sample province, embedded: what is released is the truth, what is held is what was planted.

The first two nights are processes of their own with a Prefect server of their own, as `make nightly` is.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from commandline import Command
from embedded import age, remembered, stretch
from frictionless import Package

from warehouse.query import query

PASSWORD = "gouji-secret"
#: a figure that stands for itself, in the markup of some of the sample's pages
PENALTIES = re.compile(r"(行政处罚</td><td[^>]*>)(\d+)(?=<)")


class Mailbox:
    """What a mail server was handed."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        message = BytesParser(policy=policy.default).parsebytes(envelope.content or b"")
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


@dataclass
class Night:
    home: Path
    first: subprocess.CompletedProcess[str]
    mails: list[EmailMessage]
    smtp: dict[str, str]

    @property
    def truth(self) -> list[dict[str, Any]]:
        lines = (self.home / "sample" / "province" / "truth.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return query(self.home, sql).to_pylist()


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """A mail server that wants STARTTLS and a password; gives its box and the settings for gouji."""
    folder = tmp_path_factory.mktemp("smtp")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    box = Mailbox()

    def authenticate(_server: Any, _session: Any, _envelope: Any, _method: str, login: LoginPassword) -> AuthResult:
        return AuthResult(success=login.password.decode() == PASSWORD and login.login == b"gouji")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    )
    controller.start()
    settings = {
        "GOUJI_SMTP_HOST": "127.0.0.1",
        "GOUJI_SMTP_PORT": str(port),
        "GOUJI_SMTP_USERNAME": "gouji",
        "GOUJI_SMTP_PASSWORD": PASSWORD,
        "GOUJI_SMTP_CA_FILE": str(folder / "ca.pem"),
        "GOUJI_MAIL_FROM": "gouji@gansu.example",
        "GOUJI_MAIL_TO": "shenji@gansu.example",
    }
    yield box, settings
    controller.stop()


@pytest.fixture(scope="module")
def night(
    gouji: Command, mail_server: tuple[Mailbox, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Night:
    home = tmp_path_factory.mktemp("night")
    box, settings = mail_server
    first = gouji("nightly", "--home", home, **settings)
    return Night(home, first, box.messages, settings)


def test_the_night_ends_well(night: Night) -> None:
    assert night.first.returncode == 1, (
        night.first.stdout + night.first.stderr
    )  # faults are planted, so reports are held
    assert "Traceback" not in night.first.stdout + night.first.stderr
    assert len(night.truth) >= 60
    assert re.search(r"r0001: \d+ released, \d+ held", night.first.stdout)


def test_held_is_what_is_critical_and_nothing_else(night: Night) -> None:
    planted = {f"{row['unit_id']}-{row['year']}" for row in night.truth if row["held"]}
    released = {f"{r['unit_id']}-{r['year']}" for r in night.truth if r["cells"] and not r["held"]}
    sample = "address LIKE 'http://sample.gansu.example/%'"
    assert {row["report_id"] for row in night.rows(f"SELECT report_id FROM held_reports WHERE {sample}")} == planted
    assert {row["report_id"] for row in night.rows(f"SELECT report_id FROM reports WHERE {sample}")} == released
    assert planted


def test_every_cell_is_the_truth(night: Night) -> None:
    read: dict[str, dict[str, Decimal | None]] = {}
    for table in ("cells", "held_cells"):
        for row in night.rows(f"SELECT report_id, key, value, state FROM {table}"):
            assert row["state"] in ("printed", "blank")
            read.setdefault(row["report_id"], {})[row["key"]] = row["value"]
    for report in night.truth:
        if report["cells"]:
            expected = {k: None if v is None else Decimal(v) for k, v in report["cells"].items()}
            assert read[f"{report['unit_id']}-{report['year']}"] == expected


def test_findings_are_what_was_planted(night: Night) -> None:
    """Across years and levels too; an overdue report has no address."""
    units = {report["unit_id"] for report in night.truth}
    planted = {
        (f"{report['unit_id']}-{report['year']}", fault["rule"], fault["scope"], fault["severity"])
        for report in night.truth
        for fault in report["faults"]
    }
    found = {
        (row["report_id"], row["rule"], row["scope"], row["severity"])
        for row in night.rows("SELECT * FROM findings WHERE outcome = 'fail'")
        if row["unit_id"] in units
    }
    assert found == planted


def test_the_ledger_is_the_truth_and_what_is_no_report_is_on_record(night: Night) -> None:
    truth = {(row["unit_id"], row["year"]): row for row in night.truth}
    units = {unit for unit, _ in truth}
    coverage = {(row["unit_id"], row["year"]): row for row in night.rows("SELECT * FROM coverage")}
    found = {key: row["status"] for key, row in coverage.items() if key[0] in units}
    # Units that were taken over have rows beyond the years of which a report is due.
    assert {status for key, status in found.items() if key not in truth} == {"merged"}
    assert {key: found.get(key) for key in truth} == {key: row["status"] for key, row in truth.items()}
    assert {"published", "attachment_only", "unreadable", "blocked", "not_published"} < set(found.values())
    refused = {key: coverage[key] for key, row in truth.items() if row["no_report"]}
    assert refused and all(row["reason"] and row["address"] for row in refused.values())


def test_verdicts_have_four_outcomes_all_stored(night: Night) -> None:
    outcomes = {row["outcome"] for row in night.rows("SELECT DISTINCT outcome FROM verdicts")}
    assert outcomes == {"pass", "fail", "not_evaluable", "not_applicable"}


def test_the_mail_arrived_once_and_is_whole(night: Night) -> None:
    assert len(night.mails) == 1, night.first.stdout
    mail = night.mails[0]
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    for row in night.rows("SELECT equation, message FROM findings WHERE severity = 'critical'"):
        assert (row["equation"] or row["message"]) in text.get_content()
    assert "<table" in html.get_content()
    shown = set(re.findall(r'src="cid:([^"]+)"', html.get_content()))
    parts = {part["Content-ID"].strip("<>"): part for part in mail.walk() if part["Content-ID"]}
    assert shown == set(parts)
    assert {"crop1@gouji", "chart-light@gouji", "chart-dark@gouji"} <= shown
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "年度报告质量-r0001.xlsx"
    assert openpyxl.load_workbook(BytesIO(attached.get_content()))["问题"].max_row > 10


def test_links_of_the_mail_are_those_of_the_portals(night: Night) -> None:
    html = night.mails[0].get_body(("html",))
    assert html is not None
    links = set(re.findall(r'href="([^"]+)"', html.get_content()))
    captured = {row["address"] for row in night.rows("SELECT address FROM captures")}
    listed = {row["address"] for row in night.rows("SELECT address FROM coverage WHERE gate IS NULL")}
    assert links
    assert links <= captured | listed


def test_the_queries_of_the_documentation_run(night: Night) -> None:
    text = (Path(__file__).parents[2] / "docs" / "queries.md").read_text("utf-8")
    queries = re.findall(r"^```sql\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    found = [len(night.rows(sql)) for sql in queries]
    # Whether second readers disagree, and whether a chain is broken, is up to the sample.
    assert len(found) >= 13
    assert found.count(0) <= 2, dict(zip(queries, found, strict=True))


def test_a_release_becomes_a_data_package(gouji: Command, quick: Command, night: Night, tmp_path: Path) -> None:
    done = gouji("package", tmp_path / "package", "--home", night.home)
    assert done.returncode == 0, done.stderr
    described = Package(str(tmp_path / "package" / "datapackage.json"))
    for resource in described.resources:
        if resource.format == "csv" and resource.name in {"findings", "coverage", "reports", "releases"}:
            report = resource.validate()
            assert report.valid, report.flatten(["fieldName", "type", "note"])
    again = quick("package", tmp_path / "package", "--home", night.home)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


def test_a_workbook_with_a_report(gouji: Command, quick: Command, night: Night, tmp_path: Path) -> None:
    held = night.rows("SELECT report_id FROM held_reports ORDER BY report_id LIMIT 1")[0]["report_id"]
    done = gouji("workbook", held, "--home", night.home, "--out", tmp_path / "book.xlsx")
    assert done.returncode == 0, done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")[held[-31:]]
    assert any(cell.comment for row in sheet.iter_rows() for cell in row)
    unknown = quick("workbook", "620102-1999", "--home", night.home, "--out", tmp_path / "x.xlsx")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)


def test_a_second_night_changes_nothing(gouji: Command, night: Night) -> None:
    before = (night.home / "warehouse" / "RELEASE").read_text("utf-8")
    earlier = age(night.home, days=100)
    assert all(remembered(night.home, earlier).values())
    stretch(night.home, 8_000_000)
    second = gouji("nightly", "--home", night.home, **night.smtp)
    assert second.returncode == 0, second.stderr
    assert not any(remembered(night.home, earlier).values()), "Prefect's retention is 90 days"
    assert (night.home / "prefect" / "prefect.db").stat().st_size < 8_000_000, "pages that are free are given back"
    assert re.search(r"\d+ listed, 0 fetched, \d+ unchanged", second.stdout)
    assert "nothing new; r0001 stands" in second.stdout
    assert "超出预期范围" not in second.stdout, "the batch as a whole is as it was"
    assert (night.home / "warehouse" / "RELEASE").read_text("utf-8") == before
    assert len(night.mails) == 1, night.first.stdout


def test_a_backfill_from_the_archive_gives_the_same(quick: Command, server: dict[str, str], night: Night) -> None:
    words = ("backfill", "--years", "2019..2025", "--from-archive", "--home", night.home)
    again = quick(*words, **night.smtp, **server)
    assert again.returncode == 1, again.stderr
    assert "nothing new; r0001 stands" in again.stdout


def test_query_speaks_every_format(gouji: Command, quick: Command, night: Night) -> None:
    sql = "SELECT unit_name, value FROM reports JOIN cells USING (report_id, year) WHERE key LIKE '%amount' LIMIT 3"
    as_json = gouji("query", "--home", night.home, "--as-of", "r0001", "--format", "json", sql)
    assert len(json.loads(as_json.stdout)) == 3
    assert quick("query", "--home", night.home, "--format", "csv", sql).stdout.startswith("unit_name,value\n")
    refused = quick("query", "--home", night.home, "--as-of", "r0099", sql)
    assert refused.returncode == 2
    assert refused.stderr.startswith("gouji: unknown release")
    assert "coverage" in gouji("status", "--home", night.home).stdout
    assert "r0001" in gouji("releases", "--home", night.home).stdout


def test_pdf_cells_have_their_place(night: Night) -> None:
    places = night.rows(
        "SELECT count(*) AS cells, count(page) AS pages, count(x0) AS boxes FROM cells JOIN reports "
        "USING (report_id) WHERE media_type = 'application/pdf'"
    )[0]
    assert places["cells"] == places["pages"] == places["boxes"] > 1000


def test_types_are_exact(night: Night) -> None:
    assert query(night.home, "SELECT value FROM cells LIMIT 1").schema.field("value").type == pa.decimal128(38, 10)


@pytest.fixture(scope="module")
def changed(quick: Command, server: dict[str, str], night: Night) -> dict[str, str]:
    """A further night, after which three pages changed: what befell each, and its report."""
    rows = night.rows(
        "SELECT report_id, address FROM reports WHERE media_type = 'text/html' AND edition = '2021' "
        "AND address LIKE 'http://sample.gansu.example/%' ORDER BY report_id"
    )
    kinds = ["silent", "announced", "template"]
    found: dict[str, str] = {}
    for row in rows:
        page = night.home / "sample" / "province" / "site" / row["address"].split("/", 3)[3]
        text = page.read_text("utf-8") if b'charset="utf-8"' in page.read_bytes() else ""
        if not kinds or not PENALTIES.search(text):
            continue
        kind = kinds.pop(0)
        found[kind] = row["report_id"]
        if kind == "template":
            text = text.replace("<body>", "<body><p>浏览次数：1234</p>").replace(
                "</body>", "<p>浏览 1234 次</p></body>"
            )
        else:
            text = PENALTIES.sub(lambda match: f"{match[1]}{int(match[2]) + 1}", text)
        if kind == "announced":
            text = text.replace(
                "一、总体情况</strong></p>", "一、总体情况</strong></p><p>现予更正：处罚数据原有误。</p>"
            )
        page.write_text(text, "utf-8")
    assert not kinds
    again = quick("nightly", "--home", night.home, **night.smtp, **server)
    assert again.returncode in (0, 1), again.stderr
    assert "3 fetched" in again.stdout
    return found


def test_a_changed_page_is_a_version_and_a_silent_one_is_found(night: Night, changed: dict[str, str]) -> None:
    versions = night.rows("SELECT * FROM versions WHERE seen_to IS NULL AND (version > 1 OR len(captures) > 1)")
    assert {row["report_id"]: (row["version"], len(row["captures"])) for row in versions} == {
        changed["silent"]: (2, 1),
        changed["announced"]: (2, 1),
        changed["template"]: (1, 2),
    }
    said = {row["report_id"]: row["announced"] for row in versions}
    assert said[changed["announced"]] == "现予更正：处罚数据原有误"
    assert said[changed["silent"]] is None
    figures = night.rows(
        "SELECT report_id, key, value_after - value_before AS more FROM changes WHERE state_after <> ''"
    )
    assert {(row["report_id"], row["key"], row["more"]) for row in figures} == {
        (changed[kind], "proactive.penalties.decisions", 1) for kind in ("silent", "announced")
    }
    (finding,) = night.rows("SELECT * FROM findings WHERE rule = 'VER-SILENT'")
    assert (finding["report_id"], finding["scope"], finding["gate"]) == (changed["silent"], "proactive", "released")


def test_what_was_published_then_can_still_be_asked(quick: Command, night: Night, changed: dict[str, str]) -> None:
    sql = (
        f"SELECT value::INTEGER AS n FROM cells WHERE report_id = '{changed['silent']}' "
        "AND key = 'proactive.penalties.decisions'"
    )
    (then,), (now,) = (
        json.loads(quick("query", "--home", night.home, "--format", "json", *how, sql).stdout)
        for how in (("--as-of", "r0001"), ())
    )
    year = int(changed["silent"][-4:])
    published = quick("query", "--home", night.home, "--format", "json", "--published", f"{year + 1}-12-31", sql)
    assert json.loads(published.stdout) == [then]
    assert now["n"] == then["n"] + 1
    refused = quick("query", "--home", night.home, "--published", "31.12.2024", sql)
    assert (refused.returncode, refused.stderr) == (2, "gouji: '31.12.2024' is no day such as 2026-10-31\n")


def test_the_archive_alone_gives_the_same_versions(
    quick: Command, server: dict[str, str], night: Night, changed: dict[str, str]
) -> None:
    units = ",".join(sorted({report.rpartition("-")[0] for report in changed.values()}))
    columns = "report_id, version, content, sha256, captures, seen_from, seen_to, announced"
    sql = (
        f"SELECT {columns} FROM versions WHERE list_contains({units.split(',')}, unit_id) ORDER BY report_id, version"
    )
    before = night.rows(sql)
    shutil.move(night.home / "warehouse", night.home / "warehouse.before")
    words = ("backfill", "--years", "2021..2025", "--units", units, "--from-archive", "--home", night.home)
    again = quick(*words, **night.smtp, **server)
    assert again.returncode in (0, 1), again.stderr
    wanted = {row["report_id"] for row in night.rows("SELECT report_id FROM versions")}
    assert night.rows(sql) == [row for row in before if row["report_id"] in wanted]
    assert wanted >= {*changed.values()}
    assert [row["report_id"] for row in night.rows("SELECT report_id FROM findings WHERE rule = 'VER-SILENT'")] == [
        changed["silent"]
    ]
