"""Prefect's settings for a run inside this process; set before Prefect is first imported."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from flows.home import Home

#: no telemetry, whatever the run
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "GX_ANALYTICS_ENABLED": "false",
}

#: files of the working folder in which Prefect looks for settings, beside its profiles
_FILES: Final = ("prefect.toml", "pyproject.toml", ".env")
#: what stands in each that names a server
_NAMES_ONE: Final = re.compile(rb"PREFECT_API_URL|\burl\b", re.IGNORECASE)


def quiet() -> None:
    """Switch the telemetry of every library off, unless the operator chose otherwise."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def embed(home: Home) -> bool:
    """Prepare for a server embedded in this run (`flows.server`), its database in `home`; gives whether there is one.

    Where Prefect's settings name a server, PREFECT_API_URL or a file, the run reports to that one instead. The
    start-up limit is raised because an embedded server takes some seconds on two cores, far more where they have
    other work, and its default is 20.
    """
    quiet()
    if os.environ.get("PREFECT_API_URL"):
        return False
    home.prefect.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home.prefect))
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_ENABLED", "true")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "false")
    # Of Prefect's blocks no flow uses one; to register them, or to see that they are, takes the server a second.
    os.environ.setdefault("PREFECT_SERVER_REGISTER_BLOCKS_ON_START", "false")
    os.environ.setdefault("PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION", "false")
    return not _named_in_a_file()


def _named_in_a_file() -> bool:
    """Whether a file of Prefect's settings names a server. Prefect, a slow import, is asked where one may."""
    home = Path(os.environ["PREFECT_HOME"]).expanduser()
    profiles = os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml"
    if not any(map(_may_name, (profiles, *_FILES))):
        return False
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())


def _may_name(file: str | Path) -> bool:
    try:
        return bool(_NAMES_ONE.search(Path(file).read_bytes()))
    except OSError:
        return False
