"""What is wrong with an outbox: mail that does not go, and files that do not fit the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

from form.fault import Fault
from notices.outbox import LEDGER, Entry, Outbox


def mail_faults(folder: Path, since: datetime) -> Iterator[Fault]:
    """Mail that a person must decide on, or that has waited since before `since`; files that are not there."""
    if not (folder / LEDGER).exists():
        if mails := sum(1 for _ in folder.glob("*.eml")):
            todo = "restore it from a backup; else the next report goes to every reader, whatever they have had"
            yield Fault("mail", f"outbox/{LEDGER}", f"missing, beside {mails} mails", todo)
        return
    try:
        entries = Outbox(folder).entries()
    except sqlite3.DatabaseError as error:
        yield Fault("mail", f"outbox/{LEDGER}", f"cannot be read: {error}", "restore it from a backup")
        return
    for entry in entries:
        yield from _stuck(entry, since)
        path, waits = folder / f"{entry.name}.eml", entry.state in ("queued", "handing", "doubt", "kept")
        todo = "gouji outbox --taken NAME, and gouji report for the current release"
        if path.exists():
            if what := _damage(path, entry):
                if not waits:
                    todo = "restore it from a backup; else nothing: it waits for nobody"
                yield Fault("mail", f"outbox/{path.name}", what, todo, "lost" if waits else "leftover")
        elif waits:
            yield Fault("mail", f"outbox/{path.name}", f"missing, and its state is {entry.state}", todo)


def _damage(path: Path, entry: Entry) -> str:
    """Why a file is not the message that the ledger means; '' where it is, as far as its form tells."""
    try:
        message = BytesParser(policy=policy.SMTP).parsebytes(path.read_bytes())
        # An attachment that is no base 64 shows only where it is decoded.
        parts = [part for part in message.walk() if part.is_multipart() or part.get_payload(decode=True) is not None]
        defects = [type(defect).__name__ for part in parts for defect in part.defects]
        named, reader = str(message["Message-ID"] or ""), str(message["To"] or "")
    except Exception as error:  # the parser of headers breaks in many ways
        return f"cannot be read: {type(error).__name__}"
    if defects:
        return f"is no whole message: {defects[0]}"
    if not named.startswith(f"<{entry.name}@") or entry.reader not in reader.lower():
        return "is another message than the one that was put here"
    return ""


def _stuck(entry: Entry, since: datetime) -> Iterator[Fault]:
    where, said = f"outbox/{entry.name}.eml", entry.error or "not sent yet"
    if entry.state in ("doubt", "refused"):
        todo = f"gouji outbox --taken {entry.name}, or --resend {entry.name}"
        yield Fault("mail", where, f"to {entry.reader}: {entry.state}, {said}", todo, "leftover")
    if entry.state in ("queued", "handing") and entry.changed < since.astimezone(UTC).isoformat():
        what = f"to {entry.reader}: {entry.state} since {entry.changed[:10]}, {said}"
        yield Fault("mail", where, what, "gouji report sends what is in line", "leftover")
