"""Pictures of figures, by matplotlib without a display."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#8da0cb", "#66c2a5", "#fc8d62", "#e78ac3")  # told apart by the colour-blind, too
_BARS_WIDTH = 0.8  # of the room that a group has
_INCHES_A_BAR = 0.34
_LONGEST_FLAT_LABEL = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MatplotlibPainter:
    """Fulfils ``bot.ports.ChartPainter``; keeps no state, so any thread may draw."""

    figure: Callable[..., Figure]

    @classmethod
    def open(cls) -> MatplotlibPainter:
        """Return the painter; raises ConfigurationError without the extra ``eval``."""
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ConfigurationError(
                "pictures need matplotlib: pip install 'marv[eval]', or leave out --report"
            ) from error
        return cls(figure=Figure)

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
        png = BytesIO()
        figure.savefig(png, format="png", dpi=130)
        return png.getvalue()
