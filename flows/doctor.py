"""Everything of a home against everything else: archive, warehouse, staging, mail, records; nothing is changed."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from filelock import FileLock, Timeout

from flows.home import Home
from flows.progress import report
from flows.run import CONTINUED_WITHIN
from flows.workers import worker_count
from form.fault import Fault
from notices.checkup import mail_faults
from portals import checkup as archive
from portals.captures import INDEX
from portals.checkup_records import record_faults, warcs
from portals.copying import copied_index
from portals.shared import Shared
from portals.warc import ArchiveError
from warehouse import checkup as tables
from warehouse.record import Release
from warehouse.references import reference_faults
from warehouse.staging import drafts, find_damage
from warehouse.status import read_table

#: captures that a process looks at in one go; a second or so
_AT_ONCE: Final = 2000
_FILES_AT_ONCE: Final = 200
#: what comes of reading a file that is no record
_NO_RECORD: Final = (OSError, ValueError, TypeError, KeyError)
Part = TypeVar("Part")
Check = Callable[[Part], list[Fault]]


def examine(home: Home, now: datetime, quick: bool = False) -> Iterator[Fault]:
    """All that is wrong, as it is found. `quick` opens no capture and no data file, and compares no rows.

    While a run goes on that is said first: what it is writing may be told as wrong.
    """
    yield from _running(home)
    with ExitStack() as stack:
        run = _runner(stack)
        rows = yield from _archive(home, stack, run, now, quick)
        yield from _warehouse(home, rows, run, quick)
    yield from _leftovers(home, now)


#: does a check over many things, in processes
Runner = Callable[[str, Check[Any], Sequence[Any]], Iterator[Fault]]


def _runner(stack: ExitStack) -> Runner:
    pool: list[ProcessPoolExecutor] = []

    def run(stage: str, check: Check[Any], parts: Sequence[Any]) -> Iterator[Fault]:
        if len(parts) == 1:  # a process takes longer to start than this takes
            yield from check(parts[0])
        elif parts:
            if not pool:
                context = multiprocessing.get_context("spawn")
                pool.append(stack.enter_context(ProcessPoolExecutor(worker_count(), mp_context=context)))
            for done, found in enumerate(pool[0].map(check, parts), 1):
                report(stage, done, len(parts))
                yield from found

    return run


def _running(home: Home) -> Iterator[Fault]:
    if not (home.root / "run.lock").exists():
        return
    try:
        with FileLock(home.root / "run.lock", timeout=0):
            pass
    except Timeout:
        what = "a run is under way, and what it writes may be told as wrong"
        yield Fault("lock", "run.lock", what, "look again when it is over", "leftover")


def _archive(
    home: Home, stack: ExitStack, run: Runner, now: datetime, quick: bool
) -> Generator[Fault, None, list[archive.Row]]:
    """The archive; gives the rows of its index, none where it cannot be read."""
    place = home.warcs
    if isinstance(home.archive, Shared) and not home.archive.is_dir():
        return []
    if isinstance(place, Path) and not (place / INDEX).exists():
        files = archive.warc_files(place)
        if files:
            yield Fault(
                "index", f"archive/{INDEX}", f"missing, beside {len(files)} WARC files", "restore it from a backup"
            )
        return []
    copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gouji-doctor-")))
    try:
        index = copied_index(home.archive, copy)
        found = list(archive.index_faults(index, place))
        yield from found
        if any(fault.code == "index" for fault in found):
            return []
        rows = archive.rows(index)
        yield from archive.time_faults(index, now)
    except ArchiveError as error:
        yield Fault("index", f"archive/{INDEX}", str(error), "restore it from a backup")
        return []
    yield from archive.file_faults(place, rows)
    if not quick:
        cut = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
        yield from run("存档", partial(archive.body_faults, place), cut)
        yield from run("存档 其余", partial(record_faults, index), warcs(place, rows))
    return rows


def _warehouse(home: Home, rows: Sequence[archive.Row], run: Runner, quick: bool) -> Iterator[Fault]:
    chain = tables.chain(home.store)
    yield from chain.faults
    found, files = tables.version_faults(home.store, chain.readable)
    yield from found
    if not quick:
        named = sorted((name, about) for some in files.values() for name, about in some.items())
        cut = [dict(named[start : start + _FILES_AT_ONCE]) for start in range(0, len(named), _FILES_AT_ONCE)]
        broken: list[Fault] = []
        for fault in run("数据文件", tables.data_faults, cut):
            broken.append(fault)
            yield fault
        # Rows are compared where the release can be read at all.
        if chain.readable and not broken and not found:
            yield from reference_faults(home.store, chain.readable[0])
            yield from _captures(home, chain.readable[0], rows)


def _captures(home: Home, release: Release, rows: Sequence[archive.Row]) -> Iterator[Fault]:
    """Captures that the release names and the archive does not have, or has otherwise."""
    if "captures" not in release.tables:
        return
    index = {row.capture_id: (row.sha256, row.warc, row.offset) for row in rows}
    told = read_table(home.store, "captures", columns=("capture_id", "sha256", "warc", "offset"))
    columns = (told[name].to_pylist() for name in told.column_names)
    apart = [name for name, *about in zip(*columns, strict=True) if index.get(name) != tuple(about)]
    if apart:
        what = f"{len(apart)} captures that the archive's index does not have, or has elsewhere, such as {min(apart)}"
        todo = "restore the archive from a backup; where it was moved on purpose, gouji nightly puts the table right"
        yield Fault("reference", f"{release.release_id} captures", what, todo)


def _records(home: Home, now: datetime) -> Iterator[Fault]:
    """Runs that never ended, and records of runs that are none: what reads those leaves them out without a word."""
    for path in sorted(home.runs.glob("*.unfinished")):
        where, flow = f"runs/{path.name}", path.stem
        try:
            started = datetime.fromisoformat(_content(path)["started"])
            late = now - started > CONTINUED_WITHIN
        except _NO_RECORD:
            yield Fault("run", where, "does not say when the run began", f"gouji {flow} begins one anew", "leftover")
            continue
        if late:
            at = f"{started:%Y-%m-%d %H:%M} UTC"
            yield Fault("run", where, f"began at {at} and never ended", f"gouji {flow}", "leftover")
    todo = "restore it from a backup, or remove it: status, alerts and the gate go by the others"
    for path in sorted(home.runs.glob("*.json")):
        try:
            content = _content(path)
            datetime.fromisoformat(content["started"])
            datetime.fromisoformat(content["finished"])
            what = "" if path.stem == f"{content['run_id']}-{content['flow']}" else "is the record of another run"
        except _NO_RECORD as error:
            what = f"is no record of a run ({type(error).__name__}: {error})"
        if what:
            yield Fault("run", f"runs/{path.name}", what, todo, "leftover")


def _content(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _leftovers(home: Home, now: datetime) -> Iterator[Fault]:
    """What waits for somebody, or only takes room."""
    for path in drafts(home.staging):
        todo = "nothing: the next gouji nightly removes it"
        yield Fault("staging", f"staging/{path.name}", "a killed process left it half written", todo, "leftover")
    for path, what in find_damage(home.staging):
        yield Fault("staging", f"staging/{path.name}", what, "nothing: it is made anew when it is needed", "leftover")
    yield from _records(home, now)
    yield from mail_faults(home.outbox, now - timedelta(days=1))
