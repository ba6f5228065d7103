"""`gouji evidence`: a picture of a cell's place in its source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from flows.commands.runs import HOME
from flows.exits import DONE, UnusableError
from flows.home import Home

_UNSAFE: Final = re.compile(r"[^\w.-]+")


@click.command(epilog="Example: gouji evidence 620102-2023 applications.received.total --out cell.png")
@click.argument("report")
@click.argument("key")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="file to write [REPORT_KEY.png, in this folder]"
)
@click.option(
    "--margin", type=click.IntRange(0, 20), default=1, show_default=True, help="rows to show around the cell's own"
)
@HOME
def evidence(report: str, key: str, out: Path | None, margin: int, home: Path | None) -> int:
    """A picture (PNG) of where a cell stands in its source, with the cell marked.

    REPORT is a report_id of the warehouse, such as 620102-2023, or a local file. KEY is the key of a cell, or a
    finding_id for all cells of a finding. The source is the stored capture: nothing is fetched.
    """
    from flows.evidence import draw
    from flows.evidence_sources import from_file, from_warehouse
    from flows.workers import readers
    from form.errors import DocumentError

    local = Path(report)
    wanted = from_file(local, key, margin) if local.is_file() else from_warehouse(Home.at(home), report, key, margin)
    try:
        with readers(1, preload=False) as pool:
            picture = pool.run(draw, wanted)
    except (DocumentError, UnusableError) as error:
        raise UnusableError(f"{report}: {error}") from error
    target = out or Path(f"{_UNSAFE.sub('-', local.stem if local.is_file() else report)}_{_UNSAFE.sub('-', key)}.png")
    try:
        target.write_bytes(picture)
    except OSError as error:
        raise UnusableError(f"{target}: {error.strerror or type(error).__name__}") from error
    click.echo(target)
    return DONE
