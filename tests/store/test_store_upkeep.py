"""Upkeep and doctor in a real object store, on a home whose archive and warehouse were copied into it."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "warehouse"), str(HERE.parent / "flows")]

from made_archive import AT, made, page  # noqa: E402
from made_province import Doc, batch, contents, night  # noqa: E402

from flows.doctor import examine  # noqa: E402
from flows.home import Home  # noqa: E402
from flows.housekeeping import keep_up, plan_upkeep  # noqa: E402
from samples.figures import unit_reports  # noqa: E402
from store.files import names  # noqa: E402
from store.remote import Remote  # noqa: E402
from warehouse import delta_upkeep, deltas  # noqa: E402
from warehouse.errors import QueryError  # noqa: E402
from warehouse.keeping import Policy  # noqa: E402
from warehouse.record import current  # noqa: E402
from warehouse.release import publish  # noqa: E402
from warehouse.spec import TABLES  # noqa: E402
from warehouse.upkeep import upkeep  # noqa: E402

NONE = Policy(days=0, least=2)
NOW = AT + timedelta(days=40)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four releases in a folder."""
    shelf = made(tmp_path_factory.mktemp("shelf"), count=2, years=(2023, 2024))
    unit = shelf.units[1]
    for number in (1, 2, 3):
        draft = list(unit_reports(unit, shelf.years, 5 + number))[1]
        shelf.capture({(unit.id, 2024): page(draft)}, hour=24 * number)
        assert shelf.run()
    return shelf.home.root


@pytest.fixture
def home(sound: Path, bucket: Remote, tmp_path: Path) -> Home:
    for folder in ("archive", "warehouse"):
        for path in sorted((sound / folder).rglob("*")):
            if path.is_file():
                (bucket / path.relative_to(sound).as_posix()).upload(path)
    return Home(tmp_path / "home", bucket)


def lines(home: Home) -> list[str]:
    return [fault.line for fault in examine(home, NOW)]


def test_upkeep_and_a_night_after_it(home: Home, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is newer than a day may be of a writer that was overtaken.
    assert not any(waste.data or waste.log for waste in plan_upkeep(home, NONE, NOW).warehouse.waste.values())
    monkeypatch.setattr(delta_upkeep, "SPARED", timedelta(seconds=-1))
    known = {name: contents(sound, name) for name in ("r0001", "r0002", "r0003", "r0004")}
    plan = plan_upkeep(home, NONE, NOW)
    kept = keep_up(home, NONE, NOW)
    assert kept.warehouse.removed == plan.warehouse.removed == ("r0001", "r0002")
    assert kept.warehouse.versions
    assert kept.size > 0
    for name in ("r0003", "r0004"):
        assert contents(home.store, name) == known[name]
    with pytest.raises(QueryError, match="release r0002 was removed by upkeep on"):
        contents(home.store, "r0002")
    assert lines(home) == []
    # What the version before compaction had goes next time; a night goes on from there.
    again = upkeep(home.store, NONE, NOW)
    assert sum(len(waste.data) for waste in again.waste.values()) > 0
    assert contents(home.store) == known["r0004"]
    assert publish(home.store, batch([Doc(1, 2023, 5)]), night(60))
    assert contents(home.store, "r0004") == known["r0004"]


def test_doctor_says_what_is_wrong(home: Home) -> None:
    assert lines(home) == []
    release = current(home.store)
    assert release
    table = home.store / "warehouse" / "cells"
    lost = next(iter(deltas.files(table, TABLES["cells"], release.tables["cells"]).values()))[0]
    archive = home.store / "archive"
    warc = archive / next(name for name in names(archive) if name.endswith(".warc.gz"))
    data = bytearray(warc.read_bytes())
    data[len(data) // 2] ^= 0xFF
    warc.write_bytes(bytes(data))
    Remote(lost).unlink()
    capture, missing = lines(home)
    assert capture.startswith("capture: archive/")
    assert missing.startswith("data: warehouse/cells/year=")
    assert ": missing; " in missing
