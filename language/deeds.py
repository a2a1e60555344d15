"""Deeds of an administration in a text: what is done, is being done or will be done.

«Яма заделана», «ведётся ремонт», «будут убирать снег», «планируется замена трубы».
"""

import re
from functools import cache
from typing import NamedTuple

from .draft import Draft, Reading, Sentence, Token, normal
from .phrases import load_words, read_lines

DONE = "done"
ONGOING = "ongoing"
PLANNED = "planned"
VERB_FORMS = frozenset(("VERB", "PRTS", "INFN"))
#: Words that look like a deed and are none
_NEVER = frozenset(("положено", "обязан", "обязана", "обязаны", "обязано", "стали"))
#: What makes a plan of the verb after it
_PLANNERS = frozenset(
    "планировать планироваться запланировать намеренный намерен предстоять готовиться"
    " собираться намечать наметить предполагаться предполагать поручить должный"
    " обязать обязанный предусмотреть предусматривать предусматриваться решить"
    " намечаться договориться обязаться".split()
)
#: Verbs that are a plan even in the past or the present
_PLANS = frozenset(
    "планировать планироваться запланировать наметить намечаться предполагаться"
    " предусмотреть предусматривать предусматриваться готовиться предстоять".split()
)
_BEGUN = frozenset(("начать", "приступить", "продолжать", "продолжить", "начинать"))
_IN_A_PLAN = frozenset(("план", "программа", "график", "перечень", "список"))
_SENDING = frozenset(("направить", "подать", "вынести", "вручить"))
#: Beginnings of what units are called
_UNITS = tuple("отдел управлени департамент служб комитет министерств сектор".split())
#: How far an auxiliary may stand from its verb, in words
REACH = 6
#: Nobody's clause is longer; what is, is not read as one.
LONGEST_CLAUSE = 60
#: A noun beyond a comma belongs to another verb.
_PARTED = re.compile(",")
_BREAKS = frozenset(";:()—–")


class Deed(NamedTuple):
    """A deed: which family of words, when, told by which word of which clause.

    ``token`` is the verb; ``noun`` names the deed where the verb does not.
    A deed that is in no list (``listed`` false) is only known by its verb.
    """

    family: str
    when: str
    negated: bool
    token: Token
    clause: tuple[Token, ...]
    noun: Token | None = None
    listed: bool = True


@cache
def families() -> dict[str, tuple[str, str]]:
    """lemma -> (family, section) of the shipped list."""
    known = {}
    for section, line in read_lines("measures"):
        names = normal(line).split()
        for name in names:
            family = name if section == "objects" else names[0]
            known.setdefault(name, (family, section))
    return known


def deeds(draft: Draft) -> list[Deed]:
    """The deeds of the text's sentences to the point."""
    return draft.once(
        "deeds",
        lambda: [
            deed for sentence in draft.body for deed in _of_sentence(draft, sentence)
        ],
    )


def clauses(draft: Draft, sentence: Sentence) -> list[tuple[Token, ...]]:
    """The sentence's words, divided where another thought begins."""
    parts, part = [], []
    for token in sentence.tokens:
        if len(part) >= LONGEST_CLAUSE:
            parts.append(tuple(part))
            part = []
        if part:
            gap = draft.text[part[-1].end : token.start]
            if not _BREAKS.isdisjoint(gap.replace(" - ", "—")) or (
                "," in gap
                and token.low in ("а", "но", "однако", "что", "чтобы", "если")
            ):
                parts.append(tuple(part))
                part = []
        part.append(token)
    if part:
        parts.append(tuple(part))
    return parts


def _of_sentence(draft: Draft, sentence: Sentence) -> list[Deed]:
    return [
        deed
        for clause in clauses(draft, sentence)
        for deed in _of_clause(draft, clause)
    ]


def _of_clause(draft: Draft, clause: tuple[Token, ...]) -> list[Deed]:
    found, supports = [], []
    for at, token in enumerate(clause):
        known = verb_of(token, families())
        if not known:
            found += _unlisted(clause, at)
            continue
        reading, (family, section) = known
        when = _when(clause, at, reading)
        if not when:
            continue
        deed = Deed(family, when, _negated(clause, at), token, clause)
        if section == "support":
            supports.append(deed)
        elif section == "deeds":
            found.append(deed)
    return found + _by_nouns(draft, clause, supports + _planners(clause))


def verb_of(token: Token, known: dict) -> tuple[Reading, tuple] | None:
    """The token's reading as a verb that is in the list, and what the list says."""
    if token.low in _NEVER:
        return None
    imperative = False
    for reading in token.readings:
        if "impr" in reading.tags and "excl" in reading.tags:
            imperative = True
        if reading.pos in VERB_FORMS and "impr" not in reading.tags:
            if reading.lemma in known and not (imperative and _second(reading)):
                return reading, known[reading.lemma]
    return None


def _unlisted(clause: tuple[Token, ...], at: int) -> list[Deed]:
    """What others do or did once: «выкопают», «сдали», «завезена»."""
    token = clause[at]
    reading = token.readings[0]
    if reading.pos not in ("VERB", "PRTS") or "perf" not in reading.tags:
        return []
    if reading.lemma in families() or reading.lemma in load_words("no_deeds"):
        return []
    if "futr" in reading.tags and ("plur" not in reading.tags or _second(reading)):
        return []
    # «рекомендуем» is of both aspects, «установите» asks somebody else.
    if token.reads("VERB", "pres") or token.reads("VERB", "impr", "excl"):
        return []
    when = _when(clause, at, reading)
    if not when:
        return []
    return [
        Deed(reading.lemma, when, _negated(clause, at), token, clause, listed=False)
    ]


def _second(reading: Reading) -> bool:
    return "2per" in reading.tags


def _when(clause: tuple[Token, ...], at: int, reading: Reading) -> str | None:
    if "2per" in reading.tags:
        return None
    if reading.pos == "INFN":
        return _when_infinitive(clause, at)
    if reading.lemma in _PLANS:
        return PLANNED
    if reading.lemma == "включить" and not _IN_A_PLAN.isdisjoint(
        lemma for token in clause for lemma in token.lemmas
    ):
        return PLANNED
    if reading.pos == "PRTS":
        return PLANNED if _will(clause, at) else DONE
    if "futr" in reading.tags:
        return PLANNED
    return DONE if "past" in reading.tags else ONGOING


def _will(clause: tuple[Token, ...], at: int) -> bool:
    """Whether «будет» belongs to the word."""
    near = clause[max(0, at - REACH) : at + 3]
    return any(token.low in ("будет", "будут", "будем") for token in near)


def _when_infinitive(clause: tuple[Token, ...], at: int) -> str | None:
    for token in reversed(clause[max(0, at - REACH) : at]):
        if token.low in ("будет", "будут", "будем") or not _PLANNERS.isdisjoint(
            token.lemmas
        ):
            return PLANNED
        if not _BEGUN.isdisjoint(token.lemmas):
            return ONGOING
        if token.pos == "VERB":
            break
    if any(not _BEGUN.isdisjoint(token.lemmas) for token in clause[at + 1 : at + 3]):
        return ONGOING
    return None


def _negated(clause: tuple[Token, ...], at: int) -> bool:
    before = [token.low for token in clause[max(0, at - 2) : at]]
    return before[-1:] == ["не"] or (
        len(before) == 2
        and before[0] == "не"
        and before[1] in ("будет", "будут", "было")
    )


def _planners(clause: tuple[Token, ...]) -> list[Deed]:
    """«будет ремонт»: a plan told by «будет» alone, the clause's first."""
    for at, token in enumerate(clause):
        if token.low in ("будет", "будут"):
            return [Deed("быть", PLANNED, _negated(clause, at), token, clause)]
    return []


def _by_nouns(
    draft: Draft, clause: tuple[Token, ...], supports: list[Deed]
) -> list[Deed]:
    """«проведён ремонт»: the noun names the deed, its verb the time."""
    found = []
    for deed in supports:
        for at, token in enumerate(clause):
            known = token is not deed.token and noun_of(token)
            if not known or _is_aside(clause, at):
                continue
            if deed.family in _SENDING and known[1] != "objects":
                continue
            first, last = sorted((deed.token, token), key=lambda item: item.index)
            if _PARTED.search(draft.text, first.end, last.start):
                continue
            found.append(deed._replace(family=known[0], noun=token))
    return found


def _is_aside(clause: tuple[Token, ...], at: int) -> bool:
    """Whether a noun is a purpose («для ремонта») or part of a unit's name."""
    return any(
        token.low == "для" or token.low.startswith(_UNITS)
        for token in clause[max(0, at - 3) : at]
    )


def noun_of(token: Token) -> tuple[str, str] | None:
    """The family and the section of a noun that names a deed."""
    known = families()
    for reading in token.readings:
        if reading.pos == "NOUN" and reading.lemma in known:
            return known[reading.lemma]
    return None
