"""SQL over a release: what it sees, and what it may not do."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from made_province import Doc, batch, night

from warehouse import query as module
from warehouse.errors import QueryError
from warehouse.query import query
from warehouse.record import releases
from warehouse.release import publish
from warehouse.scan import DataFiles
from warehouse.spec import TABLES
from warehouse.spec_claims import CLAIM_VIEWS
from warehouse.status import read_table
from warehouse.table import Table


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """r0001 of 1 March 18:00 UTC (2 March in Shanghai), r0002 a day later, r0003 two days after that."""
    made = tmp_path_factory.mktemp("home")
    publish(made, batch([Doc(1, 2023, 5), Doc(2, 2022, 6)], note="一"), night(0))
    publish(made, batch([Doc(1, 2023, 7)], held=[Doc(3, 2023, 1)], note="二"), night(1))
    publish(made, batch([Doc(4, 2023, 1)], note="三"), night(3))
    return made


def _count(home: Path, table: str, as_of: str | None = None) -> int:
    return int(query(home, f"SELECT count(*) AS n FROM {table}", as_of)["n"][0].as_py())


def test_every_table_is_there(home: Path) -> None:
    for name in TABLES:
        assert query(home, f"SELECT * FROM {name}").num_rows == read_table(home, name).num_rows
        assert query(home, f"SELECT * FROM {name}").column_names == TABLES[name].names
    assert _count(home, "held_cells") == 5
    assert _count(home, "held_cells", "r0001") == 0


def test_claims_are_rows_of_their_own(home: Path) -> None:
    for name, table in zip(("claims", "held_claims"), CLAIM_VIEWS.values(), strict=True):
        found = query(home, f"SELECT * FROM {name} ORDER BY report_id, place")
        reports = {"claims": "reports", "held_claims": "held_reports"}[name]
        assert found.schema.types == table.schema.types
        assert (found.column_names, found.num_rows) == (table.names, 2 * _count(home, reports))
    one, two = query(home, "SELECT * FROM claims WHERE report_id = '620001-2023' ORDER BY place").to_pylist()
    assert (one["place"], one["number"], one["subject"], one["quote"]) == (1, Decimal("1.5"), "received", "收到")
    assert (one["start_at"], one["end_at"], one["of_subject"]) == (0, 2, None)
    assert (two["place"], two["kind"], two["number"]) == (2, "all_closed", None)
    assert _count(home, "held_claims", "r0001") == 0


def test_figures_stay_exact(home: Path) -> None:
    rows = query(home, "SELECT value, x2.year FROM cells x2 WHERE report_id = '620001-2023' AND key LIKE '%k000'")
    assert rows.schema.types == [pa.decimal128(38, 10), pa.int16()]
    assert rows.to_pylist() == [{"value": 7, "year": 2023}]
    old = query(home, "SELECT sum(value) AS s FROM cells WHERE report_id = '620001-2023'", "r0001")
    assert old.to_pylist() == [{"s": 5 + 6 + 7 + 8}]


@pytest.mark.parametrize(
    ("as_of", "reports"),
    [
        ("r0001", 2),
        ("r0003", 3),
        ("2026-03-02", 2),  # the day in Shanghai on which r0001 was made
        ("2026-03-02T01:59:59", None),
        ("2026-03-02T02:00", 2),
        ("2026-03-01T18:00:00+00:00", 2),
        ("2026-03-03", 2),
        ("20260305", 3),
        ("2030-01-01", 3),
    ],
)
def test_as_of(home: Path, as_of: str, reports: int | None) -> None:
    if reports is None:
        with pytest.raises(QueryError, match=r"no release at or before .*; the first is r0001"):
            _count(home, "reports", as_of)
    else:
        assert _count(home, "reports", as_of) == reports


@pytest.mark.parametrize("as_of", ["r0009", "yesterday", "", "r1"])
def test_unknown_release(home: Path, as_of: str) -> None:
    with pytest.raises(QueryError, match=r"unknown release .* up to r0003"):
        _count(home, "reports", as_of)


def test_releases_view(home: Path) -> None:
    rows = query(home, "SELECT * FROM releases ORDER BY release_id").to_pylist()
    assert [(r["release_id"], r["parent"], r["released"], r["held"], r["reports"], r["note"]) for r in rows] == [
        ("r0001", None, 2, 0, 2, "一"),
        ("r0002", "r0001", 1, 1, 2, "二"),
        ("r0003", "r0002", 1, 0, 3, "三"),
    ]
    assert rows[0]["created_at"] == datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
    assert str(rows[0]["created_at"]) == "2026-03-02 02:00:00+08:00"
    assert _count(home, "releases", "r0002") == 2


@pytest.mark.parametrize(
    ("sql", "opened"),
    [
        ("SELECT 1", set()),
        ('SELECT count(*) FROM Reports r SEMI JOIN "held_reports" USING (report_id)', {"reports", "held_reports"}),
        ("WITH mine AS (FROM main.cells) SELECT * FROM mine", {"cells"}),
        ("SELECT * FROM claims", {"reports"}),
        ("SELECT * FROM releases", set()),
        ("FROM query('SELECT * FROM find' || 'ings')", None),
        ("FROM (SHOW TABLES)", None),
        ("SELECT * FROM duckdb_views()", None),
        ("SELECT * FROM information_schema.tables", None),
    ],
)
def test_only_tables_that_are_named_are_opened(
    home: Path, sql: str, opened: set[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None: all that the release has."""
    seen: set[str] = set()
    files = module.deltas.files

    def noted(path: Path, table: Table, at: int) -> DataFiles:
        seen.add(table.name)
        return files(path, table, at)

    monkeypatch.setattr(module.deltas, "files", noted)
    query(home, sql)
    assert seen == (set(releases(home)[-1].tables) if opened is None else opened)


def test_what_there_is_can_be_listed(home: Path) -> None:
    known = {*TABLES, *(view.name for view in CLAIM_VIEWS.values()), "releases"}
    assert set(query(home, "FROM (SHOW TABLES)")["name"].to_pylist()) == known
    assert set(query(home, "SELECT table_name FROM information_schema.tables")["table_name"].to_pylist()) == known


def test_nothing_released_yet(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="nothing has been released yet"):
        _count(tmp_path, "reports")


@pytest.mark.parametrize(
    "sql",
    [
        "DROP VIEW reports",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO reports SELECT * FROM reports",
        "COPY reports TO 'out.csv'",
        "ATTACH 'other.db'",
        "SET memory_limit = '20GB'",
        "PRAGMA version",
        "INSTALL httpfs",
        "EXPLAIN ANALYZE SELECT 1",
        "CALL pragma_version()",
        "EXPORT DATABASE 'x'",
        "VACUUM",
    ],
)
def test_only_select(home: Path, sql: str) -> None:
    with pytest.raises(QueryError, match=r"only SELECT is allowed, not [A-Z]+"):
        query(home, sql)


@pytest.mark.parametrize("sql", ["", " ; ", "-- nothing", "SELECT 1; SELECT 2", "SELECT 1; DROP VIEW reports"])
def test_one_statement(home: Path, sql: str) -> None:
    with pytest.raises(QueryError, match="one SELECT is expected"):
        query(home, sql)


def test_no_way_to_files_or_network(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    release = home / "warehouse" / "RELEASE"
    for source in (
        f"'{secret}'",
        f"read_csv('{secret}')",
        f"read_text('{release}')",
        f"read_parquet('{home}/warehouse/*/*/*.parquet')",
        f"glob('{tmp_path}/*')",
        "read_text('http://127.0.0.1:9/')",
        "query('DROP VIEW reports')",
        f"query('COPY reports TO ''{tmp_path / 'out'}''')",
    ):
        with pytest.raises(QueryError):
            query(home, f"SELECT * FROM {source}")
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEKT 1", "syntax error"),
        ("SELECT nothing FROM reports", "nothing"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT 'x'::INTEGER", "Could not convert"),
    ],
)
def test_faulty_sql_is_one_line(home: Path, sql: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        query(home, sql)
    assert "\n" not in str(caught.value)


def test_too_much_memory_is_an_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module._LIMITS, "memory_limit", "50MB")
    with pytest.raises(QueryError, match=r"(?i)out of memory"):
        query(home, "SELECT list(repeat('x', 100000) || i) FROM range(2000) t(i)")
