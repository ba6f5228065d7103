"""What a terminal is told of texts that are not ours: nothing in them moves its cursor or turns what follows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from commandline import Command

from flows.output import plain_value
from flows.terminal import print_rows, safe

HOSTILE = "\u202e21\x1b[1A\x1b[2KX\x9b2J[red]\r"


def harmless(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("text", [HOSTILE, "甲\n乙", "", "[/]", "\u2028\u200b"])
def test_text_that_is_not_ours_is_only_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(text, [text or "-"], [[safe(text)], [text]])
    assert harmless(capsys.readouterr().out)


def test_bytes_of_a_query_are_hex() -> None:
    assert plain_value(b"ab\xff") == "6162ff"


def test_lines_stay_lines_and_what_cannot_be_seen_is_shown() -> None:
    assert safe("甲\n乙\u202e") == "甲\n乙⟨U+202E⟩"
    assert safe("[red]") == r"\[red]"


def test_a_page_cannot_draw_over_the_cells_before_it(tmp_path: Path, quick: Command) -> None:
    page = tmp_path / "host.html"
    rows = (("行政许可", "&#8238;21&#27;[1A&#27;[2KX"), ("行政处罚", "36"), ("行政强制", "0"))
    cells = "".join(f"<tr><td>{name}</td><td>{figure}</td></tr>" for name, figure in rows)
    page.write_text(
        "<h1>甲县2023年政府信息公开工作年度报告</h1><table><tr><td>信息内容</td><td>本年处理决定数量</td></tr>"
        f"{cells}</table><table><tr><td>信息内容</td><td>本年收费金额（单位：万元）</td></tr>"
        "<tr><td>行政事业性收费</td><td>0</td></tr></table>",
        "utf-8",
    )
    done = quick("extract", page)
    assert harmless(done.stdout), done.stdout
    assert harmless(done.stderr)


@pytest.mark.parametrize("command", ["extract", "check"])
def test_a_name_need_not_be_utf_8(tmp_path: Path, quick: Command, command: str) -> None:
    odd = tmp_path / os.fsdecode(b"a\xff\n.html")
    odd.write_bytes(b"<p>x")
    done = quick(command, odd, odd, "--format", "json", PYTHONIOENCODING="utf-8")
    assert done.returncode == 2, done.stderr
    json.loads(done.stdout)
    assert len(done.stderr.splitlines()) == 2, "one line for each"
