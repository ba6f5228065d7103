"""TXT-RECEIVED, TXT-PROCESSED, TXT-OUTCOME, TXT-DISPUTES, TXT-DOCUMENTS: quoted figures against the tables' own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from expectations import linear, text_claims, text_wording, wording
from expectations.answer import FAIL, MISSING, NOT_APPLICABLE, NOT_EVALUABLE, PASS, Answer, Words
from expectations.arrays import Bools, Codes, Ints, Positions
from expectations.batch import Batch, index
from expectations.declaration import Relation, Rule, Scope
from expectations.scopes_text import scope_of
from expectations.text_claims import Claims, Judged, figure_of
from form.claims_subjects import SUBJECTS

#: the subjects by the scopes of the rules
_OF_SCOPE: Final = {scope_of(subject): subject for subject in SUBJECTS}


class Side(NamedTuple):
    """One sum of cells for every report: its figure (whole, or not), and why it is not known."""

    relation: Relation
    applies: Bools
    reason: Codes
    value: Ints
    inexact: Bools


def side(batch: Batch, relation: Relation) -> Side:
    """A sum over the whole batch; see `linear` for when a blank counts as 0."""
    outcome, reason = linear.relate(batch, relation)
    keys = index(relation.keys)
    return Side(
        relation,
        outcome != NOT_APPLICABLE,
        reason,
        batch.value[keys].sum(axis=0),
        np.asarray(batch.inexact[keys].any(axis=0)),
    )


def counted(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """A verdict for each subject that a report gives a figure of, one for its uncertain figures, else one for all."""
    *subjects, unclear, text = rule.scopes
    claims = text_claims.load(batch)
    answers = []
    for scope in subjects:
        at = claims.of(("figure",), "subject", (_OF_SCOPE[scope.id],))
        if len(at):
            answers.append(_ask(batch, rule, scope, claims, at))
    answers.append(uncertain(batch, rule, unclear, claims, ("figure",), [_OF_SCOPE[s.id] for s in subjects]))
    yield from answers
    yield text_claims.rest(batch, rule, text, answers)


def _ask(batch: Batch, rule: Rule, scope: Scope, claims: Claims, at: Positions) -> Answer:
    sides = [side(batch, relation) for relation in scope.relations]
    report = claims.report[at]
    holds = np.zeros(len(at), dtype=np.bool_)
    reason = np.full(len(at), MISSING, dtype=np.int8)
    known = np.zeros(len(at), dtype=np.bool_)
    blocked = np.zeros(len(at), dtype=np.bool_)
    for one in sides:
        there = one.applies[report]
        known |= there
        same = np.where(claims.exact[at] & ~one.inexact[report], claims.number[at] == one.value[report], False)
        for place in np.flatnonzero(there & (one.inexact[report] | ~claims.exact[at])).tolist():
            (member,) = claims.members(at[place : place + 1])
            same[place] = wording.total(batch, one.relation.left, int(report[place])) == figure_of(member)
        clear = there & (one.reason[report] == 0)
        holds |= clear & same
        stuck = there & (one.reason[report] != 0)
        reason[stuck & ~blocked] = one.reason[report][stuck & ~blocked]
        blocked |= stuck
    # `公开规章1件` under the form of 2021, which counts only what was issued: equal by chance at most.
    only_near = scope.id.endswith(".published") & batch.edition_in(frozenset({"2021"}))[report]
    outcome = np.where(holds, PASS, FAIL).astype(np.int8)
    open_ = ~holds & (blocked | ~known | only_near) | ~claims.timely[at]
    outcome[open_] = NOT_EVALUABLE
    reason[~open_ | ~(blocked | ~known)] = 0
    judged = Judged(at, outcome, reason, claims.foreign[at])
    reasons = dict(zip(at.tolist(), reason.tolist(), strict=True))

    def speak(one: int, places: list[int]) -> tuple[Words, tuple[str, ...]]:
        members = claims.members(np.array(places))
        there = [s for s in sides if s.applies[one]]
        keys = tuple(dict.fromkeys(key for s in there for key in s.relation.keys))
        if outcome[np.searchsorted(at, places[0])] == NOT_EVALUABLE:
            why = [text_wording.why_open(m, reasons[place]) for m, place in zip(members, places, strict=True)]
            return text_wording.open_words(members, why), keys
        found = text_wording.sums(batch, [s.relation for s in there], one)
        return text_wording.several(
            [
                text_wording.differs(scope.label, m, found, bool(claims.foreign[p]))
                for m, p in zip(members, places, strict=True)
            ]
        ), keys

    return text_claims.answer_of(batch, rule, scope, claims, judged, speak)


def uncertain(
    batch: Batch, rule: Rule, scope: Scope, claims: Claims, kinds: tuple[str, ...], subjects: list[str]
) -> Answer:
    """The claims whose subject is not certain and comes nearest to one of some subjects: quoted, never compared."""
    doubtful = claims.of(kinds, "subject", ("uncertain",))
    at = np.intersect1d(doubtful, claims.of(kinds, "of_subject", subjects))
    return quoted(batch, rule, scope, claims, at)


def quoted(batch: Batch, rule: Rule, scope: Scope, claims: Claims, at: Positions) -> Answer:
    """An answer that only quotes some claims."""
    size = len(at)
    outcome = np.full(size, NOT_EVALUABLE, dtype=np.int8)
    judged = Judged(at, outcome, np.zeros(size, np.int8), np.zeros(size, np.bool_))

    def speak(one: int, places: list[int]) -> tuple[Words, tuple[str, ...]]:
        members = claims.members(np.array(places))
        return text_wording.open_words(members, [text_wording.UNCERTAIN] * len(members)), ()

    return text_claims.answer_of(batch, rule, scope, claims, judged, speak)
