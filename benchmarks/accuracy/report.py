"""The results as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from benchmarks.accuracy.arena import Result
from benchmarks.accuracy.plan import GROUPS
from benchmarks.accuracy.scoring import Score

_PACKAGES: Final = (
    "camelot-py", "pdfplumber", "pymupdf", "img2table", "rapidocr", "onnxruntime", "pytesseract", "pypdfium2",
)  # fmt: skip
_HEAD: Final = (
    "| reader | documents | cells exact | silent wrong | wrong | flagged | missing | seconds, median | a page "
    "| slowest |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def markdown(results: Sequence[Result], readers: Sequence[str]) -> str:
    """One table a group, a line a reader; then the planted slips, then what gouji did not read."""
    parts = []
    for group in GROUPS:
        own = [result for result in results if result.group == group]
        lines = [line for reader in readers if (line := _line(reader, [r for r in own if r.reader == reader]))]
        if lines:
            parts += [f"### {group}", "", _HEAD, *lines, ""]
    parts += ["### Planted publisher errors", "", *_slips(results, readers), ""]
    return "\n".join(parts)


def total(results: Sequence[Result]) -> Score:
    """The scores of several documents in one."""
    whole = Score()
    for result in results:
        whole.add(result.score)
    return whole


def share(part: int, whole: int) -> str:
    """A share in per cent, never rounded up to 100."""
    if not whole:
        return "–"
    hundredths = part * 10_000 // whole
    return f"{hundredths / 100:.2f} %"


def _line(reader: str, own: Sequence[Result]) -> str:
    if not own:
        return ""
    whole = total(own)
    times = [result.seconds for result in own]
    a_page = statistics.median(result.seconds / result.pages for result in own)
    return (
        f"| {reader} | {len(own)} | {whole.exact} of {whole.cells} ({share(whole.exact, whole.cells)}) "
        f"| {whole.silent} | {whole.wrong} | {whole.flagged} | {whole.missing} "
        f"| {statistics.median(times):.2f} | {a_page:.2f} | {max(times):.2f} |"
    )


def _slips(results: Sequence[Result], readers: Sequence[str]) -> list[str]:
    lines = [
        "| reader | errors planted | read as printed | altered | rules broken | found | false alarms |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for reader in readers:
        whole = total([result for result in results if result.reader == reader])
        if whole.slips:
            rules = f"{whole.breaks} | {whole.breaks_found} | {whole.false_alarms}" if whole.breaks else "– | – | –"
            lines.append(f"| {reader} | {whole.slips} | {whole.kept} | {whole.altered} | {rules} |")
    return lines


def failures(results: Sequence[Result], reader: str = "gouji", cells: int = 3) -> list[str]:
    """The documents that a reader did not read fully, each with its first differing cells."""
    lines = []
    for result in results:
        if result.reader == reader and result.score.details:
            shown = "; ".join(result.score.details[:cells])
            lines.append(f"- `{result.document}`: {result.score.exact} of {result.score.cells}; {shown}")
    return lines


def as_json(results: Sequence[Result], about: dict[str, object]) -> str:
    """Every document's result by every reader."""
    return json.dumps({"about": about, "results": [asdict(r) for r in results]}, ensure_ascii=False, indent=1) + "\n"


def machine() -> str:
    """Processor, load, Python and the packages that the figures depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor()
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    packages = ", ".join(f"{name} {found}" for name in _PACKAGES if (found := _version(name)))
    return f"{os.cpu_count()} × {processor}, load {load}, Python {platform.python_version()}, {packages}"


def commit() -> str:
    """The commit measured, with a mark if files were changed since."""
    try:
        name = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        state = subprocess.run(["git", "status", "--porcelain", "-uno"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.stdout.strip() + (" and changes not committed" if state.stdout.strip() else "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
