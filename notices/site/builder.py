"""A site in a folder: what changed is written, the rest is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from notices.site.files import Folder, content_name, dump, script
from notices.site.model import Batch, Facts, Overview, SiteError
from notices.site.overview import index_data, rule_lists
from notices.site.pages import assets, pages
from notices.site.payload import units

#: units whose tables are read at once
AT_ONCE: Final = 400
_UNIT: Final = re.compile(r"[0-9A-Za-z_-]{1,80}")
_SHARD: Final = 4

#: unit_ids -> everything of these units
Load = Callable[[Sequence[str]], Batch]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: units in the site, units whose data were made anew, files written and removed."""

    units: int
    renewed: int
    written: int
    removed: int


def build(folder: Folder, facts: Facts, overview: Overview, stamps: Mapping[str, str], load: Load) -> Built:
    """Bring the site in `folder` to this release; the same release gives the same bytes.

    `stamps` gives each unit of `overview.coverage` a text that differs where its rows in any table do: only the data
    files of units with another stamp than at the build before are made anew, from `load`. Pictures are put into the
    folder before. Raises SiteError.
    """
    names = _names(overview.coverage)
    code = _code(facts)
    before: Mapping[str, str] = folder.state.get("units", {}) if folder.state.get("code") == code else {}
    stale = []
    for unit_id in names:
        if before.get(unit_id) == stamps.get(unit_id, "") and folder.known(data_path(unit_id)):
            folder.keep(data_path(unit_id))
        else:
            stale.append(unit_id)
    for number in range(0, len(stale), AT_ONCE):
        chosen = stale[number : number + AT_ONCE]
        own = overview.coverage.filter(
            pc.is_in(overview.coverage["unit_id"], value_set=pa.array(chosen, pa.string()))
        )
        for unit_id, data in units(own, load(chosen), facts, names):
            folder.put(data_path(unit_id), script(f"u/{unit_id}", data))
    for path, content in _common(facts, overview):
        folder.put(path, content)
    state = {"release": facts.release_id, "code": code, "units": {unit: stamps.get(unit, "") for unit in names}}
    removed = folder.finish(state)
    return Built(len(names), len(stale), folder.written, removed)


def data_path(unit_id: str) -> str:
    """Where the data of a unit are; `core.js` knows the same rule. Raises SiteError for one that is no file name."""
    if not _UNIT.fullmatch(unit_id):
        raise SiteError(f"unit {unit_id!r}: an id of letters, digits, - and _ is needed")
    return f"data/u/{unit_id[:_SHARD]}/{unit_id}.js"


def _common(facts: Facts, overview: Overview) -> Iterator[tuple[str, bytes]]:
    """What does not belong to one unit; the pages last, as they name the rest."""
    yield "data/index.js", script("index", index_data(facts, overview))
    for rule, data in rule_lists(facts, overview):
        yield f"data/r/{rule}.js", script(f"r/{rule}", data)
    yield from assets(facts)
    yield from pages(facts, overview)


def _names(coverage: pa.Table) -> dict[str, str]:
    """The units by id, in order."""
    columns = (coverage[name].to_pylist() for name in ("unit_id", "unit_name"))
    return dict(sorted(zip(*columns, strict=True)))


def _code(facts: Facts) -> str:
    """What else data files depend on: this package, and the names that the rules give."""
    rules = dump([asdict(rule) for rule in facts.rules])
    return content_name((_sources() + rules).encode())


@cache
def _sources() -> str:
    package: Path = files("notices.site")  # type: ignore[assignment]
    own = sorted((path for path in package.iterdir() if path.name.endswith(".py")), key=lambda path: path.name)
    return "".join(path.read_text("utf-8") for path in own)
