"""What the status of an answer means: what is no document is an error with a code of `PROBLEMS`."""

from __future__ import annotations

import email.utils
import math
from datetime import UTC, datetime
from typing import Final

from portals import obstacles
from portals.exchange import Exchange
from portals.problems import FetchError

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
#: Statuses with a meaning of their own. 401 to 451: refusals, by a person or a firewall; 521 is what one
#: Chinese CDN answers with its script challenge.
_CODES: Final = {
    **dict.fromkeys((401, 403, 407, 412, 451, 521), "blocked"),
    **dict.fromkeys((429, 503), "throttled"),
    **dict.fromkeys((404, 410), "missing"),
}


def check(exchange: Exchange, now: datetime) -> None:
    """Raises `FetchError` for an answer that is neither a document, nor unchanged, nor a redirect."""
    status = exchange.status
    if status in {200, 304} or status in REDIRECTS:
        return
    code = _CODES.get(status, "server" if status >= 500 else "unexpected")
    detail = f"HTTP {status} {exchange.reason}".rstrip()
    if code == "blocked" and (marks := obstacles.challenge(exchange)):
        detail = f"{detail}，{marks}"
    raise FetchError(code, detail, status, _retry_after(exchange, now), exchange)


def _retry_after(exchange: Exchange, now: datetime) -> float:
    """Seconds the server asks us to wait: 0 where it does not say."""
    value = exchange.header("retry-after").strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, math.ceil((until - now).total_seconds()))
