"""A short fuzz run over the readers that are quick, and proof that the run would see what must not happen."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks import fuzz, fuzz_corpus, fuzz_mutate

QUICK = ("html", "form", "docx", "xlsx", "pdf", "evidence")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> fuzz_corpus.Corpus:
    return fuzz_corpus.make_corpus(tmp_path_factory.mktemp("corpus") / "province", units=1, pictures=False)


def campaign(corpus: fuzz_corpus.Corpus, keep: Path, *words: str) -> fuzz.Campaign:
    return fuzz.Campaign(corpus, fuzz.options(["--workers", "1", "--keep", str(keep), *words]))


def test_hundreds_of_hostile_documents(
    corpus: fuzz_corpus.Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = campaign(corpus, tmp_path, "--inputs", "400", "--readers", "html,form,docx,xlsx,evidence", "--seed", "5")
    run.run()
    assert run.print() == 0, capsys.readouterr().out
    done = {reader: sum(tally.outcomes.values()) for reader, tally in run.tallies.items()}
    assert sum(done.values()) >= 395 and min(done.values()) > 0
    # Mutations that break everything, or nothing, would prove little.
    assert run.tallies["html"].outcomes["report"] and run.tallies["html"].outcomes["not_a_report"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("reader", QUICK)
def test_an_input_is_a_function_of_its_number(corpus: fuzz_corpus.Corpus, reader: str) -> None:
    if not corpus[fuzz.READERS[reader][1]]:
        pytest.skip("the small corpus has no such document")
    first, again, other = (fuzz.make_input(reader, number, 1, corpus) for number in (4, 4, 5))
    assert first == again
    assert first != other


def test_mutations_reach_what_is_packed(corpus: fuzz_corpus.Corpus) -> None:
    opened = fuzz_mutate.unpacked(corpus["pdf"][0])
    assert opened.count(b" Tf") > corpus["pdf"][0].count(b" Tf")
    outcomes = {fuzz.run_input("docx", fuzz.make_input("docx", n, 2, corpus)) for n in range(40)}
    assert "report" in outcomes and len(outcomes) > 1


def _raise(_reader: str, _value: Any) -> str:
    raise ValueError("no such thing")


def _hang(_reader: str, _value: Any) -> str:
    end = time.process_time() + 60
    while time.process_time() < end:
        pass
    return "report"


def _die(_reader: str, _value: Any) -> str:
    os.kill(os.getpid(), signal.SIGKILL)


def _fill(_reader: str, _value: Any) -> str:
    return str(len(bytearray(3 << 30)))


@pytest.mark.parametrize(
    ("broken", "outcome"), [(_raise, "exception"), (_hang, "timeout"), (_die, "signal"), (_fill, "memory")]
)
def test_what_must_not_happen_is_seen_and_kept(
    corpus: fuzz_corpus.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Any, outcome: str
) -> None:
    monkeypatch.setattr(fuzz, "run_input", broken)
    # A spawned process would not know of the broken reader.
    monkeypatch.setattr(fuzz, "START", "fork")
    words = ["--inputs", "2", "--readers", "html", "--cap", "0.3", "--memory", "2"]
    run = campaign({"html": corpus["html"][:1]}, tmp_path, *words)
    run.run()
    assert run.tallies["html"].outcomes == {outcome: 2}
    assert run.print() == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".bin") == [
        f"html-1-{number}-{outcome}.bin" for number in range(2)
    ]
    (first, _) = sorted(tmp_path.glob("*.bin"))
    assert first.read_bytes() == fuzz.make_input("html", 0, 1, {"html": corpus["html"][:1]})


def test_random_numbers_are_the_callers() -> None:
    data = b"<table><tr><td>1</td></tr></table>" * 20
    assert [fuzz_mutate.mutate_html(data, Random(n), [data]) for n in range(50)] == [
        fuzz_mutate.mutate_html(data, Random(n), [data]) for n in range(50)
    ]
