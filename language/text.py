"""Sentences, words and lemmas of a Russian text, with their places in it.

All offsets are indexes into the text as given. Morphology is that of pymorphy3; its
dictionary takes 0.2 s and 30 MB and is loaded by the first call that needs it.
"""

import re
import threading
from functools import lru_cache
from typing import NamedTuple

from .folding import INVISIBLE, Folded, fold

__all__ = [
    "Folded",
    "Span",
    "fold",
    "known",
    "lemma",
    "lemmas",
    "parses",
    "sentences",
    "words",
]

#: Abbreviations that a sentence does not end with when something of theirs follows
_LEADS = re.compile(
    r"(?:\b(?:доб|внутр|вн|тел|факс|каб|кв|ул|пер|пл|пр-т|просп|наб|мкр|мкрн|корп|стр|эт"
    r"|под|пос|дер|обл|р-н|им|ст|пп|подп|абз|рис|табл|гр|гл|зам|нач|тов|инж|ок|напр)"
    r"|(?<![\dт.]\s)(?<![\dт.])\b[дпгсч])\.\s*$",
    re.I,
)
#: «2026 г.», «5 тыс. руб.», «доб. 112.», «и т. д.» may well end a sentence, and a full
#: stop at the end of a line does.
_ENDS = re.compile(
    r"(?:\d\s*(?:гг?|руб|коп|чел|час|мин|сек|км|кг|шт|кв\.\s?м|куб\.\s?м)"
    r"|(?:млн|млрд|тыс)\.?\s+(?:руб|чел)"
    r"|\bи\s+(?:др|пр|т\.\s?[дп])|\S\s\d[\d.:/-]*)"
    r"\.\s+(?=[А-ЯЁ][а-яё]*(?:[^.а-яёА-ЯЁ]|$)|[А-ЯЁ][а-яё]{3})"
    r"|[.!?…][^\S\n]*\n\s*"
)
#: A date, time, decimal, house or telephone number is one word.
_WORD = re.compile(
    rf"\d+(?:[.,:/-]\d+)+|[^\W_{INVISIBLE}]+(?:[-'’{INVISIBLE}][^\W_{INVISIBLE}]+)*"
)
_STRIP = re.compile(f"[{INVISIBLE}]+")
#: Parts of speech and marks that carry no content
_EMPTY = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ", "Apro", "NUMB"})
_EMPTY_LEMMAS = frozenset(
    "быть мочь очень это здравствуйте пожалуйста спасибо добрый день вечер утро"
    " уважаемый ул кв".split()
)
#: Longer "words" are noise and would only burden the analyser.
_LONGEST = 60

_lock = threading.Lock()
_analyser = None


class Span(NamedTuple):
    """A piece of a text: ``text[start:end]``."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Span]:
    """The sentences of a text, without the spaces between them."""
    from razdel import sentenize

    spans = []
    for found in sentenize(text):
        if spans and _joined(text, *spans[-1], found.start):
            spans[-1] = (spans[-1][0], found.stop)
        else:
            spans.append((found.start, found.stop))
    return [
        Span(start, end, text[start:end])
        for long_start, long_end in spans
        for start, end in _divided(text, long_start, long_end)
    ]


def _joined(text, start, end, after):
    """Whether the sentence ``text[start:end]`` goes on at ``after``."""
    if "\n" in text[end:after] or after >= len(text):
        return False
    return bool(_LEADS.search(text, max(start, end - 12), end))


def _divided(text, start, end):
    """Pieces of ``text[start:end]`` where it holds several sentences."""
    for found in _ENDS.finditer(text, start, end):
        piece = text[start : found.end()].rstrip()
        yield start, start + len(piece)
        start = found.end()
    if start < end:
        yield start, end


def words(text: str) -> list[Span]:
    """The words and numbers of a text, without punctuation and signs."""
    return [Span(*found.span(), found.group()) for found in _WORD.finditer(text)]


def parses(word: str) -> tuple:
    """All readings of a word as pymorphy3 gives them, the likeliest first."""
    return _parses(_STRIP.sub("", word[:_LONGEST]).lower())


@lru_cache(maxsize=20000)
def _parses(word):
    return tuple(_morphology().parse(word))


def lemma(word: str) -> str:
    """The dictionary form of a word's likeliest reading, with «е» for «ё»."""
    return _lemma(_STRIP.sub("", word[:_LONGEST]).lower())


@lru_cache(maxsize=20000)
def _lemma(word):
    readings = _parses(word)
    return (readings[0].normal_form if readings else word).replace("ё", "е")


def known(word: str) -> bool:
    """Whether the dictionary has the word."""
    return _morphology().word_is_known(word.lower())


def lemmas(text: str) -> frozenset[str]:
    """The lemmas of the words that carry content: no prepositions, no numbers."""
    found = set()
    for word in words(text):
        if not word.text[0].isdigit() and _carries(word.text.lower()):
            found.add(lemma(word.text))
    return frozenset(found - _EMPTY_LEMMAS)


@lru_cache(maxsize=20000)
def _carries(word):
    readings = parses(word)
    tag = readings[0].tag if readings else ()
    return not any(mark in tag for mark in _EMPTY)


def _morphology():
    """The analyser of this process."""
    global _analyser
    if _analyser is None:
        with _lock:
            if _analyser is None:
                from pymorphy3 import MorphAnalyzer

                _analyser = MorphAnalyzer(lang="ru")
    return _analyser
