"""What the tables of one report give: candidate readings, leftovers and remarks, settled at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from form.alignment import Part
from form.catalogue import POSITION, cell
from form.lines import Line
from form.numbers import Figure, read_figure
from form.reading import Leftover, Reading, Remark

MAX_PRINTED: Final = 200
#: how sure a reading is whose figure or whose label needed interpretation
UNCERTAIN_FIGURE: Final = 0.8
LABEL: Final = {"": 1.0, "supported": 0.95, "near": 0.8, "placed": 0.8}
#: a value whose cell covers other rows than its label's
TALL: Final = 0.8
JOINED: Final = 0.95
#: the fee column of the 2021 form is in 万元 by the form itself
ASSUMED_UNIT: Final = 0.85
TAKEN_OVER_BLANK: Final = 0.85


@dataclass(slots=True)
class Harvest:
    """Collects while the tables are read."""

    reader: str
    #: the unit of money printed above table two (单位：万元)
    money: str | None = None
    candidates: dict[str, list[Reading]] = field(default_factory=dict)
    leftovers: list[Leftover] = field(default_factory=list)
    remarks: dict[tuple[str, str], Remark] = field(default_factory=dict)

    def remark(self, code: str, text: str) -> None:
        """Note something unusual once."""
        self.remarks.setdefault((code, text), Remark(code, text))

    def leave(self, table: str, printed: str, page: int | None) -> None:
        """Keep what no key names."""
        if printed.strip():
            self.leftovers.append(Leftover(table, " ".join(printed.split())[:MAX_PRINTED], page))

    def leave_line(self, line: Line) -> None:
        """Keep a whole row that no key names."""
        self.leave(line.table, line.text, line.page)

    def certainty(self, line: Line) -> float:
        """How sure the row of a line is, with remarks where it is not."""
        label = " ".join(line.cells[line.label].text.split())
        if line.fuzzy:
            self.remark("label_fuzzy", f"“{label}”按“{line.row}”读取")
        if line.joined:
            self.remark("row_joined", f"“{label}”一行被分页断开，已拼接")
        return min(LABEL[line.fuzzy], JOINED if line.joined else 1.0)

    def level(self, line: Line, part: Part) -> float:
        """How sure it is that a value stands in its label's row alone: a taller cell may be that of two rows."""
        return 1.0 if part.cell.row_span == line.cells[line.label].row_span else TALL

    def add(self, key: str, part: Part, certainty: float, header: str | None = None) -> None:
        """Read one cell as the value of a key."""
        spec = cell(key)
        text = part.cell.text if part.text is None else part.text
        header = header or (self.money if spec.unit == "元" else None)
        figure, sure = (
            (Figure("unreadable", note=part.note), 1.0)
            if part.text is None
            else _figure(part.text, spec.unit, header, key == "proactive.fees.amount")
        )
        beside = part.note if part.text is not None else None
        doubt = part.cell.doubt
        if doubt:
            self.remark("cell_doubted", f"部分单元格的内容存疑：{doubt}")
        notes = [n for n in (figure.note, beside, doubt) if n] if figure.note or beside or doubt else []
        sure = min(certainty, part.confidence, sure, part.cell.confidence)
        self.candidates.setdefault(key, []).append(
            Reading(
                key=key,
                printed=text.strip()[:MAX_PRINTED],
                value=figure.value,
                state=figure.state,
                reader=self.reader,
                confidence=sure if sure == 1 else round(sure, 2),
                page=part.cell.page,
                bbox=part.cell.bbox,
                note="；".join(notes) or None,
                alternatives=part.cell.alternatives,
            )
        )

    def readings(self) -> tuple[Reading, ...]:
        """One reading a key, in the order of the contract."""
        found = tuple(_settled(self.candidates[key]) for key in sorted(self.candidates, key=POSITION.__getitem__))
        if any(map(_beside_blank, self.candidates.values())):
            self.remark("blank_and_filled", "同一栏在一处空白，在另一处有数")
        return found


def _figure(text: str, unit: str, header: str | None, fees: bool) -> tuple[Figure, float]:
    figure = read_figure(text, unit, header)
    if fees and header is None and figure.state == "unreadable":
        assumed = read_figure(text, unit, "万元")
        if assumed.state == "printed":
            note = "；".join(n for n in (assumed.note, "表头未注明单位，按格式规定的万元读取") if n)
            return replace(assumed, note=note), ASSUMED_UNIT
    return figure, 1.0 if figure.certain else UNCERTAIN_FIGURE


def _settled(candidates: list[Reading]) -> Reading:
    """The one reading of several candidates: none is chosen between two different figures."""
    first = candidates[0]
    if len(candidates) == 1 or all((c.state, c.value) == (first.state, first.value) for c in candidates):
        return first
    filled = [c for c in candidates if c.state != "blank"]
    if len(filled) == 1 and _over_pages(candidates):
        return filled[0]._replace(confidence=min(filled[0].confidence, TAKEN_OVER_BLANK))
    printed = "、".join(dict.fromkeys(c.printed for c in filled))
    beside = "（另一处空白）" if len(filled) < len(candidates) else ""
    return first._replace(
        printed=printed[:MAX_PRINTED],
        value=None,
        state="unreadable",
        note=f"同一栏出现不同内容：{printed[:60]}{beside}",
    )


def _beside_blank(candidates: list[Reading]) -> bool:
    """Whether a cell is blank in one place and filled in another."""
    return len(candidates) > 1 and 0 < sum(c.state == "blank" for c in candidates) < len(candidates)


def _over_pages(candidates: list[Reading]) -> bool:
    """Whether they stand on pages of their own: a row that a page break cuts leaves its figures on one side."""
    pages = [c.page for c in candidates]
    return None not in pages and len(set(pages)) == len(pages)
