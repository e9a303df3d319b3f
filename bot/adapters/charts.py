"""Pictures of figures, by matplotlib without a display."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

_COLOURS = ("#8da0cb", "#66c2a5", "#fc8d62", "#e78ac3", "#a6d854", "#ffd92f", "#b3b3b3")
_CURVES = ("#3b6fb6", "#d1593b", "#3a8f5c")
_MOST_MARKED = 20  # points of a curve that are marked one by one
_BARS_WIDTH = 0.8  # of the room that a group has
_INCHES_A_BAR = 0.34
_LONGEST_FLAT_LABEL = 12
_LATIN, _JAPANESE = "DejaVu Sans", "IPAexGothic"  # what the first lacks is taken from the second
_MOST_TICKS = 8
_UNDRAWABLE = "□"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatplotlibPainter:
    """Fulfils ``bot.ports.ChartPainter``, ``usage.UsagePainter`` and ``tuning.LossPainter``.

    Keeps no state, so any thread may draw. Text in English and Japanese can be
    drawn; other characters become boxes.
    """

    figure: Callable[..., Figure]
    characters: frozenset[int]

    @classmethod
    def open(cls) -> MatplotlibPainter:
        """Return the painter, its fonts at hand."""
        import matplotlib as mpl
        import matplotlib_fontja
        from matplotlib.figure import Figure
        from matplotlib.font_manager import findfont, get_font

        mpl.rcParams["font.family"] = [_LATIN, _JAPANESE]
        mpl.rcParams["text.parse_math"] = False  # a dollar is a dollar
        paths = (findfont(_LATIN), matplotlib_fontja.get_font_ttf_path())
        known = (get_font(path).get_charmap() for path in paths)
        return cls(figure=Figure, characters=frozenset().union(*known))

    def bars(
        self,
        *,
        title: str,
        groups: Sequence[str],
        series: Mapping[str, Sequence[float]],
        axis: str,
    ) -> bytes:
        """Return grouped bars from 0 to 1 as PNG, their values on top."""
        width = max(5.0, 1.5 + _INCHES_A_BAR * len(groups) * (len(series) + 1))
        figure = self.figure(figsize=(width, 4.6), layout="constrained")
        axes = figure.subplots()
        share = _BARS_WIDTH / len(series)
        for number, (name, values) in enumerate(series.items()):
            offset = (number - (len(series) - 1) / 2) * share
            drawn = axes.bar(
                [place + offset for place in range(len(groups))],
                values,
                share,
                label=name,
                color=_COLOURS[number % len(_COLOURS)],
            )
            axes.bar_label(drawn, fmt="%.2f", fontsize=7, padding=1)
        slanted = any(len(group) > _LONGEST_FLAT_LABEL for group in groups)
        axes.set_xticks(
            range(len(groups)),
            labels=list(groups),
            rotation=25 if slanted else 0,
            ha="right" if slanted else "center",
        )
        axes.set_ylim(0, 1.08)
        axes.set_ylabel(axis)
        axes.set_title(title)
        axes.spines[["top", "right"]].set_visible(False)
        if len(series) > 1:
            figure.legend(loc="outside lower center", ncols=len(series), frameon=False)
        return as_png(figure)

    def stacked(
        self,
        *,
        title: str,
        groups: Sequence[str],
        series: Mapping[str, Sequence[float]],
        axis: str,
        limit: tuple[str, float] | None = None,
        amount: Callable[[float], str],
    ) -> bytes:
        """Return bars of each group with the series on top of each other, and a line at a limit."""
        figure = self.figure(figsize=(6.4, 3.8), layout="constrained")
        axes = figure.subplots()
        below = [0.0] * len(groups)
        for number, (name, values) in enumerate(series.items()):
            colour = _COLOURS[number % len(_COLOURS)]
            label = self.drawable(name)
            axes.bar(range(len(groups)), values, 0.8, bottom=below, label=label, color=colour)
            below = [low + value for low, value in zip(below, values, strict=True)]
        if limit is not None:
            name, most = limit
            axes.axhline(most, color="#d62728", linestyle="--", linewidth=1.2, label=name)
        step = -(-len(groups) // _MOST_TICKS)
        ticks = range(len(groups) - 1, -1, -step)  # the last one always has its label
        axes.set_xticks(ticks, labels=[groups[tick] for tick in ticks])
        axes.yaxis.set_major_formatter(lambda value, _: amount(value))
        axes.set_xlim(-0.6, len(groups) - 0.4)
        axes.set_ylim(0, max([*below, limit[1] if limit else 0.0, 1e-9]) * 1.1)
        axes.set_ylabel(axis)
        axes.grid(axis="y", alpha=0.3)
        _finish(axes, self.drawable(title))
        figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
        return as_png(figure)

    def ranked(
        self,
        *,
        title: str,
        values: Mapping[str, float],
        labels: Sequence[str],
        axis: str,
        amount: Callable[[float], str],
    ) -> bytes:
        """Return a bar for each name, the first one on top, its label beside it."""
        figure = self.figure(figsize=(6.4, 1.4 + 0.42 * max(len(values), 2)), layout="constrained")
        axes = figure.subplots()
        places = range(len(values) - 1, -1, -1)
        drawn = axes.barh(places, list(values.values()), 0.7, color=_COLOURS[0])
        axes.bar_label(drawn, labels=list(labels), padding=4)
        axes.set_yticks(places, labels=[self.drawable(name) for name in values])
        axes.xaxis.set_major_formatter(lambda value, _: amount(value))
        axes.set_xlim(0, max([*values.values(), 1e-9]) * 1.18)
        axes.xaxis.set_major_locator(_few_ticks())
        axes.set_xlabel(axis)
        _finish(axes, self.drawable(title))
        return as_png(figure)

    def losses(
        self,
        *,
        title: str,
        steps: str,
        axis: str,
        curves: Mapping[str, Sequence[tuple[int, float]]],
    ) -> bytes:
        """Return a line a curve over the steps, its last value beside it, as PNG."""
        figure = self.figure(figsize=(6.4, 3.8), layout="constrained")
        axes = figure.subplots()
        for number, (name, points) in enumerate(curves.items()):
            at, values = zip(*points, strict=True)
            colour = _CURVES[number % len(_CURVES)]
            mark = "o" if len(points) <= _MOST_MARKED else None
            axes.plot(at, values, color=colour, label=name, marker=mark, markersize=4)
            axes.annotate(
                f"{values[-1]:.2f}",
                (at[-1], values[-1]),
                xytext=(6, 0),
                textcoords="offset points",
                color=colour,
                va="center",
            )
        axes.set_xlabel(steps)
        axes.set_ylabel(axis)
        axes.set_ylim(bottom=0)
        axes.margins(x=0.1)
        axes.grid(alpha=0.3)
        axes.xaxis.set_major_locator(_few_ticks(integer=True))
        _finish(axes, self.drawable(title))
        figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
        return as_png(figure)

    def drawable(self, text: str) -> str:
        """Return a text in characters that the fonts have: members' names hold any."""
        return "".join(
            each if ord(each) in self.characters or each.isspace() else _UNDRAWABLE for each in text
        )


def _few_ticks(*, integer: bool = False) -> Locator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6, integer=integer)


def _finish(axes: Axes, title: str) -> None:
    axes.set_title(title)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def as_png(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    png = BytesIO()
    figure.savefig(png, format="png", dpi=170)
    return png.getvalue()
