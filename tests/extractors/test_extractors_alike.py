"""Pictures that are grouped show the same figure, whatever the font and the scanner."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from figure_makers import FONTS, Taken, picture
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.scan.alike import alike

FIGURES = [*"0123456789", "10", "11", "13", "15", "16", "18", "60", "68", "80", "88", "90", "96", "98", "-1", "-7"]
FIGURES += ["1.5", "3.6", "3.8", "108", "106"]

taken = st.builds(
    Taken,
    dpi=st.sampled_from([100, 120, 150, 200, 300]),
    noise=st.sampled_from([0.0, 4.0, 8.0, 16.0]),
    blur=st.sampled_from([0.0, 0.3, 0.5, 0.8]),
    jpeg=st.sampled_from([0, 25, 40, 70]),
    right=st.floats(0, 1, width=32),
    down=st.floats(0, 1, width=32),
)


@settings(max_examples=400, deadline=None)
@given(
    figures=st.lists(st.sampled_from(FIGURES), min_size=2, max_size=2, unique=True),
    font=st.sampled_from(FONTS),
    points=st.sampled_from([8.0, 9.0, 10.5, 12.0, 14.0]),
    ways=st.tuples(taken, taken),
    seed=st.integers(0, 2**16),
)
def test_two_figures_are_never_alike(
    figures: list[str], font: str, points: float, ways: tuple[Taken, Taken], seed: int
) -> None:
    crops = [picture(figures[i], font, points, ways[i], seed + i) for i in range(2)]
    assert sorted(alike(crops)) == [[0], [1]]


@pytest.mark.parametrize(("font", "dpi"), list(product(FONTS, (100, 150, 200, 300))))
def test_every_two_figures_of_a_page_are_apart(font: str, dpi: int) -> None:
    """Taken alike, which is when they differ least."""
    for noise, blur, points in ((0.0, 0.0, 9.0), (8.0, 0.5, 9.0), (0.0, 0.8, 10.5)):
        crops = [picture(figure, font, points, Taken(dpi, noise, blur), n) for n, figure in enumerate(FIGURES)]
        assert [group for group in alike(crops) if len(group) > 1] == []


@pytest.mark.parametrize("font", FONTS)
def test_one_figure_printed_often_is_one_group(font: str) -> None:
    rng = np.random.default_rng(1)
    for figure in ("0", "8", "12"):
        ways = [Taken(200, 6.0, 0.3, 60, *rng.random(2)) for _ in range(12)]
        crops = [picture(figure, font, 10.5, how, n) for n, how in enumerate(ways)]
        assert [len(group) for group in alike(crops)] == [12]


def test_groups_hold_every_crop_once_and_do_not_depend_on_chance() -> None:
    rng = np.random.default_rng(2)
    crops = [picture(figure, "noto", 10.5, Taken(150, 10.0), int(rng.integers(99))) for figure in "0010203"]
    crops.append(np.zeros((60, 400), np.uint8))
    groups = alike(crops)
    assert sorted(n for group in groups for n in group) == list(range(8))
    assert alike(crops) == groups
    assert sorted(next(group for group in groups if 0 in group)) == [0, 1, 3, 5]
    assert alike([]) == []
