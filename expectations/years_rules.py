"""The rules that relate a report to the one of the year before: X-CARRY, X-INFORCE, X-PUBLISHED, X-ITEMS.

Each predicate takes the batch and its rule and gives one answer a scope, in the order of the scopes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from expectations import linear, wording_years, years
from expectations.answer import ANNOTATED, DEFINED, FAIL, NOT_EVALUABLE, PASS, Answer, put
from expectations.arrays import Bools
from expectations.batch import PRINTED, Batch
from expectations.declaration import LAST, SEVERITIES, Relation, Rule, Scope
from expectations.rules_within import WITHIN

#: what an aside says of documents that were counted and yet changed nothing, or went without being repealed
_ASIDE: Final = re.compile("修订|修改|修正|失效|废止|清理|调整|延续|重新|继续有效")
_YEARS: Final = re.compile(r"[〔\[(（]?(?:19|20)\d\d[〕\])）年]")
#: a report that says of its total what it is, and so that it is not everything since the beginning
_DEFINED: Final = re.compile(
    r"对外公开总?数量[^。；;]{0,12}?(?:为|是|系|指|按|仅)[^。；;]{0,40}?(?:之和|合计|相加|口径|年)"
)
_TEXTS: Final = ("overview", "problems", "other_matters")


def carry(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """X-CARRY: what one year carried out, the next one carried in; not before 2020.

    A failure in the total is only a warning where the earlier figure stands in a broken critical relation
    of its own report: then what it is compared with is itself in doubt.
    """
    for scope in rule.scopes:
        answer = years.relate(batch, scope)
        (relation,) = scope.relations
        failed = np.flatnonzero(answer.outcome == FAIL)
        if relation.severity == "critical" and len(failed):
            doubtful = _in_broken_relation(batch, years.split(relation.left[0][1])[0])
            for report in failed.tolist():
                if any(doubtful[source] for source in batch.near.sources(report)):
                    answer.severity[report] = SEVERITIES.index("warning")
        yield wording_years.say(batch, scope, answer)


def grown(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """X-INFORCE, X-ITEMS: the stock of the year before and its changes give this year's.

    An aside that counts revised or expired documents explains a gap of up to its number.
    """
    for scope in rule.scopes:
        answer = years.relate(batch, scope)
        for report in np.flatnonzero(answer.outcome == FAIL).tolist():
            if _explained(batch, scope.relations[0], report):
                put(answer, np.arange(batch.size) == report, NOT_EVALUABLE, ANNOTATED)
        yield wording_years.say(batch, scope, answer)


def published(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """X-PUBLISHED: as `grown`; a report that defines its total otherwise is held to nothing but that.

    The Gansu office says that its total of 2020 is what was published in 2019 and 2020.
    """
    texts = [batch.strings(name) for name in _TEXTS]
    for scope in rule.scopes:
        answer = years.relate(batch, scope)
        for report in np.flatnonzero(answer.outcome == FAIL).tolist():
            here = np.arange(batch.size) == report
            if any(text[report] and _DEFINED.search("".join(text[report].split())) for text in texts):
                two = _two_years(batch, scope, report)
                put(answer, here, PASS if two else NOT_EVALUABLE, 0 if two else DEFINED)
            elif _explained(batch, scope.relations[0], report):
                put(answer, here, NOT_EVALUABLE, ANNOTATED)
        yield wording_years.say(batch, scope, answer)


def _two_years(batch: Batch, scope: Scope, report: int) -> bool:
    """Whether the total is what was newly published in the two years."""
    (relation,) = scope.relations
    newly = next(key for _, key in relation.left if not years.split(key)[1])
    before = years.of(batch, newly + LAST)
    both = batch.exact(newly, report) + years.figure(batch, newly + LAST, report)
    return bool(before.state[report] == PRINTED) and both == years.total(batch, relation.right, report)


def _in_broken_relation(batch: Batch, key: str) -> Bools:
    """Which reports have the cell in a critical relation of their own that does not hold."""
    broken = np.zeros(batch.size, dtype=np.bool_)
    for rule in WITHIN:
        if rule.predicate is not None:
            continue
        for relation in (relation for scope in rule.scopes for relation in scope.relations):
            if key in relation.keys and relation.severity == "critical":
                broken |= linear.relate(batch, relation)[0] == FAIL
    return broken


def _explained(batch: Batch, relation: Relation, report: int) -> bool:
    """Whether asides such as `22（其中修订16件）` can explain the gap between the two sides."""
    gap = years.total(batch, relation.left, report) - years.total(batch, relation.right, report)
    most = 0
    for note in (note for name in relation.keys for note in _notes(batch, name, report)):
        counted = re.findall(r"\d+", _YEARS.sub("", note))
        if not counted:
            return True
        most += sum(int(number) for number in counted)
    return abs(gap) <= most


def _notes(batch: Batch, name: str, report: int) -> Iterator[str]:
    """What stands beside the figure of an operand, as a note or as it is printed."""
    key, last = years.split(name)
    for at in batch.near.sources(report) if last else [report]:
        texts = (batch.text(key, at, column) for column in ("note", "printed"))
        yield from islice((text for text in texts if text and _ASIDE.search(text)), 1)
