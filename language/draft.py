"""A text taken apart once, for all checks.

Words are lemmatised when first asked and remembered for the process.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from .text import Span, parses, sentences

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+")
#: What a person greets and signs with
_GREETING = re.compile(
    r"\W*(?:здравствуй|приветству|привет\b|добр(?:ый|ое|ого)\s+(?:день|дня|утро|утра"
    r"|вечер|времени)|уважаем|дорог(?:ой|ая|ие)\b)",
    re.IGNORECASE,
)
_REGARDS = re.compile(r"\W*(?:с\s+уважением|ваш[аи]?\s+администрация)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\W*(?:№|номер|тема|локация|место|адрес|сообщение\s+№|обращение\s+№|вопрос\s+№)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*[-–—•*✅✔➡️▪]+\s*")
#: A greeting of more words says something besides.
GREETING_WORDS = 7
SIGNATURE_WORDS = 14
VERBS = frozenset(("VERB", "PRTS", "PRED", "INFN"))
#: Words that say nothing about the subject
SERVICE = frozenset(
    ("PREP", "CONJ", "PRCL", "NPRO", "INTJ", "PRED", "NUMR", "COMP", "GRND")
)


class Reading(NamedTuple):
    """One way to understand a word: its lemma, part of speech and grammemes."""

    lemma: str
    pos: str
    tags: frozenset[str]


def normal(text: str) -> str:
    """Lower case, «е» for «ё»."""
    return text.lower().replace("ё", "е")


@lru_cache(maxsize=50_000)
def readings(word: str) -> tuple[Reading, ...]:
    """The ways to understand a word (in lower case), the likeliest first."""
    if word.isdigit() or len(word) > 40:
        return (Reading(word, "", frozenset()),)
    found = []
    for parse in parses(word):
        # Plain strings: the analyser's own ones are slow to compare.
        tags = frozenset(map(str, parse.tag.grammemes))
        found.append(Reading(normal(parse.normal_form), parse.tag.POS or "", tags))
    return tuple(found) or (Reading(word, "", frozenset()),)


@lru_cache(maxsize=50_000)
def _lemmas(word: str) -> frozenset[str]:
    return frozenset(reading.lemma for reading in readings(word))


class Token:
    """A word or a number in its place."""

    __slots__ = ("start", "end", "text", "low", "sentence", "index", "_readings")

    def __init__(self, start: int, end: int, text: str, sentence: int, index: int):
        self.start = start
        self.end = end
        self.text = text
        self.low = normal(text)
        self.sentence = sentence
        self.index = index
        self._readings = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        if self._readings is None:
            self._readings = readings(self.low)
        return self._readings

    @property
    def lemma(self) -> str:
        """The likeliest lemma."""
        return self.readings[0].lemma

    @property
    def lemmas(self) -> frozenset[str]:
        return _lemmas(self.low)

    @property
    def pos(self) -> str:
        return self.readings[0].pos

    def reads(self, pos: str, *tags: str) -> bool:
        """Whether the word can be understood so."""
        return any(
            reading.pos == pos and reading.tags.issuperset(tags)
            for reading in self.readings
        )

    @property
    def is_content(self) -> bool:
        """Whether the word says something about the subject."""
        return self.pos not in SERVICE and (len(self.low) > 2 or self.low.isdigit())

    def __repr__(self):
        return f"<{self.text}>"


class Sentence:
    """A sentence with its words.

    ``role`` is ``body``, or ``greeting``, ``signature``, ``label`` of what stands
    around the words to the point.
    """

    def __init__(self, span: Span, index: int, tokens: list[Token]):
        self.start, self.end, self.text = span
        self.index = index
        self.tokens = tokens
        self.role = "body"

    @cached_property
    def has_verb(self) -> bool:
        return any(token.pos in VERBS for token in self.tokens)

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """Likeliest lemmas of the words that say something."""
        return frozenset(token.lemma for token in self.tokens if token.is_content)


class Draft:
    """A text with its sentences and words."""

    def __init__(self, text: str):
        self.text = text
        self.sentences: list[Sentence] = []
        self.tokens: list[Token] = []
        self._once: dict[str, Any] = {}
        for number, span in enumerate(_spans(text)):
            tokens = []
            for match in _WORD.finditer(text, span.start, span.end):
                token = Token(
                    match.start(), match.end(), match[0], number, len(self.tokens)
                )
                self.tokens.append(token)
                tokens.append(token)
            self.sentences.append(Sentence(span, number, tokens))
        self._assign_roles()

    def once(self, name: str, work: Callable[[], Any]) -> Any:
        """The result of ``work``, done the first time it is asked for by this name."""
        if name not in self._once:
            self._once[name] = work()
        return self._once[name]

    def _assign_roles(self):
        signed = False
        for sentence in self.sentences:
            if signed or _REGARDS.match(sentence.text):
                signed = True
                sentence.role = "signature"
            elif not sentence.tokens:
                sentence.role = "label"
            elif _is_greeting(sentence):
                sentence.role = "greeting"
            elif _LABEL.match(sentence.text) and not sentence.has_verb:
                sentence.role = "label"
        for sentence in reversed(self.sentences):
            if sentence.role == "body":
                if not self._is_signature(sentence):
                    break
                sentence.role = "signature"

    def _is_signature(self, sentence: Sentence) -> bool:
        """A last line of its own without a verb, or hashtags."""
        if sentence.text.startswith("#"):
            return True
        line = self.text.rfind("\n", 0, sentence.start) >= 0 and not self.text[
            self.text.rfind("\n", 0, sentence.start) : sentence.start
        ].strip(" \n\t\r-–—•*")
        return line and not sentence.has_verb and len(sentence.tokens) < SIGNATURE_WORDS

    @cached_property
    def body(self) -> list[Sentence]:
        """The sentences to the point: without greeting, labels and signature."""
        return [item for item in self.sentences if item.role == "body"]

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """All lemmas that the text's words may have."""
        return frozenset().union(*(token.lemmas for token in self.tokens))

    def words(self, tokens: list[Token]) -> str:
        """The text from the first token to the last."""
        return self.text[tokens[0].start : tokens[-1].end] if tokens else ""

    def sentence_at(self, position: int) -> Sentence | None:
        """The sentence that holds this character."""
        for sentence in self.sentences:
            if sentence.start <= position < sentence.end:
                return sentence
        return None


@lru_cache(maxsize=128)
def taken_apart(text: str) -> Draft:
    """A text that many checks ask for: a message, a label, a name."""
    return Draft(text)


def _is_greeting(sentence: Sentence) -> bool:
    match = _GREETING.match(sentence.text)
    if not match:
        return False
    rest = [
        token
        for token in sentence.tokens
        if token.start >= sentence.start + match.end()
    ]
    return len(sentence.tokens) <= GREETING_WORDS and not any(
        token.pos in VERBS and token.low != "здравствуйте" for token in rest
    )


def _spans(text: str) -> Iterator[Span]:
    """Sentences; an end of line ends one, unless a list or the sentence goes on."""
    start = 0
    for part in _paragraphs(text):
        for span in sentences(part):
            if span.text.strip():
                yield Span(start + span.start, start + span.end, span.text)
        start += len(part)


def _paragraphs(text: str) -> Iterator[str]:
    part = ""
    for line in text.splitlines(keepends=True):
        if part and not _goes_on(part, line):
            yield part
            part = ""
        part += line
    if part:
        yield part


def _goes_on(before: str, line: str) -> bool:
    before = before.rstrip()
    rest = line[_BULLET.match(line).end() :] if _BULLET.match(line) else line.lstrip()
    if not before or not rest.strip():
        return not rest.strip()
    return before[-1] in ",;:" and not _REGARDS.match(before) or rest[0].islower()
