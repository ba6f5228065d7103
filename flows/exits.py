"""Exit codes of every command (`contract/cli.md`), and what gives them."""

from __future__ import annotations

import atexit
import errno
import os
import sqlite3
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

DONE: Final = 0
CRITICAL: Final = 1
CANNOT_USE: Final = 2
INTERRUPTED: Final = 3
#: whoever read our output has gone: what a shell sees of any tool then (128 and SIGPIPE), and none of the codes above
UNHEARD: Final = 141

#: the place that somebody named is wrong, or not ours to read or to write
_PLACE: Final = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
    *(errno.ENOTEMPTY, errno.ENAMETOOLONG, errno.ELOOP),
}
#: the machine lacks something, and may have it again later
_MACHINE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE}
#: the same of a database
_DATABASE: Final = {
    **dict.fromkeys((sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT), CANNOT_USE),
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN), CANNOT_USE),
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR), INTERRUPTED),
}


class UnusableError(Exception):
    """Input or configuration that cannot be used; its text is one line for the person who typed it."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


def fault_of_files(error: BaseException) -> tuple[str, int] | None:
    """What to say of files that cannot be used, and the exit code; None where the error is anything else."""
    if isinstance(error, sqlite3.DatabaseError):
        code = _DATABASE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        return None if code is None else (str(error), code)
    if not isinstance(error, OSError):
        return None
    reason = error.strerror or type(error).__name__
    if error.errno in _MACHINE:
        return f"{os.fsdecode(error.filename)}: {reason}" if error.filename else reason, INTERRUPTED
    if error.errno in _PLACE and error.filename:
        return f"{os.fsdecode(error.filename)}: {reason}", CANNOT_USE
    return None


def open_streams() -> None:
    """Have standard streams that are closed lead nowhere: the next file opened would take the place of one."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
        stream = Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8")  # noqa: SIM115
        setattr(sys, name, stream)


def flush() -> None:
    """Have all output on its way. Raises OSError where it cannot be written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        error.filename = error.filename or "standard output"
        raise


def leave(code: int) -> NoReturn:
    """End the process: first what Python has to end, and then the process, without taking the interpreter apart.

    After a run that takes a second and a half of processor. And threads that libraries keep for an object store may
    abort it, after all was done and said (one doctor of 24: "terminate called without an active exception").
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
