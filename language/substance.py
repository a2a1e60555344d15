"""Whether a reply says anything to the point.

``substance``: a measure, a decision, advice or a reasoned impossibility;
``impossibility``: a refusal names its legal act; ``progress``: the reply to a
repeated message tells what was done or how far it is.
"""

import re
from collections.abc import Iterator

from .deeds import DONE, PLANNED, Deed, deeds, noun_of
from .draft import Draft, Sentence, Token, taken_apart
from .moments import moments
from .phrases import Match, load
from .remarks import Context, Remark, Requirement

_ACT = re.compile(
    r"(?:№\s?\d[\d/-]{0,12}-?\s?(?:фз|оз|кз)\b|\b\d{1,4}-\s?(?:фз|оз|кз)\b"
    r"|федеральн\w{2,3}\s(?:конституционн\w{2,3}\s)?закон\w{0,2}"
    r"|\bзакон\w{0,2}\s(?:\w{3,20}\s){0,4}(?:[«\"]|об?\s\w|№|от\s\d|рф\b|российской)"
    r"|\bкодекс\w{0,2}\b|\b(?:жк|гк|зк|тк|бк|нк|грк|гск|ск|коап)\s(?:рф|россии)\b|\bкоап\b"
    r"|\bстать\w{1,3}\s\d|\bст\.\s?\d|\bконституци\w{1,2}\b"
    r"|\b(?:пункт\w{0,2}|п\.|част\w{1,3}|ч\.)\s?\d[\d.]{0,6}\s(?:стать|ст\.|правил|поряд"
    r"|полож|постан|закон|регламент|приказ|решен|устав)"
    r"|\b(?:постановлени|распоряжени|приказ|решени|указ)\w{0,3}\s(?:[^.!?;\n]{0,90}?\s)?"
    r"(?:№|от\s\d|[«\"])"
    r"|\b(?:санпин|снип|гост|пдд|пуэ)\w{0,2}\b|\bсп\s\d|\bсн\s\d"
    r"|\bправил\w{0,3}\s(?:благоустройства|землепользования|предоставления|дорожного"
    r"|содержания|пользования|охраны|застройки|технической|противопожарн|персональн"
    r"|оказания|эксплуатации)"
    r"|\b(?:устав|регламент|генеральн\w{2,3}\sплан|градостроительн\w{2,3}\sрегламент)\w{0,3}\b"
    r"|\bпорядк\w{1,2}\s(?:[«\"]|утвержд))",
    re.IGNORECASE,
)
_CONDITION = frozenset(("если", "когда", "было", "был", "была", "были"))
_CITIZEN_ASKS = re.compile(
    r"\b(?:нельзя\sли|дозвониться|не\s(?:согласиться|отметить|упомянуть|заметить|признать))\b",
    re.IGNORECASE,
)
#: What is asked of the citizen for politeness only
_POLITE = frozenset(
    "здравствуйте извините простите ожидайте ждите подождите потерпите дождитесь"
    " надейтесь верьте поверьте будьте примите желайте".split()
)
_OF_ANSWER = frozenset(("ответ", "ответить", "сообщить", "проинформировать"))
#: «невозможно: рядом перекрёсток», «не вправе, тариф утверждает край»
_EXPLAINED = re.compile(r"\w\s?[:,—–]\s\w+\s\w")
_ANSWER = re.compile(r"\W*(?:да|нет|к\sсожалению)\b\W", re.IGNORECASE)
_FINISHED = frozenset(("выполнены", "завершены", "начнутся", "завершатся", "окончены"))
_DIGITS = re.compile(r"(?<![№\d])\d")
#: A sentence of fewer words that share nothing with the message says too little.
INFORMATIVE = 3
#: What happened is told in fewer: «Снегоуборочная техника вышла на линию.»
TOLD = 3


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """Something to the point; of an interim reply, the reason why it is interim."""
    if context.interim:
        taken = {at for match in empty(draft) for at in match.words}
        told = any(not deed.negated for deed in _real(draft, taken))
        if not has_reason(draft) and not told:
            yield Remark("substance", "substance_no_reason")
        return
    if _told(draft, context):
        return
    for section in ("forwarded", "noted", "thanks"):
        for match in empty(draft):
            if match.phrase.section == section:
                tokens = draft.tokens[match.first : match.last]
                yield Remark(
                    "substance",
                    f"substance_only_{section}",
                    {"words": draft.words(tokens)},
                    tokens[0].start,
                    tokens[-1].end,
                )
                return
    yield Remark("substance", "substance_missing")


def empty(draft: Draft) -> list[Match]:
    """The places of the body that say nothing about the matter."""
    body = {sentence.index for sentence in draft.body}
    return draft.once(
        "empty",
        lambda: [
            match
            for match in load("empty").find(draft.tokens)
            if draft.tokens[match.first].sentence in body
        ],
    )


def _told(draft: Draft, context: Context) -> bool:
    return any(_says(draft, sentence, context) for sentence in draft.body)


def _says(draft: Draft, sentence: Sentence, context: Context) -> bool:
    hollow = [
        match
        for match in empty(draft)
        if draft.tokens[match.first].sentence == sentence.index
    ]
    taken = {at for match in hollow for at in match.words}
    if _has_deed(draft, sentence, taken) or _advises(sentence, taken):
        return True
    if _refuses(draft, sentence):
        return (
            has_reason(draft)
            or names_act(draft.text)
            or bool(_EXPLAINED.search(sentence.text))
        )
    if hollow:
        return _is_dated_plan(draft, sentence, hollow)
    return _informs(draft, sentence, context)


def _is_dated_plan(draft: Draft, sentence: Sentence, hollow: list[Match]) -> bool:
    """«Рассмотрим на комиссии 17 февраля» is a plan; «ответим до 17 февраля» none."""
    if any(match.phrase.section != "noted" for match in hollow):
        return False
    dated = draft.once("moments", lambda: moments(draft.text))
    return any(
        sentence.start <= moment.start < sentence.end and moment.month
        for moment in dated
    ) and not any(
        token.reads("PRTS", "past")
        or token.reads("VERB", "past")
        or not _OF_ANSWER.isdisjoint(token.lemmas)
        for token in sentence.tokens
    )


def _has_deed(draft: Draft, sentence: Sentence, taken: set[int]) -> bool:
    return any(
        deed.token.sentence == sentence.index
        and not (deed.negated and deed.when != PLANNED)
        for deed in _real(draft, taken)
    )


def _real(draft: Draft, taken: set[int]) -> Iterator[Deed]:
    """Deeds that are more than a stock phrase says."""
    for deed in deeds(draft):
        if not deed.listed:
            continue
        if deed.noun is None:
            if deed.family != "быть" and deed.token.index not in taken:
                yield deed
        elif deed.noun.index not in taken and (
            deed.family != "работа" or _names_work(deed.clause)
        ):
            yield deed


def _names_work(clause: tuple[Token, ...]) -> bool:
    """«Проводятся работы» says nothing; «… по замене труб», «завершены» do."""
    return any(
        token.low in _FINISHED or (noun_of(token) or ("работа", ""))[0] != "работа"
        for token in clause
    )


def _advises(sentence: Sentence, taken: set[int]) -> bool:
    if any(
        taken.isdisjoint(match.words)
        for match in _shifted(load("advice").find(sentence.tokens), sentence)
    ):
        return True
    return len(sentence.tokens) > 1 and any(
        token.index not in taken
        and token.reads("VERB", "impr", "excl", "plur")
        and token.low not in _POLITE
        for token in sentence.tokens
    )


def _shifted(matches, sentence: Sentence) -> Iterator[Match]:
    """Matches within a sentence's tokens, counted in the whole text."""
    first = sentence.tokens[0].index if sentence.tokens else 0
    for match in matches:
        yield Match(
            match.first + first,
            match.last + first,
            match.phrase,
            tuple(word + first for word in match.words),
        )


def _informs(draft: Draft, sentence: Sentence, context: Context) -> bool:
    """Whether a sentence without a deed still answers: figures or the subject."""
    if sentence.text.endswith("?"):
        return False
    if _DIGITS.search(sentence.text):
        return True
    content = [token for token in sentence.tokens if token.is_content]
    if _ANSWER.match(sentence.text) and len(content) > 1:
        return True
    if len(content) >= TOLD and any(
        token.reads("VERB", "past", "indc")
        or token.reads("VERB", "futr", "perf", "3per", "plur")
        or token.reads("VERB", "futr", "perf", "1per", "plur")
        for token in sentence.tokens
    ):
        return True
    if context.message:
        asked = taken_apart(context.message).lemmas
        shared = [token for token in content if not asked.isdisjoint(token.lemmas)]
        return bool(shared) and len(content) >= INFORMATIVE
    return len(content) > INFORMATIVE


def has_reason(draft: Draft) -> bool:
    """Whether the text tells why."""
    return draft.once(
        "reason",
        lambda: any(
            True
            for sentence in draft.body
            for _match in load("reasons").find(sentence.tokens)
        ),
    )


def refusals(draft: Draft) -> list[Match]:
    """Where something is said to be impossible or refused."""
    return draft.once("refusals", lambda: list(_find_refusals(draft)))


def _find_refusals(draft: Draft) -> Iterator[Match]:
    body = {sentence.index for sentence in draft.body}
    for match in load("impossible").find(draft.tokens):
        token = draft.tokens[match.first]
        if token.sentence not in body:
            continue
        sentence = draft.sentences[token.sentence]
        near = [
            other.low
            for other in sentence.tokens
            if match.first - 4 <= other.index <= match.last + 1
        ]
        if _CONDITION.intersection(near) or _CITIZEN_ASKS.search(sentence.text):
            continue
        yield match


def _refuses(draft: Draft, sentence: Sentence) -> bool:
    return any(
        draft.tokens[match.first].sentence == sentence.index
        for match in refusals(draft)
    )


def names_act(text: str) -> bool:
    """Whether a legal act is named, not merely «законодательство»."""
    return bool(_ACT.search(text))


def check_impossibility(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """A refusal without the act that it rests on."""
    if not refusals(draft) or names_act(draft.text):
        return
    match = refusals(draft)[0]
    tokens = draft.tokens[match.first : match.last]
    yield Remark(
        "impossibility",
        "impossibility_no_act",
        {"words": draft.words(tokens)},
        tokens[0].start,
        tokens[-1].end,
    )


def check_progress(
    draft: Draft, requirement: Requirement, context: Context
) -> Iterator[Remark]:
    """Of a repeated message: measures taken, or how far the matter is."""
    if not context.repeated:
        return
    taken = {at for match in empty(draft) for at in match.words}
    hollow = {draft.tokens[match.first].sentence for match in empty(draft)}
    for deed in deeds(draft):
        if not deed.listed and deed.when == DONE and not deed.negated:
            if deed.token.sentence not in hollow:
                return
    if any(token.reads("ADJS") and "готовый" in token.lemmas for token in draft.tokens):
        return
    for deed in _real(draft, taken):
        if not deed.negated and (deed.when != PLANNED or deed.token.low in _SETTLED):
            return
    if refusals(draft) and has_reason(draft):
        return
    yield Remark("progress", "progress_missing")


#: Plans that are a stage reached: «запланирован», «включена в план»
_SETTLED = frozenset(
    stem + ending
    for stem in ("запланирован", "включен", "намечен", "предусмотрен")
    for ending in ("", "а", "о", "ы")
)
