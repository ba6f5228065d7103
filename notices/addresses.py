"""Mail addresses of a configuration: ASCII, one line, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email import policy
from email.headerregistry import Address
from typing import Final

#: Where no address is configured; `invalid` is reserved and never routed (RFC 2606).
UNSET: Final = Address("勾稽", addr_spec="gouji@gouji.invalid")

_ADDRESS: Final = re.compile(r"[!-?A-~]+@[0-9A-Za-z][0-9A-Za-z.-]*")


class SettingsError(ValueError):
    """A configuration that cannot be used; one line, naming the variable or entry."""


def sender_from(mapping: Mapping[str, str]) -> Address:
    """Return the address of GOUJI_MAIL_FROM, `UNSET` where absent. Raises SettingsError."""
    found = addresses("GOUJI_MAIL_FROM", mapping.get("GOUJI_MAIL_FROM", ""))
    if len(found) > 1:
        raise SettingsError("GOUJI_MAIL_FROM: one address, not several")
    return found[0] if found else UNSET


def addresses(name: str, value: str) -> tuple[Address, ...]:
    """Return the addresses of a comma separated list, each once; none for a blank.

    Raises SettingsError, which names `name`, for an address that is none, or not ASCII.
    """
    if not value.strip():
        return ()
    if not value.isprintable():
        raise SettingsError(f"{name}: control characters in {value!r}")
    try:
        header = policy.default.header_factory("to", value)
        listed = header.addresses
    except (IndexError, ValueError) as error:  # the standard library's parser on "a@" or a lone quote
        raise SettingsError(f"{name}: not a list of addresses: {value!r}") from error
    found: dict[str, Address] = {}
    for address in listed:
        if not _ADDRESS.fullmatch(address.addr_spec):
            raise SettingsError(f"{name}: not an ASCII mail address: {str(address)!r}")
        found.setdefault(address.addr_spec.lower(), address)
    if header.defects or not found:
        raise SettingsError(f"{name}: not a list of addresses: {value!r}")
    return tuple(found.values())
