"""A digest as the two parts of a mail. Every value is made visible and escaped at one point."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from notices import words
from notices.digest import Digest, RunFacts
from notices.enclosures import NOTHING, Enclosures
from notices.findings import Place
from notices.site_links import report_page
from notices.text import clip, visible

#: The readers' time; China has had no other offset since 1991.
BEIJING: Final = timezone(timedelta(hours=8))

#: characters of a reader's choice in a subject
_SCOPE: Final = 40

#: The sign of a broken relation; splitting by it gives side, sign, side.
_SIGN: Final = re.compile("([≠≰≱＜＞])")

#: What shows a list in full, by list.
_QUERIES: Final = {
    "findings": "SELECT unit_name, year, rule, equation, address FROM findings",
    "grave": "SELECT unit_name, year, rule, equation, address FROM findings WHERE severity = 'critical'",
    "lesser": "SELECT unit_name, year, rule, equation, address FROM findings WHERE severity <> 'critical'",
    "held": "SELECT DISTINCT unit_name, year, rule FROM findings WHERE gate = 'held'",
    "unread": "SELECT unit_name, year, status, reason, address FROM coverage WHERE gate IS NULL",
    "gone": "SELECT unit_name, year, rule, equation FROM findings",
    "waived": "SELECT unit_name, year, rule, equation FROM findings WHERE status = 'waived'",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The subject line and both bodies; they say the same."""

    subject: str
    text: str
    html: str


def render(digest: Digest, enclosures: Enclosures = NOTHING) -> Parts:
    """Return the mail's subject, text and HTML; the same arguments give the same characters.

    The HTML shows the pictures of `enclosures` under the names that `enclosures.pictures()` gives them.
    """
    subject = visible(_subject(digest))
    context = {
        "digest": digest,
        "run": digest.run,
        "subject": subject,
        "tiles": _tiles(digest),
        "ran": _ran(digest.run),
        "enclosures": enclosures,
        "since": _since(digest),
        "queries": {name: _query(name, digest) for name in _QUERIES},
    }
    return Parts(
        subject,
        _environment().get_template("digest.txt.j2").render(context),
        _environment().get_template("digest.html.j2").render(context),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("notices"),
        autoescape=select_autoescape(("html.j2",)),
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = _day
    environment.filters["sides"] = _SIGN.split
    environment.filters["host"] = _host
    environment.filters["marked"] = _marked
    environment.globals["report_page"] = report_page
    environment.globals["figures"] = _figures
    for name, meanings, absent in (
        ("severity", words.SEVERITIES, "—"),
        ("gate", words.GATES, "—"),
        ("fate", words.FATES, "—"),
        ("news", words.NEWS, "—"),
        ("attribution", words.ATTRIBUTIONS, words.UNATTRIBUTED),
    ):
        environment.filters[name] = partial(_word, meanings, absent)
    return environment


def _shown(value: object) -> object:
    # Markup is the output of our own macros, whose parts came through here already.
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _word(meanings: Mapping[str, str], absent: str, code: str | None) -> str:
    return words.word(meanings, code, absent)


def _figures(rule: str) -> tuple[str, str]:
    return words.FIGURES.get(rule, words.FIGURES_ELSE)


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _marked(places: Sequence[Place]) -> tuple[tuple[str, Sequence[Place]], ...]:
    """The places under suspicion, and the others that a rule cites."""
    by_mark = {mark: [it for it in places if it.suspect is (mark == "可疑")] for mark in ("可疑", "所涉")}
    return tuple((mark, found) for mark, found in by_mark.items() if found)


def _day(moment: datetime) -> str:
    there = moment.astimezone(BEIJING)
    return f"{there.year} 年 {there.month} 月 {there.day} 日 {there:%H:%M}"


def _subject(digest: Digest) -> str:
    # No blanks: Python 3.11 loses one where it folds a header between ASCII and an encoded word.
    grave = digest.critical.new + digest.critical.open
    news = f"严重问题{grave}项" if grave else "没有严重问题"
    if grave and not digest.first:
        lapsed = f"、豁免失效{digest.critical.lapsed}" if digest.critical.lapsed else ""
        news += f"（新增{digest.critical.new}{lapsed}）"
    # Whose figures these are: without it a city's would be taken for the province's.
    scope = f"（{clip(digest.reader.scope, _SCOPE)}）" if digest.reader.scope else ""
    release = f"{digest.run.release_id}：" if digest.run.release_id else "没有新内容："
    return f"【勾稽】{digest.run.province}{scope}{release}{news}，放行{digest.released}，暂扣{digest.held.total}"


def _tiles(digest: Digest) -> tuple[tuple[str, int, str, str], ...]:
    """Label, number, tone (bad, good, plain) and note of each figure at the top."""
    critical, warning, info = digest.changes
    held = _tile("暂扣报告", digest.held.total, f"已放行 {digest.released}")
    if digest.first:
        return (
            _tile("严重问题", critical.new, "不得放行"),
            ("警告", warning.new, "plain", "请抽查"),
            ("提示", info.new, "plain", "仅供了解"),
            held,
        )
    lapsed = f"其中豁免失效 {critical.lapsed}；" if critical.lapsed else ""
    gone = critical.gone + warning.gone + info.gone
    return (
        _tile("新增严重问题", critical.new, f"另有警告 {warning.new}、提示 {info.new}"),
        _tile("仍未解决", critical.open, f"{lapsed}另有警告 {warning.open}、提示 {info.open}"),
        ("已消除", gone, "good" if gone else "plain", f"其中严重 {critical.gone}"),
        held,
    )


def _since(digest: Digest) -> str:
    """What the reader compares with."""
    if digest.first:
        return "这是您收到的第一份报告"
    return f"与您上次收到的报告（{digest.reader.last}）相比"


def _tile(label: str, number: int, note: str) -> tuple[str, int, str, str]:
    return label, number, "bad" if number else "good", note


def _ran(run: RunFacts) -> tuple[str, ...]:
    crawl = f"新抓取 {run.fetched} 份，未变 {run.unchanged} 份，抓取失败 {run.failed} 份。"
    minutes, seconds = divmod(round((run.finished - run.started).total_seconds()), 60)
    took = f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
    before = f"，上一期 {run.previous_release_id}" if run.previous_release_id else "，没有上一期"
    release = f"发布 {run.release_id}{before}" if run.release_id else f"没有新内容，仍以 {_current(run)} 为准"
    return (
        f"运行 {run.run_id}（{run.flow}）：{_day(run.started)} 开始，{_day(run.finished)} 写成本报告，用时 {took}。",
        f"{crawl if run.crawled else ''}{release}。",
    )


def _current(run: RunFacts) -> str:
    return run.release_id or run.previous_release_id or "（尚无发布）"


def _query(name: str, digest: Digest) -> str:
    run = digest.run
    release = digest.reader.last if name == "gone" else run.release_id or run.previous_release_id
    at = f" --as-of {release}" if release else ""
    return f'gouji query "{_QUERIES[name]}"{at}'
