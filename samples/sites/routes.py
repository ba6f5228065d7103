"""A site as a table of routes: what each address answers, how slowly, and what it wants to see first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

NAME: Final = "routes.jsonl"


@dataclass(frozen=True, slots=True)
class Route:
    """One address and its answer; `file` names the body below the site's folder, '' for an empty one.

    `needs` are parameters (of query or form) with their values, `holds` parameters with a part of theirs.
    The first `grudging` requests get 429 with Retry-After instead; without `referer`, where it is wanted, 403.
    `later` is the body from the second night on.
    """

    path: str
    file: str = ""
    media_type: str = "text/html"
    method: str = "GET"
    needs: Mapping[str, str] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    grudging: int = 0
    referer: bool = False
    later: str = ""

    def fits(self, method: str, parameters: Mapping[str, str]) -> bool:
        """Whether a request for this path is this route's."""
        return (
            method == self.method
            and all(parameters.get(name) == value for name, value in self.needs.items())
            and all(part in parameters.get(name, "") for name, part in self.holds.items())
        )


class Table:
    """The routes of a folder, as a server looks them up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_path: dict[str, list[Route]] = {}
        with (folder / NAME).open(encoding="utf-8") as lines:
            for line in lines:
                route = Route(**json.loads(line))
                self._by_path.setdefault(route.path, []).append(route)
        for routes in self._by_path.values():
            routes.sort(key=lambda route: -len(route.needs) - len(route.holds))

    def find(self, method: str, target: str, form: str) -> Route | None:
        """The route of a request: the one that asks for most of what the request says."""
        parts = urlsplit(target)
        parameters = dict(parse_qsl(parts.query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True))
        routes = self._by_path.get(unquote(parts.path), [])
        return next((route for route in routes if route.fits(method, parameters)), None)

    def body(self, route: Route, night: int) -> bytes:
        """What a route answers with on a night (1, 2, …)."""
        name = route.later if night > 1 and route.later else route.file
        return (self.folder / name).read_bytes() if name else b""


class Shelf:
    """Writes a site's folder, bodies and routes as they come; close it at the end."""

    def __init__(self, folder: Path) -> None:
        (folder / "bodies").mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = 0
        self._table = (folder / NAME).open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def body(self, data: bytes) -> str:
        """Keep a body; gives its name."""
        self._count += 1
        name = f"bodies/{self._count:06d}"
        (self._folder / name).write_bytes(data)
        return name

    def add(self, routes: Iterable[Route]) -> None:
        """More routes."""
        for route in routes:
            values = {key: value for key, value in asdict(route).items() if value != _DEFAULTS[key]}
            self._table.write(json.dumps({"path": route.path, **values}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the table."""
        self._table.close()


_DEFAULTS: Final = asdict(Route(""))
