"""doc, wps, rtf, odt -> docx through LibreOffice, which runs alone, without macros, network or a past."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from extractors.limits import Limits
from extractors.office_ole import compound
from extractors.sniff import MEDIA_TYPES, Kind, sniff
from extractors.word import read_docx
from form.errors import DocumentError
from form.grid import Document

READER: Final = "soffice+word-1"

#: the name that makes LibreOffice take a file for what it is; Word's own filters know wps
SUFFIXES: Final[Mapping[Kind, str]] = {
    "doc": ".doc",
    "works": ".wps",
    "rtf": ".rtf",
    "odt": ".odt",
}
#: more than one document shares the start of LibreOffice; each further one may take this part of the limit
_FURTHER: Final = 0.1
#: no file it writes may be larger, in bytes
_LARGEST: Final = 200_000_000
_OPTIONS: Final = (
    "--headless", "--norestore", "--nodefault", "--nolockcheck", "--nologo", "--convert-to", "docx", "--outdir",
)  # fmt: skip
#: what `together` has converted, by content
_CONVERTED: Final[ContextVar[Mapping[bytes, bytes | DocumentError]]] = ContextVar("converted")
_PROFILE: Final = "user/registrymodifications.xcu"
_SETTINGS: Final = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def read_office(data: bytes, *, limits: Limits | None = None) -> Document:
    """The paragraphs and grids of a doc, wps, rtf or odt file, by way of docx.

    Raises `DocumentError`: unsupported (another kind of file, or LibreOffice is not installed), encrypted,
    unopened, timeout, and whatever `read_docx` raises.
    """
    limits = limits or Limits()
    document = read_docx(docx_of(data, limits=limits), limits=limits)
    return replace(document, media_type=MEDIA_TYPES[sniff(data)], reader=READER)


def docx_of(data: bytes, *, limits: Limits | None = None) -> bytes:
    """The file as docx: what `together` made of it, else converted now. Raises as `read_office` does."""
    converted = _CONVERTED.get({}).get(data)
    if converted is None:
        converted = to_docx([data], limits=limits)[0]
    if isinstance(converted, DocumentError):
        raise converted
    return converted


@contextmanager
def together(files: Sequence[bytes], *, limits: Limits | None = None) -> Iterator[None]:
    """Convert files in one start of LibreOffice, which is most of the time; within the block they are known."""
    token = _CONVERTED.set(dict(zip(files, to_docx(files, limits=limits), strict=True)))
    try:
        yield
    finally:
        _CONVERTED.reset(token)


def to_docx(files: Sequence[bytes], *, limits: Limits | None = None) -> list[bytes | DocumentError]:
    """Each file as docx, or why not; in the order given, in one start of LibreOffice.

    A file that brings LibreOffice down does not take the others with it: the first of those left is tried alone and
    the others together once more, and what is left then one by one.
    """
    limits = limits or Limits()
    found: list[bytes | DocumentError] = [_refusal(data) for data in files]
    open_ = [i for i, data in enumerate(files) if found[i].code == "unopened"]  # type: ignore[union-attr]
    _convert(files, open_, found, limits)
    left = _failed(open_, found) if len(open_) > 1 else []
    if len(left) > 2:
        # One that brings LibreOffice down leaves itself and all after it: the first left is the likely one.
        _convert(files, left[:1], found, limits)
        _convert(files, left[1:], found, limits)
        left = _failed(left[1:], found)
    for i in left:
        _convert(files, [i], found, limits)
    return found


def _failed(which: Sequence[int], found: Sequence[bytes | DocumentError]) -> list[int]:
    return [i for i in which if isinstance(found[i], DocumentError)]


def _refusal(data: bytes) -> DocumentError:
    """Why a file cannot be converted; 'unopened' until it is."""
    kind = sniff(data)
    if kind not in SUFFIXES:
        return DocumentError("unsupported", MEDIA_TYPES.get(kind, kind))
    if kind == "doc" and compound(data).word_is_encrypted():
        return DocumentError("encrypted")
    if program() is None:
        return DocumentError("unsupported", "LibreOffice (soffice) is not installed")
    return DocumentError("unopened", "LibreOffice could not open the file")


@cache
def program() -> str | None:
    """Where LibreOffice is; None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def _convert(
    files: Sequence[bytes], which: Sequence[int], found: list[bytes | DocumentError], limits: Limits
) -> None:
    """Run LibreOffice once over some of the files and take in what it wrote."""
    soffice = program()
    if not which or soffice is None:
        return
    with tempfile.TemporaryDirectory(prefix="gouji-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_profile(folder / "profile")
        inputs = []
        for i in which:
            path = folder / f"{i}{SUFFIXES[sniff(files[i])]}"
            path.write_bytes(files[i])
            inputs.append(str(path))
        command = [
            *_without_network(),
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *_OPTIONS,
            str(folder / "out"),
            *inputs,
        ]
        seconds = limits.max_seconds * (1 + _FURTHER * (len(which) - 1))
        in_time = _run(command, folder, seconds)
        for i in which:
            path = folder / "out" / f"{i}.docx"
            if path.is_file() and path.stat().st_size:
                found[i] = path.read_bytes()
            elif not in_time:
                found[i] = DocumentError("timeout", f"LibreOffice, {seconds:g} s")


def _run(command: Sequence[str], folder: Path, seconds: float) -> bool:
    """Run to the end or to the deadline, after which the whole process group is killed; whether it ended itself."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder)}
    environment |= {"LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp", "http_proxy": "http://127.0.0.1:9"}
    null = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=null, stdout=null, stderr=null, start_new_session=True
    )
    try:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
        process.wait(seconds)
    except (subprocess.TimeoutExpired, ProcessLookupError):
        return process.poll() is not None
    finally:
        # Also after its end: soffice is a script whose children might outlive it.
        _kill_group(process)
    return True


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


@cache
def _without_network() -> tuple[str, ...]:
    """The command that takes the network from another, where the kernel lets a user do so; else nothing."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--map-current-user", "--net", "--")
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else ()


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    file = profile / _PROFILE
    file.parent.mkdir(parents=True)
    file.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        "utf-8",
    )
