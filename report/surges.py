"""Whether so many messages within some hours are unusual: plain Python, no Odoo.

What is usual is said by the same hours of the same weekday in the weeks before; for
whoever has not worked so long, by the same hours of the days before.  Messages come
like rare events, so their number follows Poisson's law.  Its rate is not known but
seen in a few windows only, which the predictive law accounts for: it has a longer tail
the less history there is.
"""

from datetime import timedelta
from math import exp, lgamma, log
from typing import NamedTuple

#: Weeks, or days, of history.
WEEKS, DAYS = 8, 14
#: Fewer windows than this say nothing of what is usual.
LEAST_HISTORY = 3
#: How improbable a number has to be.
ALPHA = 0.001
#: From so many windows on the largest is left out: an earlier surge is not usual.
TRIMMED_FROM = 4
#: Share of a wider surge's messages from which the narrower one tells it better, and
#: share of messages known from other surges from which a surge is no news.
NARROWER, KNOWN = 2 / 3, 1 / 2


class Window(NamedTuple):
    """Instants from ``start`` (excluded) to ``stop`` (included)."""

    start: object
    stop: object


class History(NamedTuple):
    """Windows to compare with and how they follow one another: weeks or days."""

    step: str
    windows: tuple


class Verdict(NamedTuple):
    """``usual``: the most that came in a usual window; ``chance`` of the number."""

    unusual: bool
    usual: int
    chance: float


def window(now, hours):
    """The last ``hours`` before ``now``."""
    return Window(now - timedelta(hours=hours), now)


def history(now, hours, since):
    """What the window of ``hours`` before ``now`` is compared with.

    :param now: aware, in the organisation's zone: the same hours are those of its
        clock on the wall, also where summer time begins between.
    :param since: aware, when the first message came, None for never; what lies
        before says nothing.
    :return: a :class:`History`, without windows where there is too little to say.
    """
    for step, count in (("weeks", WEEKS), ("days", DAYS)):
        moments = (now - timedelta(**{step: n}) for n in range(1, count + 1))
        windows = tuple(window(moment, hours) for moment in moments)
        if step == "days":
            # Windows longer than a day would count messages more than once.
            windows = windows[:: max(1, -(-hours // 24))]
        windows = tuple(w for w in windows if since and w.start >= since)
        if len(windows) >= LEAST_HISTORY:
            return History(step, windows)
    return History("days", ())


def judge(count, past, least=5, factor=2.0):
    """Whether ``count`` messages are unusual after windows with ``past`` messages.

    Unusual is what is at least ``least``, at least ``factor`` times the most that
    usually comes, and less probable than ``ALPHA``.
    """
    if len(past) < LEAST_HISTORY:
        return Verdict(False, 0, 1.0)
    kept = sorted(past)
    if len(kept) >= TRIMMED_FROM:
        kept.pop()
    usual = kept[-1]
    chance = tail(count, sum(kept), len(kept))
    enough = count >= least and count >= factor * max(usual, 1)
    return Verdict(enough and chance < ALPHA, usual, chance)


def tail(count, total, windows):
    """The probability of ``count`` or more after ``total`` in ``windows`` before.

    The predictive law of Poisson's with Jeffreys' prior: a negative binomial one of
    ``total`` + 1/2 and ``windows`` / (``windows`` + 1).
    """
    if count <= 0:
        return 1.0
    shape = total + 0.5
    stay, come = log(windows / (windows + 1)), -log(windows + 1)
    below = sum(
        exp(lgamma(n + shape) - lgamma(shape) - lgamma(n + 1) + shape * stay + n * come)
        for n in range(count)
    )
    return min(1.0, max(0.0, 1.0 - below))


def events(candidates, ongoing=()):
    """Of surges that share their messages, those that are events of their own.

    A burst pipe shows as a topic, as a place, and as both together.  It is told as
    what describes it best: the narrower where it has most messages of the wider, else
    the wider.  One that is going on already stays what it was told as.

    :param candidates: {(topic, place): set of messages}, None for any of them.
    :param ongoing: keys of what is going on.
    :return: keys, what is going on first, then the largest first.
    """
    chosen = [key for key in candidates if key in ongoing]
    known = set().union(*(candidates[key] for key in chosen)) if chosen else set()
    rest = sorted(
        (key for key in candidates if key not in chosen),
        key=lambda key: (-len(candidates[key]), None in key, str(key)),
    )
    for key in rest:
        messages = candidates[key]
        if len(messages & known) > KNOWN * len(messages):
            continue
        narrower = [
            other
            for other in rest
            if other not in chosen
            and _within(other, key)
            and len(candidates[other]) >= NARROWER * len(messages)
        ]
        chosen.append(narrower[0] if narrower else key)
        known |= messages
    return chosen


def _within(narrow, wide):
    """Whether one key tells more than another and does not contradict it."""
    pairs = zip(narrow, wide, strict=True)
    return narrow != wide and all(w in (None, n) for n, w in pairs)
