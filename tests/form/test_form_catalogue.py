"""The catalogue equals the contract."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from form.catalogue import (
    APPLICATION_COLUMNS,
    CELLS,
    DISPUTE_BLOCKS,
    DISPUTE_COLUMNS,
    cell,
    keys_of,
    leaf_rows,
    rows_of,
)

CONTRACT = Path(__file__).resolve().parents[2] / ".." / "shared" / "contract" / "cells.csv"


@pytest.fixture(scope="module")
def contract() -> list[dict[str, str]]:
    if not CONTRACT.exists():
        pytest.skip("the contract is not here")
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _editions(text: str) -> list[str]:
    # "2019, and 2021 reports that print one row": the form of 2021 itself does not have the row
    return ["2019"] if text.startswith("2019,") else text.split()


def test_keys_units_and_order_are_the_contract(contract: list[dict[str, str]]) -> None:
    assert [c.key for c in CELLS] == list(dict.fromkeys(r["key"] for r in contract))
    for edition in ("2019", "2021"):
        want = [r["key"] for r in contract if edition in _editions(r["edition"])]
        assert list(keys_of(edition)) == want
    for row in contract:
        spec = cell(row["key"])
        assert (spec.table, spec.unit) == (row["table"], row["unit"])


def test_editions_of_a_key_are_all_that_print_it(contract: list[dict[str, str]]) -> None:
    for spec in CELLS:
        rows = [r for r in contract if r["key"] == spec.key]
        assert set(spec.editions) == {e for r in rows for e in _editions(r["edition"])}


def test_sizes_of_the_form() -> None:
    assert {e: len(keys_of(e)) for e in ("2019", "2021")} == {"2019": 198, "2021": 200}
    assert {e: len(leaf_rows(e)) for e in ("2019", "2021")} == {"2019": 19, "2021": 21}
    assert {e: len(rows_of("applications", e)) for e in ("2019", "2021")} == {"2019": 23, "2021": 25}
    assert (len(APPLICATION_COLUMNS), len(DISPUTE_BLOCKS), len(DISPUTE_COLUMNS)) == (7, 3, 5)


def test_a_cell_prints_its_labels() -> None:
    assert cell("applications.denied_state_secret.total").label == "（三）不予公开 1.属于国家秘密 × 总计"
    assert cell("disputes.litigation_direct.upheld").label == "行政诉讼 未经复议直接起诉 结果维持"
    with pytest.raises(KeyError):
        cell("applications.received.nobody")
