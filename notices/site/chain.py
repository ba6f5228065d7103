"""The chain of carried-over applications (结转): what one year hands on, the next must take in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from notices.site.cells import CHAIN, Cells

_IN: Final = CHAIN.index("carried_in")
_OUT: Final = CHAIN.index("carried_out")
#: the form has had the row since the reports of 2019: the first link is 2019 to 2020
_FIRST: Final = 2019


def chain(years: Mapping[int, Cells]) -> list[dict[str, Any]]:
    """A link a year, in order: the total column's figures (null where there is none), and `link` to the year before.

    `link` is `same`, `broken`, or `open` where one of both figures, or the report before, is not there.
    """
    links = []
    for year in sorted(years):
        if year < _FIRST:
            continue
        own = years[year].chain
        data: dict[str, Any] = {"year": year, **dict(zip(CHAIN, own, strict=True))}
        if year > _FIRST:
            before = years.get(year - 1)
            handed = before.chain[_OUT] if before else None
            taken = own[_IN]
            data["link"] = "open" if handed is None or taken is None else "same" if handed == taken else "broken"
        links.append(data)
    return links
