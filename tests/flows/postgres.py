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

from tied import tied

#: PostgreSQL refuses to run as root; Debian's package makes this user
USER = "postgres"


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest version; None where the package is not installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """A running cluster with an empty database; gives its address for Prefect. Gone after the block."""
    root = os.geteuid() == 0
    who: dict[str, Any] = {"user": USER, "group": USER, "extra_groups": []} if root else {}
    with tempfile.TemporaryDirectory(prefix="gouji-pg-") as name:
        folder = Path(name)
        if root:
            shutil.chown(folder, USER, USER)
        made = ["-D", folder / "data", "-U", "prefect", "--auth=trust", "--no-sync", "-E", "UTF8", "--no-locale"]
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
            subprocess.run([bin_folder / "createdb", "-h", folder, "-U", "prefect", "prefect"], check=True)
            yield f"postgresql+asyncpg://prefect@/prefect?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it closes what is connected
            server.wait(60)


def copied(address: str, name: str) -> str:
    """A copy of a database that nobody is connected to, in the same cluster; gives its address."""
    who, _, rest = address.partition("@/")
    database, _, folder = rest.partition("?host=")
    subprocess.run(["createdb", "-h", folder, "-U", "prefect", "-T", database, name], check=True)
    return f"{who}@/{name}?host={folder}"


def ask(address: str, sql: str) -> str:
    """What `psql` answers, unaligned and without heads."""
    words = ["psql", "-h", address.partition("host=")[2], "-U", "prefect", "-d", "prefect", "-qAt", "-c", sql]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _wait(bin_folder: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"no PostgreSQL: {(folder / 'log').read_text('utf-8')[-2000:]}")
