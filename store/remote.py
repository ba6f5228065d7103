"""A place in an object store, used like a path: whole objects, read by range, replaced on a condition."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, cast

from store.errors import StoreError, one_line

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore, RetryConfig

#: For so long a store may be away (a restart, a failing line) before what is under way fails.
PATIENCE: Final = timedelta(seconds=60)
#: Bytes that one request asks for where a file is read from an offset: most captures are smaller.
_AHEAD: Final = 256 * 1024
#: Bytes of a part of a large upload.
_PART: Final = 8 * 1024 * 1024
#: Many tries, so that it is the time that ends them.
RETRY: Final[RetryConfig] = {
    "max_retries": 100,
    "retry_timeout": PATIENCE,
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=2), "base": 2},
}


class Seen(NamedTuple):
    """What an object held when it was looked at, and the mark of that state; both None where it was absent."""

    data: bytes | None
    tag: str | None


@dataclass(frozen=True, slots=True)
class Remote:
    """An object or a "folder" of objects: `s3://bucket/some/name`, without a slash at the end.

    Credentials and endpoint come from the environment (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID …). Every method raises
    StoreError where the store cannot be reached or refuses, FileNotFoundError where an object must be and is not.
    """

    url: str

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: str) -> Remote:
        return Remote(f"{self.url}/{name}")

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.url.rpartition("/")[2]

    @property
    def parent(self) -> Remote:
        """The address without its last part."""
        return Remote(self.url.rpartition("/")[0])

    def look(self) -> Seen:
        """The whole object and the mark of its state."""
        import obstore

        bucket, key = self._split()
        try:
            with self._told():
                found = obstore.get(bucket, key)
                return Seen(bytes(found.bytes()), found.meta["e_tag"])
        except FileNotFoundError:
            return Seen(None, None)

    def swap(self, data: bytes, tag: str | None) -> str | None:
        """Write `data` if the object's state still is `tag` (None: absent): the new mark, or None if it is not."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, NotFoundError, PreconditionError

        bucket, key = self._split()
        try:
            with self._told():
                try:
                    put = obstore.put(
                        bucket,
                        key,
                        data,
                        mode="create" if tag is None else {"e_tag": tag},
                        use_multipart=False,
                    )
                except (AlreadyExistsError, PreconditionError, NotFoundError):
                    return self._ours(data)
        except StoreError as error:
            raise StoreError(f"{error}; whether it was written is not known") from error
        return put["e_tag"]

    def _ours(self, data: bytes) -> str | None:
        """The mark where our own write stands after all: its answer was lost, and the client had tried again."""
        now = self.look()
        return now.tag if now.data == data else None

    def read_bytes(self) -> bytes:
        """The whole object."""
        data = self.look().data
        if data is None:
            raise FileNotFoundError(f"{self.url}: no such object")
        return data

    def read_text(self, encoding: str = "utf-8") -> str:
        """The whole object as text."""
        return self.read_bytes().decode(encoding)

    def write_bytes(self, data: bytes) -> None:
        """Put the whole object, whatever is there."""
        import obstore

        bucket, key = self._split()
        with self._told():
            obstore.put(bucket, key, data, use_multipart=False)

    def size(self) -> int | None:
        """Bytes of the object; None where there is none."""
        head = self._head()
        return None if head is None else int(head["size"])

    def mark(self) -> str | None:
        """The mark of the object's state, as the store gives it; None where there is no object."""
        head = self._head()
        return None if head is None else head["e_tag"]

    def _head(self) -> ObjectMeta | None:
        import obstore

        bucket, key = self._split()
        try:
            with self._told():
                return obstore.head(bucket, key)
        except FileNotFoundError:
            return None

    def upload(self, file: Path) -> None:
        """Put a file, in parts where it is large: it is there as a whole or not at all."""
        import obstore

        bucket, key = self._split()
        with self._told():
            obstore.put(bucket, key, file, chunk_size=_PART)

    def download(self, file: Path) -> None:
        """Write the object to a file."""
        import obstore

        bucket, key = self._split()
        with self._told(), file.open("wb") as out:
            for chunk in obstore.get(bucket, key).stream(min_chunk_size=_PART):
                out.write(chunk)

    def open(self, mode: str = "rb") -> BinaryIO:
        """The object as a file to read, by range."""
        if mode != "rb":
            raise ValueError("objects are opened for reading only")
        size = self.size()
        if size is None:
            raise FileNotFoundError(f"{self.url}: no such object")
        return cast(BinaryIO, io.BufferedReader(_Ranges(self, size), _AHEAD))

    def range(self, start: int, length: int) -> bytes:
        """Some bytes of the object."""
        import obstore

        bucket, key = self._split()
        with self._told():
            return bytes(obstore.get_range(bucket, key, start=start, length=length))

    def names(self) -> list[str]:
        """The names of the objects directly in this "folder", in order."""
        import obstore

        bucket, key = self._split()
        with self._told():
            listed = obstore.list_with_delimiter(bucket, key)["objects"]
        return sorted(meta["path"].rpartition("/")[2] for meta in listed)

    def below(self) -> dict[str, tuple[int, datetime]]:
        """Every object in this "folder" and those in it: name from here on (`a/b`) -> bytes, time of writing."""
        import obstore

        bucket, key = self._split()
        with self._told():
            metas = [meta for some in obstore.list(bucket, key) for meta in some]
        return {meta["path"].removeprefix(f"{key}/"): (meta["size"], meta["last_modified"]) for meta in metas}

    def unlink(self) -> None:
        """Remove the object, if it is there."""
        import obstore

        bucket, key = self._split()
        try:
            with self._told():
                obstore.delete(bucket, key)
        except FileNotFoundError:
            return

    def _split(self) -> tuple[ObjectStore, str]:
        scheme, _, rest = self.url.partition("://")
        bucket, _, key = rest.partition("/")
        return _bucket(f"{scheme}://{bucket}"), key

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The client's errors as ours."""
        from obstore.exceptions import BaseError, NotFoundError

        try:
            yield
        except (FileNotFoundError, NotFoundError) as error:
            raise FileNotFoundError(f"{self.url}: no such object") from error
        except BaseError as error:
            raise StoreError(f"{self.url}: {one_line(error)}") from error


class _Ranges(io.RawIOBase):
    """An object read from wherever one seeks to; each read is one request."""

    def __init__(self, remote: Remote, size: int) -> None:
        self._remote, self._size, self._at = remote, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start: Callable[[], int] = {0: lambda: 0, 1: lambda: self._at, 2: lambda: self._size}[whence]
        self._at = start() + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # every buffer has a length
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        data = self._remote.range(self._at, length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@lru_cache(maxsize=16)
def _bucket(root: str) -> ObjectStore:
    from obstore.store import MemoryStore, from_url

    if root.startswith("memory:"):
        return MemoryStore()
    return from_url(root, retry_config=RETRY)
