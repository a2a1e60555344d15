"""The normal form of a text: what a reader sees, however it was typed.

A disguised word («xуй», «х у й», «ху<zero width>й», «хуууй») is brought to plain
lower-case Cyrillic letters. Every character remembers which part of the original it
stands for. Everything here takes time in proportion to the length of the text.
"""

import re
import unicodedata
from typing import NamedTuple

#: Characters that print nothing, for use inside ``[…]`` of an expression
INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\ufe00-\ufe0f\ufeff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")

#: Letters of other alphabets that look like Cyrillic ones (after lower-casing)
_FOREIGN = {
    foreign: russian
    for russian, group in {
        "а": "ӑӓαά",
        "б": "δђ",
        "в": "βѵ",
        "г": "ґ",
        "е": "єѐεέҽӗ",
        "ж": "җ",
        "з": "ҙ",
        "и": "іїιίϊıѝӣ",
        "й": "ј",
        "к": "κϗқҝҡԛ",
        "л": "λљ",
        "м": "μ",
        "н": "νηһңӊ",
        "о": "οόσөӧ",
        "п": "πո",
        "р": "ρҏ",
        "с": "ѕҫς",
        "т": "τ",
        "у": "υύγўүұӯӱ",
        "х": "χҳ",
        "ч": "ҷ",
        "ш": "ωԝ",
        "ь": "ѣ",
    }.items()
    for foreign in group
}
#: What a Latin letter, a digit or a sign inside a Cyrillic word looks like; the first
#: choice is the likeliest.
LOOKALIKES = {
    "a": "а",
    "b": "вбь",
    "c": "сц",
    "d": "д",
    "e": "е",
    "f": "ф",
    "g": "дг",
    "h": "нх",
    "i": "и",
    "j": "йж",
    "k": "к",
    "l": "л",
    "m": "мт",
    "n": "пн",
    "o": "о",
    "p": "рп",
    "q": "к",
    "r": "гря",
    "s": "с",
    "t": "т",
    "u": "иуц",
    "v": "в",
    "w": "шщ",
    "x": "х",
    "y": "уй",
    "z": "з",
    "0": "о",
    "1": "ил",
    "3": "зе",
    "4": "ч",
    "5": "с",
    "6": "б",
    "7": "т",
    "8": "в",
    "9": "я",
    "@": "а",
    "$": "с",
    "€": "е",
    "!": "и",
    "|": "и",
    "£": "л",
    "¥": "у",
    "₽": "р",
}
_CYRILLIC = re.compile("[а-я]")
_CHUNK = re.compile(r"[^\W_]+(?:[@$€!|£¥₽]{1,3}[^\W_]+)*|[@$€£¥₽]{1,3}[^\W_]+")
#: Single letters that are set apart: «х у й», «п-и-з-д-е-ц», «б.л.я»
SPACED = re.compile(
    r"(?<![^\W_])[^\W\d_](?:[ \t.,\-–—_*/\\|~+=·•'’:;\"]{1,3}[^\W\d_](?![^\W_])){2,}"
)
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


class Folded(NamedTuple):
    """A normal form and where each of its characters stands in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that ``self.text[start:end]`` stands for."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else self.length
            return at, at
        return self.starts[start], self.ends[end - 1]

    @property
    def length(self):
        return self.ends[-1] if self.ends else 0

    def kept(self, keep) -> "Folded":
        """This form with only the characters at the indexes ``keep``."""
        return Folded(
            "".join([self.text[at] for at in keep]),
            tuple([self.starts[at] for at in keep]),
            tuple([self.ends[at] for at in keep]),
        )


def characters(text: str) -> Folded:
    """Lower case, one form for each letter, nothing that does not print.

    Words stay apart and letters of other alphabets and signs stay as they are, except
    those that only ever look like a Russian letter.
    """
    found, starts, ends = [], [], []
    at, length = 0, len(text)
    while at < length:
        # Nearly all of a text is ordinary letters: those are taken at once.
        end = _SIMPLE_RUN.match(text, at).end()
        if end > at and end < length and unicodedata.combining(text[end]):
            end -= 1
        if end > at:
            found.append(text[at:end].translate(_SIMPLE_LETTERS))
            starts.extend(range(at, end))
            ends.extend(range(at + 1, end + 1))
            at = end
            continue
        end = at + 1
        char = text[at]
        if end < length and unicodedata.combining(text[end]):
            while end < length and unicodedata.combining(text[end]):
                end += 1
            # Three marks are enough to know «й»; more are decoration.
            char = text[at : min(end, at + 4)]
        for plain in _plain(char):
            found.append(plain)
            starts.append(at)
            ends.append(end)
        at = end
    return Folded("".join(found), tuple(starts), tuple(ends))


def fold(text: str) -> Folded:
    """The normal form of a text, with a map back to it.

    >>> fold("Сов ё т,  х у й").text
    'сов е т,  хуй'
    """
    folded = characters(text)
    folded = joined(folded)
    letters = list(folded.text)
    for chunk in _CHUNK.finditer(folded.text):
        if _CYRILLIC.search(chunk.group()):
            for at in range(*chunk.span()):
                letters[at] = LOOKALIKES.get(letters[at], letters[at])[0]
    return single(folded._replace(text="".join(letters)))


def joined(folded: Folded) -> Folded:
    """Without what stands between single letters set apart."""
    drop = set()
    for spaced in SPACED.finditer(folded.text):
        for at in range(*spaced.span()):
            if not folded.text[at].isalpha():
                drop.add(at)
    if not drop:
        return folded
    return folded.kept([at for at in range(len(folded.text)) if at not in drop])


def single(folded: Folded) -> Folded:
    """With one letter for three and more of the same."""
    keep, ends, last = [], list(folded.ends), 0
    for repeated in _REPEATED.finditer(folded.text):
        start, end = repeated.span()
        keep.extend(range(last, start + 1))
        ends[start] = ends[end - 1]
        last = end
    if not last:
        return folded
    keep.extend(range(last, len(folded.text)))
    return folded._replace(ends=ends).kept(keep)


_simple = {chr(code): chr(code) for code in range(32, 127)}
_simple.update({chr(code): chr(code).lower() for code in range(65, 91)})
_simple.update({chr(code): chr(code) for code in range(0x430, 0x450)})
_simple.update({chr(code): chr(code).lower() for code in range(0x410, 0x430)})
_simple.update({"\n": "\n", "\t": "\t", "ё": "е", "Ё": "е"})
_SIMPLE_RUN = re.compile(f"[{re.escape(''.join(_simple))}]*")
_SIMPLE_LETTERS = str.maketrans(_simple)


def _plain(char):
    """The plain characters that one printed character stands for."""
    plain = _simple.get(char)
    if plain is not None:
        return plain
    if _INVISIBLE.match(char[0]):
        return ""
    plain = unicodedata.normalize("NFKC", char).lower()
    # Circled and squared letters come apart into letters; marks over them go.
    plain = "".join(
        _FOREIGN.get(one, one)
        for one in plain
        if not unicodedata.combining(one) and not _INVISIBLE.match(one)
    )
    return plain.replace("ё", "е")[:4]
