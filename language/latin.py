"""Offences in Latin letters and with stars for letters."""

import re
from collections import defaultdict
from functools import cache, lru_cache
from itertools import product

from .disguise import filled, is_plain_word
from .insults import HARD, insult
from .lists import entries, expanded, pairs
from .obscenity import root, starred_root

_DIGITS = str.maketrans("013456", "oiehsb")
_DOUBLED = re.compile(r"([a-z])\1+")
_LONGEST = 40
#: Letters and digits that look like Cyrillic ones; «b» is no «б», lest «ebook» be found
_LOOKALIKES = {
    **dict(zip("acehkmoptx", "асенкмортх", strict=True)),
    **{"b": "ьв", "n": "п", "r": "г", "u": "и", "y": "у", "3": "з", "6": "б", "0": "о"},
    **{"4": "ч", "1": "и", "d": "д", "l": "л", "i": "и", "g": "д", "s": "с"},
}
#: Sounds written with several letters, the longer first
_DIGRAPHS = (
    *(("shch", "щ"), ("sch", "щ"), ("sh", "ш"), ("zh", "ж"), ("kh", "х"), ("ts", "ц")),
    *(("ch", "ч"), ("yu", "ю"), ("ya", "я"), ("yo", "е"), ("ye", "е"), ("ju", "ю")),
    *(("ja", "я"), ("jo", "е"), ("iu", "ю"), ("ia", "я"), ("'", "ь")),
)
_SOUNDS = {
    **dict(zip("abdefgklmnoprstvzw", "абдефгклмнопрствзв", strict=True)),
    **{"c": "цк", "h": "х", "x": "х", "i": "ий", "j": "йь", "q": "к", "u": "у"},
    "y": "йыуь",
}


@cache
def _patterns():
    lines = pairs("latin")
    names = tuple(name for name, _ in lines)
    return names, re.compile("|".join(f"({pattern})" for _, pattern in lines))


@cache
def _foreign():
    """Foreign words that only look like an offence."""
    return re.compile("|".join(entries("foreign")))


@cache
def _starred():
    """Starred words by their length: (word, name)."""
    found = defaultdict(set)
    for name, line in pairs("masked"):
        for words in line.split():
            for word in expanded(words):
                word = word.replace("ё", "е")
                found[len(word)].add((word, name))
    return found


@cache
def _whole():
    return {word: name for words in _starred().values() for word, name in words}


@lru_cache(maxsize=10000)
def latin(word: str) -> str:
    """The name of the root of a word of Latin letters and digits, or nothing."""
    digits = sum(char.isdigit() for char in word)
    if len(word) > _LONGEST or digits * 2 >= len(word):
        return ""
    if _foreign().fullmatch(word):
        return ""
    names, patterns = _patterns()
    for one in (word.translate(_DIGITS), word.replace("3", "z").translate(_DIGITS)):
        for two in dict.fromkeys((one, _DOUBLED.sub(r"\1", one))):
            found = patterns.match(two)
            if found:
                return names[found.lastindex - 1]
    return _lookalike(word) or _transliterated(word.translate(_DIGITS))


def _lookalike(word):
    """A word all of whose letters look like Cyrillic ones: «cyka», «xyu»."""
    if len(word) > 14 or not set(word) <= set(_LOOKALIKES):
        return ""
    for reading in _readings(word, _LOOKALIKES):
        if reading in _whole():
            return _whole()[reading]
        name = root(reading)
        if name:
            return name
        kind, name = insult(reading)
        if kind == HARD and len(word) > 3 and set(word) <= set("abcehkmoptxy3064"):
            return f"<{name}>"
    return ""


def _transliterated(word):
    """A word spelled by sound: «huyami», «pizdobol»."""
    for pattern, letter in _DIGRAPHS:
        word = word.replace(pattern, letter)
    if len(word) > 20:
        return ""
    for reading in _readings(word, _SOUNDS):
        name = root(reading)
        if name:
            return name
    return ""


def _readings(word, table):
    choices, count = [], 1
    for char in word:
        options = table.get(char, char)
        if count * len(options) > 64:
            options = options[0]
        count *= len(options)
        choices.append(options)
    return ("".join(letters) for letters in product(*choices))


@lru_cache(maxsize=10000)
def masked(mask: str, weak: bool) -> str:
    """The name of the word that a mask («х*й», «бл+ть») hides, or nothing.

    A weak mask, of dots or dashes, has to leave more letters to be seen.
    """
    visible = sum(char not in "*+-" for char in mask)
    stars = len(mask) - visible
    if not visible or len(mask) > _LONGEST or stars > visible + 4:
        return ""
    if weak and (visible < 3 and mask[0] != "х" or mask.count("+") + stars > 3):
        return ""
    if weak and visible < 2:
        return ""
    dashed = "-" in mask
    mask = mask.replace("-", "*")
    fits = re.compile(mask.replace("*", "[а-я]").replace("+", "[а-я]{1,5}"))
    lengths = range(len(mask), min(len(mask) + 4 * mask.count("+"), 16) + 1)
    for length in lengths:
        for word, name in _starred().get(length, ()):
            if fits.fullmatch(word):
                return name
    if dashed or mask.count("+") > 1 or (weak and visible < 3):
        return ""
    for hidden in range(1, 5) if "+" in mask else (0,):
        stars = mask.replace("+", "*" * hidden)
        name = starred_root(stars)
        # «п*здно» is «поздно».
        if name and not (
            stars.count("*") < 3 and any(map(is_plain_word, filled(stars)))
        ):
            return name
    return ""
