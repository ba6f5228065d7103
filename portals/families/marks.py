"""Which family a page looks like, by marks that its system leaves: a hint for whoever registers a site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_MARKS: Final[Mapping[str, tuple[str, ...]]] = {
    "ucap": ("/common/search/", "<ucaptitle", "<ucapcontent", "/guestweb4/"),
    "hanweb": ("/module/web/jpage/", "<datastore>", "/jsearchfront/"),
    "jpaas": ("jpaas-publish-server", "bulidstatic", "jpaas-jsearch"),
    "vsb": ("vsb_content", "_sitegray", "/system/_content/", "urltype=news."),
    "trs": ("createPageHTML", "TRS_Editor", "_ghb.html", "/igs/front/"),
    "content_n": ("/content_",),
    "column": ("Ls.pagination", "/public/column/", "/content/column/", "j-fontContent"),
    "enorth": ("enorth", "/system/20"),
    "phpcms": ("m=content&c=index", "m=content&amp;c=index", "phpcms"),
}


def looks_like(text: str) -> tuple[str, ...]:
    """The families whose marks a page bears."""
    return tuple(family for family, marks in _MARKS.items() if any(mark in text for mark in marks))
