"""One portal's night: list its units, fetch what is new, check what is known, record what went wrong."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Literal, TypeVar

from portals import bodies, listing
from portals.archive import Archive, ArchiveError
from portals.attribution import Attribution, shared
from portals.captures import Capture, Origin, Role
from portals.exchange import Fetched, Request
from portals.families.base import Entry, ListError, Page
from portals.fetch import Fetcher
from portals.links import Link, linked
from portals.problems import FetchError, Kind, Problem
from portals.units import PortalSource, Unit

Outcome = Literal["fetched", "unchanged", "skipped", "failed"]
_Item = TypeVar("_Item")
#: Seconds between two looks at what the threads have done.
_TICK = 0.05
#: Problems that may be over when a killed run goes on; what was refused or absent is not asked for again that night.
_PASSING = frozenset({"throttled", "server", "timeout", "network", "parse"})
#: Bytes of an answer that is no document, beyond which it is not kept as evidence.
_EVIDENCE_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What a run works with. Documents checked since `started_at` (UTC) are not requested again, so a run
    that was killed goes on where it stopped when it is given the same `started_at`.
    """

    fetcher: Fetcher
    archive: Archive
    now: Callable[[], datetime]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase has come: lists or documents done, of how many."""

    portal: str
    phase: Literal["list", "fetch"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """A crawl in figures. `listed` counts reports on the lists (of the years asked for); `fetched`,
    `unchanged` and `skipped` (already checked in this run) count documents, attachments included.
    """

    portal: str
    listed: int
    fetched: int
    unchanged: int
    skipped: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Visit:
    """What one thread brings back: outcomes by name and problems."""

    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def crawl(
    portal: PortalSource,
    units: Collection[Unit],
    run: Run,
    *,
    years: Collection[int] | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    known: Collection[Unit] = (),
) -> CrawlResult:
    """Crawl the units of one portal; `years` limits to reports whose title names one of them or none.

    `known` are the other units that titles on a shared list may name (those of the whole registry).

    A page that cannot be had becomes a `Problem`, kept in the archive as well; only a fault of the archive
    itself raises. `on_progress` is called in this thread.
    """
    own = shared([unit for unit in units if unit.portal == portal.name])
    crawler = _Crawler(portal, run, Attribution([*units, *known]))
    problems: list[tuple[int, int, Problem]] = []
    listed: dict[int, list[Entry]] = {}
    outcomes: Counter[Outcome] = Counter()
    for done, (number, visit) in enumerate(_each(crawler.list, own, portal.concurrency), 1):
        listed[number] = visit.entries
        problems += [(0, number, problem) for problem in visit.problems]
        on_progress(Progress(portal.name, "list", done, len(own)))
    entries = chosen([entry for number in sorted(listed) for entry in listed[number]], years)
    for done, (number, visit) in enumerate(_each(crawler.visit, entries, portal.concurrency), 1):
        outcomes.update(visit.outcomes)
        problems += [(1, number, problem) for problem in visit.problems]
        on_progress(Progress(portal.name, "fetch", done, len(entries)))
    return CrawlResult(
        portal=portal.name,
        listed=len(entries),
        fetched=outcomes["fetched"],
        unchanged=outcomes["unchanged"],
        skipped=outcomes["skipped"],
        problems=tuple(problem for *_, problem in sorted(problems, key=lambda one: one[:2])),
    )


def chosen(entries: Sequence[Entry], years: Collection[int] | None) -> list[Entry]:
    """The entries worth fetching: of the years asked for or of no known year, each address once, and
    other forms of a report only where the unit lists no plain one for that year.
    """
    wanted = [entry for entry in entries if years is None or entry.year is None or entry.year in years]
    plain = {(entry.unit_id, entry.year) for entry in wanted if entry.rank == 0}
    kept: dict[str, Entry] = {}
    for entry in wanted:
        if entry.rank == 0 or (entry.unit_id, entry.year) not in plain:
            kept.setdefault(entry.address, entry)
    return list(kept.values())


def _each(work: Callable[[_Item], _Visit], items: Sequence[_Item], threads: int) -> Iterator[tuple[int, _Visit]]:
    """What `work` makes of each item, with the item's number, as the threads finish them.

    The threads take the items themselves and this one looks after them now and then: waking it for each page costs
    more than the page. When the caller leaves, they stop after what they are at.
    """
    todo, lock = iter(enumerate(items)), threading.Lock()
    done: deque[tuple[int, _Visit]] = deque()
    stop = threading.Event()

    def labour() -> None:
        while not stop.is_set():
            with lock:
                number, item = next(todo, (-1, None))
            if item is None:
                return
            done.append((number, work(item)))

    with ThreadPoolExecutor(threads, thread_name_prefix="crawl") as pool:
        labourers = [pool.submit(labour) for _ in range(min(threads, len(items)))]
        try:
            pending: Collection[Future[None]] = labourers
            while pending:
                while done:
                    yield done.popleft()
                pending = wait(labourers, timeout=_TICK, return_when=FIRST_EXCEPTION).not_done
                for labourer in labourers:
                    if labourer.done():
                        labourer.result()
            yield from done
        finally:
            stop.set()


class _Crawler:
    def __init__(self, portal: PortalSource, run: Run, attribution: Attribution) -> None:
        self._portal, self._run, self._attribution = portal, run, attribution
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    def list(self, group: tuple[Unit, ...]) -> _Visit:
        """The entries of lists that these units share, kept in the archive; what came before a fault is kept too."""
        visit = _Visit()
        found: dict[str, Entry] = {}
        fault: FetchError | None = None
        try:
            for entry in listing.entries(partial(self._page, group[0]), self._portal, group[0]):
                owner = self._attribution.owner(entry.title, group)
                if owner is not None:
                    found.setdefault(entry.address, replace(entry, unit_id=owner))
        except Exception as error:
            fault = _as_fetch_error(error)
        visit.entries = list(found.values())
        for unit in group:
            if fault is None:
                self._run.archive.solved(unit.id)
            else:
                origin = Origin(unit.id, unit.name)
                self._note(visit, self._portal.address(unit.path), "list", fault, origin)
            own = [entry for entry in visit.entries if entry.unit_id == unit.id]
            self._run.archive.listed(unit.id, own, self._run.now(), whole=fault is None)
        return visit

    def visit(self, entry: Entry) -> _Visit:
        """Bring the archive up to date with an entry: its article, then its attachments and pictures."""
        visit = _Visit()
        origin = Origin(entry.unit_id, entry.title, entry.published, entry.year)
        article = self._check(visit, entry.address, origin)
        for link in self._run.archive.links(article.capture_id) if article else ():
            attached = replace(origin, title=link.title, parent_address=entry.address)
            self._check(visit, link.address, attached)
        return visit

    def _check(self, visit: _Visit, address: str, origin: Origin) -> Capture | None:
        """The current capture of an address, requested at most once a run; None where there is none."""
        known = self._latest(address, "document")
        with self._lock:
            claimed = address in self._claimed
            self._claimed.add(address)
        if claimed:
            return known
        if known is not None and self._in_this_run(known.checked_at):
            visit.outcomes.append("skipped")
            return known
        settled = self._run.archive.problem(address)
        if settled is not None and self._in_this_run(settled.at) and settled.code not in _PASSING:
            visit.problems.append(settled)
            visit.outcomes.append("failed")
            return known
        kind: Kind = "attachment" if origin.parent_address else "document"
        # What was kept and is lost or damaged must come again as a whole: a 304 would leave it so for ever.
        sound = known if known is not None and self._run.archive.has(known) else None
        try:
            fetched = self._get(Request(address), sound, kind)
        except FetchError as error:
            self._note(visit, address, kind, error, origin)
            visit.outcomes.append("failed")
            return known
        if sound is not None and _unchanged(fetched, sound):
            visit.outcomes.append("unchanged")
            self._run.archive.seen(sound, fetched)
            return sound
        visit.outcomes.append("fetched")
        return self._keep(visit, fetched, origin)

    def _latest(self, address: str, role: Role) -> Capture | None:
        """The current capture of an address; one of a time that has not come is as if checked before this run."""
        archive = self._run.archive
        known = archive.latest(address, role)
        now = self._run.now()  # after the look: another thread may just have checked it
        if known is None or known.checked_at <= now:
            return known
        archive.set_back(address, role, min(now, self._run.started_at))
        return archive.latest(address, role)

    def _in_this_run(self, at: datetime) -> bool:
        return self._run.started_at <= at <= self._run.now()

    def _get(self, request: Request, known: Capture | None, kind: Kind) -> Fetched:
        if known is None or request.form is not None:
            return self._run.fetcher.get(request, kind=kind)
        return self._run.fetcher.get(
            request,
            etag=known.etag,
            last_modified=known.last_modified,
            came_from=known.final_address,
            kind=kind,
        )

    def _keep(self, visit: _Visit, fetched: Fetched, origin: Origin) -> Capture:
        """Archive what was received, even where its page cannot be searched for attachments and pictures."""
        archive, fault = self._run.archive, None
        links: Sequence[Link] = ()
        if origin.parent_address is None and bodies.is_page(fetched.body, fetched.media_type):
            try:
                links = linked(bodies.text(fetched.body, fetched.charset), fetched.final_address)
            except Exception as error:
                fault = _as_fetch_error(error)
        capture = archive.add(fetched, origin, links)
        if fault is not None:
            self._note(visit, fetched.address, "document", fault, origin)
        return capture

    def _page(self, unit: Unit, request: Request) -> Page:
        """A list page: as the archive has it where it was read in this run, else asked for, and kept."""
        known, body = self._kept(request.key, "list")
        if known is not None and self._in_this_run(known.checked_at):
            return Page(known.final_address, bodies.text(body, known.charset))
        fetched = self._get(request, known, "list")
        charset = fetched.charset
        if known is not None and _unchanged(fetched, known):
            self._run.archive.seen(known, fetched)
            charset = known.charset
        else:
            self._run.archive.add(fetched, Origin(unit.id, unit.name), role="list")
            body = fetched.body
        return Page(fetched.final_address, bodies.text(body, charset))

    def _kept(self, address: str, role: Role) -> tuple[Capture | None, bytes]:
        """The current capture and its content; one that is damaged counts as none."""
        known = self._latest(address, role)
        try:
            return known, self._run.archive.read(known.capture_id) if known is not None else b""
        except ArchiveError:
            return None, b""

    def _note(self, visit: _Visit, address: str, kind: Kind, error: FetchError, origin: Origin) -> None:
        evidence = error.evidence
        if evidence is not None and len(evidence.body) <= _EVIDENCE_BYTES:
            kept = self._run.archive.add(evidence, origin, role="evidence").capture_id
        else:
            kept = ""
        problem = Problem(
            address=address,
            kind=kind,
            code=error.code,
            detail=error.detail,
            status=error.status,
            unit_id=origin.unit_id,
            title=origin.title,
            year=origin.year,
            at=self._run.now(),
            evidence=kept,
        )
        self._run.archive.note(problem)
        visit.problems.append(problem)


def _unchanged(fetched: Fetched, known: Capture) -> bool:
    return fetched.status == 304 or hashlib.sha256(fetched.body).hexdigest() == known.sha256


def _as_fetch_error(error: Exception) -> FetchError:
    """A hostile page may break its reader in ways nobody foresaw; it must not stop the others."""
    if isinstance(error, FetchError):
        return error
    code = "list" if isinstance(error, ListError) else "parse"
    return FetchError(code, str(error) if code == "list" else f"{type(error).__name__}: {error}")
