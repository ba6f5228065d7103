"""Table three: rows by label, the seven columns by ordinal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from form.alignment import DOUBTFUL, SPANS, SURE, Interval, Part, align, lopsided
from form.catalogue import leaf_rows
from form.harvest import Harvest
from form.layout import COUNT, Layout, naming_of
from form.lines import Line
from form.naming import Naming, Place

_OTHER_PARTS: Final = frozenset(r for r in leaf_rows("2021") if r.startswith("other_"))
#: without any header the seven columns are those of the form, which is nearly sure
_HEADERLESS: Final = 0.95


def read_applications(lines: Sequence[Line], harvest: Harvest) -> None:
    """Harvest table three; a line that no row of the form names is left over, and so is a column."""
    grids: dict[int, list[Line]] = {}
    for line in lines:
        grids.setdefault(line.grid, []).append(line)
    layouts = {grid: Layout(inside) for grid, inside in grids.items()}
    naming = naming_of(list(layouts.values()))
    certain = _remarks(list(layouts.values()), naming, harvest) if any(x.role == "data" for x in lines) else 1.0
    divided = any(x.row in _OTHER_PARTS for x in lines)
    strange: dict[int, list[str]] = {}
    for line in lines:
        if line.role == "data" and not (divided and line.row == "other"):
            layout = layouts[line.grid]
            spans = SPANS if layout.differs else 1.0
            shown = SURE if layout.shown or not lopsided(line.values) else DOUBTFUL
            parts = _parts(line, layout.places, harvest)
            _row(line, zip(naming.places, parts, strict=True), min(certain, spans, shown), harvest)
            for at, part in enumerate(parts):
                if part and naming.places[at].strange is not None:
                    strange.setdefault(at, []).append(part.cell.text.strip())
        elif line.role in ("data", "group") and any(c.text.strip() for c in line.values):
            harvest.leave_line(line)
            harvest.remark("group_row", f"“{line.cells[line.label].text.strip()}”一行本不填数")
        elif line.role in ("figures", "other"):
            harvest.leave_line(line)
    for at, texts in strange.items():
        if any(texts):
            harvest.leave("applications", " | ".join((naming.places[at].strange or "", *texts)), None)


def _remarks(every: Sequence[Layout], naming: Naming, harvest: Harvest) -> float:
    if not any(x.header for x in every):
        harvest.remark("header_missing", "三、表未见表头，按格式的列序读取")
        return _HEADERLESS
    if any(x.differs for x in every):
        harvest.remark("spans_differ", "三、表头与数据行的跨列不一致，按单元格次序读取")
    naming.remark("三", harvest)
    return 1.0


def _parts(line: Line, places: Sequence[Interval], harvest: Harvest) -> Sequence[Part | None]:
    aligned = align(line.values, COUNT, places)
    if None in aligned.parts:
        harvest.remark("cells_missing", f"“{line.cells[line.label].text.strip()}”一行的单元格不足七个或无法对应")
    for cell in aligned.spare:
        harvest.leave("applications", cell.text, cell.page)
    return aligned.parts


def _row(line: Line, placed: Iterable[tuple[Place, Part | None]], certain: float, harvest: Harvest) -> None:
    sure = min(certain, harvest.certainty(line))
    for place, part in placed:
        if part is not None and (told := place.part(part)):
            harvest.add(
                f"applications.{line.row}.{place.name}", told, min(sure, place.sure, harvest.level(line, told))
            )
