"""`kill -9` at every step and at random moments: a reader sees a whole release, the next run mends the rest."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from dying import Publisher
from killed import first, second
from made_province import contents, night

from warehouse.release import publish
from warehouse.status import current, releases


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("undisturbed")
    publish(home, first(), night(0))
    publish(home, second(), night(1))
    return home


def _started(undisturbed: Path, tmp_path: Path) -> Path:
    """A home whose first release is that of the undisturbed run."""
    home = tmp_path / "home"
    home.mkdir()
    publish(home, first(), night(0))
    assert contents(home) == contents(undisturbed, "r0001")
    return home


def test_killed_after_every_step(publisher: Publisher, undisturbed: Path, tmp_path: Path) -> None:
    home = _started(undisturbed, tmp_path)
    expected = {name: contents(undisturbed, name) for name in ("r0001", "r0002")}
    codes, seen = [], []
    # One crash upon the other in the same home, each a step further.
    while not codes or codes[-1]:
        codes.append(publisher.run(home, len(codes) + 1))
        release = current(home)
        assert release
        assert contents(home) == expected[release.release_id]
        seen.append(release.release_id)
    assert len(codes) > 15
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert seen == sorted(seen)
    assert seen.count("r0001") > 15
    assert publish(home, second(), night(2)) is None
    assert [release.release_id for release in releases(home)] == ["r0001", "r0002"]


def test_killed_in_a_new_home(publisher: Publisher, tmp_path: Path) -> None:
    homes = [tmp_path / f"空 {n}'s" for n in range(2)]
    publish(homes[0], second(), night(1))
    for step in (1, 2, 5, 9, 13):
        assert publisher.run(homes[1], step) == -signal.SIGKILL
        assert current(homes[1]) is None
    assert publisher.run(homes[1]) == 0
    assert contents(homes[1]) == contents(homes[0])


def test_killed_at_random_moments(publisher: Publisher, undisturbed: Path, tmp_path: Path) -> None:
    expected = {name: contents(undisturbed, name) for name in ("r0001", "r0002")}
    base = _started(undisturbed, tmp_path)
    start = time.monotonic()
    assert publisher.run(shutil.copytree(base, tmp_path / "timed")) == 0
    whole = time.monotonic() - start
    moments = random.Random(20260301)
    killed = tries = 0
    home = shutil.copytree(base, tmp_path / "0")
    while killed < 12 and tries < 40:
        tries += 1
        killed += publisher.run(home, seconds=moments.uniform(0.001, whole)) != 0
        release = current(home)
        assert release
        assert contents(home) == expected[release.release_id]
        if release.release_id == "r0002":
            home = shutil.copytree(base, tmp_path / str(tries))
    assert killed == 12
    publish(home, second(), night(1))
    assert contents(home) == expected["r0002"]
