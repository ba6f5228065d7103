"""Sites written to folders: routes and bodies, the registry that names them, and the truth of what is to be found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from samples.sites.publication import QUIRKS, Body, Corner, File, Publication, Site, Truth
from samples.sites.quirks import HIJACKED, detour, obstructed, served
from samples.sites.routes import Route, Shelf
from samples.sites.scripted import Hanweb, Jpaas, Ucap
from samples.sites.static import Column, Content, Enorth, Phpcms, Trs, Vsb
from samples.sites.style import Line, Place, Style

_ALL: Final[tuple[Style, ...]] = (
    Ucap(),
    Hanweb(),
    Jpaas(),
    Vsb(),
    Trs(),
    Content(),
    Column(),
    Enorth(),
    Phpcms(),
)
STYLES: Final[Mapping[str, Style]] = {style.family: style for style in _ALL}
#: Left as they are in an address.
_SAFE: Final = "/?=&%:"
ROBOTS: Final = b"User-agent: *\nDisallow: /search/\nDisallow: /s/\n"


@dataclass(frozen=True, slots=True)
class Written:
    """What a site holds: the truth of each unit and year, and each unit with the path of its list."""

    truth: tuple[Truth, ...]
    units: tuple[tuple[Body, str], ...]


def write_sites(directory: Path, sites: Iterable[Site], years: tuple[int, int]) -> list[Truth]:
    """Writes each site into a folder of its host's name, `sources.toml` and `truth.jsonl`; gives the truth.

    Sites and their corners are taken one at a time, so that a whole province need not be in memory.
    """
    directory.mkdir(parents=True, exist_ok=True)
    truth: list[Truth] = []
    with (directory / "sources.toml").open("w", encoding="utf-8", newline="\n") as registry:
        for site in sites:
            written = write_site(directory / site.host, site)
            truth += written.truth
            registry.writelines(f"{line}\n" for line in _registry(site, written, years))
    with (directory / "truth.jsonl").open("w", encoding="utf-8", newline="\n") as out:
        for one in truth:
            values = {**asdict(one), "published": one.published.isoformat()}
            out.write(json.dumps(values, ensure_ascii=False) + "\n")
    return truth


def write_site(folder: Path, site: Site) -> Written:
    """Writes one site into a folder that `samples.server.serve` serves."""
    style, truth, units = STYLES[site.family], list[Truth](), list[tuple[Body, str]]()
    number = 100_000
    with Shelf(folder) as shelf:
        shelf.add([Route("/robots.txt", shelf.body(ROBOTS), "text/plain")])
        for corner in site.corners:
            lines: list[Line] = []
            units += [(unit, style.start(corner)) for unit in corner.units]
            for publication in corner.publications:
                number += 10
                place = Place(corner, number, publication.published, 0)
                truth.append(_publish(shelf, site, place, publication, lines))
            for title, day in corner.notices:
                number += 10
                lines.append(_notice(shelf, style, Place(corner, number, day, day.year), title))
            lines.sort(key=lambda line: (str(line.published), line.target), reverse=True)
            _list(shelf, style, corner, lines)
    return Written(tuple(truth), tuple(units))


def _notice(shelf: Shelf, style: Style, place: Place, title: str) -> Line:
    """Another article of the list; gives its line."""
    target = style.article(place)
    shelf.add([_route(target, shelf.body(style.page(title, "", place.published, "<p>略。</p>").encode()))])
    return Line(target, title, place.published)


def _list(shelf: Shelf, style: Style, corner: Corner, lines: Sequence[Line]) -> None:
    if not corner.obstacle:
        shelf.add(style.lists(shelf, corner, lines))
        return
    blocked = obstructed(shelf, "/", corner.obstacle)
    if blocked is not None:
        shelf.add([_route(style.start(corner), blocked.file, blocked.status)])


def _publish(shelf: Shelf, site: Site, place: Place, publication: Publication, lines: list[Line]) -> Truth:
    """One report: its page or file, what hangs on it, its lines on the list; gives what is to be found."""
    style, quirk = STYLES[site.family], publication.quirk
    folder_year = publication.year - 1 if quirk == "wrong_folder" else publication.year
    place = Place(place.corner, place.number, place.published, folder_year)
    target, files = _documents(shelf, style, place, publication)
    listed = target
    way = detour(target, place.number, quirk)
    if way is not None:
        shelf.add([way])
        listed = way.path
    if quirk == "mirror":
        listed = f"{HIJACKED}{target}"
    line = Line(listed, publication.title, None if quirk == "undated" else publication.published)
    lines += _lines(style, place, line, quirk, shelf)
    fate = QUIRKS[quirk]
    obstacle = place.corner.obstacle
    address = "" if quirk == "unlisted" or obstacle else urljoin(f"http://{site.host}", quote(listed, _SAFE))
    attached = publication.media_type != "text/html" and not publication.direct
    status = "attachment_only" if attached and fate.status == "published" else fate.status
    return Truth(
        publication.unit.id,
        publication.year,
        site.host,
        site.family,
        quirk,
        address,
        publication.title,
        publication.published,
        fate.problem,
        "blocked" if obstacle else status,
        tuple(f"http://{site.host}{quote(path, _SAFE)}" for path in files),
    )


def _lines(style: Style, place: Place, line: Line, quirk: str, shelf: Shelf) -> Iterator[Line]:
    if quirk == "unlisted":
        return
    yield line
    if quirk == "two_addresses":
        yield Line(style.other(place), line.title, line.published)
    if quirk == "copy":
        ghb = style.family == "trs"
        target = line.target.replace(".html", "_ghb.html") if ghb else f"/tj/{place.number}.html"
        shelf.add([_route(target, shelf.body("<html><body><img src='tj.jpg' alt='图解'></body></html>".encode()))])
        yield Line(target, line.title if ghb else f"【图解】{line.title}", line.published)


def _documents(shelf: Shelf, style: Style, place: Place, publication: Publication) -> tuple[str, list[str]]:
    """Stores the document; gives its address on the host and those of the files that hang on it."""
    own = File(
        f"nb{place.number}.{_SUFFIXES.get(publication.media_type, 'bin')}",
        publication.document,
        publication.media_type,
    )
    if publication.direct:
        target = style.attachment(place, own)
        shelf.add([_route(target, shelf.body(own.data), media_type=own.media_type)])
        return target, []
    html = publication.media_type == "text/html"
    files = publication.attachments if html else (own, *publication.attachments)
    paths = [style.attachment(place, file) for file in files]
    shelf.add(
        _route(path, shelf.body(file.data), media_type=file.media_type)
        for path, file in zip(paths, files, strict=True)
    )
    links = "".join(
        f'<p>附件：<a href="{escape(path)}">{escape(file.name)}</a></p>'
        for path, file in zip(paths, files, strict=True)
    )
    target = style.article(place)
    if publication.quirk != "dead":
        page = _page(style, publication, (publication.document.decode() if html else "") + links)
        route = served(shelf, publication, _route(target, ""), page)
        if publication.quirk == "changed":
            later = shelf.body(_page(style, publication, publication.later.decode() + links))
            route = _route(target, route.file, later=later)
        shelf.add([route])
        if style.other(place) != target:
            shelf.add([_route(style.other(place), route.file)])
    return target, paths


def _page(style: Style, publication: Publication, body: str) -> bytes:
    return style.page(publication.title, publication.unit.name, publication.published, body).encode()


_SUFFIXES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def _route(target: str, file: str, status: int = 200, media_type: str = "text/html", later: str = "") -> Route:
    parts = urlsplit(target)
    needs = dict(parse_qsl(parts.query))
    return Route(unquote(parts.path), file, media_type, needs=needs, status=status, later=later)


def _registry(site: Site, written: Written, years: tuple[int, int]) -> Iterator[str]:
    """The site and its units as entries of `sources.toml`."""
    name = site.host.partition(".")[0]
    yield "[[portals]]"
    yield from _pairs(name=name, host=site.host, family=site.family, serve=site.host)
    yield from ("delay_seconds = 0.0", "concurrency = 4", "")
    for unit, path in written.units:
        yield "[[units]]"
        yield from _pairs(id=unit.id, code=unit.code, name=unit.name, level=unit.level, kind=unit.kind)
        yield from _pairs(parent=unit.parent, portal=name, path=path)
        yield from _pairs(first_year=unit.first_year or years[0], last_year=unit.last_year or years[1])
        yield from _pairs(predecessors=list(unit.predecessors), children_complete=unit.complete)
        yield ""


def _pairs(**values: object) -> Iterator[str]:
    """Key and value as TOML; JSON's strings, numbers, truths and lists are TOML's too. None is left out."""
    return (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value is not None)
