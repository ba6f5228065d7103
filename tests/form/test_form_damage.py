"""A damaged table may lose figures or doubt them; it never gives a wrong one with confidence."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import paper
import pytest
from checks import figures
from paper import Item, Rows, Style

from form.errors import DocumentError
from form.recognise import read_reports

Damage = Callable[[list[Item], int, random.Random], None]


def _delete(row: list[Item], at: int, rng: random.Random) -> None:
    row.pop(at)


def _insert(row: list[Item], at: int, rng: random.Random) -> None:
    row.insert(at, Item(""))


def _intrude(row: list[Item], at: int, rng: random.Random) -> None:
    row.insert(at, Item(str(rng.randrange(9000, 9999))))


def _merge(row: list[Item], at: int, rng: random.Random) -> None:
    one, two = row[at], row[min(at + 1, len(row) - 1)]
    row[at : at + 2] = [Item(f"{one.text} {two.text}", one.wide + two.wide)]


def _split(row: list[Item], at: int, rng: random.Random) -> None:
    text = row[at].text
    row[at : at + 1] = [replace(row[at], text=text[:1], wide=1), replace(row[at], text=text[1:], wide=1)]


def _erase_label(row: list[Item], at: int, rng: random.Random) -> None:
    row[0] = replace(row[0], text="")


def _widen(row: list[Item], at: int, rng: random.Random) -> None:
    row[at] = replace(row[at], wide=row[at].wide + 1)


@pytest.mark.parametrize("damage", [_delete, _insert, _intrude, _merge, _split, _erase_label, _widen])
def test_no_wrong_figure_with_confidence(damage: Damage) -> None:
    sure = 0
    for seed in range(60):
        rng = random.Random(seed)
        style = Style(rng.choice(["2019", "2021"]), merged=rng.random() < 0.5, middle=rng.random() < 0.3)
        values = figures(style.edition)
        tables: list[Rows] = [
            *paper.proactive(values, style), paper.applications(values, style), paper.disputes(values, style)
        ]  # fmt: skip
        row = rng.choice(rng.choice(tables))
        damage(row, rng.randrange(len(row)), rng)
        try:
            reports = read_reports(paper.document("某县某局2023年政府信息公开工作年度报告", *tables))
        except DocumentError:
            continue
        for reading in (r for report in reports for r in report.readings):
            printed = values.get(reading.key, "")
            want = Decimal(printed.removesuffix("万元") or -1) * (10_000 if "万元" in printed else 1)
            if reading.state == "printed" and reading.confidence >= 0.9:
                assert reading.value == want, (seed, reading)
                sure += 1
    assert sure > 9_000
