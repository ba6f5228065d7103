"""A folder of saved files -> captures marked as imported, and entries that the next run reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from form.identity import parse_title
from portals import addresses, names, obstacles, titles
from portals.archive import Archive
from portals.captures import Capture, Origin
from portals.families.base import Entry
from portals.imports import manifest, pages
from portals.imports.manifest import Claim, ImportFaultError
from portals.links import Link, linked
from portals.problems import FetchError
from portals.registry import Registry
from portals.saved import MHTML, Saved
from portals.units import Unit

_MAX_BYTES: Final = 30 * 1024 * 1024
_MAX_FILES: Final = 5000
#: What systems leave in folders.
_CLUTTER: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was taken in: as which entry, as which captures (the article first)."""

    file: str
    entry: Entry
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a folder: what was taken, and one line `file: reason` for each file that was not."""

    taken: tuple[Imported, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as read, with what is said of it."""

    file: str
    data: bytes
    claim: Claim
    page: pages.Content
    address: str
    saved: datetime
    links: tuple[Link, ...]


class Importer:
    """Takes folders into an archive. `by` is who answers for what was saved, `now` (UTC) when it is handed in."""

    def __init__(self, registry: Registry, archive: Archive, by: str, now: datetime) -> None:
        self._registry, self._archive = registry, archive
        self._by, self._now = " ".join(by.split()), now

    def take(self, folder: Path) -> Result:
        """Every file of a folder that can be taken; what is wrong with one stops none of the others.

        Raises `ImportFaultError` where the folder or its manifest cannot be read, or nobody answers for it.
        """
        if not folder.is_dir():
            raise ImportFaultError(f"{folder}: no such folder")
        said = manifest.read(folder)
        by = self._by or said.by
        if not by:
            raise ImportFaultError(f"{folder}: who saved these files? say --by, or by in {manifest.TOML}")
        faults: list[str] = []
        read: list[_Read] = []
        for file in _files(folder, said.claims):
            try:
                read.append(self._read(folder, file, said.claims.get(file) or Claim(file)))
            except ImportFaultError as fault:
                faults.append(f"{file}: {fault}")
        attached = {link.address for one in read for link in one.links}
        beside = {one.address: one for one in read if one.address in attached and not one.page.is_page}
        taken: list[Imported] = []
        for one in read:
            if one.address not in beside:
                try:
                    taken.append(self._keep(folder, one, by, beside))
                except ImportFaultError as fault:
                    faults.append(f"{one.file}: {fault}")
        return Result(tuple(taken), tuple(faults))

    def _read(self, folder: Path, file: str, claim: Claim) -> _Read:
        path = _inside(folder, file)
        data = _bytes(path)
        page = pages.read(file, data)
        address = self._address(claim.address or page.address)
        obstacle = obstacles.found(page.body, page.media_type, page.charset, "document")
        if obstacle is not None:
            raise ImportFaultError(f"what was saved is no document: {obstacle[1]}")
        saved = claim.saved or page.saved or datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if saved > self._now:
            raise ImportFaultError(f"saved {saved:%Y-%m-%d %H:%M} UTC, which has not come yet")
        links = tuple(linked(page.text, address)) if page.is_page else ()
        return _Read(file, data, claim, page, address, saved, links)

    def _address(self, said: str) -> str:
        if not said:
            raise ImportFaultError(f"from which address? neither the page nor {manifest.TOML} says it")
        address = addresses.join(said, said)
        try:
            addresses.check(address or said, self._registry.hosts)
        except FetchError as error:
            raise ImportFaultError(error.detail) from error
        return address or said

    def _keep(self, folder: Path, one: _Read, by: str, beside: dict[str, _Read]) -> Imported:
        entry = self._entry(one)
        origin = Origin(entry.unit_id, entry.title, entry.published, entry.year)
        if pages.media_type(one.file) == MHTML:
            whole = Saved(one.address, one.saved, one.data, MHTML, "", by, one.file)
            self._archive.take(whole, origin, self._now)
        page = Saved(one.address, one.saved, one.page.body, one.page.media_type, one.page.charset, by, one.file)
        kept = [self._archive.take(page, origin, self._now, one.links)]
        for link in one.links:
            part = self._part(folder, one, link, by, beside)
            if part is not None:
                attached = replace(origin, title=link.title, parent_address=one.address)
                kept.append(self._archive.take(part, attached, self._now))
        if not any(known.unit_id == entry.unit_id for known in self._archive.listed_at(one.address)):
            self._archive.listed(entry.unit_id, [entry], self._now)
        return Imported(one.file, entry, tuple(kept))

    def _part(self, folder: Path, one: _Read, link: Link, by: str, beside: dict[str, _Read]) -> Saved | None:
        """What a link of the page leads to, where it was saved too: in the file, beside it, or below it."""
        if link.address in one.page.parts:
            part = one.page.parts[link.address]
            return Saved(link.address, one.saved, part.body, part.media_type, "", by, one.file)
        if link.address in beside:
            other = beside[link.address]
            return Saved(link.address, other.saved, other.data, other.page.media_type, "", by, other.file)
        base = (addresses.join(one.address, "./") or "").partition("?")[0]
        if not base or not link.address.startswith(base):
            return None
        file = unquote(link.address.removeprefix(base))
        try:
            path = _inside(folder, file)
            if pages.media_type(file) and path.is_file():
                return Saved(link.address, one.saved, _bytes(path), pages.media_type(file), "", by, file)
        except ImportFaultError:
            return None
        return None

    def _entry(self, one: _Read) -> Entry:
        """The entry that a document stands for: as said, as listed before, or as its title has it."""
        claim, page = one.claim, one.page
        title = claim.title or page.title
        known = self._archive.listed_at(one.address)
        unit = self._unit(claim, title, known)
        listed = next((entry for entry in known if entry.unit_id == unit.id), None)
        title = title or (listed.title if listed else one.file)
        year = self._year(claim, title, listed)
        if year is not None and not unit.existed(year):
            raise ImportFaultError(f"{unit.name} ({unit.id}) had no report to publish for {year}")
        published = claim.published or page.published or (listed.published if listed else None)
        return Entry(one.address, title, published, unit.id, year)

    def _unit(self, claim: Claim, title: str, known: Sequence[Entry]) -> Unit:
        printed = _printed(title)
        if claim.unit is not None:
            if claim.unit not in self._registry.units:
                raise ImportFaultError(f"unit {claim.unit!r} is not in the registry")
            return self._agreed(self._registry.units[claim.unit], printed)
        listed = {entry.unit_id for entry in known if entry.unit_id in self._registry.units}
        if len(listed) == 1:
            return self._agreed(self._registry.units[listed.pop()], printed)
        named = [unit for unit in self._registry.units.values() if printed and _is_named(unit, printed)]
        if len(named) != 1:
            why = f"its title names {printed}" if printed else "its title names nobody"
            raise ImportFaultError(f"whose report is it? {why}; say unit in {manifest.TOML}")
        return named[0]

    def _agreed(self, unit: Unit, printed: str) -> Unit:
        match = self._registry.resolve(printed, unit.id)
        if match.how == "conflict" or match.unit.id != unit.id:
            raise ImportFaultError(f"its title names {printed}, which is not {unit.name} ({unit.id})")
        return unit

    def _year(self, claim: Claim, title: str, listed: Entry | None) -> int | None:
        printed = titles.year(title)
        year = claim.year or printed or (listed.year if listed else None)
        if claim.year is not None and printed is not None and claim.year != printed:
            raise ImportFaultError(f"its title says {printed}, {manifest.TOML} says {claim.year}")
        return year


def _files(folder: Path, claimed: Iterable[str]) -> list[str]:
    """The files to take, in order: those of the folder itself, and those that the manifest names."""
    found = {
        path.name
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith((".", "~$")) and path.name.lower() not in _CLUTTER
    }
    files = sorted((found | set(claimed)) - {manifest.TOML, manifest.CSV})
    if len(files) > _MAX_FILES:
        raise ImportFaultError(f"{folder}: {len(files)} files; at most {_MAX_FILES} at a time")
    return files


def _inside(folder: Path, file: str) -> Path:
    """The path of a file below the folder; links that lead out of it are not followed."""
    root = folder.resolve()
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise ImportFaultError("lies outside the folder")
    return path


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise ImportFaultError(f"{size} bytes; at most {_MAX_BYTES}")
        with path.open("rb") as file:
            # No more than it was found to have: a file may grow while it is read.
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise ImportFaultError(os.strerror(error.errno) if error.errno else type(error).__name__) from error


def _printed(title: str) -> str:
    witness = parse_title(title) if title else None
    return (witness.unit if witness else None) or ""


def _is_named(unit: Unit, printed: str) -> bool:
    return any(names.canonical(printed) == names.canonical(name) for name in (unit.name, *unit.aliases))
