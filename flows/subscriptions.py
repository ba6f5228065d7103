"""The file of subscriptions: TOML beside the sources, every entry checked before anything is sent.

[operator]
address = "ops@example.org"        # alerts: a night that failed or stalls, coverage that drops

[[reader]]
address = "审计处 <audit@example.org>"
regions = ["6201", "620702"]       # GB/T 2260 codes or their beginnings; absent: the province
levels = ["prefecture", "county"]  # absent: all
severity = "warning"               # the least that is told: critical, warning or info (default)
rhythm = "weekly"                  # release (default: each one), daily, weekly or monthly at most
changes_only = true                # no mail where nothing is new or gone (default: false)
workbook = false                   # without the attachment (default: true)
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path
from typing import Any, Final

from flows.exits import UnusableError
from flows.home import Home
from flows.sources import kept_beside
from notices.addresses import SettingsError, addresses
from notices.subscription import RHYTHMS, SEVERITIES, Subscription
from notices.words import LEVELS

NAME: Final = "subscriptions.toml"
_FLAGS: Final = ("changes_only", "workbook")
_LISTS: Final = ("regions", "levels")
_CHOICES: Final[Mapping[str, Sequence[str]]] = {"severity": SEVERITIES, "rhythm": RHYTHMS}
_FIELDS: Final = frozenset({"address", *_FLAGS, *_LISTS, *_CHOICES})
_REGION: Final = re.compile(r"[0-9]{2,6}")
_MAX_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readers:
    """Who gets reports, and who is told of trouble (None: nobody)."""

    subscriptions: tuple[Subscription, ...]
    operator: Address | None = None


def subscriptions_file(home: Home, sources: Sequence[str | Path] | None = None) -> Path:
    """Where subscriptions stand: $GOUJI_SUBSCRIPTIONS, else `subscriptions.toml` beside the first sources file.

    Sources are those given, else $GOUJI_SOURCES; with `gansu` alone, or the sample province, it lies in the home.
    """
    if named := os.environ.get("GOUJI_SUBSCRIPTIONS"):
        return Path(named).expanduser().resolve()
    return kept_beside(home, sources) / NAME


def readers(home: Home, sources: Sequence[str | Path] | None = None) -> Readers:
    """The readers of the file; where it names none, those of GOUJI_MAIL_TO, each with everything.

    The operator is the file's, else GOUJI_MAIL_OPERATOR. Raises UnusableError that names file or variable, entry and
    reason.
    """
    file = subscriptions_file(home, sources)
    if not file.is_file() and os.environ.get("GOUJI_SUBSCRIPTIONS"):
        raise UnusableError(f"{file}: no such subscriptions file")
    content = _content(file)
    listed = tuple(_subscriptions(file, content.get("reader", [])))
    try:
        listed = listed or tuple(map(Subscription, addresses("GOUJI_MAIL_TO", os.environ.get("GOUJI_MAIL_TO", ""))))
        operator = _operator(file, content.get("operator"))
    except SettingsError as error:
        raise UnusableError(str(error)) from error
    return Readers(listed, operator)


def _content(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise UnusableError(f"{file}: larger than {_MAX_BYTES} bytes")
        content = tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnusableError(f"{file}: {error}") from error
    if unknown := sorted(content.keys() - {"reader", "operator"}):
        raise UnusableError(f"{file}: unknown key {unknown[0]!r}; entries are [[reader]] and [operator]")
    return content


def _operator(file: Path, entry: Any) -> Address | None:
    name, value = "GOUJI_MAIL_OPERATOR", os.environ.get("GOUJI_MAIL_OPERATOR", "")
    if entry is not None:
        if not isinstance(entry, dict) or set(entry) != {"address"} or not isinstance(entry["address"], str):
            raise UnusableError(f"{file}: operator: it must have an address, and nothing else")
        name, value = f"{file}: operator: address", entry["address"]
    found = addresses(name, value)
    if len(found) > 1 or (entry is not None and not found):
        raise SettingsError(f"{name}: one address")
    return found[0] if found else None


def _subscriptions(file: Path, entries: Any) -> Iterator[Subscription]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnusableError(f"{file}: 'reader' must be a list of tables: [[reader]]")
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        label = f"{file}: reader {number} ({entry.get('address', 'no address')})"
        if reason := next(_faults(entry), None):
            raise UnusableError(f"{label}: {reason}")
        try:
            found = addresses("address", entry["address"])
        except SettingsError as error:
            raise UnusableError(f"{label}: {error}") from error
        if len(found) != 1:
            raise UnusableError(f"{label}: address must be one address")
        if found[0].addr_spec.lower() in seen:
            raise UnusableError(f"{label}: the reader stands above already")
        seen.add(found[0].addr_spec.lower())
        yield _subscription(found[0], entry)


def _subscription(reader: Address, entry: Mapping[str, Any]) -> Subscription:
    """The subscription of an entry without faults."""
    default = Subscription(reader)
    return Subscription(
        reader,
        regions=tuple(entry.get("regions", ())),
        levels=tuple(entry.get("levels", ())),
        severity=entry.get("severity", default.severity),
        rhythm=entry.get("rhythm", default.rhythm),
        changes_only=entry.get("changes_only", default.changes_only),
        workbook=entry.get("workbook", default.workbook),
    )


def _faults(entry: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an entry."""
    for unknown in sorted(entry.keys() - _FIELDS):
        yield f"unknown key {unknown!r}"
    if not isinstance(entry.get("address"), str):
        yield "address is missing, or no text"
    for name in _LISTS:
        value = entry.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield f"{name} must be a list of texts"
        elif name in entry and not value:
            yield f"{name} is empty: leave it out for all"
        else:
            yield from _strangers(name, value)
    for name, choices in _CHOICES.items():
        if name in entry and entry[name] not in choices:
            yield f"{name} must be one of {', '.join(choices)}, not {entry[name]!r}"
    for name in _FLAGS:
        if not isinstance(entry.get(name, True), bool):
            yield f"{name} must be true or false"


def _strangers(name: str, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        if name == "levels" and value not in LEVELS:
            yield f"levels: {value!r} is none of {', '.join(LEVELS)}"
        if name == "regions" and not _REGION.fullmatch(value):
            yield f"regions: {value!r} is no GB/T 2260 code (two to six digits)"
