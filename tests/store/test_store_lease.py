"""One writer at a time: whatever the holders do, no two hold, and a dead one is outlived."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from store import lease
from store.errors import StoreBusyError
from store.lease import LASTS, Claim, Lease, decoded, held
from store.remote import Remote, Seen

START = datetime(2026, 3, 1, tzinfo=UTC)
_places = count()


@dataclass
class Writer:
    """One that wants to write. `dead` takes no further step; `until` is what it may believe."""

    claim: Claim
    until: datetime = START
    dead: bool = False
    #: the release pointer as it was under the lease
    seen: Seen | None = None


@dataclass
class World:
    place: Remote = field(default_factory=lambda: Remote(f"memory://leases/{next(_places)}"))
    now: datetime = START
    written: int = 0


class Leases(RuleBasedStateMachine):
    """Writers over a real store in memory, with a clock of our own."""

    writers = Bundle("writers")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.all: list[Writer] = []

    def alive(self, writer: Writer) -> bool:
        return not writer.dead and writer.until > self.world.now

    @rule(target=writers)
    def comes(self) -> Writer:
        if len(self.all) >= 4:
            return multiple()  # type: ignore[return-value]
        writer = Writer(Claim(self.world.place / "lease", f"w{len(self.all)}", f"token{len(self.all)}"))
        self.all.append(writer)
        return writer

    @rule(writer=writers)
    def takes(self, writer: Writer) -> None:
        if writer.dead:
            return
        others = [one for one in self.all if one is not writer and one.until > self.world.now]
        standing = writer.claim.take(self.world.now)
        assert (standing is None) == (not others)
        if standing is None:
            writer.until = self.world.now + LASTS
            writer.seen = (self.world.place / "pointer").look()
        else:
            assert standing.holder == f"w{self.all.index(others[0])}"

    @rule(writer=writers)
    def renews(self, writer: Writer) -> None:
        if writer.dead:
            return
        late = writer.until <= self.world.now
        if writer.claim.renew(self.world.now):
            writer.until = self.world.now + LASTS
        else:
            # Only one that slept can have lost it.
            assert late
            writer.until = START

    @rule(writer=writers)
    def leaves(self, writer: Writer) -> None:
        if not writer.dead:
            writer.claim.leave(self.world.now)
            writer.until = START

    @rule(writer=writers)
    def dies(self, writer: Writer) -> None:
        writer.dead = True

    @rule(writer=writers)
    def writes(self, writer: Writer) -> None:
        """Even one that has lost the lease tries to: the pointer's own condition decides."""
        if writer.dead or writer.seen is None:
            return
        pointer = self.world.place / "pointer"
        before = pointer.look()
        tag = pointer.swap(b"%d" % (self.world.written + 1), writer.seen.tag)
        assert (tag is not None) == (before == writer.seen)
        if tag is not None:
            self.world.written += 1
            writer.seen = pointer.look()

    @rule(seconds=st.sampled_from([1, 10, 29, 30, 31, 100]))
    def time_goes(self, seconds: int) -> None:
        self.world.now += timedelta(seconds=seconds)

    @invariant()
    def one_at_a_time(self) -> None:
        assert sum(self.alive(writer) for writer in self.all) <= 1

    @invariant()
    def nothing_written_is_lost(self) -> None:
        data = (self.world.place / "pointer").look().data
        assert data == (b"%d" % self.world.written if self.world.written else None)


TestLeases = Leases.TestCase
TestLeases.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_what_is_no_lease_is_taken() -> None:
    place = Remote(f"memory://leases/{next(_places)}/lease")
    place.write_bytes(b"{]")
    assert Claim(place, "a", "t").take(START) is None
    assert decoded(place.look().data) == Lease("a", "t", START + LASTS)


def test_a_renewal_whose_answer_was_lost_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Remote(f"memory://leases/{next(_places)}/lease")
    claim = Claim(place, "a", "t")
    assert claim.take(START) is None
    # The store has it; we were never told.
    place.swap(Lease("a", "t", START + 2 * LASTS).encoded(), place.look().tag)
    assert claim.renew(START + LASTS)
    other = Claim(place, "b", "u")
    assert other.take(START + LASTS) == Lease("a", "t", START + 2 * LASTS)
    assert other.take(START + 2 * LASTS) is None
    assert not claim.renew(START + 2 * LASTS)
    claim.leave(START + 2 * LASTS)
    assert decoded(place.look().data) == Lease("b", "u", START + 3 * LASTS)


def test_a_holder_that_lives_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LASTS", timedelta(seconds=0.6))
    monkeypatch.setattr(lease, "_PAUSE", 0.05)
    place = Remote(f"memory://leases/{next(_places)}/lease")
    refused = pytest.raises(StoreBusyError, match="by process 7 on this; try again")
    with held(place, "process 7 on this", 0), refused, held(place, "another", 0):
        pass
    # Left, it is free at once.
    with held(place, "another", 0):
        pass


def test_a_dead_holder_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_PAUSE", 0.01)
    place = Remote(f"memory://leases/{next(_places)}/lease")
    now = [START]
    assert Claim(place, "dead", "t").take(START) is None

    def clock() -> datetime:
        now[0] += timedelta(seconds=5)
        return now[0]

    with held(place, "alive", 0, clock):
        found = decoded(place.look().data)
        assert found
        assert found.holder == "alive"


def test_the_lease_is_renewed_while_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LASTS", timedelta(seconds=0.3))
    place = Remote(f"memory://leases/{next(_places)}/lease")
    renewed = threading.Event()
    real = Claim.renew

    def renew(self: Claim, now: datetime) -> bool:
        done = real(self, now)
        renewed.set()
        return done

    monkeypatch.setattr(Claim, "renew", renew)
    with held(place, "a", 0):
        first = place.look()
        assert renewed.wait(30)
        assert place.look() != first
