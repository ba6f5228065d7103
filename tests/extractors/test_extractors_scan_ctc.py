"""Decoding: what is fast gives the same as what is plain."""

from __future__ import annotations

from itertools import groupby, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_makers import scanned_pdf

from extractors.limits import Limits
from extractors.scan.components import chosen
from extractors.scan.ctc import Guess, read_figure, read_text
from extractors.scan.reader import read_scan
from form.errors import DocumentError

#: The blank, the signs of a figure, some that come in both widths, and the spaces.
ALPHABET = ("", *"0123456789.,/+-()", *"件重a", *"（）０１：:", "\u3000", " ")
PLACE = {character: i for i, character in enumerate(ALPHABET)}


def steps(*shares: dict[str, float]) -> Any:
    """Probabilities with so much for each character at each step, the rest for 重."""
    out = np.zeros((len(shares), len(ALPHABET)), np.float32)
    for row, share in zip(out, shares, strict=True):
        for character, p in share.items():
            row[PLACE[character]] = p
        row[PLACE["重"]] += 1 - sum(share.values())
    return out


@pytest.mark.parametrize(
    ("shares", "text", "confidence"),
    [
        (({"件": 0.9}, {"件": 0.8}, {"": 1.0}, {"件": 0.7}), "件件", 0.7),
        (({"": 0.6}, {"": 0.9}), "", 0.0),
        # Neither width has the most alone, both together have it; printed is the likelier one.
        (({"(": 0.3, "（": 0.32},), "（", 0.62),
        (({"(": 0.32, "（": 0.3},), "(", 0.62),
        (({"：": 0.7, ":": 0.25}, {"：": 0.1, ":": 0.85}), ":", 0.95),
        # A space is nothing, in either width.
        (({"件": 0.9}, {" ": 0.4, "\u3000": 0.1, "": 0.3}, {"件": 0.8}), "件 件", 0.8),
    ],
)
def test_text(shares: tuple[dict[str, float], ...], text: str, confidence: float) -> None:
    found = read_text(steps(*shares), ALPHABET)
    assert (found.text, round(found.confidence, 4)) == (text, confidence)


def test_no_step_is_no_text() -> None:
    assert read_text(steps(), ALPHABET) == Guess("", 0.0)


_SHARES = st.tuples(st.sampled_from(["", "1"]), st.sampled_from(["7", "0"]), st.floats(0, 1, width=32))


@settings(max_examples=150, deadline=None)
@given(st.lists(_SHARES, min_size=1, max_size=4))
def test_a_figure_has_the_probability_of_all_ways_to_read_it(shares: list[tuple[str, str, float]]) -> None:
    made = [{one: p, other: 1 - p} for one, other, p in shares]
    ways: dict[str, float] = {}
    for path, p in _paths(made):
        ways[path] = ways.get(path, 0.0) + p
    found = read_figure(steps(*made), ALPHABET)
    assert found[0].confidence == pytest.approx(max(ways.values()), abs=1e-3)
    for guess in found:
        assert guess.confidence == pytest.approx(ways.get(guess.text, 0.0), abs=1e-3)


def _paths(made: list[dict[str, float]]) -> list[tuple[str, float]]:
    """The text of every path through the steps, with the path's probability."""
    found = []
    for path in product(*(share.items() for share in made)):
        text = "".join(character for character, _ in groupby(c for c, _ in path))
        found.append((text, float(np.prod([p for _, p in path]))))
    return found


def test_a_symbol_of_a_figure_is_all_that_looks_like_it() -> None:
    found = read_figure(steps({"0": 0.4, "０": 0.5, "1": 0.1}, {" ": 0.5, "": 0.5}), ALPHABET)
    assert [(guess.text, round(guess.confidence, 3)) for guess in found[:2]] == [("0", 0.9), ("1", 0.1)]


@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_components_are_chosen_by_label(kind: type) -> None:
    labels = np.random.default_rng(1).integers(0, 900, (50, 70)).astype(kind)
    which = np.random.default_rng(2).random(900) < 0.4
    assert (chosen(labels, which, 255) == np.where(which[labels], 255, 0)).all()


def test_a_first_page_that_fails_leaves_no_page_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait for which way up it lies."""

    def refused(canvas: object, number: int, limits: Limits) -> list[Any]:
        raise DocumentError("too_complex", f"page {number}")

    def lost(gray: object) -> float:
        raise DocumentError("too_large", "no skew")

    page = np.full((300, 200, 3), 255, np.uint8)
    for place, failing in (("extractors.scan.reader.find_grids", refused), ("extractors.scan.upright.skew_of", lost)):
        with monkeypatch.context() as patch:
            patch.setattr(place, failing)
            with pytest.raises(DocumentError):
                read_scan(scanned_pdf([page, page, page], 100), "application/pdf", limits=Limits())
