"""Phrases that are met in any of their grammatical forms.

A list is a text file of ``language/data``: one phrase a line, ``#`` begins a comment,
``[name]`` begins a section, ``phrase => plain wording`` offers something instead.
A word stands for all its forms, ``=word`` only for itself, ``a|=b`` for either and
``…`` for up to three words of any kind, ``… …`` for up to six.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .draft import Token, normal, readings

DATA = Path(__file__).parent / "data"
GAP = "…"
GAP_WORDS = 3


class Phrase(NamedTuple):
    """One phrase.

    A word is a pair of sets, of exact forms and of lemmas; a gap is ``None``.
    """

    words: tuple
    plain: str
    section: str


class Match(NamedTuple):
    """Where a phrase is met: the first token and the one after the last.

    ``words`` are the tokens of the phrase itself, without what fills its gaps.
    """

    first: int
    last: int
    phrase: Phrase
    words: tuple[int, ...] = ()


class Phrases:
    """A list of phrases, found in one pass over the tokens."""

    def __init__(self, phrases: Iterable[Phrase]):
        self._by_word: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            forms, lemmas = phrase.words[0]
            for word in (*("=" + form for form in forms), *lemmas):
                self._by_word.setdefault(word, []).append(phrase)
        self._forms = frozenset(
            word[1:] for word in self._by_word if word.startswith("=")
        )
        self._lemmas = frozenset(self._by_word)

    def find(self, tokens: Sequence[Token]) -> Iterator[Match]:
        """The longest match at each place, without overlaps."""
        position = 0
        while position < len(tokens):
            best, token = None, tokens[position]
            if token.low not in self._forms and self._lemmas.isdisjoint(token.lemmas):
                position += 1
                continue
            for phrase in self._candidates(token):
                words = _match(phrase.words, tokens, position)
                if words and (best is None or words[-1] >= best.last):
                    best = Match(position, words[-1] + 1, phrase, words)
            if best:
                yield best
            position = best.last if best else position + 1

    def _candidates(self, token: Token) -> Iterator[Phrase]:
        seen = set()
        for word in ("=" + token.low, *token.lemmas):
            for phrase in self._by_word.get(word, ()):
                if id(phrase) not in seen:
                    seen.add(id(phrase))
                    yield phrase


def _match(words: tuple, tokens: Sequence[Token], position: int) -> tuple[int, ...]:
    """The places of the phrase's words, none where it is not met."""
    sentence = tokens[position].sentence
    gap = 0
    found = []
    for word in words:
        if word is None:
            gap += GAP_WORDS
            continue
        for at in range(position, min(position + gap + 1, len(tokens))):
            if tokens[at].sentence == sentence and _is(word, tokens[at]):
                found.append(at)
                position, gap = at + 1, 0
                break
        else:
            return ()
    return tuple(found)


def _is(word: tuple, token: Token) -> bool:
    forms, lemmas = word
    return token.low in forms or not lemmas.isdisjoint(token.lemmas)


def compile_phrase(line: str, section: str = "") -> Phrase:
    """A line of a list as a phrase."""
    text, _arrow, plain = line.partition("=>")
    words = []
    for item in text.split():
        if item == GAP:
            words.append(None)
            continue
        forms, lemmas = set(), set()
        for part in normal(item).split("|"):
            if part.startswith("="):
                forms.add(part[1:])
            else:
                lemmas |= _lemmas(part)
        words.append((frozenset(forms), frozenset(lemmas)))
    if not words or words[0] is None:
        raise ValueError(f"Not a phrase: {line!r}")
    return Phrase(tuple(words), plain.strip(), section)


def _lemmas(form: str) -> set[str]:
    """Lemmas of a word of a list; a word that is a lemma already stands for itself."""
    lemmas = {reading.lemma for reading in readings(form)}
    return {form} if form in lemmas else lemmas


def read_lines(name: str) -> Iterator[tuple[str, str]]:
    """(section, line) of a list in ``language/data``."""
    section = ""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
        elif line:
            yield section, line


@cache
def load(name: str, sections: tuple[str, ...] = ()) -> Phrases:
    """A shipped list, or only some of its sections."""
    return Phrases(
        compile_phrase(line, section)
        for section, line in read_lines(name)
        if not sections or section in sections
    )


@lru_cache(maxsize=64)
def own(lines: tuple[str, ...]) -> Phrases:
    """An administrator's list; empty lines count for nothing."""
    return Phrases(compile_phrase(line) for line in lines if line.strip(" …"))


@cache
def load_words(name: str) -> frozenset[str]:
    """A shipped list of plain words."""
    return frozenset(
        normal(word) for _section, line in read_lines(name) for word in line.split()
    )
