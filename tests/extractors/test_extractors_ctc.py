"""Probabilities to text: a sign's two widths and a space's place are no doubt about what is printed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.scan.ctc import read_text

#: position 0 is CTC's blank
ALPHABET = ("", "(", "（", "三", "五", "1", "１", "，", ",", " ")


def _steps(*steps: dict[str, float]) -> np.ndarray:
    found = np.zeros((len(steps), len(ALPHABET)), np.float32)
    for row, step in zip(found, steps, strict=True):
        for character, probability in step.items():
            row[ALPHABET.index(character)] = probability
    return found


def test_both_widths_of_a_sign_are_one() -> None:
    guess = read_text(_steps({"(": 0.45, "（": 0.55}, {"": 1.0}, {"三": 0.98, "五": 0.02}), ALPHABET)
    assert guess.text == "（三"
    assert guess.confidence == pytest.approx(0.98)


def test_the_widths_together_win_over_another_character() -> None:
    guess = read_text(_steps({"三": 0.4, ",": 0.35, "，": 0.25}), ALPHABET)
    assert guess.text == ","
    assert guess.confidence == pytest.approx(0.6)


def test_two_widths_in_a_row_are_one_sign() -> None:
    assert (
        read_text(_steps({"1": 0.6, "１": 0.4}, {"１": 0.7, "1": 0.3}, {"": 1.0}, {"1": 0.9}), ALPHABET).text == "１1"
    )


def test_whether_a_space_is_printed_is_no_doubt() -> None:
    guess = read_text(_steps({"五": 0.9}, {" ": 0.55, "": 0.45}, {"1": 0.95}), ALPHABET)
    assert guess.text == "五 1"
    assert guess.confidence == pytest.approx(0.9)


def test_a_real_doubt_stays() -> None:
    assert read_text(_steps({"三": 0.51, "五": 0.49}), ALPHABET).confidence == pytest.approx(0.51)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_no_text_is_surer_than_certain(seed: int, steps: int) -> None:
    raw = np.random.default_rng(seed).random((steps, len(ALPHABET)), np.float32) ** 8
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    before = probabilities.copy()
    guess = read_text(probabilities, ALPHABET)
    assert 0 <= guess.confidence <= 1 + 1e-5
    assert np.array_equal(before, probabilities)
