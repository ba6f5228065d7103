"""What `gouji evidence` is asked for, found: a local file, or a report of the warehouse with its capture."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows.evidence import Wanted
from flows.exits import UnusableError
from flows.home import Home
from form.catalogue import POSITION
from form.reading import Reading
from notices.evidence_caption import Origin
from notices.words import GATES, SEVERITIES, word

if TYPE_CHECKING:
    from portals.archive import Capture

_REPORT_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,80}-[0-9]{4}")
_KEY: Final = re.compile(r"[0-9A-Za-z_.-]{1,120}")
#: gate -> its tables; the quarantine holds the newest version of a report where it has one
_TABLES: Final = {"held": ("held_reports", "held_cells"), "released": ("reports", "cells")}


def from_file(path: Path, key: str, margin: int) -> Wanted:
    """A cell of a local file, of each report that the file holds. Raises `UnusableError`."""
    from extractors.limits import Limits

    if key not in POSITION:
        raise UnusableError(f"{key}: no cell of the form has this key")
    try:
        if path.stat().st_size > Limits().max_bytes:
            raise UnusableError(f"{path}: too_large: {path.stat().st_size} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise UnusableError(f"{path}: {error.strerror or type(error).__name__}") from error
    origin = Origin(path.name, hashlib.sha256(data).hexdigest())
    return Wanted(data, path.name, origin, (key,), margin=margin)


class Stock:
    """The rows of some reports in the current release, all read at once: each question of its own opens it again."""

    def __init__(self, home: Home, report_ids: Collection[str]) -> None:
        """Raises `UnusableError` where nothing is released, or the warehouse cannot be read."""
        from warehouse.chosen import of_reports
        from warehouse.errors import WarehouseError
        from warehouse.status import release_as_of

        names = ("findings", *(name for pair in _TABLES.values() for name in pair))
        try:
            release_as_of(home.store)
            tables = of_reports(home.store, report_ids, names)
        except WarehouseError as error:
            raise UnusableError(str(error)) from error
        self._rows: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for name, table in zip(names, tables, strict=True):
            for row in table.to_pylist():
                self._rows[name, row["report_id"]].append(row)

    def rows(self, table: str, report_id: str) -> list[dict[str, Any]]:
        """The rows of a table about one of the reports."""
        return self._rows.get((table, report_id), [])


def from_warehouse(home: Home, report_id: str, key: str, margin: int, stock: Stock | None = None) -> Wanted:
    """A cell, or the cells of a finding, of a report's newest version; of several from one `stock`.

    Raises `UnusableError`.
    """
    if not _REPORT_ID.fullmatch(report_id):
        raise UnusableError(f"{report_id}: neither a file nor the id of a report, such as 620102-2023")
    if not _KEY.fullmatch(key):
        raise UnusableError(f"{key}: neither the key of a cell nor the id of a finding")
    stock = stock or Stock(home, [report_id])
    finding = {} if key in POSITION else _finding(stock, report_id, key)
    keys = tuple(finding.get("cells") or (() if finding else (key,)))
    gate, report = _report(home, stock, report_id, finding.get("gate"))
    readings = _readings(stock.rows(_TABLES[gate][1], report_id), keys)
    if not readings:
        raise UnusableError(f"{report_id}: prints no cell {key}" if not finding else f"{key}: names no printed cell")
    capture, data = _capture(home, str(report["capture_id"]))
    # The archive has checked the bytes against its own record; the warehouse has one of its own.
    if capture.sha256 != report["sha256"]:
        raise UnusableError(f"{report_id}: the capture is not the document that was read")
    on_paper = any(reading.page is not None for reading in readings)
    return Wanted(
        data=data,
        name=report["address"],
        pictures=pictures_of(home, capture.capture_id) if on_paper else (),
        origin=Origin(report["address"], capture.sha256, capture.fetched_at, word(GATES, gate)),
        keys=keys,
        charset=capture.charset or None,
        unit=report["unit_name"],
        year=report["year"],
        readings=readings,
        main=tuple(finding.get("suspects") or ()),
        finding=_lines(finding) if finding else (),
        margin=margin,
    )


def _finding(stock: Stock, report_id: str, finding_id: str) -> Mapping[str, Any]:
    for row in stock.rows("findings", report_id):
        if row["finding_id"] == finding_id:
            return row
    raise UnusableError(f"{finding_id}: neither the key of a cell nor a finding of {report_id}")


def _lines(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """What the caption says of a finding; the cells asked about are marked red, its other cells blue."""
    said = finding["message"] or finding["equation"] or ""
    head = f"{word(SEVERITIES, finding['severity'])} {finding['rule']}：{said}"
    return (head, "红框为存疑栏，蓝框为规则涉及的其他栏") if finding["suspects"] else (head,)


def _report(home: Home, stock: Stock, report_id: str, gate: str | None) -> tuple[str, Mapping[str, Any]]:
    for name in [gate] if gate else list(_TABLES):
        rows = stock.rows(_TABLES[name][0], report_id)
        if rows:
            return name, rows[0]
    raise UnusableError(f"{report_id}: no such report in {home.store}")


def _readings(cells: Iterable[Mapping[str, Any]], keys: Collection[str]) -> tuple[Reading, ...]:
    chosen = (reading_of(row) for row in cells if row["key"] in keys and row["key"] in POSITION)
    return tuple(sorted(chosen, key=lambda reading: POSITION[reading.key]))


def reading_of(row: Mapping[str, Any]) -> Reading:
    """A row of `cells` as the reading it was made of."""
    edges = tuple(row[edge] for edge in ("x0", "y0", "x1", "y1"))
    return Reading(
        key=row["key"],
        printed=row["printed"],
        value=row["value"],
        state=row["state"],
        reader=row["reader"],
        confidence=row["confidence"],
        page=row["page"],
        bbox=None if None in edges else (edges[0], edges[1], edges[2], edges[3]),
        note=row["note"],
        second=row["second"],
        proposed=row["proposed"],
        reason=row["reason"],
    )


def _capture(home: Home, capture_id: str) -> tuple[Capture, bytes]:
    from portals.archive import Archive, ArchiveError

    try:
        with Archive(home.archive) as archive:
            found = archive.capture(capture_id)
            if found is None:
                raise UnusableError(f"{home.archive}: no capture {capture_id}")
            return found, archive.read(capture_id)
    except (ArchiveError, OSError) as error:
        raise UnusableError(f"{home.archive}: {error}") from error


def pictures_of(home: Home, capture_id: str) -> tuple[bytes, ...]:
    """The pictures read with a page, in its order: of each address the newest capture that is part of a report."""
    from portals.archive import Archive, ArchiveError
    from portals.links_pictures import is_picture

    try:
        with Archive(home.archive) as archive:
            places = {link.address: place for place, link in enumerate(archive.links(capture_id))}
            linked = [c for address in places for c in archive.of(address) if is_picture(address, c.media_type)]
            newest: dict[str, Capture] = {}
            for capture in sorted(_part_of_a_report(home, linked), key=lambda capture: capture.checked_at):
                newest[capture.address] = capture
            return tuple(archive.read(newest[a].capture_id) for a in sorted(newest, key=places.__getitem__))
    except (ArchiveError, OSError) as error:
        raise UnusableError(f"{home.archive}: {error}") from error


def _part_of_a_report(home: Home, captures: Sequence[Capture]) -> list[Capture]:
    if not captures:
        return []
    from warehouse.errors import WarehouseError
    from warehouse.query import query

    listed = ", ".join(f"'{capture.capture_id}'" for capture in captures)
    sql = f"SELECT capture_id FROM documents WHERE outcome = 'report' AND capture_id IN ({listed})"  # noqa: S608  # ours
    try:
        read = set(query(home.store, sql)["capture_id"].to_pylist())
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    return [capture for capture in captures if capture.capture_id in read]
