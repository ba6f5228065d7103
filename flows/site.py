"""`gouji site`: the site of a release, from its tables and the archive's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from expectations.rules import RULES
from expectations.scopes_text import scope_of
from flows.exits import UnusableError
from flows.home import Home
from flows.site_pictures import Drawn, draw_pictures
from flows.site_tables import Tables
from form.claims_subjects import SUBJECTS
from form.divisions import divisions
from notices.site.builder import Built, build
from notices.site.files import Folder
from notices.site.model import Batch, Facts, RuleCard, SiteError
from warehouse.errors import WarehouseError
from warehouse.status import release_as_of

_PROVINCE: Final = "620000"
#: rules whose scopes are subjects that a percentage is of
_PERCENTAGES: Final = {"TXT-SHARE": "share", "TXT-GROWTH": "growth"}
_GOVERNMENT: Final = "人民政府"


def build_site(home: Home, target: Path, as_of: str | None, megabytes: int) -> tuple[Built, Drawn]:
    """Build or renew the site in `target`; `megabytes` is how much the pictures may take. Raises `UnusableError`."""
    try:
        release = release_as_of(home.root, as_of)
        tables = Tables(home.root, release)
        folder = Folder(target)
        drawn = draw_pictures(home, folder, tables, megabytes * 1_000_000)
        overview = tables.overview()
        names = _places(overview.coverage)
        facts = Facts(names[_PROVINCE], _PROVINCE[:2], release.release_id, release.created_at, names, rule_cards())
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


def _places(coverage: pa.Table) -> dict[str, str]:
    """GB/T 2260 code -> the name of the place: of Gansu's divisions, else what its government's name begins with."""
    rows = coverage.select(["code", "kind", "unit_name"]).to_pylist()
    governments = {row["code"]: row["unit_name"] for row in rows if row["kind"] == "aggregate"}
    named = {code: name.removesuffix(_GOVERNMENT) for code, name in sorted(governments.items())}
    return named | {division.code: division.names[-1] for division in divisions()}
