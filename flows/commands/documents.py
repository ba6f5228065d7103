"""`gouji extract` and `gouji check`: local files, no home, no server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.exits import CANNOT_USE, CRITICAL, DONE
from notices.text import visible

if TYPE_CHECKING:
    from flows.extraction import Extraction

FORMATS = click.Choice(["text", "json"])
PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.command(epilog="Example: gouji extract 2024.pdf annex.html --format json > readings.json")
@PATHS
@click.option("--format", "style", type=FORMATS, default="text", show_default=True)
def extract(paths: tuple[Path, ...], style: str) -> int:
    """Read local reports and print every statutory cell."""
    from flows.output import document_json

    results = list(_extractions(paths))
    if style == "json":
        _print_json({"documents": [document_json(path, extraction) for path, extraction in results]})
    else:
        from flows.terminal import print_extractions

        print_extractions(results)
    return _unusable(results)


@click.command(epilog="Example: gouji check 2023.pdf 2024.pdf --format json")
@PATHS
@click.option("--format", "style", type=FORMATS, default="text", show_default=True)
def check(paths: tuple[Path, ...], style: str) -> int:
    """Read local reports and try every rule that they allow."""
    from flows.checking import check_extractions

    results = list(_extractions(paths))
    outcome = check_extractions(results)
    if style == "json":
        _print_json(outcome)
    else:
        from flows.terminal import print_findings

        print_findings(outcome)
    critical = any(item["severity"] == "critical" and item["outcome"] == "fail" for item in outcome["findings"])
    return _unusable(results) or (CRITICAL if critical else DONE)


def _extractions(paths: tuple[Path, ...]) -> Iterator[tuple[str, Extraction]]:
    """Each path as text with what was read, in order; read in processes that may hang or die alone."""
    from extractors.limits import Limits
    from flows.extraction import unread
    from flows.workers import Job, readers, workers_for

    sources: list[Job | Extraction] = []
    for path in paths:
        try:
            if path.stat().st_size > Limits().max_bytes:
                sources.append(unread("too_large", f"{path.stat().st_size} bytes"))
            else:
                sources.append(Job(path.name, path.read_bytes()))
        except OSError as error:
            sources.append(unread("unopened", error.strerror or type(error).__name__))
    jobs = [source for source in sources if isinstance(source, Job)]
    with readers(workers_for(jobs), preload=len(jobs) > 1) as pool:
        read = pool.read(jobs)
        for path, source in zip(paths, sources, strict=True):
            extraction = next(read) if isinstance(source, Job) else source
            if extraction.error:
                click.echo(f"gouji: {visible(f'{path}: {extraction.error}')}", err=True)
            # A name need not be UTF-8: JSON and Arrow have nothing else.
            yield os.fsencode(path).decode("utf-8", "backslashreplace"), extraction


def _unusable(results: list[tuple[str, Extraction]]) -> int:
    return CANNOT_USE if any(extraction.error for _, extraction in results) else DONE


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
