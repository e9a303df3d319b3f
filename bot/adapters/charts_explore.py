"""Maps and confusion pictures, by matplotlib: for a worker, which can be sent the painter."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.charts import MatplotlibPainter, as_png
from bot.exploring import PALETTE

NOBODYS = "#bbbbbb"
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
        size = 34.0 if len(places) < 300 else 14.0 if len(places) < 1500 else 7.0
        for group in (-1, *range(len(names))):
            own = [place for place, each in zip(places, groups, strict=True) if each == group]
            if not own:
                continue
            axes.scatter(
                [x for x, _ in own],
                [y for _, y in own],
                s=size,
                c=NOBODYS if group < 0 else PALETTE[group % len(PALETTE)],
                marker="." if group < 0 else _SHAPES[group % len(_SHAPES)],
                alpha=0.85,
                linewidths=0,
                label=None if group < 0 else _wrapped(painter.drawable(names[group]), len(own)),
            )
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("#cccccc")
        axes.set_title(painter.drawable(title))
        axes.set_xlabel(painter.drawable(note), fontsize=9, color="#555555")
        if any(group >= 0 for group in groups):
            figure.legend(
                loc="outside lower center",  # beside the map it would be small in an embed
                ncols=2,
                frameon=False,
                fontsize=10,
                markerscale=40 / (size + 6),
            )
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
        labels = [painter.drawable(textwrap.shorten(name, 24) or name[:24]) for name in names]
        slanted = any(len(label) > 6 for label in labels)
        plot.set_xticks(
            range(len(names)),
            labels=labels,
            rotation=30 if slanted else 0,
            ha="right" if slanted else "center",
        )
        plot.set_yticks(range(len(names)), labels=labels)
        plot.set_ylabel(painter.drawable(axes[0]))
        plot.set_xlabel(painter.drawable(axes[1]))
        plot.set_title(painter.drawable(title), fontsize=11)
        return as_png(figure)


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
