"""What a host's robots.txt says to us, as read in this run (RFC 9309, by Protego)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from protego import Protego

from portals.exchange import Fetched

#: Our name in robots.txt groups.
PRODUCT = "gouji"
#: A longer Crawl-delay is not a request to go slowly but to stay away.
LONGEST_DELAY = 300.0


@dataclass(frozen=True, slots=True)
class Robots:
    """One reading of robots.txt, kept for the log: `status` None where the host could not be reached.

    `verdict` is 'rules' (obeyed as written), 'none' (no such file: all allowed) or 'unreachable' (no
    access until it can be read). `fetched` is what the host answered, None where it did not.
    """

    host: str
    at: datetime
    status: int | None
    verdict: str
    delay: float | None
    text: str
    fetched: Fetched | None


class RobotsRules:
    """The rules of one host: which addresses may be fetched, and the asked-for delay."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text) if text.strip() else None
        self.delay: float | None = self._rules.crawl_delay(PRODUCT) if self._rules else None

    def allows(self, address: str) -> bool:
        """Whether we may fetch the address; never with a Crawl-delay beyond `LONGEST_DELAY`."""
        if self.delay is not None and self.delay > LONGEST_DELAY:
            return False
        return self._rules is None or bool(self._rules.can_fetch(address, PRODUCT))
