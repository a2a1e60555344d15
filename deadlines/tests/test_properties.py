"""What must hold of every history and every calendar."""

import unittest
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

try:
    from hypothesis import assume, given, settings
    from hypothesis import strategies as st
except ImportError as error:  # a dependency of the tests only
    raise unittest.SkipTest("hypothesis is not installed") from error

from .. import (
    FACTS,
    OFFICE_HOURS,
    TERMINAL,
    Day,
    Event,
    HistoryError,
    Term,
    WeekCalendar,
    clocks_as_data,
    due_of,
    production_days,
    replay,
    russian_calendar,
    statutory_day,
)
from ..vocabulary import EVENT_TYPES
from .acts import ACTS

UTC = timezone.utc
CALENDARS = {code: russian_calendar(act.tz) for code, act in ACTS.items()}
ZONES = ("Asia/Yekaterinburg", "Europe/Berlin", "America/Havana", "Asia/Beirut")
WORKING = ("office_hours", "office_minutes", "working_days", "working_day_end")

# Two years whose ends, holidays and clock changes the instants fall on.
instants = st.datetimes(
    datetime(2023, 12, 20), datetime(2025, 1, 20), timezones=st.just(UTC)
)
amounts = st.integers(1, 40)
units = st.sampled_from(WORKING)
calendars = st.sampled_from([russian_calendar(ZoneInfo(zone)) for zone in ZONES])

facts = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(values) for name, values in FACTS.items() if values
    },
)


@st.composite
def histories(draw, act):
    """Mostly sensible events, up to four days apart, often at one instant."""
    kinds = [kind for kind in EVENT_TYPES if kind not in TERMINAL]
    kinds += ["assigned", "draft_submitted", "interim_published"] * 3
    kinds += ["excluded", "published"]
    norms = [norm.code for norm in act.norms] + ["manual"]
    at = draw(instants)
    events = []
    for _ in range(draw(st.integers(1, 20))):
        at += timedelta(minutes=draw(st.sampled_from((0, 1, 30, 60, 240, 1440, 5760))))
        kind = draw(st.sampled_from(kinds))
        more = {}
        if EVENT_TYPES[kind]:
            more["executor"] = draw(st.sampled_from("ab"))
        if kind == "draft_submitted":
            more["reply_kind"] = draw(st.sampled_from(("final", "interim")))
        if kind == "facts_changed":
            more["facts"] = draw(facts)
        if kind == "term_changed":
            more["norm"] = draw(st.sampled_from(norms))
            more["due"] = at + timedelta(hours=draw(st.integers(1, 99)))
        event = Event(kind, at, **more)
        try:
            replay(act, {}, [*events, event], CALENDARS[act.code])
        except HistoryError:
            continue
        events.append(event)
    return events


cases = st.sampled_from(sorted(ACTS)).flatmap(
    lambda code: st.tuples(st.just(code), facts, histories(ACTS[code]).filter(bool))
)


def play(case, events=None):
    """The clocks of a case, or None where its facts make it impossible."""
    code, known, history = case
    events = history if events is None else events
    try:
        return replay(ACTS[code], known, events, CALENDARS[code])
    except HistoryError:
        return None


class TestReplay(unittest.TestCase):
    @settings(max_examples=150, deadline=None)
    @given(cases, st.randoms())
    def test_same_history_same_clocks(self, case, random):
        clocks = play(case)
        assume(clocks is not None)
        self.assertEqual(play(case), clocks)
        # The order given matters only between equal instants.
        by_instant = {}
        for event in case[2]:
            by_instant.setdefault(event.at, []).append(event)
        groups = list(by_instant.values())
        random.shuffle(groups)
        self.assertEqual(play(case, [e for group in groups for e in group]), clocks)

    @settings(max_examples=150, deadline=None)
    @given(cases)
    def test_clocks_are_sound(self, case):
        clocks = play(case)
        assume(clocks is not None)
        self.assertEqual(
            clocks,
            sorted(clocks, key=lambda c: (c.start, c.norm, c.executor or "")),
        )
        self.assertEqual(len({clock.key for clock in clocks}), len(clocks))
        self.assertEqual(len(clocks_as_data(clocks)), len(clocks))
        open_clocks = [clock for clock in clocks if clock.done is None]
        self.assertEqual(
            len({(clock.stage, clock.executor) for clock in open_clocks}),
            len(open_clocks),
        )
        for clock in clocks:
            self.assertEqual(clock.done is None, clock.state == "running")
            self.assertEqual(clock.trace[-1].due, clock.due)
            if clock.done is not None:
                self.assertLessEqual(clock.start, clock.done)
                self.assertEqual(clock.done > clock.due, clock.state == "breached")

    @settings(max_examples=150, deadline=None)
    @given(cases, st.sampled_from(sorted(TERMINAL)))
    def test_nothing_is_open_after_the_end(self, case, end):
        history = case[2]
        cut = len(history) // 2
        last = history[cut].at
        before = [event for event in history if event.at <= last]
        after = [
            event
            for event in history
            if event.at > last and event.type not in ("restored", "term_changed")
        ]
        ended = play(case, [*before, Event(end, last)])
        assume(ended is not None)
        self.assertNotIn("running", {clock.state for clock in ended})
        later = play(case, [*before, Event(end, last), *after])
        if later is not None:
            self.assertEqual(later, ended)

    @settings(max_examples=150, deadline=None)
    @given(cases)
    def test_an_ended_clock_never_changes(self, case):
        ended = {}
        for count in range(1, len(case[2]) + 1):
            if case[2][count - 1].type == "restored":
                ended.clear()
            clocks = play(case, case[2][:count])
            if clocks is None:
                return
            found = {clock.key: clock for clock in clocks}
            for key, clock in ended.items():
                self.assertEqual(found[key], clock)
            ended = {key: clock for key, clock in found.items() if clock.done}

    @settings(max_examples=200, deadline=None)
    @given(cases, st.sampled_from(("excluded", "no_reaction")))
    def test_restored_is_as_if_nothing_had_happened(self, case, undone):
        clocks = play(case)
        assume(clocks is not None)
        last = case[2][-1].at
        more = [Event(undone, case[2][0].at), Event("restored", last)]
        assume(not any(e.type in ("restored", undone) for e in case[2]))
        assume(not any(e.type in ("excluded", "no_reaction") for e in case[2]))
        self.assertEqual(play(case, [*more[:1], *case[2], *more[1:]]), clocks)


class TestTime(unittest.TestCase):
    @settings(max_examples=500, deadline=None)
    @given(calendars, units, amounts, instants)
    def test_due_at_a_working_moment(self, calendar, unit, amount, start):
        due = due_of(Term(unit, amount), start, calendar).at
        self.assertGreater(due, start)
        day = due.astimezone(calendar.tz).date()
        self.assertTrue(
            any(begin < due <= end for begin, end in calendar.intervals(day))
        )
        if unit.startswith("working"):
            self.assertEqual(due, calendar.intervals(day)[-1][1])

    @settings(max_examples=500, deadline=None)
    @given(calendars, units, amounts, instants)
    def test_more_budget_or_a_later_start_is_never_due_earlier(
        self, calendar, unit, amount, start
    ):
        due = due_of(Term(unit, amount), start, calendar).at
        self.assertLessEqual(due, due_of(Term(unit, amount + 1), start, calendar).at)
        later = start + timedelta(minutes=97)
        self.assertLessEqual(due, due_of(Term(unit, amount), later, calendar).at)

    @settings(max_examples=500, deadline=None)
    @given(st.sampled_from(ZONES), units, amounts, instants, st.dates(date(2024, 1, 1)))
    def test_a_new_holiday_never_brings_a_deadline_forward(
        self, zone, unit, amount, start, holiday
    ):
        holiday = date(2024, 1, 1) + timedelta(days=holiday.toordinal() % 366)
        days = {**production_days(), holiday: Day("off")}
        years = range(2022, 2028)
        tz = ZoneInfo(zone)
        changed = WeekCalendar(tz, OFFICE_HOURS, days, years, statutory_day)
        term = Term(unit, amount)
        self.assertLessEqual(
            due_of(term, start, russian_calendar(tz)).at,
            due_of(term, start, changed).at,
        )

    @settings(max_examples=500, deadline=None)
    @given(calendars, amounts, instants)
    def test_office_time_adds_up(self, calendar, minutes, start):
        term = Term("office_minutes", minutes)
        due = due_of(term, start, calendar).at
        worked = timedelta()
        day = start.astimezone(calendar.tz).date()
        while day <= due.astimezone(calendar.tz).date():
            for begin, end in calendar.intervals(day):
                worked += max(min(end, due) - max(begin, start), timedelta())
            day += timedelta(days=1)
        self.assertEqual(worked, timedelta(minutes=minutes))

    @settings(max_examples=150, deadline=None)
    @given(calendars, amounts, instants)
    def test_calendar_days_end_where_the_next_day_begins(self, calendar, days, start):
        due = due_of(Term("calendar_days", days), start, calendar).at
        first = start.astimezone(calendar.tz).date()
        last = (due - timedelta.resolution).astimezone(calendar.tz).date()
        self.assertEqual(last - first, timedelta(days=days))
        self.assertEqual(due.astimezone(calendar.tz).date() - last, timedelta(days=1))
