"""The evaluator's core: agreement with a naive one, exactness, order, blanks, suspects."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import (
    APPLICANTS,
    COLUMNS,
    UNREADABLE,
    Cell,
    Made,
    application,
    consistent,
    failed,
    tables,
    verdicts_of,
)
from naive_rules import outcomes

from expectations import RULES, evaluate, failing
from expectations.schema import VERDICTS
from warehouse import spec

NEW = consistent("2021", seed=11)
made_reports = st.builds(
    consistent,
    edition=st.sampled_from(["2019", "2021"]),
    seed=st.integers(0, 10**6),
    most=st.sampled_from([1, 3, 40, 10**5, 10**9, 10**17]),
    one_row=st.sampled_from([None, None, True, False]),
)
figures = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([None, None, UNREADABLE, 2**53 + 1, 2**63, 10**27, Decimal("0.5"), Decimal("1E-10")]),
)


def spoken(reports: list[Made]) -> list[dict[tuple[str, str], str]]:
    """Outcomes by rule and scope of each report, all evaluated as one batch."""
    names = [f"{n:06d}-2023" for n in range(len(reports))]
    found: dict[str, dict[tuple[str, str], str]] = {name: {} for name in names}
    verdicts = evaluate(*tables(dict(zip(names, reports, strict=True))))
    for row in verdicts.select(["report_id", "rule", "scope", "outcome", "message"]).to_pylist():
        # Whatever fails or cannot be evaluated says why.
        assert bool(row["message"]) == (row["outcome"] in {"fail", "not_evaluable"}), row
        key = (row["rule"], row["scope"])
        assert key not in found[row["report_id"]]
        found[row["report_id"]][key] = row["outcome"]
    return [found[name] for name in names]


@settings(max_examples=25, deadline=None)
@given(st.lists(made_reports, min_size=1, max_size=4))
def test_consistent_reports_break_no_critical_rule(reports: list[Made]) -> None:
    for made, found in zip(reports, spoken(reports), strict=True):
        failures = {rule for (rule, _), outcome in found.items() if outcome == "fail"}
        assert failures <= {"T3-EDITION"}, made.edition
        assert outcomes(made).items() <= found.items()


@st.composite
def changed_reports(draw: st.DrawFn) -> Made:
    """A report with some cells changed, blanked, unreadable or gone: rows, columns, blocks, single cells."""
    made = draw(made_reports)
    keys = sorted(made.cells)
    groups = [
        *[[key] for key in keys],
        *[[key for key in keys if key.startswith(f"applications.{row}.")] for row in ("received", "granted")],
        *[[key for key in keys if key.startswith("applications.") and key.endswith(c)] for c in COLUMNS],
        [key for key in keys if key.startswith("disputes.reconsideration.")],
        [application("other", column) for column in COLUMNS],
        [application("processed_total", column) for column in COLUMNS],
    ]
    for _ in range(draw(st.integers(1, 5))):
        group = draw(st.sampled_from(groups))
        if draw(st.booleans()):
            made = made.but({key: draw(figures) for key in group[:1]} | dict.fromkeys(group[1:], draw(figures)))
        else:
            made = made.but(without=group)
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(changed_reports(), min_size=1, max_size=3))
def test_the_evaluator_agrees_with_a_naive_one(reports: list[Made]) -> None:
    for made, found in zip(reports, spoken(reports), strict=True):
        naive = outcomes(made)
        assert {key: found[key] for key in naive} == naive


@settings(max_examples=60, deadline=None)
@given(st.lists(changed_reports(), min_size=1, max_size=3))
def test_what_fails_is_what_the_verdicts_say(reports: list[Made]) -> None:
    made = tables({f"{n:06d}-2023": one for n, one in enumerate(reports)})
    said = {
        (row["rule"], row["scope"])
        for row in evaluate(*made).to_pylist()
        if row["outcome"] == "fail" and row["severity"] != "info" and row["cells"]
    }
    assert set(failing(*made)) == said


@settings(max_examples=40, deadline=None)
@given(made_reports, st.data())
def test_any_digit_changed_in_table_three_or_four_breaks_a_rule(made: Made, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([k for k in sorted(made.cells) if not k.startswith("proactive")]))
    digits = str(made.cells[key])
    at = data.draw(st.integers(0, len(digits) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[at]]))
    changed = made.but({key: int(digits[:at] + digit + digits[at + 1 :])})
    verdicts = verdicts_of(changed)
    broken = [
        row for (rule, _), row in verdicts.items() if row["outcome"] == "fail" and row["severity"] == "critical"
    ]
    assert broken
    assert {(row["rule"], row["scope"]) for row in broken} == {
        which for which, outcome in outcomes(changed).items() if outcome == "fail"
    }
    # One changed cell explains all that is broken, so it is among the suspects of each.
    assert all(key in row["suspects"] for row in broken)
    if key.startswith("applications"):
        assert all(row["suspects"] == [key] for row in broken)


@pytest.mark.parametrize("large", [2**53, 10**9, 2**63, 10**26])
def test_figures_beyond_floats_are_exact(large: int) -> None:
    parts = {application("granted", column): large + n for n, column in enumerate(APPLICANTS)}
    total = application("granted", "total")
    fine = NEW.but({**parts, total: 6 * large + 15})
    assert ("T3-ROW", "granted") not in failed(fine)
    verdict = verdicts_of(NEW.but({**parts, total: 6 * large + 16}))["T3-ROW", "granted"]
    assert (verdict["outcome"], verdict["expected"]) == ("fail", str(6 * large + 15))
    assert verdict["equation"].endswith(f"+ {large + 5} ≠ {6 * large + 16}")


def test_fractions_are_exact() -> None:
    tenth = Decimal("0.1000000001")
    block = dict(zip(("upheld", "corrected", "other", "pending"), [tenth, tenth, tenth, 0], strict=True))
    made = NEW.but({f"disputes.reconsideration.{name}": cell for name, cell in block.items()})
    assert ("T4-SUM", "reconsideration") not in failed(
        made.but({"disputes.reconsideration.total": Decimal("0.3000000003")})
    )
    verdict = verdicts_of(made.but({"disputes.reconsideration.total": Decimal("0.3")}))["T4-SUM", "reconsideration"]
    assert verdict["equation"] == "0.1000000001 + 0.1000000001 + 0.1000000001 ≠ 0.3"


def test_organisation_columns_left_blank() -> None:
    """As 沭阳 2023 prints it: natural persons and 总计 filled, the organisations blank."""
    blank = {key: None for key in NEW.cells if key.split(".")[-1] in APPLICANTS[1:]}
    totals: dict[str, Cell] = {
        key.replace("natural_person", "total"): cell for key, cell in NEW.cells.items() if "natural_person" in key
    }
    made = NEW.but({**blank, **totals})
    verdicts = verdicts_of(made)
    assert failed(made) == set()
    for column in APPLICANTS[1:]:
        assert verdicts["T3-IDENT", column]["outcome"] == "not_evaluable"
        assert verdicts["T3-DETAIL", column]["outcome"] == "not_evaluable"
    for rule in ("T3-IDENT", "T3-DETAIL"):
        assert {verdicts[rule, column]["outcome"] for column in ("natural_person", "total")} == {"pass"}
    assert verdicts["T3-ROW", "granted"]["outcome"] == "pass"
    wrong = made.but({application("granted", "total"): 9999})
    assert {("T3-ROW", "granted"), ("T3-DETAIL", "total")} <= failed(wrong)


def test_totals_left_blank() -> None:
    """As an office of 上海 2019 prints it: 总计 filled in few rows; the derived totals stand beside."""
    rows = [key.split(".")[1] for key in NEW.cells if key.startswith("applications") and key.endswith(".total")]
    made = NEW.but({application(row, "total"): None for row in rows if row not in {"received", "granted"}})
    verdicts = verdicts_of(made)
    assert {rule for rule, _ in failed(made)} == {"T3-TOTAL-BLANK"}
    derived = str(sum(int(NEW.cells[application("carried_out", column)]) for column in APPLICANTS))
    blank = verdicts["T3-TOTAL-BLANK", "carried_out"]
    assert (blank["severity"], blank["expected"], blank["actual"]) == ("info", derived, None)
    row = verdicts["T3-ROW", "carried_out"]
    assert (row["outcome"], row["expected"]) == ("not_evaluable", derived)
    assert derived in row["message"]
    assert verdicts["T3-DETAIL", "total"]["outcome"] == "not_evaluable"
    assert verdicts["T3-IDENT", "total"]["outcome"] == "not_evaluable"
    assert verdicts["T3-ROW", "granted"]["outcome"] == "pass"


def test_a_leaf_total_left_blank_is_not_taken_for_zero() -> None:
    """总计 of one leaf row blank although the row is filled: the column of totals cannot be added up."""
    key = application("granted", "total")
    assert verdicts_of(NEW.but({key: None}))["T3-DETAIL", "total"]["outcome"] == "not_evaluable"
    row = {application("declined_excessive", column): 0 for column in COLUMNS}
    zeros = NEW.but(row)
    balance = zeros.but({application("declined_excessive", "total"): None})
    same = [verdicts_of(made)["T3-DETAIL", "total"]["outcome"] for made in (zeros, balance)]
    assert same[0] == same[1] != "not_evaluable"


def test_a_column_whose_total_is_blank_is_not_evaluable() -> None:
    key = application("processed_total", "business")
    verdicts = verdicts_of(NEW.but({key: None}))
    assert verdicts["T3-DETAIL", "business"]["outcome"] == "not_evaluable"
    assert verdicts["T3-IDENT", "business"]["outcome"] == "not_evaluable"
    leaves = sum(int(c) for k, c in NEW.cells.items() if k.endswith(".business") and k.split(".")[1] != "x")
    assert 0 < int(verdicts["T3-DETAIL", "business"]["expected"]) < leaves


def test_two_faults_have_a_suspect_each() -> None:
    first, second = application("granted", "business"), application("declined_petition", "research")
    cells = {key: int(NEW.cells[key]) + by for key, by in ((first, 3), (second, 5))}
    verdicts = verdicts_of(NEW.but(cells))
    broken = {which: row["suspects"] for which, row in verdicts.items() if row["outcome"] == "fail"}
    assert broken == {
        ("T3-DETAIL", "business"): [first],
        ("T3-DETAIL", "research"): [second],
        ("T3-ROW", "granted"): [first],
        ("T3-ROW", "declined_petition"): [second],
    }


def test_a_blank_cell_is_suspected_only_if_it_explains_as_much() -> None:
    blank = {key: None for key in NEW.cells if key.split(".")[-1] in APPLICANTS[1:]}
    totals = {key.replace("natural_person", "total"): c for key, c in NEW.cells.items() if "natural_person" in key}
    key = application("granted", "natural_person")
    # One fewer could be a blank organisation cell of 1, but that would not explain the column.
    verdicts = verdicts_of(NEW.but({**blank, **totals, key: int(NEW.cells[key]) - 1}))
    broken = [row for row in verdicts.values() if row["outcome"] == "fail"]
    assert {row["rule"] for row in broken} == {"T3-ROW", "T3-DETAIL"}
    assert all(row["suspects"] == [key] for row in broken)


def test_order_columns_and_types() -> None:
    made = {f"62{n:04d}-2023": consistent(("2019", "2021")[n % 2], seed=n) for n in (7, 3, 5, 1)}
    reports, cells = tables(made)
    verdicts = evaluate(reports, cells)
    assert verdicts.schema.equals(VERDICTS)
    rank = {rule.id: n for n, rule in enumerate(RULES)}
    scopes = {(rule.id, scope.id): n for rule in RULES for n, scope in enumerate(rule.scopes)}
    rows = [(row["report_id"], rank[row["rule"]], scopes[row["rule"], row["scope"]]) for row in verdicts.to_pylist()]
    assert rows == sorted(rows)
    assert len(set(rows)) == len(rows)
    backwards = pa.array(range(cells.num_rows - 1, -1, -1))
    again = evaluate(reports.take([3, 1, 0, 2]), cells.take(backwards))
    assert again.equals(verdicts)
    split = evaluate(pa.concat_tables([reports.slice(0, 1), reports.slice(1)]), cells)
    assert split.equals(verdicts)


def test_a_batch_of_nothing_has_no_verdicts() -> None:
    assert evaluate(*tables({})).num_rows == 0


def test_the_schema_is_the_one_of_the_warehouse() -> None:
    theirs = spec.TABLES["verdicts"].schema
    assert [(f.name, f.type) for f in VERDICTS] == [(f.name, f.type) for f in theirs]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r, c: (r, pa.concat_tables([c, c.slice(4, 1)])), "a cell .* occurs twice"),
        (lambda r, c: (pa.concat_tables([r, r]), c), "a report_id occurs twice"),
        (lambda r, c: (r.slice(0, 0), c), "unknown report_id in cells: '370101-2023'"),
        (lambda r, c: (r, c.set_column(1, "key", pa.repeat("no.such.key", c.num_rows))), "unknown key"),
        (lambda r, c: (r, c.set_column(5, "state", pa.repeat("guessed", c.num_rows))), "unknown state"),
    ],
)
def test_a_batch_that_cannot_be_trusted_is_refused(change, message) -> None:
    reports, cells = tables({"370101-2023": NEW})
    with pytest.raises(ValueError, match=message):
        evaluate(*change(reports, cells))


def test_a_printed_cell_without_a_value_is_unreadable() -> None:
    reports, cells = tables({"370101-2023": NEW})
    cells = cells.set_column(4, "value", pa.nulls(cells.num_rows, pa.decimal128(38, 10)))
    outcomes_found = set(evaluate(reports, cells)["outcome"].to_pylist())
    assert "fail" not in outcomes_found
    assert "not_evaluable" in outcomes_found
