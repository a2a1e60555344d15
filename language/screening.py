"""Screening of a text: obscenity, insults, threats, signs of suicide, personal data.

Nothing here decides: every `Finding` names the exact words, their place in the text as
given, and the rule that found them, so that a person can see why.
"""

from bisect import bisect_left, insort
from functools import lru_cache

from . import disguise, latin, obscenity
from .findings import (
    CARD,
    EMAIL,
    INSULT,
    KINDS,
    OBSCENITY,
    PASSPORT,
    PERSONAL,
    PHONE,
    SNILS,
    SOFT_INSULT,
    SUICIDE,
    THREAT,
    Finding,
    Lexicon,
)
from .flat import flat
from .insults import ANIMAL, HARD, about_people, innocent_spans, insult, is_name
from .lexicon import Words
from .personal import personal_spans
from .threats import threats

__all__ = [
    "CARD",
    "EMAIL",
    "INSULT",
    "KINDS",
    "OBSCENITY",
    "PASSPORT",
    "PERSONAL",
    "PHONE",
    "SNILS",
    "SOFT_INSULT",
    "SUICIDE",
    "THREAT",
    "Finding",
    "Lexicon",
    "mask",
    "personal",
    "screen",
]

#: Texts longer than this are screened up to here: no network takes a longer comment.
LONGEST = 100_000
#: Readings of a disguised word that are looked up in the dictionary of insults
_LIKELIEST = 8
_NOTHING = Lexicon()


def screen(text: str, lexicon: Lexicon = _NOTHING) -> tuple[Finding, ...]:
    """Everything found in a text, in the order of its place."""
    head = text[:LONGEST]
    added = _words(lexicon)
    found = [*_offences(head, added), *_threats(head, added), *personal(head)]
    return tuple(sorted(set(found), key=lambda one: (one.start, one.end, one.kind)))


def personal(text: str) -> tuple[Finding, ...]:
    """A person's telephones, passports, cards, SNILS and e-mail addresses in a text."""
    return tuple(
        Finding(kind, start, end, text[start:end], rule)
        for kind, start, end, rule in personal_spans(text[:LONGEST])
    )


def mask(text: str, findings) -> str:
    """The text, as long as before, with «•» for what was found, but not for spaces."""
    letters = list(text)
    for found in findings:
        for at in range(found.start, min(found.end, len(letters))):
            if not letters[at].isspace():
                letters[at] = "•"
    return "".join(letters)


@lru_cache(maxsize=32)
def _words(lexicon):
    """The matchers of an administrator's additions."""
    return {
        name: Words(getattr(lexicon, name))
        for name in ("obscene", "insults", "threats", "allowed")
    }


def _offences(text, added):
    """Obscenity and insults: the best reading of each place."""
    best, apart = {}, set()
    for candidate in disguise.candidates(text):
        judged = _judge(candidate, added)
        if judged:
            kind, rule = judged
            place = candidate.start, candidate.end
            if place not in best or kind == OBSCENITY != best[place][0]:
                best[place] = kind, rule
                if candidate.how == disguise.APART:
                    apart.add(place)
                else:
                    apart.discard(place)
    needless = _needless(best, apart, text, added)
    found = [
        Finding(kind, *place, text[slice(*place)], rule)
        for place, (kind, rule) in best.items()
        if place not in needless
    ]
    found = [one for one in _outermost(found) if _stands(one, text)]
    found += _phrases(text, added)
    return [one for one in found if not _is_allowed(one, text, added)]


def _needless(best, apart, text, added):
    """Places of words put together that hold an offence, or an allowed word, anyway."""
    allowed = {(start, end) for start, end, _ in added["allowed"].everywhere(text)}
    known = sorted((set(best) - apart) | allowed)
    needless = set()
    for place in sorted(apart, key=lambda each: (each[1] - each[0], each)):
        at = bisect_left(known, (place[0], 0))
        if at < len(known) and known[at][1] <= place[1]:
            needless.add(place)
        else:
            insort(known, place)
    return needless


def _judge(candidate, added):
    """(kind, rule) of a candidate, or nothing."""
    how = candidate.how
    if how == disguise.MASKED:
        return _kind_of(latin.masked(candidate.words[0], candidate.weak), "masked")
    if how == disguise.LATIN:
        [word] = candidate.words
        return _kind_of(latin.latin(word), "latin")
    for word in candidate.words:
        if added["allowed"].has(word):
            return None
        name = added["obscene"].has(word)
        if name:
            return OBSCENITY, f"lexicon:{name}"
        name = added["insults"].has(word)
        if name:
            return INSULT, f"lexicon:{name}"
        name = obscenity.root(word)
        if name and not candidate.weak:
            return OBSCENITY, f"root:{name}"
    if how == disguise.APART and (candidate.weak or len(candidate.words[0]) < 5):
        return None
    for word in candidate.words[:_LIKELIEST]:
        kind, name = insult(word)
        if kind and (how == disguise.PLAIN or kind == HARD):
            return (INSULT if kind == HARD else SOFT_INSULT), f"{kind}:{name}"
    return None


def _kind_of(name, how):
    """(kind, rule) for a name of the lists in which insults stand in angles."""
    if not name:
        return None
    if name.startswith("<"):
        return INSULT, f"{how}:{name[1:-1]}"
    return OBSCENITY, f"{how}:{name}"


def _outermost(found):
    """Without findings that lie within another one."""
    found = sorted(found, key=lambda one: (one.start, -one.end, one.kind != OBSCENITY))
    kept = []
    for one in found:
        if kept and one.end <= kept[-1].end:
            continue
        kept.append(one)
    return kept


def _stands(finding, text):
    """Whether an insult is one in its sentence."""
    if finding.kind not in (INSULT, SOFT_INSULT):
        return True
    if finding.rule.startswith("lexicon:"):
        return True
    if _is_title(finding, text) or _is_surname(finding, text):
        return False
    line = flat(text)
    begin, end = line.sentence(finding.start)
    sentence = line.text[begin:end]
    if finding.rule.startswith(ANIMAL) and not about_people(sentence):
        return False
    at = line.position(finding.start) - begin
    return not any(since <= at < to for since, to in _innocent(sentence))


@lru_cache(maxsize=64)
def _innocent(sentence):
    return innocent_spans(sentence)


def _is_title(finding, text):
    """«Идиот» alone between quotation marks is a play or a book."""
    before, after = text[finding.start - 1 : finding.start], text[finding.end :][:1]
    return before == "«" and after == "»" and finding.words[:1].isupper()


def _is_surname(finding, text):
    words = finding.words
    if not words[0].isupper() or not words[1:].islower():
        return False
    return is_name(words.lower())


def _phrases(text, added):
    for kind, name in ((OBSCENITY, "obscene"), (INSULT, "insults")):
        for start, end, phrase in added[name].phrases(text):
            yield Finding(kind, start, end, text[start:end], f"lexicon:{phrase}")


def _threats(text, added):
    line = flat(text)
    found = []
    for rule, since, to in threats(line.text):
        start, end = line.original(since, to)
        kind = SUICIDE if rule.startswith("suicide") else THREAT
        found.append(Finding(kind, start, end, text[start:end], f"phrase:{rule}"))
    for start, end, phrase in added["threats"].everywhere(text):
        found.append(Finding(THREAT, start, end, text[start:end], f"lexicon:{phrase}"))
    kept = []
    for kind in (THREAT, SUICIDE):
        kept += _outermost([one for one in found if one.kind == kind])
    return [one for one in kept if not _is_allowed(one, text, added)]


def _is_allowed(finding, text, added):
    """Whether the finding lies within what an administrator allows."""
    return any(
        start <= finding.start and finding.end <= end
        for start, end, _ in added["allowed"].everywhere(text)
    )
