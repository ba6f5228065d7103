"""The file of waivers: TOML under version control, edited by hand or by `gouji waive`, reviewed like code.

Every entry is checked before anything is done with it; what a person wrote, comments included, stays as it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from expectations.findings import finding_id
from expectations.waivers import YEARS, Waiver, latest
from flows.exits import UnusableError
from flows.home import Home
from flows.sources import kept_beside
from warehouse.files import replace_text

NAME: Final = "waivers.toml"
_HEADING: Final = """\
# Waivers: findings that a named person has examined and accepts until a day (the last one included).
# `gouji waive` writes entries; they may be edited by hand. docs/runbook.md says when one is void.
"""
_TEXTS: Final = ("finding_id", "report_id", "rule", "scope", "sha256", "who", "why")
_DAYS: Final = ("granted", "until")
_FIELDS: Final = frozenset({*_TEXTS, *_DAYS, "cells", "not_printed"})
_BLOCK: Final = re.compile(r"\s*\[\[\s*waiver\s*\]\]\s*(#.*)?")
_MAX_BYTES: Final = 20 * 1024 * 1024


def waivers_file(home: Home, sources: Sequence[str | Path] | None = None, chosen: str | Path | None = None) -> Path:
    """Where the waivers stand: `chosen`, else $GOUJI_WAIVERS, else `waivers.toml` beside the first sources file.

    Sources are those given, else $GOUJI_SOURCES; with `gansu` alone, or the sample province, it lies in the home.
    """
    named = chosen or os.environ.get("GOUJI_WAIVERS")
    if named:
        return Path(named).expanduser().resolve()
    return kept_beside(home, sources) / NAME


def run_waivers(
    home: Home, sources: Sequence[str | Path] | None = None, chosen: str | Path | None = None
) -> tuple[Waiver, ...]:
    """The waivers of a run; none where the default file is not there, UnusableError where a named one is not."""
    file = waivers_file(home, sources, chosen)
    if not file.is_file() and (chosen or os.environ.get("GOUJI_WAIVERS")):
        raise UnusableError(f"{file}: no such waivers file")
    return read_waivers(file)


def read_waivers(file: Path) -> tuple[Waiver, ...]:
    """The waivers of a file, in its order; none where there is no file.

    Raises UnusableError that names file, entry and reason for anything that is not a waiver.
    """
    return _parsed(file, _text(file))


def add_waiver(file: Path, waiver: Waiver) -> None:
    """Append a waiver; raises UnusableError where it is none or its finding has one."""
    if reason := _wrong({name: getattr(waiver, name) for name in (*_TEXTS, *_DAYS)} | {"cells": {}}):
        raise UnusableError(f"{waiver.finding_id}: {reason}")
    with _alone(file):
        text = _text(file)
        before = _parsed(file, text)
        if old := next((one for one in before if one.finding_id == waiver.finding_id), None):
            raise UnusableError(
                f"{file}: {waiver.finding_id} is waived until {old.until} by {old.who}; --remove it first"
            )
        _replace(file, f"{text.rstrip() or _HEADING.rstrip()}\n\n{_block(waiver)}", (*before, waiver))


def remove_waiver(file: Path, finding: str) -> Waiver:
    """Take the waiver of a finding out, with the comment lines right above it; gives what it was."""
    with _alone(file):
        text = _text(file)
        before = _parsed(file, text)
        place = next((i for i, one in enumerate(before) if one.finding_id == finding), None)
        if place is None:
            raise UnusableError(f"{file}: no waiver of {finding}")
        blocks = _blocks(text)
        kept = [*blocks[: place + 1], *blocks[place + 2 :]]
        _replace(file, "\n".join(kept).rstrip() + "\n", (*before[:place], *before[place + 1 :]))
        return before[place]


def _replace(file: Path, text: str, expected: tuple[Waiver, ...]) -> None:
    """Write the text, if it says what it should; a layout that this module would break is left to its author."""
    try:
        right = _parsed(file, text) == expected
    except UnusableError:
        right = False
    if not right:
        raise UnusableError(f"{file}: its layout is not that of `gouji waive`; edit it by hand")
    replace_text(file, text)


def _blocks(text: str) -> list[str]:
    """What stands before the first entry, then each entry with the comment lines right above it."""
    lines = text.split("\n")
    edges = [0]
    for number, line in enumerate(lines):
        if _BLOCK.fullmatch(line):
            start = number
            while start and lines[start - 1].startswith("#"):
                start -= 1
            edges.append(start)
    return ["\n".join(lines[first:last]) for first, last in pairwise([*edges, len(lines)])]


def _block(waiver: Waiver) -> str:
    lines = ["[[waiver]]"]
    lines += [f"{name} = {_quoted(getattr(waiver, name))}" for name in _TEXTS]
    lines += [f"{name} = {getattr(waiver, name).isoformat()}" for name in _DAYS]
    missing = [cell for cell, printed in waiver.cells.items() if printed is None]
    if missing:
        lines.append(f"not_printed = [{', '.join(map(_quoted, missing))}]")
    lines.append("[waiver.cells]")
    lines += [f"{_quoted(cell)} = {_quoted(text)}" for cell, text in waiver.cells.items() if text is not None]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, with the one control character more that TOML refuses."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UnusableError(f"{file}: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise UnusableError(f"{file}: larger than {_MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableError(f"{file}: not UTF-8: {error}") from error


def _parsed(file: Path, text: str) -> tuple[Waiver, ...]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableError(f"{file}: {error}") from error
    entries = content.pop("waiver", [])
    if content:
        raise UnusableError(f"{file}: unknown key {next(iter(content))!r}; entries are [[waiver]]")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnusableError(f"{file}: 'waiver' must be a list of tables: [[waiver]]")
    found: dict[str, Waiver] = {}
    for number, entry in enumerate(entries, 1):
        label = f"{file}: waiver {number} ({entry.get('finding_id', 'no finding_id')})"
        if reason := _wrong(entry):
            raise UnusableError(f"{label}: {reason}")
        waiver = _waiver(entry)
        if waiver.finding_id in found:
            raise UnusableError(f"{label}: the finding has a waiver above")
        found[waiver.finding_id] = waiver
    return tuple(found.values())


def _waiver(entry: Mapping[str, Any]) -> Waiver:
    cells = entry["cells"] | dict.fromkeys(entry.get("not_printed", []))
    return Waiver(**{name: entry[name] for name in (*_TEXTS, *_DAYS)}, cells=cells)


def _wrong(entry: Mapping[str, Any]) -> str | None:
    """What is wrong with an entry; None where nothing is."""
    if unknown := sorted(entry.keys() - _FIELDS):
        return f"unknown key {unknown[0]!r}"
    if missing := [name for name in (*_TEXTS, *_DAYS, "cells") if name not in entry]:
        return f"{missing[0]} is missing"
    return next(_faults(entry), None)


def _faults(entry: Mapping[str, Any]) -> Iterator[str]:
    for name in _TEXTS:
        if not isinstance(entry[name], str):
            yield f"{name} must be text"
        elif not entry[name].strip() and name != "sha256":
            yield f"{name} is empty"
    for name in _DAYS:
        if type(entry[name]) is not date:
            yield f"{name} must be a day such as 2027-03-31, without quotes"
    if not isinstance(entry["cells"], dict) or not all(isinstance(text, str) for text in entry["cells"].values()):
        yield "cells must be texts by key"
    absent = entry.get("not_printed", [])
    if not isinstance(absent, list) or not all(isinstance(cell, str) for cell in absent):
        yield "not_printed must be a list of keys"
    elif any(cell in entry["cells"] for cell in absent):
        yield "a cell stands in both cells and not_printed"
    yield from _contradictions(entry)


def _contradictions(entry: Mapping[str, Any]) -> Iterator[str]:
    """Of an entry whose fields are of the right kinds."""
    if not re.fullmatch(r"[0-9a-f]{64}|", entry["sha256"]):
        yield "sha256 must be 64 hexadecimal digits"
    if entry["finding_id"] != finding_id(entry["report_id"], entry["rule"], entry["scope"]):
        yield "finding_id is not that of its report_id, rule and scope"
    if entry["until"] < entry["granted"]:
        yield "until is before granted"
    if entry["until"] > latest(entry["granted"]):
        yield f"until is more than {YEARS} years after granted"


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Only one process at a time changes files in the folder; leaves nothing behind."""
    try:
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UnusableError(f"{file}: {error.strerror}") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
