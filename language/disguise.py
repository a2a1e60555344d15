"""The words of a text as they may be read, whatever they hide behind.

A `Candidate` is a place in the text with the plain words it may stand for. Whether one
of them is an offence is for others to say; most candidates are ordinary words.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from .folding import LOOKALIKES, SPACED, Folded, characters, single
from .insults import insult
from .lists import entries
from .obscenity import ALPHABET, root
from .text import known

#: How a candidate was read
PLAIN, LOOKALIKE, LATIN, APART, MASKED = "plain lookalike latin apart masked".split()

#: What stands between spaces, brackets, quotation marks and the like
_CHUNK = re.compile(r"[^\s<>«»„“”\"{}\[\]=;:,]+")
_PART = re.compile(r"[а-яa-z0-9]+")
_LETTERS = re.compile(r"[а-я]+")
#: «3б»: a class, a house, a bus
_NUMBER_AND_LETTER = re.compile(r"\d+[а-я]|[а-я]\d+")
#: «12дом», «дом5»
_NUMBERED = re.compile(r"\d*([а-я]{3,})\d*")
#: «3.14здец»
_PI = re.compile(r"3\.?14([а-я]{2,})")
_SIGN = re.compile(r"[^а-я]")
_ONE_SIGN = re.compile(r"[а-я]+[^а-яa-z0-9][а-я]+")
_CYRILLIC = re.compile(r"[а-я]")
_LATIN = re.compile(r"[a-z]")
#: Punctuation that stands around words anyway
_PUNCTUATION = ".,;:!?()[]{}«»„“”\"'’`…-–—/\\<>~+=_|&^"
_DASHES = frozenset("-–—‑")
#: What nobody puts in the place of a letter
_NEVER = frozenset("()/\\'’`|")
#: … and may also stand for letters or between them, but then proves less
_WEAK = frozenset(".,;:!?()[]«»\"'’`…-–—/\\_+=&~")
_ADDRESS = re.compile(r"://|www\.|@[\w-]+\.\w")
#: «А. Б. Иванов», «Иванов А. Б.»
_INITIALS = re.compile(
    r"\b[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.\s?)?(?=[А-ЯЁ][а-яё])|(?<=[а-яё]\s)[А-ЯЁ]\.\s?[А-ЯЁ]\."
)
#: «**важно**», «#важно»
_DECORATION = re.compile(r"([*#]*)(.*?)([*#]*)", re.S)
#: Readings of one word that are tried
_READINGS = 64
#: A chunk longer than this is taken apart only
_LONGEST = 80
#: Starred words that are looked into, in one text
_MASKS = 500
#: A piece of a broken word is no longer than this.
_PIECE = 8
#: Unreal short words around which letters are put together, in one text
_TRIES = 300


class Candidate(NamedTuple):
    """A place in a text and the words that may be meant there.

    ``words`` are plain Cyrillic for all ways but `LATIN`, where they are Latin, and
    `MASKED`, where «*» and «-» stand for one hidden letter and «+» for one or several.
    ``weak`` marks a reading for which the text gives little reason.
    """

    how: str
    words: tuple[str, ...]
    start: int
    end: int
    weak: bool = False


def candidates(text: str) -> Iterator[Candidate]:
    """All readings of the words of a text, with places in the text as given."""
    folded = single(characters(_without_initials(text)))
    masks = 0
    for found in _folded_candidates(folded):
        masks += found.how == MASKED
        if found.how == MASKED and masks > _MASKS:
            continue
        start, end = folded.original(found.start, found.end)
        yield found._replace(start=start, end=end)


def _without_initials(text):
    return _INITIALS.sub(lambda found: re.sub(r"\w", ".", found[0]), text)


def _folded_candidates(folded: Folded):
    text = folded.text
    tokens = []
    for chunk in _CHUNK.finditer(text):
        raw = chunk.group()
        word = _bare(raw)
        if not word:
            continue
        at = chunk.start() + raw.index(word)
        if _LETTERS.fullmatch(word):
            yield Candidate(PLAIN, (word,), at, at + len(word))
            tokens.append((word, at, at + len(word)))
        else:
            yield from _complex(word, at)
    yield from _spaced(text)
    yield from _broken(text, tokens)


def _bare(raw):
    """A chunk without the punctuation and decoration around it."""
    before, word, after = _DECORATION.fullmatch(raw.strip(_PUNCTUATION)).groups()
    if before and after or len(before) > 1 or "#" in before:
        before = ""
    if before == "" and after and raw.lstrip(_PUNCTUATION).startswith(("*", "#")):
        after = ""
    if before and len(word) > 2 and known(word):
        before = ""
    return (before + word + after).strip(_PUNCTUATION)


def _complex(core, at):
    """Candidates in a chunk that is more than a plain word."""
    for number in _PI.finditer(core):
        word = "пи" + number[1]
        yield Candidate(LOOKALIKE, (word,), at + number.start(), at + number.end())
    parts = list(_PART.finditer(core))
    if len(parts) > 1 and len(core) <= _LONGEST and _is_innocent(core):
        yield from _masked(core, at, parts)
        return
    for part in parts:
        yield from _readings(part.group(), at + part.start())
    if not parts or len(core) > _LONGEST or _ADDRESS.search(core):
        return
    if len(parts) == 1 and len(parts[0].group()) == len(core):
        return
    yield from _signs(core, at)
    if not all(part.group().isdigit() for part in parts):
        yield from _masked(core, at, parts)
    if len(parts) > 1:
        noise = set(core) - set("".join(part.group() for part in parts))
        joined = "".join(part.group() for part in parts)
        weak = noise <= _WEAK and _all_real([part.group() for part in parts])
        for found in _readings(joined, at):
            yield found._replace(
                how=LATIN if found.how == LATIN else APART,
                end=at + len(core),
                weak=weak,
            )


def _is_innocent(core):
    """A plain word hyphenated or with one letter starred: «ко-мандой», «к*мандой»."""
    if not _ONE_SIGN.fullmatch(core):
        return False
    if "-" in core:
        return is_plain_word(core.replace("-", ""))
    return any(is_plain_word(word) for word in filled(_SIGN.sub("*", core)))


def filled(mask: str) -> list[str]:
    """All strings of letters that fit a mask with «*» for a letter each."""
    if "*" not in mask:
        return [mask]
    return [word for one in ALPHABET for word in filled(mask.replace("*", one, 1))]


def is_plain_word(word: str) -> bool:
    """Whether the dictionary knows a word that is no offence."""
    return known(word) and not root(word) and not insult(word)[0]


def _readings(word, at):
    """A run of letters and digits as plain words."""
    end = at + len(word)
    if _LETTERS.fullmatch(word):
        yield Candidate(PLAIN, (word,), at, end)
    elif _NUMBER_AND_LETTER.fullmatch(word):
        return
    elif _CYRILLIC.search(word):
        yield Candidate(LOOKALIKE, readings(word), at, end)
        letters = _NUMBERED.fullmatch(word)
        if letters:
            yield Candidate(PLAIN, (letters[1],), at + letters.start(1), end)
    elif _LATIN.search(word):
        yield Candidate(LATIN, (word,), at, end)


def _signs(core, at):
    """A chunk whose signs look like letters: «пи$да», «мр@зь»."""
    if len(core) < 3 or not _CYRILLIC.search(core):
        return
    if all(char in LOOKALIKES or _CYRILLIC.match(char) for char in core):
        yield Candidate(LOOKALIKE, readings(core), at, at + len(core))


@lru_cache(maxsize=5000)
def readings(word: str) -> tuple[str, ...]:
    """The Cyrillic words that a mixed word may be read as, the likeliest first."""
    choices, count = [], 1
    for char in word:
        options = LOOKALIKES.get(char, char)
        if count * len(options) > _READINGS:
            options = options[0]
        count *= len(options)
        choices.append(options)
    return tuple("".join(letters) for letters in product(*choices))


def _masked(core, at, parts):
    """A chunk with signs in the place of letters: «х*й», «п***ц», «бл...ть»."""
    letters = sum(len(part.group()) for part in parts)
    if letters > 20 or any(char.isdigit() or char in _NEVER for char in core):
        return
    mask, strong, foreign, last = "", False, False, 0
    for part in [*parts, None]:
        start = part.start() if part else len(core)
        noise = core[last:start]
        if noise:
            strong = strong or not set(noise) <= _WEAK
            mask += _stars(noise)
        if part and not _LETTERS.fullmatch(part.group()):
            foreign = True
        if part:
            mask += "".join(LOOKALIKES.get(char, char)[0] for char in part.group())
            last = part.end()
    if letters == 1 and (mask[0] not in "хпбе" or mask.count("*") < 2):
        return
    if foreign and not (_CYRILLIC.search(core) and letters < 6):
        return
    yield Candidate(MASKED, (mask,), at, at + len(core), weak=not strong or foreign)


def _stars(noise):
    """«*» for each hidden letter, «+» for an unknown number of them, «-» for a dash."""
    if noise in _DASHES:
        return "-"
    if len(noise) > 2 or "…" in noise or (len(noise) == 2 and set(noise) <= _WEAK):
        return "+"
    return "*" * len(noise)


def _spaced(text):
    """Words written with a space or sign between all letters."""
    for spaced in SPACED.finditer(text):
        word = "".join(char for char in spaced.group() if char.isalpha())
        start, end = spaced.span()
        # Neighbours may be single letters too: «и х у й с ним».
        if len(word) <= _LONGEST:
            places = [at for at in range(start, end) if text[at].isalpha()]
            for skip in range(min(4, len(word) - 2)):
                tail = word[skip:]
                how = LOOKALIKE if _CYRILLIC.search(tail) else LATIN
                words = readings(tail) if how == LOOKALIKE else (tail,)
                yield Candidate(how, words, places[skip], end)


def _broken(text, tokens):
    """Words broken by spaces into pieces: «пиз дец», «ху й»."""
    tries = 0
    for at, (word, *_) in enumerate(tokens):
        if len(word) > _PIECE or _real(word):
            continue
        tries += 1
        if tries > _TRIES:
            return
        for first in range(max(0, at - 3), at + 1):
            joined, last, real = "", first, 0
            while last < len(tokens) and last < first + 7 and len(joined) < 16:
                if last > first and text[tokens[last - 1][2] : tokens[last][1]].strip():
                    break
                joined += tokens[last][0]
                real += _real(tokens[last][0])
                if real > 1:
                    break
                if last > first and last >= at:
                    start, end = tokens[first][1], tokens[last][2]
                    yield Candidate(APART, (joined,), start, end)
                last += 1


def _all_real(parts):
    """Whether the parts of a chunk are words by themselves."""
    if len(parts) > 2 and all(len(part) == 1 for part in parts):
        return False
    return all(_real(part) for part in parts)


@cache
def _short():
    return frozenset(" ".join(entries("short_words")).split())


@lru_cache(maxsize=5000)
def _real(word):
    if word in _short() or word.isdigit() or _LATIN.search(word):
        return True
    if len(word) < 3:
        return False
    return known(word)
