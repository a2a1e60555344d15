"""Plain contradictions within a reply (requirement ``consistent``).

Only what cannot both be true is told: the same deed on the same thing in the same place
as done and as planned, with two different terms, or asserted and denied.
"""

from collections.abc import Iterator
from itertools import combinations, islice
from typing import NamedTuple

from .deeds import DONE, ONGOING, PLANNED, Deed, deeds
from .draft import Draft, Token
from .moments import Moment, differ, moments
from .remarks import Context, Remark, Requirement

#: What tells that the second deed is another one
_OTHER = frozenset(
    "остальной оставшийся еще часть частично второй третий этап также повторно"
    " повторный другой следующий далее ежегодно каждый снова новый окончательно"
    " дополнительно дополнительный полностью соседний первый последующий временно"
    " временный постоянно ранее прошлый регулярно ежедневно продолжать"
    " продолжить продолжаться остаток заново"
    " впоследствии поэтапно половина затем после прежде обратно"
    " несколько".split()
)
#: Where a deed begins and where it ends: terms of the two differ
_BEGINS = ("начать", "приступить", "начаться", "стартовать", "начинаться")
_PHASES = frozenset(("начать", "приступить", "завершить", "продолжать"))
#: Families too general to be compared without their object
_GENERAL = frozenset(
    "быть решение запрос письмо специалист средство работа принять направить включить"
    " провести выполнить осуществить организовать обеспечить привести сделать подать"
    " вести вынести запланировать наметить предусмотреть вручить план программа график"
    " завершить начать приступить продолжать перечень".split()
)
_GENERIC = frozenset(
    "работа ремонт срок время год месяц день неделя улица дом адрес вопрос обращение"
    " администрация отдел житель город район специалист подрядчик управление половина"
    " март апрель май июнь июль август сентябрь октябрь ноябрь декабрь январь февраль"
    " служба компания рамка программа план сторона конец начало середина"
    " квартал".split()
)
#: No more deeds than these are compared with one another.
MOST = 50


class _Told(NamedTuple):
    """A deed with what it is done to, where, and by when."""

    deed: Deed
    things: frozenset[str]
    places: frozenset[str]
    marks: frozenset[str]
    terms: tuple[Moment, ...]
    other: bool


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """Each contradiction, at its second place."""
    told = list(islice(_told(draft), MOST))
    seen = set()
    for first, second in combinations(told, 2):
        code = _contradiction(first, second)
        if not code:
            continue
        one, two = _place(first, code), _place(second, code)
        if one == two or two in seen:
            continue
        seen.add(two)
        yield Remark(
            "consistent",
            code,
            {
                "first": draft.text[slice(*one)],
                "second": draft.text[slice(*two)],
                "first_start": one[0],
                "first_end": one[1],
            },
            *two,
        )


def _place(told: _Told, code: str) -> tuple[int, int]:
    if code == "contradiction_term":
        return told.terms[0].start, told.terms[0].end
    tokens = [told.deed.token, *([told.deed.noun] if told.deed.noun else [])]
    if told.deed.negated:
        at = told.deed.clause.index(told.deed.token)
        tokens.append(told.deed.clause[max(0, at - 1)])
    return min(token.start for token in tokens), max(token.end for token in tokens)


def _told(draft: Draft) -> Iterator[_Told]:
    dated = draft.once("moments", lambda: moments(draft.text))
    for deed in deeds(draft):
        if deed.family == "быть":
            continue
        clause = _own_part(draft, deed)
        terms = tuple(
            moment
            for moment in dated
            if clause[0].start <= moment.start < clause[-1].end
        )
        yield _Told(
            deed,
            frozenset(_things(draft, clause, terms)) - {deed.family},
            frozenset(_places(draft, clause, terms)),
            frozenset(_marks(clause, terms)),
            terms,
            any(not _OTHER.isdisjoint(token.lemmas) for token in clause),
        )


def _own_part(draft: Draft, deed: Deed) -> tuple[Token, ...]:
    """The part of the clause that belongs to this verb, up to the next ones."""
    verbs = {
        other.token.index
        for other in deeds(draft)
        if other.token.sentence == deed.token.sentence
    }
    own = deed.token.index
    first, last = deed.clause[0].index, deed.clause[-1].index
    for token in deed.clause[1:]:
        parted = (
            token.low in ("и", "а", "но", "однако")
            or "," in (draft.text[draft.tokens[token.index - 1].end : token.start])
        )
        if not parted:
            continue
        if token.index <= own and any(first <= verb < token.index for verb in verbs):
            first = token.index
        elif token.index > own and any(token.index <= verb <= last for verb in verbs):
            last = token.index - 1
            break
    return tuple(draft.tokens[first : last + 1])


def _things(draft: Draft, clause: tuple, terms: tuple) -> Iterator[str]:
    for token in clause:
        if token.pos == "NOUN" and not _in_terms(token, terms):
            if token.lemma not in _GENERIC and not _is_name(draft, token):
                yield token.lemma


def _places(draft: Draft, clause: tuple, terms: tuple) -> Iterator[str]:
    """Names and house numbers."""
    for token in clause:
        if _in_terms(token, terms):
            continue
        if token.text.isdigit() or _is_name(draft, token):
            yield token.lemma


def _marks(clause: tuple, terms: tuple) -> Iterator[str]:
    """What kind of thing: «левая», «правая»."""
    for token in clause:
        if token.pos == "ADJF" and not _in_terms(token, terms):
            yield token.lemma


def _is_name(draft: Draft, token: Token) -> bool:
    """A capital that the beginning of a sentence does not explain."""
    if not token.text[0].isupper() or token.text.isupper() and len(token.text) > 1:
        return False
    if token is not draft.sentences[token.sentence].tokens[0]:
        return True
    return not token.readings[0].tags.isdisjoint(("Geox", "Surn"))


def _in_terms(token: Token, terms: tuple[Moment, ...]) -> bool:
    return any(term.start <= token.start < term.end for term in terms)


def _contradiction(first: _Told, second: _Told) -> str | None:
    if first.other or second.other or not _same(first, second):
        return None
    one, two = first.deed, second.deed
    if one.negated != two.negated:
        if one.when == two.when or {one.when, two.when} == {PLANNED, ONGOING}:
            return "contradiction_denied"
        # «не сделано» and «будет сделано» agree.
        return None
    if one.negated:
        return None
    if {one.when, two.when} == {DONE, PLANNED}:
        return "contradiction_tense"
    if one.when == two.when == PLANNED and first.terms and second.terms:
        if _phase(one) == _phase(two) and differ(first.terms[0], second.terms[0]):
            return "contradiction_term"
    return None


def _phase(deed: Deed) -> str:
    lemmas = deed.token.lemmas
    if not lemmas.isdisjoint(_BEGINS):
        return "begin"
    return "end"


def _same(first: _Told, second: _Told) -> bool:
    """Whether both speak of the same deed on the same thing."""
    if first.deed.token is second.deed.token or first.deed.family != second.deed.family:
        return False
    if first.places and second.places and first.places != second.places:
        return False
    if first.marks and second.marks and not first.marks & second.marks:
        return False
    if first.things and second.things:
        return bool(first.things & second.things)
    # One of them names nothing: «Ремонт завершён. Ремонт запланирован на май.»
    return first.deed.family not in _GENERAL or (
        first.deed.family == "работа" and not first.things and not second.things
    )
