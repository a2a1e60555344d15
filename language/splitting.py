"""A text that is too long for a network, as several."""

from .text import sentences, words


def split(text: str, limit: int) -> list[str]:
    """``text`` in parts of at most ``limit`` characters, in their order.

    A part ends with a paragraph where it can, else with a sentence, else with a word;
    a word longer than the limit is cut. No character but spaces between parts is lost.

    >>> split("Первое. Второе. Третье.", 16)
    ['Первое. Второе.', 'Третье.']
    """
    if limit < 1:
        raise ValueError("A part has at least one character")
    parts, rest = [], text.strip()
    while len(rest) > limit:
        cut = _last_border(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _last_border(text, limit):
    """Where the first part of ``text`` ends."""
    # A paragraph or sentence that leaves most of the space empty is no good border.
    window = text[: limit + 1]
    for mark in ("\n\n", "\n"):
        cut = window.rfind(mark)
        if cut >= limit // 3:
            return cut
    ends = [span.end for span in sentences(text[: 2 * limit]) if span.end <= limit]
    if ends and ends[-1] >= limit // 3:
        return ends[-1]
    starts = [span.start for span in words(window) if 0 < span.start <= limit]
    return starts[-1] if starts else limit
