"""The registry of units as `sources.toml`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from samples.units import Unit


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal of the registry; `serve` is the folder, relative to the file, that stands in for its host."""

    name: str
    host: str
    serve: str = "site"

    def address(self, path: str) -> str:
        """The address that a capture shows."""
        return f"http://{self.host}{path}"


def write_registry(path: Path, portal: Portal, units: Iterable[tuple[Unit, tuple[int, int]]]) -> None:
    """Writes portal and units (each with its first and last year), one line at a time."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _lines(portal, units))


def _lines(portal: Portal, units: Iterable[tuple[Unit, tuple[int, int]]]) -> Iterator[str]:
    yield "[[portals]]"
    yield from _pairs(
        name=portal.name, host=portal.host, family="trs", scheme="http", delay_seconds=0.0, concurrency=2
    )
    yield from _pairs(serve=portal.serve)
    for unit, (first, last) in units:
        yield from ("", "[[units]]")
        yield from _pairs(
            id=unit.id,
            code=unit.code,
            name=unit.name,
            aliases=[],
            level=unit.level,
            kind=unit.kind,
            parent=unit.parent,
            portal=portal.name,
            path=unit.path,
            first_year=first,
            last_year=last,
            predecessors=list(unit.predecessors),
            children_complete=unit.complete,
        )


def _pairs(**values: object) -> Iterator[str]:
    """Key and value as TOML; JSON's strings, numbers, truths and lists are TOML's too. None is left out."""
    return (f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values.items() if v is not None)
