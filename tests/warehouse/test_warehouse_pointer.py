"""A lost pointer is no new warehouse: nothing is released over what lies there."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_province import Doc, batch, contents, night

from warehouse import record
from warehouse.checkup import chain
from warehouse.errors import WarehouseError
from warehouse.release import publish
from warehouse.status import current, releases

DOCS = [Doc(1, 2022, 10), Doc(2, 2022, 20)]


@pytest.mark.parametrize("count", [1, 2])
def test_nothing_is_released_beside_a_lost_pointer(tmp_path: Path, count: int) -> None:
    for number in range(count):
        publish(tmp_path, batch([Doc(1, 2022, number)]), night(number))
    before = {path: path.read_bytes() for path in (tmp_path / "warehouse" / "releases").iterdir()}
    (tmp_path / "warehouse" / "RELEASE").unlink()
    told = rf"RELEASE is missing, beside {count} release records up to r000{count}; restore it from a backup, or"
    with pytest.raises(WarehouseError, match=told):
        publish(tmp_path, batch(DOCS), night(5))
    with pytest.raises(WarehouseError, match=told):
        current(tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "warehouse" / "releases").iterdir()} == before
    (fault,) = chain(tmp_path).faults
    assert fault.line.startswith(f"release: warehouse/RELEASE: missing, beside {count} release records up to")
    # What the message says to do.
    (tmp_path / "warehouse" / "RELEASE").write_text(f"r000{count}", "utf-8")
    assert chain(tmp_path).faults == ()
    publish(tmp_path, batch(DOCS), night(5))
    assert [one.release_id for one in releases(tmp_path)] == [f"r{n + 1:04d}" for n in range(count + 1)]


@pytest.mark.parametrize("name", ["first", "r0001.json", "RELEASE", ""])
def test_a_first_release_that_was_killed_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Before each of the files that make a release, and (without a name) before the mark of the first goes."""
    real = record.replace_text

    def dying(path: Path, text: str) -> None:
        if path.name == name:
            raise KeyboardInterrupt
        real(path, text)

    monkeypatch.setattr(record, "replace_text", dying)
    if not name:
        monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, batch(DOCS), night(0))
    monkeypatch.undo()
    assert (current(tmp_path) is None) is bool(name)
    assert chain(tmp_path).faults == ()
    publish(tmp_path, batch(DOCS), night(1))
    assert [one.release_id for one in releases(tmp_path)] == ["r0001"]
    publish(tmp_path, batch([Doc(1, 2022, 99)]), night(2))
    undisturbed = tmp_path / "undisturbed"
    publish(undisturbed, batch(DOCS), night(0))
    publish(undisturbed, batch([Doc(1, 2022, 99)]), night(2))
    assert contents(tmp_path) == contents(undisturbed)
    (tmp_path / "warehouse" / "RELEASE").unlink()
    with pytest.raises(WarehouseError, match="RELEASE is missing"):
        current(tmp_path)
