"""Questions of a citizen's message, and which of them the reply passes over."""

import re
from collections.abc import Iterator
from functools import lru_cache

from .draft import Draft, Sentence, Token, normal, taken_apart
from .moments import moments
from .phrases import read_lines
from .remarks import Context, Remark, Requirement
from .text import Span

_ASKING = frozenset(
    "когда почему зачем сколько где куда откуда кто чей какой каков как что чего чем"
    " доколе отчего который кого кому".split()
)
#: Words that begin a question also where nobody put a question mark
_OPENING = frozenset(
    "когда почему зачем сколько где куда откуда кто доколе отчего чей".split()
)
_REQUEST = re.compile(
    r"\b(?:подскажите|скажите|объясните|обьясните|поясните|расскажите|ответьте|разъясните"
    r"|уточните|сообщите|дайте\sответ|хочу\s(?:узнать|спросить|понять)|хотел[аио]?\sбы\s"
    r"(?:узнать|спросить|понять|уточнить)|хотелось\sбы\s(?:узнать|знать|понять|услышать)"
    r"|хотим\s(?:узнать|знать|понять)|интересует|интересно|можно\sузнать|можно\sли"
    r"|будет\sли|будут\sли|есть\sли|планируется\sли|собираетесь\sли|до\sкаких\sпор"
    r"|вопрос\s?[:—–-]|когда\sже|как\sдолго|как\sбыть|что\sделать|как\sполучить"
    r"|как\sоформить|как\sзаписаться|как\sузнать|как\sподать|сколько\sможно)\b",
    re.IGNORECASE,
)
_LI = re.compile(r"\b\w+\sли\b", re.IGNORECASE)
_WHETHER_NOT = re.compile(r"\b(?:если|едва|чуть|вряд)\b|\bто\sли\b", re.IGNORECASE)
#: Where a second question may begin inside a sentence
_SPLIT = re.compile(
    r"(?:,\s|\s(?:и|а|или|да)\s|,\s?(?:и|а|или)\s)(?=(?:когда|почему|зачем|сколько|где"
    r"|куда|откуда|кто|какие|какой|какая|какое|как|что|будет\sли|будут\sли|есть\sли)\b)",
    re.IGNORECASE,
)
#: Asked of no one
_RHETORICAL = re.compile(
    r"\b(?:сколько\sможно|доколе|до\sкаких\sпор|куда\s(?:смотр|гляд)|за\sчто\s(?:мы\s)?плат"
    r"|есть\sли\s(?:у\sвас\s)?совесть|где\s(?:ваша\s)?совесть|кому\sжаловаться|как\sтак\sможно"
    r"|вы\s(?:издеваетесь|там\sспите|вообще)|когда\s(?:это|уже\sэто)\sзакончится"
    r"|не\sстыдно|нормально\?|разве\sэто|что\sза\s)",
    re.IGNORECASE,
)
_GREETING_WORDS = frozenset(
    "подсказать сказать объяснить пояснить рассказать ответить уточнить узнать спросить"
    " понять знать интересовать интересно пожалуйста хотеть вопрос мочь можно быть это"
    " здравствуйте добрый день наш ваш свой весь очень почему когда сколько вообще уже"
    " наконец какой такой год город делать сделать человек житель администрация глава"
    " улица дом город район поселок село адрес который самый время раз ли же бы"
    " там тут здесь".split()
)
_FIGURES = re.compile(r"\d")
#: Nobody asks more; what follows is not looked at.
MOST = 50
#: Lemmas that begin with as many equal letters are taken for one word.
STEM = 5


def questions(text: str) -> list[Span]:
    """The questions of a message in its order, with or without a question mark."""
    return _questions(Draft(text))


def _questions(draft: Draft) -> list[Span]:
    found = []
    for sentence in draft.sentences:
        parts = list(_parts(sentence))
        asked = sentence.text.rstrip(' )"»!').endswith("?")
        for at, (start, end) in enumerate(parts):
            words = [token for token in sentence.tokens if start <= token.start < end]
            if _asks(words, draft.text[start:end], asked, at == len(parts) - 1):
                found.append(_trimmed(draft.text, start, end))
                if len(found) == MOST:
                    return found
    return found


def _parts(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """The sentence, divided where another question begins in it."""
    start = sentence.start
    for match in _SPLIT.finditer(sentence.text):
        at = sentence.start + match.end()
        head = sentence.text[start - sentence.start : match.start()]
        # «Подскажите, когда …» is one question.
        if _only_request(head):
            continue
        yield start, sentence.start + match.start()
        start = at
    yield start, sentence.end


def _only_request(head: str) -> bool:
    words = re.findall(r"\w+", head.lower())
    return len(words) < 4 and not any(word in _ASKING for word in words)


def _asks(words: list[Token], text: str, asked: bool, last: bool) -> bool:
    if not words:
        return False
    opening = next(
        (
            token.low
            for token in words
            if token.low not in ("и", "а", "но", "так", "ну")
        ),
        "",
    )
    if asked:
        return (
            last or _opens(opening) or bool(_LI.search(text) or _REQUEST.search(text))
        )
    if _REQUEST.search(text):
        return _asks_something(words, text)
    if _LI.search(text) and not _WHETHER_NOT.search(text):
        return True
    return opening in _OPENING and not _subordinate(opening, words, text)


def _opens(word: str) -> bool:
    return word in _ASKING or word.startswith(("как", "котор", "что"))


def _asks_something(words: list[Token], text: str) -> bool:
    """«Подскажите …» asks if anything follows; «ответьте» alone does not."""
    return len(words) > 1


def _subordinate(opening: str, words: list[Token], text: str) -> bool:
    """«Когда шёл дождь, затопило подвал»: not a question but a circumstance."""
    if opening not in ("когда", "где", "куда", "кто", "сколько"):
        return False
    if any(token.low in ("то", "там", "тот", "столько") for token in words[1:]):
        return True
    if opening == "когда" and "," in text:
        head = text.partition(",")[0]
        end = words[0].start + len(head)
        return any(token.reads("VERB", "past") for token in words if token.start < end)
    return False


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in " \n\t,;–—-":
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end, text[start:end])


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """Questions of the message that share no word with the reply."""
    if not context.message or context.interim:
        return
    message = taken_apart(context.message)
    told = _keys(draft.tokens)
    dated = bool(draft.once("moments", lambda: moments(draft.text)))
    for span in _questions(message):
        tokens = [
            item for item in message.tokens if span.start <= item.start < span.end
        ]
        if _RHETORICAL.search(span.text):
            continue
        asked = _keys(tokens)
        if asked & told or (not asked and _answered_otherwise(span, draft, dated)):
            continue
        yield Remark(
            "questions",
            "question_unanswered",
            {
                "question": span.text,
                "message_start": span.start,
                "message_end": span.end,
            },
        )


def _answered_otherwise(span: Span, draft: Draft, dated: bool) -> bool:
    """A question without a word of content («Когда?») by the kind of its answer."""
    low = normal(span.text)
    if "когда" in low or "долго" in low or "срок" in low:
        return dated
    if "сколько" in low:
        return bool(_FIGURES.search(draft.text))
    return True


def _keys(tokens: list[Token]) -> frozenset[str]:
    """What words are compared by: groups of one meaning, stems, numbers."""
    keys = set()
    groups = _groups()
    for token in tokens:
        if (
            not token.is_content
            or token.pos in ("ADVB", "PRTF")
            and token.lemma in _ASKING
        ):
            continue
        for lemma in token.lemmas:
            if lemma in _GREETING_WORDS or lemma in _ASKING or len(lemma) < 3:
                continue
            keys.add(lemma if len(lemma) <= STEM else lemma[:STEM])
            keys.update(groups.get(lemma, ()))
    return frozenset(keys)


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[str, ...]]:
    """lemma -> the groups of one meaning that it belongs to."""
    groups: dict[str, tuple[str, ...]] = {}
    for number, (_section, line) in enumerate(read_lines("meanings")):
        for lemma in normal(line).split():
            groups[lemma] = (*groups.get(lemma, ()), f"={number}")
    return groups
