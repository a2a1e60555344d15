"""A text as words with one space between them, for patterns of several words."""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from .folding import fold

#: A word, or what ends a sentence
_PIECE = re.compile(r"[^\W_]+|[.!?…;\n]+")


class Flat(NamedTuple):
    """A text in which « . » stands between sentences; each word knows its place."""

    text: str
    #: Index in ``text``, start and end in the original, of each word
    at: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of the words in ``text[start:end]``."""
        first = max(0, bisect_left(self.at, start + 1) - 1)
        last = max(first, bisect_left(self.at, end) - 1)
        return self.starts[first], self.ends[last]

    def sentence(self, start: int) -> tuple[int, int]:
        """The place in ``text`` of the sentence with the original offset ``start``."""
        at = self.at[max(0, bisect_left(self.starts, start + 1) - 1)]
        begin = self.text.rfind(" . ", 0, at + 1)
        end = self.text.find(" .", at)
        return (begin + 3 if begin >= 0 else 0), (end if end >= 0 else len(self.text))

    def position(self, start: int) -> int:
        """Where in ``text`` the word at the original offset ``start`` stands."""
        return self.at[max(0, bisect_left(self.starts, start + 1) - 1)]


@lru_cache(maxsize=8)
def flat(text: str) -> Flat:
    """The words of a text in their normal form, in one line."""
    folded = fold(text)
    pieces, at, starts, ends = [], [], [], []
    length = 0
    ended = True
    for found in _PIECE.finditer(folded.text):
        piece = found.group()
        if not piece[0].isalnum():
            if ended:
                continue
            piece = "."
        ended = piece == "."
        start, end = folded.original(*found.span())
        pieces.append(piece)
        at.append(length)
        starts.append(start)
        ends.append(end)
        length += len(piece) + 1
    return Flat(" ".join(pieces), tuple(at), tuple(starts), tuple(ends))
