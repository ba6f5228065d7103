"""`import.toml` or `import.csv` beside saved files: where each comes from, as the person who saved it says."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import Any, Final

TOML: Final = "import.toml"
CSV: Final = "import.csv"
_MAX_BYTES: Final = 4 * 1024 * 1024
#: Days and times without a zone are those of the portals.
_CHINA: Final = timezone(timedelta(hours=8))


class ImportFaultError(Exception):
    """A file or an entry that cannot be taken in: which one and why, in one line."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of one file; None for what is left to the page itself. `file` is relative to the folder."""

    file: str
    address: str | None = None
    saved: datetime | None = None
    unit: str | None = None
    year: int | None = None
    title: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who saved the files ('' where it is not said), and what is said of them, by file."""

    by: str
    claims: Mapping[str, Claim]


def read(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none.

    Raises `ImportFaultError` naming file, entry and reason for anything unknown or ill formed, and where both
    `import.toml` and `import.csv` are there.
    """
    toml, table = folder / TOML, folder / CSV
    if toml.is_file() and table.is_file():
        raise ImportFaultError(f"{TOML} and {CSV} are both there: which one counts?")
    if toml.is_file():
        return _from_toml(_text(toml))
    return _from_csv(_text(table)) if table.is_file() else Manifest("", {})


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImportFaultError(f"{path.name}: {error.strerror or type(error).__name__}") from error
    if len(data) > _MAX_BYTES:
        raise ImportFaultError(f"{path.name}: larger than {_MAX_BYTES} bytes")
    # A spreadsheet in China writes CSV with a mark, or in its own charset.
    for codec in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise ImportFaultError(f"{path.name}: neither UTF-8 nor GB 18030")


def _from_toml(text: str) -> Manifest:
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise ImportFaultError(f"{TOML}: {' '.join(str(error).split())}") from error
    unknown = sorted(data.keys() - {"by", "files"})
    if unknown:
        raise ImportFaultError(f"{TOML}: unknown key {unknown[0]!r}")
    by, files = data.get("by", ""), data.get("files", [])
    if not isinstance(by, str):
        raise ImportFaultError(f"{TOML}: by must be a name")
    if not isinstance(files, list) or not all(isinstance(entry, dict) for entry in files):
        raise ImportFaultError(f"{TOML}: files must be written as [[files]]")
    return Manifest(by, _claims((f"{TOML}: [[files]] {number}", entry) for number, entry in enumerate(files, 1)))


def _from_csv(text: str) -> Manifest:
    rows = csv.DictReader(io.StringIO(text))
    entries: list[tuple[str, dict[str, str]]] = []
    try:
        if "file" not in (rows.fieldnames or ()):
            raise ImportFaultError(f"{CSV}: the first line must name the columns, file among them")
        for row in rows:
            label = f"{CSV}: line {rows.line_num}"
            if None in row:
                raise ImportFaultError(f"{label}: more values than columns")
            said = {key.strip(): value.strip() for key, value in row.items() if value and value.strip()}
            entries += [(label, said)] if said else []
    except csv.Error as error:
        raise ImportFaultError(f"{CSV}: line {rows.line_num}: {error}") from error
    names = {entry.pop("by") for _, entry in entries if "by" in entry}
    if len(names) > 1:
        raise ImportFaultError(f"{CSV}: by names more than one person; import their files separately")
    return Manifest(names.pop() if names else "", _claims(entries))


def _claims(entries: Any) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for label, entry in entries:
        claim = _claim(label, entry)
        if claim.file in claims:
            raise ImportFaultError(f"{label}: {claim.file} is named twice")
        claims[claim.file] = claim
    return claims


def _claim(label: str, entry: Mapping[str, Any]) -> Claim:
    if "file" not in entry:
        raise ImportFaultError(f"{label}: file is missing")
    values: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in _READERS:
            raise ImportFaultError(f"{label}: unknown key {key!r}")
        try:
            values[key] = _READERS[key](value)
        except (ValueError, TypeError) as error:
            raise ImportFaultError(f"{label}: {key} = {value!r} {error}") from error
    return Claim(**values)


def _file(value: object) -> str:
    path = PurePosixPath(str(value).replace("\\", "/"))
    if not isinstance(value, str) or path.is_absolute() or ".." in path.parts or not path.parts or "\0" in value:
        raise ValueError("must be a file below the folder")
    return path.as_posix()


def _named(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be text")
    return " ".join(value.split())[:2000]


def _year(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"20\d\d", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 2000 <= value < 2100:
        return value
    raise ValueError("must be a year such as 2024")


def _moment(value: object) -> datetime:
    """A day counts from its noon in China."""
    found = _parsed(value)
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(12), _CHINA)
    return (found if found.tzinfo else found.replace(tzinfo=_CHINA)).astimezone(UTC)


def _day(value: object) -> date:
    found = _parsed(value)
    return found.date() if isinstance(found, datetime) else found


def _parsed(value: object) -> datetime | date:
    if isinstance(value, date):  # a datetime is one
        return value
    text = str(value).strip().replace("/", "-")
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](.+))?", text)
    if not isinstance(value, str) or parts is None:
        raise ValueError("must be a day such as 2024-03-01, with a time or without")
    day = date(int(parts[1]), int(parts[2]), int(parts[3]))
    return datetime.fromisoformat(f"{day.isoformat()}T{parts[4]}") if parts[4] else day


_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "file": _file,
    "address": _named,
    "saved": _moment,
    "unit": _named,
    "year": _year,
    "title": _named,
    "published": _day,
}
