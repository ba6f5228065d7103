"""WARC files: written once, record by record, each its own gzip member; read by offset."""

from __future__ import annotations

import io
import os
import uuid
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from portals import bodies
from portals.captures import Capture
from portals.exchange import Exchange, Fetched, Headers
from portals.problems import FetchError

_MAX_FILE_BYTES: Final = 512 * 1024 * 1024
_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


class ArchiveError(Exception):
    """The archive is damaged, or not ours; one line."""


class WarcFolder:
    """Appends to WARC files in a folder: a new file for this writer, another when it has grown large.

    A file is opened at the first write and never reopened, so a tail that a crash left behind stays
    where it is, harmless. Not thread-safe.
    """

    def __init__(self, folder: Path, max_file_bytes: int = _MAX_FILE_BYTES) -> None:
        self._folder, self._max = folder, max_file_bytes
        self._out: BinaryIO | None = None
        self._name = ""

    def store(self, fetched: Fetched) -> tuple[str, int, str]:
        """Write request and response of every exchange; file name, offset and payload digest of the last.

        On return they are on the disk, not only with the operating system.
        """
        out = self._file(fetched.at)
        for hop, exchange in enumerate(fetched.exchanges):
            offset = out.tell()
            writer = WARCWriter(out, gzip=True, warc_version="1.1")
            headers = {"WARC-Date": _date(fetched.at), "WARC-Record-ID": _id("response", hop, fetched)}
            response = writer.create_warc_record(
                exchange.address,
                "response",
                payload=io.BytesIO(exchange.raw),
                length=len(exchange.raw),
                warc_headers_dict=headers,
                http_headers=_response_headers(exchange),
            )
            writer.write_request_response_pair(_request(writer, hop, fetched), response)
        out.flush()
        os.fsync(out.fileno())
        return self._name, offset, response.rec_headers.get_header("WARC-Payload-Digest")

    def revisit(self, fetched: Fetched, known: Capture) -> None:
        """Write that the address still gives what `known` holds: headers and a reference, no body."""
        out = self._file(fetched.at)
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        hop = len(fetched.exchanges) - 1
        headers = {
            "WARC-Date": _date(fetched.at),
            "WARC-Record-ID": _id("revisit", hop, fetched),
            "WARC-Profile": _NOT_MODIFIED if fetched.status == 304 else _IDENTICAL,
            "WARC-Refers-To-Target-URI": known.final_address,
            "WARC-Refers-To-Date": _date(known.fetched_at),
            "WARC-Payload-Digest": known.digest,
        }
        record = writer.create_warc_record(
            fetched.final_address,
            "revisit",
            warc_headers_dict=headers,
            http_headers=_response_headers(fetched.answer),
        )
        writer.write_request_response_pair(_request(writer, hop, fetched), record)
        out.flush()

    def close(self) -> None:
        """Close the file, if one was opened."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _file(self, at: datetime) -> BinaryIO:
        if self._out is not None and self._out.tell() >= self._max:
            self.close()
        if self._out is None:
            self._out = self._create(at)
            writer = WARCWriter(self._out, gzip=True, warc_version="1.1")
            fields = b"software: gouji\r\nformat: WARC File Format 1.1\r\n"
            headers = {"WARC-Date": _date(at), "WARC-Filename": self._name}
            writer.write_record(
                writer.create_warc_record("", "warcinfo", io.BytesIO(fields), len(fields), warc_headers_dict=headers)
            )
        return self._out

    def _create(self, at: datetime) -> BinaryIO:
        """A file of a name that no other run, past or at this moment, has."""
        number = 0
        while True:
            self._name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number:05d}.warc.gz"
            try:
                out = (self._folder / self._name).open("xb")
            except FileExistsError:
                number += 1
                continue
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            return out


def read(path: Path, offset: int, size: int) -> bytes:
    """The body, content-decoded, of the response record at an offset; `ArchiveError` if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file)))
            if record.rec_type != "response" or record.http_headers is None:
                raise ArchiveError(f"{path.name}@{offset}: a {record.rec_type} record")
            raw = b"".join(iter(lambda: record.raw_stream.read(1 << 16), b""))
            return bodies.inflate(raw, record.http_headers.get_header("content-encoding", ""), size)
    except (OSError, EOFError, StopIteration, ValueError, zlib.error, ArchiveLoadFailed, FetchError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ArchiveError(f"{path.name}@{offset}: {reason}") from error


def _request(writer: WARCWriter, hop: int, fetched: Fetched) -> object:
    exchange = fetched.exchanges[hop]
    target = exchange.address.split("/", 3)[3] if exchange.address.count("/") > 2 else ""
    headers = StatusAndHeaders(
        f"{exchange.method} /{target} HTTP/1.1", exchange.request_headers, is_http_request=True
    )
    return writer.create_warc_record(
        exchange.address,
        "request",
        io.BytesIO(exchange.request_body),
        len(exchange.request_body),
        warc_headers_dict={"WARC-Record-ID": _id("request", hop, fetched)},
        http_headers=headers,
    )


def _response_headers(exchange: Exchange) -> StatusAndHeaders:
    """The headers as received; chunks are already joined, so their header must not ask for it again."""
    headers: Headers = tuple(
        (f"X-Archive-Orig-{key}" if key.lower() == "transfer-encoding" else key, value)
        for key, value in exchange.headers
    )
    return StatusAndHeaders(f"{exchange.status} {exchange.reason}".rstrip(), headers, protocol=exchange.protocol)


def _date(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _id(kind: str, hop: int, fetched: Fetched) -> str:
    """A record id made of what it names, not of chance."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {hop} {_date(fetched.at)} {fetched.address}')}>"
