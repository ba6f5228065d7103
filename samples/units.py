"""The units of the sample province: real divisions of Gansu, their offices, departments and townships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from form.divisions import Division, divisions

#: suffix -> (name at province level, name below it).
_DEPARTMENTS: Final = {
    "fgj": ("发展和改革委员会", "发展和改革局"),
    "wlj": ("文化和旅游厅", "文化和旅游局"),
    "tiyuj": ("体育局", "体育局"),
    "jyj": ("教育厅", "教育局"),
    "czj": ("财政厅", "财政局"),
    "zrzyj": ("自然资源厅", "自然资源局"),
    "rsj": ("人力资源和社会保障厅", "人力资源和社会保障局"),
    "gaj": ("公安厅", "公安局"),
    "mzj": ("民政厅", "民政局"),
    "sfj": ("司法厅", "司法局"),
    "zjj": ("住房和城乡建设厅", "住房和城乡建设局"),
    "jtj": ("交通运输厅", "交通运输局"),
    "swj": ("水利厅", "水务局"),
    "nyj": ("农业农村厅", "农业农村局"),
    "swuj": ("商务厅", "商务局"),
    "wjj": ("卫生健康委员会", "卫生健康局"),
    "tyj": ("退役军人事务厅", "退役军人事务局"),
    "yjj": ("应急管理厅", "应急管理局"),
    "sjj": ("审计厅", "审计局"),
    "scj": ("市场监督管理局", "市场监督管理局"),
    "tjj": ("统计局", "统计局"),
    "ybj": ("医疗保障局", "医疗保障局"),
    "lcj": ("林业和草原局", "林业和草原局"),
    "xfj": ("信访局", "信访局"),
    "gxj": ("工业和信息化厅", "工业和信息化局"),
    "kjj": ("科学技术厅", "科学技术局"),
    "sthjj": ("生态环境厅", "生态环境局"),
    "gzw": ("国有资产监督管理委员会", "国有资产监督管理局"),
    "jgswj": ("机关事务管理局", "机关事务服务中心"),
    "lsj": ("粮食和物资储备局", "粮食和物资储备局"),
}
# No list of townships is among the facts: these names are made up from common words.
_TOWNSHIPS: Final = tuple(
    f"{first}{second}镇"
    for second in ("川", "坪", "源", "安")
    for first in ("东", "西", "南", "北", "青", "和", "永", "平", "大", "新")
)
_GOVERNMENTS: Final = "620000", "620100", "620102"


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the registry; `parent` is the id of the unit above, None for the province.

    It exists in the report years `first_year` to `last_year` (None: as far as the sample goes) and took over
    `predecessors` in its first. `complete` says that the registry lists all its children.
    """

    id: str
    code: str
    name: str
    level: str
    kind: str
    parent: str | None
    first_year: int | None = None
    last_year: int | None = None
    predecessors: tuple[str, ...] = ()
    complete: bool = False

    @property
    def path(self) -> str:
        """The address of its list of annual reports, below the host."""
        return f"/{self.id}/zfxxgknb/"

    @property
    def makes_regulations(self) -> bool:
        """Whether its report may name 规章: those of the province, cities with districts, autonomous prefectures."""
        return self.kind in ("aggregate", "office") and self.level in ("province", "prefecture")

    def existed(self, year: int) -> bool:
        """Whether a report of this year is due from it."""
        return (self.first_year or year) <= year <= (self.last_year or year)


@cache
def _names() -> dict[str, str]:
    """Code -> name as printed: districts with their city, counties and cities alone."""
    plain = {division.code: division.names[0] for division in divisions()}
    return {d.code: (plain.get(d.parent, "") if d.district else "") + d.names[0] for d in divisions()}


def place(code: str) -> str:
    """The name of a division as its bodies print it."""
    return _names()[code]


def _government(division: Division) -> tuple[Unit, Unit]:
    province = division.level == "province"
    name = f"{place(division.code)}人民政府"
    whole = Unit(division.code, division.code, name, division.level, "aggregate", division.parent or None)
    own = Unit(
        f"{division.code}-{'bgt' if province else 'bgs'}",
        division.code,
        name + ("办公厅" if province else "办公室"),
        division.level,
        "office",
        division.code,
    )
    return whole, own


def _department(division: Division, suffix: str) -> Unit:
    name = place(division.code) + _DEPARTMENTS[suffix][0 if division.level == "province" else 1]
    return Unit(f"{division.code}-{suffix}", division.code, name, division.level, "department", division.code)


def _township(division: Division, index: int) -> Unit:
    name = f"{place(division.code)}{_TOWNSHIPS[index]}人民政府"
    return Unit(f"{division.code}-xz{index + 1:02d}", division.code, name, "township", "township", division.code)


def _first_units() -> Iterator[Unit]:
    """Twelve units of all levels and kinds, so that a small province has some of each."""
    for division in (d for d in divisions() if d.code in _GOVERNMENTS):
        yield from _government(division)
        yield _department(division, "fgj")
        if division.level == "county":
            yield from (_township(division, index) for index in (0, 1, 2))


def _all_units() -> Iterator[Unit]:
    """Everybody: governments first, then by turns a department and a township of each."""
    yield from _first_units()
    for division in divisions():
        yield from _government(division)
    for turn in range(max(len(_DEPARTMENTS), len(_TOWNSHIPS))):
        for suffix in tuple(_DEPARTMENTS)[turn : turn + 1]:
            yield from (_department(division, suffix) for division in divisions())
        if turn < len(_TOWNSHIPS):
            yield from (_township(division, turn) for division in divisions() if division.level == "county")


def choose_units(count: int) -> tuple[Unit, ...]:
    """The first `count` units, parents before children; raises ValueError beyond what there is."""
    chosen = tuple(islice({unit.id: unit for unit in _all_units()}.values(), max(count, 0)))
    if count < 1 or len(chosen) < count:
        raise ValueError(f"between 1 and {len(chosen)} units can be made, not {count}")
    return chosen
