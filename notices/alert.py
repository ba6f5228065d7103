"""The mail to the operator when something is wrong: short, plain text, the gravest first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from notices.mail import blank, sealed
from notices.text import plain, visible


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something an operator must look at; `key` stays as long as it is the same trouble, `todo` is a command."""

    key: str
    title: str
    text: str
    todo: str


def alert_id(troubles: Sequence[Trouble], sender: Address) -> str:
    """The Message-ID of an alert: the same for the same troubles."""
    seal = hashlib.sha256("\n".join(sorted(it.key for it in troubles)).encode()).hexdigest()[:24]
    return f"<gouji-alert-{seal}@{sender.domain}>"


def alert(troubles: Sequence[Trouble], parties: tuple[Address, Address], date: datetime, place: str) -> EmailMessage:
    """Return the message that tells of `troubles` (at least one) in the gouji at `place`."""
    more = f"等 {len(troubles)} 件事" if len(troubles) > 1 else ""
    subject = visible(f"【勾稽告警】{troubles[0].title}{more}")
    message = blank(parties, subject, alert_id(troubles, parties[0]), date)
    lines = [f"勾稽 {plain(place, 200)} 需要处理：", ""]
    for number, it in enumerate(troubles, 1):
        lines += [
            f"{number}. {plain(it.title, 100)}",
            f"   {plain(it.text, 600)}",
            f"   处理：{plain(it.todo, 200)}",
            "",
        ]
    lines += ["同一件事只告警一次。现状随时可用 gouji status 查看。", ""]
    message.set_content("\n".join(lines), cte="base64")
    return sealed(message)
