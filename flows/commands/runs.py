"""`gouji nightly`, `gouji backfill`, `gouji report`: the flows, in this process."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.sample import Years
from flows.exits import INTERRUPTED, UnusableError, fault_of_files
from flows.home import STORE, Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.server import Server


def HOME(command: Callable[..., int]) -> Callable[..., int]:  # noqa: N802 - used as the other options are
    """`--home`, and `--store`, which every process of the command learns from the environment."""
    return _HOME(_STORE(command))


def _use_store(ctx: click.Context, param: click.Parameter, address: str | None) -> None:
    if address:
        os.environ[STORE] = address


_HOME = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="folder of this gouji [$GOUJI_HOME or gouji-home]",
)
_STORE = click.option(
    "--store",
    metavar="ADDRESS",
    expose_value=False,
    callback=_use_store,
    help="where captures and releases are kept, such as s3://bucket/name [$GOUJI_STORE or the home]",
)
SOURCES = click.option(
    "--sources",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="registry of portals and units, a file or `gansu`; may be given again [$GOUJI_SOURCES, else the samples]",
)
WAIVERS = click.option(
    "--waivers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of waivers [$GOUJI_WAIVERS, else waivers.toml beside the first sources file, else in the home]",
)


@click.command(epilog="Example: GOUJI_CONTACT=me@example.org gouji nightly --home /srv/gouji --sources gansu")
@HOME
@SOURCES
@WAIVERS
def nightly(home: Path | None, sources: tuple[Path, ...], waivers: Path | None) -> int:
    """Crawl, read, check, release and report: the nightly run, in this process."""
    place = Home.at(home)
    return _run("nightly", place, _chosen(place, sources, waivers))


@click.command(epilog="Example: gouji backfill --years 2019..2021 --units 6201,620702 --from-archive")
@click.option("--years", type=Years(), required=True, help="such as 2019..2024")
@click.option("--units", default="", help="GB/T 2260 codes or their beginnings, split by commas [all]")
@click.option("--from-archive", is_flag=True, help="read the stored captures again; fetch nothing")
@HOME
@SOURCES
@WAIVERS
def backfill(years: tuple[int, int], units: str, from_archive: bool, home: Path | None, **files: Any) -> int:
    """The same pipeline over chosen years and units."""
    place = Home.at(home)
    chosen = {"years": f"{years[0]}..{years[1]}", "units": units, "from_archive": from_archive}
    return _run("backfill", place, chosen | _chosen(place, **files))


@click.command(epilog="Example: GOUJI_SMTP_HOST=mail.example GOUJI_MAIL_TO=a@b.example gouji report")
@HOME
def report(home: Path | None) -> int:
    """Send the quality report of the current release, once to each reader."""
    place = Home.known(home)
    return _run("digest", place, {"home": str(place.root)})


def _chosen(home: Home, sources: Sequence[Path], waivers: Path | None) -> dict[str, Any]:
    """The parameters of a flow that say where things are."""
    from flows.sources import absolute

    return {
        "home": str(home.root),
        "sources": [absolute(file) for file in sources],
        "waivers": str(waivers) if waivers else None,
    }


def _run(name: str, home: Home, parameters: dict[str, Any]) -> int:
    from flows.setting import embed

    server = None
    if embed(home):
        from flows.server import Server

        server = Server.start()
    from flows.progress import shown
    from flows.summary import exit_code, print_summary

    flow = _flow(name)
    if parameters.get("from_archive"):
        _expect_reports()
    with shown():
        try:
            if server:
                server.wait()
            summary = flow(**parameters)
        except UnusableError:
            raise
        except Exception as error:
            return _failed(home, name, error)
    if server:
        _tidy(server)
    print_summary(summary)
    return exit_code(summary)


def _tidy(server: Server) -> None:
    """Keep the embedded Prefect's database small."""
    from flows.retention import forget_abandoned, forgetting

    with forgetting():
        forget_abandoned()
        server.forget()


def _failed(home: Home, name: str, error: Exception) -> int:
    """One line for the operator; the traceback goes to a file beside the run's records."""
    home.runs.mkdir(parents=True, exist_ok=True)
    log = home.runs / f"{name}.error.txt"
    log.write_text("".join(traceback.format_exception(error)), "utf-8")
    reason = " ".join(str(error).split())[:300] or type(error).__name__
    click.echo(f"gouji: {name} failed: {reason}; nothing is half released, details in {log}", err=True)
    fault = fault_of_files(error)
    return fault[1] if fault else INTERRUPTED


def _expect_reports() -> None:
    """Import what the gate needs while the server starts: what is read again will be judged."""
    from expectations.suites import prepare
    from flows.collector import kept

    with kept():
        prepare()


def _flow(name: str) -> Callable[..., dict[str, Any]]:
    from importlib import import_module

    from flows.collector import kept

    with kept():
        chosen: Callable[..., dict[str, Any]] = getattr(import_module(f"flows.{name}"), name)
    return chosen
