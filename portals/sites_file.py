"""A registry as CSV: a site a line, with the government or department that publishes there.

A government's line also declares its office (column `office`: 办公室, 办公厅) as a unit of its own on the same
lists. A line without a host publishes on the lists of its parent's line. Columns: `_COLUMNS`; `aliases` and
`hosts` are split at `;`; `basis` is that of `portals.units.Unit`; `verified` is yes or no.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from portals import schema
from portals.schema import RegistryError
from portals.units import PortalSource, Unit

_COLUMNS: Final = (
    *("id", "name", "level", "kind", "parent", "office", "aliases"),
    *("host", "hosts", "scheme", "family", "start", "basis"),
    *("first_year", "last_year", "doubt", "verified"),
)
#: Nobody asked these sites how fast we may be: slowly, and one request at a time.
_DELAY_SECONDS: Final = 3.0
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
_MAX_FILE_BYTES: Final = 4 * 1024 * 1024

Line = Mapping[str, str]


def read(path: Path, above: Mapping[str, Unit]) -> tuple[dict[str, PortalSource], dict[str, Unit]]:
    """The portals and units of a file, each under its label; `above` are the units of the files before it.

    Raises `RegistryError` for a file that cannot be read, an unknown or missing column, and any bad value.
    """
    portals: dict[str, PortalSource] = {}
    units: dict[str, Unit] = {}
    known = dict(above)
    for number, line in enumerate(_lines(path), 2):
        label = f"{path.name}: line {number} ({line['id']})"
        place = _portal(line, label)
        if place is not None:
            portals[label] = place
        elif line["parent"] not in known:
            raise RegistryError(f"{label}: no host, and no line before it is of its parent {line['parent']!r}")
        unit = _unit(line, place, known, label)
        for made in (unit, _office(unit, line["office"], label)):
            if made is not None:
                units[label if made is unit else f"{label} office"] = known[made.id] = made
    return portals, units


def _lines(path: Path) -> list[Line]:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise RegistryError(f"{path.name}: larger than {_MAX_FILE_BYTES} bytes")
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), strict=True)
        columns = tuple(reader.fieldnames or ())
        if columns != _COLUMNS:
            odd = next(
                (name for name in (*columns, *_COLUMNS) if name not in _COLUMNS or name not in columns), "order"
            )
            raise RegistryError(f"{path.name}: the columns must be {','.join(_COLUMNS)} (see {odd!r})")
        lines: list[Line] = list(reader)
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror}") from error
    except (ValueError, csv.Error) as error:
        raise RegistryError(f"{path.name}: {' '.join(str(error).split())}") from error
    for number, line in enumerate(lines, 2):
        if None in line or None in line.values():
            raise RegistryError(f"{path.name}: line {number}: not {len(_COLUMNS)} values")
    return lines


def _portal(line: Line, label: str) -> PortalSource | None:
    if not line["host"]:
        return None
    verified = {"yes": True, "no": False}.get(line["verified"])
    if verified is None:
        raise RegistryError(f"{label}: verified = {line['verified']!r} must be yes or no")
    entry: dict[str, object] = {
        "name": portal_name(line["host"]),
        "host": line["host"],
        "hosts": _parts(line["hosts"]),
        "family": line["family"],
        "scheme": line["scheme"],
        "delay_seconds": _DELAY_SECONDS,
        "concurrency": 1,
        "verified": verified,
        "doubt": line["doubt"],
    }
    return schema.portal(entry, label)


def portal_name(host: str) -> str:
    """What `gouji portals check` calls a site: www.lanzhou.gov.cn is lanzhou, rst.gansu.gov.cn is rst-gansu."""
    return _NO_NAME.sub("-", host.removeprefix("www.").removesuffix(".gov.cn"))


def _unit(line: Line, place: PortalSource | None, known: Mapping[str, Unit], label: str) -> Unit:
    parent = known.get(line["parent"])
    entry: dict[str, object] = {
        **{name: line[name] for name in ("id", "name", "level", "kind", "parent")},
        "code": line["id"][:6],
        "aliases": _parts(line["aliases"]),
        "portal": place.name if place else parent.portal if parent else "",
        "path": line["start"] if place or not parent else parent.path,
        "basis": line["basis"] if place or not parent else parent.basis,
        "first_year": _year(line["first_year"]),
    }
    if line["last_year"]:
        entry["last_year"] = _year(line["last_year"])
    return schema.unit(entry, label)


def _office(unit: Unit, office: str, label: str) -> Unit | None:
    """The office of a government: a unit of its own, wherever the government's reports are."""
    if not office:
        return None
    entry: dict[str, object] = {
        "id": f"{unit.id}-{'bgt' if office == '办公厅' else 'bgs'}",
        "code": unit.code,
        "name": unit.name + office,
        "level": unit.level,
        "kind": "office",
        "parent": unit.id,
        "portal": unit.portal,
        "path": unit.path,
        "basis": unit.basis,
        "first_year": unit.first_year,
    }
    if unit.last_year is not None:
        entry["last_year"] = unit.last_year
    return schema.unit(entry, label)


def _year(text: str) -> object:
    return int(text) if text.isdecimal() and len(text) < 6 else text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
