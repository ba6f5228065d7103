"""The differences that an impact finds: counted, the first of each sort kept in mind, all of them on file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from flows.output import plain_value

Kind = Literal["gate", "finding", "figure", "report", "document", "coverage"]
KINDS: tuple[Kind, ...] = ("gate", "finding", "figure", "report", "document", "coverage")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the current release and what the working copy would make of it.

    `about` is a report_id, or the address of a document, and `name` says so for people; `what` names the cell, the
    rule and scope, the columns, the reason; `before` and `now` are plain values, None where there is nothing.
    `critical` is what somebody outside may have relied on (docs/decisions/0023-impact.md).
    """

    kind: Kind
    change: str
    about: str
    name: str
    what: str
    before: Any
    now: Any
    critical: bool = False

    @property
    def theme(self) -> str:
        """What many of its sort have in common: the rule, the cell, the columns, the outcome, the status."""
        if self.kind == "document":
            return str(self.now["outcome"])
        if self.kind == "coverage":
            return str((self.now or self.before)["status"])
        return self.what.partition(" ")[0] if self.kind == "finding" else self.what


class Sort(NamedTuple):
    """What differences are counted by."""

    kind: Kind
    change: str


class Found:
    """A sink of differences; use it as a context. Memory stays flat: beyond `keep` of a sort only the file grows."""

    def __init__(self, file: Path, keep: int) -> None:
        self._file, self._keep = file, keep
        self._out = file.open("w", encoding="utf-8")
        self.counts: Counter[Sort] = Counter()
        self.criticals: Counter[Sort] = Counter()
        self.abouts: dict[Sort, set[str]] = {}
        self.themes: dict[Sort, Counter[str]] = {}
        self.first: dict[Kind, list[Difference]] = {kind: [] for kind in KINDS}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()

    def add(self, one: Difference) -> None:
        """Take note of a difference; of a kind the critical ones are kept first."""
        sort = Sort(one.kind, one.change)
        self.counts[sort] += 1
        self.criticals[sort] += one.critical
        self.abouts.setdefault(sort, set()).add(one.about)
        self.themes.setdefault(sort, Counter())[one.theme] += 1
        self._out.write(json.dumps(asdict(one), ensure_ascii=False, default=plain_value) + "\n")
        kept = self.first[one.kind]
        if len(kept) < self._keep:
            kept.append(one)
        elif one.critical:
            place = next((i for i in range(self._keep - 1, -1, -1) if not kept[i].critical), None)
            if place is not None:
                del kept[place]
                kept.append(one)

    def take(self, many: Iterable[Difference]) -> None:
        """Take note of several."""
        for one in many:
            self.add(one)

    def of(self, kind: Kind) -> int:
        """How many differences of a kind."""
        return sum(count for sort, count in self.counts.items() if sort.kind == kind)

    @property
    def critical(self) -> bool:
        """Whether any difference is critical."""
        return any(self.criticals.values())

    def lines(self) -> Iterator[str]:
        """Every difference as a line of JSON, in the order found."""
        self._out.flush()
        with self._file.open(encoding="utf-8") as lines:
            yield from (line.rstrip("\n") for line in lines)
