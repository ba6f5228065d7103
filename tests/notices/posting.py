"""A process that sends what stands in an outbox, to be killed at any moment: `posting.py FOLDER PORT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path

from notices.outbox import Outbox
from notices.smtp import SmtpSettings, send


def main(folder: str, port: str) -> None:
    sender = Address(addr_spec="gouji@example.org")
    settings = SmtpSettings("127.0.0.1", int(port), "none", None, None, sender, timeout=10, last_word=10)
    Outbox(Path(folder)).deliver(lambda it, over: send(it, settings, over), datetime.now(UTC), force=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
