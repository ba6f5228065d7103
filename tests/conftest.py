"""What several rooms' tests share: an S3-speaking server."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from s3_server import BUCKET, S3Server, missing

from store.remote import Remote

_numbers = count()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server for all tests of this process; the environment points to it."""
    if reason := missing():
        pytest.skip(reason)
    server = S3Server(tmp_path_factory.mktemp("s3"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.variables.items():
            patch.setenv(name, value)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture
def bucket(s3: S3Server) -> Remote:
    """A place of its own in the server's bucket."""
    return Remote(f"s3://{BUCKET}/t{next(_numbers)}")
