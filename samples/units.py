"""The units of the sample province: real divisions of Gansu, their offices, departments and townships."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final

#: suffix -> (name at province level, name below it).
_DEPARTMENTS: Final = {
    "fgj": ("发展和改革委员会", "发展和改革局"),
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
    "wlj": ("文化和旅游厅", "文化和旅游局"),
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
    "tiyuj": ("体育局", "体育局"),
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
    """One row of the registry; `parent` is the id of the unit above, None for the province."""

    id: str
    code: str
    name: str
    level: str
    kind: str
    parent: str | None

    @property
    def path(self) -> str:
        """The address of its list of annual reports, below the host."""
        return f"/{self.id}/zfxxgknb/"

    @property
    def makes_regulations(self) -> bool:
        """Whether it may issue 规章: the province, cities with districts, autonomous prefectures."""
        return self.kind == "aggregate" and self.level in ("province", "prefecture")


@dataclass(frozen=True, slots=True)
class _Division:
    code: str
    name: str
    kind: str
    parent: str
    level: str


@cache
def _divisions() -> tuple[_Division, ...]:
    text = (files("samples") / "divisions.csv").read_text(encoding="utf-8")
    return tuple(
        _Division(r["code"], r["name"], r["type"], r["parent"], r["level"]) for r in csv.DictReader(text.splitlines())
    )


def _full_name(division: _Division) -> str:
    """Districts are printed with their city; counties and cities stand alone."""
    above = next((d for d in _divisions() if d.code == division.parent), None)
    return f"{above.name}{division.name}" if above and division.kind == "市辖区" else division.name


def _government(division: _Division) -> tuple[Unit, Unit]:
    name, office = (
        f"{_full_name(division)}人民政府",
        "办公厅" if division.level == "province" else "办公室",
    )
    whole = Unit(division.code, division.code, name, division.level, "aggregate", division.parent or None)
    suffix = "bgt" if division.level == "province" else "bgs"
    own = Unit(f"{division.code}-{suffix}", division.code, name + office, division.level, "office", division.code)
    return whole, own


def _department(division: _Division, suffix: str) -> Unit:
    name = _DEPARTMENTS[suffix][0 if division.level == "province" else 1]
    return Unit(
        f"{division.code}-{suffix}",
        division.code,
        _full_name(division) + name,
        division.level,
        "department",
        division.code,
    )


def _township(division: _Division, index: int) -> Unit:
    return Unit(
        f"{division.code}-xz{index + 1:02d}",
        division.code,
        f"{_full_name(division)}{_TOWNSHIPS[index]}人民政府",
        "township",
        "township",
        division.code,
    )


def _first_units() -> Iterator[Unit]:
    """Twelve units of all levels and kinds, so that a small province has some of each."""
    for division in (d for d in _divisions() if d.code in _GOVERNMENTS):
        yield from _government(division)
        yield _department(division, "fgj")
        if division.level == "county":
            yield from (_township(division, index) for index in (0, 1, 2))


def _all_units() -> Iterator[Unit]:
    yield from _first_units()
    for division in _divisions():
        yield from _government(division)
    for suffix in _DEPARTMENTS:
        yield from (_department(division, suffix) for division in _divisions())
    for index in range(len(_TOWNSHIPS)):
        yield from (_township(division, index) for division in _divisions() if division.level == "county")


def choose_units(count: int) -> tuple[Unit, ...]:
    """The first `count` units, parents before children; raises ValueError beyond what there is."""
    chosen = tuple(islice({unit.id: unit for unit in _all_units()}.values(), max(count, 0)))
    if count < 1 or len(chosen) < count:
        raise ValueError(f"between 1 and {len(chosen)} units can be made, not {count}")
    return chosen
