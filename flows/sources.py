"""Which portals a run crawls: the operator's files, else the sample province served over loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from flows.exits import UnusableError
from flows.home import Home
from flows.progress import stage
from portals import gansu

#: real reports that lie beside a checkout; read where they are, never copied into the project
REAL_REPORTS = Path(__file__).resolve().parents[2] / "shared" / "reports"
#: the registry that comes with gouji, as a sources file
_GANSU = "gansu"

Writer = Callable[[Path], None]


def source_files(home: Home, chosen: Sequence[str | Path] | None) -> list[Path]:
    """The sources files to use: `chosen`, else $GOUJI_SOURCES (split at ':'), else the samples of `home`.

    `gansu` names the registry that comes with gouji; it can be given beside files of one's own.
    """
    return _named(chosen) or _samples(home)


def standing_files(home: Home, chosen: Sequence[str | Path] | None) -> list[Path]:
    """The same, and nothing is made: UnusableError where none are named and `home` has no samples."""
    made = (home.sample / name / "sources.toml" for name in ("province", "real"))
    files = _named(chosen) or [file for file in made if file.is_file()]
    if not files:
        raise UnusableError(f"{home.root}: no sources are named (--sources or $GOUJI_SOURCES), and it has no samples")
    return files


def kept_beside(home: Home, chosen: Sequence[str | Path] | None) -> Path:
    """The folder of what is kept beside the sources, waivers and subscriptions: that of the first file named.

    With the sample province, or with nothing but `gansu`, whose folder is the program's, it is the home.
    """
    first = next((name for name in _names(chosen) if str(name) != _GANSU), None)
    return home.root if first is None else Path(first).expanduser().resolve().parent


def absolute(name: str | Path) -> str:
    """A sources file so that it is the same from any folder; `gansu` is a name."""
    return _GANSU if str(name) == _GANSU else str(Path(name).expanduser().resolve())


def _names(chosen: Sequence[str | Path] | None) -> list[str | Path]:
    return list(chosen or ()) or [part for part in os.environ.get("GOUJI_SOURCES", "").split(":") if part]


def _named(chosen: Sequence[str | Path] | None) -> list[Path]:
    files: list[Path] = []
    for name in _names(chosen):
        files += gansu.FILES if str(name) == _GANSU else (Path(name).expanduser().resolve(),)
    for file in files:
        if not file.is_file():
            raise UnusableError(f"{file}: no such sources file")
    return files


def _samples(home: Home) -> list[Path]:
    files = [_made_once(home.sample / "province", _write_province)]
    if REAL_REPORTS.is_dir():
        files.append(_made_once(home.sample / "real", _write_real))
    return files


def _made_once(folder: Path, write: Writer) -> Path:
    """Let `write` fill a new folder and put it in place whole, so that a killed run leaves no half sample."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(".lock")):  # two runs may begin at once
        if not (folder / "sources.toml").is_file():
            partial = folder.with_name(folder.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
            partial.mkdir()
            write(partial)
            partial.rename(folder)
    return folder / "sources.toml"


def _write_province(folder: Path) -> None:
    from samples.province import write_province

    write_province(folder, progress=stage("生成样例"))


def _write_real(folder: Path) -> None:
    from samples.real import write_real_portal

    write_real_portal(REAL_REPORTS, folder)


@contextmanager
def served(folders: dict[str, Path], night: int = 1) -> Iterator[dict[str, tuple[str, int]]]:
    """Serve host -> folder over loopback for the block, as it is on a night (1, 2, …: some reports get corrected).

    Gives host -> (address, port), empty when none.
    """
    if not folders:
        yield {}
        return
    from samples.server import serve

    with serve(folders) as loopback:
        loopback.night = night
        yield dict.fromkeys(folders, (loopback.address, loopback.port))
