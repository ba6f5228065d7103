"""A night over known, unchanged pages beside bare loops of httpx and aiohttp with the same conditional requests.

    python benchmarks/crawl.py [--pages 35000] [--connections 1] [--rounds 7] [--out benchmarks/crawl.md]

A server of our own on loopback, in a process of its own, answers 200 the first time and 304 to its ETag. A first
night fills the archive (not timed; it does not wait for the disk); then, round by round and in turn, a part of the
pages is checked by `portals.crawl.crawl` (lists, conditional requests, revisit records, index), by an httpx loop and
by an aiohttp loop, each in a process of its own. Last comes one whole night in one call, with the memory of its
process at 10, 50 and 100 %. Rate limits are off.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

HOST = "bench.gansu.example"
#: reports on one list page, so that lists are the few requests that they are on real portals
LISTED = 100
BODY = (
    "<html><head><title>年度报告</title></head><body><div class='TRS_Editor'>" + "<p>一、总体情况。</p>" * 200
).encode()
FIELDS = "Server: nginx\r\nDate: Sat, 01 Mar 2025 20:00:00 GMT\r\nLast-Modified: Fri, 31 Jan 2025 08:00:00 GMT\r\n"


class Portal(asyncio.Protocol):
    """As little of a web server as will do: lists, pages with an ETag, and nothing else."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head, self.received = self.received[:end], self.received[end + 4 :]
            self.transport.write(answer(head))


def answer(head: bytes) -> bytes:
    """The response to a request's head."""
    path = head.split(b" ", 2)[1].decode()
    if path.startswith("/p/"):
        etag = f'"{path}"'
        if f"if-none-match: {etag}".encode() in head.replace(b"If-None-Match", b"if-none-match"):
            return f"HTTP/1.1 304 Not Modified\r\n{FIELDS}ETag: {etag}\r\n\r\n".encode()
        body = path.encode() + BODY
        fields = f"{FIELDS}ETag: {etag}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        return f"HTTP/1.1 200 OK\r\n{fields}".encode() + body
    if path.startswith("/u/"):
        first = int(path.split("/")[2]) * LISTED
        title = "某局2024年政府信息公开工作年度报告"
        body = "".join(f"<li><a href='/p/{n}.html'>{title}</a></li>" for n in range(first, first + LISTED)).encode()
        fields = f"{FIELDS}Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        return f"HTTP/1.1 200 OK\r\n{fields}".encode() + body
    return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def serve(pipe: Connection) -> None:
    """Serve until terminated; tells the port."""

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Portal, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@dataclass(frozen=True, slots=True)
class Task:
    """Pages from `first` up to `last`, a multiple of LISTED each; `connections` at a time."""

    port: int
    folder: Path
    connections: int
    first: int
    last: int
    filling: bool = False


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of the processor, and MiB resident at 10, 50 and 100 %."""

    wall: float
    cpu: float
    memory: tuple[float, ...] = ()


def gouji(task: Task) -> Took:
    """One night of the crawl over the task's pages."""
    from portals.archive import Archive
    from portals.crawl import Progress, Run, crawl
    from portals.fetch import Fetcher
    from portals.limits import Times
    from portals.transport import Network
    from portals.units import PortalSource, Unit

    def now() -> datetime:
        return datetime.now(UTC)

    portal = PortalSource("bench", HOST, "trs", 0.0, task.connections)
    numbers = range(task.first // LISTED, task.last // LISTED)
    units = [
        Unit(f"62{n:04d}", "620000", "某局", (), "county", "department", None, "bench", f"/u/{n}/", 2019, None)
        for n in numbers
    ]
    memory: list[float] = []

    def watch(progress: Progress) -> None:
        if progress.phase == "fetch" and progress.done in marks:
            memory.append(resident())

    if task.filling:
        os.fsync = lambda fd: None
    total = task.last - task.first
    marks = {total // 10, total // 2, total}
    network = Network({HOST: ("127.0.0.1", task.port)})
    with Archive(task.folder) as archive, Fetcher([portal], Times(now), network=network) as fetcher:
        begun = time.perf_counter(), time.process_time()
        result = crawl(portal, units, Run(fetcher, archive, now, now()), on_progress=watch)
        took = Took(time.perf_counter() - begun[0], time.process_time() - begun[1], tuple(memory))
    assert not result.problems, result.problems[:3]
    assert result.fetched + result.unchanged == total, result
    return took


def addresses(task: Task) -> list[tuple[str, dict[str, str]]]:
    """What the bare loops ask, with the same validator as gouji."""
    return [
        (f"http://127.0.0.1:{task.port}/p/{n}.html", {"If-None-Match": f'"/p/{n}.html"'})
        for n in range(task.first, task.last)
    ]


def by_httpx(task: Task) -> Took:
    """A bare loop of httpx, one connection."""
    import httpx

    wanted = addresses(task)
    with httpx.Client(trust_env=False) as client:
        begun = time.perf_counter(), time.process_time()
        for address, headers in wanted:
            assert client.get(address, headers=headers).status_code == 304
        return Took(time.perf_counter() - begun[0], time.process_time() - begun[1])


def by_aiohttp(task: Task) -> Took:
    """As many bare loops of aiohttp as there are connections."""
    import aiohttp

    async def some(session: aiohttp.ClientSession, wanted: Iterator[tuple[str, dict[str, str]]]) -> None:
        for address, headers in wanted:
            async with session.get(address, headers=headers) as response:
                await response.read()
                assert response.status == 304

    async def main() -> Took:
        wanted = iter(addresses(task))
        connector = aiohttp.TCPConnector(limit=task.connections)
        async with aiohttp.ClientSession(connector=connector) as session:
            begun = time.perf_counter(), time.process_time()
            await asyncio.gather(*(some(session, wanted) for _ in range(task.connections)))
            return Took(time.perf_counter() - begun[0], time.process_time() - begun[1])

    return asyncio.run(main())


CONTENDERS: dict[str, Callable[[Task], Took]] = {"gouji": gouji, "httpx": by_httpx, "aiohttp": by_aiohttp}


def work(pipe: Connection, name: str) -> None:
    """Carry out tasks until told to stop."""
    while (task := pipe.recv()) is not None:
        pipe.send(CONTENDERS[name](task))


@contextmanager
def process(target: Callable[..., None], *args: Any) -> Iterator[Connection]:
    """A process that does `target`; gives the pipe to it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=target, args=(theirs, *args), daemon=True)
    child.start()
    try:
        yield ours
    finally:
        child.terminate()
        child.join()


def ask(pipe: Connection, task: Task) -> Took:
    """What a task took."""
    pipe.send(task)
    took: Took = pipe.recv()
    return took


def resident() -> float:
    """MiB of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(pages: int, rounds: int, connections: int, folder: Path) -> str:
    """The report of all rounds."""
    with ExitStack() as stack:
        port = stack.enter_context(process(serve)).recv()
        pipes = {name: stack.enter_context(process(work, name)) for name in CONTENDERS}
        cuts = [pages * n // rounds // LISTED * LISTED for n in range(rounds + 1)]
        with process(work, "gouji") as filler:
            ask(filler, Task(port, folder, connections, 0, cuts[-1], filling=True))
        took: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        busy: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        names = list(CONTENDERS)
        for number, (begin, end) in enumerate(itertools.pairwise(cuts)):
            for name in names[number % 3 :] + names[: number % 3]:
                one = ask(pipes[name], Task(port, folder, connections, begin, end))
                took[name].append(one.wall * 1000 / (end - begin))
                busy[name].append(one.cpu * 1000 / (end - begin))
                print(f"round {number + 1}: {name} {took[name][-1]:.3f} ms a page", file=sys.stderr)
        # A process that has done nothing else shows what a night keeps in memory.
        with process(work, "gouji") as fresh:
            night = ask(fresh, Task(port, folder, connections, 0, cuts[-1]))
    return table(took, busy, night, cuts[-1])


def table(took: dict[str, list[float]], busy: dict[str, list[float]], night: Took, pages: int) -> str:
    """The report as Markdown."""
    lines = [
        "| per page | median ms | least–greatest | CPU ms | gouji beside it | by round |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    ours = statistics.median(took["gouji"])
    for name, times in took.items():
        ratios = [a / b for a, b in zip(took["gouji"], times, strict=True)]
        beside = "" if name == "gouji" else f"{ours / statistics.median(times):.2f} ×"
        span = "" if name == "gouji" else f"{min(ratios):.2f}–{max(ratios):.2f}"
        lines.append(
            f"| {name} | {statistics.median(times):.3f} | {min(times):.3f}–{max(times):.3f} |"
            f" {statistics.median(busy[name]):.3f} | {beside} | {span} |"
        )
    memory = " / ".join(f"{value:.1f}" for value in night.memory)
    lines += [
        "",
        f"One whole night over {pages} unchanged pages: {night.wall:.1f} s, {night.wall * 1000 / pages:.3f} ms a page"
        f" ({night.cpu * 1000 / pages:.3f} ms of processor); resident at 10 / 50 / 100 %: {memory} MiB.",
        f"{len(took['gouji'])} rounds. {machine()}",
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What it was measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} × {model}, load {load} at the end, Python {platform.python_version()}."


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=35_000)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, help="Markdown file: what follows its table mark is replaced")
    chosen = parser.parse_args(arguments)
    if chosen.pages < chosen.rounds * LISTED:
        parser.error(f"at least {chosen.rounds * LISTED} pages for {chosen.rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        result = measure(chosen.pages, chosen.rounds, chosen.connections, Path(folder))
    print(result, end="")
    if chosen.out:
        head, mark, _ = chosen.out.read_text("utf-8").partition("<!-- table -->\n")
        chosen.out.write_text(f"{head}{mark}\n{result}", "utf-8")


if __name__ == "__main__":
    main()
