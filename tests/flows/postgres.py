"""A PostgreSQL of our own: Debian's package, a cluster in a temporary folder, reached by a socket in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tied import tied

#: PostgreSQL refuses to run as root; Debian's package makes this user
USER = "postgres"


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest version; None where the package is not installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def cluster(bin_folder: Path, address: str) -> Iterator[str]:
    """A running cluster with the role and the empty database of an address for Prefect, which it gives with its own
    socket. Gone after the block.
    """
    role, database, socket = _parts(address)
    root = os.geteuid() == 0
    who: dict[str, Any] = {"user": USER, "group": USER, "extra_groups": []} if root else {}
    with tempfile.TemporaryDirectory(prefix="gouji-pg-") as name:
        folder = Path(name)
        if root:
            shutil.chown(folder, USER, USER)
        made = ["-D", folder / "data", "-U", role, "--auth=trust", "--no-sync", "-E", "UTF8", "--no-locale"]
        subprocess.run([bin_folder / "initdb", *made], cwd=folder, check=True, stdout=subprocess.DEVNULL, **who)
        words = ["-D", folder / "data", "-k", folder, "-F", "-c", "listen_addresses="]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                tied([bin_folder / "postgres", *words], "INT"),
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **who,
            )
        try:
            _wait(bin_folder, folder, server)
            subprocess.run([bin_folder / "createdb", "-h", folder, "-U", role, database], check=True)
            yield address.replace(socket, str(folder))
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it closes what is connected
            server.wait(60)


def copied(address: str, name: str) -> str:
    """A copy of a database that nobody is connected to, in the same cluster; gives its address."""
    role, database, folder = _parts(address)
    subprocess.run(["createdb", "-h", folder, "-U", role, "-T", database, name], check=True)
    return address.replace(f"@/{database}?", f"@/{name}?")


def ask(address: str, sql: str) -> str:
    """What `psql` answers, unaligned and without heads."""
    role, database, folder = _parts(address)
    words = ["psql", "-h", folder, "-U", role, "-d", database, "-qAt", "-c", sql]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _parts(address: str) -> tuple[str, str, str]:
    """Role, database and folder of the socket."""
    parts = urlsplit(address)
    return str(parts.username), parts.path.removeprefix("/"), parse_qs(parts.query)["host"][0]


def _wait(bin_folder: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"no PostgreSQL: {(folder / 'log').read_text('utf-8')[-2000:]}")
