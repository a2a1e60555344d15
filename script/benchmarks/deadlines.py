"""Replays of a ticket's history per second, with a term in office hours."""

import time
from datetime import datetime, timedelta

from deadlines import Act, Event, replay, russian_calendar
from deadlines.tests.acts import PERM

FACTS = {
    "intake": "page",
    "page_owner": "administration",
    "kind": "feed",
    "importance": "normal",
    "needs_photo": False,
}
#: Fifteen events: two executors, a decline, two rounds of rework
HISTORY = [
    ("2026-03-05T16:10", "received", None),
    ("2026-03-05T16:20", "registered", None),
    ("2026-03-05T16:40", "assigned", "roads"),
    ("2026-03-05T16:41", "assigned", "parks"),
    ("2026-03-05T17:05", "declined", "parks"),
    ("2026-03-05T17:20", "assigned", "lighting"),
    ("2026-03-06T09:15", "accepted", "roads"),
    ("2026-03-06T09:40", "accepted", "lighting"),
    ("2026-03-06T11:00", "draft_submitted", "roads"),
    ("2026-03-06T11:30", "rework_requested", "roads"),
    ("2026-03-06T12:10", "draft_submitted", "lighting"),
    ("2026-03-06T12:40", "rework_requested", "lighting"),
    ("2026-03-06T14:10", "draft_submitted", "roads"),
    ("2026-03-06T15:00", "draft_submitted", "lighting"),
    ("2026-03-06T15:30", "approved", "roads"),
]
SECONDS = 2


def run(report):
    act = Act.from_data(PERM)
    calendar = russian_calendar(act.tz)
    events = [
        Event(type=kind, at=datetime.fromisoformat(at).replace(tzinfo=act.tz),
              executor=executor)
        for at, kind, executor in HISTORY
    ]  # fmt: skip
    now = events[-1].at + timedelta(minutes=1)
    clocks = replay(act, FACTS, events, calendar, now)
    count = 0
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(50):
            replay(act, FACTS, events, calendar, now)
        count += 50
    seconds = time.perf_counter() - start
    report("deadlines_events", len(events), "events")
    report("deadlines_clocks", len(clocks), "clocks")
    report("deadlines_replays", count / seconds, "1/s")
