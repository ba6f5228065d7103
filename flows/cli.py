"""The console command `gouji`: exit codes and help; each command stands in `flows/commands/`."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import metadata

import click

from flows.commands.captures import captures
from flows.commands.doctor import doctor
from flows.commands.documents import check, extract
from flows.commands.evidence import evidence
from flows.commands.impact import impact
from flows.commands.imports import import_
from flows.commands.mailing import alert, outbox
from flows.commands.package import package
from flows.commands.portals import portals
from flows.commands.runs import backfill, nightly, report
from flows.commands.sample import sample
from flows.commands.site import site
from flows.commands.upkeep import upkeep
from flows.commands.waive import waive
from flows.commands.warehouse import query, releases, status
from flows.commands.workbook import workbook
from flows.exits import (
    CANNOT_USE,
    DONE,
    INTERRUPTED,
    UNHEARD,
    UnusableError,
    fault_of_files,
    flush,
    leave,
    open_streams,
)
from flows.setting import quiet
from notices.text import visible
from store.errors import StoreError

EPILOG = (
    "Exit codes: 0 done; 1 done, with critical findings; 2 input or configuration unusable; 3 can be resumed; 141 "
    "whoever read the output has gone."
)


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(metadata.version("gouji"), prog_name="gouji")
def gouji() -> None:
    """勾稽: the reconciled archive of a province's disclosure reports."""


for command in (
    *(nightly, backfill, import_, report, extract, check, impact, evidence, captures, query, status, releases, waive),
    *(portals, sample, site, workbook, package, outbox, alert, upkeep, doctor),
):
    gouji.add_command(command)


def main() -> None:
    """Run the command line; errors of input or configuration become one line on standard error."""
    open_streams()
    quiet()
    leave(_run())


def _run() -> int:
    """The command's exit code."""
    try:
        code = gouji.main(standalone_mode=False) or DONE
        flush()
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        code = CANNOT_USE
    except UnusableError as error:
        code = _told(str(error), CANNOT_USE)
    except StoreError as error:
        code = _told(str(error), INTERRUPTED)
    except (KeyboardInterrupt, click.Abort):
        code = _told("interrupted; the same command goes on where it stopped", INTERRUPTED)
    except (BrokenPipeError, SystemExit):
        # Of a pipe that nobody reads, and of nothing else, click and rich make an end with 1: of critical findings.
        code = UNHEARD
    except Exception as error:
        if os.environ.get("GOUJI_DEBUG"):
            raise
        code = _told(*(fault_of_files(error) or _ours(error)))
    return code


def _ours(error: Exception) -> tuple[str, int]:
    reason = visible(str(error))[:300]
    return f"{type(error).__name__}: {reason} (a fault of ours; GOUJI_DEBUG=1 shows where)", INTERRUPTED


def _told(text: str, code: int) -> int:
    """Say it in one line, where anybody listens; gives the code."""
    with suppress(OSError):
        click.echo(f"gouji: {visible(text)}", err=True)
    return code
