"""The charts of mail and site: coverage and health by place and year, findings by rule and over releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import pyarrow as pa

from notices.chart import WIDTH, Canvas, Chart, Role
from notices.coverage import Matrix, Row, Tally, matrix, place_names
from notices.text import plain

#: kinds of a tally in the order in which a bar shows them
KINDS: Final[tuple[tuple[Role, str], ...]] = (
    ("released", "已放行"),
    ("held", "暂扣"),
    ("unread", "未能读取"),
    ("blocked", "网站拒绝访问"),
    ("missing", "未见公开"),
)
_SEVERITIES: Final[tuple[tuple[Role, str], ...]] = (("critical", "严重"), ("warning", "警告"), ("info", "提示"))
#: event -> how it changes the number of open findings
_STEP: Final = {"opened": 1, "reopened": 1, "waiver_ended": 1, "fixed": -1, "withdrawn": -1, "waived": -1}
_NAMES: Final = 104
_ROW, _HEAD, _LEGEND = 40, 30, 34
_SIZE, _SMALL = 16.0, 13.0
#: rules that a chart names; releases that it shows
_RULES, _RELEASES = 12, 30


def coverage_by_place(coverage: pa.Table, places: Mapping[str, str] | None = None) -> Chart:
    """Places by years: of the reports that were due how many are released, held, unread, blocked, missing.

    `coverage` has the columns code, level, year, status and gate of the table; `places` maps GB/T 2260 codes of
    prefectures to names (default: the names of aggregates in `coverage`).
    """
    return coverage_chart(matrix(coverage, places if places is not None else place_names(coverage)))


def coverage_chart(found: Matrix) -> Chart:
    """The same of tallies that are counted already."""
    rows = [*found.places, found.total]
    height = _LEGEND + _HEAD + _ROW * len(rows) + 8
    return Chart("覆盖与健康：地区 × 年度", _said(found), height, partial(_draw_coverage, found, rows))


def findings_by_rule(findings: pa.Table, titles: Mapping[str, str]) -> Chart:
    """The rules with the most findings, the gravest first; `titles` maps rule ids to what they ask."""
    counted = Counter(zip(findings["severity"].to_pylist(), findings["rule"].to_pylist(), strict=True))
    rank = {severity: number for number, (severity, _) in enumerate(_SEVERITIES)}
    listed = sorted(counted.items(), key=lambda item: (rank.get(item[0][0], 9), -item[1], item[0][1]))
    shown = listed[:_RULES]
    total = sum(counted.values())
    most = "；".join(f"{rule} {number} 项" for (_, rule), number in shown[:3]) or "没有"
    more = len(listed) - len(shown)
    height = _LEGEND + 44 * len(shown) + (24 if more else 0) + 12
    drawing = partial(_draw_rules, shown, titles, more)
    return Chart("问题：按规则", f"共 {total} 项问题，涉及 {len(listed)} 条规则：{most}。", height, drawing)


def findings_over_releases(events: pa.Table, releases: Sequence[str]) -> Chart:
    """Open findings by severity after each release; `events` are rows of finding_events, `releases` oldest first."""
    steps: Counter[tuple[str, str]] = Counter()
    columns = ("release_id", "severity", "event")
    for release, severity, event in zip(*(events[name].to_pylist() for name in columns), strict=True):
        steps[release, severity] += _STEP.get(event, 0)
    opened: dict[Role, int] = dict.fromkeys((severity for severity, _ in _SEVERITIES), 0)
    stands: list[tuple[str, dict[Role, int]]] = []
    for release in releases:
        opened = {severity: number + steps[release, severity] for severity, number in opened.items()}
        stands.append((release, opened))
    last = "、".join(f"{word} {opened[severity]}" for severity, word in _SEVERITIES)
    summary = f"各期发布后未解决的问题数，共 {len(stands)} 期；最近一期：{last}。"
    return Chart("未解决的问题：按发布", summary, 300, partial(_draw_releases, stands[-_RELEASES:]))


def _said(found: Matrix) -> str:
    def told(row: Row) -> str:
        return f"{row.name} {row.total.released}/{row.total.due}"

    total = found.total.total
    gaps = "、".join(f"{word} {getattr(total, kind)}" for kind, word in KINDS[1:] if getattr(total, kind))
    worst = sorted(
        (row for row in found.places if row.total.gaps), key=lambda row: row.total.due - row.total.released
    )
    named = "；缺口最多的地区：" + "、".join(told(row) for row in worst[:-4:-1]) if worst else ""
    return f"应公开 {total.due} 份，已放行 {total.released} 份{'，' + gaps if gaps else ''}{named}。"


def _draw_coverage(found: Matrix, rows: Sequence[Row], canvas: Canvas) -> None:
    present = [(role, word) for role, word in KINDS if getattr(found.total.total, role)]
    _legend(canvas, present, "放行 / 应公开")
    columns = len(found.years) + 1
    step = (WIDTH - _NAMES) / columns
    y = _LEGEND + _HEAD / 2
    for number, name in enumerate([*map(str, found.years), "合计"]):
        canvas.text((_NAMES + step * (number + 0.5), y), name, _SMALL, "mute", "center")
    for place, row in enumerate(rows):
        top = _LEGEND + _HEAD + _ROW * place
        canvas.rule(top, 0, WIDTH)
        canvas.text((2, top + _ROW / 2), _cut(row.name, 7), _SIZE)
        for number, tally in enumerate([*row.years, row.total]):
            _draw_tally(canvas, tally, (_NAMES + step * number + 4, top, step - 8))


def _draw_tally(canvas: Canvas, tally: Tally, place: tuple[float, float, float]) -> None:
    left, top, wide = place
    if not tally.due:
        canvas.text((left + wide / 2, top + _ROW / 2), "–", _SMALL, "mute", "center")
        return
    text = f"{tally.released}/{tally.due}"
    # A digit is some 0.56 of the size wide.
    size = min(_SIZE, wide / (0.56 * len(text)))
    canvas.text((left + wide / 2, top + 14), text, size, "ink", "center")
    x = left
    for role, _ in KINDS:
        share = wide * getattr(tally, role) / tally.due
        if share:
            canvas.bar((x, top + 27, share, 8), role)
            x += share


def _draw_rules(
    shown: Sequence[tuple[tuple[str, str], int]], titles: Mapping[str, str], more: int, canvas: Canvas
) -> None:
    present = {severity for (severity, _), _ in shown}
    _legend(canvas, [(role, word) for role, word in _SEVERITIES if role in present], "项数")
    most = max((number for _, number in shown), default=1)
    room = WIDTH - 60
    for place, ((severity, rule), number) in enumerate(shown):
        top = _LEGEND + 44.0 * place
        canvas.text((0, top + 12), _cut(f"{plain(rule, 40)}  {plain(titles.get(rule, ''), 60)}", 42), _SMALL)
        role: Role = next((role for role, _ in _SEVERITIES if role == severity), "info")
        long = max(2.0, room * number / most)
        canvas.bar((0, top + 22, long, 14), role)
        canvas.text((long + 8, top + 29), str(number), _SMALL)
    if more:
        canvas.text((0, _LEGEND + 44.0 * len(shown) + 12), f"另有 {more} 条规则", _SMALL, "mute")


def _draw_releases(stands: Sequence[tuple[str, Mapping[Role, int]]], canvas: Canvas) -> None:
    _legend(canvas, _SEVERITIES, "发布后未解决")
    most = max([1, *(sum(opened.values()) for _, opened in stands)])
    bottom, top = 264.0, float(_LEGEND + 26)
    step = (WIDTH - 20) / max(6, len(stands))
    every = -(-len(stands) // 10)
    canvas.rule(bottom, 0, WIDTH)
    for number, (release, opened) in enumerate(stands):
        left, y = 10 + step * number, bottom
        for role, _ in reversed(_SEVERITIES):
            high = (bottom - top) * opened[role] / most
            y -= high
            if high:
                canvas.bar((left + step * 0.15, y, step * 0.7, high), role)
        if number % every == 0 or number == len(stands) - 1:
            canvas.text((left + step / 2, y - 10), str(sum(opened.values())), _SMALL, "ink", "center")
            canvas.text((left + step / 2, bottom + 16), plain(release, 12), _SMALL, "mute", "center")


def _legend(canvas: Canvas, kinds: Sequence[tuple[Role, str]], note: str) -> None:
    x = 0.0
    for role, word in kinds:
        canvas.bar((x, 10, 18, 10), role)
        canvas.text((x + 23, 15), word, _SMALL)
        x += 23 + _SMALL * len(word) + 16
    canvas.text((WIDTH, 15), note, _SMALL, "mute", "right")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
