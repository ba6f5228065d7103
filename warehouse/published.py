"""`reports` and `cells` as the portals showed them on a day: SQL over the tables of one release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from warehouse.scan import literal, names
from warehouse.spec import TABLES
from warehouse.status import ZONE

#: view -> the tables of the version that stands: held, else released; and that of those before
_OF: Final = {
    "reports": ("held_reports", "released_reports", "past_reports"),
    "cells": ("held_cells", "released_cells", "past_cells"),
}
#: what the views over the Delta tables are called, where these views take their names
RENAMED: Final = {"reports": "released_reports", "cells": "released_cells"}


def statements(day: date) -> Iterator[str]:
    """The views `reports` and `cells` of that day, over `versions`, the tables beside it, and `RENAMED`.

    A version stands from the end of the day in China on which it was first received; from the date of publication
    on its page, where that is earlier and no version before had it. Of each report the last that stood by the end
    of `day` is shown, whether the gate released it or held it; a report of which none did is not.
    """
    shown = f"""
        CREATE VIEW shown AS
        SELECT report_id, year, max(version) AS version, any_value(newest) AS newest FROM (
            SELECT report_id, year, version, max(version) OVER (PARTITION BY report_id) AS newest,
                   (seen_from AT TIME ZONE {literal(ZONE.key)})::DATE AS received,
                   lag(published) OVER (PARTITION BY report_id ORDER BY version) AS published_before,
                   CASE WHEN published IS DISTINCT FROM published_before THEN least(published, received)
                        ELSE received END AS stood
            FROM versions
        ) WHERE stood <= {literal(day.isoformat())}::DATE GROUP BY report_id, year
    """  # noqa: S608 - our own names
    yield shown
    for view, (held, released, past) in _OF.items():
        columns = names(TABLES[view].names)
        yield f"""
            CREATE VIEW {view} AS
            SELECT {columns} FROM {past} SEMI JOIN shown USING (report_id, year, version) UNION ALL
            SELECT {columns} FROM {held} SEMI JOIN standing USING (report_id, year) UNION ALL
            SELECT {columns} FROM {released} SEMI JOIN standing USING (report_id, year)
            ANTI JOIN held_reports USING (report_id, year)
        """.replace("standing", "(FROM shown WHERE version = newest)")  # noqa: S608 - our own names
