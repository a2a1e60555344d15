"""An administrator's words and phrases, found in all their forms."""

from functools import cached_property, lru_cache

from .folding import fold
from .text import lemma, parses, words


@lru_cache(maxsize=20000)
def _forms(word):
    """Every dictionary form that a word may have."""
    return frozenset(one.normal_form.replace("ё", "е") for one in parses(word)) | {word}


class Words:
    """Matcher of words («дурень»), beginnings («дур*») and phrases («чтоб вас»)."""

    def __init__(self, lines):
        lines = [" ".join(fold(line).text.split()) for line in lines]
        self._phrases = [tuple(line.split()) for line in lines if " " in line]
        self._single = [line for line in lines if line and " " not in line]
        self._cache = (None, ())

    @cached_property
    def _stems(self):
        return tuple(line[:-1] for line in self._single if line.endswith("*"))

    @cached_property
    def _lemmas(self):
        found = {}
        for line in self._single:
            if not line.endswith("*"):
                found[line] = line
                found[lemma(line)] = line
        return found

    def has(self, word: str) -> str:
        """The entry that a plain lower-case word is a form of, or nothing."""
        if not self._single:
            return ""
        for stem in self._stems:
            if stem and word.startswith(stem):
                return f"{stem}*"
        return next(
            (self._lemmas[one] for one in _forms(word) if one in self._lemmas), ""
        )

    def phrases(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, phrase) of each place of a phrase in the text."""
        if not self._phrases:
            return []
        spans = words(text)
        plain = [fold(span.text).text for span in spans]
        found = []
        for phrase in self._phrases:
            for at in range(len(plain) - len(phrase) + 1):
                if all(map(_same, phrase, plain[at:])):
                    last = at + len(phrase) - 1
                    found.append((spans[at].start, spans[last].end, " ".join(phrase)))
        return found

    def everywhere(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, entry) of each place of a word or phrase in the text."""
        if not self._phrases and not self._single:
            return []
        last, found = self._cache
        if last != text:
            found = self.phrases(text)
            if self._single:
                for span in words(text):
                    entry = self.has(fold(span.text).text)
                    if entry:
                        found.append((span.start, span.end, entry))
            # One assignment: threads share a matcher.
            self._cache = (text, found)
        return found


def _same(wanted, word):
    """Whether a word of a text is a form of a phrase's word."""
    if wanted.endswith("*"):
        return word.startswith(wanted[:-1])
    return wanted == word or not _forms(wanted).isdisjoint(_forms(word) - {word})
