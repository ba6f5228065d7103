"""A document that a person saved in a browser, beside what `portals.exchange.Fetched` is for one that we fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

#: The media type of a page saved with its pictures in one file.
MHTML: Final = "multipart/related"


@dataclass(frozen=True, slots=True)
class Saved:
    """The bytes of an address as `by` (a person, a body) says to have saved them at `at` (UTC) in `file`.

    `charset` is '' where the bytes must tell. What only HTTP could tell is empty, the status 0.
    """

    address: str
    at: datetime
    body: bytes
    media_type: str
    charset: str
    by: str
    file: str

    @property
    def final_address(self) -> str:
        """Where relative links start from."""
        return self.address

    @property
    def status(self) -> int:
        """No HTTP status."""
        return 0

    @property
    def etag(self) -> str:
        """No validator."""
        return ""

    @property
    def last_modified(self) -> str:
        """No validator."""
        return ""
