"""Promises without a date or a period (requirement ``dates``)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from .deeds import DONE, PLANNED, deeds, verb_of
from .draft import Draft, Sentence, Token
from .moments import Moment, moments
from .phrases import load, load_words
from .remarks import Context, Remark, Requirement

#: A promise under a condition has no date of its own.
_CONDITIONAL = frozenset(("если", "давайте"))
_CONDITIONS = re.compile(
    r"\b(?:в\sслучае|при\s(?:обращении|поступлении\s(?:от\sвас|обращени|заяв)|отсутствии"
    r"|возникновении|условии)|\bи\sмы\b|после\s(?:вашего|того,?\sкак\sвы)|когда\sвы)\b",
    re.IGNORECASE,
)
_PLAN = frozenset(
    "планировать планироваться запланировать наметить предполагаться".split()
)
#: How far «будет» may stand from its verb, in words
REACH = 5
_FUTURE = ("будет", "будут", "будем")
#: What goes on with the promise of the sentence before
_SAME = re.compile(
    r"\W*(?:в\s(?:ходе|рамках|это|том)|работы|это|все\sработы|при\sэтом|срок|тогда)\b",
    re.IGNORECASE,
)
#: Words by which a sentence tells the term of what was promised before
_COURSE = frozenset(
    "срок работа приступить начать начаться завершить завершиться закончить"
    " закончиться этот это".split()
)
_GLAD = frozenset(("рад", "рады", "благодарный", "признательный", "возможность"))
_BY_PHONE = frozenset(("телефон", "номер", "тел"))
#: «не позднее 5 марта» is no vague «позднее».
_NOT_LATER = re.compile(
    r"\bне\s+(?:позднее|позже)$|\b(?:позднее|позже)\s+чем", re.IGNORECASE
)
_SEASON_OF = re.compile(r"\s+(?:20\d\d|эт|текущ|следующ|будущ)", re.IGNORECASE)
_DATED_PERIOD = re.compile(r"\b(?:эт|текущ|следующ|будущ)\w{1,3}\s$", re.IGNORECASE)


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """Promises without a date, vague terms, days gone by or unknown to the calendar."""
    dated = draft.once("moments", lambda: moments(draft.text))
    for moment in dated:
        if not moment.exists:
            yield _remark("date_impossible", moment.start, moment.end, draft)
    vague = _vague(draft)
    covered = None
    for sentence in draft.body:
        words = promise(draft, sentence)
        inside = [moment for moment in dated if _within(moment, sentence)]
        terms = [term for term in vague if sentence.start <= term[0] < sentence.end]
        if inside:
            covered = sentence
            if words and context.today:
                yield from _past(draft, inside, context)
            continue
        if terms and (words or _open(draft, sentence)):
            yield from (_remark("date_vague", *term, draft) for term in terms)
        elif (
            words
            and not context.interim
            and not _goes_on(draft, covered, sentence)
            and not _dated_next(draft, sentence, dated)
        ):
            yield _remark("date_missing", words[0].start, words[-1].end, draft)
        if not words or terms:
            covered = None
    if context.interim and not any(
        _within(moment, sentence) for moment in dated for sentence in draft.body
    ):
        yield Remark("dates", "date_interim")


def _remark(code: str, start: int, end: int, draft: Draft) -> Remark:
    return Remark("dates", code, {"words": draft.text[start:end]}, start, end)


def _within(moment: Moment, sentence: Sentence) -> bool:
    return sentence.start <= moment.start < sentence.end


def _past(draft: Draft, inside: list[Moment], context: Context) -> Iterator[Remark]:
    """The dates of a promise, when all of them have gone by."""
    last = [moment.last_day(context.today) for moment in inside if moment.exists]
    if last and all(day and day < context.today for day in last):
        yield _remark("date_past", inside[-1].start, inside[-1].end, draft)


def _vague(draft: Draft) -> list[tuple[int, int]]:
    found = []
    for match in load("vague").find(draft.tokens):
        tokens = draft.tokens[match.first : match.last]
        start, end = tokens[0].start, tokens[-1].end
        around = draft.text[max(0, start - 12) : end]
        after = draft.text[end : end + 12]
        if _NOT_LATER.search(around) or re.match(r"\s+чем\b", after):
            continue
        if _SEASON_OF.match(after) or _DATED_PERIOD.search(draft.text[:start][-12:]):
            continue
        found.append((start, end))
    return found


def _open(draft: Draft, sentence: Sentence) -> bool:
    """Whether the sentence is not about what is past: then its term is a promise."""
    own = [deed for deed in deeds(draft) if deed.token.sentence == sentence.index]
    if any(deed.when == DONE for deed in own):
        return False
    return not any(
        token.reads("VERB", "past") or token.reads("PRTS", "past")
        for token in sentence.tokens
    ) and not any(token.reads("VERB", "impr", "excl") for token in sentence.tokens)


def _goes_on(draft: Draft, before: Sentence | None, sentence: Sentence) -> bool:
    """Whether the dated sentence before speaks of the same."""
    if before is None or sentence.index - before.index > 2:
        return False
    return bool(_SAME.match(sentence.text)) or bool(before.lemmas & _subjects(sentence))


def _dated_next(draft: Draft, sentence: Sentence, dated: list[Moment]) -> bool:
    """Whether the next sentence tells the date: «Приступим 12 мая», «Срок – …»."""
    after = next((item for item in draft.body if item.index > sentence.index), None)
    return (
        after is not None
        and any(_within(moment, after) for moment in dated)
        and any(not _COURSE.isdisjoint(token.lemmas) for token in after.tokens)
    )


def _subjects(sentence: Sentence) -> set[str]:
    return {token.lemma for token in sentence.tokens if token.pos == "NOUN"}


def promise(draft: Draft, sentence: Sentence) -> list[Token]:
    """The words of a promise in the sentence, none where nothing is promised."""
    if _CONDITIONS.search(sentence.text):
        return []
    if any(token.low in _CONDITIONAL for token in sentence.tokens):
        return []
    for deed in deeds(draft):
        if deed.token.sentence == sentence.index and deed.when == PLANNED:
            if not deed.negated and deed.family != "быть":
                return _with_future(sentence, deed.token)
    # «По телефону ответит дежурный» is no promise.
    by_phone = any(not _BY_PHONE.isdisjoint(token.lemmas) for token in sentence.tokens)
    before = ""
    for at, token in enumerate(sentence.tokens):
        negated, before = before == "не", token.low
        if negated:
            continue
        if token.low in _FUTURE and not _is_glad(sentence.tokens[at + 1 : at + 3]):
            verb = _verb_after(sentence.tokens[at + 1 : at + 1 + REACH])
            if verb:
                return _with_future(sentence, verb)
        found = None if by_phone else verb_of(token, _promising())
        if found and _promises(found[0].tags):
            return [token]
        if not _PLAN.isdisjoint(token.lemmas) and token.pos in ("VERB", "PRTS"):
            return [token]
    return []


def _is_glad(tokens: list[Token]) -> bool:
    """«Будем рады помочь» promises nothing."""
    return any(not _GLAD.isdisjoint(token.lemmas) for token in tokens)


@lru_cache(maxsize=1)
def _promising() -> dict[str, tuple]:
    return {lemma: () for lemma in load_words("promises")}


def _promises(tags: frozenset[str]) -> bool:
    return "futr" in tags and ("1per" in tags or "3per" in tags)


def _verb_after(tokens: list[Token]) -> Token | None:
    return next(
        (
            token
            for token in tokens
            if any(reading.pos in ("PRTS", "INFN") for reading in token.readings)
        ),
        None,
    )


def _with_future(sentence: Sentence, verb: Token) -> list[Token]:
    """The verb with «будет» beside it."""
    first = verb
    for token in sentence.tokens:
        if token.low in _FUTURE and abs(token.index - verb.index) <= REACH:
            first = min(first, token, key=lambda item: item.index)
            verb = max(verb, token, key=lambda item: item.index)
    return [first, verb]
