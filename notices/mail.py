"""A digest as a message: headers, text and HTML, and a name that stays the same for the same release."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from notices.digest import Digest
from notices.enclosures import NOTHING, Enclosures
from notices.render import BEIJING, render

_ID: Final = re.compile(r"<[0-9A-Za-z][0-9A-Za-z.-]*@[0-9A-Za-z.-]+>")
_XLSX: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def message_id(digest: Digest, sender: Address, reader: Address) -> str:
    """Return the Message-ID: the same for the same release and reader, whichever run reports it."""
    seal = hashlib.sha256(f"{digest.key}\n{reader.addr_spec.lower()}".encode()).hexdigest()[:24]
    release = re.sub(r"[^0-9A-Za-z]+", "-", digest.run.release_id or digest.run.run_id).strip("-")
    return f"<gouji-{release}-{seal}@{sender.domain}>"


def compose(
    digest: Digest,
    parties: tuple[Address, Address],
    message_id: str,
    date: datetime,
    enclosures: Enclosures = NOTHING,
) -> EmailMessage:
    """Return the message of a digest from a sender to a reader; the same arguments give the same bytes.

    Raises ValueError for a `message_id` of another shape than `<…@…>`, or a date without a zone.
    """
    parts = render(digest, enclosures)
    message = blank(parties, parts.subject, message_id, date)
    # Base64 keeps long lines whole, and no line of it can be a boundary, which holds a `_`.
    message.set_content(parts.text, cte="base64")
    message.add_alternative(parts.html, subtype="html", cte="base64")
    page = message.get_body(("html",))
    assert page is not None
    for it in enclosures.pictures():
        page.add_related(
            it.data, "image", "png", cid=f"<{it.name}@gouji>", filename=f"{it.name}.png", disposition="inline"
        )
    if enclosures.workbook is not None:
        message.add_attachment(enclosures.workbook, *_XLSX, filename=enclosures.workbook_name)
    return sealed(message)


def blank(parties: tuple[Address, Address], subject: str, message_id: str, date: datetime) -> EmailMessage:
    """Return a message with the headers of all our mails and no content. Raises as `compose`."""
    if not _ID.fullmatch(message_id):
        raise ValueError(f"not a message id: {message_id!r}")
    if date.tzinfo is None:
        raise ValueError("a date without a zone")
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = parties
    message["Subject"] = subject
    message["Date"] = format_datetime(date.astimezone(BEIJING))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN"
    return message


def sealed(message: EmailMessage) -> EmailMessage:
    """The message with boundaries made of its Message-ID, so that no chance is in its bytes."""
    seal = hashlib.sha256(message["Message-ID"].encode()).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_gouji_{seal}_{number}")
    return message
