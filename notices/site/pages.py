"""The pages themselves: few, the same for every unit; what they show of one comes from its data file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from notices import words
from notices.coverage import Matrix, Row, Tally, matrix
from notices.render import BEIJING
from notices.site.files import content_name, dump, script
from notices.site.layout import form_data
from notices.site.model import Facts, Overview
from notices.site.overview import order, place_name
from notices.text import visible

_PAGES: Final = ("index", "unit", "report", "rules", "about")
_ASSETS: Final = (
    "site.css",
    "mark.svg",
    "core.js",
    "words.js",
    "index.js",
    "unit.js",
    "tables.js",
    "viewer.js",
    "report.js",
    "rules.js",
)
#: the words of codes that pages show
_WORDS: Final = {
    "severities": words.SEVERITIES,
    "levels": words.LEVELS,
    "statuses": words.STATUSES,
    "attributions": words.ATTRIBUTIONS,
    "kinds": {"aggregate": "政府汇总", "office": "政府办公室（厅）", "department": "部门", "township": "乡镇、街道"},
    "scopes": {"aggregate": "本地区汇总", "own": "本机关"},
    "events": {
        "opened": "发现",
        "fixed": "已更正",
        "withdrawn": "已撤回",
        "waived": "已豁免",
        # Its day has passed, its document has changed, or nobody names it any more.
        "waiver_ended": "豁免失效",
        "reopened": "再次出现",
    },
}


def assets(facts: Facts) -> Iterator[tuple[str, bytes]]:
    """(path, content) of style sheet and scripts, the words and the form among them."""
    folder = files("notices.site").joinpath("assets")
    for name in _ASSETS:
        if name != "words.js":
            yield f"assets/{name}", folder.joinpath(name).read_bytes()
    rules = {
        rule.id: {
            "title": visible(rule.title),
            "formula": visible(rule.formula),
            "explanation": visible(rule.explanation),
        }
        for rule in facts.rules
    }
    for drawing in facts.charts:
        yield f"assets/{drawing.name}.svg", drawing.svg.encode()
    yield "assets/words.js", script("words", {**_WORDS, "rules": rules, "form": form_data()})


def pages(facts: Facts, overview: Overview) -> Iterator[tuple[str, bytes]]:
    """(path, content) of the HTML pages."""
    places = {code[:4]: place_name(code[:4], facts.places) for code in overview.coverage["code"].to_pylist()}
    severities = Counter(overview.open["severity"].to_pylist())
    coverage = matrix(overview.coverage, facts.places)
    context: dict[str, Any] = {
        "facts": facts,
        "version": _version(facts),
        "matrix": coverage,
        "places": _places(coverage, places, facts),
        "severities": {code: severities[code] for code in words.SEVERITIES},
        "waived": len(overview.waived),
        "by_rule": _by_rule(overview),
        "levels": words.LEVELS,
        "words": words,
    }
    for page in _PAGES:
        yield f"{page}.html", _environment().get_template(f"{page}.html.j2").render(context, page=page).encode()


def _by_rule(overview: Overview) -> dict[str, str]:
    """What is said of the findings of each rule that has some."""
    open_, waived = (Counter(table["rule"].to_pylist()) for table in (overview.open, overview.waived))
    return {rule: _counted(open_[rule], waived[rule]) for rule in {*open_, *waived}}


def _counted(number: int, waived: int) -> str:
    """A number of open findings, and how many more a waiver covers; `core.js` says the same."""
    return f"{number}，另有已豁免 {waived}" if waived else str(number)


def _version(facts: Facts) -> str:
    """What addresses of scripts and data end with, so that a browser asks again after a release."""
    return content_name(dump([facts.release_id, [content_name(content) for _, content in assets(facts)]]).encode())


def _places(coverage: Matrix, places: Mapping[str, str], facts: Facts) -> list[tuple[str, Row]]:
    """(four digits, row) of the matrix, for links that filter by place."""
    codes = {name: code for code, name in sorted(places.items(), reverse=True)}
    rows = [(codes.get(row.name, ""), row) for row in coverage.places]
    return sorted(rows, key=lambda pair: order(pair[0], facts))


def _shares(tally: Tally) -> list[tuple[str, int]]:
    """Kind and number of what a bar shows, good before bad."""
    parts = (
        ("k", tally.released),
        ("h", tally.held),
        ("m", tally.missing),
        ("b", tally.blocked),
        ("u", tally.unread),
    )
    return [(letter, number) for letter, number in parts if number]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("notices.site"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shares"] = _shares
    environment.filters["when"] = lambda moment: f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    environment.filters["severity"] = lambda code: words.word(words.SEVERITIES, code)
    return environment


def _shown(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
