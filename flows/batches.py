"""A batch of listed documents -> a staged part: read, settle whose report it is, keep every failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from flows import costs
from flows.canonical import Rival
from flows.extraction import Extraction, reader_version
from flows.workers import Job, Readers
from form.reading import Report
from portals.captures import Capture
from portals.documents import DocumentSet
from portals.presence import Presence
from portals.registry import Registry
from store.where import Where
from warehouse.rows import Failure, Provenance, Source, cell_rows, error_rows, report_rows
from warehouse.staging import find_part, part_id, write_part

#: seconds of reading in a batch: some thirty old office files, which LibreOffice converts in one start
SECONDS_A_BATCH = 8.0
#: the pictures of one page, in bytes, that are read with it: as much as a document may have
PICTURE_BYTES = 50_000_000

#: the bytes received
Load = Callable[[Capture], bytes]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One document of a set and what came of it; `pictures` of the page were read with it."""

    capture: Capture
    extraction: Extraction
    pictures: tuple[Capture, ...] = ()


#: the place of a set, a document of it, and the pictures to read with it
_Asked = tuple[int, Capture, tuple[Capture, ...]]


def captures(documents: DocumentSet) -> tuple[Capture, ...]:
    """The page of a set, then its attachments and its pictures."""
    return documents.article, *documents.attachments, *documents.pictures


def batches(sets: Sequence[DocumentSet], seconds: float = SECONDS_A_BATCH) -> list[tuple[DocumentSet, ...]]:
    """Cut `sets` into batches of some `seconds` of reading each, in order; those with old office files first.

    LibreOffice takes as long to start as to convert twenty files: one file in each of many batches would start it for
    each of them.
    """
    office: list[DocumentSet] = []
    others: list[DocumentSet] = []
    for documents in sets:
        (office if any(map(costs.through_office, captures(documents))) else others).append(documents)
    return [*_cut(office, seconds), *_cut(others, seconds)]


def _cut(sets: Sequence[DocumentSet], seconds: float) -> list[tuple[DocumentSet, ...]]:
    cut: list[tuple[DocumentSet, ...]] = []
    current: list[DocumentSet] = []
    spent = 0.0
    for documents in sets:
        cost = sum(costs.seconds(capture) for capture in captures(documents))
        if current and spent + cost > seconds:
            cut.append(tuple(current))
            current, spent = [], 0.0
        current.append(documents)
        spent += cost
    return [*cut, tuple(current)] if current else cut


def halves(batch: Sequence[DocumentSet]) -> tuple[Sequence[DocumentSet], Sequence[DocumentSet]]:
    """A batch of several sets in two, to find the one that is in the way."""
    half = len(batch) // 2
    return batch[:half], batch[half:]


def stage_batch(sets: Sequence[DocumentSet], staging: Where, registry: Registry, load: Load, pool: Readers) -> Where:
    """The staged part of a batch; one that an earlier, killed run finished is taken as it is."""
    gone = Presence({address: spell for documents in sets for address, spell in documents.gone})
    read = (capture.capture_id for documents in sets for capture in captures(documents))
    name = part_id(
        [reader_version(), *read, *(f"{address} {gone.order(address)}" for address in sorted(gone.spells))]
    )
    found = find_part(staging, name)
    if found:
        return found
    sources: list[Source] = []
    failures: list[Failure] = []
    for documents, attempts in zip(sets, _attempts(sets, load, pool), strict=True):
        _settle(documents, attempts, registry, sources, failures)
    sources = _one_each(sources, failures, gone)
    return write_part(staging, name, report_rows(sources), cell_rows(sources), error_rows(failures))


def _attempts(sets: Sequence[DocumentSet], load: Load, pool: Readers) -> list[list[Attempt]]:
    """Each set's page first; its attachments only where the page is no report, its pictures where these are none."""
    attempts: list[list[Attempt]] = [[] for _ in sets]
    pages: list[_Asked] = [(i, documents.article, ()) for i, documents in enumerate(sets)]
    for i, attempt in _read(pages, load, pool):
        attempts[i].append(attempt)
    files: list[_Asked] = [
        (i, capture, ())
        for i, documents in enumerate(sets)
        for capture in documents.attachments
        if not attempts[i][0].extraction.reports
    ]
    for i, attempt in _read(files, load, pool):
        attempts[i].append(attempt)
    pictured: list[_Asked] = [
        (i, documents.article, _affordable(documents.pictures))
        for i, documents in enumerate(sets)
        if documents.pictures and _has_no_report(attempts[i])
    ]
    for i, attempt in _read(pictured, load, pool):
        attempts[i][0] = attempt
    return attempts


def _affordable(pictures: Sequence[Capture]) -> tuple[Capture, ...]:
    """The first pictures, as many as may be read together."""
    sizes = accumulate(picture.size for picture in pictures)
    return tuple(picture for picture, size in zip(pictures, sizes, strict=True) if size <= PICTURE_BYTES)


def _has_no_report(attempts: Sequence[Attempt]) -> bool:
    """Whether the page could be read but holds none, and nothing attached to it does."""
    error = attempts[0].extraction.error
    found = any(attempt.extraction.reports for attempt in attempts)
    return error is not None and error.code == "not_a_report" and not found


def _read(asked: Sequence[_Asked], load: Load, pool: Readers) -> Iterator[tuple[int, Attempt]]:
    jobs = (
        Job(
            capture.address,
            load(capture),
            capture.charset or None,
            tuple(load(picture) for picture in pictures),
        )
        for _, capture, pictures in asked
    )
    for (i, capture, pictures), extraction in zip(asked, pool.read(jobs), strict=True):
        yield i, Attempt(capture, extraction, pictures)


def _settle(
    documents: DocumentSet,
    attempts: Sequence[Attempt],
    registry: Registry,
    sources: list[Source],
    failures: list[Failure],
) -> None:
    """Sort the reports of one set into `sources`, everything else into `failures`."""
    for attempt in attempts:
        error = attempt.extraction.error
        if error:
            carries = error.code == "not_a_report" and attempt.capture is documents.article and documents.attachments
            failures.append(_failure(documents, attempt.capture, "carrier" if carries else error.code, error.detail))
        for report in attempt.extraction.reports:
            match = registry.resolve(report.unit, documents.entry.unit_id)
            year = report.year or documents.entry.year
            if match.how == "conflict":
                failures.append(_failure(documents, attempt.capture, "unit_conflict", report.unit or ""))
            elif year is None:
                failures.append(_failure(documents, attempt.capture, "year_unknown", report.title))
            else:
                # The day is the page's own (domain/rules.md, TIME-*); a list may be silent, or give that of a move.
                day = attempts[0].extraction.published or documents.entry.published
                origin = replace(_provenance(documents, attempt, registry, report, year), published=day)
                sources.append((origin, _remarked(report, documents)))
    failures += [_failure(documents, capture, *_of_picture(capture, attempts)) for capture in documents.pictures]


def _of_picture(capture: Capture, attempts: Sequence[Attempt]) -> tuple[str, str]:
    """What came of a picture of a page: what came of the page, or that another document was enough.

    `report` is no failure: the capture is part of a report whose row names the page.
    """
    page = attempts[0]
    if page.pictures and capture not in page.pictures:
        return "too_large", f"同一网页的配图合计超过 {PICTURE_BYTES} 字节，未读"
    if page.extraction.error and not any(attempt.extraction.reports for attempt in attempts):
        return page.extraction.error.code, page.extraction.error.detail
    return ("report", "") if page.pictures else ("duplicate", "网页或附件已含报告，配图未读")


def _provenance(
    documents: DocumentSet, attempt: Attempt, registry: Registry, report: Report, year: int
) -> Provenance:
    unit = registry.resolve(report.unit, documents.entry.unit_id).unit
    reader = report.readings[0].reader if report.readings else "none"
    return Provenance(
        unit_id=unit.id,
        unit_name=unit.name,
        code=unit.code,
        level=unit.level,
        kind=unit.kind,
        parent_id=unit.parent,
        year=year,
        address=attempt.capture.address,
        media_type=attempt.extraction.media_type or "application/octet-stream",
        sha256=attempt.capture.sha256,
        capture_id=attempt.capture.capture_id,
        reader=f"{reader}@{reader_version()}",
    )


def _remarked(report: Report, documents: DocumentSet) -> Report:
    """The report, with a remark where its list names another year than the report itself."""
    if report.year is None or documents.entry.year in (None, report.year):
        return report
    return report.remarked("year_differs", f"列表标题为{documents.entry.year}年，报告为{report.year}年")


def _failure(documents: DocumentSet, capture: Capture, code: str, detail: str) -> Failure:
    return Failure(
        unit_id=documents.entry.unit_id,
        capture_id=capture.capture_id,
        address=capture.address,
        sha256=capture.sha256,
        reader=reader_version(),
        code=code,
        detail=detail,
        year=documents.entry.year,
    )


def _one_each(sources: Sequence[Source], failures: list[Failure], gone: Presence) -> list[Source]:
    """One document a report within the batch, as `flows.canonical` chooses among batches."""
    best: dict[str, Source] = {}
    for source in sorted(sources, key=lambda item: Rival(item[0].address, item[0].media_type).rank(gone)):
        origin, report = source
        if best.setdefault(origin.report_id, source) is not source:
            failures.append(
                Failure(
                    origin.unit_id,
                    origin.capture_id,
                    origin.address,
                    origin.sha256,
                    origin.reader,
                    "duplicate",
                    report.title,
                    origin.year,
                )
            )
    return [best[key] for key in sorted(best)]
