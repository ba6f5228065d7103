"""Why a doubted cell is what it is, as auditors read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

DOUBTFUL: Final = "识别存疑"


def confirmed(count: int) -> str:
    """The first reading stands."""
    return f"{DOUBTFUL}，{count}个勾稽关系均成立，确认原读数"


def changed(text: str, count: int) -> str:
    """Another content that recognition saw stands."""
    return f"{DOUBTFUL}，采用备选读数“{text.strip()}”，{count}个勾稽关系均成立"


def unsettled(suggestion: Decimal | None, count: int) -> str:
    """The cell is unreadable."""
    if suggestion is None:
        return f"{DOUBTFUL}，勾稽关系不能确定"
    return f"{DOUBTFUL}，{_derived(suggestion, count)}"


def kept(suggestion: Decimal | None, count: int) -> str:
    """The reading stays, with the little confidence it has."""
    if suggestion is None:
        return f"{DOUBTFUL}，无勾稽关系可确认，保留原读数"
    return f"{DOUBTFUL}，保留原读数；{_derived(suggestion, count)}"


def _derived(suggestion: Decimal, count: int) -> str:
    return f"由{count}个勾稽关系推算为{suggestion:f}，仅供参考"
