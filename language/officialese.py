"""Officialese: stock phrases, verbal nouns, chains of genitives, long sentences."""

from collections.abc import Iterator

from .draft import Draft, Sentence, Token
from .phrases import load, load_words, own
from .remarks import Context, Remark, Requirement

#: Verbal nouns, in percent of the words, that make a text heavy
VERBAL_PERCENT = 10
#: Fewer words, or fewer such nouns, prove nothing.
VERBAL_WORDS = 20
VERBAL_LEAST = 4
#: Nouns in a row, each in the genitive of the one before
CHAIN = 4
#: Words of a sentence that can still be read in one go
LONG = 28
#: Names of bodies and places are as long as they are.
_NAMES = frozenset(
    "администрация отдел управление департамент министерство комитет служба район город"
    " округ область край поселение поселок улица инспекция республика глава сектор"
    " россия федерация дом номер год месяц день рубль центр учреждение".split()
)
_ENDINGS = ("ение", "ание", "яние", "тие", "ировка")


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """Everything in the body that reads like a paper and not like a person."""
    yield from _stock_phrases(draft, context)
    yield from _verbal_nouns(draft)
    for sentence in draft.body:
        yield from _chains(draft, sentence)
        count = sum(not token.text.isdigit() for token in sentence.tokens)
        if count > LONG and "\n" not in sentence.text:
            params = {"count": count, "limit": LONG}
            yield Remark(
                "officialese", "sentence_long", params, sentence.start, sentence.end
            )


def _stock_phrases(draft: Draft, context: Context) -> Iterator[Remark]:
    places: list[tuple[int, int]] = []
    for phrases in (own(context.phrases), load("officialese")):
        for match in phrases.find(draft.tokens):
            tokens = draft.tokens[match.first : match.last]
            start, end = tokens[0].start, tokens[-1].end
            if any(start < last and end > first for first, last in places):
                continue
            places.append((start, end))
            params = {"words": draft.words(tokens), "plain": match.phrase.plain}
            yield Remark("officialese", "stock_phrase", params, start, end)


def _verbal_nouns(draft: Draft) -> Iterator[Remark]:
    words = [
        token
        for sentence in draft.body
        for token in sentence.tokens
        if not token.text.isdigit()
    ]
    found = [token for token in words if is_verbal_noun(token)]
    if len(words) < VERBAL_WORDS or len(found) < VERBAL_LEAST:
        return
    percent = round(100 * len(found) / len(words))
    if percent >= VERBAL_PERCENT:
        names = list(dict.fromkeys(token.text.lower() for token in found))
        params = {"percent": percent, "words": names}
        yield Remark("officialese", "verbal_nouns", params)


def is_verbal_noun(token: Token) -> bool:
    """«осуществление», «проведение», but not «здание», «население»."""
    first = token.readings[0]
    return (
        first.pos == "NOUN"
        and first.lemma.endswith(_ENDINGS)
        and first.lemma not in load_words("nouns_plain")
    )


def _chains(draft: Draft, sentence: Sentence) -> Iterator[Remark]:
    chain: list[Token] = []
    count = 0
    for token in [*sentence.tokens, None]:
        if token is not None and (not chain or _touch(draft, chain[-1], token)):
            if _is_genitive(token):
                chain.append(token)
                count += 1
                continue
            if chain and token.reads("ADJF", "gent"):
                chain.append(token)
                continue
        if count >= CHAIN:
            while not _is_genitive(chain[-1]):
                chain.pop()
            words = draft.words(chain)
            yield Remark(
                "officialese",
                "genitive_chain",
                {"words": words, "count": count},
                chain[0].start,
                chain[-1].end,
            )
        chain, count = [], 0
        if token is not None and _is_genitive(token):
            chain, count = [token], 1


def _touch(draft: Draft, before: Token, after: Token) -> bool:
    return draft.text[before.end : after.start].isspace()


def _is_genitive(token: Token) -> bool:
    first = token.readings[0]
    if first.pos != "NOUN" or first.lemma in _NAMES or token.text[0].isupper():
        return False
    return "gent" in first.tags or token.reads("NOUN", "gent")
