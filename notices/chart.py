"""A chart: drawn once, given as SVG that follows the reader's scheme or as PNG in either. No clock, no chance.

Every chart is a function of its data: the same data give the same bytes (matplotlib's ids are hashed with a fixed
salt, no date is written). Colours are safe for the colour-blind and never alone: each kind has a hatch, and a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO, StringIO
from threading import Lock
from typing import Final, Literal

import matplotlib as mpl
import pylopdf_fonts_zh_cn as fonts
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from notices.evidence_text import shown

Role = Literal[
    "paper", "ink", "mute", "line", "released", "held", "missing", "blocked", "unread", "critical", "warning", "info"
]
Palette = Mapping[Role, str]

#: Okabe and Ito's hues, darkened or lightened until they stand out from the paper (3:1 at least). Each colour of the
#: light palette occurs once: the SVG is written with them, and they become variables.
LIGHT: Final[Palette] = {
    "paper": "#ffffff",
    "ink": "#1b2430",
    "mute": "#5a6573",
    "line": "#dfe3e8",
    "released": "#1b8a66",
    "held": "#c6431a",
    "missing": "#7d8794",
    "blocked": "#7a4fa3",
    "unread": "#b07d00",
    "critical": "#c22f14",
    "warning": "#a97900",
    "info": "#2f74b5",
}
DARK: Final[Palette] = {
    "paper": "#1b1f26",
    "ink": "#e9ecf1",
    "mute": "#a3adba",
    "line": "#323945",
    "released": "#3fb68c",
    "held": "#ef7d54",
    "missing": "#8a95a3",
    "blocked": "#b08fd8",
    "unread": "#e0b040",
    "critical": "#f0765c",
    "warning": "#dfae3c",
    "info": "#74b0ea",
}
#: what tells kinds apart where colours do not
HATCH: Final[Mapping[Role, str]] = {
    "held": "////",
    "missing": "||||",
    "blocked": "xxxx",
    "unread": "----",
    "critical": "////",
    "warning": "||||",
}
#: width of every chart in CSS pixels; a PNG is scaled from it
WIDTH: Final = 600

#: the PNG's font, and what a page may have instead
_FAMILY: Final = ["Noto Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
#: matplotlib's settings are global to the process
_SETTINGS: Final = Lock()
_NUMBER: Final = re.compile(r'(width|height)="([0-9.]+)pt"')


@dataclass(frozen=True, slots=True)
class Canvas:
    """The whole figure as one surface, in CSS pixels from the top left, and the colours to draw with."""

    axes: Axes
    palette: Palette

    def text(self, at: tuple[float, float], text: str, size: float, role: Role = "ink", anchor: str = "left") -> None:
        """One line with its middle at the height of `at`; `anchor` is left, center or right."""
        self.axes.text(
            *at,
            shown(text),
            ha=anchor,
            va="center_baseline",
            color=self.palette[role],
            fontproperties=_font(),
            fontsize=size,
        )

    def bar(self, box: tuple[float, float, float, float], role: Role) -> None:
        """A filled box (left, top, width, height) with its kind's hatch."""
        left, top, wide, high = box
        colour, hatch = self.palette[role], HATCH.get(role, "")
        # The hatch is drawn in the edge's colour: paper on the fill.
        self.axes.add_artist(Rectangle((left, top), wide, high, facecolor=colour, linewidth=0, clip_on=False))
        if hatch:
            mesh = Rectangle((left, top), wide, high, fill=False, hatch=hatch, edgecolor=self.palette["paper"])
            mesh.set(linewidth=0, clip_on=False)
            self.axes.add_artist(mesh)

    def rule(self, y: float, left: float, right: float) -> None:
        """A thin level line."""
        self.axes.plot(
            [left, right], [y, y], color=self.palette["line"], linewidth=1, solid_capstyle="butt", clip_on=False
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing `height` pixels high, its title, and what it shows in one sentence for those who do not see it."""

    title: str
    summary: str
    height: int
    draw: Callable[[Canvas], None]

    def svg(self) -> str:
        """The `<svg>` element: a picture with title and description, its text as text, light or dark as the reader's
        system; a page may set the variables `--chart-…` itself.
        """
        with self._drawn(LIGHT, 72) as figure:
            FigureCanvasSVG(figure)
            file = StringIO()
            figure.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return _adapted(file.getvalue(), self)

    def png(self, width: int, dark: bool) -> bytes:
        """A PNG of `width` pixels, on the paper of the scheme."""
        with self._drawn(DARK if dark else LIGHT, 72 * width / WIDTH) as figure:
            FigureCanvasAgg(figure)
            file = BytesIO()
            figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()

    def _drawn(self, palette: Palette, dpi: float) -> _Drawn:
        return _Drawn(self, palette, dpi)


class _Drawn:
    """The figure of a chart, for the length of a block in which matplotlib has our settings."""

    def __init__(self, chart: Chart, palette: Palette, dpi: float) -> None:
        self._chart, self._palette, self._dpi = chart, palette, dpi
        self._context = mpl.rc_context(
            {"svg.hashsalt": chart.title, "svg.fonttype": "none", "hatch.linewidth": 1.1, "text.parse_math": False}
        )

    def __enter__(self) -> Figure:
        _SETTINGS.acquire()
        try:
            self._context.__enter__()
            # 72 points an inch: a point of the figure is a CSS pixel.
            figure = Figure(figsize=(WIDTH / 72, self._chart.height / 72), dpi=self._dpi)
            figure.patch.set_facecolor(self._palette["paper"])
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            axes.set_xlim(0, WIDTH)
            axes.set_ylim(self._chart.height, 0)
            self._chart.draw(Canvas(axes, self._palette))
        except BaseException:
            self.__exit__()
            raise
        return figure

    def __exit__(self, *_: object) -> None:
        self._context.__exit__(None, None, None)
        _SETTINGS.release()


@cache
def _font() -> FontProperties:
    return FontProperties(family=_FAMILY, fname=str(fonts.sans_path()))


def _adapted(svg: str, chart: Chart) -> str:
    """Matplotlib's file as an element for a page: no prologue, words for all readers, colours as variables."""
    body = svg[svg.index("<svg") :]
    opening, rest = body.split(">", 1)
    opening = _NUMBER.sub(r'\1="\2"', opening)
    for role, colour in LIGHT.items():
        rest = rest.replace(colour, f"var(--chart-{role}, {colour})")
    # A style without a scope would reach the whole page; line breaks inside paths are a third of the file.
    rest = re.sub(r"\s*(<metadata>.*?</metadata>|<style.*?</style>)", "", rest, flags=re.DOTALL)
    rest = re.sub(r"\s*\n\s*", " ", rest)
    dark = "".join(f"--chart-{role}:{colour};" for role, colour in DARK.items())
    style = f"<style>@media (prefers-color-scheme:dark){{.gouji-chart{{{dark}}}}}</style>"
    words = f"<title>{escape(chart.title)}</title><desc>{escape(chart.summary)}</desc>"
    return f'{opening} class="gouji-chart" role="img" aria-label="{escape(chart.summary)}">{words}{style}{rest}'
