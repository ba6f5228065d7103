"""`gouji impact`: what the working copy would change, before it is merged."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from flows.commands.runs import HOME, SOURCES, WAIVERS
from flows.commands.sample import Years
from flows.home import Home


@click.command(epilog="Example: gouji impact --units 620102,6201 --years 2021..2023 --format json > impact.json")
@click.option("--units", default="", help="GB/T 2260 codes or their beginnings, split by commas [all]")
@click.option("--years", type=Years(), help="such as 2021..2023 [2019 to the year before the release]")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@HOME
@SOURCES
@WAIVERS
def impact(units: str, years: tuple[int, int] | None, style: str, home: Path | None, **files: Any) -> int:
    """Read the archive by this working copy's readers and rules, and show what would differ from the release.

    Nothing is written into the home. Exit code 1: a difference is critical (a critical finding opens, goes or
    changes; a report crosses the gate; a published figure or report is another one or none).
    """
    from flows.impact import exit_code, impact_plan
    from flows.impact import impact as compare
    from flows.impact_found import Found
    from flows.impact_output import SHOWN, print_impact, write_json
    from flows.progress import shown
    from flows.workers import readers

    release, plan = impact_plan(Home.known(home), files["sources"], units, years, files["waivers"])
    with tempfile.TemporaryDirectory(prefix="gouji-impact-") as folder, Found(Path(folder) / "found", SHOWN) as found:
        with shown(), readers() as pool:
            looked = compare(release, plan, found, pool)
        if style == "json":
            write_json(looked, found, sys.stdout)
        else:
            print_impact(looked, found)
        return exit_code(looked, found)
