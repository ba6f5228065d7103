"""One writer at a time in an object store: a lease that ends by itself, so that a dead holder is outlived.

The lease is one object, replaced only on the condition that it still is what was read. It keeps writers apart in
ordinary life; that a writer who lost it without noticing does no harm, is the work of what is written on the same
condition: the release's pointer and the archive's.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from store.errors import StoreBusyError, StoreError
from store.remote import Remote, Seen

#: How long a lease lasts unless renewed: a dead holder is waited for no longer than that.
LASTS: Final = timedelta(seconds=30)
#: Seconds between two looks at a lease that somebody else holds.
_PAUSE: Final = 0.5
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may write, and until when; `token` is the holder's own, and differs each time."""

    holder: str
    token: str
    expires: datetime

    def over(self, now: datetime) -> bool:
        """Whether anybody may take it."""
        return self.expires <= now

    def encoded(self) -> bytes:
        """As the object holds it."""
        named = {"holder": self.holder, "token": self.token, "expires": self.expires.isoformat()}
        return (json.dumps(named, ensure_ascii=False) + "\n").encode()


def decoded(data: bytes | None) -> Lease | None:
    """The lease of an object; None where there is none, or nothing that we wrote."""
    try:
        found = json.loads(data or b"")
        return Lease(str(found["holder"]), str(found["token"]), datetime.fromisoformat(found["expires"]))
    except (ValueError, KeyError, TypeError):
        return None


class Claim:
    """One writer's claim to the lease at `where`. Its times are the caller's; threads do not share one."""

    def __init__(self, where: Remote, holder: str, token: str, lasts: timedelta = LASTS) -> None:
        self._where, self._lasts = where, lasts
        self._own = Lease(holder, token, datetime.min.replace(tzinfo=UTC))
        self._tag: str | None = None

    def take(self, now: datetime) -> Lease | None:
        """Take the lease if nobody has it or it is over; gives the lease of whoever has it, else None."""
        seen = self._where.look()
        standing = decoded(seen.data)
        if standing is not None and standing.token != self._own.token and not standing.over(now):
            return standing
        if self._put(seen, now + self._lasts):
            return None
        return decoded(self._where.look().data) or self._own

    def renew(self, now: datetime) -> bool:
        """Hold it for longer; False where somebody took it meanwhile."""
        if self._tag is None:
            return False
        if self._put(Seen(b"", self._tag), now + self._lasts):
            return True
        # A renewal whose answer was lost is ours all the same.
        seen = self._where.look()
        standing = decoded(seen.data)
        ours = standing is not None and standing.token == self._own.token
        return ours and self._put(seen, now + self._lasts)

    def leave(self, now: datetime) -> None:
        """Let others have it, if it is still ours."""
        if self._tag is not None:
            self._put(Seen(b"", self._tag), now)
            self._tag = None

    def _put(self, seen: Seen, expires: datetime) -> bool:
        self._own = replace(self._own, expires=expires)
        self._tag = self._where.swap(self._own.encoded(), seen.tag)
        return self._tag is not None


@contextmanager
def held(where: Remote, holder: str, wait: float, clock: Clock | None = None) -> Iterator[None]:
    """Hold the lease at `where`, renewed all the while, for the length of the block.

    Waits up to `wait` seconds for a holder that lives (it renews), and for a dead one until its lease is over.
    Raises StoreBusyError naming the holder.
    """
    clock = clock or _now
    claim = Claim(where, holder, uuid4().hex)
    _wait_for(claim, where, wait, clock)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(claim, clock, ended), name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        _leave(claim, clock)


def _wait_for(claim: Claim, where: Remote, wait: float, clock: Clock) -> None:
    begun, first = time.monotonic(), None
    while (other := claim.take(clock())) is not None:
        first = first or other
        waited = time.monotonic() - begun
        # One that is not renewed is soon over, whatever a person's patience; a clock that is far off ends it as well.
        lives = other != first or waited > 2 * LASTS.total_seconds()
        if waited >= wait and lives:
            raise StoreBusyError(f"{where.parent} is being written by {other.holder}; try again later")
        time.sleep(_PAUSE)


def _renew(claim: Claim, clock: Clock, ended: threading.Event) -> None:
    while not ended.wait(LASTS.total_seconds() / 3):
        try:
            if not claim.renew(clock()):
                return
        except StoreError:
            # The store is away: what is written on a condition decides, not we.
            continue


def _leave(claim: Claim, clock: Clock) -> None:
    try:
        claim.leave(clock())
    except StoreError:
        # It ends by itself.
        return


def _now() -> datetime:
    return datetime.now(UTC)
