"""What an operator is told of: a night that failed or stalls, coverage that drops, mail that nobody gets."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from typing import Any, Final
from urllib.parse import urlsplit

from flows.exits import UnusableError
from flows.home import Home
from flows.records import Records, records
from flows.reporting import deliver, mail_settings
from flows.subscriptions import readers
from flows.summary import failures
from notices.addresses import sender_from
from notices.alert import Trouble, alert
from notices.outbox import Outbox
from notices.text import plain
from warehouse.errors import WarehouseError
from warehouse.query import query
from warehouse.record import current

#: a night is late after this time without a finished run, and stalls where it has not finished by then
WITHIN: Final = timedelta(hours=26)
STALLED: Final = timedelta(hours=6)
#: a night that lists so much less than the one before is told of
_DROP: Final = 0.1
#: mail that was tried so often is told of
_TRIES: Final = 5
#: problems by which a portal keeps us out
_REFUSALS: Final = frozenset({"blocked", "robots", "list"})
_UNITS: Final = 5
#: unit and year that had a report in the release before, and have none now
_LOST: Final = """
SELECT unit_name, year, status, reason FROM coverage WHERE gate IS NULL AND status <> 'merged'
"""
_HAD: Final = "SELECT unit_name, year FROM coverage WHERE gate IS NOT NULL"


def troubles(home: Home, now: datetime, within: timedelta = WITHIN) -> list[Trouble]:
    """What is wrong in a home, the gravest first."""
    kept = records(home)
    return [
        *_failed(kept),
        *_late(kept, now, within),
        *_coverage(home),
        *_listed(kept),
        *_unread(kept),
        *_unsent(home),
    ]


def tell(home: Home, found: list[Trouble], now: datetime) -> list[Trouble]:
    """Mail the operator what has not been told yet, and return that; nothing where no operator is named.

    Without an SMTP server the mail is kept in the outbox.
    """
    operator = operator_of(home)
    box = Outbox(home.outbox)
    told = {key for entry in box.entries() if entry.kind == "alert" for key in entry.about.split("\n")}
    news = [trouble for trouble in found if trouble.key not in told]
    if operator is None or not news:
        return []
    settings = mail_settings()
    sender = settings.sender if settings else sender_from(os.environ)
    message = alert(news, (sender, operator), now, str(home.root))
    box.put(message, "alert", "\n".join(trouble.key for trouble in news), now, settings is not None)
    if settings:
        deliver(box, settings, now)
    return news


def operator_of(home: Home) -> Address | None:
    """Whom alerts go to, by the files of the last run that judged; None where nobody is named."""
    return readers(home, records(home).sources).operator


def no_night(home: Home) -> list[Trouble]:
    """That no night has ever finished, where it is so: of use to whoever expects nights, not after every run."""
    kept = records(home)
    if any(it["flow"] == "nightly" for it in kept.finished):
        return []
    return [Trouble("no night", "每日运行没有进行", "还没有一次每日运行完成", "gouji nightly；检查定时任务")]


def after_run(flow: Any, flow_run: Any, state: Any) -> None:
    """Hook of a flow: whatever became of it, its operator hears of what is wrong. Fails nothing."""
    with contextlib.suppress(UnusableError, WarehouseError, OSError, ValueError):
        home, now = Home.at((flow_run.parameters or {}).get("home")), datetime.now(UTC)
        found = troubles(home, now)
        if state.is_failed() or state.is_crashed():
            found.insert(0, _ended(flow.name, now, state.message or state.name))
        tell(home, found, now)


def _ended(flow: str, at: datetime, why: str) -> Trouble:
    return Trouble(_failure(flow, at), f"{flow} 运行失败", plain(why, 400), f"gouji {flow}（从中断处继续）")


def _failed(kept: Records) -> Iterator[Trouble]:
    for flow, at in kept.failures:
        yield _ended(flow, at, f"{_day(at)} 失败，之后没有成功过；详见 runs/{flow}.error.txt")


def _failure(flow: str, at: datetime) -> str:
    """One failure of a flow a day is told."""
    return f"failed {flow} {at.astimezone(UTC):%Y-%m-%d}"


def _late(kept: Records, now: datetime, within: timedelta) -> Iterator[Trouble]:
    for flow, started in kept.unfinished:
        if now - started > STALLED:
            key, text = f"stalled {flow} {started.isoformat()}", f"{_day(started)} 开始，至今没有结束"
            yield Trouble(key, f"{flow} 停滞", text, f"gouji {flow}（从中断处继续）")
    nights = [it["finished"] or it["started"] for it in kept.finished if it["flow"] == "nightly"]
    last = max(map(datetime.fromisoformat, nights), default=None)
    if last and now - last > within:
        text = f"上一次每日运行结束于 {_day(last)}，超过 {within.total_seconds() / 3600:.0f} 小时"
        yield Trouble(f"late {last.isoformat()}", "每日运行没有进行", text, "gouji nightly；检查定时任务")


def _coverage(home: Home) -> Iterator[Trouble]:
    release = current(home.store)
    if release is None or release.parent is None:
        return
    had = {(row["unit_name"], row["year"]) for row in query(home.store, _HAD, release.parent).to_pylist()}
    rows = query(home.store, _LOST).to_pylist()
    lost = sorted((row["unit_name"], row["year"]) for row in rows if (row["unit_name"], row["year"]) in had)
    if lost:
        named = "、".join(f"{plain(unit, 30)} {year}" for unit, year in lost[:_UNITS])
        text = f"{release.release_id} 比上一期少 {len(lost)} 份报告：{named}{'等' if len(lost) > _UNITS else ''}"
        sql = "SELECT unit_name, year, status, reason FROM coverage WHERE gate IS NULL"
        yield Trouble(f"coverage {release.release_id}", "覆盖下降", text, f'gouji query "{sql}"')


def _listed(kept: Records) -> Iterator[Trouble]:
    """Portals that list much less than the night before."""
    nights = [it for it in kept.finished if it["flow"] == "nightly"][-2:]
    if len(nights) == 2 and nights[1]["listed"] < nights[0]["listed"] * (1 - _DROP):
        text = f"{nights[1]['run_id']} 列出 {nights[1]['listed']} 份，前一次 {nights[0]['listed']} 份"
        yield Trouble(
            f"listed {nights[1]['run_id']}", "门户列出的报告变少", text, "gouji status；核对门户栏目是否改版"
        )


def _unread(kept: Records) -> Iterator[Trouble]:
    """What the last night could not read: what may pass, each night; a portal that refuses, once."""
    last = kept.judged
    if not last:
        return
    if failed := [it for it in failures(last) if it["code"] != "mail"]:
        yield Trouble(f"problems {last['run_id']}", "门户未能读取", _told(last, failed), "gouji nightly")
    refused: dict[str, list[dict[str, str]]] = {}
    for it in last["problems"]:
        if it["code"] in _REFUSALS:
            refused.setdefault(urlsplit(it["address"]).netloc, []).append(it)
    for host, some in sorted(refused.items()):
        text, todo = _told(last, some), "用浏览器打开核实，保存后 gouji import；长期如此请核对来源文件"
        yield Trouble(f"refused {host}", f"门户拒绝访问 {plain(host, 60)}", text, todo)


def _told(last: dict[str, Any], problems: list[dict[str, str]]) -> str:
    first = problems[0]
    return f"{last['run_id']}：{len(problems)} 处，例如 {first['code']} {first['address']} {first['detail']}"


def _unsent(home: Home) -> Iterator[Trouble]:
    for it in Outbox(home.outbox).entries("queued", "doubt", "refused"):
        if it.kind == "alert" or (it.state == "queued" and it.tries < _TRIES):
            continue
        text = f"{it.about}：{it.error or '尚未发送'}（{it.tries} 次）"
        todo = f"gouji outbox --taken {it.name} 或 --resend {it.name}"
        yield Trouble(f"mail {it.name} {it.state}", f"邮件未达 {it.reader}", text, todo)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
