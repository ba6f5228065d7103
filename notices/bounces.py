"""Bounces: reports that a mail did not reach its reader after all (RFC 3464), read from the sender's mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Final

_LARGEST: Final = 4 * 1024 * 1024
#: the name of one of our messages, in what the bounce returns of it
_ID: Final = re.compile(rb"^Message-ID:\s*<(gouji-[0-9A-Za-z.-]{1,150})@", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """The name of a message of ours that failed for good, and what the server said."""

    name: str
    detail: str


def bounces(folder: Path) -> dict[str, Bounce]:
    """File name -> bounce, for the files of a Maildir (or of a plain folder) that are bounces of our messages.

    Delays and anything else is left out; a file that cannot be read is no bounce.
    """
    places = [folder / "new", folder / "cur"] if (folder / "new").is_dir() else [folder]
    found: dict[str, Bounce] = {}
    for path in sorted(it for place in places if place.is_dir() for it in place.iterdir() if it.is_file()):
        try:
            data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        except OSError:
            continue
        bounce = bounce_of(data)
        if bounce:
            # A Maildir's flags come after a colon, and change.
            found[path.name.partition(":")[0]] = bounce
    return found


def bounce_of(data: bytes) -> Bounce | None:
    """The bounce that a message is; None for any other."""
    named = _ID.search(data)
    if named is None:
        return None
    message = message_from_bytes(data, policy=policy.compat32)
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
                said = " ".join(f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}".split())
                return Bounce(named[1].decode("ascii"), f"bounced: {said[:300]}")
    return None
