"""What `gouji evidence` is asked for, found: a local file, or a report of the warehouse with its capture."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
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


def from_warehouse(home: Home, report_id: str, key: str, margin: int) -> Wanted:
    """A cell, or the cells of a finding, of a report's newest version. Raises `UnusableError`."""
    if not _REPORT_ID.fullmatch(report_id):
        raise UnusableError(f"{report_id}: neither a file nor the id of a report, such as 620102-2023")
    if not _KEY.fullmatch(key):
        raise UnusableError(f"{key}: neither the key of a cell nor the id of a finding")
    finding = {} if key in POSITION else _finding(home, report_id, key)
    keys = tuple(finding.get("cells") or (() if finding else (key,)))
    gate, report = _report(home, report_id, finding.get("gate"))
    readings = _readings(home, _TABLES[gate][1], report_id, keys)
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


def _finding(home: Home, report_id: str, finding_id: str) -> Mapping[str, Any]:
    rows = _rows(home, "findings", f"report_id = '{report_id}' AND finding_id = '{finding_id}'")
    if not rows:
        raise UnusableError(f"{finding_id}: neither the key of a cell nor a finding of {report_id}")
    return rows[0]


def _lines(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """What the caption says of a finding; the cells asked about are marked red, its other cells blue."""
    said = finding["message"] or finding["equation"] or ""
    head = f"{word(SEVERITIES, finding['severity'])} {finding['rule']}：{said}"
    return (head, "红框为存疑栏，蓝框为规则涉及的其他栏") if finding["suspects"] else (head,)


def _report(home: Home, report_id: str, gate: str | None) -> tuple[str, Mapping[str, Any]]:
    for name in [gate] if gate else list(_TABLES):
        rows = _rows(home, _TABLES[name][0], f"report_id = '{report_id}'")
        if rows:
            return name, rows[0]
    raise UnusableError(f"{report_id}: no such report in {home.store}")


def _readings(home: Home, table: str, report_id: str, keys: Iterable[str]) -> tuple[Reading, ...]:
    listed = ", ".join(f"'{key}'" for key in keys if key in POSITION)
    rows = _rows(home, table, f"report_id = '{report_id}' AND key IN ({listed})") if listed else []
    return tuple(sorted((reading_of(row) for row in rows), key=lambda reading: POSITION[reading.key]))


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
    listed = ", ".join(f"'{capture.capture_id}'" for capture in captures)
    rows = _rows(home, "documents", f"outcome = 'report' AND capture_id IN ({listed})")
    read = {row["capture_id"] for row in rows}
    return [capture for capture in captures if capture.capture_id in read]


def _rows(home: Home, table: str, where: str) -> list[dict[str, Any]]:
    from warehouse.errors import WarehouseError
    from warehouse.query import query

    try:
        # What comes from the command line has been matched against a pattern without quotes.
        rows: list[dict[str, Any]] = query(home.store, f"SELECT * FROM {table} WHERE {where}").to_pylist()  # noqa: S608
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    return rows
