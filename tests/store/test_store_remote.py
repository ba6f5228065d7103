"""Objects of a real store: replaced on a condition, read by range, whole after the server was killed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from s3_server import S3Server

from store.errors import StoreError
from store.remote import Remote
from store.where import where


def test_addresses() -> None:
    assert where("s3://bucket/省/a=1") == Remote("s3://bucket/省/a=1")
    assert where("s3://bucket/a/") / "b" == Remote("s3://bucket/a/b")
    assert where("file:///a%20b") == Path("/a b")
    assert where("a").is_absolute()  # type: ignore[union-attr]
    assert (Remote("s3://bucket/a/b").name, str(Remote("s3://bucket/a/b").parent)) == ("b", "s3://bucket/a")
    for bad in ("http://bucket/a", "s3://", "s3://Bucket", "s3://bucket/a b", "s3://bucket/a%b", "s3://bucket/a*"):
        with pytest.raises(StoreError, match="a store"):
            where(bad)


def test_what_is_not_there(bucket: Remote, tmp_path: Path) -> None:
    nothing = bucket / "nothing"
    assert nothing.look() == (None, None)
    assert nothing.size() is None
    assert bucket.names() == []
    nothing.unlink()
    for read in (nothing.read_bytes, nothing.open, lambda: nothing.download(tmp_path / "x")):
        with pytest.raises(FileNotFoundError, match="no such object"):
            read()


def test_an_object_is_replaced_only_as_it_was_read(bucket: Remote) -> None:
    one = bucket / "one"
    first = one.swap(b"1", None)
    assert first
    assert one.look() == (b"1", first)
    assert one.swap(b"2", None) is None
    second = one.swap(b"2", first)
    assert second not in (None, first)
    assert one.swap(b"3", first) is None
    assert one.read_bytes() == b"2"
    # Our own write, tried again because its answer was lost, is no defeat.
    assert one.swap(b"2", first) == second
    # What somebody removed is not what was read.
    one.unlink()
    assert one.swap(b"4", second) is None
    assert one.look().data is None


def test_of_many_writers_one_wins(bucket: Remote) -> None:
    def tries(one: Remote, tag: str | None) -> list[int]:
        with ThreadPoolExecutor(8) as pool:
            won = pool.map(lambda n: one.swap(b"%d" % n, tag), range(8))
        return [n for n, tag in enumerate(won) if tag]

    for number in range(10):
        one = bucket / f"raced{number}"
        (winner,) = tries(one, None)
        assert one.read_bytes() == b"%d" % winner
        one.write_bytes(b"known")
        (winner,) = tries(one, one.look().tag)
        assert one.read_bytes() == b"%d" % winner


def test_large_files_go_up_in_parts_and_are_read_by_range(bucket: Remote, tmp_path: Path) -> None:
    data = b"".join(b"%07d\n" % n for n in range(3_000_000))
    (tmp_path / "large").write_bytes(data)
    (bucket / "large").upload(tmp_path / "large")
    assert (bucket / "large").size() == len(data)
    assert bucket.names() == ["large"]
    (bucket / "large").download(tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == data
    with (bucket / "large").open() as file:
        file.seek(16_000_000)
        assert file.read(8) == b"2000000\n"
        file.seek(-8, 2)
        assert file.read() == b"2999999\n"
        assert file.read() == b""


def test_what_was_answered_outlives_the_server(s3: S3Server, bucket: Remote) -> None:
    one = bucket / "one"
    tag = one.swap(b"1", None)
    s3.kill()
    restarting = s3.outage(0.5)
    # The client waits for it.
    assert one.look() == (b"1", tag)
    assert one.swap(b"2", tag)
    restarting.join()
    assert one.read_bytes() == b"2"


def test_a_store_that_cannot_be_used_is_one_line(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from store import remote

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    remote._bucket.cache_clear()
    try:
        with pytest.raises(StoreError, match=r"^s3://gouji/x: [^\n]*403[^\n]*$"):
            Remote("s3://gouji/x").read_bytes()
    finally:
        remote._bucket.cache_clear()
