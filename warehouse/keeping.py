"""Which releases stay readable: all of some months, then the last of each month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.record import Release
from warehouse.status import ZONE


@dataclass(frozen=True, slots=True)
class Policy:
    """Kept are the releases of the last `days` days, at least the last `least`, and the last of each month.

    `named` are release ids that somebody still goes by (the release of a reader's last report). Months are China's.
    """

    days: int = 90
    least: int = 10
    named: frozenset[str] = frozenset()

    def keeps(self, releases: Sequence[Release], now: datetime) -> frozenset[str]:
        """The ids of those of `releases` (all there are, oldest first) that stay."""
        since = now - timedelta(days=self.days)
        kept = {release.release_id for release in releases if release.created_at >= since}
        kept |= {release.release_id for release in releases[-max(self.least, 2) :]}
        months = {f"{release.created_at.astimezone(ZONE):%Y-%m}": release.release_id for release in releases}
        return frozenset(kept | set(months.values()) | self.named.intersection(it.release_id for it in releases))


def unbroken(releases: Sequence[Release], kept: Collection[str]) -> Release:
    """The oldest of all `releases`, removed ones too, from which on all are kept; the newest always is."""
    oldest = releases[-1]
    for release in reversed(releases):
        if release.release_id not in kept:
            break
        oldest = release
    return oldest
