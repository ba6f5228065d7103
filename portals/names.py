"""Whether two printed names mean the same body: exact after normalising, or up to place prefixes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_PLACE = r"[一-鿿]{1,12}?(?:自治区|自治州|自治县|自治旗|新区|地区|省|市|州|盟|县|区|旗)"
_PLACES = re.compile(rf"(?:{_PLACE})+")
_ONE_PLACE = re.compile(_PLACE)
_BARE_PLACE = re.compile(r"[一-鿿]{1,15}(?:省|市|州|盟|县|区|旗|镇|乡)")
_SPACE = re.compile(r"\s+")


def normalise(name: str) -> str:
    """NFKC without white space or invisible characters."""
    text = unicodedata.normalize("NFKC", name)
    bare = "".join(ch for ch in _SPACE.sub("", text) if unicodedata.category(ch) != "Cf")
    return unicodedata.normalize("NFKC", bare)


def canonical(name: str) -> str:
    """One spelling of a body's name: 城关区, 城关区政府 and 城关区人民政府 agree.

    An office keeps its 办公室: it is a unit of its own.
    """
    text = normalise(name).replace("人民政府", "政府").replace("管委会", "管理委员会")
    return f"{text}政府" if _BARE_PLACE.fullmatch(text) else text


def place(name: str) -> str:
    """The place that a government's name is of (兰州市城关区人民政府 -> 兰州市城关区), or ''."""
    text = canonical(name)
    return text[: -len("政府")] if text.endswith("政府") else ""


def same(printed: str, listed: str, above: Collection[str]) -> bool:
    """Whether `printed` safely means the body `listed`; `above` holds the places it lies in.

    Leaving out places is safe on the unit's own page (城关区人民政府 for 兰州市城关区人民政府). Places
    that only the printed name has must be known to lie above the unit, else it may be another body of
    the same name.
    """
    short, full = canonical(printed), canonical(listed)
    if short == full:
        return True
    if full.endswith(short):
        return bool(_PLACES.fullmatch(full[: -len(short)]))
    if not short.endswith(full):
        return False
    prefix = short[: -len(full)]
    known = "".join(above)
    return bool(_PLACES.fullmatch(prefix)) and all(one in known for one in _ONE_PLACE.findall(prefix))
