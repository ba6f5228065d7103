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
@click.option("--sites", is_flag=True, help="spread over one site of every family, with their quirks and obstacles")
def sample(directory: Path, units: int, years: tuple[int, int], seed: int, sites: bool) -> int:
    """Write a sample province: a portal of reports with planted faults, and truth.jsonl.

    With --sites the same reports lie on nine sites, each of another family, among dead links, redirects, challenges,
    logins, pages in GBK, slow and busy answers; some are corrected on the second night. truth.jsonl says what a crawl
    should find.
    """
    from flows.progress import shown, stage
    from flows.workers import worker_count
    from samples.families import write_families
    from samples.province import write_province

    write = write_families if sites else write_province
    with shown():
        try:
            summary = write(
                directory, units=units, years=years, seed=seed, progress=stage("reports"), workers=worker_count()
            )
        except (FileExistsError, ValueError) as error:
            raise UnusableError(str(error)) from error
    click.echo(
        f"{summary.tally.reports} reports in {directory}; next: gouji nightly --sources {directory}/sources.toml"
    )
    return DONE
