"""The history of a scene's subjects: the versions of each report, what they said, and what changed unannounced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.announced import announcement, notices
from expectations.world import UNANNOUNCED
from flows.archived import Archived
from flows.plan import CHINA
from flows.standing import Standing
from flows.succession import Earlier, Lines
from flows.versions import Seen, Version, chain
from warehouse import chosen
from warehouse.chosen import Chosen
from warehouse.contents import digests
from warehouse.differences import PAIRS, differences
from warehouse.spec import TABLES

Row = dict[str, Any]
#: report_id -> its versions, oldest first
Chains = Mapping[str, tuple[Version, ...]]
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_TEXTS: Final = ("overview", "problems", "other_matters")
#: what of a report its row of `versions` repeats
_SAME: Final = ("report_id", "unit_id", "year", "sha256", "capture_id", "address", "published", "reader")


@dataclass(frozen=True, slots=True)
class History:
    """Rows of `versions`, `past_reports`, `past_cells` and `changes` of a scene's subjects.

    The newest versions have not met the gate yet: theirs is that of the release before. `unannounced` is for the
    rules (`expectations.world.UNANNOUNCED`).
    """

    versions: pa.Table
    past: Chosen
    changes: pa.Table
    unannounced: pa.Table

    def gated(self, gates: Mapping[str, str]) -> pa.Table:
        """The versions, with where the newest of each report went."""
        last = pc.is_null(self.versions["seen_to"])
        went = pa.array([gates.get(one) for one in self.versions["report_id"].to_pylist()], pa.string())
        at = self.versions.schema.get_field_index("gate")
        gate = pc.if_else(last, went, self.versions["gate"])
        return self.versions.set_column(at, self.versions.schema.field(at), gate)


def history(
    known: Standing,
    archive: Archived,
    newest_of: Chosen,
    older: Earlier,
    read: Collection[str],
    today: date,
) -> History:
    """The history of the reports `newest_of`, the newest versions of a scene's subjects.

    `read` are the report_ids among them that this run read, `older` the earlier versions that it read. `today`, the
    day of the run in China, dates what the archive does not know.
    """
    stands = {row["report_id"]: row for row in newest_of.reports.select(_SAME).to_pylist()}
    told = _told(known, stands, older)
    contents = _contents(newest_of, older.readings, {*read, *(stands.keys() - told.keys())})
    chains = _chains(
        archive, stands, older.lines, told, contents, datetime.combine(today, time.min, CHINA).astimezone(UTC)
    )
    several = {report: versions for report, versions in chains.items() if len(versions) > 1}
    bodies = every_version(_sources(known, newest_of, older.readings, several), several)
    announced = _announced(archive, bodies.reports, several)
    pairs = ((report, n, n + 1) for report, versions in several.items() for n in range(1, len(versions)))
    changes = differences(*bodies, _pairs(pairs))
    superseded = Chosen(*(_superseded(table, several) for table in bodies))
    rows = _rows(known.next_release, stands, _by_version(superseded.reports), chains, told, announced)
    return History(rows, superseded, changes, _unannounced(bodies, several, announced, changes))


def _told(known: Standing, stands: Mapping[str, Row], older: Earlier) -> dict[str, list[Row]]:
    """The versions of the release before, oldest first; an address that is not of the report's line begins anew."""
    (versions,) = chosen.of_reports(known.home, stands.keys(), ("versions",))
    told: dict[str, list[Row]] = {}
    for row in sorted(versions.to_pylist(), key=lambda row: int(row["version"])):
        if row["address"] in older.line(stands[row["report_id"]]):
            told.setdefault(row["report_id"], []).append(row)
    return told


def _contents(newest_of: Chosen, older: Sequence[Chosen], anew: Collection[str]) -> dict[str, dict[str, str]]:
    """report_id -> capture_id -> what it says, of all that was read."""
    found: dict[str, dict[str, str]] = {}
    for some in (*older, newest_of.only(anew)):
        said = digests(*some)
        for report, capture in _captures(some).items():
            found.setdefault(report, {})[capture] = said[report]
    return found


def _captures(some: Chosen) -> dict[str, str]:
    return dict(zip(*(some.reports[name].to_pylist() for name in ("report_id", "capture_id")), strict=True))


def _chains(
    archive: Archived,
    stands: Mapping[str, Row],
    lines: Lines,
    told: Mapping[str, Sequence[Row]],
    contents: Mapping[str, Mapping[str, str]],
    at: datetime,
) -> dict[str, tuple[Version, ...]]:
    chains = {}
    for report, row in stands.items():
        before = [Version(v["content"], tuple(v["captures"]), v["seen_from"]) for v in told.get(report, ())]
        read = contents.get(report)
        if read is None:
            chains[report] = tuple(before)
            continue
        of = {*read, *(capture for version in before for capture in version.captures)}
        seen = {
            one.capture_id: (one.fetched_at, one.checked_at)
            for one in (archive.captures[capture] for capture in of if capture in archive.captures)
        }
        if report in lines:
            floors = _floors(archive, seen, lines[report])
            before = [replace(v, seen_from=max(v.seen_from, floors.get(v.captures[0], _NEVER))) for v in before]
            seen = {one: (max(first, floors[one]), max(last, floors[one])) for one, (first, last) in seen.items()}
        if not before and not seen:
            seen = {row["capture_id"]: (at, at)}
        chains[report] = chain(before, read, seen, row["capture_id"])
    return chains


def _floors(archive: Archived, seen: Seen, line: Sequence[str]) -> dict[str, datetime]:
    """capture_id -> when its address took over from the one before it in the line.

    What an address said before that, beside one that stood, was no version of the report.
    """
    floors: dict[str, datetime] = {}
    end = _NEVER
    for address in line:
        own = [capture for capture in seen if archive.captures[capture].address == address]
        floors |= dict.fromkeys(own, end)
        if own:
            end = max(end, *(seen[capture][1] for capture in own)) + timedelta(microseconds=1)
    return floors


def _sources(known: Standing, newest_of: Chosen, older: Sequence[Chosen], several: Chains) -> list[Chosen]:
    """Where the versions' rows may be had, the best last: the release before, then what was read."""
    kept = chosen.past(known.home, several.keys())
    numbers = sorted(set(kept.reports["version"].to_pylist()))
    split = (Chosen(*(_version(table, number) for table in kept)) for number in numbers)
    return [*split, chosen.newest(known.home, several.keys()), *older, newest_of]


def _version(table: pa.Table, number: int) -> pa.Table:
    return table.filter(pc.equal(table["version"], number)).drop_columns(["version"])


def every_version(sources: Sequence[Chosen], several: Chains) -> Chosen:
    """The rows of all versions of some reports, in the schemas of `past_reports` and `past_cells`.

    A version is what its last capture said; where that is not among the `sources`, what another with the same
    content did.
    """
    where = {item: number for number, some in enumerate(sources) for item in _captures(some).items()}
    wanted: dict[tuple[int, int], list[str]] = {}
    for report, versions in several.items():
        for number, version in enumerate(versions, 1):
            alike = [one for other in versions if other.content == version.content for one in other.captures]
            capture = next(one for one in (*version.captures[::-1], *alike) if (report, one) in where)
            wanted.setdefault((where[report, capture], number), []).append(report)
    tables = [
        [_numbered(table, number) for table in sources[source].only(reports)]
        for (source, number), reports in sorted(wanted.items())
    ]
    empty = (TABLES["past_reports"].empty(), TABLES["past_cells"].empty())
    return Chosen(*(pa.concat_tables([none, *some]) for none, *some in zip(empty, *tables, strict=True)))


def _numbered(table: pa.Table, number: int) -> pa.Table:
    field = TABLES["past_reports"].schema.field("version")
    return table.add_column(0, field, pa.repeat(pa.scalar(number, field.type), len(table)))


def _superseded(table: pa.Table, several: Chains) -> pa.Table:
    pairs = zip(table["report_id"].to_pylist(), table["version"].to_pylist(), strict=True)
    return table.filter(pa.array([number < len(several[report]) for report, number in pairs], pa.bool_()))


def _pairs(pairs: Iterable[tuple[str, int, int]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(PAIRS.names, pair, strict=True)) for pair in pairs], schema=PAIRS)


def _by_version(reports: pa.Table) -> dict[tuple[str, int], Row]:
    return {(row["report_id"], row["version"]): row for row in reports.select(["version", *_SAME]).to_pylist()}


def _announced(archive: Archived, reports: pa.Table, several: Chains) -> dict[tuple[str, int], str]:
    """(report_id, version) -> the words by which it says that it corrects the one before; the list's title counts."""
    said: dict[tuple[str, int], dict[str, None]] = {}
    for row in reports.select(["report_id", "version", "capture_id", "title", *_TEXTS]).to_pylist():
        capture = archive.captures.get(row["capture_id"])
        titles = (row["title"], capture.title if capture else None)
        said[row["report_id"], row["version"]] = notices(titles, (row[name] for name in _TEXTS))
    found = {}
    for report, versions in several.items():
        for number in range(2, len(versions) + 1):
            if words := announcement(said[report, number - 1], said[report, number]):
                found[report, number] = words
    return found


def _rows(
    release: str,
    stands: Mapping[str, Row],
    past: Mapping[tuple[str, int], Row],
    chains: Chains,
    told: Mapping[str, Sequence[Row]],
    announced: Mapping[tuple[str, int], str],
) -> pa.Table:
    """The rows of `versions`; what is known of one is kept: the release that first had it, and its gate."""
    rows: list[Row] = []
    for report, versions in chains.items():
        before = list(told.get(report, ()))
        ends = [*(version.seen_from for version in versions[1:]), None]
        for number, (version, end) in enumerate(zip(versions, ends, strict=True), 1):
            same = _taken(before, version)
            body = past.get((report, number), stands[report])
            rows.append(
                {
                    **{name: body[name] for name in _SAME},
                    "version": number,
                    "content": version.content,
                    "captures": list(version.captures),
                    "seen_from": version.seen_from,
                    "seen_to": end,
                    "release_id": same["release_id"] if same else release,
                    "gate": same["gate"] if same else None,
                    "announced": announced.get((report, number)),
                }
            )
    return pa.Table.from_pylist(rows, schema=TABLES["versions"].schema)


def _taken(before: list[Row], version: Version) -> Row | None:
    """The row that a version had in the release before, which no other may have then."""
    same = [row for row in before if not set(version.captures).isdisjoint(row["captures"])]
    same.sort(key=lambda row: (row["seen_from"] != version.seen_from, row["version"]))
    if not same:
        return None
    before.remove(same[0])
    return same[0]


def _unannounced(
    bodies: Chosen, several: Chains, announced: Mapping[tuple[str, int], str], changes: pa.Table
) -> pa.Table:
    """The figures in which the newest version differs from the last that was announced."""
    first = {
        report: next((n for n in range(len(versions), 1, -1) if (report, n) in announced), 1)
        for report, versions in several.items()
    }
    pairs = ((report, base, len(several[report])) for report, base in first.items() if base < len(several[report]))
    readers = {
        (row["report_id"], row["version"]): row["reader"].rpartition("@")[2]
        for row in bodies.reports.select(["report_id", "version", "reader"]).to_pylist()
    }
    since = {
        (row["report_id"], row["key"]): several[row["report_id"]][row["version"] - 1].seen_from
        for row in sorted(filter(_figure, changes.to_pylist()), key=lambda row: int(row["version"]))
    }
    rows = [
        {
            "report_id": row["report_id"],
            "key": row["key"],
            "before": row["printed_before"],
            "after": row["printed_after"],
            "since": since[row["report_id"], row["key"]].astimezone(CHINA).date(),
            "comparable": readers[row["report_id"], first[row["report_id"]]]
            == readers[row["report_id"], row["version"]],
        }
        for row in differences(*bodies, _pairs(pairs)).to_pylist()
        if _figure(row)
    ]
    return pa.Table.from_pylist(rows, schema=UNANNOUNCED)


def _figure(change: Row) -> bool:
    """Whether a figure changed: no text, not the way in which it is printed, nothing that could not be read."""
    states = (change["state_before"], change["state_after"])
    if change["table"] == "text" or "unreadable" in states:
        return False
    return bool(states[0] != states[1] or change["value_before"] != change["value_after"])
