"""The message: valid in both parts, complete in both parts, harmless, and the same every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_release import FINDINGS, NAMES, READER, RUN, UNITS, coverage, faults, finding, tables
from selectolax.lexbor import LexborHTMLParser

from notices.addresses import SettingsError, addresses, sender_from
from notices.charts import coverage_chart
from notices.digest import Digest, RunFacts, Tables, build
from notices.enclosures import NOTHING, Enclosures, Picture, crop
from notices.mail import compose, message_id
from notices.render import render
from notices.text import visible

SENDER = Address("勾稽", addr_spec="gouji@example.org")
TO = Address("审计处", addr_spec="audit@example.org")
PARTIES = (SENDER, TO)
DATE = datetime(2025, 4, 1, 19, 2, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script>兰州\u202e市\x07&amp;=HYPERLINK("http://evil")'


def written(digest: Digest, enclosures: Enclosures = NOTHING) -> bytes:
    message = compose(digest, PARTIES, message_id(digest, *PARTIES), DATE, enclosures)
    return message.as_bytes(policy=policy.SMTP)


def parsed(digest: Digest, enclosures: Enclosures = NOTHING) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(written(digest, enclosures))
    assert isinstance(message, EmailMessage)
    return message


def bodies(message: EmailMessage) -> tuple[str, LexborHTMLParser]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), LexborHTMLParser(html.get_content())


def squeezed(tree: LexborHTMLParser) -> str:
    assert tree.body is not None
    return " ".join(tree.body.text().split())


@pytest.fixture
def digest(run: RunFacts, release: Tables) -> Digest:
    return build(run, release, NAMES, READER)


def test_headers(digest: Digest) -> None:
    message = parsed(digest)
    assert message["Subject"] == "【勾稽】甘肃省（样例）r0003：严重问题5项（新增4），放行73，暂扣4"
    assert [a.addr_spec for a in message["To"].addresses] == ["audit@example.org"]
    assert message["From"].addresses[0].display_name == "勾稽"
    assert message["Date"].datetime == DATE
    assert message["Date"].endswith("+0800")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert not message.defects
    for part in message.iter_parts():
        assert part.get_content_charset() == "utf-8"
        assert not part.defects


def test_lines_fit_smtp(digest: Digest) -> None:
    raw = written(digest)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_bytes_are_the_same_every_time(run: RunFacts, release: Tables) -> None:
    assert written(build(run, release, NAMES, READER)) == written(build(run, release, NAMES, READER))


def test_reading_and_writing_again_changes_no_byte(digest: Digest) -> None:
    raw = written(digest)
    assert BytesParser(policy=policy.SMTP).parsebytes(raw).as_bytes(policy=policy.SMTP) == raw


def test_the_id_belongs_to_release_and_readers(digest: Digest, release: Tables) -> None:
    one = message_id(digest, *PARTIES)
    assert one.startswith("<gouji-r0003-")
    assert one.endswith("@example.org>")
    later = build(replace(RUN, run_id="another", fetched=0), release, NAMES, READER)
    assert message_id(later, *PARTIES) == one
    assert message_id(digest, SENDER, Address("处", addr_spec="Audit@example.org")) == one
    assert message_id(digest, SENDER, Address(addr_spec="b@example.org")) != one
    assert message_id(build(replace(RUN, release_id="r0004"), release, NAMES, READER), *PARTIES) != one


def test_both_parts_hold_every_finding(digest: Digest) -> None:
    text, tree = bodies(parsed(digest))
    html = squeezed(tree)
    for row in faults():
        for field in ("unit_name", "rule", "equation", "expected", "actual", "message"):
            if row.get(field):
                assert row[field] in text
                assert row[field] in html
        for part in (text, html):
            assert f"{row['unit_name']} · {row['year']} 年" in part
            assert NAMES.rules[row["rule"]] in part
        assert row["address"] in text
        assert row["address"] in [node.attributes["href"] for node in tree.css("a")]
    for figure in ("「170」", "第 4 页", "「1019」", "「12」", "「1281」", "「20」", "「空白」", "「0」"):
        assert figure in text
        assert figure in html


def test_both_parts_hold_the_rest(digest: Digest) -> None:
    text, tree = bodies(parsed(digest))
    for part in (text, squeezed(tree)):
        for words in (
            digest.headline,
            *(task.what for task in digest.tasks),
            *(f"{it.unit} · {it.year}" for it in (*digest.held.items, *digest.unread.items, *digest.gone.items)),
            *(it.reason for it in digest.unread.items),
            *(row.name for row in (*digest.matrix.places, *digest.matrix.levels)),
            "报告本期未读到，不能认定已更正",
            "nightly-20250401T190002",
            "2025 年 4 月 2 日 03:01",
            "用时 1 分 45 秒",
            "新抓取 18 份，未变 58 份，抓取失败 2 份",
            "发布 r0003，上一期 r0002",
            "--as-of r0003",
            "疑为本系统读取错误",
            "尚未判明",
        ):
            assert words in part, words


@pytest.mark.parametrize("sign", ["≠", "≰", "≱", "＜"])
def test_the_broken_sign_stands_out(run: RunFacts, sign: str) -> None:
    fault = finding(5, 2023, "T3-IDENT", "critical", equation=f"172 + 5 {sign} 170 + 6")
    _, tree = bodies(parsed(build(run, tables([fault], []), NAMES, READER)))
    assert f"172 + 5 {sign} 170 + 6" in squeezed(tree)
    assert [node.text() for node in tree.css(".eq b")] == [sign]


def test_the_matrix_shows_every_tally(digest: Digest) -> None:
    text, tree = bodies(parsed(digest))
    html = squeezed(tree)
    for row in (*digest.matrix.places, digest.matrix.total):
        for tally in (*row.years, row.total):
            shown = f"{tally.released}/{tally.due}" if tally.due else "–"
            assert shown in text
            assert shown in html
    cells = [node for node in tree.css("td") if node.attributes.get("class") in {"good", "bad", "poor", "none"}]
    assert len(cells) == 7 * 7
    assert {node.text() for node in cells if node.attributes["class"] == "good"} >= {"2/2", "4/4"}


def test_what_was_cut_is_said_in_both_parts(run: RunFacts, release: Tables) -> None:
    text, tree = bodies(parsed(build(run, release, NAMES, READER, limit=3)))
    for part in (text, squeezed(tree)):
        assert part.count("另有 2 项未在邮件中列出") == 3  # criticals, held reports, unread documents
        assert part.count("另有 5 项未在邮件中列出") == 1  # warnings and the rest
        assert "WHERE severity = 'critical'\" --as-of r0003" in part
        assert "严重问题（5 项）" in part


def test_nothing_to_say_is_said(run: RunFacts, clean_release: Tables) -> None:
    idle = replace(run, release_id=None, released_at=None, previous_release_id="r0003")
    message = parsed(build(idle, clean_release, NAMES, READER))
    assert message["Subject"] == "【勾稽】甘肃省（样例）没有新内容：没有严重问题，放行84，暂扣0"
    text, tree = bodies(message)
    for part in (text, squeezed(tree)):
        assert "没有需要处理的事。" in part
        assert "没有新内容，仍以 r0003 为准" in part
        assert "暂扣的报告" not in part
        assert "警告与提示" not in part


def test_a_first_release_calls_nothing_new(run: RunFacts, first_release: Tables) -> None:
    text, tree = bodies(parsed(build(replace(run, previous_release_id=None), first_release, NAMES, READER)))
    assert "[新增]" not in text
    assert "新增" not in squeezed(tree)
    assert "仍未解决" not in squeezed(tree)
    assert "没有上一期" in text


def test_no_outside_assets(digest: Digest) -> None:
    tree = LexborHTMLParser(render(digest).html)
    assert not tree.css(
        "script, img, link, iframe, object, embed, form, video, audio, base, svg, [src], [background]"
    )
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")]
        assert "url(" not in (node.attributes.get("style") or "")
    for style in tree.css("style"):
        assert "url(" not in style.text()
        assert "@import" not in style.text()
    hrefs = {str(node.attributes["href"]) for node in tree.css("a")}
    assert hrefs
    assert hrefs <= {row["address"] for row in coverage()}


def test_dark_colours_for_every_light_one(digest: Digest) -> None:
    """Text without a dark colour would be dark on dark: what has an ink has a class that turns it."""
    tree = LexborHTMLParser(render(digest).html)
    sheet = "".join(node.text() for node in tree.css("style"))
    dark = sheet.split("prefers-color-scheme:dark")[1].split("@media")[0]
    for node in tree.css("[style]"):
        style, classes = node.attributes["style"] or "", (node.attributes.get("class") or "").split()
        if ("color:#" in style.replace("border-color", "") or "background:#" in style) and "#b01e17" not in style:
            if "width" in node.attributes and node.attributes.get("width") == "3":
                continue  # the severity bar, the same in both
            assert any(f".{name}{{" in dark for name in classes), node.html


def hostile_tables(text: str) -> Tables:
    fault = finding(5, 2023, "T3-IDENT", "critical", suspects=["k"], cells=["k"])
    names = ("unit_name", "scope", "expected", "actual", "equation", "message", "attribution", "address", "rule")
    found = tables([fault | dict.fromkeys(names, text)], [fault | {"finding_id": "x", "unit_name": text}])
    covered = [row | {"unit_name": text, "reason": text, "address": text} for row in found.coverage.to_pylist()]
    held = [row | {"unit_name": text, "address": text} for row in found.held_reports.to_pylist()]
    cells = [{"report_id": "620123-2023", "key": "k", "printed": text, "page": 1}]
    return replace(
        found,
        coverage=found.coverage.from_pylist(covered, schema=found.coverage.schema),
        held_reports=found.held_reports.from_pylist(held, schema=found.held_reports.schema),
        cells=found.cells.from_pylist(cells, schema=found.cells.schema),
    )


def test_hostile_text_shows_as_text(run: RunFacts) -> None:
    digest = build(replace(run, province=HOSTILE, run_id=HOSTILE), hostile_tables(HOSTILE), NAMES, READER)
    message = parsed(digest)
    text, tree = bodies(message)
    shown = '<script>alert(1)</script>兰州⟨U+202E⟩市⟨U+0007⟩&amp;=HYPERLINK("http://evil")'
    assert shown in message["Subject"]
    assert not tree.css("script")
    assert not tree.css("a")
    assert text.count(shown) >= 10
    assert squeezed(tree).count(shown) >= 10
    assert "\u202e" not in text
    assert "\u202e" not in tree.html


ANY: st.SearchStrategy[str] = st.text(
    st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from("<>&\"'={}%\r\n\u202e\u2066\x00/")),
    min_size=1,
    max_size=25,
)


@given(ANY)
@settings(max_examples=40, deadline=None)
def test_any_text_leaves_the_structure_alone(text: str) -> None:
    digest = build(replace(RUN, province=text), hostile_tables(text), NAMES, READER)
    message = parsed(digest)
    body, tree = bodies(message)
    plain = build(replace(RUN, province="x"), hostile_tables("x"), NAMES, READER)
    _, expected = bodies(parsed(plain))
    unwanted = ("script", "img", "a", "iframe", "style", "meta", "td", "tr", "table")
    if visible(text):  # an empty text leaves its row out
        assert [len(tree.css(tag)) for tag in unwanted] == [len(expected.css(tag)) for tag in unwanted]
    assert visible(text) in body
    assert sorted(message.keys()) == sorted(parsed(plain).keys())


def test_the_longest_mail_is_capped(run: RunFacts) -> None:
    long = "甲" * 5000
    many: list[dict[str, Any]] = [
        finding(n % len(UNITS), 2019 + n % 6, "T3-IDENT", "critical", f"s{n}", message=long, equation="1 ≠ 2")
        | {"unit_name": long}
        for n in range(2000)
    ]
    digest = build(run, tables(many, many[:5]), NAMES, READER)
    assert (len(digest.grave.items), digest.grave.more) == (30, 1970)
    parts = render(digest)
    assert len(parts.html.encode()) < 250_000
    assert len(parts.text.encode()) < 200_000


def test_a_row_without_optional_values(run: RunFacts) -> None:
    bare = dict.fromkeys(FINDINGS.names) | {
        "finding_id": "f",
        "report_id": "620123-2023",
        "unit_id": "620123",
        "year": 2023,
        "rule": "T9",
        "severity": "critical",
        "outcome": "fail",
    }
    text, _ = bodies(parsed(build(run, tables([bare], []), NAMES, READER)))
    assert "没有原文地址" in text
    assert "None" not in text


@pytest.mark.parametrize("bad", ["no brackets@x", "<a@b>\r\nBcc: <c@d>", "<>", "<a b@c>", "<中@c>"])
def test_a_message_id_cannot_carry_headers(digest: Digest, bad: str) -> None:
    with pytest.raises(ValueError, match="not a message id"):
        compose(digest, PARTIES, bad, DATE)


def test_a_date_needs_a_zone(digest: Digest) -> None:
    with pytest.raises(ValueError, match="zone"):
        compose(digest, PARTIES, message_id(digest, *PARTIES), DATE.replace(tzinfo=None))


def test_addresses() -> None:
    found = addresses("GOUJI_MAIL_TO", "a@x.cn, 乙 <b@x.cn>, A@x.cn")
    assert [a.addr_spec for a in found] == ["a@x.cn", "b@x.cn"]
    assert str(sender_from({"GOUJI_MAIL_FROM": "勾稽 <g@x.cn>"})) == "勾稽 <g@x.cn>"
    assert sender_from({}).domain == "gouji.invalid"


@pytest.mark.parametrize(
    "value",
    [
        *("a", "a@", "@b", '"', "<>", "a b@c", "中@b.cn", "a@b; c@d", ",", "a@[::1]", "x:;"),
        *("a@b\nBcc: c@d", "=?utf-8?q?a=0d=0aBcc:x?= <a@b>"),
    ],
)
def test_addresses_that_are_none(value: str) -> None:
    with pytest.raises(SettingsError, match="GOUJI_MAIL_TO: ") as caught:
        addresses("GOUJI_MAIL_TO", value)
    assert "\n" not in str(caught.value)


def test_one_sender() -> None:
    with pytest.raises(SettingsError, match="GOUJI_MAIL_FROM: one address"):
        sender_from({"GOUJI_MAIL_FROM": "a@b, c@d"})


PNG = coverage_chart(build(RUN, tables(faults(), None), NAMES, READER).matrix).png(60, False)


def enclosed(digest: Digest) -> Enclosures:
    first = digest.grave.items[0].finding_id
    charts = (Picture("chart-light", PNG, 570, "图"), Picture("chart-dark", PNG, 570, "图"))
    return Enclosures({first: crop(1, PNG, f"截图 {HOSTILE}")}, charts, b"PK", "质量-r0003.xlsx")


def test_pictures_are_parts_of_the_message_and_the_workbook_is_attached(digest: Digest) -> None:
    message = parsed(digest, enclosed(digest))
    assert message.get_content_type() == "multipart/mixed"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "质量-r0003.xlsx"
    assert attached.get_content() == b"PK"
    _, tree = bodies(message)
    shown = {str(node.attributes["src"]).removeprefix("cid:") for node in tree.css("img")}
    parts = {part["Content-ID"].strip("<>"): part for part in message.walk() if part["Content-ID"]}
    assert shown == set(parts) == {"crop1@gouji", "chart-light@gouji", "chart-dark@gouji"}
    assert all(part.get_content_type() == "image/png" for part in parts.values())
    assert parts["crop1@gouji"].get_content() == PNG
    assert all(node.attributes["alt"] for node in tree.css("img"))
    assert "质量-r0003.xlsx" in squeezed(tree)
    assert written(digest, enclosed(digest)) == written(digest, enclosed(digest))


def test_one_chart_at_a_time(digest: Digest) -> None:
    _, tree = bodies(parsed(digest, enclosed(digest)))
    light, dark = tree.css("img.lt"), tree.css("img.dk")
    assert len(light) == len(dark) == 1
    assert "display:none" in str(dark[0].attributes["style"])
    assert ".lt{display:none!important}.dk{display:block!important}" in "".join(it.text() for it in tree.css("style"))


def test_links_to_the_site_where_there_is_one(run: RunFacts, release: Tables) -> None:
    digest = build(run, release, NAMES, replace(READER, site="https://gouji.example.org/x"))
    text, tree = bodies(parsed(digest))
    page = f"https://gouji.example.org/x/report.html#620123-2023/{faults()[0]['finding_id']}"
    assert page in text
    assert page in [node.attributes["href"] for node in tree.css("a")]


def test_a_part_of_the_province_is_named_in_the_subject(run: RunFacts, release: Tables) -> None:
    parts = render(build(run, release, NAMES, replace(READER, scope="兰州市，县区")))
    assert parts.subject.startswith("【勾稽】甘肃省（样例）（兰州市，县区）r0003：")
    assert len(render(build(run, release, NAMES, replace(READER, scope="市" * 500))).subject) < 150


def test_a_mail_that_no_crawl_belongs_to_says_nothing_of_one(run: RunFacts, release: Tables) -> None:
    text, tree = bodies(parsed(build(replace(run, crawled=False), release, NAMES, READER)))
    for part in (text, squeezed(tree)):
        assert "新抓取" not in part
        assert "发布 r0003，上一期 r0002" in part


def test_the_release_before_is_that_of_the_record_and_the_comparison_that_of_the_reader(
    run: RunFacts, release: Tables
) -> None:
    text, _ = bodies(parsed(build(run, release, NAMES, replace(READER, last="r0001"))))
    assert "与您上次收到的报告（r0001）相比" in text
    assert "上一期 r0002" in text


def test_figures_that_changed_are_not_called_right_or_wrong(run: RunFacts) -> None:
    changed = finding(3, 2022, "VER-SILENT", "warning", expected="63", actual="57", equation="63 → 57")
    text, tree = bodies(parsed(build(run, tables([changed], []), NAMES, READER)))
    for part in (text, squeezed(tree)):
        assert "原为 63，现为 57" in part
        assert "应为" not in part


def test_the_reader_is_told_what_is_compared(run: RunFacts, release: Tables, first_release: Tables) -> None:
    for tables_, said in ((release, "与您上次收到的报告（r0002）相比"), (first_release, "这是您收到的第一份报告")):
        text, tree = bodies(parsed(build(run, tables_, NAMES, replace(READER, scope="兰州市，县区"))))
        assert said in text and said in squeezed(tree)
        assert "兰州市，县区" in text and "兰州市，县区" in squeezed(tree)
