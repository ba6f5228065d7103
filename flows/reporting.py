"""The quality report of a release: composed for each reader from the release's tables, kept or sent once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.rules import RULES
from flows.doubted import doubted
from flows.exits import UnusableError
from flows.home import Home
from flows.pictures import Crops
from flows.places import places
from flows.subscriptions import readers
from flows.waivers import run_waivers
from form.catalogue import CELLS
from notices.addresses import UNSET, SettingsError, sender_from
from notices.bounces import bounces
from notices.coverage import Matrix
from notices.digest import Digest, Reader, RunFacts, Tables, build
from notices.enclosures import Enclosures, Picture, both
from notices.findings import Names, Waiving
from notices.mail import compose, message_id
from notices.outbox import Entry, Outbox
from notices.render import BEIJING
from notices.smtp import SmtpSettings, send, settings_from
from notices.subscription import Subscription
from notices.text import link
from notices.void import void_lines
from notices.workbook import About, workbook
from warehouse.query import query
from warehouse.record import Release, current, releases
from warehouse.status import read_table

#: the province whose name heads a report
PROVINCE: Final = "620000"
_NAMED: Final = ("report_id", "unit_id", "unit_name", "year", "address")
#: what the places of a rule are called
_SCOPES: Final = {(rule.id, scope.id): scope.label for rule in RULES for scope in rule.scopes}
#: the cells that findings cite, those of a held version last; a province has millions of others
_CITED: Final = """
WITH cited AS (SELECT report_id, unnest(list_concat(cells, suspects)) AS cell FROM findings),
wanted AS (
  SELECT DISTINCT coalesce(nullif(split_part(cell, '@', 2), ''), report_id) AS report_id,
         split_part(cell, '@', 1) AS key
  FROM cited
),
found AS (
  SELECT 0 AS held, report_id, key, printed, page FROM cells
  UNION ALL SELECT 1, report_id, key, printed, page FROM held_cells
)
SELECT report_id, key, printed, page FROM found JOIN wanted USING (report_id, key) ORDER BY held, report_id, key
"""


class UndeliveredError(Exception):
    """Mail that its readers do not have; its text says whose and why. Another try may help."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """Where the newest message is, and whether a server has taken it."""

    path: Path
    sent: bool


def mail_settings() -> SmtpSettings | None:
    """The SMTP settings of the environment. Raises UnusableError for those that cannot be used."""
    try:
        return settings_from(os.environ)
    except SettingsError as error:
        raise UnusableError(str(error)) from error


def site_address() -> str | None:
    """The address of the published site ($GOUJI_SITE_URL) without a slash at its end; None where there is none."""
    site = os.environ.get("GOUJI_SITE_URL", "").strip().rstrip("/")
    if site and link(site) is None:
        raise UnusableError(f"GOUJI_SITE_URL: not an http address: {site!r}")
    return site or None


def send_report(home: Home, summary: dict[str, Any]) -> Mailed | None:
    """Compose the report of the current release for every reader who is due, and hand over what is in line.

    Gives None where nothing was left to do. Raises UndeliveredError where a server is configured and some reader does
    not have what is theirs: the rest have been sent.
    """
    settings = mail_settings()
    outbox = Outbox(home.outbox)
    release = current(home.store)
    now = datetime.now(UTC)
    note_bounces(outbox, now)
    paths = _composed(home, outbox, release, summary, settings, now) if release else []
    if settings is None:
        return Mailed(paths[-1], False) if paths else None
    tried = deliver(outbox, settings, now, force=summary["flow"] == "digest")
    if lacking := outbox.entries("queued", "doubt"):
        raise UndeliveredError(_lacking(lacking))
    if given_up := [it for it in tried if it.state == "refused"]:
        raise UndeliveredError(_lacking(given_up))
    return Mailed(home.outbox / f"{tried[-1].name}.eml", True) if tried else None


def deliver(outbox: Outbox, settings: SmtpSettings, now: datetime, force: bool = False) -> tuple[Entry, ...]:
    """Hand over what is due. With GOUJI_MAIL_UNANSWERED=ask a person decides on what a server left unanswered."""
    ask = os.environ.get("GOUJI_MAIL_UNANSWERED", "resend").strip()
    if ask not in {"resend", "ask"}:
        raise UnusableError(f"GOUJI_MAIL_UNANSWERED: resend or ask, not {ask!r}")
    return outbox.deliver(lambda it, over: send(it, settings, over), now, force, ask == "resend")


def note_bounces(outbox: Outbox, now: datetime) -> None:
    """Take note of the bounces in the Maildir of $GOUJI_MAIL_BOUNCES, if there is one."""
    named = os.environ.get("GOUJI_MAIL_BOUNCES", "").strip()
    if not named:
        return
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise UnusableError(f"GOUJI_MAIL_BOUNCES: {folder}: no such folder")
    for file, bounce in bounces(folder).items():
        outbox.bounced(file, bounce.name, bounce.detail, now)


def _lacking(entries: tuple[Entry, ...] | list[Entry]) -> str:
    first = entries[0]
    more = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
    return f"{first.reader}: {first.state}, {first.error or 'not sent yet'}{more}; see `gouji status`"


def _composed(
    home: Home,
    outbox: Outbox,
    release: Release,
    summary: Mapping[str, Any],
    settings: SmtpSettings | None,
    now: datetime,
) -> list[Path]:
    """The messages of this release put into the outbox now; none for readers who have it, or are not due yet."""
    listed = readers(home, summary["sources"]).subscriptions
    if settings and not listed:
        raise UnusableError("no reader: GOUJI_MAIL_TO is empty, and there is no file of subscriptions")
    sender = settings.sender if settings else sender_from(os.environ)
    desk = _Desk(home, release, summary, now)
    paths = []
    for subscription in listed or (Subscription(UNSET),):
        last = outbox.last("report", subscription.reader.addr_spec)
        if last is not None and last.about == release.release_id:
            continue
        if not subscription.due(datetime.fromisoformat(last.changed) if last else None, now):
            continue
        digest, enclosures = desk.written(subscription, last.about if last else None)
        name = message_id(digest, sender, subscription.reader)
        if outbox.state(name) is not None or (subscription.changes_only and not digest.changed):
            continue
        message = compose(digest, (sender, subscription.reader), name, now, enclosures())
        paths.append(outbox.put(message, "report", release.release_id, now, settings is not None))
    return paths


class _Desk:
    """What the reports of a release are written from; tables are read once, crops drawn once."""

    def __init__(self, home: Home, release: Release, summary: Mapping[str, Any], now: datetime) -> None:
        self._home, self._release, self._summary = home, release, summary
        self._tables = tables_of(home, release.release_id)
        self._names = names_of(self._tables.coverage)
        self._known = {it.release_id: it for it in releases(home.store)}
        self._waivers = waivings(home, summary["sources"], summary["waivers"])
        self._now, self._today = now, now.astimezone(BEIJING).date()
        self._site = site_address()
        self._crops = Crops(home)
        self._charts: dict[Matrix, tuple[Picture, Picture]] = {}

    def written(self, subscription: Subscription, last: str | None) -> tuple[Digest, Any]:
        """The digest for a reader whose last report was of release `last`, and a call that makes its enclosures."""
        tables = subscription.narrowed(self._since(last))
        scope = subscription.scope(self._names.places)
        reader = Reader(self._today, scope, self._waivers, self._site, last)
        digest = build(self._facts(tables), tables, self._names, reader)
        return digest, lambda: self._enclosures(digest, tables, subscription)

    def _since(self, last: str | None) -> Tables:
        """The tables, compared with release `last`."""
        if last is None or last not in self._known:
            return self._tables
        order = list(self._known)
        later = order[order.index(last) + 1 :]
        events = self._tables.events
        return replace(
            self._tables,
            previous_findings=read_table(self._home.store, "findings", last),
            events=events.filter(pc.is_in(events["release_id"].cast(pa.string()), pa.array(later, pa.string())))
            if events is not None
            else None,
        )

    def _enclosures(self, digest: Digest, tables: Tables, subscription: Subscription) -> Enclosures:
        about = About(
            digest.run.province,
            self._release.release_id,
            self._release.created_at,
            digest.reader.scope,
            digest.reader.site,
        )
        return Enclosures(
            crops=self._crops.of(digest.grave.items),
            chart=self._chart(digest.matrix) if digest.matrix.total.total.due else None,
            workbook=workbook(about, tables, self._names, self._waivers) if subscription.workbook else None,
            workbook_name=f"年度报告质量-{self._release.release_id}.xlsx",
        )

    def _chart(self, found: Matrix) -> tuple[Picture, Picture]:
        """The chart of a choice of units, drawn once however many readers have made it."""
        if found not in self._charts:
            # Most nights send nothing, and matplotlib is an import of its own.
            from notices.charts import coverage_chart

            self._charts[found] = both(coverage_chart(found))
        return self._charts[found]

    def _facts(self, told: Tables) -> RunFacts:
        """What ran, for a reader who is told of these rows."""
        summary, release = self._summary, self._release
        started = datetime.fromisoformat(summary["started"])
        return RunFacts(
            province=province(self._names),
            run_id=summary["run_id"],
            flow=summary["flow"],
            started=started,
            # The record has the time at which its run started; clocks may be set back.
            finished=max(started, self._now),
            release_id=release.release_id,
            released_at=release.created_at,
            previous_release_id=release.parent,
            fetched=summary["fetched"],
            unchanged=summary["unchanged"],
            failed=len(summary["problems"]),
            # `gouji report` and a backfill from the archive ask no portal for anything.
            crawled=summary["flow"] == "nightly" or summary["listed"] > 0,
            void=void_lines(summary["void"], self._tables.coverage, told.coverage, self._names, _SCOPES),
        )


def province(names: Names) -> str:
    """The name that heads a report."""
    return names.places[PROVINCE]


def tables_of(home: Home, release_id: str) -> Tables:
    """The tables of a release that reports are written from: of reports what names them, of cells those cited."""
    reports, held = (read_table(home.store, name, release_id, _NAMED) for name in ("reports", "held_reports"))
    return Tables(
        reports=reports,
        held_reports=held,
        findings=read_table(home.store, "findings", release_id),
        coverage=read_table(home.store, "coverage", release_id),
        cells=query(home.store, _CITED, release_id),
        previous_findings=None,
        events=read_table(home.store, "finding_events", release_id),
        doubted=doubted(home.store, release_id),
    )


def names_of(coverage: pa.Table) -> Names:
    """What rules, cells and places are called."""
    return Names(
        rules={rule.id: rule.title for rule in RULES},
        cells={cell.key: cell.label for cell in CELLS},
        places=places(coverage),
    )


def waivings(home: Home, sources: list[str] | None = None, waivers: str | None = None) -> dict[str, Waiving]:
    """finding_id -> its waiver, of the file of waivers."""
    return {it.finding_id: Waiving(it.who, it.why, it.until) for it in run_waivers(home, sources, waivers)}
