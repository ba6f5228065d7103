"""`gouji sample`: write a sample province."""

from __future__ import annotations

from pathlib import Path

import click

from flows.exits import DONE, UnusableError
from flows.years import parse_years


class Years(click.ParamType[tuple[int, int]]):
    """`2019..2024`, or one year."""

    name = "years"

    def convert(
        self, value: str | tuple[int, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The first and the last year."""
        try:
            return value if isinstance(value, tuple) else parse_years(value)
        except UnusableError as error:
            self.fail(str(error), param, ctx)


@click.command(epilog="Example: gouji sample /tmp/province --units 40 --years 2021..2024 --seed 7")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--units", type=click.IntRange(1, 10_000), default=12, show_default=True, help="how many units")
@click.option("--years", type=Years(), default="2019..2024", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="another seed, another province")
def sample(directory: Path, units: int, years: tuple[int, int], seed: int) -> int:
    """Write a sample province: a portal of reports with planted faults, and truth.jsonl."""
    from flows.progress import shown, stage
    from samples.province import write_province

    if directory.exists() and any(directory.iterdir()):
        raise UnusableError(f"{directory}: the folder is not empty")
    with shown():
        summary = write_province(directory, units=units, years=years, seed=seed, progress=stage("reports"))
    click.echo(
        f"{summary.tally.reports} reports in {directory}; next: gouji nightly --sources {directory}/sources.toml"
    )
    return DONE
