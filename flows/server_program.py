"""The program of the embedded Prefect server (`flows.server`): `python -m flows.server_program SOCKET`.

It serves on a listening socket that it inherits, until its standard input ends: that is when its run's process has
ended, or wants it to.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from flows.collector import uncollected
from flows.exits import leave
from flows.server import FORGET, READY

if TYPE_CHECKING:
    from fastapi import FastAPI

#: seconds that requests still have when the end has come
_GRACE = 5


class _Server(uvicorn.Server):
    """Says once, on a file descriptor, that it takes requests."""

    def __init__(self, app: FastAPI, said_on: int) -> None:
        # As Prefect starts its own.
        super().__init__(uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=_GRACE))
        self._said_on = said_on
        self.forgets = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            os.write(self._said_on, READY)
            threading.Thread(target=self._until_told, daemon=True).start()

    def _until_told(self) -> None:
        self.forgets = FORGET in iter(sys.stdin.buffer.readline, b"")
        self.should_exit = True


def main(listening: int) -> int:
    """Serve; then, where that was asked for, delete what Prefect need not remember."""
    said_on = os.dup(1)
    # Whatever a library prints is not for the run's process.
    os.dup2(2, 1)
    with uncollected():
        from prefect.server.api.server import create_app

        server = _Server(create_app(ephemeral=True, final=True), said_on)
    server.run(sockets=[socket.socket(fileno=listening)])
    if not server.started:
        return 1
    if server.forgets:
        from flows.retention import forget_history, forgetting

        with forgetting():
            asyncio.run(forget_history())
    return 0


if __name__ == "__main__":
    leave(main(int(sys.argv[1])))
