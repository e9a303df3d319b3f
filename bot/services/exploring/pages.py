"""A map as one page of HTML: no script from elsewhere, no request to anywhere."""

from __future__ import annotations

import html
import json

from bot.exploring import PALETTE
from bot.services.exploring.reports import MapReport

SHOWN_TEXT = 280
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; }}
main {{ display: flex; flex-wrap: wrap; gap: 16px; padding: 16px; }}
h1 {{ font-size: 20px; margin: 0; padding: 16px 16px 0; }}
p.note {{ margin: 0; padding: 0 16px; color: #555; }}
canvas {{ border: 1px solid #ccc; touch-action: none; max-width: 100%; cursor: crosshair; }}
aside {{ flex: 1 1 260px; max-width: 420px; }}
button {{ display: block; width: 100%; text-align: left; font: inherit; border: 0; padding: 4px;
 background: none; cursor: pointer; }}
button[aria-pressed=false] {{ opacity: .35; }}
button:focus-visible {{ outline: 2px solid #333; }}
i {{ display: inline-block; width: 12px; height: 12px; border-radius: 50%; margin-right: 8px; }}
input {{ font: inherit; width: 100%; box-sizing: border-box; padding: 6px; margin-bottom: 8px; }}
#about {{ white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid #ccc;
 margin-top: 12px; padding-top: 12px; min-height: 8em; }}
</style></head><body>
<h1>{title}</h1><p class="note">{note}</p>
<main><canvas id="map" width="760" height="560" role="img" aria-label="{alt}"></canvas>
<aside><input id="find" type="search" placeholder="{find}" aria-label="{find}">
<div id="legend"></div><div id="about" aria-live="polite">{hint}</div></aside></main>
<script type="application/json" id="points">{points}</script>
<script>
"use strict";
const given = JSON.parse(document.getElementById("points").textContent);
const canvas = document.getElementById("map"), paper = canvas.getContext("2d");
const about = document.getElementById("about"), find = document.getElementById("find");
const xs = given.points.map(p => p[0]), ys = given.points.map(p => p[1]);
const least = [Math.min(...xs), Math.min(...ys)], most = [Math.max(...xs), Math.max(...ys)];
const hidden = new Set(); let zoom = 1, pan = [0, 0], held = null, chosen = -1;
const place = p => [0, 1].map(axis => {{
  const room = axis ? canvas.height : canvas.width, span = most[axis] - least[axis] || 1;
  const part = (p[axis] - least[axis]) / span;
  return (20 + (axis ? 1 - part : part) * (room - 40)) * zoom + pan[axis];
}});
const shown = p => !hidden.has(p[2]) && p[3].toLowerCase().includes(find.value.toLowerCase());
function draw() {{
  paper.clearRect(0, 0, canvas.width, canvas.height);
  given.points.forEach((p, number) => {{
    if (!shown(p)) return;
    const [x, y] = place(p);
    paper.beginPath();
    paper.arc(x, y, number === chosen ? 8 : given.points.length > 800 ? 3 : 4.5, 0, 7);
    paper.fillStyle = p[2] < 0 ? "#bbb" : given.colours[p[2] % given.colours.length];
    paper.globalAlpha = 0.85; paper.fill();
    if (number === chosen) {{ paper.strokeStyle = "#000"; paper.stroke(); }}
  }});
}}
function near(event) {{
  const box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
  const at = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  let best = -1, closest = 14;
  given.points.forEach((p, number) => {{
    if (!shown(p)) return;
    const [x, y] = place(p), far = Math.hypot(x - at[0], y - at[1]);
    if (far < closest) {{ closest = far; best = number; }}
  }});
  return [best, at];
}}
canvas.onpointermove = event => {{
  const [best, at] = near(event);
  if (held) {{
    pan = [pan[0] + at[0] - held[0], pan[1] + at[1] - held[1]]; held = at; draw();
    return;
  }}
  if (best !== chosen && best >= 0) {{
    chosen = best; const p = given.points[best];
    about.textContent = (p[2] < 0 ? "" : given.names[p[2]] + "\\n\\n") + p[3];
    draw();
  }}
}};
canvas.onpointerdown = event => {{
  held = near(event)[1]; canvas.setPointerCapture(event.pointerId);
}};
canvas.onpointerup = () => {{ held = null; }};
canvas.onwheel = event => {{
  event.preventDefault();
  const at = near(event)[1], by = event.deltaY < 0 ? 1.2 : 1 / 1.2;
  pan = [0, 1].map(axis => at[axis] - (at[axis] - pan[axis]) * by); zoom *= by; draw();
}};
find.oninput = draw;
given.names.forEach((name, number) => {{
  const button = document.createElement("button"), dot = document.createElement("i");
  dot.style.background = given.colours[number % given.colours.length];
  button.append(dot, name + " (" + given.points.filter(p => p[2] === number).length + ")");
  button.setAttribute("aria-pressed", "true");
  button.onclick = () => {{
    hidden.has(number) ? hidden.delete(number) : hidden.add(number);
    button.setAttribute("aria-pressed", String(!hidden.has(number))); draw();
  }};
  document.getElementById("legend").append(button);
}});
draw();
</script></body></html>
"""


def map_page(
    report: MapReport,
    *,
    title: str,
    note: str,
    alt: str = "",
    find: str = "Find words",
    hint: str = "Point at a dot to read it; drag and scroll to look closer.",
    language: str = "en",
) -> str:
    """Return the page; whatever texts hold, it is shown as text and runs as nothing."""
    rows = zip(report.layout.rows, report.layout.places, report.groups, strict=True)
    points = [
        [round(x, 3), round(y, 3), group, _short(report.items.items[row].text)]
        for row, (x, y), group in rows
    ]
    given = {"points": points, "names": list(report.names), "colours": list(PALETTE)}
    return _PAGE.format(
        title=html.escape(title),
        note=html.escape(note),
        alt=html.escape(alt or f"{title}. {note}"),
        find=html.escape(find),
        hint=html.escape(hint),
        language=language,
        points=_inert(json.dumps(given, ensure_ascii=False)),
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT else f"{text[: SHOWN_TEXT - 1]}…"


def _inert(text: str) -> str:
    """Return JSON that cannot end the element that holds it."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
