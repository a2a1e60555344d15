"""Repeats recognised and topics suggested, on the phrases for scoring."""

from collections.abc import Iterator
from pathlib import Path

from language.similarity import REPEAT, SIMILAR, likeness
from language.suggest import rank, usual_topics

PHRASES = Path(__file__).resolve().parents[2] / "language" / "tests" / "phrases"


def run(report):
    for name, value, unit in measure():
        report(name, value, unit)


def measure() -> Iterator[tuple[str, float, str]]:
    """What the phrases say that nothing was tuned on: (name, value, unit)."""
    yield from _repeats("scoring_repeats.txt")
    yield from _topics("scoring_topics.txt")


def _lines(name):
    for line in (PHRASES / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split("|")]


def _repeats(name):
    scores = {"1": [], "0": []}
    for label, one, other in _lines(name):
        scores[label].append(likeness(one, other).score)
    same, others = scores["1"], scores["0"]
    wins = sum((a > b) + (a == b) / 2 for a in same for b in others)
    yield "repeats_pairs", len(same) + len(others), "pairs"
    yield "repeats_auc", wins / (len(same) * len(others)), "share"
    for label, border in (("repeat", REPEAT), ("similar", SIMILAR)):
        found = sum(score >= border for score in same)
        false = sum(score >= border for score in others)
        yield f"repeats_{label}_recall", found / len(same), "share"
        yield f"repeats_{label}_false", false / len(others), "share"


def _topics(name):
    topics = {topic: stems for _group, topic, stems in usual_topics()}
    first = third = count = 0
    for topic, text in _lines(name):
        keys = [suggestion.key for suggestion in rank(text, topics)]
        first += keys[:1] == [topic]
        third += topic in keys
        count += 1
    yield "topics_phrases", count, "phrases"
    yield "topics_top_1", first / count, "share"
    yield "topics_top_3", third / count, "share"
