"""What a mail carries beside its words: crops of sources, the chart in light and dark, the workbook."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from notices.chart import Chart

#: pixels of a chart for each CSS pixel
_SHARP: Final = 1.6
#: CSS pixels that a picture may be wide in the mail
ROOM: Final = 570


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that stands in the mail under `name`, `width` CSS pixels wide at most; `alt` says what it shows."""

    name: str
    data: bytes
    width: int
    alt: str


@dataclass(frozen=True, slots=True)
class Enclosures:
    """Pictures and workbook of one mail. `crops` are cuttings of sources by finding_id."""

    crops: Mapping[str, Picture] = field(default_factory=dict)
    chart: tuple[Picture, Picture] | None = None
    workbook: bytes | None = None
    workbook_name: str = "gouji.xlsx"

    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, each of another name."""
        return (*self.crops.values(), *(self.chart or ()))


NOTHING: Final = Enclosures()


def crop(number: int, png: bytes, alt: str) -> Picture:
    """The crop that is number `number` of a mail; drawn at 150 dpi, it is shown as large as its table's print."""
    (across,) = struct.unpack(">I", png[16:20])
    return Picture(f"crop{number}", png, min(ROOM, round(across * 0.72)), alt)


def both(chart: Chart) -> tuple[Picture, Picture]:
    """A chart for light and for dark readers."""
    light, dark = (chart.png(round(ROOM * _SHARP), it) for it in (False, True))
    return Picture("chart-light", light, ROOM, chart.summary), Picture("chart-dark", dark, ROOM, chart.summary)
