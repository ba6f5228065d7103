"""The file of subscriptions: what it may say, and one clear line for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.exits import UnusableError
from flows.home import Home
from flows.subscriptions import NAME, readers, subscriptions_file
from flows.waivers import waivers_file

FULL = """
[operator]
address = "ops@example.org"
[[reader]]
address = "审计处 <audit@example.org>"
regions = ["6201", "620702"]
levels = ["prefecture", "county"]
severity = "warning"
rhythm = "weekly"
changes_only = true
workbook = false
[[reader]]
address = "b@example.org"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("GOUJI_SUBSCRIPTIONS", "GOUJI_SOURCES", "GOUJI_MAIL_TO", "GOUJI_MAIL_OPERATOR"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path)


def test_a_file_says_who_gets_what(home: Home) -> None:
    (home.root / NAME).write_text(FULL, "utf-8")
    found = readers(home)
    assert str(found.operator) == "ops@example.org"
    first, second = found.subscriptions
    assert first.reader.display_name == "审计处"
    assert (first.regions, first.levels) == (("6201", "620702"), ("prefecture", "county"))
    assert (first.severity, first.rhythm, first.changes_only, first.workbook) == ("warning", "weekly", True, False)
    assert (second.regions, second.severity, second.rhythm) == ((), "info", "release")


def test_the_environment_stands_in_for_a_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert readers(home).subscriptions == ()
    monkeypatch.setenv("GOUJI_MAIL_TO", "a@example.org, b@example.org")
    monkeypatch.setenv("GOUJI_MAIL_OPERATOR", "ops@example.org")
    found = readers(home)
    assert [it.reader.addr_spec for it in found.subscriptions] == ["a@example.org", "b@example.org"]
    assert str(found.operator) == "ops@example.org"
    (home.root / NAME).write_text(FULL, "utf-8")
    assert [it.reader.addr_spec for it in readers(home).subscriptions] == ["audit@example.org", "b@example.org"]


def test_it_lies_beside_the_sources(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert subscriptions_file(home) == home.root / NAME
    assert subscriptions_file(home, [home.root / "x" / "gansu.toml"]) == home.root / "x" / NAME
    monkeypatch.setenv("GOUJI_SOURCES", f"{home.root}/y/one.toml:{home.root}/z/two.toml")
    assert subscriptions_file(home) == home.root / "y" / NAME
    # `gansu` is a name, not a file of the folder that one stands in.
    assert subscriptions_file(home, ["gansu"]) == home.root / NAME
    assert subscriptions_file(home, ["gansu", home.root / "x" / "own.toml"]) == home.root / "x" / NAME
    assert waivers_file(home, ["gansu"]).parent == home.root
    monkeypatch.setenv("GOUJI_SUBSCRIPTIONS", str(home.root / "mine.toml"))
    with pytest.raises(UnusableError, match=r"mine\.toml: no such subscriptions file"):
        readers(home)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[reader]]\naddress = 'a@b.example'\nregion = ['6201']", r"reader 1 \(a@b.example\): unknown key 'region'"),
        ("[[reader]]\nregions = ['6201']", r"reader 1 \(no address\): address is missing"),
        ("[[reader]]\naddress = 'nobody'", r"reader 1 \(nobody\): address: not an ASCII mail address"),
        ("[[reader]]\naddress = 'a@b.example, c@b.example'", "address must be one address"),
        ("[[reader]]\naddress = 'a@b.example'\n" * 2, "reader 2 .*: the reader stands above already"),
        ("[[reader]]\naddress = 'a@b.example'\nregions = []", "regions is empty: leave it out for all"),
        ("[[reader]]\naddress = 'a@b.example'\nregions = '6201'", "regions must be a list of texts"),
        ("[[reader]]\naddress = 'a@b.example'\nregions = ['兰州']", "regions: '兰州' is no GB/T 2260 code"),
        ("[[reader]]\naddress = 'a@b.example'\nlevels = ['city']", "levels: 'city' is none of province, prefecture"),
        ("[[reader]]\naddress = 'a@b.example'\nseverity = 'bad'", "severity must be one of critical, warning, info"),
        ("[[reader]]\naddress = 'a@b.example'\nrhythm = 7", "rhythm must be one of release, daily, weekly, monthly"),
        ("[[reader]]\naddress = 'a@b.example'\nworkbook = 'no'", "workbook must be true or false"),
        ("[operator]\naddress = 'x'", "operator: address: not an ASCII mail address"),
        ("operator = 'a@b.example'", "operator: it must have an address"),
        ("reader = 1", "'reader' must be a list of tables"),
        ("[readers]\n", "unknown key 'readers'"),
        ("[[reader]\n", "subscriptions.toml: "),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(home: Home, text: str, reason: str) -> None:
    (home.root / NAME).write_text(text, "utf-8")
    with pytest.raises(UnusableError, match=reason) as caught:
        readers(home)
    assert str(home.root / NAME) in str(caught.value)
    assert "\n" not in str(caught.value)
