"""What an evidence picture says in words, for auditors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from form.catalogue import cell
from form.reading import Reading
from notices.evidence import Caption
from notices.text import plain

_CHINA: Final = ZoneInfo("Asia/Shanghai")
_TABLES: Final = {"proactive": "二、主动公开", "applications": "三、依申请公开", "disputes": "四、复议诉讼"}
_STATES: Final = {"blank": "空白", "unreadable": "无法辨认"}
#: cells that the caption lists; all are marked
_LISTED: Final = 40
_PRINTED, _NOTE, _ADDRESS = 60, 160, 300


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the bytes come from: `address` of the capture or the name of a local file, and when it was received."""

    address: str
    sha256: str
    fetched_at: datetime | None = None
    gate: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One cell of the picture: whose it is, what was read, and what is to be said about its mark."""

    unit: str | None
    year: int | None
    reading: Reading
    number: int | None
    remark: str = ""


def caption(items: Sequence[Item], origin: Origin, finding: Sequence[str] = ()) -> Caption:
    """The caption of a picture of `items` (at least one); `finding` has the lines about a finding."""
    whose = list(dict.fromkeys((item.unit, item.year) for item in items))
    title = "；".join(
        f"{plain(unit, 60) or '单位不详'} {f'{year} 年度' if year else '年度不详'}" for unit, year in whose
    )
    lines = [line for item in items[:_LISTED] for line in _cell(item)]
    if len(items) > _LISTED:
        lines.append(f"另有 {len(items) - _LISTED} 栏，见图中编号")
    return Caption(title, [*(plain(line, _NOTE) for line in finding), *lines], _sources(items, origin))


def _cell(item: Item) -> list[str]:
    reading, spec = item.reading, cell(item.reading.key)
    number = f"{item.number}. " if item.number is not None else ""
    where = f"{number}{_TABLES[spec.table]} · {spec.label}"
    printed = f"原文“{plain(reading.printed, _PRINTED)}”" if reading.printed.strip() else "原文空白"
    value = f"数值 {_figure(reading.value)} {spec.unit}" if reading.state == "printed" else _STATES[reading.state]
    parts = [printed, *([value] if reading.state != "blank" or reading.printed.strip() else [])]
    if reading.confidence < 1:
        parts.append(f"置信度 {reading.confidence:.2f}")
    if reading.second is not None:
        parts.append(f"复读“{plain(reading.second, _PRINTED)}”")
    if reading.proposed is not None:
        parts.append(f"按勾稽关系推算 {_figure(reading.proposed)}（{plain(reading.reason, _NOTE)}）")
    parts += [plain(text, _NOTE) for text in (reading.note, item.remark) if text]
    # A single cell has room for two lines; of many each has one.
    return [f"{where}：{'；'.join(parts)}"] if number else [where, "；".join(parts)]


def _figure(value: Decimal | None) -> str:
    if value is None:
        return "—"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sources(items: Sequence[Item], origin: Origin) -> list[str]:
    keys = list(dict.fromkeys(item.reading.key for item in items))
    named = "、".join(keys[:4]) + (f" 等 {len(keys)} 栏" if len(keys) > 4 else "")
    when = "本地文件，无采集记录"
    if origin.fetched_at:
        when = f"采集于 {origin.fetched_at.astimezone(_CHINA):%Y-%m-%d %H:%M:%S}（北京时间）"
    readers = "、".join(dict.fromkeys(item.reading.reader for item in items))
    gate = f" · {origin.gate}" if origin.gate else ""
    return [
        plain(origin.address, _ADDRESS),
        f"{when} · SHA-256 {origin.sha256[:16]}…{gate}",
        f"{named} · {plain(readers, 120)}",
    ]
