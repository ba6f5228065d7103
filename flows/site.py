"""`gouji site`: the site of a release, from its tables and the archive's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from expectations.rules import RULES
from expectations.scopes_text import scope_of
from flows.exits import UnusableError
from flows.home import Home
from flows.places import places
from flows.site_pictures import Drawn, draw_pictures
from flows.site_tables import Tables
from form.claims_subjects import SUBJECTS
from notices.charts import coverage_by_place, findings_by_rule, findings_over_releases
from notices.site.builder import Built, build
from notices.site.files import Folder
from notices.site.model import Batch, Drawing, Facts, Overview, RuleCard, SiteError
from warehouse.errors import WarehouseError
from warehouse.record import Release
from warehouse.status import read_table, release_as_of, releases

_PROVINCE: Final = "620000"
#: rules whose scopes are subjects that a percentage is of
_PERCENTAGES: Final = {"TXT-SHARE": "share", "TXT-GROWTH": "growth"}


def build_site(home: Home, target: Path, as_of: str | None, megabytes: int) -> tuple[Built, Drawn]:
    """Build or renew the site in `target`; `megabytes` is how much the pictures may take. Raises `UnusableError`."""
    try:
        release = release_as_of(home.store, as_of)
        tables = Tables(home.store, release)
        folder = Folder(target)
        drawn = draw_pictures(home, folder, tables, megabytes * 1_000_000)
        overview = tables.overview()
        names = places(overview.coverage)
        charts = _charts(home, release, overview, names)
        about = (names[_PROVINCE], _PROVINCE[:2], release.release_id, release.created_at)
        facts = Facts(*about, names, rule_cards(), charts)
        scopes = claim_scopes()

        def load(units: Sequence[str]) -> Batch:
            return tables.batch(units, scopes, drawn.pictures)

        built = build(folder, facts, overview, tables.stamps(drawn.stamps()), load)
    except (WarehouseError, SiteError) as error:
        raise UnusableError(str(error)) from error
    return built, drawn


def rule_cards() -> tuple[RuleCard, ...]:
    """The rules as the catalogue shows them."""
    return tuple(
        RuleCard(
            rule.id,
            rule.title,
            rule.formula,
            rule.explanation,
            rule.severities,
            rule.editions,
            rule.source,
            {scope.id: scope.label for scope in rule.scopes},
        )
        for rule in RULES
    )


def claim_scopes() -> dict[str, tuple[str, str]]:
    """The names of `notices.site.payload_claims.subjects_of` -> the rule and scope whose verdict speaks of them."""
    subjects = {scope_of(subject): subject for subject in SUBJECTS}
    found: dict[str, tuple[str, str]] = {}
    for rule in RULES:
        if not rule.id.startswith("TXT-"):
            continue
        for scope in rule.scopes:
            subject = subjects.get(scope.id)
            if rule.id == "TXT-YEAR":
                found[f"year:{scope.id}"] = (rule.id, scope.id)
            elif rule.id == "TXT-ALL":
                found[f"all_closed:{subject}"] = found[f"all_upheld:{subject}"] = (rule.id, scope.id)
            elif subject:
                found[f"{_PERCENTAGES.get(rule.id, 'figure')}:{subject}"] = (rule.id, scope.id)
    return found


def _charts(home: Home, release: Release, overview: Overview, places: dict[str, str]) -> tuple[Drawing, ...]:
    """The charts of the first page, the same as in the mail and more."""
    events = read_table(home.store, "finding_events", release.release_id)
    known = [it.release_id for it in releases(home.store)]
    drawn = {
        "coverage": coverage_by_place(overview.coverage, places),
        "rules": findings_by_rule(overview.open, {rule.id: rule.title for rule in RULES}),
        "releases": findings_over_releases(events, known[: known.index(release.release_id) + 1]),
    }
    return tuple(Drawing(f"chart-{name}", chart.title, chart.summary, chart.svg()) for name, chart in drawn.items())
