"""What a host's robots.txt says to us, as read in this run (RFC 9309, by Protego)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protego import Protego

from portals.exchange import Fetched

#: Our name in robots.txt groups.
PRODUCT = "gouji"
#: A longer Crawl-delay is not a request to go slowly but to stay away.
LONGEST_DELAY = 300.0
#: A group's first line where it names us, with what may follow a product's name: a version, a comment.
_OURS: Final = re.compile(rf"(\s{{0,20}}user[- ]?agent\s{{0,20}}:?\s{{0,20}}{PRODUCT})(?![a-z_-]).*", re.IGNORECASE)


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
        self._rules = Protego.parse(_named_plainly(text)) if text.strip() else None
        self.delay: float | None = self._rules.crawl_delay(PRODUCT) if self._rules else None

    def allows(self, address: str) -> bool:
        """Whether we may fetch the address; never with a Crawl-delay beyond `LONGEST_DELAY`."""
        if self.delay is not None and self.delay > LONGEST_DELAY:
            return False
        return self._rules is None or bool(self._rules.can_fetch(address, PRODUCT))


def _named_plainly(text: str) -> str:
    """The rules with our groups named by the product alone: Protego takes `gouji/0.1` for another robot's name."""
    return "\n".join(_OURS.sub(r"\1", line) for line in text.splitlines())
