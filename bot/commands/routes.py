"""`marv explore routes`: where questions lead by what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.console import AsJson, Guild, operator_settings, output, print_json, run_to_end

if TYPE_CHECKING:
    from bot.routing import Routes

NOTHING = "no routes are set: `/explore classify` in Discord has a button for it"


def routes(guild: Guild = 0, as_json: AsJson = False) -> None:
    """Show where a server's questions lead, and how right its sorter is."""
    from bot.route_desk import stored_routes

    found, paused = run_to_end(stored_routes(operator_settings(), guild))
    if as_json:
        print_json({"routes": []} if found is None else found.as_json(paused=paused))
        return
    for line in [NOTHING] if found is None else _lines(found, paused=paused):
        output.print(line, markup=False, highlight=False, soft_wrap=True)


def _lines(found: Routes, *, paused: bool) -> list[str]:
    origin = found.origin
    lines = [
        f"{found.sorter.method} over {origin.texts:,} texts ({origin.subject}),"
        f" {origin.labelled:,} of them labelled, {origin.made_at:%Y-%m-%d}"
    ]
    if origin.quality is None or origin.majority is None:
        lines.append("nothing was measured: no text has one of the labels")
    else:
        lines.append(
            f"accuracy {origin.quality.accuracy:.3f}, macro-F1 {origin.quality.macro_f1:.3f};"
            f" always the commonest: {origin.majority.accuracy:.3f},"
            f" {origin.majority.macro_f1:.3f}"
        )
    if origin.useless:
        lines.append("no better than always guessing the commonest label")
    if paused:
        lines.append(f"paused: made with {origin.space}, another embedding model is set")
    for route in found.routes:
        target = route.target.persona or f"channel {route.target.channel_id}"
        right = "" if route.reach.right is None else f", of those {route.reach.right:.0%} right"
        lines.append(
            f"{route.label} -> {target} from {route.confidence:.0%} on:"
            f" {route.reach.share:.0%} of texts{right}"
        )
    return lines
