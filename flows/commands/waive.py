"""`gouji waive`: accept a finding until a day, see what is accepted, take it back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.runs import HOME, SOURCES, WAIVERS
from flows.exits import CRITICAL, DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    from expectations.waivers import Waiver

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(
    epilog='Example: gouji waive 3f9c2a81 --who 张三 --why "经电话核实，系填报单位四舍五入" --until 2027-03-31'
)
@click.argument("finding", required=False)
@click.option("--who", help="who examined the finding and answers for it")
@click.option("--why", help="why it is accepted")
@click.option(
    "--until", type=DAY, metavar="DATE", help="the last day on which the waiver holds, two years from today at most"
)
@click.option("--list", "listing", is_flag=True, help="show all waivers and what each is worth today")
@click.option("--remove", is_flag=True, help="take the waiver of FINDING back")
@WAIVERS
@HOME
@SOURCES
def waive(finding: str | None, **given: Any) -> int:
    """Accept FINDING (an id, or its beginning) as it is printed, until a day.

    The waiver goes into a file to be reviewed and committed like code; the next run follows it. It is void as soon
    as the document, a printed cell of the finding, or the finding itself is another one.
    """
    from flows.waivers import waivers_file

    place = Home.at(given["home"])
    file = waivers_file(place, given["sources"], given["waivers"])
    said = [f"--{name}" for name in ("who", "why", "until") if given[name] is not None]
    if given["listing"]:
        _refuse(
            "--list", [*said, *([] if finding is None else ["FINDING"]), *(["--remove"] if given["remove"] else [])]
        )
        return _list(place, file)
    if finding is None or not finding.strip():
        # Every id begins with nothing: where there is one waiver, it would be meant.
        raise click.UsageError('FINDING is missing; gouji query "SELECT * FROM findings" shows them')
    if given["remove"]:
        _refuse("--remove", said)
        return _remove(file, finding)
    if len(said) < len(("who", "why", "until")):
        raise click.UsageError("a waiver needs --who, --why and --until")
    words = (_line("--who", given["who"]), _line("--why", given["why"]))
    return _add(place, file, finding, words, given["until"].date())


def _refuse(option: str, others: list[str]) -> None:
    if others:
        raise click.UsageError(f"{option} goes without {others[0]}")


def _line(option: str, text: str) -> str:
    """Text of one line; what a terminal could not decode is none."""
    if not text.isprintable() or not text.strip():
        raise click.UsageError(f"{option} must be one line of text")
    return text.strip()


def _today() -> date:
    from warehouse.status import ZONE

    return datetime.now(ZONE).date()


def _add(home: Home, file: Path, finding: str, words: tuple[str, str], until: date) -> int:
    from flows.waivers import add_waiver
    from flows.waiving import find, make

    row = find(home.store, finding)
    waiver = make(home.store, row, words, (_today(), until))
    add_waiver(file, waiver)
    click.echo(
        f"waived until {until}: {row['unit_name']} {row['year']} {row['rule']} {row['scope']} ({row['severity']})"
    )
    for text in (row["message"], f"{waiver.finding_id} in {file}; commit it, the next run follows it"):
        if text:
            click.echo(f"  {text}")
    return DONE


def _remove(file: Path, finding: str) -> int:
    from flows.waivers import read_waivers, remove_waiver

    named = [one for one in read_waivers(file) if one.finding_id.startswith(finding)]
    if len(named) != 1:
        raise UnusableError(f"{file}: {'more than one' if named else 'no'} waiver of {finding!r}")
    gone = remove_waiver(file, named[0].finding_id)
    click.echo(f"no longer waived: {gone.report_id} {gone.rule} {gone.scope} (was until {gone.until}, {gone.who})")
    return DONE


def _list(home: Home, file: Path) -> int:
    from flows.terminal import print_rows
    from flows.waivers import read_waivers
    from flows.waiving import weighed

    known = read_waivers(file)
    if not known:
        click.echo(f"no waivers in {file}")
        return DONE
    worth = weighed(home.store, known, _today())
    states = {void.waiver.finding_id: f"void: {void.reason}" for void in worth.void}
    states |= dict.fromkeys(worth.covered, "holds") | {one.finding_id: "not in the release" for one in worth.unseen}
    print_rows(str(file), _COLUMNS, (_row(one, states[one.finding_id]) for one in known))
    return CRITICAL if worth.void else DONE


_COLUMNS = ("finding", "report", "rule", "scope", "until", "who", "why", "today")


def _row(waiver: Waiver, state: str) -> tuple[Any, ...]:
    same = (waiver.finding_id, waiver.report_id, waiver.rule, waiver.scope, waiver.until, waiver.who, waiver.why)
    return (*same, state)
