"""WARC files: written once, record by record, each its own gzip member; read by offset."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator

from portals import bodies, records
from portals.captures import ArchiveError, Capture, DamagedError, Stored
from portals.exchange import Exchange, Fetched
from portals.problems import FetchError
from portals.saved import Saved
from store.where import Where

_MAX_FILE_BYTES: Final = 512 * 1024 * 1024
_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


__all__ = ["ArchiveError", "WarcFolder"]


class WarcFolder:
    """Appends to WARC files in a folder: a new file for this writer, another when it has grown large.

    A file is opened at the first write and never reopened, so a tail that a crash left behind stays
    where it is, harmless. `mark` ends the names of its files. Not thread-safe.
    """

    def __init__(self, folder: Path, max_file_bytes: int = _MAX_FILE_BYTES, mark: str = "") -> None:
        self._folder, self._max, self._mark = folder, max_file_bytes, f"-{mark}" if mark else ""
        self._out: BinaryIO | None = None
        self._name, self._end = "", 0

    def store(self, fetched: Fetched) -> Stored:
        """Write request and response of every exchange.

        On return they are on the disk, not only with the operating system.
        """
        out, day = self._file(fetched.at), records.date(fetched.at)
        start = self._end
        for hop, exchange in enumerate(fetched.exchanges):
            offset, payload = self._end, records.digest(exchange.raw)
            block = records.response_head(exchange) + exchange.raw
            named = records.record_id("response", hop, day, fetched.address)
            more = (("WARC-Block-Digest", records.digest(block)), ("WARC-Payload-Digest", payload))
            self._write(out, records.record("response", (*_fields(exchange, day, named), *more), block))
            self._write(out, _request(exchange, day, named))
        self._sync(out)
        return Stored(self._name, start, offset, payload)

    def revisit(self, fetched: Fetched, known: Capture) -> None:
        """Write that the address still gives what `known` holds: headers and a reference, neither body nor request.

        A night has tens of thousands of these: what was asked is the request beside `known`, with its validators.
        """
        out, day, answer = self._file(fetched.at), records.date(fetched.at), fetched.answer
        named = records.record_id("revisit", day, fetched.address)
        fields = (
            *_fields(answer, day, named),
            ("WARC-Profile", _NOT_MODIFIED if answer.status == 304 else _IDENTICAL),
            ("WARC-Refers-To-Target-URI", known.final_address),
            ("WARC-Refers-To-Date", records.date(known.fetched_at)),
            ("WARC-Payload-Digest", known.digest),
        )
        self._write(out, records.record("revisit", fields, records.response_head(answer)))

    def resource(self, saved: Saved, now: datetime) -> Stored:
        """Write a saved document, and beside it who saved it; on the disk on return."""
        out = self._file(now)
        start, payload = self._end, records.digest(saved.body)
        day = records.date(saved.at)
        named = records.record_id("resource", day, saved.address, payload)
        fields = (("WARC-Record-ID", named), ("WARC-Date", day), ("WARC-Target-URI", saved.address))
        whole = (*fields, ("WARC-Payload-Digest", payload))
        self._write(
            out, records.record("resource", whole, saved.body, saved.media_type or "application/octet-stream")
        )
        said = f"via: import\r\nimported-by: {_line(saved.by)}\r\nfile: {_line(saved.file)}\r\n"
        about = (
            ("WARC-Record-ID", records.record_id("metadata", day, saved.address, payload)),
            *fields[1:],
            ("WARC-Concurrent-To", named),
        )
        self._write(out, records.record("metadata", about, said.encode()))
        self._sync(out)
        return Stored(self._name, start, start, payload)

    def close(self) -> None:
        """Close the file, if one was opened."""
        out, self._out = self._out, None
        if out is not None:
            out.close()

    def _write(self, out: BinaryIO, data: bytes) -> None:
        """With the operating system on return: a kill of this process loses nothing."""
        view = memoryview(data)
        try:
            while view:
                view = view[out.write(view) :]
            self._end += len(data)
        except BaseException:
            self._cut_back(out)
            raise

    def _cut_back(self, out: BinaryIO) -> None:
        """Undo half a record (a full disk): what follows must stand where the index will say it does."""
        try:
            out.truncate(self._end)
            out.seek(self._end)
        except OSError:
            with suppress(OSError):
                self.close()

    def _sync(self, out: BinaryIO) -> None:
        """On the disk on return; a file of which that fails is not used again: it may have holes."""
        try:
            os.fsync(out.fileno())
        except OSError:
            with suppress(OSError):
                self.close()
            raise

    def _file(self, at: datetime) -> BinaryIO:
        if self._out is not None and self._end >= self._max:
            self.close()
        if self._out is None:
            self._out, self._end = self._create(at), 0
        if not self._end:
            self._write(self._out, info(self._name, at))
        return self._out

    def _create(self, at: datetime) -> BinaryIO:
        """A file of a name that no other run, past or at this moment, has."""
        number = 0
        while True:
            self._name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number:05d}{self._mark}.warc.gz"
            try:
                out = (self._folder / self._name).open("xb", buffering=0)
            except FileExistsError:
                number += 1
                continue
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            return out


def info(name: str, at: datetime) -> bytes:
    """The record that every file begins with."""
    fields = (
        ("WARC-Record-ID", records.record_id("warcinfo", records.date(at), name)),
        ("WARC-Date", records.date(at)),
        ("WARC-Filename", name),
    )
    return records.record("warcinfo", fields, b"software: gouji\r\nformat: WARC File Format 1.1\r\n")


def received(folder: Where, capture: Capture) -> bytes:
    """The body of a capture, content-decoded, from the files alone.

    Raises `DamagedError` if it is not what was received, `ArchiveError` where that cannot be told.
    """
    body = read(folder / capture.warc, capture.offset, capture.size)
    if hashlib.sha256(body).hexdigest() != capture.sha256:
        raise DamagedError(f"{capture.warc}@{capture.offset}: not the content that was received")
    return body


def read(path: Where, offset: int, size: int) -> bytes:
    """The body, content-decoded, of the response or resource at an offset; `DamagedError` if there is none.

    It must be checked against its hash: damage may have made other bytes of it.
    """
    return body_at(path, offset, size)[0]


def body_at(path: Where, offset: int, size: int) -> tuple[bytes, str, str]:
    """The body as `read` gives it, the payload digest that the record states, and the one that its payload has."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file)))
            if record.rec_type not in ("response", "resource") or (
                record.rec_type == "response" and record.http_headers is None
            ):
                raise DamagedError(f"{path.name}@{offset}: a {record.rec_type} record")
            raw = b"".join(iter(lambda: record.raw_stream.read(1 << 16), b""))
            stated, actual = record.rec_headers.get_header("WARC-Payload-Digest", ""), records.digest(raw)
            if record.rec_type == "resource":
                return raw, stated, actual
            return _decoded(raw, record.http_headers.get_header("content-encoding", ""), size), stated, actual
    except ArchiveError:
        raise
    except Exception as error:  # warcio breaks in many ways on a damaged record
        reason = " ".join(str(error).split()) or type(error).__name__
        # A disk or a store that fails says nothing of what it has.
        gone = not isinstance(error, OSError) or isinstance(error, FileNotFoundError)
        raise (DamagedError if gone else ArchiveError)(f"{path.name}@{offset}: {reason}") from error


def _decoded(raw: bytes, encoding: str, size: int) -> bytes:
    """The body; as it stands where it cannot be decoded, which is how such evidence is kept."""
    try:
        return bodies.inflate(raw, encoding, size, exact=True)
    except FetchError:
        return raw


def members(path: Where, start: int, offset: int) -> Iterator[bytes]:
    """The gzip members of one fetch as they stand, from `start` to the companion of the record at `offset`.

    A companion is what follows it: the request of a response, the metadata of a resource.
    """
    try:
        with path.open("rb") as file:
            at, ends = start, 0
            while ends < 2:
                file.seek(at)
                member = _member(file)
                ends += at >= offset
                at += len(member)
                yield member
    except (OSError, zlib.error, EOFError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ArchiveError(f"{path.name}@{start}: {reason}") from error


def _member(file: BinaryIO) -> bytes:
    """The compressed bytes of the gzip member that begins here."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    taken = bytearray()
    while not unpacker.eof:
        chunk = file.read(1 << 16)
        if not chunk:
            raise EOFError("the record is cut off")
        taken += chunk
        feed = chunk
        while feed and not unpacker.eof:
            unpacker.decompress(feed, 1 << 20)
            feed = unpacker.unconsumed_tail
    return bytes(taken[: len(taken) - len(unpacker.unused_data)])


def _fields(exchange: Exchange, day: str, named: str) -> tuple[tuple[str, str], ...]:
    fields = (("WARC-Record-ID", named), ("WARC-Date", day), ("WARC-Target-URI", exchange.address))
    return (*fields, ("WARC-IP-Address", exchange.ip)) if exchange.ip else fields


def _request(exchange: Exchange, day: str, response: str) -> bytes:
    fields = (
        ("WARC-Record-ID", records.record_id("request", response)),
        ("WARC-Date", day),
        ("WARC-Target-URI", exchange.address),
        ("WARC-Concurrent-To", response),
    )
    return records.record("request", fields, records.request_block(exchange))


def _line(text: str) -> str:
    return " ".join(text.split())
