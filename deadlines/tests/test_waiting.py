"""What a question to the author does to clocks, case by case."""

import unittest
from dataclasses import replace
from datetime import datetime

from .. import RegulationError, Term, due_of, parse_instant
from ..norms import Act, Norm
from ..waiting import Wait, resumed
from .acts import ACTS
from .common import CALENDARS, Case, play

TZ = ACTS["perm"].tz
ASK, ANSWER = "clarification_published", "clarification_answered"


def stopping(code, days=7):
    """The act of that code, had it let clocks stop."""
    return replace(ACTS[code], waiting="stops", waiting_days=days)


class TestUnits(unittest.TestCase):
    """Term, start, its deadline; question, answer, the deadline then."""

    # June 2024: the 3rd is a Monday, the 11th a short day, the 12th a day off.
    CASES = """
        90 minutes          03T10:00 03T11:30  03T11:00 05T09:00  05T09:30
        4 hours             03T10:00 03T14:00  03T13:59 08T00:00  08T00:01

        8 office_hours      07T14:00 10T13:00  10T10:00 11T10:00  11T13:00
        8 office_hours      07T14:00 10T13:00  08T12:00 09T12:00  10T13:00
        8 office_hours      07T14:00 10T13:00  07T17:30 10T09:30  10T15:00
        8 office_hours      10T14:00 11T13:00  10T16:00 11T16:00  13T15:00
        30 office_minutes   03T12:50 03T14:20  03T13:10 03T13:50  03T14:20

        2 working_days      03T10:00 05T18:00  03T11:00 03T12:00  05T18:00
        2 working_days      03T17:00 05T18:00  04T09:00 05T17:00  06T18:00
        2 working_days      06T10:00 10T18:00  07T12:00 09T12:00  10T18:00
        2 working_days      06T10:00 10T18:00  07T12:00 10T08:00  11T17:00
        2 working_days      03T10:00 05T18:00  05T09:00 05T17:59  05T18:00
        2 working_days      03T10:00 05T18:00  05T09:00 05T18:00  06T18:00
        2 working_days      05T10:00 07T18:00  07T09:00 08T12:00  10T18:00
        5 working_days      03T10:00 10T18:00  04T12:00 06T12:00  13T18:00

        0 working_day_end   03T10:00 03T18:00  03T11:00 03T12:00  03T18:00
        0 working_day_end   03T10:00 03T18:00  03T11:00 04T08:00  04T18:00
        0 working_day_end   07T10:00 07T18:00  07T11:00 08T10:00  10T18:00
        0 working_day_end   07T19:00 10T18:00  08T11:00 08T19:00  10T18:00

        8 calendar_days     03T10:00 12T00:00  03T11:00 03T23:00  12T00:00
        8 calendar_days     03T10:00 12T00:00  05T23:00 06T01:00  13T00:00
        8 calendar_days     03T10:00 12T00:00  11T23:59 13T10:00  14T00:00
        """

    def test_table(self):
        calendar = CALENDARS["perm"]
        for line in filter(None, map(str.strip, self.CASES.splitlines())):
            amount, unit, *moments = line.split()
            start, due, asked, until, then = (
                parse_instant(f"2024-06-{moment}", TZ) for moment in moments
            )
            with self.subTest(line):
                term = Term(unit, int(amount))
                self.assertEqual(due_of(term, start, calendar).at, due)
                found = resumed(term, due, Wait(asked, until), calendar).at
                self.assertEqual(found.astimezone(TZ), then.astimezone(TZ))

    def test_beyond_the_known_calendar_it_is_provisional(self):
        calendar = CALENDARS["perm"]
        start, asked = (
            parse_instant(moment, TZ)
            for moment in ("2027-12-27T10:00", "2027-12-27T11:00")
        )
        term = Term("working_days", 1)
        due = due_of(term, start, calendar)
        self.assertFalse(due.provisional)
        wait = Wait(asked, datetime(2028, 2, 1, 12, tzinfo=TZ))
        self.assertTrue(resumed(term, due.at, wait, calendar).provisional)


class TestStops(Case):
    """An act under which a question stops the clocks for seven days at most."""

    def stops(self, text, expected, stages="draft", code="perm", days=7, **more):
        self.check(code, text, expected, stages, act=stopping(code, days), **more)

    START = "10:00 received\n10:00 assigned a\n11:00 clarification_published\n"
    ROW = "draft.feed a 06-03T10:00"

    def test_until_the_answer_the_longest_wait_shows(self):
        self.stops(self.START, f"{self.ROW} 06-10T14:00 - running")

    def test_the_answer_makes_it_the_real_wait(self):
        self.stops(
            f"{self.START}2024-06-04 09:30 {ANSWER}",
            f"{self.ROW} 06-04T12:30 - running",
        )

    def test_under_runs_nothing_moves(self):
        text = f"{self.START}2024-06-04 09:30 {ANSWER}"
        self.check("perm", text, f"{self.ROW} 06-03T14:00 - running", "draft")

    def test_an_answer_after_the_longest_wait_changes_nothing(self):
        for at in ("10 11:00", "10 11:01", "25 09:00"):
            day, time = at.split()
            self.stops(
                f"{self.START}2024-06-{day} {time} {ANSWER}",
                f"{self.ROW} 06-10T14:00 - running",
            )

    def test_overdue_only_after_the_wait(self):
        row = f"{self.ROW} 06-10T14:00 -"
        self.stops(self.START, f"{row} running", now="2024-06-10T14:00")
        self.stops(self.START, f"{row} overdue", now="2024-06-10T14:01")

    def test_past_due_does_not_stop(self):
        for at in ("14:00", "14:01"):
            self.stops(
                f"10:00 assigned a\n{at} {ASK}\n15:00 {ANSWER}",
                f"{self.ROW} 06-03T14:00 - running",
            )
        self.stops(
            f"10:00 assigned a\n13:59 {ASK}\n15:00 {ANSWER}",
            f"{self.ROW} 06-03T15:01 - running",
        )

    def test_a_step_during_the_wait_is_in_time(self):
        self.stops(
            f"{self.START}2024-06-05 10:00 draft a\n10:10 {ANSWER}",
            """
            draft.feed a 06-03T10:00 06-10T14:00 06-05T10:00 met
            publish - 06-05T10:00 06-05T10:30 - running
            review a 06-05T10:00 06-05T10:30 - running
            """,
            "draft publish review",
        )

    def test_what_starts_during_the_wait_runs(self):
        self.stops(
            f"{self.START}12:00 assigned b\n2024-06-04 09:30 {ANSWER}",
            f"""
            {self.ROW} 06-04T12:30 - running
            draft.feed b 06-03T12:00 06-03T16:00 - running
            """,
        )

    def test_what_counts_from_before_the_question_waits_with_it(self):
        text = """
            2024-06-03 10:00 registered
            2024-06-04 10:00 clarification_published
            2024-06-04 11:00 assigned a
            {}
            """
        facts = {"page_owner": "administration"}
        row = "draft.official a 06-03T10:00"
        # Two working days, one left: after the 11th, or after the day of the answer.
        self.stops(
            text.format(""), f"{row} 06-13T18:00 - running", code="palana", **facts
        )
        self.stops(
            text.format(f"2024-06-06 10:00 {ANSWER}"),
            f"{row} 06-07T18:00 - running",
            code="palana",
            **facts,
        )

    def test_a_norm_chosen_anew_keeps_the_wait(self):
        self.stops(
            f"""
            10:00 assigned a
            11:00 {ASK}
            12:00 facts_changed kind=private
            13:00 {ANSWER}
            """,
            """
            draft.feed a 06-03T10:00 06-10T14:00 06-03T12:00 cancelled
            draft.private a 06-03T10:00 06-05T12:00 - running
            """,
        )

    def test_a_second_question_begins_another_wait(self):
        first = f"{self.START}2024-06-04 11:00 {ASK}\n"
        self.stops(first, f"{self.ROW} 06-11T14:00 - running")
        self.stops(
            f"{first}2024-06-04 12:00 {ANSWER}", f"{self.ROW} 06-04T15:00 - running"
        )
        # The first had run out: between the two waits the clock ran.
        self.stops(
            f"{self.START}2024-06-10 12:00 {ASK}\n13:00 {ANSWER}",
            f"{self.ROW} 06-10T15:00 - running",
        )

    def test_questions_one_after_the_other_add_up(self):
        self.stops(
            f"""
            10:00 assigned a
            11:00 {ASK}
            12:00 {ANSWER}
            12:30 {ANSWER}
            13:00 {ASK}
            15:00 {ANSWER}
            """,
            f"{self.ROW} 06-03T17:00 - running",
        )

    def test_an_answer_without_a_question_moves_nothing(self):
        self.stops(
            f"10:00 assigned a\n11:00 {ANSWER}", f"{self.ROW} 06-03T14:00 - running"
        )

    def test_with_an_interim_reply(self):
        """Granted before the question, or while it waits, it is a day more."""
        for text in (
            f"11:00 interim_published\n12:00 {ASK}\n14:00 {ANSWER}",
            f"11:00 {ASK}\n12:00 interim_published\n13:00 {ANSWER}",
            f"11:00 {ASK}\n13:00 {ANSWER}\n15:00 interim_published",
        ):
            self.stops(f"10:00 assigned a\n{text}", f"{self.ROW} 06-04T16:00 - running")
        # Asked when only the extension was left.
        self.stops(
            f"""
            10:00 assigned a
            11:00 interim_published
            2024-06-04 13:00 {ASK}
            2024-06-04 15:30 {ANSWER}
            2024-06-04 16:00 {ASK}
            2024-06-04 16:10 {ANSWER}
            """,
            f"{self.ROW} 06-04T16:40 - running",
        )

    def test_before_another_deadline_follows_it(self):
        text = f"10:00 received\n10:10 assigned a\n11:00 {ASK}\n"
        for more, total, draft in (
            ("", "11T10:00", "11T06:00"),
            (f"15:00 {ANSWER}", "04T14:00", "04T10:00"),
        ):
            self.stops(
                text + more,
                f"""
                total - 06-03T10:00 06-{total} - running
                draft a 06-03T10:10 06-{draft} - running
                """,
                "total draft",
                "myasnikovsky",
                intake="superior",
            )

    def test_instants_that_somebody_named_stand(self):
        self.stops(
            f"""
            10:00 assigned a
            10:00 interim_published due=18:00
            10:05 term_changed norm=perm.draft.feed due=17:00
            10:10 term_changed norm=manual due=16:00
            11:00 {ASK}
            13:00 {ANSWER}
            """,
            f"""
            {self.ROW} 06-03T17:00 - running
            promise - 06-03T10:00 06-03T18:00 - running
            manual - 06-03T10:10 06-03T16:00 - running
            """,
            "draft promise manual",
        )
        # Set while the author was asked: the answer does not take it back.
        self.stops(
            f"{self.START}11:30 term_changed norm=perm.draft.feed due=17:00\n"
            f"12:00 {ANSWER}",
            f"{self.ROW} 06-03T17:00 - running",
        )

    def test_ends_and_restores(self):
        text = f"{self.START}12:00 excluded\n13:00 {ANSWER}\n"
        self.stops(text, f"{self.ROW} 06-10T14:00 06-03T12:00 cancelled")
        self.stops(f"{text}14:00 restored", f"{self.ROW} 06-03T16:00 - running")

    def test_the_question_itself_may_start_and_end_clocks(self):
        base = {"clause": "9", "term": Term("hours", 24), "per_assignment": False}
        act = replace(
            stopping("perm"),
            norms=(
                Norm("x.ask", "draft", start="received", ends=(ASK,), **base),
                Norm("x.answer", "final", start=ASK, ends=(ANSWER,), **base),
            ),
        )
        self.check(
            "perm",
            f"10:00 received\n11:00 {ASK}\n2024-06-04 12:00 {ANSWER}",
            """
            ask - 06-03T10:00 06-04T10:00 06-03T11:00 met
            answer - 06-03T11:00 06-04T11:00 06-04T12:00 breached
            """,
            act=act,
        )

    def test_trace_tells_of_the_question_and_the_answer(self):
        clocks = play("perm", f"{self.START}12:00 {ANSWER}", act=stopping("perm"))
        draft = next(clock for clock in clocks if clock.stage == "draft")
        self.assertEqual(
            [(step.kind, step.event.type) for step in draft.trace],
            [("started", "assigned"), ("moved", ASK), ("moved", ANSWER)],
        )


class TestAct(unittest.TestCase):
    def test_data(self):
        act = stopping("perm", 5)
        self.assertEqual(Act.from_data(act.to_data()), act)
        data = ACTS["perm"].to_data()
        self.assertEqual((data["waiting"], data["waiting_days"]), ("runs", 0))
        del data["waiting"], data["waiting_days"]
        self.assertEqual(Act.from_data(data), ACTS["perm"])

    def test_refused(self):
        with self.assertRaisesRegex(RegulationError, "longest wait"):
            stopping("perm", 0)
        with self.assertRaisesRegex(RegulationError, "'halts'"):
            replace(ACTS["perm"], waiting="halts")
