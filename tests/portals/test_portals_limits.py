from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from portals_support import FakeTime

from portals.limits import HostGate

STEPS = st.lists(
    st.one_of(
        st.just(("turn", 0.0)),
        st.tuples(st.just("pass"), st.floats(0, 9)),
        st.tuples(st.just("hold"), st.floats(0, 9)),
        st.tuples(st.just("slow"), st.floats(0, 9)),
    ),
    max_size=30,
)


@given(st.floats(0, 5), STEPS)
def test_starts_keep_every_distance_asked_for(delay: float, steps: list[tuple[str, float]]) -> None:
    fake = FakeTime()
    gate = HostGate(delay, 1, fake.times)
    last, held = -1e9, 0.0
    for what, seconds in steps:
        if what == "turn":
            with gate.turn():
                assert fake.seconds >= last + delay - 1e-6 and fake.seconds >= held - 1e-6
                last = fake.seconds
        elif what == "pass":
            fake.seconds += seconds
        elif what == "hold":
            gate.hold(seconds)
            held = max(held, fake.seconds + seconds)
        else:
            # A slower pace counts from the next start on.
            gate.slow(seconds)
            with gate.turn():
                last = fake.seconds
            delay = max(delay, seconds)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 4), st.integers(1, 8))
def test_no_more_turns_at_once_than_slots(slots: int, threads: int) -> None:
    gate = HostGate(0, slots, FakeTime().times)
    active, most, lock = 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal active, most
        with gate.turn():
            with lock:
                active += 1
                most = max(most, active)
            time.sleep(0.001)
            with lock:
                active -= 1

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(12)))
    assert 1 <= most <= slots


def test_a_slot_is_given_back_after_a_fault() -> None:
    gate = HostGate(0, 1, FakeTime().times)
    for _ in range(3):
        try:
            with gate.turn():
                raise OSError
        except OSError:
            pass
    with gate.turn():
        pass


def test_chance_only_ever_adds_to_a_delay() -> None:
    fake = FakeTime()
    chances = iter([0.0, 1.0, 0.5])
    gate = HostGate(8.0, 1, replace(fake.times, chance=lambda: next(chances)))
    starts = []
    for _ in range(3):
        with gate.turn():
            starts.append(fake.seconds)
    assert starts == [0.0, 8.0, 18.0]
