"""Maps and confusion pictures, by matplotlib: for a worker, which can be sent the painter."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.adapters.charts import MatplotlibPainter, as_png
from bot.exploring import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NOBODYS = -1  # the group of points that are in none
NOBODYS_COLOUR = "#bbbbbb"
_SHAPES = "osD^vPX<>hp*"
_LEGEND_WIDTH = 28  # columns, of which a Japanese character takes two


@dataclass(frozen=True, slots=True)
class MatplotlibMaps:
    """Fulfils ``bot.ports.exploring.MapPainter``."""

    def scatter(
        self,
        *,
        title: str,
        note: str,
        places: Sequence[tuple[float, float]],
        groups: Sequence[int],
        names: Sequence[str],
    ) -> bytes:
        """Return points as PNG, coloured and shaped by group, the groups' names in a legend."""
        painter = MatplotlibPainter.open()
        figure = painter.figure(figsize=(6.4, 6.4), layout="constrained")
        axes = figure.subplots()
        size = _point_size(len(places))
        for group in (NOBODYS, *range(len(names))):
            if own := [place for place, each in zip(places, groups, strict=True) if each == group]:
                name = "" if group == NOBODYS else painter.drawable(names[group])
                across, down = zip(*own, strict=True)
                axes.scatter(across, down, s=size, **_group_style(group, name, len(own)))
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("#cccccc")
        axes.set_title(painter.drawable(title))
        axes.set_xlabel(painter.drawable(note), fontsize=9, color="#555555")
        if any(group != NOBODYS for group in groups):
            _add_legend(figure, size)
        return as_png(figure)

    def matrix(
        self,
        *,
        title: str,
        names: Sequence[str],
        counts: Sequence[Sequence[int]],
        axes: tuple[str, str],
    ) -> bytes:
        """Return a table of counts as PNG, the rows' shares as shades."""
        painter = MatplotlibPainter.open()
        side = 2.6 + 0.62 * len(names)
        figure = painter.figure(figsize=(side + 1.0, side), layout="constrained")
        plot = figure.subplots()
        _fill(plot, counts)
        _label(
            plot,
            [painter.drawable(textwrap.shorten(name, 24) or name[:24]) for name in names],
        )
        plot.set_ylabel(painter.drawable(axes[0]))
        plot.set_xlabel(painter.drawable(axes[1]))
        plot.set_title(painter.drawable(title), fontsize=11)
        return as_png(figure)


def _point_size(count: int) -> float:
    """Return the size of a point, in square points of 1/72 inch: the more, the smaller."""
    if count < 300:
        return 34.0
    return 14.0 if count < 1500 else 7.0


def _group_style(group: int, name: str, count: int) -> dict[str, Any]:
    """Return how a group's points are drawn, and what the legend says of them."""
    common = {"alpha": 0.85, "linewidths": 0}
    if group == NOBODYS:
        return common | {"c": NOBODYS_COLOUR, "marker": ".", "label": None}
    return common | {
        "c": PALETTE[group % len(PALETTE)],
        "marker": _SHAPES[group % len(_SHAPES)],
        "label": _wrapped(name, count),
    }


def _add_legend(figure: Figure, size: float) -> None:
    figure.legend(
        loc="outside lower center",  # beside the map it would be small in an embed
        ncols=2,
        frameon=False,
        fontsize=10,
        markerscale=40 / (size + 6),
    )


def _fill(plot: Axes, counts: Sequence[Sequence[int]]) -> None:
    """Shade each cell by its share of the row, and write its count in it."""
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    plot.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for down, row in enumerate(counts):
        for across, count in enumerate(row):
            dark = shares[down][across] > 0.55
            plot.text(
                across,
                down,
                f"{count:,}",
                ha="center",
                va="center",
                fontsize=9,
                color="white" if dark else "#222222",
            )


def _label(plot: Axes, labels: Sequence[str]) -> None:
    """Name the rows and the columns; long names of columns are slanted."""
    slanted = any(len(label) > 6 for label in labels)
    plot.set_xticks(
        range(len(labels)),
        labels=labels,
        rotation=30 if slanted else 0,
        ha="right" if slanted else "center",
    )
    plot.set_yticks(range(len(labels)), labels=labels)


def _wrapped(name: str, count: int) -> str:
    """Return a name in lines of a legend's width, with how many points have it."""
    lines, width = [""], 0
    for character in f"{name} ({count:,})":
        wide = 1 if ord(character) < 0x2E80 else 2
        if width + wide > _LEGEND_WIDTH and (wide == 2 or character == " "):
            lines.append("")
            width = 0
            if character == " ":
                continue
        lines[-1] += character
        width += wide
    return "\n".join(lines)
