"""Is a word an insult, and is it one where it stands."""

import re
from functools import cache, lru_cache

from .lists import entries, pairs
from .text import known, parses

HARD, SOFT, ANIMAL = "hard", "soft", "animal"
#: No form differs from its dictionary form in fewer letters than these.
_BEGINNING = 2
_DOUBLED = re.compile(r"(.)\1+")
_LONGEST = 40
#: What names made of such words are marked with: Козлов, Баранова, Лохов
_NAMES = ("Surn", "Name", "Patr", "Geox")


@cache
def _lexicon():
    """Classes of dictionary forms, of exact forms, of stems; beginnings of all"""
    lemmas, forms, stems = {}, {}, []
    for kind, words in pairs("insults"):
        for word in words.split():
            if word.startswith("="):
                forms[word[1:]] = kind
            elif word.endswith("*"):
                stems.append((word[:-1], kind))
            else:
                lemmas.setdefault(word, kind)
    known = [*lemmas, *forms, *(stem for stem, _ in stems)]
    starts = frozenset(word[:_BEGINNING] for word in known)
    return lemmas, forms, tuple(stems), starts


@lru_cache(maxsize=20000)
def insult(word: str) -> tuple[str, str]:
    """(class, dictionary form) of a plain lower-case word; empty if it is no insult."""
    lemmas, forms, stems, starts = _lexicon()
    if word[:_BEGINNING] not in starts or len(word) > _LONGEST:
        return "", ""
    if word in forms:
        return forms[word], word
    for stem, kind in stems:
        if word.startswith(stem):
            return kind, stem
    for reading in parses(word):
        lemma = reading.normal_form.replace("ё", "е")
        if lemma in lemmas:
            return lemmas[lemma], lemma
    single = _DOUBLED.sub(r"\1", word)
    if single != word and not known(word):
        kind, name = insult(single)
        return (kind, name) if kind == HARD else ("", "")
    return "", ""


def is_name(word: str) -> bool:
    """Whether a word with a capital may be a person's or a place's name: «Козлова»."""
    return any(
        mark in one.tag and "plur" not in one.tag
        for one in parses(word)[:3]
        for mark in _NAMES
    )


@cache
def _innocent():
    joined = "|".join(f"(?:{line})" for line in entries("insults_innocent"))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")


@cache
def _people(name):
    joined = "|".join(value for key, value in pairs("people") if key == name)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")


def innocent_spans(sentence: str) -> list[tuple[int, int]]:
    """Where a flat sentence holds what only looks like an insult."""
    return [found.span() for found in _innocent().finditer(sentence)]


@lru_cache(maxsize=64)
def about_people(sentence: str) -> bool:
    """Whether an animal in a flat sentence means somebody."""
    if _people("animals").search(sentence):
        return False
    return len(sentence.split()) == 1 or bool(_people("people").search(sentence))
