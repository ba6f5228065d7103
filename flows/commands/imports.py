"""`gouji import`: what a person saved in a browser where a portal would not answer us."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.runs import HOME, SOURCES
from flows.exits import CANNOT_USE, DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    from portals.imports.folder import Imported
    from portals.registry import Registry


@click.command("import", epilog="Example: gouji import saved-pages --by 王敏 --sources gansu.toml")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--by", default="", metavar="NAME", help="who saved the files [by in the manifest]")
@HOME
@SOURCES
def import_(folder: Path, by: str, home: Path | None, sources: tuple[Path, ...]) -> int:
    """Take pages and files that a person saved into the archive; the next run reads them.

    FOLDER holds pages saved whole (HTML with its _files folder), MHTML, PDF, Word or Excel files. Where a file does
    not say itself where it comes from, import.toml or import.csv beside it does: file, address, saved, unit, year,
    title, published. Only addresses on hosts of the registry are taken.
    """
    from flows.lock import only_run
    from portals.archive import Archive, ArchiveError
    from portals.imports.folder import Importer
    from portals.imports.manifest import ImportFaultError

    place = Home.at(home)
    registry = _registry(place, sources)
    try:
        with only_run(place), Archive.writing(place.archive) as archive:
            result = Importer(registry, archive, by, datetime.now(UTC)).take(folder)
    except (ImportFaultError, ArchiveError) as error:
        raise UnusableError(str(error)) from error
    for one in result.taken:
        click.echo(_line(one, registry))
    for fault in result.faults:
        click.echo(f"gouji: {fault}", err=True)
    click.echo(f"{len(result.taken)} imported, {len(result.faults)} not; the next run reads them")
    return CANNOT_USE if result.faults else DONE


def _registry(home: Home, sources: tuple[Path, ...]) -> Registry:
    from flows.sources import source_files
    from portals.registry import RegistryError, load

    try:
        return load(*source_files(home, sources))
    except RegistryError as error:
        raise UnusableError(str(error)) from error


def _line(one: Imported, registry: Registry) -> str:
    more = len(one.captures) - 1
    with_it = f" with {more} attached" if more else ""
    unit = registry.units[one.entry.unit_id]
    saved = one.captures[0].fetched_at
    year = one.entry.year or "of a year that its reading will tell"
    return f"{one.file}: {unit.name} {year}, saved {saved:%Y-%m-%d}{with_it}; {one.entry.address}"
