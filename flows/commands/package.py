"""`gouji package`: a release for analysts, as files that any tool reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from flows.commands.runs import HOME
from flows.exits import DONE, UnusableError
from flows.home import Home

_SPDX: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,60}")


@click.command(epilog="Example: gouji package gouji-r0007 --as-of r0007 --licence CC-BY-4.0")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--as-of", metavar="RELEASE", help="a release (r0007) or a date (2026-10-31) [the current one]")
@click.option("--licence", metavar="SPDX", help="SPDX id of the licence you give [public domain: official documents]")
@HOME
def package(folder: Path, as_of: str | None, licence: str | None, home: Path | None) -> int:
    """Write a data package (Frictionless) to FOLDER: every table as Parquet and CSV, and datapackage.json.

    It names schema, licence, sources and hashes. FOLDER must not exist, or be empty. See docs/queries.md.
    """
    if licence is not None and not _SPDX.fullmatch(licence):
        raise UnusableError(f"--licence {licence}: not an SPDX id, such as CC-BY-4.0")
    from warehouse.errors import WarehouseError
    from warehouse.package import PUBLIC_DOMAIN, Licence, write_package

    terms = Licence(licence, licence, f"https://spdx.org/licenses/{licence}.html") if licence else PUBLIC_DOMAIN
    try:
        release = write_package(Home.known(home).store, folder.expanduser().resolve(), as_of, terms)
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    click.echo(f"{folder}: {release.release_id}")
    return DONE
