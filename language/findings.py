"""What screening finds, and what an administrator adds to its lists."""

from dataclasses import dataclass
from typing import NamedTuple

OBSCENITY, INSULT, SOFT_INSULT = "obscenity", "insult", "soft_insult"
THREAT, SUICIDE = "threat", "suicide"
PHONE, PASSPORT, CARD, SNILS, EMAIL = "phone", "passport", "card", "snils", "email"
PERSONAL = (PHONE, PASSPORT, CARD, SNILS, EMAIL)
KINDS = (OBSCENITY, INSULT, SOFT_INSULT, THREAT, SUICIDE, *PERSONAL)


class Finding(NamedTuple):
    """Something found in a text: ``text[start:end] == words``.

    ``rule`` says why: which rule, a colon, and what of its list decided (a root, a
    dictionary form, a pattern's name), as in «root:хуй» or «word:дебил».
    """

    kind: str
    start: int
    end: int
    words: str
    rule: str


@dataclass(frozen=True)
class Lexicon:
    """An administrator's additions to the lists, as tuples of words.

    A word stands for all its forms, ``начало*`` for all words that begin so, and
    several words for a phrase. What ``allowed`` names is not found as obscenity,
    insult, threat or sign of suicide.
    """

    obscene: tuple[str, ...] = ()
    insults: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
