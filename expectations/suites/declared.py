"""The suites as plain data: what Great Expectations is asked, with names and ids that never change by themselves.

An id is made of what the expectation asks, so that the same suite has the same bytes in every process, and an
expectation keeps its id when others come or go. Bounds that differ from run to run are parameters of the suite.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from expectations import layout
from expectations.declaration import Severity
from expectations.rules import RULES
from expectations.suites.population import NAMES

#: the columns of a report and of a cell that must be there
REPORT_COLUMNS: Final = ("report_id", "unit_id", "year", "edition", "address", "sha256")
CELL_COLUMNS: Final = ("report_id", "key", "table", "state")
#: the type of the expectation that a rule holds, by its registered name
RULE_TYPE: Final = "expect_rule_to_hold"
CHECKPOINT: Final = "gate"
_SPACE: Final = UUID("6f0a3f0e-9d0f-5f0b-8a52-2f5a3a1c62d1")


@dataclass(frozen=True, slots=True)
class Asked:
    """One expectation: its registered type, its arguments, and how grave it is where it is not met."""

    type: str
    kwargs: Mapping[str, Any]
    severity: Severity = "critical"


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations of one batch."""

    name: str
    asked: tuple[Asked, ...]

    @property
    def id(self) -> str:
        """The suite's id."""
        return made_id(self.name)

    def ids(self) -> list[str]:
        """The ids of its expectations, in order."""
        return [made_id(self.name, one.type, dict(one.kwargs), one.severity) for one in self.asked]


def made_id(*parts: Any) -> str:
    """The id of what these parts say."""
    return str(uuid5(_SPACE, json.dumps(parts, ensure_ascii=False, sort_keys=True)))


def cells() -> Suite:
    """The population of the cells: keys, tables and states of the form, each cell once, values that fit states."""
    allowed: dict[str, Sequence[Any]] = {
        "key": layout.KEYS,
        "table": tuple(layout.TABLES),
        "state": ("printed", "blank", "unreadable"),
        "of_a_report": (True,),
        "value_fits_state": (True,),
    }
    return Suite(
        "cells",
        (
            _some_rows(),
            *_filled(CELL_COLUMNS),
            *(
                Asked("expect_column_values_to_be_in_set", {"column": name, "value_set": list(values)})
                for name, values in allowed.items()
            ),
            Asked("expect_compound_columns_to_be_unique", {"column_list": ["report_id", "key"]}),
        ),
    )


def reports() -> Suite:
    """The population of the reports, then every rule, once for each severity that its failures can have."""
    return Suite(
        "reports",
        (
            _some_rows(),
            *_filled(REPORT_COLUMNS),
            Asked("expect_column_values_to_be_unique", {"column": "report_id"}),
            Asked("expect_column_values_to_be_in_set", {"column": "edition", "value_set": ["2019", "2021"]}),
            _between("year", 2008, 2100),
            _between("cells", 1, len(layout.KEYS)),
            *(Asked(RULE_TYPE, {"rule": rule.id}, severity) for rule in RULES for severity in rule.severities),
        ),
    )


def population() -> Suite:
    """Every measure of the population within bounds that are given with the run."""
    return Suite(
        "population",
        tuple(_between(name, *parameters(name), severity="warning") for name in NAMES),
    )


def suites() -> tuple[Suite, ...]:
    """All suites, in the order in which they are asked."""
    return (cells(), reports(), population())


def parameters(name: str) -> tuple[dict[str, str], dict[str, str]]:
    """The parameters that stand for the bounds of a measure."""
    least, most = parameter_names(name)
    return {"$PARAMETER": least}, {"$PARAMETER": most}


def parameter_names(name: str) -> tuple[str, str]:
    """Their names: the library takes letters, digits and underscores only."""
    plain = "".join(letter if letter.isalnum() else "_" for letter in name).lower()
    return f"least_{plain}", f"most_{plain}"


def _between(column: str, least: Any, most: Any, severity: Severity = "critical") -> Asked:
    kwargs = {"column": column, "min_value": least, "max_value": most}
    return Asked("expect_column_values_to_be_between", kwargs, severity)


def _some_rows() -> Asked:
    return Asked("expect_table_row_count_to_be_between", {"min_value": 1})


def _filled(columns: Sequence[str]) -> list[Asked]:
    return [Asked("expect_column_values_to_not_be_null", {"column": name}) for name in columns]
