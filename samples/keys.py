"""The keys of the statutory cells, in the order of the form (names as in `contract/cells.csv`)."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = (
    "natural_person",
    "business",
    "research",
    "civil_society",
    "legal_service",
    "other_organisation",
)
TOTAL: Final = "total"

_COMMON_LEAVES: Final = (
    "granted",
    "partially_granted",
    "denied_state_secret",
    "denied_prohibited_by_law",
    "denied_security_stability",
    "denied_third_party",
    "denied_internal_affairs",
    "denied_deliberative",
    "denied_enforcement_file",
    "denied_administrative_inquiry",
    "unavailable_not_held",
    "unavailable_requires_creation",
    "unavailable_unclear",
    "declined_petition",
    "declined_duplicate",
    "declined_publication",
    "declined_excessive",
    "declined_reconfirmation",
)
_OTHER_ROWS: Final = ("other_correction_overdue", "other_fee_overdue", "other_remaining")

BLOCKS: Final = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
OUTCOMES: Final = ("upheld", "corrected", "other", "pending")
DOCUMENTS: Final = ("regulations", "normative_documents")
#: Rows of 2019 that count items of power: key -> whether the row has a 处理决定数量.
ITEM_ROWS: Final = {
    "licensing": True,
    "other_services": True,
    "penalties": True,
    "coercive_measures": True,
    "fees": False,
}


def leaves(one_other: bool) -> tuple[str, ...]:
    """The rows that add up to （七）总计: 19 with one （六） row, else 21."""
    return (*_COMMON_LEAVES, "other") if one_other else (*_COMMON_LEAVES, *_OTHER_ROWS)


def rows(one_other: bool) -> tuple[str, ...]:
    """All rows of table three, top to bottom."""
    return ("received", "carried_in", *leaves(one_other), "processed_total", "carried_out")


def application(row: str, column: str) -> str:
    """The key of one cell of table three."""
    return f"applications.{row}.{column}"


def proactive_keys(edition: str) -> tuple[str, ...]:
    """The keys of table two of an edition ('2019' or '2021'), in printed order."""
    if edition == "2021":
        documents = [f"proactive.{d}.{c}" for d in DOCUMENTS for c in ("issued", "repealed", "in_force")]
        decisions = [f"proactive.{r}.decisions" for r in ("licensing", "penalties", "coercive_measures")]
        return (*documents, *decisions, "proactive.fees.amount")
    figures = ("newly_made", "newly_published", "total_published")
    documents = [f"proactive.{d}.{c}" for d in DOCUMENTS for c in figures]
    items = [
        f"proactive.{row}.{figure}"
        for row, decided in ITEM_ROWS.items()
        for figure in ("items_previous", "items_change", "decisions")[: 3 if decided else 2]
    ]
    return (*documents, *items, "proactive.procurement.items", "proactive.procurement.amount")


def all_keys(edition: str, one_other: bool) -> tuple[str, ...]:
    """Every key that a report of this edition prints: 198 (2019), 200 or 186 (2021)."""
    table = (application(row, column) for row in rows(one_other) for column in (*COLUMNS, TOTAL))
    disputes = (f"disputes.{block}.{outcome}" for block in BLOCKS for outcome in (*OUTCOMES, TOTAL))
    return (*proactive_keys(edition), *table, *disputes)
