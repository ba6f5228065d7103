"""Titles, section heads and prose of a report; every figure in the prose is one that the tables print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from samples import keys
from samples.chance import keyed
from samples.draft import SECTIONS, Draft, plain

_TITLES: Final = (
    "{unit}{year}年政府信息公开工作年度报告",
    "{unit}{year}年政府信息公开年度报告",
    "{unit}{year}年度政府信息公开工作年度报告",
    "{unit}政府信息公开工作{year}年度报告",
    "{unit}{year}年信息公开工作年度报告",
    "{unit}关于{year}年政府信息公开工作的报告",
)
_HEADS: Final = {
    "overview": ("总体情况",),
    "proactive": ("主动公开政府信息情况",),
    "applications": ("收到和处理政府信息公开申请情况",),
    "disputes": (
        "政府信息公开行政复议、行政诉讼情况",
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    ),
    "problems": (
        "存在的主要问题及改进情况",
        "存在的主要问题及改进情况",
        "存在问题及改进情况",
        "政府信息公开工作存在的主要问题及改进情况",
    ),
    "other_matters": ("其他需要报告的事项",),
}
_NUMBERS: Final = "一二三四五六"
_HALF_PERIOD: Final = "所列数据的统计期限为{y0}年1月1日到{m}月{d}日。"
_PERIODS: Final = (
    "本报告所列数据的统计期限为{y0}年1月1日至{y1}年{m}月{d}日。",
    "报告中数据统计期限自{y0}年1月1日起，至{y1}年{m}月{d}日止。",
    _HALF_PERIOD,
    "本报告统计期限为 {y0} 年 1 月 1 日至 {y1} 年 {m} 月 {d} 日。",
)
_BASIS: Final = (
    "根据《中华人民共和国政府信息公开条例》第五十条规定，编制本年度报告。",
    "按照《中华人民共和国政府信息公开条例》和上级有关要求，现将{year}年政府信息公开工作情况报告如下。",
    "依据《中华人民共和国政府信息公开条例》要求，{unit}编制了本报告。",
)
_WORK: Final = (
    "围绕重点工作和群众关切，及时公开规划计划、财政预决算、公共资源配置等信息。",
    "坚持公开为常态、不公开为例外，修订了主动公开目录，逐条明确责任科室和公开时限。",
    "对门户网站信息公开专栏作了整理，合并重复栏目，补齐了历年文件。",
    "重要政策与解读材料一同起草、一同审签、一同发布，多用图表和问答。",
    "每季度抽查栏目更新和信息发布审核情况，对发现的错敏字词当日改正。",
    "组织了业务培训，由法律顾问讲解答复文书的写法和常见的败诉原因。",
    "在政务大厅和图书馆设立查阅点，方便老年人等群体查阅纸质文件。",
    "对现行有效的规范性文件作了清理，并在网站集中公布清理结果。",
    "政务新媒体与网站内容同源发布，停用了两年未更新的账号。",
    "对各科室报送的信息逐条校对，退回修改后再发布的均留有记录。",
    "把常被申请的文件改为主动公开，减少了群众重复申请。",
    "建立了申请登记、会商、审核、送达的台账，逐件留存办理依据。",
)
_PROBLEMS: Final = (
    "一是个别单位公开不够及时，二是解读形式偏少，三是基层工作人员变动较快。",
    "主要是部分栏目更新间隔偏长，答复文书的说理还不够充分。",
    "与群众期待相比，政策解读的通俗程度和检索的便利程度仍有差距。",
)
_PLANS: Final = (
    "下一步，将按月通报更新情况，并把答复质量纳入考核。",
    "下一步，增加案例式培训，由业务骨干结对指导新上岗人员。",
    "下一步，改进网站检索，按主题和体裁重新编排文件库。",
)
_OTHER: Final = (
    "本年度未收取政府信息公开信息处理费。没有其他需要报告的事项。",
    "按照信息处理费管理办法，本年度收取信息处理费0元。",
    "无其他需要报告的事项。",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered head and its paragraphs; `name` says which table follows them, if any."""

    name: str
    head: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Title, opening paragraphs, sections in order, signature (unit and date)."""

    title: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    signature: tuple[str, str]


def tell(draft: Draft, published: date, rng: Random, *, bare: bool = False, work: Sequence[str] = ()) -> Story:
    """The words of a report; they follow from the draft, the stream and the `work` told of (see `work_of`).

    Without `work` it is drawn. A `bare` title names no unit. What the draft says more stands last in its section.
    """
    unit, year = draft.unit.name, draft.year
    opening = rng.choice(_BASIS).format(unit=unit, year=year) + _period(draft, rng)
    drawn = rng.sample(_WORK, rng.randint(4, 7))
    work = work or drawn
    before, after = "".join(work[:3]), "".join(work[3:])
    prose: dict[str, tuple[str, ...]] = {
        "overview": (f"{year}年，{unit}{before}", _application_figures(draft), after),
        "proactive": (),
        "applications": (),
        "disputes": (),
        "problems": (rng.choice(_PROBLEMS), rng.choice(_PLANS)),
        "other_matters": (_dispute_figures(draft) + rng.choice(_OTHER),),
    }
    prose = {
        name: (*texts, *(text for section, text in draft.said if section == name)) for name, texts in prose.items()
    }
    names = [name for name in SECTIONS if name != draft.missing_section]
    sections = tuple(
        Section(name, f"{_NUMBERS[index]}、{_head(draft, name, rng)}", tuple(filter(None, prose[name])))
        for index, name in enumerate(names)
    )
    title = rng.choice(_TITLES).format(unit=unit, year=year)
    if bare:
        title = f"{year}年政府信息公开工作年度报告"
    return Story(title, (opening,), sections, (unit, f"{published.year}年{published.month}月{published.day}日"))


def work_of(draft: Draft, seed: int) -> list[str]:
    """The sentences on the year's work: another half of them each year, unless the report copies last year's."""
    year = draft.year - draft.copied
    rng = keyed(seed, draft.unit.id, year, "work")
    half = _WORK[year % 2 :: 2]
    return rng.sample(half, rng.randint(4, len(half)))


def _head(draft: Draft, name: str, rng: Random) -> str:
    drawn = rng.choice(_HEADS[name])
    return _HEADS[name][-1] if "heads" in draft.oddities else drawn


def _period(draft: Draft, rng: Random) -> str:
    first, last = draft.period
    text = rng.choice(_PERIODS)
    if "period" in draft.oddities:
        text = _HALF_PERIOD
    return text.format(y0=first.year, y1=last.year, m=last.month, d=last.day)


def _application_figures(draft: Draft) -> str:
    """What table three says, in words; nothing where its totals are blank."""
    rows = ("received", "carried_in", "processed_total", "carried_out")
    figures = [draft.cells[keys.application(row, keys.TOTAL)] for row in rows]
    if any(figure is None for figure in figures):
        return ""
    received, carried_in, processed, carried_out = (plain(figure) for figure in figures if figure is not None)
    return (
        f"全年新收政府信息公开申请{received}件，上年结转{carried_in}件，"
        f"办结{processed}件，结转下年度继续办理{carried_out}件。"
    )


def _dispute_figures(draft: Draft) -> str:
    """What table four says, in words; nothing where a total is blank."""
    totals = [draft.cells[f"disputes.{block}.{keys.TOTAL}"] for block in keys.BLOCKS]
    if any(total is None for total in totals):
        return ""
    review, direct, after = (total for total in totals if total is not None)
    return f"全年因政府信息公开被申请行政复议{plain(review)}件，被提起行政诉讼{plain(direct + after)}件。"
