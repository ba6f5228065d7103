"""What a report says in words: the passages that hold claims, each claim with the verdict of its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from notices.text import plain, visible

#: characters shown before and after a claim; passages that touch are one
_AROUND: Final = 28
_MESSAGE: Final = 400
_QUOTE: Final = 160
#: claims of one report that are shown
_MOST: Final = 60
_SECTIONS: Final = ("overview", "problems", "other_matters")
#: gravest first, where a claim has verdicts in several scopes
_GRAVITY: Final = ("fail", "not_evaluable", "pass", "not_applicable")

Row = Mapping[str, Any]
#: (rule, scope) -> outcome and message
Verdicts = Mapping[tuple[str, str], tuple[str, str | None]]


def passages(report: Row, verdicts: Verdicts, scopes: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """The passages of a report: section, text before, and for each claim its words, verdict and what follows it.

    `scopes` maps subjects (`kind:subject`, see `subject_of`) to a rule and its scope.
    """
    claims = [claim for claim in report["claims"] or [] if _sound(report, claim)]
    claims.sort(key=lambda claim: (_SECTIONS.index(claim["section"]), claim["start_at"], claim["end_at"]))
    groups: list[list[Row]] = []
    for claim in claims[:_MOST]:
        last = groups[-1][-1] if groups else None
        near = last and last["section"] == claim["section"] and claim["start_at"] - last["end_at"] <= 2 * _AROUND
        if near and claim["start_at"] >= last["end_at"]:  # type: ignore[index]
            groups[-1].append(claim)
        elif not (near and last):
            groups.append([claim])
    return [_passage(report, group, verdicts, scopes) for group in groups]


def _sound(report: Row, claim: Row) -> bool:
    """Whether the claim's place lies in the text of its section."""
    text = report.get(claim["section"]) if claim["section"] in _SECTIONS else None
    return bool(text) and 0 <= claim["start_at"] < claim["end_at"] <= len(str(text))


def _passage(
    report: Row, group: Sequence[Row], verdicts: Verdicts, scopes: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    text: str = report[group[0]["section"]]
    start = max(0, group[0]["start_at"] - _AROUND)
    stop = min(len(text), group[-1]["end_at"] + _AROUND)
    parts = []
    for claim, after in zip(group, [*(c["start_at"] for c in group[1:]), stop], strict=True):
        quote = plain(text[claim["start_at"] : claim["end_at"]], _QUOTE)
        parts.append([quote, *_verdict(claim, verdicts, scopes), _open(text[claim["end_at"] : after])])
    return {
        "section": group[0]["section"],
        "before": ("…" if start else "") + _open(text[start : group[0]["start_at"]]),
        "claims": parts,
        "cut": int(stop < len(text)),
    }


def _open(text: str) -> str:
    return visible(text)


def _verdict(claim: Row, verdicts: Verdicts, scopes: Mapping[str, tuple[str, str]]) -> list[Any]:
    """Outcome ('' where no rule speaks of it), rule, message."""
    found = [
        (verdicts[place][0], place[0], verdicts[place][1])
        for name in subjects_of(claim)
        if (place := scopes.get(name)) and place in verdicts
    ]
    found.sort(key=lambda one: _GRAVITY.index(one[0]) if one[0] in _GRAVITY else len(_GRAVITY))
    if not found:
        return ["", "", ""]
    outcome, rule, message = found[0]
    return [outcome, plain(rule, 40), plain(message, _MESSAGE)]


def subjects_of(claim: Row) -> list[str]:
    """The names under which a claim's rule and scope are looked up."""
    kind, subject = claim["kind"], claim["subject"]
    if kind == "year":
        return [f"year:{claim['section']}"]
    if subject in ("growth", "share"):
        return [f"{subject}:{claim['of_subject']}"]
    return [f"{kind}:{subject}"]
