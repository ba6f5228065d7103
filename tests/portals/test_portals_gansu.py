"""The shipped registry of Gansu: whole, honest about what nobody verified, and formed as the families' lists are."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from portals import addresses, gansu, hijacked
from portals.families import FAMILIES
from portals.problems import FetchError
from portals.registry import Registry, RegistryError, load

DOMAIN = Path(__file__).resolve().parents[2] / ".." / "shared" / "domain"
#: The families as `domain/gansu_sites.csv` calls them; `?` is a guess, which the registry must mark as one.
CALLED = {
    "UCAP+RS-WAF": "ucap",
    "UCAP": "ucap",
    "Hanweb-classic": "hanweb",
    "Hanweb-JPAAS": "jpaas",
    "VSB": "vsb",
    "TRS": "trs",
    "TRS (2022)": "trs",
    "content_N": "content_n",
    "column(Lonsun?)": "column",
    "system/Y/M/D shtml": "enorth",
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load(*gansu.FILES)


def test_it_has_every_government_and_each_office(registry: Registry) -> None:
    kinds = Counter((unit.level, unit.kind) for unit in registry.units.values())
    assert kinds["province", "aggregate"] == 1
    assert kinds["prefecture", "aggregate"] == 15, "14 prefectures and 兰州新区"
    assert kinds["county", "aggregate"] == 86
    assert sum(number for (_, kind), number in kinds.items() if kind == "office") == 102
    assert kinds["province", "department"] >= 33
    offices = {unit.parent: unit for unit in registry.units.values() if unit.kind == "office"}
    for unit in registry.units.values():
        if unit.kind == "aggregate":
            assert offices[unit.id].name in (f"{unit.name}办公室", f"{unit.name}办公厅")
            assert offices[unit.id].paths == unit.paths and offices[unit.id].portal == unit.portal
        if unit.parent:
            assert unit.parent in registry.units


def test_nothing_claims_to_be_verified(registry: Registry) -> None:
    """When somebody has looked at a live site, its line and this test change together."""
    assert not [portal.name for portal in registry.portals.values() if portal.verified]
    assert all(unit.basis for unit in registry.units.values())
    assert all(portal.delay_seconds >= 3 and portal.concurrency == 1 for portal in registry.portals.values())


def test_every_start_is_formed_as_its_family_forms_lists(registry: Registry) -> None:
    for unit in registry.units.values():
        family = FAMILIES[registry.portals[unit.portal].family]
        assert (unit.basis == "home" and unit.path == "/") or family.start.fullmatch(unit.path), unit
        assert (unit.path == "/") == (unit.basis == "home"), unit
        assert addresses.check(registry.portals[unit.portal].address(unit.path), registry.hosts)


@pytest.mark.skipif(not DOMAIN.is_dir(), reason="the facts lie beside a checkout only")
def test_it_agrees_with_the_facts(registry: Registry) -> None:
    with (DOMAIN / "gansu_divisions.csv").open(encoding="utf-8") as file:
        divisions = {row["code"]: row for row in csv.DictReader(file)}
    with (DOMAIN / "gansu_sites.csv").open(encoding="utf-8") as file:
        sites = {row["code"].strip("*"): row for row in csv.DictReader(file)}
    governments = {unit.code: unit for unit in registry.units.values() if unit.kind == "aggregate"}
    assert governments.keys() == sites.keys() and divisions.keys() == governments.keys() - {"620171"}
    for code, site in sites.items():
        unit, portal = governments[code], registry.portals[governments[code].portal]
        assert site["name"].removesuffix("新区") in unit.name and (unit.parent or "") == site["parent"]
        if code in divisions:
            assert (unit.level, divisions[code]["name"] in unit.name) == (divisions[code]["level"], True)
        if site["domain"].startswith("("):
            assert unit.portal == governments[site["parent"]].portal, "no domain found: the parent's site"
            continue
        assert portal.host == site["domain"]
        assert portal.family == CALLED.get(
            site["cms_family"].rstrip("?") if site["cms_family"] != "?" else "?", portal.family
        )
        assert "?" not in site["cms_family"] or portal.doubt, f"{code}: a guess that is not marked"
        if unit.basis in ("seen", "neighbour", "inferred"):
            assert _rests_on(unit.path, site["example_or_note"], unit.basis), (code, unit.path)


def _rests_on(path: str, note: str, basis: str) -> bool:
    """Whether an address stands in the facts, or follows from one that does."""
    bare = path.partition("?")[0].removesuffix("index.html").rstrip("/")
    if basis == "inferred":
        number = re.search(r"/col(\d+)$", bare)
        return f"art_{number[1]}_" in note if number else bare.removesuffix(".htm") + "/" in note
    return bare in note or ("/art/" in note and bare in note) or bare.rpartition("/")[2] in note


def test_hijacked_hosts_are_refused_wherever_they_stand(registry: Registry, tmp_path: Path) -> None:
    assert len(hijacked.hosts()) == 11 and not {h for h in registry.hosts if hijacked.is_hijacked(h)}
    for host in ("uverinfo.com", "www.uverinfo.com", "m.iuagqiw.cn"):
        assert hijacked.is_hijacked(host)
        with pytest.raises(FetchError, match="replay pages"):
            addresses.check(f"http://{host}/", registry.hosts)
    assert not hijacked.is_hijacked("notuverinfo.com") and not hijacked.is_hijacked("iuagqiw.cn")
    lines = gansu.FILES[0].read_text("utf-8").replace("www.jingyuan.gov.cn", "www.uverinfo.com")
    (tmp_path / "bad.csv").write_text(lines, "utf-8")
    with pytest.raises(RegistryError, match=r"bad\.csv: line \d+ \(620421\): host www\.uverinfo\.com is known"):
        load(tmp_path / "bad.csv")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("verified\n", "checked\n", "the columns must be .*'checked'"),
        (",www.lanzhou.gov.cn,,", ",www.lanzhou.gov.cn:8080,,", r"line 3 \(620100\): host = "),
        (",hanweb,/col/col18829/index.html", ",hanweb,/nb/", "/nb/ is not formed as lists of hanweb sites are"),
        (",hanweb,/col/col18829/index.html", ",joomla,/nb/", "family = 'joomla' must be one of"),
        (",inferred,2019", ",rumour,2019", "basis = 'rumour' must be one of"),
        (",inferred,2019", ",inferred,MMXIX", "first_year = 'MMXIX' must be a whole number"),
        (
            "620103,兰州市七里河区人民政府",
            "620102,兰州市七里河区人民政府",
            r"line 5 \(620102\): the id is already that of",
        ),
        (",https,hanweb,/col/col18829", ",ftp,hanweb,/col/col18829", "scheme = 'ftp'"),
        ("www.qilihe.gov.cn", "www.lzcgq.gov.cn", "declared twice"),
        (
            "620821,泾川县人民政府,county,aggregate,620800",
            "620821,泾川县人民政府,county,aggregate,999999",
            "no line before it",
        ),
        (
            "620104,兰州市西固区人民政府,county",
            '620104,"兰州市西固区人民政府,county',
            "line|values|columns|EOF|expected",
        ),
        (",,no\n620100", ",,perhaps\n620100", "verified = 'perhaps' must be yes or no"),
    ],
)
def test_every_fault_of_a_line_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = gansu.FILES[0].read_text("utf-8")
    assert old in text
    (tmp_path / "sites.csv").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RegistryError, match=says) as caught:
        load(tmp_path / "sites.csv", gansu.FILES[1])
    assert "sites.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_one_line_adds_a_portal(registry: Registry, tmp_path: Path) -> None:
    header = gansu.FILES[0].read_text("utf-8").splitlines()[0]
    line = (
        "620102-czj,兰州市城关区财政局,county,department,620102,,,"
        "czj.lzcgq.gov.cn,,http,hanweb,/col/col7/index.html,seen,2019,,,yes"
    )
    (tmp_path / "mine.csv").write_text(f"{header}\n{line}\n", "utf-8")
    more = load(*gansu.FILES, tmp_path / "mine.csv")
    assert more.portals["czj-lzcgq"].verified and len(more.units) == len(registry.units) + 1
    assert more.resolve("城关区财政局", "620102").unit.id == "620102-czj"


def test_titles_of_the_province_find_their_units(registry: Registry) -> None:
    for printed, listed, unit in (
        ("甘肃省人民政府办公厅", "620000", "620000-bgt"),
        ("甘肃省发展改革委", "620000-fzgg", "620000-fzgg"),
        ("甘肃省退役军人事务厅", "620524", "620000-tyj"),
        ("城关区人民政府", "620102", "620102"),
        ("甘肃省兰州市城关区人民政府办公室", "620102", "620102-bgs"),
        ("兰州新区", "620171", "620171"),
    ):
        assert registry.resolve(printed, listed).unit.id == unit, printed
