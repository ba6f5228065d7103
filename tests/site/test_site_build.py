"""Building the site: the same release the same bytes, what changed and no more, never another's files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from made_home import CITY, COUNTY, RECEIVED, Made
from site_paper import figures, page
from site_support import build

from flows.commands.site import site as command
from flows.exits import UnusableError
from form.catalogue import POSITION

PAGES = ("index", "unit", "report", "rules", "about")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def data(site: Path, unit_id: str) -> dict[str, object]:
    text = (site / f"data/u/{unit_id[:4]}/{unit_id}.js").read_text("utf-8")
    found: dict[str, object] = json.loads(text[text.index(",") + 1 : text.rindex(")")])
    return found


def test_the_same_release_gives_the_same_bytes(made: Made, site: Path, tmp_path: Path) -> None:
    build(made.home, tmp_path / "again")
    assert content(tmp_path / "again") == content(site)


def test_nothing_is_written_where_nothing_changed(made: Made, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    build(made.home, site)
    assert "0 made anew; 0 files written, 0 removed" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()} == before


def test_one_changed_report_renews_its_unit_alone(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, target = tmp_path / "home", tmp_path / "site"
    shutil.copytree(made.home, home)
    build(home, target)
    before = content(target)
    again = Made(home, made.nights, dict(made.standing), dict(made.opened))
    again.night({(CITY, 2023): page(CITY.name, 2023, "2021", figures(901, 0, 0))})
    capsys.readouterr()
    build(home, target)
    after = content(target)
    assert " 1 made anew" in capsys.readouterr().out
    changed = {name for name in after if before.get(name) != after[name] and name.startswith("data/u/")}
    assert changed == {"data/u/6201/620100.js"}
    build(home, tmp_path / "fresh")
    assert content(tmp_path / "fresh") == after, "what was left is what a new build makes"
    versions = data(target, "620100")["reports"]["2023"]["versions"]  # type: ignore[index]
    assert [version["gate"] for version in versions] == ["released", "r0002"], "the version before comes of r0002"


def test_an_older_release_is_shown_as_it_was(made: Made, tmp_path: Path) -> None:
    build(made.home, tmp_path / "old", "--as-of", "r0001")
    county = data(tmp_path / "old", "620102")
    (version,) = county["reports"]["2023"]["versions"]  # type: ignore[index]
    assert version["gate"] == "released"
    assert "r0001" in (tmp_path / "old/index.html").read_text("utf-8")


def test_the_held_version_comes_before_the_released_one(site: Path) -> None:
    county = data(site, "620102")
    report = county["reports"]["2023"]  # type: ignore[index]
    assert [version["gate"] for version in report["versions"]] == ["held", "released"]
    assert {finding["rule"] for finding in report["findings"]} >= {"T3-IDENT", "T3-ROW"}
    assert len(report["versions"][0]["cells"].split("\t")) == 200
    assert report["pictures"][0]["boxes"][str(POSITION[RECEIVED])]
    claims = [claim for passage in report["versions"][0]["passages"] for claim in passage["claims"]]
    outcomes = {claim[2]: claim[1] for claim in claims}
    assert outcomes["TXT-RECEIVED"] == "pass"
    assert county["chain"][-1]["link"] == "broken"  # type: ignore[index]
    assert county["chain"][1]["link"] == "open", "the report of 2021 is not there"  # type: ignore[index]


def test_no_picture_without_room(made: Made, tmp_path: Path) -> None:
    build(made.home, tmp_path / "site", "--pictures", "0")
    assert not (tmp_path / "site/pictures").exists()
    report = data(tmp_path / "site", "620102")["reports"]["2023"]  # type: ignore[index]
    assert "pictures" not in report


def test_a_document_that_cannot_be_drawn_is_said_once(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    for warc in (home / "archive").glob("*.warc.gz"):
        warc.write_bytes(b"")
    for _ in range(2):
        build(home, tmp_path / "site")
        assert "no picture of 620102-2023: " in capsys.readouterr().err


def test_pages_are_strict_and_name_nothing_elsewhere(site: Path) -> None:
    for name in PAGES:
        text = (site / f"{name}.html").read_text("utf-8")
        assert "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" in text
        assert not re.search(r"\son[a-z]+=|<script(?! src=)|\sstyle=|javascript:", text)
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
    for path in (site / "assets").iterdir():
        text = path.read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|fetch\(|XMLHttp", text
        ), path
        assert "@import" not in text
        assert not re.search(r"url\((?!#)", text), path


def test_a_folder_of_other_things_is_left_alone(made: Made, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(UnusableError, match="holds files and no site"):
        command.main([str(tmp_path), "--home", str(made.home)], standalone_mode=False)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "gouji-site-1", "files": {"../x": "0"}}), "utf-8")
    with pytest.raises(UnusableError, match=r"names \.\./x"):
        command.main([str(tmp_path), "--home", str(made.home)], standalone_mode=False)


def test_no_release_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="nothing has been released yet"):
        command.main([str(tmp_path / "site"), "--home", str(tmp_path)], standalone_mode=False)


def test_everything_that_a_page_links_to_is_there(site: Path) -> None:
    for name in PAGES:
        text = (site / f"{name}.html").read_text("utf-8")
        for address in re.findall(r"""(?:src|href)=["']([^"'#?]+)""", text):
            assert (site / address).is_file(), f"{name}: {address}"


def test_the_readers_find_the_whole_form_in_our_layout(made: Made) -> None:
    """A page written from the site's layout is read without a leftover: it is the form's."""
    editions = {}
    for (unit_id, year), (_, report) in made.standing.items():
        if unit_id == COUNTY.id:
            editions[year] = (report.edition, len(report.readings), len(report.leftovers), len(report.remarks))
    assert editions[2020] == ("2019", 198, 0, 0)
    assert editions[2022] == ("2021", 200, 0, 0)
