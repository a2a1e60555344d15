"""A picture of clocks on a time axis, as SVG: plain Python, for screen and paper.

The axis is not to scale.  Minutes and weeks stand side by side in one act, so each
span between two neighbouring instants gets a width that grows with its logarithm;
order, overlap and the place of an instant within a span stay true.
"""

from bisect import bisect_right
from datetime import datetime
from math import log10
from typing import NamedTuple

from markupsafe import Markup

LEFT = 350  # the column of names
RIGHT = 110  # room for the words beside the last bar
TOP = 66
LANE = 46
BAR = 14
LEAST = 46  # of a span: the time of its first instant fits
LEAST_WIDTH = 720

#: Colours of states; each goes with a word.  Dark enough for white and grey paper.
COLOURS = {
    "running": "#1f5fa8",
    "overdue": "#b3261e",
    "met": "#24733a",
    "breached": "#b3261e",
    "cancelled": "#6b7280",
}
INK, SOFT, GRID, WORK = "#1f2937", "#5b6472", "#c3c8d0", "#eef6ea"
FONT = "'DejaVu Sans','Noto Sans','Liberation Sans',Arial,sans-serif"


class Mark(NamedTuple):
    """An event on the axis: its number, its instant, its time and day in words."""

    number: str
    at: datetime
    time: str
    day: str
    title: str


class Bar(NamedTuple):
    """A clock: two lines of words, and from when to when it ran."""

    name: str
    words: str
    state: str
    start: datetime
    due: datetime
    done: datetime | None
    due_words: str


def timeline(title, marks, bars, shifts=(), now=None, now_words=""):
    """The picture as ``Markup``.

    :param title: what a screen reader says the picture is
    :param marks: the events, in order
    :param bars: the clocks, in order
    :param shifts: working time, pairs of instants; shaded
    :param now: an instant to mark, with ``now_words``
    """
    axis = Axis([*_instants(marks, bars), *([now] if now else ())])
    height = TOP + LANE * len(bars) + 12
    width = LEFT + axis.width + RIGHT
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="o_social_timeline" '
            'viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
            'aria-label="{title}" font-family="{font}" font-size="12">'
        ).format(w=width, h=height, title=title, font=FONT)
    ]
    parts += _shading(axis, shifts, height)
    parts += _axis(axis, marks, height)
    for index, bar in enumerate(bars):
        parts += _lane(axis, bar, TOP + LANE * index, width)
    if now:
        parts.append(
            _line(axis.x(now), TOP - 14, axis.x(now), height, "#7c3aed", "5 3")
        )
        parts.append(_text(axis.x(now) + 3, height - 2, now_words, fill="#7c3aed"))
    return Markup("").join([*parts, Markup("</svg>")])


class Axis:
    """Where an instant lies.

    >>> axis = Axis([eight, nine, tomorrow])
    >>> axis.x(eight)
    350.0
    """

    def __init__(self, instants):
        self._instants = sorted(set(instants))
        self._places = [0.0]
        for before, after in zip(self._instants, self._instants[1:], strict=False):
            minutes = (after - before).total_seconds() / 60
            self._places.append(
                self._places[-1] + max(LEAST, 30 + 28 * log10(1 + minutes / 10))
            )
        stretch = max(1.0, LEAST_WIDTH / (self._places[-1] or LEAST_WIDTH))
        self._places = [place * stretch for place in self._places]
        self.width = round(max(self._places[-1], LEAST_WIDTH))

    @property
    def first(self):
        return self._instants[0]

    @property
    def last(self):
        return self._instants[-1]

    def x(self, instant):
        """The abscissa; in proportion between two neighbouring instants."""
        index = bisect_right(self._instants, instant) - 1
        if index < 0:
            return float(LEFT)
        if index + 1 >= len(self._instants):
            return LEFT + self._places[-1]
        begin, end = self._instants[index], self._instants[index + 1]
        share = (instant - begin) / (end - begin)
        left, right = self._places[index], self._places[index + 1]
        return LEFT + left + share * (right - left)


def _instants(marks, bars):
    for mark in marks:
        yield mark.at
    for bar in bars:
        yield from (bar.start, bar.due)
        if bar.done:
            yield bar.done


def _shading(axis, shifts, height):
    for begin, end in shifts:
        begin, end = max(begin, axis.first), min(end, axis.last)
        if begin < end:
            left, right = axis.x(begin), axis.x(end)
            yield _rect(left, TOP - 8, right - left, height - TOP + 8, WORK)


def _axis(axis, marks, height):
    """Numbered events with their times; the day where it changes."""
    day = None
    for place, (at, group) in enumerate(_by_instant(marks)):
        x = axis.x(at)
        yield _line(x, TOP - 12, x, height, GRID, "2 3" if place else "")
        first = group[0]
        if first.day != day:
            day = first.day
            yield _text(x - 8, 12, day, weight="bold")
        yield _text(x - 8, 28, first.time, fill=SOFT)
        numbers = ",".join(mark.number for mark in group)
        half = 8 + 4 * (len(numbers) - 1)
        title = "; ".join(mark.title for mark in group)
        yield Markup(
            '<g><title>{title}</title><rect x="{x:.1f}" y="34" width="{w}" height="17" '
            'rx="8" fill="{ink}"/>{text}</g>'
        ).format(
            title=title,
            x=x - 8,
            w=2 * half,
            ink=INK,
            text=_text(x - 8 + half, 47, numbers, fill="#fff", anchor="middle"),
        )


def _by_instant(marks):
    groups = {}
    for mark in marks:
        groups.setdefault(mark.at, []).append(mark)
    return groups.items()


def _lane(axis, bar, top, width):
    """The words of a clock, and its bar: what was used, what was left, what is late."""
    colour = COLOURS[bar.state]
    y = top + 16
    yield _line(0, top, width, top, "#e2e5ea")
    yield _text(4, top + 19, bar.name, weight="bold", limit=LEFT - 16)
    yield _text(4, top + 35, bar.words, fill=colour, limit=LEFT - 16)
    start, due = axis.x(bar.start), axis.x(bar.due)
    end = axis.x(bar.done) if bar.done else due
    # The whole term in outline, the time that was used filled.
    yield Markup(
        '<rect x="{x:.1f}" y="{y}" width="{w:.1f}" height="{h}" rx="2" fill="#fff" '
        'stroke="{colour}"{dash}/>'
    ).format(
        x=start,
        y=y,
        w=max(due - start, 1),
        h=BAR,
        colour=colour,
        dash=Markup(' stroke-dasharray="4 3"') if bar.state == "cancelled" else "",
    )
    if bar.done:
        opacity = 0.35 if bar.state == "cancelled" else 1
        used = min(end, due)
        yield _rect(start, y, max(used - start, 2), BAR, colour, opacity)
        if end > due:
            yield _rect(due, y + 3, end - due, BAR - 6, colour, 0.55)
    else:
        yield _rect(start, y, max(due - start, 1), BAR, colour, 0.25)
    yield _line(due, y - 5, due, y + BAR + 5, colour, width=2.5)
    yield _text(max(due, end) + 5, y + 11, bar.due_words, fill=colour)


def _rect(x, y, width, height, fill, opacity=1):
    return Markup(
        '<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="{}" '
        'fill-opacity="{}"/>'
    ).format(x, y, width, height, fill, opacity)


def _line(x1, y1, x2, y2, colour, dash="", width=1):
    return Markup(
        '<line x1="{:.1f}" y1="{}" x2="{:.1f}" y2="{}" stroke="{}" '
        'stroke-width="{}"{}/>'
    ).format(
        x1,
        y1,
        x2,
        y2,
        colour,
        width,
        Markup(' stroke-dasharray="{}"').format(dash) if dash else "",
    )


def _text(x, y, words, fill=INK, weight="", anchor="", limit=0):
    shown = str(words)
    # Roughly: there is nothing here to measure a text with.
    letters = int(limit / (7.6 if weight else 6.9)) if limit else len(shown)
    title = ""
    if len(shown) > letters:
        title = Markup("<title>{}</title>").format(words)
        shown = shown[: letters - 1].rstrip() + "…"
    return Markup('<text x="{:.1f}" y="{}" fill="{}"{}{}>{}{}</text>').format(
        x,
        y,
        fill,
        Markup(' font-weight="{}"').format(weight) if weight else "",
        Markup(' text-anchor="{}"').format(anchor) if anchor else "",
        title,
        shown,
    )
