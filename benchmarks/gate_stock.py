"""The same linear rules within a report as stock expectations of the library, on a wide frame: a column a cell.

Equations become `ExpectMulticolumnSumToEqual` over the parts and the negated total, with 0; inequalities
`ExpectColumnPairValuesAToBeGreaterThanB` over columns added up beforehand. Blanks, unreadable cells, exact fractions
and words are beyond them; the made figures need none of these.
"""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.declaration import Relation
from expectations.rules_within import WITHIN

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import
import great_expectations as gx
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)


def relations(edition: str) -> list[Relation]:
    """The linear relations of an edition's own form."""
    form = {"2019": ("one_row", "row_one"), "2021": ("three_rows", "row_three")}[edition]
    return [
        relation
        for rule in WITHIN
        if rule.predicate is None
        for scope in rule.scopes
        for relation in scope.relations
        if edition in relation.editions and (relation.where is None or relation.where in form)
    ]


def wide(cells: pa.Table, reports: pa.Table) -> Any:
    """A pandas frame, a row a report and a column a cell."""
    own = cells.filter(pc.is_in(cells["report_id"], value_set=reports["report_id"].combine_chunks()))
    keys = pc.unique(own["key"])
    row = pc.index_in(own["report_id"], value_set=reports["report_id"].combine_chunks()).to_numpy()
    column = pc.index_in(own["key"], value_set=keys).to_numpy()
    matrix = np.zeros((reports.num_rows, len(keys)), dtype=np.int64)
    matrix[row, column] = own["value"].cast(pa.int64()).to_numpy()
    return pa.table(dict(zip(keys.to_pylist(), matrix.T, strict=True))).to_pandas()


def asked(frame: Any, relation: Relation) -> Any:
    """The expectation of one relation; adds to the frame the columns that it needs."""
    if relation.operator == "=":
        columns = []
        for terms, sign in ((relation.left, 1), (relation.right, -1)):
            for coefficient, key in terms:
                negative = coefficient * sign < 0
                if negative:
                    frame[f"-{key}"] = -frame[key]
                columns.append(f"-{key}" if negative else key)
        return gx.expectations.ExpectMulticolumnSumToEqual(column_list=columns, sum_total=0, ignore_row_if="never")
    large, small = (relation.left, relation.right) if relation.operator == "≥" else (relation.right, relation.left)
    names = []
    for terms in (large, small):
        name = " + ".join(f"{coefficient} {key}" for coefficient, key in terms) or "0"
        frame[name] = sum((coefficient * frame[key] for coefficient, key in terms), 0)
        names.append(name)
    return gx.expectations.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=names[0], column_B=names[1], or_equal=True, ignore_row_if="neither"
    )


def validate(reports: pa.Table, cells: pa.Table) -> tuple[float, int, int]:
    """Processor seconds of the validation (the wide frames are made before), expectations asked, failures found."""
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    source = context.data_sources.add_pandas("stock")
    seconds, count, failures = 0.0, 0, 0
    for edition in ("2019", "2021"):
        own = reports.filter(pc.equal(reports["edition"], edition))
        frame = wide(cells, own)
        expectations = [asked(frame, relation) for relation in relations(edition)]
        frame = frame.copy()
        batch = source.add_dataframe_asset(edition).add_batch_definition_whole_dataframe("whole")
        began = time.process_time()
        suite = gx.ExpectationSuite(name=edition, expectations=expectations)
        result = batch.get_batch({"dataframe": frame}).validate(suite, result_format="BASIC")
        seconds += time.process_time() - began
        count += len(result.results)
        failures += sum(one.result["unexpected_count"] for one in result.results)
    return seconds, count, failures
