"""How a publisher prints the form: spaces, brackets, slips of the pen, all seen in real reports."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from samples import keys
from samples.draft import Draft

#: A label with a space inside or a character lost, as real reports print it.
_SPACED = {
    "属于国家秘密": "属于国 家秘密",
    "危及“三安全一稳定”": "危及“三安全一稳 定”",
    "不予公开": "不予公 开",
    "第三方合法权益": "第三方合法权 益",
    "不掌握相关政府信息": "不掌握相关政 府信息",
}
_SLIPS = {"其他法律行政法规禁止公开": "其他法律行政止公开", "社会公益组织": "社会公益", "其他处理": "其他"}
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Habits:
    """What is unusual in how one report prints the form."""

    spaced: bool
    slips: bool
    half_width: bool
    numbered: str
    block_space: str
    short_name: bool
    split_tables: bool
    empty_middle: bool
    skewed_header: bool
    blank_zeros: bool
    separators: bool
    full_width: bool

    def label(self, text: str) -> str:
        """A label of the form as this publisher prints it."""
        if self.slips:
            for right, wrong in _SLIPS.items():
                text = text.replace(right, wrong)
        if self.spaced:
            for right, wrong in _SPACED.items():
                text = text.replace(right, wrong)
        if self.half_width:
            text = text.replace("（", "(").replace("）", ")").replace("“", '"').replace("”", '"')
        if text[:1].isdigit() and text[1:2] == ".":
            text = text[0] + self.numbered + text[2:]
        return text

    def block(self, number: str) -> str:
        """第二十条第（N）项."""
        return self.label(f"第二十条{self.block_space}第（{number}）项")

    def count(self, text: str) -> str:
        """A whole number as this publisher prints it."""
        if not text.isdigit():
            return text
        if self.separators:
            text = f"{int(text):,}"
        return text.translate(_FULL_WIDTH) if self.full_width else text


def choose_habits(draft: Draft, rng: Random) -> Habits:
    """Draws the habits of one report; blanks for zeros only where every organisation column is zero."""

    def now_and_then(share: float) -> bool:
        return rng.random() < share

    odd = "labels" in draft.oddities
    return Habits(
        spaced=now_and_then(0.25) or odd,
        slips=now_and_then(0.12) or odd,
        half_width=now_and_then(0.2),
        numbered=rng.choice((".", ".", ". ", "、")),
        block_space=rng.choice(("", "", " ", "  ")),
        short_name=now_and_then(0.3),
        split_tables=now_and_then(0.25),
        empty_middle=now_and_then(0.5),
        skewed_header=now_and_then(0.5),
        blank_zeros=now_and_then(0.4) and not draft.faults and only_persons(draft),
        separators=now_and_then(0.06),
        full_width=now_and_then(0.03),
    )


def print_as(habits: Habits, draft: Draft) -> None:
    """Prints the draft's cells in the publisher's way; blanked cells become None."""
    if habits.blank_zeros:
        draft.blank(organisation_cells(draft))
    for key in draft.cells:
        text = draft.text(key)
        shown = habits.count(text)
        if shown != text:
            draft.printed[key] = shown


def organisation_cells(draft: Draft) -> list[str]:
    """The cells of table three under 法人或其他组织."""
    return [keys.application(row, column) for row in keys.rows(draft.one_other) for column in keys.COLUMNS[1:]]


def only_persons(draft: Draft) -> bool:
    """Whether no organisation applied, so that its columns may be left blank."""
    return not any(draft.value(key) for key in organisation_cells(draft))
