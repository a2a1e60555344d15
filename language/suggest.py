"""What a message is about, by keyword stems that an administration keeps itself.

A stem is the beginning of a word («фонар»), or of several words that follow one
another closely («детск площадк»). Each suggestion tells the words that decided.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .text import lemma, words

#: A phrase says more than a word.
PHRASE_WEIGHT = 2.0
#: Words that may stand between two words of a phrase
PHRASE_GAP = 2
#: Words of texts that a vocabulary remembers
REMEMBERED = 20_000
_SEPARATORS = re.compile(r"[,;\n]+")


@dataclass(frozen=True)
class Suggestion:
    """One proposal.

    :param key: what is proposed, as given in the mapping
    :param score: from 0 to 1: how much of what was found speaks for it, and how much
        was found at all. One stem of its own gives 0.5, two give 0.75
    :param words: the words and phrases of the text that decided, as they stand there
    """

    key: Hashable
    score: float
    words: tuple[str, ...]


def rank(
    text: str, topics: Mapping[Hashable, str | Iterable[str]], top: int = 3
) -> list[Suggestion]:
    """The `top` likeliest of `topics` for `text`, best first; empty where none fits.

    :param topics: stems of each topic, a list or a text with commas or line ends
    """
    vocabulary = _vocabulary(
        tuple(
            (key, value if isinstance(value, str) else "\n".join(value or ()))
            for key, value in topics.items()
        )
    )
    spoken = _words(text)
    found = {stem: _places(stem, spoken) for stem in vocabulary.begun_by(spoken)}
    touched = {key for stem, places in found.items() if places
               for key in vocabulary.claims[stem]}  # fmt: skip
    weights, decided = {}, {}
    for key in topics if touched else ():
        if key not in touched:
            continue
        places = {}
        for stem in vocabulary.stems[key]:
            weight = PHRASE_WEIGHT if len(stem) > 1 else 1.0
            # What several topics claim decides little between them.
            weight /= len(vocabulary.claims[stem])
            # Two stems that meet in one word count once.
            for place in found.get(stem, ())[:1]:
                if weight > places.get(place, 0):
                    places[place] = weight
        weights[key] = sum(places.values())
        decided[key] = tuple(
            dict.fromkeys(
                " ".join(spoken[i][0] for i in place) for place in sorted(places)
            )
        )
    total = sum(weights.values())
    ranked = [
        Suggestion(key, weight / total * (1 - 0.5**weight), decided[key])
        for key, weight in weights.items()
    ]
    return sorted(ranked, key=lambda suggestion: -suggestion.score)[:top]


class _Vocabulary:
    """The stems of several topics, ready to be looked up by the words of a text."""

    def __init__(self, topics):
        self.stems = {key: split_stems(value) for key, value in topics}
        self.claims: dict[tuple[str, ...], list[Hashable]] = {}
        for key, own in self.stems.items():
            for stem in own:
                self.claims.setdefault(stem, []).append(key)
        self._begun: dict[str, list[tuple[str, ...]]] = {}
        for stem in self.claims:
            self._begun.setdefault(stem[0], []).append(stem)
        self._lengths = sorted({len(first) for first in self._begun})
        self._met: dict[str, frozenset[tuple[str, ...]]] = {}

    def begun_by(self, spoken) -> set[tuple[str, ...]]:
        """Stems of which at least the first word begins a word that was spoken."""
        return set().union(
            *(self._begun_by(form) for _text, *forms in spoken for form in forms)
        )

    def _begun_by(self, form: str) -> frozenset[tuple[str, ...]]:
        """Those whose first word begins ``form``; most words come again."""
        met = self._met.get(form)
        if met is None:
            if len(self._met) >= REMEMBERED:
                self._met.clear()
            begun = (self._begun.get(form[:end], ()) for end in self._lengths)
            met = self._met[form] = frozenset(stem for found in begun for stem in found)
        return met


@lru_cache(maxsize=64)
def _vocabulary(topics: tuple[tuple[Hashable, str], ...]) -> _Vocabulary:
    return _Vocabulary(topics)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[tuple[str, ...], ...]:
    parts = (_plain(part).split() for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(tuple(part) for part in parts if part))


def split_stems(value: str | Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The stems of an editable list, each as the beginnings of its words.

    >>> split_stems("фонар, детск площадк")
    (('фонар',), ('детск', 'площадк'))
    """
    return _split(value if isinstance(value, str) else "\n".join(value or ()))


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[tuple[str, str, str], ...]:
    """Each word as it stands, in plain spelling, and its lemma."""
    return tuple((w.text, _plain(w.text), lemma(w.text)) for w in words(text or ""))


def _begins(stem: str, word: tuple[str, str, str]) -> bool:
    # The lemma finds what changes its beginning: «шёл» for «идти», «пни» for «пень».
    return word[1].startswith(stem) or word[2].startswith(stem)


def _places(stem: tuple[str, ...], spoken) -> list[tuple[int, ...]]:
    """Where a stem stands: for each find, the indexes of its words."""
    found = []
    for start, word in enumerate(spoken):
        if not _begins(stem[0], word):
            continue
        place = [start]
        for part in stem[1:]:
            near = range(place[-1] + 1, min(place[-1] + 2 + PHRASE_GAP, len(spoken)))
            after = next((i for i in near if _begins(part, spoken[i])), None)
            if after is None:
                break
            place.append(after)
        else:
            found.append(tuple(place))
    return found


def usual_topics() -> Iterator[tuple[str, str, str]]:
    """Topics that most administrations have: (group, topic, stems with commas)."""
    path = Path(__file__).with_name("data") / "topics_ru.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            title, _colon, stems = line.partition(":")
            group, _slash, topic = title.partition("/")
            yield group.strip(), topic.strip(), stems.strip()
