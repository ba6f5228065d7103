"""Something that `gouji doctor` found wrong: what, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: lost: what was received or released cannot be had, or cannot be trusted. leftover: it takes room or waits for
#: somebody; no figure is touched by it
Weight = Literal["lost", "leftover"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble. `code` names its kind, `where` the file or row; `todo` is a command or a step, in one line."""

    code: str
    where: str
    what: str
    todo: str
    weight: Weight = "lost"

    @property
    def line(self) -> str:
        """The whole of it in one line."""
        return " ".join(f"{self.code}: {self.where}: {self.what}; {self.todo}".split())
