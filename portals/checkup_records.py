"""What is wrong with the records of WARC files that no row stands for: requests, redirects, revisits, leftovers.

The bodies that rows stand for are looked at one by one (`portals.checkup.body_faults`), by another reader.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from form.fault import Fault
from portals import bodies, records
from portals.captures import INDEX
from portals.checkup import Row, warc_files
from portals.problems import FetchError
from portals.walk import Record, walk
from store.where import Where

_UNKNOWN: Final = (
    f"restore a newer {INDEX} if there is one; else gouji nightly fetches again what the portals still show"
)
_BESIDE: Final = "restore the file from a backup; what was received is whole, how it was asked for is not"
_ALONE: Final = "restore the file from a backup; else nothing: no figure hangs on it"
#: bytes of a body, decoded, in a file that no row names: beyond what a crawl takes
_LARGEST: Final = 1 << 28
#: what stands behind the record of a body, by the type of that
_COMPANIONS: Final = {"response": "request", "resource": "metadata"}
_BLOCK: Final = "its block digest differs"


class File(NamedTuple):
    """A WARC file, and of each row that names it where its first record and that of its body begin."""

    path: Where
    rows: tuple[tuple[int, int], ...]


def warcs(archive: Where, known: Sequence[Row]) -> list[File]:
    """Every WARC file of an archive, in order."""
    named: dict[str, list[tuple[int, int]]] = {}
    for row in known:
        named.setdefault(row.warc, []).append((row.start, row.offset))
    return [File(archive / name, tuple(named.get(name, ()))) for name in warc_files(archive)]


def record_faults(index: Path, file: File) -> list[Fault]:
    """What is wrong with a file's records; it is read once."""
    where = f"archive/{file.path.name}"
    try:
        return list(_named(index, file, where) if file.rows else _unnamed(index, file, where))
    except OSError as error:
        return [Fault("warc", where, f"cannot be read: {error}", "look again; if it stays, restore it from a backup")]


def _named(index: Path, file: File, where: str) -> Iterator[Fault]:
    """Of the bodies that rows stand for only what `checkup.body_faults` does not look at."""
    own = {offset for _, offset in file.rows}
    ways = [(start, offset) for start, offset in file.rows if start < offset]
    before: Record | None = None
    lost: list[str] = []
    for record in walk(file.path):
        body = before if before is not None and before.offset in own else None
        if record.offset in own:
            fault = _head_fault(record)
        else:
            fault = record.fault or _digest_fault(record) or ("" if body is None else _companion_fault(body, record))
        if fault:
            belongs = bool(body) or record.offset in own or any(first <= record.offset < last for first, last in ways)
            # A tail that a killed run left behind is no fault.
            if belongs or not record.cut:
                yield _fault(record, where, fault, belongs)
        lost += _unknown_reference(index, record)
        before = None if record.fault else record
    if before is not None and before.offset in own:
        yield _fault(before, where, f"its {_COMPANIONS.get(before.kind)} is missing", belongs=True)
    yield from _lost_references(lost, where)


def _unnamed(index: Path, file: File, where: str) -> Iterator[Fault]:
    """What is unusual in a file that no row names: bodies, which a killed run or an older index did not come to know.

    Those that rows have elsewhere were fetched again. Of the others those that a release names are told as lost. A
    night in which all was unchanged leaves a file without any.
    """
    damaged: list[Fault] = []
    lost: list[str] = []
    count, contents = 0, set[str]()
    for record in walk(file.path):
        if record.kind in _COMPANIONS and not _is_redirect(record):
            count += 1
            contents |= {hashlib.sha256(_content(record)).hexdigest()} if not record.fault else set()
        if (fault := record.fault or _digest_fault(record)) and not record.cut:
            damaged.append(_fault(record, where, fault, belongs=False))
        lost += _unknown_reference(index, record)
    if not count:
        yield from damaged
        yield from _lost_references(lost, where)
        return
    what = f"no row names it, and it has {count} captures"
    if lacking := len(contents - _known(index).contents):
        what = f"{what}, {lacking} of them in no row (a run was killed, or the index is older than it)"
        yield Fault("warc", where, what, _UNKNOWN, "leftover")
    else:
        what = f"{what}, and all that can be read of them is in other files too"
        yield Fault("warc", where, what, "nothing to do", "leftover")


def _fault(record: Record, where: str, fault: str, belongs: bool) -> Fault:
    """`belongs`: to a capture that a row stands for, as its request, say, or a redirect on the way to it."""
    address = record.fields.get("WARC-Target-URI", "")
    what = f"a {record.kind} record".replace("  ", " ") + (f" of {address}" if address else "") + f": {fault}"
    if belongs:
        return Fault("warc", f"{where}@{record.offset}", what, _BESIDE)
    return Fault("warc", f"{where}@{record.offset}", f"{what}; no capture rests on it", _ALONE, "leftover")


def _head_fault(record: Record) -> str:
    """Whether the head of a body that a row stands for is what its digest says, where the body is."""
    differs = not record.fault and _digest_fault(record) == _BLOCK
    return _BLOCK if differs and not _payload_fault(record) else ""


def _digest_fault(record: Record) -> str:
    """Whether a sound record holds what its digests say."""
    stated = record.fields.get("WARC-Block-Digest")
    return _BLOCK if stated not in (None, records.digest(record.block)) else _payload_fault(record)


def _payload_fault(record: Record) -> str:
    if record.kind not in _COMPANIONS:
        return ""
    same = record.fields.get("WARC-Payload-Digest") == records.digest(_payload(record))
    return "" if same else "its payload digest differs"


def _companion_fault(body: Record, record: Record) -> str:
    """Whether what stands behind a body is the request for it, or the note on who saved it."""
    if record.kind != _COMPANIONS.get(body.kind):
        return f"where the {_COMPANIONS.get(body.kind)} should stand that belongs to the record before"
    if record.fields.get("WARC-Concurrent-To") != body.fields.get("WARC-Record-ID"):
        return "it belongs to another record than the one before"
    address = body.fields.get("WARC-Target-URI", "")
    path = f"/{address.split('/', 3)[3]}" if address.count("/") > 2 else "/"
    if record.kind == "request" and record.block.split(b" ", 2)[1:2] != [path.encode("utf-8")]:
        return "it asks for something else"
    return ""


def _payload(record: Record) -> bytes:
    return record.block.partition(b"\r\n\r\n")[2] if record.kind == "response" else record.block


def _content(record: Record) -> bytes:
    """The body, content-decoded; as it stands where that cannot be done."""
    head = record.block.partition(b"\r\n\r\n")[0].decode("latin-1").lower() if record.kind == "response" else ""
    encoding = next((line[17:] for line in head.split("\r\n") if line.startswith("content-encoding:")), "")
    try:
        return bodies.inflate(_payload(record), encoding, _LARGEST, exact=True)
    except FetchError:
        return _payload(record)


def _is_redirect(record: Record) -> bool:
    return record.kind == "response" and record.block.partition(b" ")[2].startswith(b"3")


def _unknown_reference(index: Path, record: Record) -> list[str]:
    """The address of a revisit whose content no row knows, neither by its digest nor by where it came from."""
    if record.kind != "revisit" or record.fault:
        return []
    known, fields = _known(index), record.fields
    if (
        fields.get("WARC-Payload-Digest") in known.digests
        or fields.get("WARC-Refers-To-Target-URI") in known.addresses
    ):
        return []
    return [fields.get("WARC-Target-URI", "")]


def _lost_references(lost: Sequence[str], where: str) -> Iterator[Fault]:
    if lost:
        what = f"{len(lost)} revisits of what no row knows, such as {lost[0]}"
        yield Fault("warc", where, what, _UNKNOWN, "leftover")


class _Known(NamedTuple):
    """What the rows of an index know."""

    contents: frozenset[str]
    digests: frozenset[str]
    addresses: frozenset[str]


@lru_cache(maxsize=1)
def _known(index: Path) -> _Known:
    """Of a copy of an index, which nobody writes to: read once a process."""
    with closing(sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        rows = opened.execute("SELECT sha256, digest, final_address FROM captures").fetchall()
    return _Known(*(frozenset(row[place] for row in rows) for place in range(3)))
