"""Which data files of a Delta table some of its versions need: its log followed once, however many versions."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import pyarrow as pa

from store.files import names
from store.where import Where
from warehouse import deltas

LOG: Final = "_delta_log"
_COMMIT: Final = re.compile(r"(\d{20})\.json")


def needed(path: Where, keep: Collection[int], since: int) -> frozenset[str]:
    """The files of the versions `keep`, and of the newest there is, as the log names them.

    From the version `since` on, one of `keep`, all commits must be there.
    """
    newest = max((version for version in _versions(path)), default=since)
    wanted = sorted({*keep, newest})
    found = {name for version in wanted if version <= since for name in _files(path, version)}
    return frozenset(found.union(_later(path, since, [version for version in wanted if version > since])))


def _later(path: Where, since: int, wanted: list[int]) -> Iterator[str]:
    """The files of the versions `wanted`, all after `since`."""
    if not wanted:
        return
    standing = dict.fromkeys(_files(path, since), since)
    for version in range(since + 1, wanted[-1] + 1):
        for action in _actions(path, version):
            if "remove" in action:
                name = action["remove"]["path"]
                added = standing.pop(name, None)
                if added is not None and _any(wanted, added, version):
                    yield name
            elif "add" in action:
                standing.setdefault(action["add"]["path"], version)
    yield from standing


def _any(wanted: list[int], first: int, end: int) -> bool:
    """Whether a version from `first` on and before `end` is among those wanted."""
    place = bisect_left(wanted, first)
    return place < len(wanted) and wanted[place] < end


def _versions(path: Where) -> Iterable[int]:
    return (int(found[1]) for name in names(path / LOG) if (found := _COMMIT.fullmatch(name)))


def _files(path: Where, version: int) -> list[str]:
    added: list[str] = pa.table(deltas.open_at(path, version).get_add_actions(flatten=True))["path"].to_pylist()
    return added


def _actions(path: Where, version: int) -> Iterator[dict[str, Any]]:
    for line in (path / LOG / f"{version:020d}.json").read_text(encoding="utf-8").splitlines():
        if line:
            yield json.loads(line)
