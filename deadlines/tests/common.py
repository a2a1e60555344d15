"""Histories and clocks written as short lines of local time."""

import unittest
from datetime import datetime

from .. import Event, parse_instant, replay, russian_calendar
from .acts import ACTS

CALENDARS = {code: russian_calendar(act.tz) for code, act in ACTS.items()}

FACTS = {
    "intake": "page",
    "page_owner": "head",
    "kind": "feed",
    "importance": "normal",
    "needs_photo": False,
}


def history(act, text, day="2024-06-03"):
    """Events from lines ``[date] time type [executor] [key=value …]``.

    Times are local to the act; a line without a date has the date before it.
    ``draft`` is short for ``draft_submitted``. Values: true, false, text; a
    ``due`` is ``time`` or ``dateTtime``; unknown keys are facts.
    """
    events = []
    for words in filter(None, map(str.split, text.splitlines())):
        if "-" in words[0]:
            day = words.pop(0)
        time, kind, *rest = words
        data = {"type": kind, "at": f"{day}T{time}"}
        if kind in ("draft", "interim"):
            data["type"] = "draft_submitted"
            data["reply_kind"] = "final" if kind == "draft" else "interim"
        for word in rest:
            key, has_value, value = word.partition("=")
            if not has_value:
                data["executor"] = key
            elif key == "due":
                data["due"] = value if "T" in value else f"{day}T{value}"
            elif key in ("norm", "reply_kind", "since"):
                data[key] = value
            else:
                flags = {"true": True, "false": False, "none": None}
                data.setdefault("facts", {})[key] = flags.get(value, value)
        events.append(Event.from_data(data, act.tz))
    return events


def play(code, text, now=None, facts=None, act=None, calendar=None, **more):
    """Replay lines of events; facts are those of a post on the head's page."""
    act = act or ACTS[code]
    return replay(
        act,
        {**FACTS, **more} if facts is None else facts,
        history(act, text),
        calendar or CALENDARS[code],
        parse_instant(now, act.tz) if now else None,
    )


def shown(clocks, tz, stages=None):
    """Clocks as lines ``norm executor start due done state`` of local time."""

    def local(instant):
        if instant is None:
            return "-"
        at = instant.astimezone(tz)
        return datetime.strftime(at, "%m-%dT%H:%M:%S" if at.second else "%m-%dT%H:%M")

    return [
        " ".join(
            (
                clock.norm.split(".", 1)[-1],
                clock.executor or "-",
                local(clock.start),
                local(clock.due),
                local(clock.done),
                clock.state,
            )
        )
        for clock in clocks
        if not stages or clock.stage in stages
    ]


def lines(text):
    """The non-empty lines of an expectation, spaces made single."""
    return [" ".join(line.split()) for line in text.strip().splitlines()]


class Case(unittest.TestCase):
    """Compares the clocks of a history with lines of local time."""

    maxDiff = None

    def check(self, code, text, expected, stages=None, now=None, **facts):
        """Replay under the act `code`; `stages` narrows what is compared."""
        clocks = play(code, text, now, **facts)
        wanted = stages.split() if stages else None
        self.assertEqual(shown(clocks, ACTS[code].tz, wanted), lines(expected))
