"""doc, wps, rtf, odt by LibreOffice: what it was given comes back, and it is held in its place."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from office_makers import blocks, by_libreoffice, by_python_docx, expect_exact, values

from extractors import office
from extractors.limits import Limits
from extractors.office import read_office, to_docx
from extractors.office_ole import MAGIC, compound
from extractors.read import read
from extractors.sniff import sniff
from form.errors import DocumentError
from form.recognise import read_reports


@pytest.fixture(scope="module")
def report() -> bytes:
    return by_python_docx(blocks(values()))


@pytest.fixture(scope="module")
def doc(report: bytes) -> bytes:
    return by_libreoffice(report, ".docx", "doc")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script in soffice's place."""

    def put(script: str) -> None:
        file = tmp_path / "soffice"
        file.write_text(f"#!/bin/sh\n{script}")
        file.chmod(0o755)
        monkeypatch.setattr(office, "program", lambda: str(file))

    return put


def test_a_whole_report_as_doc_whatever_its_name(doc: bytes) -> None:
    assert sniff(doc) == "doc"
    document = read(doc, name="报告.pdf")
    assert document.media_type == "application/msword"
    expect_exact(*read_reports(document), values())


@pytest.mark.parametrize("kind", ["rtf", "odt"])
def test_a_whole_report_as(report: bytes, kind: str) -> None:
    made = by_libreoffice(report, ".docx", kind)
    assert sniff(made) == kind
    expect_exact(*read_reports(read(made)), values())


def test_a_batch_gives_each_file_its_own_answer(doc: bytes) -> None:
    broken = doc[:2048] + b"\x00" * 3000
    first, second, third, fourth = to_docx([doc, b"%PDF-1.7", broken, doc])
    assert isinstance(first, bytes) and isinstance(fourth, bytes)
    assert isinstance(second, DocumentError) and second.code == "unsupported"
    # LibreOffice may mend it or not, but the others are not lost to it.
    assert isinstance(third, bytes) or third.code in ("unopened", "unsupported")


def test_an_encrypted_file_is_called_so(doc: bytes) -> None:
    file = compound(doc)
    (word,) = (s for s in file.streams if s.name == "WordDocument")
    at = (word.sector + 1) * file.sector_size + 11
    locked = doc[:at] + bytes([doc[at] | 1]) + doc[at + 1 :]
    with pytest.raises(DocumentError) as caught:
        read(locked)
    assert caught.value.code == "encrypted"


def test_without_libreoffice_the_reason_says_so(doc: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    with pytest.raises(DocumentError) as caught:
        read_office(doc)
    assert str(caught.value) == "unsupported: LibreOffice (soffice) is not installed"


def test_one_that_hangs_is_killed_with_its_children(
    doc: bytes, tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    mark = tmp_path / "alive"
    stand_in(f"(sleep 3; touch {mark}) &\nsleep 30\n")
    with pytest.raises(DocumentError) as caught:
        read_office(doc, limits=Limits(max_seconds=0.5))
    assert caught.value.code == "timeout"
    time.sleep(3.2)
    assert not mark.exists()


def test_it_runs_without_macros_network_or_the_home_of_the_user(
    doc: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stand_in: Callable[[str], None]
) -> None:
    """A stand-in for soffice writes down what it was given."""
    seen = tmp_path / "seen"
    stand_in(
        f"env > {seen}\ncat $HOME/profile/user/registrymodifications.xcu >> {seen}\n"
        f"ls /sys/class/net >> {seen}.net\ncat /proc/net/dev > {seen}.net\necho $* >> {seen}\nulimit -f >> {seen}\n"
    )
    monkeypatch.setenv("SECRET", "shown to nobody")
    assert isinstance(to_docx([doc])[0], DocumentError)
    text = seen.read_text()
    assert "shown to nobody" not in text
    assert f"HOME={Path.home()}\n" not in text
    for setting in ("MacroSecurityLevel", "DisableMacrosExecution", "--headless", "-env:UserInstallation=file://"):
        assert setting in text
    probe = subprocess.run(["unshare", "--map-current-user", "--net", "true"], capture_output=True, check=False)
    if probe.returncode == 0:
        devices = Path(f"{seen}.net").read_text().splitlines()[2:]
        assert [line.split(":")[0].strip() for line in devices] == ["lo"]


def test_one_that_brings_libreoffice_down_costs_two_starts_more(
    doc: bytes, tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    """A stand-in for soffice copies its files in order, and dies at one of them."""
    starts = tmp_path / "starts"
    stand_in(
        f"echo >> {starts}\n"
        'while [ "$1" != --outdir ]; do shift; done\nout=$2; shift 2; mkdir -p $out\n'
        "for file; do grep -q DEADLY $file && kill -9 $$; cp $file $out/$(basename $file .doc).docx; done\n"
    )
    files = [doc + f"{'DEADLY' if n == 4 else n}".encode() for n in range(20)]
    made = to_docx(files)
    assert [n for n, one in enumerate(made) if isinstance(one, DocumentError)] == [4]
    assert all(one == data for n, (one, data) in enumerate(zip(made, files, strict=True)) if n != 4)
    assert len(starts.read_text()) == 3


def test_nothing_is_left_behind(doc: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.tempfile, "tempdir", str(tmp_path))
    assert isinstance(to_docx([doc])[0], bytes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "data",
    [
        MAGIC,
        MAGIC + b"\xff" * 600,
        MAGIC + b"\x00" * 22 + b"\x09\x00" + b"\x00" * 2000,
        # a directory whose chain runs in a circle
        MAGIC + b"\x00" * 22 + b"\x09\x00" + b"\x00" * 16 + b"\x00" * 4 + b"\x00" * 24 + b"\x00" * 4 + b"\x00" * 4096,
    ],
)
def test_damaged_containers_end(data: bytes) -> None:
    assert compound(data).streams == ()
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.code == "truncated"


def test_directories_of_real_files(doc: bytes) -> None:
    assert {"WordDocument", "1Table"} <= {s.name for s in compound(doc).streams}
