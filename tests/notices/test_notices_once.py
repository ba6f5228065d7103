"""Exactly one mail a reader: a real server that drops the connection at each step, and processes killed at each step.

The server has taken a mail when it has said so (RFC 5321, 4.1.1.4); it removes no duplicates. Where the connection
ends before that, the mail was not taken; where the process ends, nobody has told it.
"""

from __future__ import annotations

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path

import pytest
from test_notices_outbox import message

from notices.outbox import Outbox
from notices.smtp import SmtpSettings, send

READERS = ("a@example.org", "b@example.org", "c@example.org")
NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
#: what the server has heard when trouble comes; `end` is the end of the message, `said` its own answer to that
STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "body", "end", "said", "QUIT")


class Post(socketserver.ThreadingTCPServer):
    """An SMTP server that makes trouble once, at one step: drops the connection, or kills the process that speaks."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: Counter[str] = Counter()
        self.step: str | None = None
        self.kill: int | None = None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def trouble(self, step: str, connection: socket.socket) -> bool:
        """Whether the connection is to be dropped now."""
        if step != self.step:
            return False
        self.step = None
        if self.kill:
            os.kill(self.kill, signal.SIGKILL)
            return False  # the server goes on: it does not know
        connection.close()
        return True


class Session(socketserver.StreamRequestHandler):
    """One connection; only what the tests need."""

    server: Post

    def handle(self) -> None:
        try:
            self._speak()
        except (OSError, ValueError):
            return

    def _speak(self) -> None:
        reader = ""
        if self.server.trouble("connect", self.connection):
            return
        self._say(b"220 here")
        for line in self.rfile:
            verb = line[:4].upper().decode()
            if self.server.trouble(verb, self.connection):
                return
            if verb == "RCPT":
                reader = line.decode().split("<")[1].split(">")[0]
            if verb == "DATA":
                self._say(b"354 go on")
                if not self._data(reader):
                    return
            else:
                self._say(b"221 bye" if verb == "QUIT" else b"250 yes")

    def _data(self, reader: str) -> bool:
        for number, line in enumerate(self.rfile):
            if number == 3 and self.server.trouble("body", self.connection):
                return False
            if line == b".\r\n":
                if self.server.trouble("end", self.connection):
                    return False
                self.server.taken[reader] += 1
                self._say(b"250 taken")
                return not self.server.trouble("said", self.connection)
        return False

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    box = Outbox(tmp_path / "outbox")
    for reader in READERS:
        box.put(message(reader=reader), "report", "r0001", NOW, True)
    return box


def once() -> dict[str, int]:
    return dict.fromkeys(READERS, 1)


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_drops_the_connection(post: Post, outbox: Outbox, step: str) -> None:
    settings = SmtpSettings(
        "127.0.0.1", post.port, "none", None, None, Address(addr_spec="gouji@example.org"), timeout=10, last_word=10
    )
    post.step = step
    for day in range(4):
        outbox.deliver(lambda it, over: send(it, settings, over), NOW + timedelta(days=day))
    assert post.step is None  # there was trouble
    assert post.taken == once()
    assert {it.state for it in outbox.entries()} == {"sent"}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed(post: Post, outbox: Outbox, step: str) -> None:
    """Killed before the end of the message it is sent again; after it, nobody sends it again unasked."""
    command = [sys.executable, str(Path(__file__).with_name("posting.py")), str(outbox.folder), str(post.port)]
    post.step = step
    with subprocess.Popen(command, start_new_session=True) as process:
        post.kill = process.pid
        process.wait(60)
    assert process.returncode == -signal.SIGKILL
    post.kill = None
    for _ in range(2):
        subprocess.run(command, check=True, timeout=60)
    assert post.taken == once()
    states = Counter(it.state for it in outbox.entries())
    # "said" and "QUIT": the kill may come just before or just after the answer was written down.
    assert states in ([Counter(sent=2, doubt=1), Counter(sent=3)] if step in {"said", "QUIT"} else [after(step)])


def after(step: str) -> Counter[str]:
    return Counter(sent=2, doubt=1) if step == "end" else Counter(sent=3)


def test_killed_between_the_answer_and_the_record(post: Post, outbox: Outbox) -> None:
    """The narrowest place: the server has said yes, and the process dies before it writes that down."""
    script = (
        "import os, signal, sys; from notices import outbox, smtp; import posting\n"
        "def send(*args):\n    smtp.send(*args); os.kill(os.getpid(), signal.SIGKILL)\n"
        "posting.send = send; posting.main(*sys.argv[1:])"
    )
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)])}
    dying = [sys.executable, "-c", script, str(outbox.folder), str(post.port)]
    for _ in READERS:
        assert subprocess.run(dying, env=environment, check=False, timeout=60).returncode == -signal.SIGKILL
    subprocess.run([*dying[:1], str(Path(here) / "posting.py"), *dying[3:]], check=True, timeout=60)
    assert post.taken == once()
    assert [it.state for it in outbox.entries()] == ["doubt"] * 3
    assert all(outbox.last("report", reader) for reader in READERS)  # the next report builds on it
