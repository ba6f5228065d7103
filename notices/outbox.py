"""The outbox: messages as files, and a ledger of what became of each.

    outbox/NAME.eml       the message; NAME is the local part of its Message-ID
    outbox/ledger.sqlite  one row a message: for whom, about what, its state, its tries

A message has one reader. Its Message-ID says release and reader, so that the same report is never put here twice.
docs/decisions/0032-mail.md says what can be known of a message at every moment, and what cannot.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock

from notices.smtp import SendError

#: kept: no server was configured, a person may open it. queued: to be sent. handing: the server has all but the end.
#: sent: taken by the server. doubt: it may have been taken; a person decides. refused: given up. superseded: a newer
#: report took its place before it was sent.
State = Literal["kept", "queued", "handing", "sent", "doubt", "refused", "superseded"]
#: Sends a message; calls back when only its end is missing. Raises SendError.
Send = Callable[[EmailMessage, Callable[[], None]], None]

#: before the next try, by the number of tries so far; after the last of them it is given up
BACK_OFF: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 300, 1800, 7200, 21600, 43200, 86400, 86400, 86400)
)
#: a refusal "for good" may still be a full mailbox or a mistake of the server's keeper
AFTER_REFUSAL: Final = (timedelta(hours=1), timedelta(hours=12))

LEDGER: Final = "ledger.sqlite"
_NAME: Final = re.compile(r"<([0-9A-Za-z][0-9A-Za-z.-]{0,150})@[^@<>\s]+>")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS mail (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, reader TEXT NOT NULL,
    about TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, changed TEXT NOT NULL,
    not_before TEXT NOT NULL, error TEXT NOT NULL
)
"""
_BOUNCES: Final = "CREATE TABLE IF NOT EXISTS bounces (file TEXT PRIMARY KEY)"
_COLUMNS: Final = "name, kind, reader, about, state, tries, changed, not_before, error"


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of the ledger. `about` is the release or the alert; times are ISO 8601 in UTC."""

    name: str
    kind: str
    reader: str
    about: str
    state: State
    tries: int
    changed: str
    not_before: str
    error: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder of a home's messages. Any number of processes may use it at once."""

    folder: Path

    def entries(self, *states: State) -> tuple[Entry, ...]:
        """Return the messages in one of `states` (all without any), in the order in which they were put here."""
        where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        return self._entries(where, states)

    def state(self, message_id: str) -> State | None:
        """Return where the message with this id stands; None where it was never put here."""
        found = self._entries("WHERE name = ?", (_name(message_id),))
        return found[0].state if found else None

    def last(self, kind: str, reader: str) -> Entry | None:
        """Return the newest message of a kind that the reader has, or may have."""
        where = "WHERE kind = ? AND reader = ? AND state IN ('kept', 'sent', 'doubt', 'handing')"
        found = self._entries(where, (kind, reader.lower()))
        return found[-1] if found else None

    def put(self, message: EmailMessage, kind: str, about: str, at: datetime, send: bool) -> Path:
        """Put a message in line (or keep it for people, without `send`) and return its path.

        One that is here already stays as it is. It takes the place of older ones of its kind for the same reader that
        no server was given yet: whoever waits for two reports gets one that tells of both.
        """
        name = _name(message["Message-ID"])
        reader = message["To"].addresses[0].addr_spec.lower()
        path = self.folder / f"{name}.eml"
        with self._lock(), self._ledger() as ledger:
            if ledger.execute("SELECT 1 FROM mail WHERE name = ?", (name,)).fetchone():
                return path
            _replace(path, message.as_bytes(policy=policy.SMTP))
            if kind == "report":
                ledger.execute(
                    "UPDATE mail SET state = 'superseded', changed = ? "
                    "WHERE kind = ? AND reader = ? AND state = 'queued'",
                    (_iso(at), kind, reader),
                )
            row = (name, kind, reader, about, "queued" if send else "kept", 0, _iso(at), _iso(at), "")
            ledger.execute(f"INSERT INTO mail ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
        return path

    def deliver(self, send: Send, now: datetime, force: bool = False, resend: bool = True) -> tuple[Entry, ...]:
        """Send what is due (with `force` also what is not yet), and return those messages as they stand now.

        What a process that died was handing over is in doubt, and not sent again before a person says so. Where this
        process itself sees the connection end without an answer, the message is sent again unless `resend` is False.
        """
        with self._lock():
            with self._ledger() as ledger:
                note = "the process ended before the server's last word was written down"
                ledger.execute(
                    "UPDATE mail SET state = 'doubt', changed = ?, error = ? WHERE state = 'handing'",
                    (_iso(now), note),
                )
            due = [it for it in self.entries("queued") if force or it.not_before <= _iso(now)]
            for entry in due:
                self._try(entry, send, now, resend)
            names = {it.name for it in due}
            return tuple(it for it in self.entries() if it.name in names)

    def settle(self, name: str, taken: bool, now: datetime) -> Entry | None:
        """Say of a message in doubt, or refused, that its reader has it, or that it is to be sent again.

        Gives it as it stands now; None where no such message waits for that.
        """
        state = "sent" if taken else "queued"
        with self._lock(), self._ledger() as ledger:
            done = ledger.execute(
                "UPDATE mail SET state = ?, tries = 0, changed = ?, not_before = ? "
                "WHERE name = ? AND state IN ('doubt', 'refused')",
                (state, _iso(now), _iso(now), name),
            )
            if not done.rowcount:
                return None
        return self._entries("WHERE name = ?", (name,))[0]

    def bounced(self, file: str, name: str, detail: str, now: datetime) -> bool:
        """Take note that a mail came back: it is tried again like one that was refused for good.

        `file` names the bounce, so that each counts once. Gives whether it is new, and of a mail that was sent.
        """
        with self._lock(), self._ledger() as ledger:
            if ledger.execute("INSERT OR IGNORE INTO bounces (file) VALUES (?)", (file,)).rowcount == 0:
                return False
        entries = [it for it in self.entries("sent") if it.name == name]
        for entry in entries:
            self._failed(entry, SendError("permanent", detail), now, True)
        return bool(entries)

    def _try(self, entry: Entry, send: Send, now: datetime, resend: bool) -> None:
        message = BytesParser(policy=policy.SMTP).parsebytes((self.folder / f"{entry.name}.eml").read_bytes())
        assert isinstance(message, EmailMessage)
        try:
            send(message, lambda: self._set(entry, "handing", now))
        except SendError as failure:
            self._failed(entry, failure, now, resend)
        else:
            self._set(entry, "sent", now)

    def _failed(self, entry: Entry, failure: SendError, now: datetime, resend: bool) -> None:
        tries = entry.tries + 1
        waits = AFTER_REFUSAL if failure.kind == "permanent" else BACK_OFF
        if failure.kind == "unanswered" and not resend:
            self._set(entry, "doubt", now, failure.detail)
        elif tries > len(waits):
            self._set(entry, "refused", now, failure.detail, tries)
        else:
            self._set(entry, "queued", now, failure.detail, tries, now + waits[tries - 1])

    def _set(
        self,
        entry: Entry,
        state: State,
        now: datetime,
        error: str = "",
        tries: int | None = None,
        not_before: datetime | None = None,
    ) -> None:
        row = (state, _iso(now), error, entry.tries if tries is None else tries, _iso(not_before or now), entry.name)
        with self._ledger() as ledger:
            ledger.execute(
                "UPDATE mail SET state = ?, changed = ?, error = ?, tries = ?, not_before = ? WHERE name = ?", row
            )

    def _entries(self, where: str, values: tuple[str, ...]) -> tuple[Entry, ...]:
        if not (self.folder / LEDGER).exists():
            return ()
        with self._ledger() as ledger:
            rows = ledger.execute(f"SELECT {_COLUMNS} FROM mail {where} ORDER BY number", values).fetchall()  # noqa: S608
        return tuple(Entry(*row) for row in rows)

    @contextmanager
    def _ledger(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when the block ends. What SQLite cannot do names the file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / LEDGER
        try:
            with closing(sqlite3.connect(path, timeout=60)) as ledger, ledger:
                ledger.execute("PRAGMA synchronous = EXTRA")
                ledger.execute(_SCHEMA)
                ledger.execute(_BOUNCES)
                yield ledger
        except sqlite3.DatabaseError as error:
            error.args = (f"{path}: {error}",)
            raise

    @contextmanager
    def _lock(self) -> Iterator[Any]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock") as lock:
            yield lock


def _name(message_id: str) -> str:
    found = _NAME.fullmatch(message_id)
    if found is None:
        raise ValueError(f"not a message id of ours: {message_id!r}")
    return found[1]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
