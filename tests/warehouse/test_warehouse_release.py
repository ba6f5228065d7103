from __future__ import annotations

from pathlib import Path

from province import Doc, batch, contents, night

from warehouse.release import publish
from warehouse.status import current, releases


def test_same_batch_twice(tmp_path: Path) -> None:
    docs = [Doc(u, y, 10 * u) for u in range(1, 6) for y in (2022, 2023)]
    first = publish(tmp_path, batch(docs, [Doc(9, 2023, 1)], [Doc(8, 2023, 1)], "n"), night(0))
    assert first is not None
    assert first.release_id == "r0001"
    print(first)
    again = publish(tmp_path, batch(docs, [Doc(9, 2023, 1)], [Doc(8, 2023, 1)], "n"), night(1))
    assert again is None
    print(contents(tmp_path)["reports"][0])
    from warehouse.query import query

    for t in "reports cells held_reports held_cells verdicts findings coverage captures documents releases".split():
        print(t, query(tmp_path, f"select count(*) n from {t}").to_pylist())
    print(query(tmp_path, "from releases").to_pylist())
    print(query(tmp_path, "from reports limit 1").schema)
    third = publish(tmp_path, batch([Doc(1, 2022, 77), Doc(9, 2023, 2)]), night(2))
    print(third)
