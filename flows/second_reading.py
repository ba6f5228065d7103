"""A second pair of eyes: when a report is read again, and what two readings of a cell make of it.

Where both readers saw a cell and differ, it is unreadable, with both texts kept; where they agree, `Reading.second`
says so, and a fault found in the figures is the publisher's. Nothing is ever taken over from the second reading.

Codes of remarks added here: `second_reading_failed` no second reading could be had, or it is not fit to judge the
first; `second_reading_more` the second reader found cells that the first did not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flows.doubts import broken, needed
from form.grid import Document
from form.reading import Reading, Report

#: share of the first reader's cells that the second must have seen
MIN_SEEN: Final = 0.6
#: a cell that two readers see differently is at most so sure
DISPUTED: Final = 0.5
#: with a larger share of differences the rules are asked which of the two readings is broken
MANY: Final = 0.1
_FAILED: Final = "second_reading_failed"
_MORE: Final = "second_reading_more"


def second_look(
    data: bytes,
    media_type: str,
    reports: tuple[Report, ...],
    charset: str | None = None,
    document: Document | None = None,
) -> tuple[Report, ...]:
    """The reports of one document, those that need it compared with a second reading of it. Never raises.

    Recognised documents are left alone: they have two passes of their own. `document` is where the reports stand, if
    at hand: what the second reader sees alike need not be recognised again.
    """
    from extractors.second import readable_again

    if not readable_again(media_type):
        return reports
    wanted = [not recognised(report) and needed(report) for report in reports]
    if not any(wanted):
        return reports
    try:
        seconds = _read_again(data, media_type, charset, document, reports)
    except Exception as error:
        # Hostile bytes may break any parser; the first reading stands, and says that nobody confirmed it.
        reason = f"{type(error).__name__}: {error}"
        return tuple(_failed(r, reason) if need else r for r, need in zip(reports, wanted, strict=True))
    if len(seconds) != len(reports):
        reason = f"第二次读取得到{len(seconds)}份报告，第一次{len(reports)}份"
        return tuple(_failed(r, reason) if need else r for r, need in zip(reports, wanted, strict=True))
    return tuple(
        compare(report, second) if need else report
        for report, second, need in zip(reports, seconds, wanted, strict=True)
    )


def _read_again(
    data: bytes, media_type: str, charset: str | None, document: Document | None, reports: tuple[Report, ...]
) -> tuple[Report, ...]:
    from extractors.second import read_again
    from form.recognise import read_reports

    again = read_again(data, media_type, charset=charset)
    return reports if document is not None and document.says_the_same(again) else read_reports(again)


def recognised(report: Report) -> bool:
    """Whether any cell was recognised from a picture rather than read as text."""
    return any(reading.alternatives or "ocr" in reading.reader.lower() for reading in report.readings)


def compare(report: Report, second: Report) -> Report:
    """The report with what the second reading has to say of each cell.

    Cells that only the second reader saw are named in a remark, never added. If the second reading is of another
    edition, saw fewer than `MIN_SEEN` of the cells, or differs in many cells and is itself the one that breaks the
    rules, the readings stay as they are, with a remark.
    """
    seen = {reading.key: reading for reading in second.readings}
    both = [(reading, seen[reading.key]) for reading in report.readings if reading.key in seen]
    if second.edition != report.edition:
        return _failed(report, f"第二次读取认作{second.edition}年格式")
    if len(both) < MIN_SEEN * len(report.readings):
        return _failed(report, f"第二次读取只见到{len(report.readings)}个单元格中的{len(both)}个")
    differing = sum(not agree(*pair) for pair in both)
    if differing > MANY * len(both) and len(broken(second)) > len(broken(report)):
        return _failed(report, f"第二次读取有{differing}个单元格不同，且其自身更不合勾稽关系")
    readings = tuple(_compared(reading, seen.get(reading.key)) for reading in report.readings)
    more = seen.keys() - {reading.key for reading in report.readings}
    compared = replace(report, readings=readings)
    if more:
        named = "、".join([key for key in seen if key in more][:3])
        return compared.remarked(_MORE, f"第二次读取另见到{len(more)}个单元格：{named}")
    return compared


def agree(first: Reading, second: Reading) -> bool:
    """Whether two readings of a cell say the same, however it is written; a blank is not 0."""
    return (first.state, first.value) == (second.state, second.value)


def _compared(first: Reading, second: Reading | None) -> Reading:
    if second is None:
        return first
    seen = first._replace(second=second.printed)
    if first.state == "unreadable" or agree(first, second):
        return seen
    note = f"两次读取不一致：“{first.printed[:40]}”与“{second.printed[:40]}”"
    return seen._replace(
        value=None,
        state="unreadable",
        confidence=min(first.confidence, DISPUTED),
        note=f"{note}；{first.note}" if first.note else note,
    )


def _failed(report: Report, reason: str) -> Report:
    return report.remarked(_FAILED, " ".join(reason.split())[:200])
