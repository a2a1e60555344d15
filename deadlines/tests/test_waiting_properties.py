"""What must hold of every wait, whatever the history and the calendar."""

import unittest
from dataclasses import replace
from datetime import timedelta

try:
    from hypothesis import assume, given, settings
    from hypothesis import strategies as st
except ImportError as error:  # a dependency of the tests only
    raise unittest.SkipTest("hypothesis is not installed") from error

from .. import HistoryError, Term, due_of, replay
from ..vocabulary import UNITS
from ..waiting import Wait, resumed
from .acts import ACTS
from .test_properties import CALENDARS, calendars, cases, instants, play

DAYS = 7
STOPPING = {
    code: replace(act, waiting="stops", waiting_days=DAYS) for code, act in ACTS.items()
}
terms = st.builds(
    lambda unit, amount: Term(unit, 0 if unit == "working_day_end" else amount),
    st.sampled_from([unit for unit in UNITS if unit != "before"]),
    st.integers(1, 40),
)
minutes = st.integers(0, 20_000).map(lambda number: timedelta(minutes=number))


def stopped(case, events=None):
    code, known, history = case
    try:
        return replay(
            STOPPING[code],
            known,
            history if events is None else events,
            CALENDARS[code],
        )
    except HistoryError:
        return None


def spans(clocks):
    return [(c.key, c.due, c.done, c.state) for c in clocks]


class TestResumed(unittest.TestCase):
    @settings(max_examples=500, deadline=None)
    @given(calendars, terms, instants, minutes, minutes, minutes)
    def test_a_wait(self, calendar, term, start, ran, waited, more):
        due = due_of(term, start, calendar).at
        asked = start + ran
        assume(asked < due)

        def after(wait):
            return resumed(term, due, Wait(asked, asked + wait), calendar).at

        self.assertEqual(after(timedelta()), due)
        self.assertGreater(after(waited), asked + waited)
        self.assertLessEqual(due, after(waited))
        self.assertLessEqual(after(waited), after(waited + more))
        # Asked again at the instant of the answer, it is one long wait; but where
        # that was a day off, its rest, the next working day, is left once more.
        again = Wait(asked + waited, asked + waited + more)
        twice = resumed(term, after(waited), again, calendar).at
        if term.unit.startswith("working"):
            self.assertGreaterEqual(twice, after(waited + more))
        else:
            self.assertEqual(twice, after(waited + more))


class TestHistories(unittest.TestCase):
    @settings(max_examples=150, deadline=None)
    @given(cases)
    def test_without_questions_both_settings_are_one(self, case):
        code, known, history = case
        silent = [e for e in history if not e.type.startswith("clarification")]
        clocks = play(case, silent)
        assume(clocks is not None)
        self.assertEqual(stopped(case, silent), clocks)

    @settings(max_examples=150, deadline=None)
    @given(cases)
    def test_runs_moves_nothing(self, case):
        """The acts name no clarification, so without one all clocks are the same."""
        silent = [e for e in case[2] if not e.type.startswith("clarification")]
        clocks, asked = play(case, silent), play(case)
        assume(clocks is not None and asked is not None)
        self.assertEqual(spans(asked), spans(clocks))

    @settings(max_examples=200, deadline=None)
    @given(cases)
    def test_incremental_is_whole(self, case):
        """What has ended is never changed by what comes after, answers included."""
        ended = {}
        for count in range(1, len(case[2]) + 1):
            if case[2][count - 1].type == "restored":
                ended.clear()
            clocks = stopped(case, case[2][:count])
            if clocks is None:
                return
            found = {clock.key: clock for clock in clocks}
            for key, clock in ended.items():
                self.assertEqual(found[key], clock)
            ended = {key: clock for key, clock in found.items() if clock.done}
        self.assertEqual(stopped(case), clocks)

    @settings(max_examples=200, deadline=None)
    @given(cases)
    def test_sound(self, case):
        clocks = stopped(case)
        assume(clocks is not None)
        self.assertEqual(len({clock.key for clock in clocks}), len(clocks))
        for clock in clocks:
            self.assertEqual(clock.trace[-1].due, clock.due)
            if clock.done is not None:
                self.assertEqual(clock.done > clock.due, clock.state == "breached")

    @settings(max_examples=200, deadline=None)
    @given(cases)
    def test_an_answer_leaves_time(self, case):
        """No clock that was in time finds its deadline behind it by the answer."""
        clocks = stopped(case)
        assume(clocks is not None)
        other = {n.code for n in ACTS[case[0]].norms if n.term.other}
        for clock in clocks:
            for step in clock.trace:
                if step.kind != "moved" or clock.norm in other:
                    continue
                if step.event.type == "clarification_answered":
                    self.assertGreater(step.due, step.event.at)
                    self.assertLessEqual(step.due, step.previous)
                if step.event.type == "clarification_published":
                    self.assertGreater(step.due, step.previous)
