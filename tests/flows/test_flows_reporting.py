"""Reports to readers, alerts to the operator and the operator's view, over a home with real releases."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from click.testing import CliRunner, Result
from made_shelf import Doc, Shelf, registry, unit

from flows.alerts import tell, troubles
from flows.cli import gouji
from flows.digest import digest
from flows.exits import UnusableError
from flows.home import Home
from flows.reporting import Mailed, UndeliveredError, send_report, tables_of
from flows.summary import Summary
from notices.outbox import Outbox
from warehouse.batch import ReleaseBatch
from warehouse.release import publish
from warehouse.spec import TABLES
from warehouse.status import read_table

UNITS = registry(unit("620102"), unit("620102-a", "620102"), unit("620702"))
FAULTY = Doc("620102-a", 2023, off=5)
GOOD = (Doc("620102", 2023), Doc("620702", 2023))
NIGHT = datetime(2026, 6, 2, 18, tzinfo=UTC)


class Mailbox:
    """What a mail server was handed, and which readers it refuses."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        message = BytesParser(policy=policy.default).parsebytes(envelope.content or b"")
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"

    def readers(self) -> Counter[str]:
        return Counter(message["To"].addresses[0].addr_spec for message in self.messages)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    for name in ("GOUJI_SUBSCRIPTIONS", "GOUJI_SOURCES", "GOUJI_MAIL_TO", "GOUJI_MAIL_OPERATOR", "GOUJI_SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    made = Shelf(tmp_path, UNITS)
    made.archive([*GOOD, FAULTY])
    made.run(*GOOD, FAULTY)
    return made


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in {
        "GOUJI_SMTP_HOST": "127.0.0.1",
        "GOUJI_SMTP_PORT": str(port),
        "GOUJI_SMTP_SECURITY": "none",
        "GOUJI_MAIL_FROM": "gouji@example.org",
    }.items():
        monkeypatch.setenv(name, value)
    yield handler
    controller.stop()


def report(shelf: Shelf, flow: str = "nightly", **more: Any) -> Mailed | None:
    summary = Summary("20260602T180000Z", flow, str(shelf.home), NIGHT.isoformat())
    return send_report(Home(shelf.home), {**vars_of(summary), **more})


def vars_of(summary: Summary) -> dict[str, Any]:
    return {name: getattr(summary, name) for name in Summary.__slots__}


def subscribe(shelf: Shelf, text: str) -> None:
    (shelf.home / "subscriptions.toml").write_text(text, "utf-8")


def body(message: EmailMessage) -> str:
    text = message.get_body(("plain",))
    assert text is not None
    return str(text.get_content())


def test_each_reader_gets_what_is_theirs_once(shelf: Shelf, box: Mailbox) -> None:
    subscribe(
        shelf,
        '[[reader]]\naddress = "all@x.example"\n'
        '[[reader]]\naddress = "zy@x.example"\nregions = ["6207"]\nworkbook = false\n',
    )
    sent = report(shelf)
    assert sent is not None
    assert sent.sent
    assert report(shelf) is None
    assert report(shelf, "digest") is None
    assert box.readers() == {"all@x.example": 1, "zy@x.example": 1}
    everything, part = box.messages
    assert "严重问题1项" in everything["Subject"]
    assert "没有严重问题" in part["Subject"]
    assert "6207" in body(part)
    assert not list(part.iter_attachments())
    (attached,) = everything.iter_attachments()
    book = openpyxl.load_workbook(BytesIO(attached.get_content()))
    assert "T4-SUM" in [cell.value for cell in book["问题"]["E"]]


def test_a_reader_is_told_what_changed_since_their_own_last_report(
    shelf: Shelf, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_MAIL_TO", "a@x.example")
    report(shelf)
    mended = Doc("620102-a", 2023, name="b")
    other = Doc("620702", 2022, off=3)
    shelf.archive([mended, other], NIGHT + timedelta(days=1))
    assert shelf.run(mended) is not None
    assert shelf.run(other) is not None
    monkeypatch.setenv("GOUJI_MAIL_TO", "a@x.example, b@x.example")
    report(shelf)
    assert box.readers() == {"a@x.example": 2, "b@x.example": 1}
    first, again, new = (body(message) for message in box.messages)
    assert "这是您收到的第一份报告" in first and "这是您收到的第一份报告" in new
    assert "与您上次收到的报告（r0001）相比" in again
    assert "新增严重问题：1" in again
    assert "已消除的问题（1 项）" in again
    assert "原文已更正" in again


def test_a_report_tells_when_it_was_written_and_which_release_came_before(
    shelf: Shelf, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_MAIL_TO", "a@x.example")
    report(shelf, fetched=3)
    newer = Doc("620102", 2022)
    shelf.archive([newer])
    assert shelf.run(newer) is not None
    monkeypatch.setenv("GOUJI_MAIL_TO", "b@x.example")
    started = datetime.now(UTC) - timedelta(seconds=62)
    report(shelf, "digest", started=started.isoformat())
    monkeypatch.setenv("GOUJI_MAIL_TO", "c@x.example")
    report(shelf, started=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    first, late, early = (body(message) for message in box.messages)
    assert "首次发布：" in first and "没有上一期" in first and "新抓取 3 份" in first
    assert "新一期发布：" in late and "发布 r0002，上一期 r0001" in late and "新抓取" not in late
    assert "这是您收到的第一份报告" in late
    (minutes, seconds) = re.search(r"写成本报告，用时 (\d+) 分 (\d+) 秒", late).groups()  # type: ignore[union-attr]
    assert 62 <= int(minutes) * 60 + int(seconds) < 600
    assert "用时 0 秒" in early  # a clock that was set back
    # RFC 5322: when the message was complete, and not when its release was, which may be months ago.
    assert all(message["Date"].datetime >= started for message in box.messages[1:])


def test_figures_in_doubt_are_told_whatever_became_of_them(tmp_path: Path) -> None:
    home = Shelf(tmp_path, registry(unit("620102"), unit("620103")))
    docs = [
        Doc("620102", 2023, doubt="数字互相重叠"),
        Doc("620102", 2022),
        Doc("620103", 2023, off=2, doubt="数字上有划线"),
    ]
    home.archive(docs)
    home.run(*docs)
    told = tables_of(Home(home.home), "r0001").doubted
    assert told is not None
    seen = {(row["unit_id"], row["year"], row["gate"], row["note"], row["page"]) for row in told.to_pylist()}
    assert seen == {
        ("620102", 2023, "released", "数字互相重叠", None),
        ("620103", 2023, "held", "数字上有划线", None),
    }
    assert told.num_rows == 2 * len(docs[0].cells)
    assert told["address"][0].as_py() == docs[0].address


def test_void_waivers_are_told_to_whom_they_concern(shelf: Shelf, box: Mailbox) -> None:
    subscribe(
        shelf,
        '[[reader]]\naddress = "all@x.example"\n[[reader]]\naddress = "zy@x.example"\nregions = ["6207"]\n',
    )
    key = "disputes.reconsideration.total"
    void = {"finding_id": "x", "report_id": "620102-a-2023", "rule": "T4-SUM", "scope": "reconsideration"}
    report(shelf, void=[void | {"reason": f"所涉单元格 {key} 原印为“1”，现为“2”"}])
    everything, part = (body(message) for message in box.messages)
    (line,) = (it for it in everything.split("\n") if "原印为" in it)
    assert "2023 年，表四“行政复议”：" in line
    assert "所涉单元格“行政复议 总计”原印为“1”，现为“2”" in line
    assert "620102-a-2023" not in line and "reconsideration" not in line
    assert "失效的豁免" not in part


def test_changes_only_and_rhythm(shelf: Shelf, box: Mailbox) -> None:
    subscribe(
        shelf,
        '[[reader]]\naddress = "quiet@x.example"\nregions = ["6207"]\nchanges_only = true\n'
        '[[reader]]\naddress = "monthly@x.example"\nrhythm = "monthly"\n',
    )
    report(shelf)
    newer = Doc("620102", 2022)
    shelf.archive([newer])
    assert shelf.run(newer) is not None
    report(shelf)
    assert box.readers() == {"quiet@x.example": 1, "monthly@x.example": 1}


def test_refused_mail_is_shown_and_the_rest_is_sent(
    shelf: Shelf, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_MAIL_TO", "a@x.example, b@x.example")
    monkeypatch.setenv("GOUJI_MAIL_OPERATOR", "ops@x.example")
    box.refuses["a@x.example"] = "550 no such mailbox"
    for _ in range(3):
        with pytest.raises(UndeliveredError, match=r"a@x.example: .*550 no such mailbox"):
            report(shelf, "digest")
    assert box.readers() == {"b@x.example": 1}
    shown = CliRunner().invoke(gouji, ["status", "--home", str(shelf.home)], standalone_mode=False)
    assert "mail refused" in shown.output
    alert = CliRunner().invoke(gouji, ["alert", "--home", str(shelf.home)], standalone_mode=False)
    assert alert.return_value == 3
    assert "邮件未达 a@x.example" in alert.output
    assert box.readers()["ops@x.example"] == 1
    box.refuses.clear()
    (lost,) = Outbox(shelf.home / "outbox").entries("refused")
    CliRunner().invoke(gouji, ["outbox", "--resend", lost.name, "--home", str(shelf.home)], standalone_mode=False)
    report(shelf, "digest")
    assert box.readers()["a@x.example"] == 1


def test_without_a_server_mail_is_kept(shelf: Shelf) -> None:
    kept = report(shelf)
    assert kept is not None
    assert not kept.sent
    assert kept.path.is_file()
    assert report(shelf) is None


def test_an_alert_is_told_once(shelf: Shelf, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_MAIL_OPERATOR", "ops@x.example")
    home = Home(shelf.home)
    assert troubles(home, NIGHT) == []
    home.runs.mkdir()
    (home.runs / "nightly.error.txt").write_text("x", "utf-8")
    (home.runs / "nightly.unfinished").write_text(json.dumps({"started": NIGHT.isoformat()}), "utf-8")
    found = troubles(home, NIGHT + timedelta(hours=7))
    assert [it.title for it in found] == ["nightly 运行失败", "nightly 停滞"]
    assert tell(home, found, NIGHT) == found
    assert tell(home, found, NIGHT) == []
    (message,) = box.messages
    assert message["Subject"] == "【勾稽告警】nightly 运行失败等 2 件事"
    assert "gouji nightly（从中断处继续）" in body(message)


def test_a_night_that_does_not_come(shelf: Shelf) -> None:
    home = Home(shelf.home)
    summary = Summary("20260602T180000Z", "nightly", str(shelf.home), NIGHT.isoformat(), NIGHT.isoformat())
    summary.problems = [{"code": "blocked", "address": "http://p.example/", "detail": "HTTP 412"}]
    summary.save(home.runs)
    refused = ["门户拒绝访问 p.example"]
    assert [it.title for it in troubles(home, NIGHT + timedelta(hours=25))] == refused
    assert [it.title for it in troubles(home, NIGHT + timedelta(hours=27))] == ["每日运行没有进行", *refused]


def test_a_refusal_is_told_once_and_what_failed_each_night(shelf: Shelf) -> None:
    home, keys = Home(shelf.home), []
    for day in ("20260602", "20260603"):
        at = NIGHT + timedelta(days=int(day[-1]) - 2)
        summary = Summary(f"{day}T180000Z", "nightly", str(shelf.home), at.isoformat(), at.isoformat())
        summary.problems = [
            {"code": code, "address": f"http://{code}.example/{day}", "detail": ""}
            for code in ("timeout", "blocked", "missing", "mail")
        ]
        summary.save(home.runs)
        keys.append([it.key for it in troubles(home, at)])
    assert keys == [[f"problems {day}T180000Z", "refused blocked.example"] for day in ("20260602", "20260603")]


def test_coverage_that_drops(shelf: Shelf) -> None:
    home = Home(shelf.home)
    covered = read_table(shelf.home, "coverage").to_pylist()
    lost = [row | {"gate": None, "status": "blocked", "report_id": None} for row in covered if row["report_id"]][:1]
    batch = ReleaseBatch(coverage=pa.Table.from_pylist(lost, schema=TABLES["coverage"].schema))
    assert publish(shelf.home, batch, NIGHT + timedelta(days=1)) is not None
    (found,) = troubles(home, NIGHT)
    assert found.title == "覆盖下降"
    assert f"r0002 比上一期少 1 份报告：{lost[0]['unit_name']} {lost[0]['year']}" in found.text


def test_portals_that_list_less(shelf: Shelf) -> None:
    home = Home(shelf.home)
    for day, listed in ((1, 100), (2, 95), (3, 60)):
        at = NIGHT + timedelta(days=day)
        summary = Summary(f"{at:%Y%m%dT%H%M%SZ}", "nightly", str(shelf.home), at.isoformat(), at.isoformat())
        summary.listed = listed
        summary.save(home.runs)
        assert [it.title for it in troubles(home, at)] == (["门户列出的报告变少"] if day == 3 else [])


def test_status_as_json(shelf: Shelf) -> None:
    shown = CliRunner().invoke(
        gouji, ["status", "--format", "json", "--home", str(shelf.home)], standalone_mode=False
    )
    found = json.loads(shown.output)
    assert found["release"]["release_id"] == "r0001"
    assert [(it["report_id"], it["rules"]) for it in found["held"]] == [("620102-a-2023", ["T4-SUM"])]
    assert {it["severity"]: it["open"] for it in found["findings"]}["critical"] == 1
    assert next(it for it in found["coverage"] if it["year"] == 2023) | {"due": 3, "released": 2, "held": 1} == next(
        it for it in found["coverage"] if it["year"] == 2023
    )


def test_status_of_an_empty_home(tmp_path: Path) -> None:
    shown = CliRunner().invoke(gouji, ["status", "--home", str(tmp_path)], standalone_mode=False)
    assert "nothing has been released yet" in shown.output
    assert "no trouble" in shown.output


def gouji_says(*words: str) -> Result:
    return CliRunner().invoke(gouji, words, standalone_mode=False)


def test_a_later_report_has_the_readers_and_waivers_of_the_run(shelf: Shelf, tmp_path: Path) -> None:
    """They lie beside the sources that the night was given; a digest and a workbook are given none."""
    beside = tmp_path / "sources"
    beside.mkdir()
    (beside / "subscriptions.toml").write_text('[[reader]]\naddress = "audit@x.example"\n', "utf-8")
    night = Summary("20260602T180000Z", "nightly", str(shelf.home), NIGHT.isoformat(), finished=NIGHT.isoformat())
    night.sources = [str(beside / "sources.toml")]
    night.save(shelf.home / "runs")
    asked: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.digest.mail", lambda _, summary: asked.append(summary.sources))
        patch.setattr("flows.reporting.waivings", lambda _, sources, __: asked.append(sources) or {})
        digest.fn(str(shelf.home))
        done = gouji_says("workbook", "--home", str(shelf.home), "--out", str(tmp_path / "w.xlsx"))
    assert done.exception is None, done.exception
    assert asked == [night.sources] * 2


def test_an_alert_says_where_nobody_hears_it(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="no such home"):
        raise gouji_says("alert", "--home", str(tmp_path / "typo")).exception or AssertionError
    said = gouji_says("alert", "--home", str(shelf.home))
    assert (said.return_value, said.stdout.startswith("not told  每日运行没有进行")) == (3, True), said.stdout
    assert "no operator is named" in said.stderr
    subscribe(shelf, '[operator]\naddress = "ops@x.example"\n')
    assert gouji_says("alert", "--home", str(shelf.home)).stdout.startswith("told now  每日运行没有进行")
    assert gouji_says("alert", "--home", str(shelf.home)).stdout.startswith("known     每日运行没有进行")


@pytest.mark.parametrize(
    ("select", "csv", "told"),
    [
        ("1 AS a, 2 AS a, 3 AS a_1", "a,a,a_1\n1,2,3\n", {"a": 1, "a_2": 2, "a_1": 3}),
        ("-12.5 AS x, '=1' AS y, '-1.5' AS z, '-a' AS w", "x,y,z,w\n-12.5,'=1,-1.5,'-a\n", None),
        ("1/0 AS r, 0/0 AS t, [0/0] AS l", None, {"r": None, "t": None, "l": [None]}),
    ],
)
def test_a_query_prints_what_it_found(
    shelf: Shelf, select: str, csv: str | None, told: dict[str, Any] | None
) -> None:
    asked = ("query", f"SELECT {select}", "--home", str(shelf.home), "--format")
    if csv:
        assert gouji_says(*asked, "csv").stdout == csv
    if told:
        assert json.loads(gouji_says(*asked, "json").stdout, parse_constant=pytest.fail) == [told]
