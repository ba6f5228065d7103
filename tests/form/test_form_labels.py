"""Labels with Latin letters and digits among their characters: a stamp's, or strokes of the paper's."""

from __future__ import annotations

import paper
import pytest
from checks import figures
from hypothesis import given
from hypothesis import strategies as st
from paper import Style

from form import vocabulary as words
from form.catalogue import EDITIONS, row_labels
from form.labels import MIN_HAN, Labels, Name, mark_of, skeleton
from form.reading import Reading
from form.recognise import read_reports

#: labels of table three that hold enough characters, with what they name
LONG = [
    (label, words.APPLICATION_ROWS.exact(label))
    for label in dict.fromkeys(r.label for e in EDITIONS for r in row_labels(e) if r.table == "applications")
    if len(skeleton(label)) >= MIN_HAN and skeleton(label).isalpha()
]
LATIN = st.text("0123456789ABCXYZabcxyz", min_size=1, max_size=3)


@given(st.sampled_from(LONG), LATIN, st.data())
def test_letters_and_digits_among_a_labels_characters_are_left_out(
    what: tuple[str, str], latin: str, data: st.DataObject
) -> None:
    label, row = what
    bare = skeleton(label)
    at = data.draw(st.integers(1, len(bare)))
    text = bare[:at] + latin + bare[at:]
    assert words.APPLICATION_ROWS.exact(text) is None
    assert words.APPLICATION_ROWS.near(text) == row


@given(st.sampled_from(LONG), LATIN)
def test_numbering_that_contradicts_is_heeded(what: tuple[str, str], latin: str) -> None:
    label, row = what
    mark = mark_of(label)
    if mark is None or mark.level != "c" or row == "":
        return
    bare = skeleton(label)
    other = mark.number % 9 + 1
    assert words.APPLICATION_ROWS.near(f"{mark.number}.{bare}{latin}") == row
    assert words.APPLICATION_ROWS.near(f"{other}.{bare}{latin}") is None


@pytest.mark.parametrize("text", ["其他A", "A总计", "企7业", "ABC", "7", "A", ""])
def test_what_is_short_without_them_is_no_name(text: str) -> None:
    """其他 with a letter may be the end of 其他处理."""
    labels = Labels([Name("其他", "other"), Name("总计", "total"), Name("企业", "business")])
    assert labels.near(text) is None


def test_other_characters_beside_them_are_not_left_out() -> None:
    assert words.APPLICATION_ROWS.near("X重复申请") == "declined_duplicate"
    assert words.APPLICATION_ROWS.near("X重复请求") is None
    assert words.APPLICATION_ROWS.near("2X予以公开") == "granted"
    assert words.APPLICATION_ROWS.near("X不以公开") is None


def read(renamed: dict[str, str]) -> dict[str, Reading]:
    table = paper.proactive(figures("2021"), Style())[0]
    head = [[paper.Item(renamed.get(item.text, item.text), item.wide) for item in row] for row in table]
    (report,) = read_reports(paper.document("某县某局2023年政府信息公开工作年度报告", head, applications()))
    return {r.key: r for r in report.readings if r.key.startswith("proactive")}


def applications() -> paper.Rows:
    return paper.applications(figures("2021"), Style())


@pytest.mark.parametrize(
    "renamed",
    [
        {"信息内容": "信息7内容"},
        {"信息内容": "信息7内容", "本年制发件数": "本年制1发件数"},
        {"本年制发件数": "本年制1发件数"},
        {"现行有效件数": "现行有效C件数", "信息内容": "J信息内容"},
        {"本年处理决定数量": "本年处理决定数l量"},
    ],
)
def test_a_damaged_header_of_table_two_names_the_same_columns(renamed: dict[str, str]) -> None:
    """信息内容 is the header of the labels: a slot more or less there would move every figure by one."""
    found, right = read(renamed), read({})
    assert {k: r.printed for k, r in found.items()} == {k: r.printed for k, r in right.items()}
    assert len(right) == len([k for k in figures("2021") if k.startswith("proactive")])
