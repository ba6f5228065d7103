"""Components of masks: the same whether 16 bits or 32 hold the labels, whatever the mask."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.scan import components as room
from extractors.scan.components import H, W, chosen, components


def _by_opencv(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return labels, stats


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 90), st.sampled_from((0.02, 0.3, 0.5, 0.9)))
def test_components_are_those_of_opencv(seed: int, height: int, width: int, share: float) -> None:
    mask = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8) * np.uint8(255)
    labels, stats = components(mask)
    expected_labels, expected = _by_opencv(mask)
    assert np.array_equal(labels, expected_labels)
    assert np.array_equal(stats, expected)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from((0.05, 0.25, 0.5)), st.integers(300, 330), st.integers(300, 330))
def test_no_more_labels_are_needed_than_were_counted(seed: int, share: float, height: int, width: int) -> None:
    mask = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8)
    assert len(_by_opencv(mask)[1]) - 1 <= room._runs(mask)


@pytest.mark.parametrize("step", [2, 3])
def test_a_page_of_dust_needs_more_than_16_bits(step: int) -> None:
    mask = np.zeros((900, 900), np.uint8)
    mask[::step, ::step] = 1
    labels, stats = components(mask)
    assert len(stats) == 1 + (-(-900 // step)) ** 2
    assert np.array_equal(labels, _by_opencv(mask)[0])


def test_chosen_components_alone_are_left() -> None:
    mask = np.zeros((10, 30), np.uint8)
    mask[2, 3:25] = mask[5:8, 4] = 255
    labels, stats = components(mask)
    wide = stats[:, W] > stats[:, H]
    wide[0] = False
    left = chosen(labels, wide, 255)
    assert left[2, 3:25].all()
    assert np.count_nonzero(left) == 22
