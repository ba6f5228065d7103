from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from samples.chance import keyed
from samples.figures import unit_reports
from samples.flow import PAGE_HEIGHT, Flow, Look
from samples.habits import choose_habits, print_as
from samples.narrative import tell
from samples.tables import Form, Slot, Table, build_form, skewed
from samples.units import choose_units

LOOK = Look(60, 12, 9.5, 2.0, cut_rows=True, upright_results=False, bars=True, number="— {} —")


def make_form(seed: int) -> Form:
    draft = next(iter(unit_reports(choose_units(12)[seed % 12], (2021, 2021), seed)))
    habits = choose_habits(draft, keyed(seed, "habits"))
    print_as(habits, draft)
    return build_form(draft, habits)


def measure(character: str) -> float:
    return 1.0 if ord(character) > 255 else 0.55


@given(st.integers(0, 500), st.integers(0, 30), st.booleans())
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_where_pages_break(seed: int, lines_before: int, cut: bool) -> None:
    """Whatever stands above, each character is printed once, inside a border, on the sheet."""
    look = Look(60, 12, 9.5, 2.0, cut_rows=cut, upright_results=not cut, bars=False, number="- {} -")
    table = make_form(seed).applications
    flow = Flow(look, measure)
    for _ in range(lines_before):
        flow.paragraph("字", 12)
    above = [len(sheet.lines) for sheet in flow.sheets]
    flow.table(table)
    printed = Counter[str]()
    for number, sheet in enumerate(flow.sheets):
        for line in sheet.lines[above[number] if number < len(above) else 0 :]:
            printed.update(line.text)
            assert 0 < line.y < PAGE_HEIGHT - look.margin
            assert any(b.x0 <= line.x <= b.x1 and b.y0 < line.y < b.y1 + 0.1 for b in sheet.boxes), line
    assert printed == Counter("".join(slot.text for row in table.rows for slot in row))


def test_a_label_is_cut_by_the_end_of_the_page() -> None:
    label = "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"
    table = Table(((Slot(label), Slot("7", figure=True)),), (200, 800))
    cut = 0
    for lines_before in range(30, 34):
        flow = Flow(LOOK, measure)
        for _ in range(lines_before):
            flow.paragraph("字", 12)
        flow.table(table)
        parts = ["".join(line.text for line in sheet.lines if line.size == 9.5) for sheet in flow.sheets]
        whole = "".join(part.replace("7", "") for part in parts)
        assert whole == label
        assert "".join(parts).count("7") == 1
        cut += len(parts) == 2 and all(len(part) > 1 for part in parts)
    assert cut > 0


@given(st.integers(0, 300))
@settings(max_examples=30, deadline=None)
def test_tables_fill_their_grid(seed: int) -> None:
    form = make_form(seed)
    for table in (*form.proactive, form.applications, form.disputes):
        for shape in (table, skewed(table)):
            area = sum(slot.columns * slot.rows for row in shape.rows for slot in row)
            assert area == len(shape.rows) * len(shape.widths)
            assert all(slot.columns > 0 for row in shape.rows for slot in row)


def test_prose_quotes_the_figures_of_the_tables() -> None:
    draft = next(iter(unit_reports(choose_units(4)[3], (2023, 2023), 4)))
    text = "".join(p for s in tell(draft, date(2024, 1, 5), keyed(4)).sections for p in s.paragraphs)
    rows = {"新收政府信息公开申请": "received", "上年结转": "carried_in", "办结": "processed_total"}
    for words, row in rows.items():
        assert f"{words}{draft.text(f'applications.{row}.total')}件" in text
