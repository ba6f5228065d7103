"""Claims in the narrative: right where the words are certain, uncertain where they are not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from bounded import readers_time
from hypothesis import given, settings
from hypothesis import strategies as st

from form.claim import Claim
from form.claims import claims
from form.claims_subjects import SUBJECTS
from form.reading import Narrative
from samples.chance import keyed
from samples.draft import Draft
from samples.figures import unit_reports
from samples.narrative import tell
from samples.units import choose_units


def of(text: str, year: int | None = 2024) -> list[Claim]:
    return list(claims(Narrative(overview=text), year))


def counted(text: str) -> list[tuple[str, str]]:
    return [(str(c.number), c.subject) for c in of(text) if c.kind == "figure"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年新收政府信息公开申请713件，上年结转36件。", [("713", "received"), ("36", "carried_in")]),
        ("政府信息公开申请受理3259件，答复3278件。", [("3259", "received"), ("3278", "answered")]),
        (
            "共受理政府信息公开申请3119件，答复3050件（含上年度结转申请34件，另有103件顺延到下年度答复）。",
            [("3119", "received"), ("3050", "answered"), ("34", "carried_in"), ("103", "carried_out")],
        ),
        (
            "收到政府信息公开申请10件，办结8件，其中5件予以公开，不予公开1件、部分公开2件，2件结转下年度继续办理。",
            [
                ("10", "received"), ("8", "processed"), ("5", "outcome:granted"), ("1", "outcome:denied"),
                ("2", "outcome:partially_granted"), ("2", "carried_out"),
            ],
        ),
        ("（二）依申请公开情况。全年受理9件，办结，8件申请人撤销。", [("9", "received"), ("8", "uncertain")]),
        ("受理3259件，答复3278件。", [("3259", "uncertain"), ("3278", "uncertain")]),
        ("共收到政府信息公开申请数量为12件。", [("12", "received")]),
        ("收到政府信息公开申请十二件。", [("12", "received")]),
        ("收到公民、法人和其他组织政府信息公开申请5件。", [("5", "received")]),
        ("收到网上政府信息公开申请30件。", [("30", "uncertain")]),
        (
            "收到政府信息公开申请30件，其中，收到自然人申请20件。",
            [("30", "received"), ("20", "received:natural_person")],
        ),
        ("收到政府信息公开申请30件，其中收到申请20件。", [("30", "received"), ("20", "uncertain")]),
        ("通过信函方式，收到政府信息公开申请30件。", [("30", "uncertain")]),
        ("审查解密文件公开申请27件。", [("27", "uncertain")]),
        ("各乡镇收到政府信息公开申请30件。", [("30", "uncertain")]),
        ("市自然资源局受理政府信息公开申请500件。", [("500", "uncertain")]),
        ("收到并答复政府信息公开申请30件。", [("30", "uncertain")]),
        ("全年受理网络问政182件，答复182件。", [("182", "uncertain")]),
        ("发布信息2428条，制作解读7期。", []),
        ("收到书面政府信息公开申请5件。", [("5", "uncertain")]),
        ("县教育局未收到政府信息公开申请。", [("0", "uncertain")]),
        (
            "收到政府信息公开申请2件，办理12345热线工单30件，办结30件。",
            [("2", "received"), ("30", "uncertain")],
        ),
        (
            "因政府信息公开被申请行政复议3件，结果维持2件，尚未审结1件；被提起行政诉讼5件，其中结果纠正1件。",
            [
                ("3", "reconsideration.total"), ("2", "reconsideration.upheld"), ("1", "reconsideration.pending"),
                ("5", "litigation.total"), ("1", "litigation.corrected"),
            ],
        ),
        ("收到行政复议申请300件，维持200件。", [("300", "uncertain"), ("200", "uncertain")]),
        ("推进政府信息公开，受理行政复议案件300件。", [("300", "uncertain")]),
        ("因政府信息公开未经复议直接提起行政诉讼4件。", [("4", "litigation_direct.total")]),
        (
            "制定规章2件、规范性文件8件，废止规范性文件3件，政策性文件11件。",
            [
                ("2", "regulations.issued"), ("8", "normative_documents.issued"), ("3", "uncertain"),
            ],
        ),
        ("现行有效规范性文件80件。", [("80", "uncertain")]),
        ("未收到政府信息公开申请，未发生行政复议、行政诉讼案件。", [
            ("0", "received"), ("0", "reconsideration.total"), ("0", "litigation.total"),
        ]),
        ("未收到涉及征地的政府信息公开申请。", []),
        ("根据第711号令第五十条和《通知》（国办发〔2021〕30号）第3条，一件事一次办，于2024年3月5日公开。", []),
    ],
)  # fmt: skip
def test_what_a_figure_counts(text: str, expected: list[tuple[str, str]]) -> None:
    assert counted(text) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("收到政府信息公开申请5件，已全部办结。", ["all_closed"]),
        ("收到政府信息公开申请5件，均已按期办结。", []),
        ("受理政府信息公开申请17件，均已在法定期限内予以答复。", []),
        ("确保政府信息公开申请全部办结。", []),
        ("政府信息公开申请未能全部办结。", []),
        ("因政府信息公开被申请行政复议2件，均获维持。", ["all_upheld"]),
        ("受理12345热线30件，已全部办结。", []),
    ],
)
def test_statements_without_a_figure(text: str, kinds: list[str]) -> None:
    assert [c.kind for c in of(text) if c.number is None] == kinds


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("全市共受理政府信息公开申请5件。", "aggregate"),
        ("区政府办代表区政府受理政府信息公开申请5件。", "represented"),
        ("本机关共受理政府信息公开申请5件。", "own"),
        ("市本级共受理政府信息公开申请5件。", "own"),
        ("省政府办公厅共受理政府信息公开申请5件。", "own"),
        ("共受理政府信息公开申请5件。", "unknown"),
        ("我县各部门培训3次，县政府受理政府信息公开申请5件。", "unknown"),
    ],
)
def test_whose_figure(text: str, scope: str) -> None:
    claim = of(text)[0]
    assert (claim.subject, claim.scope) == ("received", scope)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024年收到政府信息公开申请5件。", "this_year"),
        ("2023年收到政府信息公开申请5件。", "last_year"),
        ("上年收到政府信息公开申请5件。", "last_year"),
        ("2021年收到政府信息公开申请5件。", "other_year"),
        ("收到政府信息公开申请5件。", "this_year"),
        ("全年累计收到政府信息公开申请5件。", "this_year"),
        ("条例实施以来，收到政府信息公开申请5件。", "other_year"),
        ("上半年，收到政府信息公开申请5件。", "part_of_year"),
    ],
)
def test_which_year(text: str, period: str) -> None:
    assert of(text)[0].period == period


def test_a_statement_on_the_whole_is_certain() -> None:
    text = "因政府信息公开被申请行政复议2件，均获维持。收到政府信息公开申请5件，全部办结。"
    assert [c.subject for c in of(text) if c.number is None] == ["reconsideration.upheld", "processed"]


@pytest.mark.parametrize(
    "text",
    ["收到政府信息公开申请5件，其中不予公开2件，已全部办结。", "政府信息公开申请中，网上提交的均已办结。"],
)
def test_a_statement_on_a_part_is_uncertain(text: str) -> None:
    assert [c.subject for c in of(text) if c.number is None] == ["uncertain"]


@pytest.mark.parametrize(
    "text",
    [
        "本年度收到政府信息公开申请50件，当年答复48件，结转下年度2件，另答复上年结转3件。",
        "收到政府信息公开申请50件，答复48件，并答复上年度结转申请3件。",
        "收到政府信息公开申请50件，办结48件，另办结上年结转的3件。",
        "收到政府信息公开申请50件，当年办结48件，2件结转下年度。上年结转3件均已办结。",
        "上年结转3件，已全部答复。新收政府信息公开申请50件，答复48件。",
        "收到政府信息公开申请50件，答复48件（不含上年结转的3件）。",
        "收到政府信息公开申请50件，答复48件，撤回2件。",
        "收到政府信息公开申请50件，办结48件，2件申请人主动撤销。",
        "答复政府信息公开申请51件，其中按时答复48件，延期答复3件。",
        "收到政府信息公开申请50件，办结51件，其中答复48件。",
    ],
)
def test_answers_told_in_two_parts_are_no_total(text: str) -> None:
    """48 + 3 = 51 was held against 51 by its first part."""
    assert [c.of for c in of(text) if c.number == 48 and c.subject == "uncertain"] in (["answered"], ["processed"])
    assert not [c for c in of(text) if c.kind == "all_closed" and c.subject != "uncertain"]


@pytest.mark.parametrize(
    "text",
    [
        "收到政府信息公开申请50件，答复51件（含上年结转3件）。",
        "收到政府信息公开申请50件，答复51件，其中答复上年结转3件。",
        "收到政府信息公开申请50件，上年结转3件，答复51件，结转下年度2件。",
        "收到政府信息公开申请50件，共计答复51件；上年结转3件，均已答复。",
        "收到政府信息公开申请53件，其中按时答复51件，结转下年度2件。",
        "收到政府信息公开申请50件，答复51件，其中2件申请人撤回。",
    ],
)
def test_answers_told_as_one_are_the_total(text: str) -> None:
    assert [c.subject for c in of(text) if c.number == 51] == ["answered"]


def test_growth_and_share_say_of_what() -> None:
    text = "收到政府信息公开申请172件，比上年度提高22%，占总数的30%。办结100件，按期办结率100%，环比略有下降3%。"
    found = [(c.number, c.subject, c.of, c.period) for c in of(text) if c.unit == "%"]
    assert found[:2] == [
        (Decimal(22), "growth", "received", "this_year"),
        (Decimal(30), "share", "uncertain", "this_year"),
    ]
    assert {subject for _, subject, _, _ in found[2:]} == {"uncertain"}
    (growth,) = [c for c in of("收到政府信息公开申请172件，同比下降12.5%。") if c.unit == "%"]
    assert (growth.number, growth.of) == (Decimal("-12.5"), "received")


@pytest.mark.parametrize(
    ("text", "number", "approximate"),
    [
        ("12万余", 120_000, True),
        ("近300", 300, True),
        ("300余", 300, True),
        ("3-5", 3, True),
        ("1,234", 1234, False),
        ("１２", 12, False),
        ("三十五", 35, False),
        ("一百零三", 103, False),
    ],
)
def test_how_many_and_how_sure(text: str, number: int, approximate: bool) -> None:
    (claim,) = of(f"收到政府信息公开申请{text}件。")
    assert (claim.number, claim.approximate, claim.subject) == (Decimal(number), approximate, "received")


def test_the_quote_stands_where_it_is_said_to() -> None:
    text = "做了工作。\n2024 年，全市共受理政府信息公开申请 ３１１９ 件，答复 3050 件（含上年度结转申请 34 件）。"
    found = of(text)
    assert [text[c.start : c.end] for c in found] == [c.quote for c in found]
    assert [c.quote for c in found if c.kind == "figure"] == [
        "全市共受理政府信息公开申请 ３１１９ 件",
        "答复 3050 件",
        "含上年度结转申请 34 件",
    ]


def _expected(draft: Draft) -> list[tuple[Decimal, str]]:
    rows = {
        "received": "received", "carried_in": "carried_in", "processed_total": "processed",
        "carried_out": "carried_out",
    }  # fmt: skip
    totals = [(draft.cells[f"applications.{row}.total"], subject) for row, subject in rows.items()]
    blocks = [
        draft.cells[f"disputes.{b}.total"]
        for b in ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    ]
    found = [(n, s) for n, s in totals if n is not None] if all(n is not None for n, _ in totals) else []
    review, direct, after = blocks
    if review is not None and direct is not None and after is not None:
        found += [(review, "reconsideration.total"), (direct + after, "litigation.total")]
    return found


def test_the_sample_province_claims_what_its_tables_hold() -> None:
    """Every figure of 240 made narratives has its subject, and no other figure has one of the tables."""
    seen = 0
    for unit in choose_units(40):
        for draft in unit_reports(unit, (2019, 2024), 7):
            story = tell(draft, date(draft.year + 1, 1, 20), keyed(7, unit.id, draft.year))
            prose = {s.name: "\n".join(s.paragraphs) for s in story.sections}
            narrative = Narrative(prose["overview"], prose["problems"], prose["other_matters"])
            found = [c for c in claims(narrative, draft.year) if c.kind == "figure" and c.subject != "uncertain"]
            assert [(c.number, c.subject) for c in found] == _expected(draft)
            assert {(c.period, c.approximate) for c in found} <= {("this_year", False)}
            seen += 1
    assert seen == 240


@given(
    st.text(
        alphabet="收到受理政府信息公开申请件条共全年均已答复办结，。、；（）0123456789万余%三十其中结转下年度",
        max_size=300,
    )
)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_claims_that_quote_it(text: str) -> None:
    for claim in claims(Narrative(overview=text), 2024):
        assert text[claim.start : claim.end] == claim.quote
        assert claim.subject in SUBJECTS
        assert claim.quote


@pytest.mark.parametrize(
    "piece",
    ["共计", "收到政府", "均在法定期限内", "政府信息公开", "12件", "各级各部门", "我县本级", "其中已", "公民"],
)
def test_long_texts_do_not_hang_a_reader(piece: str) -> None:
    text = (piece * 40 + "甲5件，") * 100
    with readers_time():
        claims(Narrative(overview=text + piece * 20_000), 2024)
