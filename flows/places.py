"""What places are called: of Gansu's divisions, else what the name of their government begins with."""

from __future__ import annotations

import pyarrow as pa

from form.divisions import divisions
from notices.coverage import place_names


def places(coverage: pa.Table) -> dict[str, str]:
    """GB/T 2260 code -> name, for all divisions of Gansu and whatever else the table `coverage` has."""
    return place_names(coverage) | {division.code: division.names[-1] for division in divisions()}
