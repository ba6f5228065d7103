"""`gouji portals check` and `gouji portals list`: the registry held against a site; nothing is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.exits import DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    from portals.registry import Registry

SOURCES = click.option(
    "--sources",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="registry of portals and units, a file or `gansu`; may be given again [$GOUJI_SOURCES or gansu]",
)
FORMAT = click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group()
def portals() -> None:
    """The registry of portals: what is in it, and what an entry would find."""


@portals.command("check", epilog="Example: GOUJI_CONTACT=me@example.org gouji portals check lanzhou --sources gansu")
@click.argument("name")
@click.option("--units", default="", help="ids or codes of units or their beginnings, split by commas [all]")
@SOURCES
@FORMAT
def check_portal(name: str, units: str, sources: tuple[Path, ...], style: str) -> int:
    """Read the lists of the portal NAME (or host) and show what they hold.

    Shown are the lists read and how they turn pages, the reports found by unit and year, titles that were not taken
    for reports, titles of other bodies, and every problem. Documents are not fetched, nothing is kept.
    Exit code 3 says that a list could not be read to its end.
    """
    from flows.portal_check import as_json, check
    from flows.portal_terminal import print_check
    from portals.registry import RegistryError

    registry = _registry(sources)
    try:
        found = check(registry, name, [part.strip() for part in units.split(",") if part.strip()])
    except RegistryError as error:
        raise UnusableError(str(error)) from error
    if style == "json":
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        print_check(found)
    return found.exit_code


@portals.command("list", epilog="Example: gouji portals list --sources gansu")
@SOURCES
def list_portals(sources: tuple[Path, ...]) -> int:
    """The portals of the registry: family, start address, what it rests on, and whether it was verified."""
    from flows.portal_terminal import print_portals

    print_portals(_registry(sources))
    return DONE


def _registry(sources: tuple[Path, ...]) -> Registry:

    from flows.sources import source_files
    from portals.registry import RegistryError, load

    chosen = sources or (() if os.environ.get("GOUJI_SOURCES") else (Path("gansu"),))
    try:
        return load(*source_files(Home.at(None), chosen))
    except RegistryError as error:
        raise UnusableError(str(error)) from error
