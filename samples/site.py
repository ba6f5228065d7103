"""A unit's corner of the site: list pages as TRS writes them, articles, attachments, and other notices."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from random import Random

from samples.html import render_page
from samples.page import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: where it points (relative to the list), what it says, and its date, if shown."""

    href: str
    title: str
    published: date
    dated: bool = True


@dataclass(slots=True)
class Shelf:
    """The folder of one unit's annual reports, below the root of the site."""

    root: Path
    path: str
    source: str
    rng: Random
    entries: list[Entry] = field(default_factory=list)

    def add_article(self, title: str, published: date, data: bytes) -> str:
        """Stores a page and lists it; gives its path on the host."""
        href = f"{self._folder(published)}/t{published:%Y%m%d}_{self.rng.randint(1_000_000, 9_999_999)}.html"
        self.entries.append(Entry(href, title, published))
        return self._store(href, published, data)

    def add_file(self, title: str, published: date, data: bytes, *, dated: bool = True) -> str:
        """Stores a PDF that the list points to; gives its path on the host."""
        href = f"{self._folder(published)}/{self.file_name(published)}"
        self.entries.append(Entry(href, title, published, dated))
        return self._store(href, published, data)

    def add_attachment(self, article: str, name: str, published: date, data: bytes) -> str:
        """Stores a PDF beside the article (a path given by `add_article`); gives its path on the host."""
        folder = article.removeprefix(self.path).rpartition("/")[0]
        return self._store(f"{folder}/{name}", published, data)

    def file_name(self, published: date) -> str:
        """An attachment's name as TRS gives it."""
        return f"P0{published:%Y%m%d}{self.rng.randrange(10**12):012d}.pdf"

    def write_lists(self, size: int) -> None:
        """Writes `index.html`, `index_1.html`, … with `size` entries each, the newest first."""
        entries = sorted(self.entries, key=lambda entry: (entry.published, entry.href), reverse=True)
        pages = [entries[start : start + size] for start in range(0, len(entries), size)] or [[]]
        newest = entries[0].published if entries else date(2019, 1, 1)
        for number, page in enumerate(pages):
            name = f"index_{number}.html" if number else "index.html"
            items = "\n".join(map(_item, page))
            turner = f'createPageHTML({len(pages)}, {number}, "index", "html");'
            body = f'<ul class="list">\n{items}\n</ul>\n<div class="page"><script>{turner}</script></div>'
            title = "政府信息公开年报"
            self._store(name, newest, render_page(Page(title, self.source, newest), body))

    def _folder(self, published: date) -> str:
        """The month's folder; after a move of the site it may be a later one."""
        moved = self.rng.random() < 0.15
        return f"{published.year + 1}06" if moved else f"{published:%Y%m}"

    def _store(self, href: str, published: date, data: bytes) -> str:
        file = self.root / self.path.strip("/") / href
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        moment = datetime(published.year, published.month, published.day, 1, 30, tzinfo=UTC).timestamp()
        os.utime(file, (moment, moment))
        return self.path + href


def _item(entry: Entry) -> str:
    title = escape(entry.title)
    shown = title if len(entry.title) <= 30 else escape(entry.title[:28]) + "…"
    day = f"<span>{entry.published}</span>" if entry.dated else ""
    return f'<li><a href="./{entry.href}" title="{title}" target="_blank">{shown}</a>{day}</li>'
