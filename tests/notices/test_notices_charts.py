"""Charts: what they draw is what the tables say, for every reader, and always the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from io import BytesIO

import pyarrow as pa
import pytest
from made_release import NAMES
from PIL import Image

from notices.chart import DARK, LIGHT, Chart
from notices.charts import coverage_by_place, findings_by_rule, findings_over_releases
from notices.coverage import place_names
from notices.digest import Tables

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\u202e$x_1$"
EVENTS = pa.Table.from_pylist(
    [
        {"release_id": release, "severity": severity, "event": event}
        for release, severity, event in (
            ("r0001", "critical", "opened"),
            ("r0001", "critical", "opened"),
            ("r0001", "warning", "opened"),
            ("r0002", "critical", "fixed"),
            ("r0002", "warning", "waived"),
            ("r0003", "warning", "waiver_ended"),
            ("r0003", "critical", "withdrawn"),
            ("r0003", "critical", "reopened"),
        )
    ]
)


def texts(chart: Chart) -> list[str]:
    return [node.text or "" for node in ET.fromstring(chart.svg()).iter(f"{SVG}text")]


@pytest.fixture(params=["coverage", "rules", "releases"])
def chart(request: pytest.FixtureRequest, release: Tables) -> Chart:
    match request.param:
        case "coverage":
            return coverage_by_place(release.coverage, NAMES.places)
        case "rules":
            return findings_by_rule(release.findings, NAMES.rules)
    return findings_over_releases(EVENTS, ["r0001", "r0002", "r0003"])


def test_the_same_data_give_the_same_bytes(chart: Chart) -> None:
    assert chart.svg() == chart.svg()
    assert chart.png(300, False) == chart.png(300, False)


def test_light_and_dark_are_each_on_their_paper(chart: Chart) -> None:
    for dark, palette in ((False, LIGHT), (True, DARK)):
        picture = Image.open(BytesIO(chart.png(600, dark))).convert("RGB")
        assert picture.size == (600, chart.height)
        assert "#{:02x}{:02x}{:02x}".format(*picture.getpixel((599, chart.height - 1))) == palette["paper"]  # type: ignore[misc]


def test_a_picture_says_what_it_shows(chart: Chart) -> None:
    root = ET.fromstring(chart.svg())
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.summary == root.findtext(f"{SVG}desc")
    assert root.findtext(f"{SVG}title") == chart.title
    assert not [node for node in root.iter() if node.tag.endswith("image")]
    assert "http" not in chart.svg().replace("http://www.w3.org/", "")


def test_coverage_counts_every_kind(release: Tables) -> None:
    chart = coverage_by_place(release.coverage, NAMES.places)
    shown = texts(chart)
    assert shown[:5] == ["已放行", "暂扣", "未能读取", "网站拒绝访问", "未见公开"]
    assert "73/83" in shown and "临夏州" in shown and "0/1" in shown
    assert chart.summary.startswith("应公开 83 份，已放行 73 份，暂扣 4、未能读取 3、网站拒绝访问 1、未见公开 2")


def test_places_are_named_by_their_governments(release: Tables) -> None:
    assert place_names(release.coverage)["620100"] == "兰州市"
    assert "临夏回族自治州"[:6] in "".join(texts(coverage_by_place(release.coverage)))


def test_open_findings_add_up_over_releases() -> None:
    chart = findings_over_releases(EVENTS, ["r0001", "r0002", "r0003"])
    assert chart.summary.endswith("严重 1、警告 1、提示 0。")
    assert [text for text in texts(chart) if text.isdigit()] == ["3", "1", "2"]


def test_hostile_text_is_text(release: Tables) -> None:
    coverage = coverage_by_place(release.coverage, {"620100": HOSTILE})
    rules = findings_by_rule(release.findings, dict.fromkeys(NAMES.rules, HOSTILE))
    for chart in (coverage, rules):
        assert "<script" not in chart.svg()
        assert "\u202e" not in chart.svg()
        assert any("<scrip" in text for text in texts(chart))
        chart.png(300, False)


def test_nothing_due_is_no_error(release: Tables) -> None:
    empty = release.coverage.slice(0, 0)
    assert coverage_by_place(empty, {}).summary == "应公开 0 份，已放行 0 份。"
    coverage_by_place(empty, {}).png(300, False)
    findings_by_rule(release.findings.slice(0, 0), {}).png(300, True)
    findings_over_releases(EVENTS.slice(0, 0), []).svg()
