"""`sources.toml` -> portals and units: every key checked, every error named by file, entry and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from portals.families import FAMILIES
from portals.hijacked import is_hijacked
from portals.units import BASES, PortalSource, Unit


class RegistryError(Exception):
    """A registry that cannot be used: which file, which entry, why; one line."""


Check = Callable[[object], str | None]

#: A DNS name of two labels or more, lower case; the last label is not a number, so never an address.
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*")
_ID: Final = re.compile(r"\d{6}[0-9a-z-]{0,26}")
_MAX_FILE_BYTES: Final = 20 * 1024 * 1024


def _text(pattern: str, says: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: object) -> str | None:
        return None if isinstance(value, str) and compiled.fullmatch(value) else says

    return check


def _whole(low: int, high: int) -> Check:
    def check(value: object) -> str | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return None if fits else f"must be a whole number from {low} to {high}"

    return check


def _seconds(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600:
        return None
    return "must be a number of seconds from 0 to 3600"


def _names(value: object) -> str | None:
    fits = isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    return None if fits else "must be a list of names"


def _ids(value: object) -> str | None:
    if not isinstance(value, list) or not all(isinstance(one, str) and _ID.fullmatch(one) for one in value):
        return "must be a list of ids of units"
    return "names a unit twice" if len(set(value)) != len(value) else None


def _hosts(value: object) -> str | None:
    fits = isinstance(value, list) and all(isinstance(one, str) and _HOST.fullmatch(one) for one in value)
    return None if fits else "must be a list of plain lower-case host names"


def _paths(value: object) -> str | None:
    fits = isinstance(value, list) and all(_PATH(one) is None for one in value)
    return None if fits else "must be a list of absolute paths"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


_PATH: Final = _text(r"/(?!/)(?:(?!\.\.)[^\s\\#])*", "must be an absolute path without '..' or white space")
_YEAR: Final = _whole(2008, 2100)
_PORTAL_KEYS: Final[Mapping[str, Check]] = {
    "name": _text(r"[a-z0-9][a-z0-9_-]{0,63}", "must be lower-case letters, digits, - and _"),
    "host": _text(_HOST.pattern, "must be a plain lower-case host name without scheme or port"),
    "family": _one_of(*sorted(FAMILIES)),
    "delay_seconds": _seconds,
    "concurrency": _whole(1, 32),
    "serve": _text(r"\S.*", "must be a folder"),
    "scheme": _one_of("http", "https"),
    "hosts": _hosts,
    "verified": _flag,
    "doubt": _text(r".{0,300}", "must be one line"),
}
_UNIT_KEYS: Final[Mapping[str, Check]] = {
    "id": _text(_ID.pattern, "must start with the six digits of the code"),
    "code": _text(r"\d{6}(?:\d{3}){0,2}", "must be six, nine or twelve digits"),
    "name": _text(r"\S(?:.*\S)?", "must be a name"),
    "aliases": _names,
    "level": _one_of("province", "prefecture", "county", "township"),
    "kind": _one_of("aggregate", "office", "department", "township"),
    "parent": _text(r"(?:\d{6}[0-9a-z-]{0,26})?", "must be the id of the unit above"),
    "portal": _text(r"\S+", "must be the name of a portal"),
    "path": _PATH,
    "first_year": _YEAR,
    "last_year": _YEAR,
    "predecessors": _ids,
    "children_complete": _flag,
    "also": _paths,
    "basis": _one_of("", *BASES),
}
_PORTAL_OPTIONAL: Final = frozenset({"serve", "scheme", "hosts", "verified", "doubt"})
_UNIT_OPTIONAL: Final = frozenset(
    {"aliases", "parent", "last_year", "predecessors", "children_complete", "also", "basis"}
)


def read(path: Path) -> tuple[dict[str, PortalSource], dict[str, Unit]]:
    """One file's portals and units, each under its label (`sources.toml: [[units]] 3 (620102)`).

    Raises `RegistryError` for a file that cannot be read and for any unknown, missing or bad key.
    """
    data = _parse(path)
    portals, units = {}, {}
    for number, entry in enumerate(_entries(data, "portals", path), 1):
        label = f"{path.name}: {_label('portals', number, entry, 'name')}"
        portals[label] = portal(entry, label, path.parent.resolve())
    for number, entry in enumerate(_entries(data, "units", path), 1):
        label = f"{path.name}: {_label('units', number, entry, 'id')}"
        units[label] = unit(entry, label)
    return portals, units


def _parse(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise RegistryError(f"{path.name}: larger than {_MAX_FILE_BYTES} bytes")
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror}") from error
    except ValueError as error:  # TOML syntax and UTF-8 alike
        raise RegistryError(f"{path.name}: {' '.join(str(error).split())}") from error
    unknown = sorted(data.keys() - {"portals", "units"})
    if unknown:
        raise RegistryError(f"{path.name}: unknown table {unknown[0]!r}")
    return data


def _entries(data: Mapping[str, object], table: str, path: Path) -> list[Mapping[str, object]]:
    entries = data.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RegistryError(f"{path.name}: {table} must be written as [[{table}]]")
    return entries


def _label(table: str, number: int, entry: Mapping[str, object], key: str) -> str:
    return f"[[{table}]] {number} ({entry[key]})" if key in entry else f"[[{table}]] {number}"


def _check(entry: Mapping[str, object], keys: Mapping[str, Check], optional: frozenset[str], label: str) -> None:
    for key in sorted(entry.keys() - keys.keys()):
        raise RegistryError(f"{label}: unknown key {key!r}")
    for key, check in keys.items():
        if key not in entry:
            if key not in optional:
                raise RegistryError(f"{label}: {key} is missing")
        elif reason := check(entry[key]):
            raise RegistryError(f"{label}: {key} = {entry[key]!r} {reason}")


def portal(entry: Mapping[str, object], label: str, folder: Path | None = None) -> PortalSource:
    """A portal from an entry's keys; `folder` is where `serve` starts from. Raises `RegistryError`."""
    _check(entry, _PORTAL_KEYS, _PORTAL_OPTIONAL, label)
    values = dict(entry)
    serve = values.pop("serve", None)
    served = None if serve is None or folder is None else folder / str(serve)
    values["hosts"] = tuple(values.get("hosts", ()))  # type: ignore[arg-type]  # a list, checked above
    made = PortalSource(**values, serve=served)  # type: ignore[arg-type]  # checked key by key above
    for host in made.all_hosts:
        if is_hijacked(host):
            raise RegistryError(f"{label}: host {host} is known to replay other sites' pages with altered text")
    return made


def unit(entry: Mapping[str, object], label: str) -> Unit:
    """A unit from an entry's keys. Raises `RegistryError`."""
    _check(entry, _UNIT_KEYS, _UNIT_OPTIONAL, label)
    values = {"last_year": None, **entry}
    values["aliases"] = tuple(values.get("aliases", ()))  # type: ignore[arg-type]  # a list, checked above
    values["predecessors"] = tuple(values.get("predecessors", ()))  # type: ignore[arg-type]  # likewise
    values["parent"] = values.get("parent") or None
    values["also"] = tuple(values.get("also", ()))  # type: ignore[arg-type]  # likewise
    made = Unit(**values)  # type: ignore[arg-type]  # checked key by key above
    if made.id[:6] != made.code[:6]:
        raise RegistryError(f"{label}: id and code {made.code} begin with different codes")
    if made.parent == made.id:
        raise RegistryError(f"{label}: a unit cannot be its own parent")
    if made.id in made.predecessors:
        raise RegistryError(f"{label}: a unit cannot be its own predecessor")
    if made.last_year is not None and made.last_year < made.first_year:
        raise RegistryError(f"{label}: last_year {made.last_year} is before first_year {made.first_year}")
    return made
