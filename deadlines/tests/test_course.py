"""Settled cases: the ticket's end, corrections, facts, terms by hand, errors."""

import unittest

from .. import HistoryError
from .acts import ACTS
from .common import Case, history, play


class TestEndOfCourse(Case):
    def test_published_ends_and_cancels(self):
        self.check(
            "perm",
            """
            10:00 received
            10:00 assigned a
            11:00 published
            11:01 draft a
            11:02 assigned b
            11:03 received
            """,
            """
            assign - 06-03T10:00 06-03T11:00 06-03T10:00 met
            draft.feed a 06-03T10:00 06-03T14:00 06-03T11:00 cancelled
            """,
        )

    def test_nothing_starts_after_any_end(self):
        for end in ("published", "excluded", "no_reaction", "closed"):
            with self.subTest(end):
                self.check(
                    "palana",
                    f"2024-06-03 10:00 {end}\n10:30 registered\n10:40 assigned a",
                    "",
                )

    def test_cancelled_at_the_deadline_and_after_it(self):
        self.check(
            "perm",
            "10:00 received\n11:00 closed",
            "assign - 06-03T10:00 06-03T11:00 06-03T11:00 cancelled",
        )
        self.check(
            "perm",
            "10:00 received\n11:01 excluded",
            "assign - 06-03T10:00 06-03T11:00 06-03T11:01 breached",
        )

    def test_restored_as_if_it_had_never_been(self):
        self.check(
            "perm",
            """
            10:00 received
            10:10 excluded
            10:20 assigned a
            12:00 draft a
            13:00 restored
            """,
            """
            assign - 06-03T10:00 06-03T11:00 06-03T10:20 met
            draft.feed a 06-03T10:20 06-03T14:20 06-03T12:00 met
            publish - 06-03T12:00 06-03T12:30 - running
            review a 06-03T12:00 06-03T12:30 - running
            """,
        )

    def test_each_restored_undoes_one(self):
        text = """
            10:00 received
            10:10 no_reaction
            10:20 excluded
            10:30 restored
            """
        self.check(
            "perm",
            text,
            "assign - 06-03T10:00 06-03T11:00 06-03T10:10 cancelled",
        )
        self.check(
            "perm",
            text + "10:40 restored\n10:50 restored",
            "assign - 06-03T10:00 06-03T11:00 - running",
        )

    def test_restored_does_not_undo_publication(self):
        self.check(
            "perm",
            "10:00 received\n10:10 published\n10:30 restored",
            "assign - 06-03T10:00 06-03T11:00 06-03T10:10 cancelled",
        )


class TestOrder(Case):
    def test_by_instant_then_as_listed(self):
        self.check(
            "perm",
            "11:00 assigned a\n10:00 received\n11:00 declined a",
            """
            assign - 06-03T10:00 06-03T11:00 06-03T11:00 met
            draft.feed a 06-03T11:00 06-03T15:00 06-03T11:00 cancelled
            """,
        )

    def test_firsts_count(self):
        self.check(
            "perm",
            "10:00 received\n10:30 received\n10:40 assigned a\n10:50 received",
            "assign - 06-03T10:00 06-03T11:00 06-03T10:40 met",
            "assign",
        )

    def test_no_assign_clock_after_the_first_assigned(self):
        self.check("perm", "10:00 assigned a\n10:30 received", "", "assign")

    def test_the_assign_clock_is_never_reopened(self):
        self.check(
            "perm",
            "10:00 received\n10:10 assigned a\n10:20 declined a\n10:30 received",
            "assign - 06-03T10:00 06-03T11:00 06-03T10:10 met",
            "assign",
        )

    def test_now_only_separates_running_from_overdue(self):
        for now, state in (
            ("2024-06-03T09:00", "running"),
            ("2024-06-03T11:00", "running"),
            ("2024-06-03T11:00:01", "overdue"),
        ):
            self.check(
                "perm",
                "10:00 received",
                f"assign - 06-03T10:00 06-03T11:00 - {state}",
                now=now,
            )

    def test_ordinals_tell_equal_clocks_apart(self):
        clocks = play("perm", "10:00 assigned a\n10:00 declined a\n10:00 assigned a")
        self.assertEqual([clock.ordinal for clock in clocks], [0, 1])
        self.assertEqual(len({clock.key for clock in clocks}), 2)


class TestFacts(Case):
    def test_none_applies_then_one_does(self):
        self.check(
            "vereshchagino",
            """
            10:00 received
            11:00 facts_changed intake=manual
            12:00 facts_changed intake=incident
            13:00 facts_changed importance=life_safety
            """,
            """
            total.incident - 06-03T10:00 06-03T18:00 06-03T13:00 cancelled
            total.life - 06-03T10:00 06-03T14:00 - running
            total.page - 06-03T10:00 06-04T10:00 06-03T11:00 cancelled
            """,
        )

    def test_cancelled_after_the_deadline_is_a_breach(self):
        self.check(
            "vereshchagino",
            "10:00 received\n18:00:01 facts_changed intake=page",
            """
            total.incident - 06-03T10:00 06-03T18:00 06-03T18:00:01 breached
            total.page - 06-03T10:00 06-04T10:00 - running
            """,
            intake="incident",
        )

    def test_a_stage_ended_without_a_clock_stays_ended(self):
        self.check(
            "myasnikovsky",
            """
            10:00 received
            10:10 assigned a
            10:20 facts_changed intake=superior
            """,
            """
            total - 06-03T10:00 06-04T10:00 - running
            draft a 06-03T10:10 06-04T06:00 - running
            """,
        )

    def test_an_end_before_the_start_ends_nothing(self):
        self.check(
            "palana",
            "2024-06-03 09:00 interim_published\n10:00 registered",
            """
            final - 06-03T09:00 06-13T18:00 - running
            assign - 06-03T10:00 06-03T18:00 - running
            total - 06-03T10:00 06-10T18:00 - running
            """,
        )

    def test_missing_and_unknown_facts(self):
        for facts in ({}, {"intake": None}, {"intake": "pigeon"}):
            self.assertEqual(play("vereshchagino", "10:00 received", facts=facts), [])

    def test_a_fact_before_the_start_counts(self):
        self.check(
            "perm",
            "09:00 facts_changed kind=private\n10:00 assigned a",
            "draft.private a 06-03T10:00 06-05T10:00 - running",
        )


class TestTermChanged(Case):
    def test_one_executor_or_every_running_clock(self):
        text = """
            10:00 assigned a
            10:00 assigned b
            10:00 assigned c
            10:30 draft c
            11:00 term_changed norm=perm.draft.feed due=13:00 a
            """
        a = "draft.feed a 06-03T10:00 06-03T13:00 - running\n"
        c = "draft.feed c 06-03T10:00 06-03T14:00 06-03T10:30 met"
        self.check(
            "perm",
            text,
            a + "draft.feed b 06-03T10:00 06-03T14:00 - running\n" + c,
            "draft",
        )
        # At 13:30 the clock of a is past due and stays as it is.
        self.check(
            "perm",
            text + "13:30 term_changed norm=perm.draft.feed due=16:00",
            a + "draft.feed b 06-03T10:00 06-03T16:00 - running\n" + c,
            "draft",
        )

    def test_belongs_to_that_clock(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            10:10 term_changed norm=perm.draft.feed due=12:00
            10:20 facts_changed kind=private
            10:30 facts_changed kind=feed
            """,
            """
            draft.feed a 06-03T10:00 06-03T12:00 06-03T10:20 cancelled
            draft.feed a 06-03T10:00 06-03T14:00 - running
            draft.private a 06-03T10:00 06-05T10:00 06-03T10:30 cancelled
            """,
        )

    def test_errors(self):
        for words in (
            "10:30 term_changed norm=perm.nothing due=12:00",
            "10:30 term_changed norm=perm.review due=12:00",
            "10:30 term_changed norm=perm.draft.feed due=12:00 b",
            "14:01 term_changed norm=perm.draft.feed due=16:00",
            "10:10 published\n10:30 term_changed norm=perm.draft.feed due=12:00",
            "10:10 closed\n10:30 term_changed norm=manual due=12:00",
            "10:30 term_changed norm=manual due=12:00\n"
            "12:01 term_changed norm=manual due=13:00",
        ):
            with self.subTest(words), self.assertRaises(HistoryError):
                play("perm", "10:00 assigned a\n" + words)

    def test_the_curators_own_term(self):
        text = """
            10:00 received
            10:10 term_changed norm=manual due=15:00
            10:20 term_changed norm=manual due=14:00
            """
        for end, done in (
            ("", "- running"),
            ("14:00 published", "06-03T14:00 met"),
            ("13:00 closed", "06-03T13:00 cancelled"),
            ("14:30 excluded", "06-03T14:30 breached"),
        ):
            self.check(
                "vereshchagino",
                text + end,
                f"manual - 06-03T10:10 06-03T14:00 {done}",
                intake="manual",
            )


class TestBeforeAnother(Case):
    START = "10:00 received\n10:10 assigned a\n"

    def test_follows_the_other_deadline(self):
        self.check(
            "myasnikovsky",
            self.START + "10:20 term_changed norm=myasnikovsky.total due=20:00",
            """
            total - 06-03T10:00 06-03T20:00 - running
            draft a 06-03T10:10 06-03T16:00 - running
            """,
            "draft total",
            intake="superior",
        )

    def test_not_when_ended_or_past_due(self):
        self.check(
            "myasnikovsky",
            self.START
            + """
            10:15 assigned b
            10:16 draft b
            10:20 term_changed norm=myasnikovsky.total due=15:00
            11:01 term_changed norm=myasnikovsky.total due=20:00
            """,
            """
            total - 06-03T10:00 06-03T20:00 - running
            draft a 06-03T10:10 06-03T11:00 - running
            draft b 06-03T10:15 06-04T06:00 06-03T10:16 met
            """,
            "draft total",
            intake="superior",
        )

    def test_does_not_start_without_the_other(self):
        self.check("myasnikovsky", "10:10 assigned a\n10:20 received", "", "draft")

    def test_follows_the_other_when_it_is_opened_again(self):
        self.check(
            "myasnikovsky",
            self.START
            + """
            10:20 term_changed norm=myasnikovsky.total due=20:00
            10:30 facts_changed intake=page
            10:40 assigned b
            10:50 facts_changed intake=superior
            """,
            """
            total - 06-03T10:00 06-03T20:00 06-03T10:30 cancelled
            total - 06-03T10:00 06-04T10:00 - running
            draft a 06-03T10:10 06-04T06:00 - running
            draft b 06-03T10:40 06-04T06:00 - running
            """,
            "draft total",
            intake="superior",
        )


class TestMalformedEvents(unittest.TestCase):
    def test_clear_errors(self):
        for words, message in (
            ("10:00 vanished", "Unknown type of event: 'vanished'"),
            ("10:00 assigned", "'assigned' needs an executor"),
            ("10:00 draft_submitted a reply_kind=poem", "kind of reply: 'poem'"),
            ("10:00 draft_submitted a reply_kind=clarification", "kind of reply"),
            ("10:00 term_changed norm=manual", "needs a norm and a due"),
            ("25:00 received", "Not an ISO 8601 time"),
        ):
            with self.subTest(words), self.assertRaisesRegex(HistoryError, message):
                history(ACTS["perm"], words)

    def test_a_missing_kind_of_reply_is_final(self):
        (event,) = history(ACTS["perm"], "10:00 draft_submitted a")
        self.assertEqual(event.reply_kind, "final")
