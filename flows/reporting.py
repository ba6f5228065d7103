"""The quality report of a release: composed from its tables, kept or sent once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations.rules import RULES
from flows.exits import UnusableError
from flows.home import Home
from form.catalogue import CELLS
from notices.digest import RunFacts, Tables, build
from notices.findings import Names
from notices.mail import SettingsError, compose, message_id, parties_from
from notices.outbox import Outbox
from notices.smtp import SmtpSettings, send, settings_from
from warehouse.record import Release, current
from warehouse.status import read_table

#: ending of a government's name that its place does not have
_GOVERNMENT = "人民政府"


class UndeliveredError(Exception):
    """A report that stays in line because the server did not take it; another try may help."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """Where the message is, and whether a server has taken it."""

    path: Path
    sent: bool


def mail_settings() -> SmtpSettings | None:
    """The SMTP settings of the environment. Raises UnusableError for those that cannot be used."""
    try:
        return settings_from(os.environ)
    except SettingsError as error:
        raise UnusableError(str(error)) from error


def send_report(home: Home, summary: dict[str, Any]) -> Mailed | None:
    """Compose the report of the current release where no run did, and hand over what is still queued.

    Gives None where nothing was left to do. Raises UndeliveredError where a server is configured and did not take
    the message.
    """
    settings = mail_settings()
    outbox = Outbox(home.outbox)
    release = current(home.root)
    path: Path | None = None
    if release:
        path = _composed(home, outbox, release, summary, settings)
    if settings is None:
        return Mailed(path, False) if path else None
    deliveries = outbox.deliver(lambda message, readers: send(message, settings, readers))
    failed = [delivery for delivery in deliveries if delivery.pending]
    if failed:
        raise UndeliveredError(f"{failed[0].path.name}: {failed[0].error or 'refused for now'}")
    return Mailed(home.outbox / "sent" / deliveries[-1].path.name, True) if deliveries else None


def _composed(
    home: Home, outbox: Outbox, release: Release, summary: dict[str, Any], settings: SmtpSettings | None
) -> Path | None:
    """The message of this release, put into the outbox; None where it is there, or was sent, already."""
    tables, names = _tables(home, release), _names(home)
    facts = _facts(release, summary, names)
    digest = build(facts, tables, names)
    parties = settings.parties if settings else parties_from(os.environ)
    key = message_id(digest, parties)
    state = outbox.state(key)
    if state == "sent" or (state is not None and settings is None):
        return None
    message = compose(digest, parties.sender, parties.recipients, key, release.created_at)
    return outbox.queue(message) if settings else outbox.keep(message)


def _facts(release: Release, summary: dict[str, Any], names: Names) -> RunFacts:
    return RunFacts(
        province=names.places.get("620000", "") or next(iter(names.places.values()), "样例"),
        run_id=summary["run_id"],
        flow=summary["flow"],
        started=datetime.fromisoformat(summary["started"]),
        finished=release.created_at,
        release_id=release.release_id,
        released_at=release.created_at,
        previous_release_id=release.parent,
        fetched=summary["fetched"],
        unchanged=summary["unchanged"],
        failed=len(summary["problems"]),
        void=tuple(f"{it['report_id']} {it['rule']} {it['scope']}：{it['reason']}" for it in summary["void"]),
    )


def _tables(home: Home, release: Release) -> Tables:
    findings = read_table(home.root, "findings")
    concerned = pc.unique(findings["report_id"])
    cells = pa.concat_tables([read_table(home.root, name) for name in ("cells", "held_cells")])
    return Tables(
        reports=read_table(home.root, "reports"),
        held_reports=read_table(home.root, "held_reports"),
        findings=findings,
        coverage=read_table(home.root, "coverage"),
        cells=cells.filter(pc.is_in(cells["report_id"], value_set=concerned)),
        previous_findings=read_table(home.root, "findings", release.parent) if release.parent else None,
    )


def _names(home: Home) -> Names:
    coverage = read_table(home.root, "coverage").select(["code", "kind", "unit_name"]).to_pylist()
    return Names(
        rules={rule.id: rule.title for rule in RULES},
        cells={cell.key: cell.label for cell in CELLS},
        places={
            row["code"]: row["unit_name"].removesuffix(_GOVERNMENT) for row in coverage if row["kind"] == "aggregate"
        },
    )
