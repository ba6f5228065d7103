"""Planted faults of text against tables, and near misses: sentences for a narrative, with what they break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from samples.narrative_claims import CLAIMS, NEAR, STATEMENTS, YEARS, Wording

Cells = Mapping[str, Decimal | None]
Figures = dict[str, str]

_LEAVES: Final = {
    "denied": (
        "state_secret", "prohibited_by_law", "security_stability", "third_party", "internal_affairs", "deliberative",
        "enforcement_file", "administrative_inquiry",
    ),
    "unavailable": ("not_held", "requires_creation", "unclear"),
    "declined": ("petition", "duplicate", "publication", "excessive", "reconfirmation"),
}  # fmt: skip
_OTHERS: Final = ("other", "other_correction_overdue", "other_fee_overdue", "other_remaining")
_ORGANISATIONS: Final = ("business", "research", "civil_society", "legal_service", "other_organisation")
_SUITS: Final = ("litigation_direct", "litigation_after_reconsideration")
_RESULTS: Final = ("upheld", "corrected", "other", "pending")
_CRITERIA: Final = {
    "TXT-SHARE": "info",
    "TXT-GROWTH": "info",
    "TXT-ALL": "info",
    "TXT-DOCUMENTS": "info",
    "TXT-YEAR": "info",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for a section of the narrative, and the verdict it must get: `outcome` fail or not fail."""

    wording: Wording
    text: str
    fails: bool
    severity: str


def figures_of(cells: Cells, year: int, last: Cells | None = None) -> Figures:
    """The figures that a narrative may speak of, as it would print them; growth only where `last` year is known."""

    def total(*keys: str) -> int:
        return int(sum((cells.get(key) or Decimal(0) for key in keys), Decimal(0)))

    def rows(*names: str, column: str = "total") -> int:
        return total(*(f"applications.{name}.{column}" for name in names))

    groups = {group: rows(*(f"{group}_{leaf}" for leaf in leaves)) for group, leaves in _LEAVES.items()}
    counts = {
        "received": rows("received"), "carried_in": rows("carried_in"), "both": rows("received", "carried_in"),
        "processed": rows("processed_total"), "carried_out": rows("carried_out"), "granted": rows("granted"),
        "partial": rows("partially_granted"), "open": rows("granted", "partially_granted"), **groups,
        "other": rows(*_OTHERS), "person": rows("received", column="natural_person"),
        "person_both": rows("received", "carried_in", column="natural_person"),
        "organisation": sum(rows("received", column=column) for column in _ORGANISATIONS),
        "norms": total("proactive.normative_documents.issued", "proactive.normative_documents.newly_made"),
        "rules": total("proactive.regulations.issued", "proactive.regulations.newly_made"),
        "year": year, "last": year - 1, "next": year + 1, "wrong": year - 1,
    }  # fmt: skip
    for name, blocks in (
        ("review", ("reconsideration",)),
        ("suit", _SUITS),
        ("direct", _SUITS[:1]),
        ("after", _SUITS[1:]),
    ):
        counts[name] = total(*(f"disputes.{block}.total" for block in blocks))
        counts |= {f"{name}_{r}": total(*(f"disputes.{block}.{r}" for block in blocks)) for r in _RESULTS}
    counts["review_open"] = counts["review"] - counts["review_upheld"]
    figures = {name: str(count) for name, count in counts.items()}
    for name, part, whole in (
        ("denied_share", "denied", "processed"), ("person_share", "person", "received"),
        ("granted_share", "granted", "processed"), ("upheld_share", "review_upheld", "review"),
    ):  # fmt: skip
        if counts[whole]:
            figures[name] = _percent(Decimal(counts[part]) / counts[whole])
    before = int((last or {}).get("applications.received.total") or 0)
    if before and before != counts["received"]:
        figures["growth"] = _percent(Decimal(abs(counts["received"] - before)) / before)
        figures["more"] = str(abs(counts["received"] - before))
        open_ = counts["both"] - int((last or {}).get("applications.carried_in.total") or 0) - before
        figures["more_both"] = str(abs(open_))
        figures["way"] = "增长" if counts["received"] > before else "减少"
    return figures


def _percent(share: Decimal) -> str:
    return str((share * 100).quantize(Decimal("0.1")))


def say(wording: Wording, figures: Figures, rng: Random, *, fault: bool) -> Said | None:
    """The sentence with its right figures, or with one wrong; None where the report cannot bear it."""
    needed = [name for name in figures if f"{{{name}}}" in wording.text]
    if wording.text.count("{") != sum(wording.text.count(f"{{{name}}}") for name in needed) + wording.text.count(
        "{odd}"
    ):
        return None
    said = dict(figures, odd=str(rng.randint(1000, 9000)) if "%" not in wording.text else str(rng.randint(11, 97)))
    if fault:
        changed = _wrong(wording, figures, rng)
        if changed is None:
            return None
        said[wording.slot] = changed
    elif wording.rule == "TXT-YEAR" and wording.slot in {"wrong", "year"} and wording not in NEAR:
        said |= {"wrong": said["year"], "year": said["next" if wording.section == "problems" else "year"]}
    elif wording.rule == "TXT-ALL" and wording.slot and wording not in NEAR and figures[wording.slot] != "0":
        return None
    return Said(wording, wording.text.format(**said), fault, _CRITERIA.get(wording.rule, "warning"))


def _wrong(wording: Wording, figures: Figures, rng: Random) -> str | None:
    """A figure that the slot should not have; None where a statement would be true, or nothing can be wrong."""
    if wording.rule == "TXT-ALL":
        return figures[wording.slot] if figures[wording.slot] != "0" else None
    if wording.rule == "TXT-YEAR":
        return figures[wording.slot]
    right = figures[wording.slot]
    if "." in right:
        return str(Decimal(right) + rng.choice((Decimal("2.3"), Decimal("5.1"))))
    # What came in may be told with what was carried in: neither figure is wrong.
    near = {right, *(figures[name] for name in ("received", "both", "person_both", "more_both") if name in figures)}
    while (changed := str(int(right) + rng.randint(1, 9 + int(right) // 5))) in near:
        pass
    return changed


def _of(rule: str, wordings: Iterable[Wording]) -> tuple[Wording, ...]:
    return tuple(wording for wording in wordings if wording.rule == rule)


RULES: Final = tuple(dict.fromkeys(wording.rule for wording in (*CLAIMS, *STATEMENTS, *YEARS)))
FAULTS: Final = {rule: _of(rule, (*CLAIMS, *STATEMENTS, *YEARS)) for rule in RULES}
NEAR_MISSES: Final = {rule: _of(rule, (*NEAR, *CLAIMS, *STATEMENTS, *YEARS)) for rule in RULES}

#: makes a sentence, or None where the report cannot bear it
Plant = Callable[[Figures, Random], Said | None]


def plant(rule: str, figures: Figures, rng: Random, *, fault: bool) -> Said | None:
    """A sentence that breaks a rule, or one that looks as if it did; None where no wording suits the report."""
    wordings = list(FAULTS[rule] if fault else NEAR_MISSES[rule])
    rng.shuffle(wordings)
    said = (say(wording, figures, rng, fault=fault) for wording in wordings)
    return next((one for one in said if one is not None), None)
