"""Cuts a document's sections into chunks of a size that embeds and cites well."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.adapters.loaders.sentences import is_fence, split_blocks, split_sentences, split_words
from bot.models import Chunk, Section

Count = Callable[[str], int]

TARGET_TOKENS = 220
MAX_TOKENS = 320
TINY_TOKENS = 40
_COLONS = (":", "：", "::")


def chunk_sections(
    sections: Iterable[Section],
    count: Count,
    *,
    target: int = TARGET_TOKENS,
    maximum: int = MAX_TOKENS,
) -> tuple[Chunk, ...]:
    """Return the chunks of a document in order, none over ``maximum`` tokens.

    A chunk stays within its section and is cut between blocks, or between
    sentences, before it is cut between words. Tiny neighbours below one
    heading share a chunk. An edit therefore changes the chunks of its own
    section (or of the tiny neighbours that it shares one with) and no others.
    """
    cutter = _Cutter(count=count, target=target, maximum=maximum)
    pieces = (
        (section.heading, text)
        for section in _merge_tiny(sections, count, target=target)
        for text in cutter.cut(section.text)
    )
    return tuple(
        Chunk(ordinal=ordinal, heading=heading, text=text, tokens=count(text))
        for ordinal, (heading, text) in enumerate(pieces)
    )


def _merge_tiny(sections: Iterable[Section], count: Count, *, target: int) -> Iterator[Section]:
    """Join runs of tiny sections below the same heading, their own headings put in the text.

    Runs are joined in fixed handfuls rather than filled up: a longer word in
    one must not move the borders of all that follow.
    """

    def kind(section: Section) -> tuple[bool, tuple[str, ...]]:
        tiny = bool(section.heading) and count(_with_heading(section)) < TINY_TOKENS
        return tiny, section.heading[:-1] if tiny else section.heading

    handful = max(target // TINY_TOKENS, 1)
    for (tiny, parent), run in itertools.groupby(sections, key=kind):
        if not tiny:
            yield from run
            continue
        together = list(run)
        for start in range(0, len(together), handful):
            few = together[start : start + handful]
            text = "\n\n".join(_with_heading(section) for section in few)
            yield Section(heading=parent, text=text) if len(few) > 1 else few[0]


def _with_heading(section: Section) -> str:
    return "\n".join((*section.heading[-1:], section.text))


@dataclass(frozen=True, slots=True)
class _Atom:
    """A piece that is not cut, and the white space between it and the piece before."""

    glue: str
    text: str


def _joined(piece: _Atom, atom: _Atom) -> str:
    return piece.text + atom.glue + atom.text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cutter:
    """Cuts one section's text."""

    count: Count
    target: int
    maximum: int

    def cut(self, text: str) -> list[str]:
        """Pack the text's atoms into pieces of about ``target`` tokens."""
        pieces: list[_Atom] = []
        for atom in self._atoms(text):
            if pieces and self._belongs(pieces[-1].text, _joined(pieces[-1], atom)):
                pieces[-1] = _Atom(pieces[-1].glue, _joined(pieces[-1], atom))
            else:
                pieces.append(atom)
        whole = (piece.text.strip("\n") for piece in self._without_scrap(pieces))
        return [piece for piece in whole if piece.strip()]

    def _belongs(self, piece: str, longer: str) -> bool:
        """Fill up to the target, and beyond it only what would stay less than half full."""
        tokens = self.count(longer)
        if tokens <= self.target:
            return True
        return tokens <= self.maximum and self.count(piece) < self.target // 2

    def _without_scrap(self, pieces: list[_Atom]) -> list[_Atom]:
        """Give a last piece that is too small to stand alone back to the one before."""
        if len(pieces) < 2 or self.count(pieces[-1].text) >= TINY_TOKENS:
            return pieces
        longer = _Atom(pieces[-2].glue, _joined(*pieces[-2:]))
        return [*pieces[:-2], longer] if self._fits(longer.text) else pieces

    def _atoms(self, text: str) -> Iterator[_Atom]:
        for block in self._blocks_with_leads(text):
            if self.count(block) <= self.target:
                yield _Atom("\n\n", block)
            elif is_fence(block):
                yield from self._code(block)
            else:
                yield from self._prose(block)

    def _blocks_with_leads(self, text: str) -> Iterator[str]:
        """Yield the blocks, "for example:" together with the code that it announces."""
        lead = ""
        for block in split_blocks(text):
            if lead and is_fence(block) and self.count(f"{lead}\n\n{block}") <= self.target:
                yield f"{lead}\n\n{block}"
                lead = ""
                continue
            if lead:
                yield lead
            lead = block if block.endswith(_COLONS) and not is_fence(block) else ""
            if not lead:
                yield block
        if lead:
            yield lead

    def _prose(self, block: str) -> Iterator[_Atom]:
        """Split a block into lines where it has several, else sentences, at need words."""
        glue = "\n\n"
        for line in block.split("\n"):
            for text in [line] if self._fits(line) else self._sentences(line):
                yield _Atom(glue, text.rstrip())
                glue = text[len(text.rstrip()) :]
            glue = "\n"

    def _sentences(self, line: str) -> Iterator[str]:
        for sentence in split_sentences(line):
            if self._fits(sentence):
                yield sentence
            else:
                yield from split_words(sentence, self._fits)

    def _code(self, block: str) -> Iterator[_Atom]:
        """Split a code block that is over the limit, and fence each part again."""
        if self.count(block) <= self.maximum:
            yield _Atom("\n\n", block)
            return
        opening, *lines, closing = block.split("\n")

        def fenced(body: str) -> str:
            return f"{opening}\n{body}\n{closing}"

        body = ""
        for line in self._code_lines(lines, lambda text: self.count(fenced(text)) <= self.maximum):
            longer = f"{body}\n{line}" if body else line
            if body and self.count(fenced(longer)) > self.target:
                yield _Atom("\n\n", fenced(body))
                longer = line
            body = longer
        yield _Atom("\n\n", fenced(body))

    @staticmethod
    def _code_lines(lines: Iterable[str], fits: Callable[[str], bool]) -> Iterator[str]:
        for line in lines:
            if fits(line):
                yield line
            else:
                yield from split_words(line, fits)

    def _fits(self, text: str) -> bool:
        return self.count(text) <= self.maximum
