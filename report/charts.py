"""Charts of the printed reports as SVG: plain Python, readable in black and white.

A series is told from another by lightness and outline, never by colour alone, and
every bar has its number beside it.
"""

from typing import NamedTuple

from markupsafe import Markup

WIDTH = 680
NAMES = 220  # the column of names, left of horizontal bars
LANE = 24
BAR = 14
PLOT = 130  # height of upright columns
FONT = "'DejaVu Sans','Noto Sans','Liberation Sans',Arial,sans-serif"
INK, SOFT, GRID = "#1f2937", "#5b6472", "#c3c8d0"
LONGEST_NAME = 34


class Series(NamedTuple):
    """One colour of a chart: words for the legend, key in the rows, filling."""

    label: str
    field: str
    fill: str


def horizontal(title, rows, series):
    """Stacked horizontal bars, one per row; ``rows`` are mappings with ``name`` and
    a number per series. Returns Markup; of no rows, nothing."""
    if not rows:
        return Markup("")
    most = max(sum(row[s.field] for s in series) for row in rows) or 1
    unit = (WIDTH - NAMES - 90) / most
    height = LANE * len(rows) + 30
    parts = [_open(title, height)]
    for number, row in enumerate(rows):
        y = number * LANE + 4
        parts.append(_text(NAMES - 8, y + 11, _short(row["name"]), anchor="end"))
        x = NAMES
        for one in series:
            width = row[one.field] * unit
            if width:
                parts.append(_bar(x, y, width, BAR, one.fill))
                x += width
        numbers = " + ".join(str(row[one.field]) for one in series)
        parts.append(_text(x + 6, y + 11, numbers, colour=SOFT))
    parts += [_legend(series, height - 12), Markup("</svg>")]
    return Markup("").join(parts)


def upright(title, rows, series):
    """Columns side by side along time; like :func:`horizontal` otherwise."""
    if not rows:
        return Markup("")
    most = max((row[s.field] for row in rows for s in series), default=0) or 1
    step = (WIDTH - 40) / len(rows)
    width = max(1.0, min(14.0, step * 0.8 / len(series)))
    height = PLOT + 62
    parts = [_open(title, height)]
    for share in (0.0, 0.5, 1.0):
        y = 10 + PLOT * (1 - share)
        parts.append(_line(36, y, WIDTH, y))
        if share == 0 or most * share == int(most * share):
            parts.append(_text(30, y + 4, str(int(most * share)), anchor="end"))
    every = -(-len(rows) // 12)
    for number, row in enumerate(rows):
        x = 40 + number * step
        for place, one in enumerate(series):
            tall = PLOT * row[one.field] / most
            if tall:
                parts.append(
                    _bar(x + place * width, 10 + PLOT - tall, width, tall, one.fill)
                )
        if number % every == 0:
            parts.append(_text(x, PLOT + 26, row["name"], size=9))
    parts += [_legend(series, height - 12), Markup("</svg>")]
    return Markup("").join(parts)


def _open(title, height):
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%(w)s"'
        ' height="%(h)s" viewBox="0 0 %(w)s %(h)s" font-family="%(font)s">'
        "<title>%(title)s</title>"
    ) % {"w": WIDTH, "h": height, "font": FONT, "title": title}


def _bar(x, y, width, height, fill):
    return Markup(
        '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="%s"'
        ' stroke-width="0.8"/>'
    ) % (x, y, width, height, fill, INK)


def _line(x, y, to_x, to_y):
    return Markup(
        '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="0.6"/>'
    ) % (x, y, to_x, to_y, GRID)


def _text(x, y, words, anchor="start", colour=INK, size=11):
    return Markup(
        '<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%s" fill="%s">%s</text>'
    ) % (x, y, anchor, size, colour, words)


def _legend(series, y):
    parts, x = [], NAMES
    for one in series:
        parts.append(_bar(x, y - 9, 12, 10, one.fill))
        parts.append(_text(x + 18, y, one.label))
        x += 40 + 7 * len(one.label)
    return Markup("").join(parts)


def _short(words):
    if len(words) <= LONGEST_NAME:
        return words
    return words[: LONGEST_NAME - 1].rstrip() + "…"
