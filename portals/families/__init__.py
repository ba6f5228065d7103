"""The families of sites, by the name that a registry uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portals.families.base import Family
from portals.families.hanweb import Hanweb
from portals.families.jpaas import Jpaas
from portals.families.numbered import Column, Content, Enorth, Phpcms
from portals.families.trs import Trs
from portals.families.ucap import Ucap
from portals.families.vsb import Vsb

_ALL: Final[tuple[Family, ...]] = (
    Ucap(),
    Hanweb(),
    Jpaas(),
    Vsb(),
    Trs(),
    Content(),
    Column(),
    Enorth(),
    Phpcms(),
)
FAMILIES: Final[Mapping[str, Family]] = {family.name: family for family in _ALL}
