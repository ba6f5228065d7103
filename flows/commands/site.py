"""`gouji site`: the release as a site in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.runs import HOME
from flows.exits import DONE
from flows.home import Home


@click.command(epilog="Example: gouji site /srv/www/gouji --home /srv/gouji")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--as-of", metavar="RELEASE", help="a release (r0007) or a date (2026-10-31) [the current one]")
@click.option(
    "--pictures",
    type=click.IntRange(0, 10_000),
    default=80,
    show_default=True,
    help="megabytes of pictures of sources at most; 0 for none",
)
@HOME
def site(directory: Path, as_of: str | None, pictures: int, home: Path | None) -> int:
    """Build the site of a release in DIR, or bring the one there up to date.

    It can be read from the folder (open DIR/index.html) or behind any web server. Only what changed since the last
    build is written. DIR must be new, empty, or hold a site.
    """
    from flows.site import build_site

    built, drawn = build_site(Home.known(home), directory, as_of, pictures)
    shown = len(drawn.pictures)
    click.echo(
        f"{directory / 'index.html'}: {built.units} units, {built.renewed} made anew; "
        f"{built.written} files written, {built.removed} removed"
    )
    if pictures:
        left = drawn.wanted - shown - len(drawn.failed)
        more = f", {left} left out (--pictures)" if left else ""
        click.echo(f"pictures of {shown} reports, {drawn.size / 1e6:.1f} MB{more}")
    for report_id, reason in sorted(drawn.failed.items()):
        click.echo(f"no picture of {report_id}: {reason}", err=True)
    return DONE
