"""Replies that were given before, word for word or nearly (``formulaic``)."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from .draft import Draft
from .remarks import Context, Remark, Requirement

#: From here on, in percent, a reply is the same as an earlier one.
SAME = 75
#: Shorter replies («Спасибо за тёплые слова») are alike by nature.
LEAST_WORDS = 8
#: How many of the earlier replies are looked at; the latest ones should come last.
LOOKED_AT = 200


def check(draft: Draft, requirement: Requirement, context: Context) -> Iterator[Remark]:
    """The likest of the earlier replies, when it is near-identical."""
    own = _profile(draft.text)
    if len(own[0]) < LEAST_WORDS:
        return
    best, found = 0, None
    offset = max(0, len(context.earlier_replies) - LOOKED_AT)
    for index, text in enumerate(context.earlier_replies[offset:], offset):
        percent = _alike(own, _profile(text))
        if percent > best:
            best, found = percent, index
    if best >= SAME:
        yield Remark("formulaic", "formulaic", {"percent": best, "index": found})


def _alike(
    first: tuple[frozenset, frozenset], second: tuple[frozenset, frozenset]
) -> int:
    """How much of words and of pairs of neighbours the two share, in percent."""
    shares = [
        len(one & two) / (len(one | two) or 1)
        for one, two in zip(first, second, strict=True)
    ]
    return round(100 * sum(shares) / len(shares))


@lru_cache(maxsize=2000)
def _profile(text: str) -> tuple[frozenset, frozenset]:
    """Lemmas of the body and pairs of neighbours, without numbers."""
    lemmas = [
        token.lemma
        for sentence in Draft(text[:4000]).body
        for token in sentence.tokens
        if token.is_content and not token.text.isdigit()
    ]
    return frozenset(lemmas), frozenset(pairwise(lemmas))
