"""What the tags of HTML mean for reading."""

from __future__ import annotations

_FURNITURE = """
    button footer form iframe math nav noscript object script select style svg template
"""
_BLOCKS = """
    address article aside audio blockquote body caption center dd details dialog div dl dt
    fieldset figcaption figure head header hr html legend main p section summary table tbody
    tfoot thead video
"""
_INLINE = """
    abbr acronym area b base bdi bdo big cite col colgroup data datalist del dfn em embed font
    i input ins kbd label link map mark meta meter optgroup option output param picture progress
    q rp rt ruby s samp search slot small source span strike strong sub sup textarea time track
    tt u var wbr
"""

HEADINGS = {f"h{level}": level for level in range(1, 7)}
SKIPPED = frozenset(_FURNITURE.split())
BLOCKS = frozenset(_BLOCKS.split())
INLINE = frozenset(_INLINE.split())
