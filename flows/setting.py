"""Prefect's settings for a run inside this process; set before Prefect is first imported."""

from __future__ import annotations

import os

from flows.home import Home

#: no telemetry, whatever the run
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


def quiet() -> None:
    """Switch the telemetry of every library off, unless the operator chose otherwise."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def embed(home: Home) -> bool:
    """Prepare for a server embedded in this run (`flows.server`), its database in `home`; gives whether there is one.

    Where PREFECT_API_URL is set the run reports to that server instead. The start-up limit is raised because an
    embedded server takes some seconds on two cores, far more where they have other work, and its default is 20.
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
    return True
