"""What is asked of a portal, one HTTP exchange as it went over the wire, and a document fetched by several."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """An address to ask, as data: `form` makes it a POST of those fields, `headers` are sent beside our own."""

    address: str
    headers: Headers = ()
    form: tuple[tuple[str, str], ...] | None = None

    @property
    def method(self) -> str:
        """GET, or POST where there is a form."""
        return "GET" if self.form is None else "POST"

    @property
    def body(self) -> bytes:
        """The form, URL-encoded; empty for GET."""
        return urlencode(self.form or ()).encode("ascii")

    @property
    def key(self) -> str:
        """What the archive files the answer under: the address, with the form of a POST as other tools add it."""
        if self.form is None:
            return self.address
        joined = f"{self.address}{'&' if '?' in self.address else '?'}__wb_method=POST&{self.body.decode('ascii')}"
        if len(joined) <= _LONGEST_KEY:
            return joined
        digest = hashlib.sha256(self.body).hexdigest()
        return f"{joined[: _LONGEST_KEY - len(digest) - 1]}&{digest}"


_LONGEST_KEY = 2000


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response; `raw` is the body as received, still content-encoded.

    `ip` is where the connection led, '' where that is a proxy's business.
    """

    address: str
    request_headers: Headers
    protocol: str
    status: int
    reason: str
    headers: Headers
    raw: bytes
    method: str = "GET"
    request_body: bytes = b""
    ip: str = ""

    def header(self, name: str) -> str:
        """The first value of a response header, '' where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave at `at` (UTC): status 200 and a decoded body, 304 and none, or an answer kept as evidence.

    `address` is the `key` of the request. `exchanges` are the redirects followed and, last, the one that answered.
    """

    address: str
    at: datetime
    body: bytes
    exchanges: tuple[Exchange, ...]

    @property
    def answer(self) -> Exchange:
        """The exchange that gave the body."""
        return self.exchanges[-1]

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status

    @property
    def final_address(self) -> str:
        """Where redirects led; relative links start from here."""
        return self.answer.address

    @property
    def etag(self) -> str:
        """The validator of the answer, '' for none."""
        return self.answer.header("etag")

    @property
    def last_modified(self) -> str:
        """The other validator, as sent; '' for none."""
        return self.answer.header("last-modified")

    @property
    def media_type(self) -> str:
        """As the server calls it, lower case and without parameters; '' where it says nothing."""
        return self.answer.header("content-type").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """From the Content-Type header, lower case; '' where it says nothing."""
        for part in self.answer.header("content-type").split(";")[1:]:
            key, _, value = part.partition("=")
            if key.strip().lower() == "charset":
                return value.strip().strip("\"'").lower()[:40]
        return ""
