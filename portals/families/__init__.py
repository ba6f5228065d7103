"""The families of sites, by the name that `sources.toml` uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portals.families.base import Family
from portals.families.trs import Trs

FAMILIES: Final[Mapping[str, Family]] = {family.name: family for family in (Trs(),)}
