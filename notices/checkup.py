"""What is wrong with an outbox: mail that does not go, and files that do not fit the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from form.fault import Fault
from notices.outbox import LEDGER, Entry, Outbox


def mail_faults(folder: Path, since: datetime) -> Iterator[Fault]:
    """Mail that a person must decide on, or that has waited since before `since`; files that are not there."""
    if not (folder / LEDGER).exists():
        return
    try:
        entries = Outbox(folder).entries()
    except sqlite3.DatabaseError as error:
        yield Fault("mail", f"outbox/{LEDGER}", f"cannot be read: {error}", "restore it from a backup")
        return
    for entry in entries:
        yield from _stuck(entry, since)
        if entry.state in ("queued", "handing", "doubt", "kept") and not (folder / f"{entry.name}.eml").exists():
            todo = "gouji outbox --taken NAME, and gouji report for the current release"
            yield Fault("mail", f"outbox/{entry.name}.eml", f"missing, and its state is {entry.state}", todo)


def _stuck(entry: Entry, since: datetime) -> Iterator[Fault]:
    where, said = f"outbox/{entry.name}.eml", entry.error or "not sent yet"
    if entry.state in ("doubt", "refused"):
        todo = f"gouji outbox --taken {entry.name}, or --resend {entry.name}"
        yield Fault("mail", where, f"to {entry.reader}: {entry.state}, {said}", todo, "leftover")
    if entry.state in ("queued", "handing") and entry.changed < since.astimezone(UTC).isoformat():
        what = f"to {entry.reader}: {entry.state} since {entry.changed[:10]}, {said}"
        yield Fault("mail", where, what, "gouji report sends what is in line", "leftover")
