"""Publisher's slips: one printed figure wrong, so that the form's own sums no longer hold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Final

from benchmarks.accuracy.arithmetic import broken
from benchmarks.accuracy.truth import Slip
from samples import keys
from samples.draft import Draft

#: digits that recognition confuses: the slips that a reader is most tempted to undo
_LOOKALIKE: Final = {
    "0": "8",
    "1": "7",
    "2": "7",
    "3": "8",
    "4": "1",
    "5": "6",
    "6": "8",
    "7": "1",
    "8": "3",
    "9": "0",
}
_TRIES: Final = 200


def _off_by_one(text: str, rng: Random) -> str:
    return str(int(text) + 1) if text == "0" or rng.random() < 0.5 else str(int(text) - 1)


def _lookalike(text: str, rng: Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + _LOOKALIKE[text[place]] + text[place + 1 :]


def _doubled(text: str, rng: Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place] + text[place:]


def _dropped(text: str, rng: Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 :] or str(rng.randint(1, 9))


def _swapped(text: str, rng: Random) -> str:
    place = rng.randrange(max(1, len(text) - 1))
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


_KINDS: Final[tuple[Callable[[str, Random], str], ...]] = (_off_by_one, _lookalike, _doubled, _dropped, _swapped)


def plant(draft: Draft, count: int, rng: Random) -> tuple[Slip, ...]:
    """Changes `count` figures of tables three and four, each so that it breaks a rule that held before."""
    slips: list[Slip] = []
    open_keys = [k for k in draft.cells if not k.startswith("proactive") and draft.cells[k] is not None]
    for _ in range(_TRIES):
        if len(slips) == count:
            return tuple(slips)
        key = rng.choice(open_keys)
        right = draft.value(key)
        printed = Decimal(int(rng.choice(_KINDS)(f"{right:f}", rng)))
        if printed == right or _same_sums(key, [slip.key for slip in slips]):
            continue
        before = broken(draft.cells)
        draft.cells[key] = printed
        after = broken(draft.cells)
        if before < after:
            slips.append(Slip(key, right, printed))
        else:
            draft.cells[key] = right
    raise ValueError(f"no room for {count} slips in {draft.unit.id} {draft.year}")


def _same_sums(key: str, others: list[str]) -> bool:
    """Whether two slips would stand in one row or column: they could hide each other."""
    _, row, column = key.split(".")
    return any(row == o.split(".")[1] or (column == o.split(".")[2] != keys.TOTAL) for o in others)
