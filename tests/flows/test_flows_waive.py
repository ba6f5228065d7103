"""The file of waivers and `gouji waive`: hand-edited, appended to, refused where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.findings import finding_id
from expectations.waivers import Waiver
from flows.exits import UnusableError
from flows.home import Home
from flows.waivers import add_waiver, read_waivers, remove_waiver, run_waivers, waivers_file

DAY, END = date(2026, 11, 24), date(2027, 3, 31)


def made(report: str = "620102-2023", rule: str = "T3-ROW", scope: str = "granted", **other) -> Waiver:
    waiver = Waiver(
        finding_id(report, rule, scope),
        report,
        rule,
        scope,
        "0" * 64,
        {"applications.granted.total": "17", "applications.granted.business": ""},
        "张三",
        "已与填报单位核实",
        DAY,
        END,
    )
    return replace(waiver, **other)


def test_what_is_written_is_read_again_and_stays_in_order(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    listed = [
        made(),
        made(scope="partially_granted"),
        made("620101-2023", sha256="", cells={"a": None, "b@c-2022": "x"}),
    ]
    for waiver in listed:
        add_waiver(file, waiver)
    assert read_waivers(file) == tuple(listed)
    before = file.read_text("utf-8")
    add_waiver(file, made(scope="other"))
    assert file.read_text("utf-8").startswith(before)
    assert [path.name for path in tmp_path.iterdir()] == ["waivers.toml"]


def test_removing_takes_one_entry_and_its_comment_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    add_waiver(file, made())
    before = file.read_text("utf-8")
    with file.open("a", encoding="utf-8") as out:
        out.write("\n# asked again in March\n")
    gone = made(scope="partially_granted")
    add_waiver(file, gone)
    text = file.read_text("utf-8").replace("# asked again in March\n\n[[", "# asked again in March\n[[")
    file.write_text(text, "utf-8")
    assert remove_waiver(file, gone.finding_id) == gone
    assert file.read_text("utf-8") == before
    with pytest.raises(UnusableError, match=f"no waiver of {gone.finding_id}"):
        remove_waiver(file, gone.finding_id)


def test_what_a_person_wrote_stays(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    add_waiver(file, made())
    written = "# ours\n\n" + file.read_text("utf-8").replace("who =", "who  = ") + "# last word"
    file.write_text(written, "utf-8")
    add_waiver(file, made(scope="other"))
    remove_waiver(file, made(scope="other").finding_id)
    assert file.read_text("utf-8") == written.removesuffix("# last word") + "# last word\n"


def test_a_finding_has_one_waiver(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    add_waiver(file, made())
    with pytest.raises(UnusableError, match="is waived until 2027-03-31 by 张三; --remove it first"):
        add_waiver(file, made(why="again"))


def test_a_layout_of_another_hand_is_left_to_it(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    add_waiver(file, made())
    text = file.read_text("utf-8").replace("why = ", "why = '''\n[[waiver]]\n'''  # ")
    file.write_text(text, "utf-8")
    assert read_waivers(file)[0].why == "[[waiver]]\n"
    with pytest.raises(UnusableError, match="edit it by hand"):
        remove_waiver(file, made().finding_id)
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('who = "张三"\n', "", "who is missing"),
        ('who = "张三"', 'who = " "', "who is empty"),
        ('who = "张三"', "who = 3", "who must be text"),
        ('who = "张三"', 'who = "张三"\nwhom = "x"', "unknown key 'whom'"),
        ("until = 2027-03-31", 'until = "2027-03-31"', "until must be a day"),
        ("until = 2027-03-31", "until = 2027-03-31T00:00:00", "until must be a day"),
        ("until = 2027-03-31", "until = 2026-11-23", "until is before granted"),
        ("until = 2027-03-31", "until = 2028-11-25", "until is more than 2 years after granted"),
        ("granted = 2026-11-24", "granted = 9998-01-01", "until is before granted"),
        ('sha256 = "0', 'sha256 = "', "sha256 must be 64 hexadecimal digits"),
        ('rule = "T3-ROW"', 'rule = "T3-IDENT"', "finding_id is not that of its report_id, rule and scope"),
        ('total" = "17"', 'total" = 17', "cells must be texts by key"),
        ("[waiver.cells]", 'not_printed = "x"\n[waiver.cells]', "not_printed must be a list of keys"),
        (
            "[waiver.cells]",
            'not_printed = ["applications.granted.total"]\n[waiver.cells]',
            "a cell stands in both cells and not_printed",
        ),
    ],
)
def test_a_malformed_entry_is_named_with_its_reason(tmp_path: Path, old: str, new: str, says: str) -> None:
    file = tmp_path / "waivers.toml"
    add_waiver(file, made(scope="other"))
    add_waiver(file, made())
    head, tail = file.read_text("utf-8").rsplit("[[waiver]]", 1)
    assert old in tail
    file.write_text(f"{head}[[waiver]]{tail.replace(old, new, 1)}", "utf-8")
    with pytest.raises(UnusableError) as error:
        read_waivers(file)
    assert str(error.value) == f"{file}: waiver 2 ({made().finding_id}): {str(error.value).split(': ', 2)[2]}"
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[[waiver]\n", "waivers.toml: "),
        (b"\xff\xfe", "not UTF-8"),
        (b"[[waivers]]\n", "unknown key 'waivers'; entries are [[waiver]]"),
        (b"waiver = 3\n", "'waiver' must be a list of tables"),
        (b"[[waiver]]\n", "waiver 1 (no finding_id): finding_id is missing"),
    ],
)
def test_a_malformed_file_is_one_clear_line(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "waivers.toml"
    file.write_bytes(content)
    with pytest.raises(UnusableError) as error:
        read_waivers(file)
    assert str(file) in str(error.value)
    assert says in str(error.value)


def test_the_same_finding_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    add_waiver(file, made())
    text = file.read_text("utf-8")
    file.write_text(text + text, "utf-8")
    with pytest.raises(UnusableError, match=r"waiver 2 .*the finding has a waiver above"):
        read_waivers(file)


def test_where_the_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOUJI_WAIVERS", raising=False)
    monkeypatch.delenv("GOUJI_SOURCES", raising=False)
    home = Home(tmp_path / "home")
    assert waivers_file(home) == tmp_path / "home/waivers.toml"
    assert waivers_file(home, [tmp_path / "a/s.toml", tmp_path / "b/s.toml"]) == tmp_path / "a/waivers.toml"
    monkeypatch.setenv("GOUJI_SOURCES", f"{tmp_path}/c/s.toml:{tmp_path}/d/s.toml")
    assert waivers_file(home) == tmp_path / "c/waivers.toml"
    assert run_waivers(home) == ()
    monkeypatch.setenv("GOUJI_WAIVERS", str(tmp_path / "w.toml"))
    assert waivers_file(home) == tmp_path / "w.toml"
    assert waivers_file(home, None, tmp_path / "x.toml") == tmp_path / "x.toml"
    with pytest.raises(UnusableError, match=r"w\.toml: no such waivers file"):
        run_waivers(home)


LINE = st.text(min_size=1).filter(str.strip)


@given(LINE, LINE, st.dictionaries(st.text(), st.none() | st.text(), max_size=4), LINE)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, who, why, cells, scope) -> None:
    file = tmp_path_factory.mktemp("w") / "waivers.toml"
    waiver = made(scope=scope, who=who, why=why, cells=cells)
    add_waiver(file, waiver)
    assert read_waivers(file) == (waiver,)
    add_waiver(file, made(scope="\0"))
    assert remove_waiver(file, waiver.finding_id) == waiver
    assert len(read_waivers(file)) == 1
