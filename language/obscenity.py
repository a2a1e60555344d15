"""Is a word obscene, and by which root."""

import re
from functools import cache, lru_cache

from .lists import entries, pairs

#: Prefixes of verbs, up to three of which may stand before a root
_PREFIXES = (
    "(?:а|в[ъь]?|вз[ъь]?|во|вы|до|за|и[зс][ъь]?|на|недо|не|ни|об[ъь]?|о|от[ъь]?|пере"
    "|под[ъь]?|подо|по|пре|при|про|ра[зс][ъь]?|со|с[ъь]?|у){0,3}"
)
_PREFIX = re.compile(_PREFIXES)
_TOKEN = re.compile(r"\(\?(?:<?[!=]|:)|\[[^\]]*\]|.")
_DOUBLED = re.compile(r"(.)\1+")
ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
#: In what is longer than any word, only roots that need no beginning are looked for.
_LONGEST = 40


@cache
def _patterns():
    """(names of the roots, one expression with a group for each line)"""
    lines = pairs("obscenity")
    names = tuple(name for name, _ in lines)
    joined = "|".join(f"({pattern.replace('{P}', _PREFIXES)})" for _, pattern in lines)
    return names, re.compile(joined)


@cache
def _starred_patterns():
    """As `_patterns`, with «*» for any letter, and only prefixes before a root."""
    lines = [
        (name, re.sub(r"^\[а-я\]\*", "{P}", line))
        for name, line in pairs("obscenity")
        if not line.startswith("[а-я]{")
    ]
    joined = "|".join(f"({line.replace('{P}', _PREFIXES)})" for _, line in lines)
    return tuple(name for name, _ in lines), re.compile(_with_stars(joined))


def _with_stars(pattern):
    """An expression that accepts «*» for each letter, but not where it looks around."""
    pieces, depth, closed = [], 0, []
    for token in _TOKEN.findall(pattern):
        if token.startswith("("):
            closed.append(token.startswith(("(?!", "(?<!")))
            depth += closed[-1]
        elif token == ")":
            depth -= closed.pop()
        elif not depth and token[0] == "[":
            token = f"{token[:-1]}*]"
        elif not depth and "а" <= token <= "я":
            token = f"[{token}*]"
        pieces.append(token)
    return "".join(pieces)


@cache
def _innocent():
    return re.compile("|".join(entries("innocent")))


@lru_cache(maxsize=20000)
def root(word: str) -> str:
    """The obscene root of a plain lower-case Cyrillic word, or nothing."""
    if len(word) > _LONGEST:
        pieces = (word[at : at + _LONGEST] for at in range(0, len(word), 20))
        return next(filter(None, map(root, pieces)), "")
    for one in dict.fromkeys((word, _DOUBLED.sub(r"\1", word))):
        names, patterns = _patterns()
        found = patterns.match(one)
        if found and not _innocent().fullmatch(one):
            return names[found.lastindex - 1]
    return ""


@lru_cache(maxsize=5000)
def starred_root(mask: str) -> str:
    """The root of a word in which «*» stands for a letter each, or nothing."""
    names, patterns = _starred_patterns()
    found = patterns.match(mask)
    if not found:
        return ""
    # A prefix and stars do not make a root.
    prefix = _PREFIX.match(mask).end()
    shown = sum(char != "*" for char in found.group()[prefix:])
    hidden = mask.count("*")
    if hidden > len(mask) - hidden or shown < 2 and (hidden > 1 or len(mask) < 5):
        return ""
    return names[found.lastindex - 1]
