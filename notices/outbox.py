"""The outbox: messages as files, and which of them a server has taken.

    outbox/NAME.eml          no server was configured; for a person to open
    outbox/queued/NAME.eml   to be sent
    outbox/queued/NAME.json  which recipients are settled so far, and how
    outbox/sent/NAME.eml     taken by the server for at least one; NAME.json beside it says for whom
    outbox/refused/NAME.eml  refused for good for every recipient; likewise

NAME is the local part of the Message-ID, so that the same release is never queued twice.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock

from notices.smtp import Refusal, SendError

State = Literal["kept", "queued", "sent", "refused"]
#: Sends to the given recipients and returns those refused; raises SendError where all were.
Send = Callable[[EmailMessage, Sequence[str]], tuple[Refusal, ...]]

_NAME: Final = re.compile(r"<([0-9A-Za-z][0-9A-Za-z.-]{0,150})@[^@<>\s]+>")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message in one attempt; `pending` recipients will be tried again."""

    path: Path
    delivered: tuple[str, ...]
    refused: tuple[Refusal, ...]
    pending: tuple[str, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder of a home's messages. Any number of processes may use it at once."""

    folder: Path

    def state(self, message_id: str) -> State | None:
        """Return where the message with this id stands; None where it was never put here."""
        name = _name(message_id)
        for state, folder in self._folders():
            if (folder / name).exists():
                return state
        return None

    def keep(self, message: EmailMessage) -> Path:
        """Write the message for people to open, and return its path; it will not be sent."""
        return _write(self.folder / _name(message["Message-ID"]), message)

    def queue(self, message: EmailMessage) -> Path:
        """Put the message in line and return its path; one that is there already stays as it is."""
        name = _name(message["Message-ID"])
        with self._lock():
            for state, folder in self._folders():
                if state != "kept" and (folder / name).exists():
                    return folder / name
            return _write(self.folder / "queued" / name, message)

    def deliver(self, send: Send) -> tuple[Delivery, ...]:
        """Send what is queued, the recipients still pending only, and put away what is settled.

        A recipient refused for good is settled. After a temporary failure the message stays in line.
        Killed between the server's acceptance and the record, the next call sends again with the same
        Message-ID; the window is one write of a file.
        """
        with self._lock():
            return tuple(self._deliver(path, send) for path in sorted((self.folder / "queued").glob("*.eml")))

    def _folders(self) -> tuple[tuple[State, Path], ...]:
        return (
            ("sent", self.folder / "sent"),
            ("refused", self.folder / "refused"),
            ("queued", self.folder / "queued"),
            ("kept", self.folder),
        )

    def _lock(self) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / ".lock")

    def _deliver(self, path: Path, send: Send) -> Delivery:
        message = BytesParser(policy=policy.SMTP).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        record = path.with_suffix(".json")
        settled: dict[str, str] = json.loads(record.read_text("utf-8")) if record.exists() else {}
        due = [to for address in message["To"].addresses if (to := address.addr_spec) not in settled]
        delivery = _attempt(path, message, due, send) if due else Delivery(path, (), (), (), None)
        settled |= dict.fromkeys(delivery.delivered, "delivered")
        settled |= {it.recipient: f"refused: {it.detail}" for it in delivery.refused if not it.temporary}
        _replace(record, json.dumps(settled, ensure_ascii=False, indent=1, sort_keys=True).encode())
        if not delivery.pending:
            done = self.folder / ("sent" if "delivered" in settled.values() else "refused")
            done.mkdir(exist_ok=True)
            # The message first: a record without its message does no harm, the reverse would send again.
            path.replace(done / path.name)
            record.replace(done / record.name)
        return delivery


def _attempt(path: Path, message: EmailMessage, due: Sequence[str], send: Send) -> Delivery:
    error = None
    try:
        refused = send(message, due)
        delivered = tuple(to for to in due if to not in {it.recipient for it in refused})
        pending = tuple(it.recipient for it in refused if it.temporary)
    except SendError as failure:
        refused, delivered, error = failure.refusals, (), failure.detail
        for_good = {it.recipient for it in refused if not it.temporary}
        pending = tuple(to for to in due if to not in for_good)
    return Delivery(path, delivered, refused, pending, error)


def _name(message_id: str) -> str:
    found = _NAME.fullmatch(message_id)
    if found is None:
        raise ValueError(f"not a message id of ours: {message_id!r}")
    return f"{found[1]}.eml"


def _write(path: Path, message: EmailMessage) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, message.as_bytes(policy=policy.SMTP))
    return path


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
