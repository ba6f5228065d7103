"""The embedded server and the process that readers are forked from: what a night starts beside itself."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from commandline import ROOT, environment
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import steps
from flows.preloaded import MODULES

#: starts a server in a home, says where it is and which process serves, and stays
SERVED = """
import sys
from pathlib import Path
from flows.home import Home
from flows.server import Server
from flows.setting import embed
assert embed(Home(Path(sys.argv[1])))
server = Server.start()
server.wait()
print(server.url, server._process.pid, flush=True)
sys.stdin.read()
"""
FORKED = """
import os, sys
from flows.workers import readers
def seen(modules):
    server = os.getppid()
    return server, len(os.listdir(f"/proc/{server}/task")), [it for it in modules if it not in sys.modules]
def told(name):
    return os.environ.get(name)
if __name__ == "__main__":
    with readers(2) as pool:
        first = pool.run(seen, sys.argv[1:])
        os.environ["SAID_LATER"] = "yes"
    with readers(1) as pool:
        same = first == pool.run(seen, sys.argv[1:])
        print(first[0], same, first[0] != os.getpid(), *first[1:], pool.run(told, "SAID_LATER"))
"""


def started(home: Path, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SERVED, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=environment(**more), text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def test_the_server_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    with started(tmp_path) as parent:
        assert parent.stdout is not None
        url, pid = parent.stdout.readline().split()
        assert urllib.request.urlopen(f"{url}/health").read() == b"true"
        parent.kill()
        parent.wait()
        state = Path("/proc", pid, "stat")
        for _ in range(600):
            if not state.exists() or state.read_text("utf-8").rpartition(") ")[2].startswith("Z"):
                break
            time.sleep(0.1)
        else:
            pytest.fail("the server goes on")
    assert (tmp_path / "prefect" / "prefect.db").exists()


def test_only_a_server_that_others_use_is_asked_for_a_limit_before_each_batch() -> None:
    """A run's own, asked while its database was written, made every batch wait."""
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}):
        assert steps.limited_read().tags == {steps.READER}
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert not steps.limited_read().tags


def test_a_server_that_cannot_start_is_told_of(tmp_path: Path) -> None:
    with started(tmp_path, PREFECT_SERVER_DATABASE_CONNECTION_URL=f"sqlite+aiosqlite:///{tmp_path}") as parent:
        assert parent.stderr is not None
        assert parent.wait() != 0
        assert "ServerError: Prefect's server did not start" in parent.stderr.read()


def test_readers_are_forked_from_one_process_without_threads_that_has_their_libraries(tmp_path: Path) -> None:
    program = tmp_path / "forked.py"
    program.write_text(FORKED, "utf-8")
    command = [sys.executable, str(program), *MODULES]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(PYTHONPATH=str(ROOT)))
    server, _, told = said.stdout.strip().partition(" ")
    assert told == "True True 1 [] yes"
    assert not Path("/proc", server).exists()


def test_a_server_that_prefects_files_name_is_the_one(tmp_path: Path) -> None:
    """In the folder where the command is given, or in a profile of Prefect's home; files without one are nothing."""
    program = "from flows.home import Home; from flows.setting import embed; print(embed(Home.at(None)))"
    (tmp_path / "prefect.toml").write_text("[logging]\nlevel = 'ERROR'\n", "utf-8")

    def embeds(**more: str) -> str:
        env = environment(PYTHONPATH=str(ROOT), GOUJI_HOME=str(tmp_path / "home"), **more)
        command = [sys.executable, "-c", program]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=env, cwd=tmp_path
        ).stdout.strip()

    assert embeds() == "True"
    own = tmp_path / "prefect"
    own.mkdir()
    profile = 'active = "p"\n[profiles.p]\nPREFECT_API_URL = "http://127.0.0.1:1/api"\n[profiles.q]\n'
    (own / "profiles.toml").write_text(profile, "utf-8")
    assert embeds(PREFECT_HOME=str(own)) == "False"
    assert embeds(PREFECT_HOME=str(own), PREFECT_PROFILE="q") == "True"
    (tmp_path / "prefect.toml").write_text("[api]\nurl = 'http://127.0.0.1:1/api'\n", "utf-8")
    assert embeds() == "False"


def test_prefect_may_be_there_before_its_server(tmp_path: Path) -> None:
    told = "server.wait()\nfrom prefect.settings import PREFECT_API_URL as said\nassert said.value() == server.url"
    program = SERVED.replace("import sys\n", "import sys, prefect\n", 1).replace("server.wait()", told)
    command = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run(command, check=False, stdin=subprocess.DEVNULL, cwd=ROOT, env=environment()).returncode == 0
