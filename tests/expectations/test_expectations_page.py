"""The declarations themselves, and the page made of them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from expectations import RULES, evaluator, layout, page
from expectations.declaration import LAST, Rule
from expectations.rules_coverage import COVERAGE
from expectations.rules_levels import LEVELS
from expectations.rules_text import TEXT
from expectations.rules_within import WITHIN
from expectations.rules_years import YEARS

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / ".." / "shared"


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == page.render()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the brief is not here")
def test_every_rule_within_one_report_is_declared_with_its_severity() -> None:
    text = (SHARED / "domain" / "rules.md").read_text("utf-8")
    section = text.split("## Within one report")[1].split("\n## ")[0]
    brief = dict(re.findall(r"^\| ([A-Z0-9-]+)[^|]*\|[^|]*\| (\w*)", section, re.MULTILINE))
    del brief["---"], brief["T2-INFORCE"]  # its severities stand with its formula
    declared = {rule.id: rule.severities[0] for rule in WITHIN if rule.id != "T2-INFORCE"}
    assert declared == brief


@pytest.mark.skipif(not SHARED.is_dir(), reason="the brief is not here")
def test_every_rule_of_the_brief_is_declared() -> None:
    text = (SHARED / "domain" / "rules.md").read_text("utf-8")
    around = text.split("## Across years")[1].split("## Whose error")[0]
    brief = dict(re.findall(r"^\| ((?:X|R|COV|TIME)-[A-Z]+)[^|]*\|[^|]*\| (\w+)", around, re.MULTILINE))
    # X-CARRY has a row a severity; a finding that is no data error is a warning
    brief |= {"X-CARRY": "critical", "TIME-DEPARTMENT": "warning", "TIME-GOVERNMENT": "warning"}
    assert {rule.id: rule.severities[0] for rule in (*YEARS, *LEVELS, *COVERAGE)} == brief


@pytest.mark.skipif(not SHARED.is_dir(), reason="the brief is not here")
def test_every_rule_about_text_is_declared_and_none_is_critical() -> None:
    text = (SHARED / "domain" / "rules.md").read_text("utf-8")
    section = text.split("## Text against tables")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (TXT-[A-Z]+(?:, TXT-[A-Z]+)*) \|[^|]*\| (\w+)", section, re.MULTILINE)
    brief = {name: severity for names, severity in rows for name in names.split(", ")}
    assert {rule.id: rule.severities[0] for rule in TEXT} == brief
    assert not any("critical" in rule.severities for rule in TEXT)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the contract is not here")
def test_the_keys_are_those_of_the_contract() -> None:
    with (SHARED / "contract" / "cells.csv").open(encoding="utf-8") as file:
        keys = dict.fromkeys(row["key"] for row in csv.DictReader(file))
    assert tuple(keys) == layout.KEYS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_declarations_are_sound(rule: Rule) -> None:
    ids = [scope.id for scope in rule.scopes]
    assert len(set(ids)) == len(ids)
    assert re.search(r"[\u4e00-\u9fff]", rule.title + rule.explanation)
    assert rule.predicate is None or rule.predicate in evaluator._PREDICATES
    for scope in rule.scopes:
        assert all(key in layout.INDEX for key in scope.keys)
        assert bool(scope.relations) or rule.predicate is not None
        for relation in scope.relations:
            assert relation.totals <= set(relation.keys)
            assert relation.severity in rule.severities or rule.predicate is not None
            assert len(set(relation.keys)) == len(relation.keys)
            assert all(key.removesuffix(LAST) in layout.INDEX for key in relation.keys)
            assert rule.predicate is not None or not any(key.endswith(LAST) for key in relation.keys)


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
