"""TXT-ALL: `全部办结`, `均获维持` against what the tables leave open. TXT-YEAR: another year than the report's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from expectations import text_claims, text_wording, wording
from expectations.answer import FAIL, MISSING, NOT_EVALUABLE, PASS, UNSTATED, Answer, Words
from expectations.arrays import Positions
from expectations.batch import Batch
from expectations.declaration import Rule, Scope
from expectations.text_claims import Claims, Judged
from expectations.text_counts import side, uncertain

_KINDS = ("all_closed", "all_upheld")


def everything(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """TXT-ALL: a verdict for what a report says that all of it was closed, or upheld."""
    *subjects, unclear, text = rule.scopes
    claims = text_claims.load(batch)
    answers = []
    for scope in subjects:
        at = claims.of(_KINDS, "subject", (scope.id,))
        if len(at):
            answers.append(_all(batch, rule, scope, claims, at))
    answers.append(uncertain(batch, rule, unclear, claims, _KINDS, [scope.id for scope in subjects]))
    yield from answers
    yield text_claims.rest(batch, rule, text, answers)


def _all(batch: Batch, rule: Rule, scope: Scope, claims: Claims, at: Positions) -> Answer:
    (one,) = [side(batch, relation) for relation in scope.relations]
    report = claims.report[at]
    some = (one.value[report] > 0) | one.inexact[report]
    known = one.applies[report] & (one.reason[report] == 0)
    reason = np.where(one.applies[report], one.reason[report], MISSING).astype(np.int8)
    # One figure above 0 contradicts the words, whatever cannot be read beside it.
    outcome = np.where(some, FAIL, np.where(known, PASS, NOT_EVALUABLE)).astype(np.int8)
    outcome[(claims.foreign[at] & some) | ~claims.timely[at]] = NOT_EVALUABLE
    judged = Judged(at, outcome, np.where(outcome == NOT_EVALUABLE, reason, 0).astype(np.int8), claims.foreign[at])

    def speak(position: int, places: list[int]) -> tuple[Words, tuple[str, ...]]:
        members = claims.members(np.array(places))
        left = [(key, batch.exact(key, position)) for key in scope.keys]
        cells = tuple(key for key, number in left if number)
        if outcome[np.searchsorted(at, places[0])] == NOT_EVALUABLE:
            why = [
                _why(member, int(reason[np.searchsorted(at, p)])) for member, p in zip(members, places, strict=True)
            ]
            return text_wording.open_words(members, why), scope.keys
        found = text_wording.sums(batch, scope.relations, position)
        message = f"{text_wording.said(members[0])}，而{found[0][1]}"
        return Words("0", wording.figure(found[0][0]), None, message), cells

    return text_claims.answer_of(batch, rule, scope, claims, judged, speak)


def _why(member: dict[str, Any], reason: int) -> str:
    return (
        text_wording.why_open(member, reason)
        if reason or member["period"] != "this_year"
        else "所说范围与本报告不同，未作比较"
    )


def year(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """TXT-YEAR: a verdict for each section that gives a year as the report's own, or plans for one."""
    *sections, text = rule.scopes
    claims = text_claims.load(batch)
    answers = []
    for scope in sections:
        at = np.intersect1d(
            claims.of(("year",), "section", (scope.id,)),
            claims.of(("year",), "subject", ("report_year", "plan_year")),
        )
        if len(at):
            answers.append(_year(batch, rule, scope, claims, at))
    yield from answers
    yield text_claims.rest(batch, rule, text, answers)


def _year(batch: Batch, rule: Rule, scope: Scope, claims: Claims, at: Positions) -> Answer:
    # A document without a year comes as year 0 or null.
    years = np.array([year or 0 for year in batch.strings("year")], dtype=np.int64)
    own, named = years[claims.report[at]], claims.number[at]
    planned = np.isin(at, claims.of(("year",), "subject", ("plan_year",)))
    wrong = np.where(planned, named <= own, named != own)
    outcome = np.where(own == 0, NOT_EVALUABLE, np.where(wrong, FAIL, PASS)).astype(np.int8)
    reason = np.where(own == 0, UNSTATED, 0).astype(np.int8)
    judged = Judged(at, outcome, reason, np.zeros(len(at), np.bool_))

    def speak(report: int, places: list[int]) -> tuple[Words, tuple[str, ...]]:
        members = claims.members(np.array(places))
        if not years[report]:
            return text_wording.open_words(members, [text_wording.why_open(m, UNSTATED) for m in members]), ()
        return text_wording.several([_slip(member, int(years[report])) for member in members]), ()

    return text_claims.answer_of(batch, rule, scope, claims, judged, speak)


def _slip(member: dict[str, Any], own: int) -> Words:
    named = str(int(member["number"]))
    if member["subject"] == "plan_year":
        message = f"{text_wording.said(member)}，本报告为{own}年度报告，下一步打算不应写为{named}年"
        return Words(f"＞ {own}", named, None, message)
    message = f"{text_wording.said(member)}，而本报告为{own}年度报告"
    return Words(str(own), named, f"{named} ≠ {own}", message)
