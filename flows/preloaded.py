"""What reader processes need, imported once: in the process that they are forked from, and nowhere else.

`flows.pool` lets multiprocessing's fork server import it. Nothing here may start a thread, which a fork would lose:
so the settings come first, and ONNX Runtime, which has one from its import on, is left to whoever reads a scan.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Final

from flows.collector import kept
from flows.one_thread import ONE_THREAD

MODULES: Final = (
    "extractors.html",
    "extractors.pdf",
    "extractors.read",
    "extractors.second.again",
    "extractors.second.pdf",
    "extractors.word",
    "expectations.proposals",
    "flows.extraction",
    "flows.second_reading",
    "form.recognise",
)


def _preload() -> None:
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    # Never looked at again, so that forks share its memory.
    with kept():
        for module in MODULES:
            import_module(module)


_preload()
