"""The scheduler after a thousand nights: `python benchmarks/scheduler.py --out benchmarks/scheduler.md`.

`--quick` takes 100 nights. What is measured, and how, stands at the top of `benchmarks/scheduler.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "flows")]

from commandline import GOUJI, PREFECT, environment  # noqa: E402
from postgres import cluster, programs  # noqa: E402
from prefect_server import prefect_server, production  # noqa: E402

from benchmarks.scaling import machine  # noqa: E402
from benchmarks.scheduler_history import Night, fill, grown, night_of  # noqa: E402
from samples.province import write_province  # noqa: E402

Figures = dict[str, float]

#: nights that Prefect's retention leaves (docs/production/server.env)
KEPT: Final = 90
_DEPLOYMENT: Final = """
deployments:
  - name: idle
    entrypoint: benchmarks/scheduler_flow.py:idle
    work_pool: {name: gouji}
    schedules: [{cron: "30 1 * * *", timezone: Asia/Shanghai}]
"""
_FOREVER: Final = str(100 * 365 * 86400)


@dataclass(frozen=True)
class Size:
    """How much is simulated and how often each thing is measured."""

    nights: int
    tasks: int
    repeat: int


@dataclass(frozen=True)
class Part:
    """One database: figures of the first night, after all nights, and after all nights with retention on."""

    name: str
    columns: tuple[Figures, Figures, Figures]


def on_postgresql(folder: Path, size: Size) -> Part:
    """A server with PostgreSQL, a work pool and a deployment."""
    installed = programs()
    if installed is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with cluster(installed) as url:
        settings = production() | {
            "PREFECT_API_DATABASE_CONNECTION_URL": url,
            "PREFECT_HOME": str(folder / "server"),
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "10",
        }
        everything = settings | {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events"}
        log = folder / "server.log"
        with prefect_server(everything, log) as server:
            one_night(folder, server)
            deploy(folder, server)
            night = grown(asyncio.run(night_of(url)), size.tasks)
            first = called(server, size)
            print(f"PostgreSQL: {written(url, night, size)}", file=sys.stderr)
            grew = called(server, size)
        with prefect_server(settings, log) as server:
            until(lambda: asyncio.run(_nights(url)) <= KEPT + 1)
            return Part("Server on PostgreSQL", (first, grew, called(server, size)))


def embedded(folder: Path, size: Size) -> Part:
    """A home whose runs start their own server, on SQLite."""
    home = folder / "home"
    one_night(folder, {}, home)
    url = f"sqlite+aiosqlite:///{home / 'prefect' / 'prefect.db'}"
    night = grown(asyncio.run(night_of(url)), size.tasks)
    first = reported(home, size)
    print(f"SQLite: {written(url, night, size)}", file=sys.stderr)
    grew = reported(home, size, PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD=_FOREVER)
    began = time.perf_counter()
    report(home)
    forgetting = time.perf_counter() - began
    kept = reported(home, size)
    name = "the one night that forgets all that is too old, s"
    return Part("Embedded, on SQLite", (first, grew, kept | {name: forgetting}))


def one_night(folder: Path, variables: dict[str, str], home: Path | None = None) -> None:
    """A real night on a small province."""
    write_province(folder / "province", units=12, years=(2019, 2024), seed=7)
    words = ["nightly", "--home", str(home or folder / "night"), "--sources", str(folder / "province/sources.toml")]
    done = subprocess.run([GOUJI, *words], env=environment(**variables), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the night failed: {done.stderr[-2000:]}")


def deploy(folder: Path, server: dict[str, str]) -> None:
    """A pool, and the idle flow as a deployment with a schedule."""
    plan = folder / "idle.yaml"
    plan.write_text(_DEPLOYMENT, "utf-8")
    for words in (
        ("work-pool", "create", "gouji", "--type", "process"),
        ("--no-prompt", "deploy", "--all", "--prefect-file", str(plan)),
    ):
        command = [PREFECT, *words]
        subprocess.run(command, env=environment(**server), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def written(url: str, night: Night, size: Size) -> str:
    """Fill the database; gives what was done as text."""
    began = time.perf_counter()
    rows = asyncio.run(fill(url, night, size.nights))
    shape = ", ".join(f"{name} {count}" for name, count in night.size.items())
    return f"{size.nights} nights, {rows:,} rows in {time.perf_counter() - began:.0f} s; each: {shape}"


def called(server: dict[str, str], size: Size) -> Figures:
    """`benchmarks/scheduler_calls.py` in a process of its own."""
    command = [sys.executable, ROOT / "benchmarks" / "scheduler_calls.py", str(size.repeat)]
    done = subprocess.run(command, env=environment(**server), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"not measured: {done.stderr[-3000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def reported(home: Path, size: Size, **variables: str) -> Figures:
    """`gouji report` on a home, from start to end, and the size of its Prefect database."""
    seconds = []
    for _ in range(max(3, size.repeat // 5)):
        began = time.perf_counter()
        report(home, **variables)
        seconds.append(time.perf_counter() - began)
    used = (home / "prefect" / "prefect.db").stat().st_size
    return {"`gouji report`, start to end, s": median(seconds), "its database, MB": used / 1e6}


def report(home: Path, **variables: str) -> None:
    """A run that has hardly anything to do but to start its Prefect and end."""
    subprocess.run(
        [GOUJI, "report", "--home", home], env=environment(**variables), check=True, stdout=subprocess.DEVNULL
    )


async def _nights(url: str) -> int:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        sql = "SELECT count(*) FROM flow_run r JOIN flow f ON f.id = r.flow_id WHERE f.name = 'nightly'"
        found = (await connection.execute(text(sql))).scalar_one()
    await engine.dispose()
    return int(found)


def until(holds: Callable[[], bool], seconds: float = 900) -> None:
    """Wait for the server's own services."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise SystemExit("the server did not forget")
        time.sleep(2)


def table(part: Part, nights: int) -> str:
    """A part as Markdown; ratios to the first night."""
    first, grew, kept = part.columns
    many = f"{nights:,} nights"
    lines = [
        f"| {part.name} | after 1 night | {many}, all kept | ratio | {many}, retention on | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in dict.fromkeys([*first, *grew, *kept]):
        values = [column.get(name) for column in part.columns]
        base = values[0]
        cells = ["" if value is None else f"{value:.1f}" for value in values]
        ratios = ["" if value is None or base is None else f"{value / base:.2f}" for value in values[1:]]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {ratios[0]} | {cells[2]} | {ratios[1]} |")
    return "\n".join(lines)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gouji-scheduler-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=120, help="task runs of a night, at least")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="100 nights, 5 times")
    parser.add_argument("--only", choices=("postgresql", "embedded"))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    size = Size(100, given.tasks, 5) if given.quick else Size(given.nights, given.tasks, given.repeat)
    parts = {"postgresql": on_postgresql, "embedded": embedded}
    found = []
    for name, part in parts.items():
        if given.only in (None, name):
            with scratch() as folder:
                found.append(table(part(folder, size), size.nights))
    text = "\n\n".join(found) + f"\n\nAt least {size.tasks} task runs a night. {machine()}.\n"
    print(text)
    if given.out:
        head = given.out.read_text("utf-8").split("<!-- table -->")[0] if given.out.exists() else ""
        given.out.write_text(f"{head}<!-- table -->\n\n{text}", "utf-8")


if __name__ == "__main__":
    main()
