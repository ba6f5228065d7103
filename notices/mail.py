"""A digest as a message: headers, text and HTML, and a name that stays the same for the same release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from notices.digest import Digest
from notices.render import BEIJING, render

#: Where no address is configured; `invalid` is reserved and never routed (RFC 2606).
UNSET: Final = "gouji@gouji.invalid"

_ADDRESS: Final = re.compile(r"[!-?A-~]+@[0-9A-Za-z][0-9A-Za-z.-]*")
_ID: Final = re.compile(r"<[0-9A-Za-z][0-9A-Za-z.-]*@[0-9A-Za-z.-]+>")


class SettingsError(ValueError):
    """A configuration that cannot be used; one line, naming the variable."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who sends and who receives: one address, and one or more."""

    sender: Address
    recipients: tuple[Address, ...]


def parties_from(mapping: Mapping[str, str]) -> Parties:
    """Return the parties of GOUJI_MAIL_FROM and GOUJI_MAIL_TO (comma separated), `UNSET` where absent.

    Raises SettingsError for an address that is none, or not ASCII.
    """
    senders = _addresses("GOUJI_MAIL_FROM", mapping.get("GOUJI_MAIL_FROM", ""))
    if len(senders) > 1:
        raise SettingsError("GOUJI_MAIL_FROM: one address, not several")
    recipients = _addresses("GOUJI_MAIL_TO", mapping.get("GOUJI_MAIL_TO", ""))
    unset = Address("勾稽", addr_spec=UNSET)
    return Parties(senders[0] if senders else unset, recipients or (unset,))


def _addresses(variable: str, value: str) -> tuple[Address, ...]:
    if not value.strip():
        return ()
    if not value.isprintable():
        raise SettingsError(f"{variable}: control characters in {value!r}")
    try:
        header = policy.default.header_factory("to", value)
        addresses = header.addresses
    except (IndexError, ValueError) as error:  # the standard library's parser on "a@" or a lone quote
        raise SettingsError(f"{variable}: not a list of addresses: {value!r}") from error
    found: dict[str, Address] = {}
    for address in addresses:
        if not _ADDRESS.fullmatch(address.addr_spec):
            raise SettingsError(f"{variable}: not an ASCII mail address: {str(address)!r}")
        found.setdefault(address.addr_spec.lower(), address)
    if header.defects or not found:
        raise SettingsError(f"{variable}: not a list of addresses: {value!r}")
    return tuple(found.values())


def message_id(digest: Digest, parties: Parties) -> str:
    """Return the Message-ID: the same for the same release and readers, whichever run reports it."""
    readers = sorted(address.addr_spec.lower() for address in parties.recipients)
    seal = hashlib.sha256("\n".join([digest.key, *readers]).encode()).hexdigest()[:24]
    release = re.sub(r"[^0-9A-Za-z]+", "-", digest.run.release_id or digest.run.run_id).strip("-")
    return f"<gouji-{release}-{seal}@{parties.sender.domain}>"


def compose(
    digest: Digest, sender: Address, recipients: Sequence[Address], message_id: str, date: datetime
) -> EmailMessage:
    """Return the message of a digest; the same arguments give the same bytes, boundary included.

    Raises ValueError for a `message_id` of another shape than `<…@…>`, or a date without a zone.
    """
    if not _ID.fullmatch(message_id):
        raise ValueError(f"not a message id: {message_id!r}")
    if date.tzinfo is None:
        raise ValueError("a date without a zone")
    parts = render(digest)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = tuple(recipients)
    message["Subject"] = parts.subject
    message["Date"] = format_datetime(date.astimezone(BEIJING))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN"
    # Base64 keeps long lines whole, and no line of it can be the boundary, which holds a `_`.
    message.set_content(parts.text, cte="base64")
    message.add_alternative(parts.html, subtype="html", cte="base64")
    message.set_boundary(f"=_gouji_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
    return message
