"""Names of places in a text: «на Лесной» is «улица Лесная».

A name is found in any case and gender-agreeing form. Since names of streets are
ordinary words, too («школьный», «рабочая»), something must speak for a name: the
word «улица» beside it, a capital inside the sentence, or a number of a house after it.
"""

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache

from .suggest import Suggestion, rank
from .text import Span, lemma, parses, words

#: Kinds of places: the lemmas and abbreviations that mean each, and its gender.
KINDS = {
    "street": ("улица ул", "femn"),
    "lane": ("переулок пер переул", "masc"),
    "avenue": ("проспект пр пр-т пр-кт просп", "masc"),
    "passage": ("проезд пр-д", "masc"),
    "boulevard": ("бульвар б-р бул", "masc"),
    "square": ("площадь пл", "femn"),
    "highway": ("шоссе ш", "neut"),
    "road": ("тракт", "masc"),
    "embankment": ("набережная наб", "femn"),
    "district": ("район р-н", "masc"),
    "quarter": ("микрорайон мкр мкрн мкр-н мкн", "masc"),
    "settlement": ("поселок посёлок пос пгт рп п", "masc"),
    "village": ("деревня дер", "femn"),
    "selo": ("село с", "neut"),
    "town": ("город г", "masc"),
    "hamlet": ("хутор х", "masc"),
    "station": ("станция станица ст ст-ца", "femn"),
    "alley": ("аллея", "femn"),
    "territory": ("территория снт днт тер", "femn"),
    "park": ("парк сквер", "masc"),
}
_KIND_OF = {word: kind for kind, (forms, _g) in KINDS.items() for word in forms.split()}
#: Abbreviations of one letter that mean a place only with their point
_LETTERS = frozenset("п с г х ш".split())

_PREPOSITIONS = frozenset("на по в во с со до от у около возле вдоль за".split())
#: Scores: with «улица» or a capital beside it, and with less
SURE = 1.0
LIKELY = 0.7
_SENTENCE_START = re.compile(r"(?:^|[.!?…\n])[\s\"«(]*$")


@lru_cache(maxsize=4096)
def _name(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Kind and words of a place's name; words that are written alike everywhere."""
    kind, own = None, []
    for word in words(text):
        found = _kind(word)
        if found and kind is None:
            kind = found
        else:
            own.append(word.text.lower().replace("ё", "е"))
    return kind, tuple(own)


def _kind(word: Span) -> str | None:
    plain = word.text.lower()
    return _KIND_OF.get(plain) or _KIND_OF.get(lemma(plain))


def find_places(
    text: str, places: Mapping[Hashable, tuple[str, str]], top: int = 3
) -> list[Suggestion]:
    """The places that `text` names, best first.

    :param places: name and keyword stems of each place. Of equally sure finds the
        place given first comes first
    """
    spoken = words(text or "")
    forms = _forms(spoken)
    named = {
        key: _find(text, spoken, name)
        for key, (name, _stems) in places.items()
        # Most of many places are out of the question at a glance.
        if all(own[:1].isdigit() or _base(own) & forms for own in _name(name)[1])
    }
    by_stems = rank(text, {key: stems for key, (_name, stems) in places.items()}, top)
    found = {key: hit for key, hit in named.items() if hit}
    for suggestion in by_stems:
        score, decided = found.get(suggestion.key, (0, ()))
        found[suggestion.key] = (
            max(score, suggestion.score),
            tuple(dict.fromkeys((*decided, *suggestion.words))),
        )
    ranked = [Suggestion(key, *found[key]) for key in places if key in found]
    return sorted(ranked, key=lambda suggestion: -suggestion.score)[:top]


def _forms(spoken) -> frozenset[str]:
    """Dictionary forms of all readings of the words."""
    return frozenset(
        form for word in spoken for form in _base(word.text.lower().replace("ё", "е"))
    )


def _find(text, spoken, name) -> tuple[float, tuple[str, ...]] | None:
    """The surest find of one name: its score and the words."""
    kind, own = _name(name)
    if not own:
        return None
    best = None
    for start in range(len(spoken) - len(own) + 1):
        here = spoken[start : start + len(own)]
        if not all(_is(kind, *pair) for pair in zip(own, here, strict=True)):
            continue
        score = _sureness(text, spoken, start, len(own), kind)
        if score and (best is None or score > best[0]):
            best = score, tuple(word.text for word in here)
    return best


def _is(kind, own: str, word: Span) -> bool:
    """Whether `word` of a text is a form of `own`, a word of a name."""
    plain = word.text.lower().replace("ё", "е")
    if plain == own:
        return True
    if own[0].isdigit():
        return plain.split("-")[0] == own.split("-")[0]
    base = _base(own)
    for reading in parses(word.text):
        if reading.normal_form.replace("ё", "е") not in base:
            continue
        gender = reading.tag.gender if "ADJF" in reading.tag else None
        wanted = KINDS[kind][1] if kind else None
        if "plur" not in reading.tag and gender and wanted and gender != wanted:
            # «на Лесном» is the lane, not the street.
            continue
        return True
    return False


@lru_cache(maxsize=4096)
def _base(own: str) -> frozenset[str]:
    return frozenset(r.normal_form.replace("ё", "е") for r in parses(own))


def _sureness(text, spoken, start, length, kind) -> float:
    """How sure it is that these words name a place, 0 where they do not."""
    before = _kind_at(text, spoken, start - 1)
    after = _kind_at(text, spoken, start + length)
    beside = {k for k in (before, after) if k}
    if kind and kind in beside:
        return SURE
    if before and kind and before != kind:
        # Another kind of the same name: «переулок Лесной».
        return 0
    first = spoken[start]
    capital = first.text[:1].isupper() or (
        first.text[:1].isdigit() and spoken[start + length - 1].text[:1].isupper()
    )
    opens = bool(_SENTENCE_START.search(text[: first.start]))
    if capital and not opens:
        sure = beside or kind is None or _adjective(first)
        return (SURE if sure else LIKELY) * _fit(spoken, start, kind)
    if first.text[:1].isdigit():
        return 0
    house = spoken[start + length : start + length + 1]
    if house and re.match(r"\d{1,3}(?!\d|[-.:,])", house[0].text):
        return LIKELY
    name = any(
        mark in r.tag for r in parses(first.text)[:2] for mark in ("Surn", "Geox")
    )
    at = _preposition(spoken, start)
    if name and (capital or at):
        return LIKELY
    if at and _adjective(first) and not _describes(spoken, start + length):
        # «фонари на лесной не горят»
        return LIKELY * _fit(spoken, start, kind)
    return 0


def _fit(spoken, start, kind) -> float:
    """Half for a masculine name where the form is a feminine one more likely.

    «На Лесной» may be the lane in the accusative, but it is the street's locative.
    """
    masculine = kind and KINDS[kind][1] == "masc"
    readings = [r.tag for r in parses(spoken[start].text) if "ADJF" in r.tag]
    oblique = any(
        "femn" in tag and tag.case in ("loct", "gent", "datv") for tag in readings
    )
    return 0.5 if masculine and oblique and _preposition(spoken, start) else 1.0


def _kind_at(text, spoken, index) -> str | None:
    if not 0 <= index < len(spoken):
        return None
    word = spoken[index]
    if word.text in _LETTERS and text[word.end : word.end + 1] != ".":
        # The preposition «с», a letter of a class
        return None
    return _kind(word)


def _preposition(spoken, start) -> bool:
    return start > 0 and spoken[start - 1].text.lower() in _PREPOSITIONS


def _adjective(word: Span) -> bool:
    return any("ADJF" in reading.tag for reading in parses(word.text)[:2])


def _describes(spoken, after) -> bool:
    """Whether the word at `after` is a noun that an adjective before it describes."""
    if after >= len(spoken):
        return False
    tag = parses(spoken[after].text)[0].tag
    return "NOUN" in tag or "ADJF" in tag
