"""How alike two citizens' messages are: the same content words, the same house.

Lemmas are compared, so that «яма на Лесной» and «ямы по Лесной» count as one. Two
messages that both name houses and share none tell of different places, however
alike their words are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .text import lemma, lemmas, parses, words

#: From here on a message is proposed as a repeat of the earlier one.
REPEAT = 0.56
#: From here on the earlier message is shown as similar.
SIMILAR = 0.3
#: What is left of the likeness where both name houses and share none.
OTHER_HOUSE = 0.3

#: Why a likeness came out as it did
SAME_WORDS = "words"
SAME_HOUSE = "house"
DIFFERENT_HOUSE = "other_house"

#: Words of any message: courtesy and address say nothing of the problem.
GENERAL = frozenset(
    "здравствуйте здравствовать здравствуй привет добрый день вечер утро ночь "
    "уважаемый пожалуйста просить просьба спасибо благодарить заранее помочь "
    "помогать сказать подсказать ответить ответ вопрос обращаться обратиться "
    "администрация глава город городской улица ул дом дома д мочь можно нужно надо "
    "быть есть весь это который наш ваш мой свой такой самый очень уже ещё еще "
    "когда почему сколько принять мера срочно житель нет опять снова пора давно "
    "поселок район микрорайон переулок проспект село деревня площадь".split()
)

_LETTER = r"(?:\s?[абвгдежз](?![а-яё])|-[а-яё](?![а-яё]))?"
_NUMBER = rf"(\d{{1,3}}(?:/\d{{1,3}})?{_LETTER})"
#: What follows a number that counts something and names no house
_COUNTED = (
    r"(?!\d|\s*(?:[.:,]\d|%|-?(?:го|й|е|м|ый|ая|ой|ого|му|х)\b|лет|год|дн|ден|день|час|"
    r"мин|раз\b|раза|недел|месяц|месяч|суток|сутки|руб|тыс|млн|человек|чел\b|"
    r"дет[еиь]|дом(?:а|ов|ах)\b|метр|км|кв\.?\s?м|литр|градус|см\b|м\b|шт|балл|"
    r"этаж|подъезд|процент|машин|авто|семь|семей|штук|лиц|остановк|школ|сад\b|"
    r"январ|феврал|март|апрел|ма[йя]\b|июн|июл|август|сентябр|октябр|ноябр|декабр))"
)
_HOUSE = re.compile(
    rf"(?<![а-яё])(?:дом[ауеы]?м?|д\.?)\s*№?\s*{_NUMBER}{_COUNTED}", re.I
)
#: «Лесная, 5», «на Лесной 5», «ул. лесная 5»
_AFTER_NAME = re.compile(
    rf"(?:\b(?:ул\.?|улиц[аеуы]|пер\.?|переул\w+|пр-т|пр\.|проспект\w*)\s+[а-яё-]+"
    rf"|\b(?P<name>[А-ЯЁ][а-яё-]{{2,}})),?\s+{_NUMBER}{_COUNTED}"
)
#: A name of a street, not the first word of a sentence («Автобус 12»)
_NAME_MARKS = ("ADJF", "Surn", "Geox")


@dataclass(frozen=True)
class Profile:
    """What of a text is compared.

    :param words: its content words: the lemma, and the lemmas of all its readings
    :param houses: numbers of the houses it names, in one spelling: «12/3», «5а»
    """

    words: Mapping[str, frozenset[str]]
    houses: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Profile":
        """The profile of `text`; costs a morphological analysis."""
        return _profile(text)

    def found_in(self, other: "Profile") -> list[str]:
        """Lemmas of the words that `other` has, too, in one reading or another."""
        forms = frozenset().union(*other.words.values())
        return sorted(word for word, own in self.words.items() if own & forms)


@dataclass(frozen=True)
class Likeness:
    """How alike two texts are.

    :param score: from 0 to 1; see `REPEAT` and `SIMILAR`
    :param shared: the content words of both, in alphabetical order
    :param reason: `SAME_WORDS`, `SAME_HOUSE` or `DIFFERENT_HOUSE`
    """

    score: float
    shared: tuple[str, ...]
    reason: str


@lru_cache(maxsize=2048)
def _profile(text: str) -> Profile:
    # Each message is compared with the same earlier ones as those beside it.
    content = {word: set() for word in lemmas(text) - GENERAL}
    for word in words(text):
        forms = content.get(lemma(word.text))
        if forms is not None:
            forms.update(r.normal_form.replace("ё", "е") for r in parses(word.text))
    return Profile({w: frozenset(forms) for w, forms in content.items()}, houses(text))


def houses(text: str) -> frozenset[str]:
    """The numbers of houses that `text` names.

    >>> sorted(houses("На Лесной 5а и у дома № 12/3 темно уже 3 дня"))
    ['12/3', '5а']
    """
    text = text or ""
    found = _HOUSE.findall(text)
    for match in _AFTER_NAME.finditer(text):
        name = match["name"]
        inside = text[: match.start()].rstrip()[-1:].isalpha()
        if not name or inside or _is_name(name):
            found.append(match[match.lastindex])
    return frozenset(re.sub(r"[\s-]", "", number).lower() for number in found)


def _is_name(word: str) -> bool:
    return any(mark in r.tag for r in parses(word)[:2] for mark in _NAME_MARKS)


def likeness(a: Profile | str, b: Profile | str) -> Likeness:
    """How alike two messages are; texts may be given as they are or as profiles."""
    a, b = (p if isinstance(p, Profile) else Profile.of(p) for p in (a, b))
    shared = min(a.found_in(b), b.found_in(a), key=len)
    union = len(a.words) + len(b.words) - len(shared)
    score = len(shared) / union if union else 0.0
    reason = SAME_WORDS
    if a.houses and b.houses:
        reason = SAME_HOUSE if a.houses & b.houses else DIFFERENT_HOUSE
    if reason == DIFFERENT_HOUSE:
        score *= OTHER_HOUSE
    return Likeness(score, tuple(shared), reason)
