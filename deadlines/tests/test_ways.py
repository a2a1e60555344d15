"""One message by several ways: the shortest term counts."""

from dataclasses import replace

from .. import Term
from ..norms import Act, Condition, Norm
from .acts import ACTS
from .common import Case, play

PAGE = {"intake": "page", "page_owner": "administration"}


def norm(code, term, value, *, stage="total", start="received", ends=("published",)):
    return Norm(
        code=code,
        stage=stage,
        clause="1",
        per_assignment=False,
        start=start,
        ends=ends,
        term=term,
        conditions=((Condition("intake", "in", (value,)),),),
    )


class TestWays(Case):
    INCIDENT = ("total.incident", "03T11:00", "03T19:00", "running")

    def by(self, code, text, **more):
        """(norm, start, due, state) of each clock, local time, day and minute."""
        act = more.pop("act", None) or ACTS[code]
        return [
            (
                clock.norm.split(".", 1)[-1],
                clock.start.astimezone(act.tz).strftime("%dT%H:%M"),
                clock.due.astimezone(act.tz).strftime("%dT%H:%M"),
                clock.state,
            )
            for clock in play(code, text, act=act, **more)
        ]

    def test_second_way_is_shorter(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               11:00 received intake=incident""",
            **PAGE,
        )
        self.assertEqual(
            clocks,
            [
                ("total.page", "03T10:00", "04T10:00", "cancelled"),
                ("total.incident", "03T11:00", "03T19:00", "running"),
            ],
        )

    def test_second_way_is_longer(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               2024-06-04 08:00 received intake=incident
               09:00 published""",
            **PAGE,
        )
        self.assertEqual(clocks, [("total.page", "03T10:00", "04T10:00", "met")])

    def test_heard_of_later_than_received(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               15:00 received intake=incident since=2024-06-03T09:00
               16:00 published""",
            **PAGE,
        )
        self.assertEqual(
            clocks,
            [
                ("total.incident", "03T09:00", "03T17:00", "met"),
                ("total.page", "03T10:00", "04T10:00", "cancelled"),
            ],
        )

    def test_first_way_without_a_term(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               11:00 received intake=page""",
            intake="manual",
        )
        self.assertEqual(clocks, [("total.page", "03T11:00", "04T11:00", "running")])

    def test_nothing_ended_changes(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               11:00 published
               12:00 received intake=incident""",
            **PAGE,
        )
        self.assertEqual(clocks, [("total.page", "03T10:00", "04T10:00", "met")])

    def test_stage_that_counts_from_another_event(self):
        """Round the clock or in office hours: which is shorter, the week tells."""
        text = """{day} 10:00 received
                  10:00 assigned roads
                  10:05 received intake=monitoring"""
        facts = {**PAGE, "kind": "private"}
        clocks = self.by("perm", text.format(day="2024-06-03"), **facts)
        self.assertEqual(
            clocks[-1], ("draft.office", "03T10:00", "04T10:00", "running")
        )
        # From Friday evening on 48 hours are over before 8 office hours are.
        friday = text.format(day="2024-06-07").replace("10:0", "18:0")
        clocks = self.by("perm", friday, **facts)
        running = [clock for clock in clocks if clock[-1] == "running"]
        self.assertEqual(
            running, [("draft.private", "07T18:00", "09T18:00", "running")]
        )

    def test_later_assignment_weighs_the_ways_too(self):
        clocks = self.by(
            "perm",
            """2024-06-03 10:00 received
               10:05 received intake=monitoring
               10:10 assigned roads""",
            **PAGE,
        )
        self.assertEqual(clocks[-1], ("draft.feed", "03T10:10", "03T14:10", "running"))

    def test_changed_fact_leaves_the_other_way(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               11:00 received intake=incident
               12:00 facts_changed intake=manual
               13:00 facts_changed importance=life_safety""",
            **PAGE,
        )
        self.assertEqual(
            clocks,
            [
                ("total.page", "03T10:00", "04T10:00", "cancelled"),
                ("total.incident", "03T11:00", "03T19:00", "cancelled"),
                ("total.life", "03T11:00", "03T15:00", "running"),
            ],
        )

    def test_term_set_by_hand_counts_as_it_is(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               10:30 term_changed norm=vereshchagino.total.page due=12:00
               11:00 received intake=incident""",
            **PAGE,
        )
        self.assertEqual(clocks, [("total.page", "03T10:00", "03T12:00", "running")])

    def test_excluded_and_restored(self):
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               10:30 excluded
               11:00 received intake=incident
               12:00 restored""",
            **PAGE,
        )
        self.assertEqual(clocks[-1], self.INCIDENT)

    def test_waiting_stops_only_what_had_begun(self):
        act = replace(ACTS["vereshchagino"], waiting="stops", waiting_days=7)
        clocks = self.by(
            "vereshchagino",
            """2024-06-03 10:00 received
               10:30 clarification_published
               11:00 received intake=incident
               12:00 clarification_answered""",
            act=act,
            **PAGE,
        )
        self.assertEqual(clocks[-1], self.INCIDENT)
        self.assertEqual(clocks[0], ("total.page", "03T10:00", "11T10:00", "cancelled"))

    def test_counting_back_from_the_other_way(self):
        clocks = self.by(
            "myasnikovsky",
            """2024-06-03 10:00 received
               11:00 assigned roads
               12:00 received intake=superior""",
            intake="manual",
        )
        self.assertEqual(
            clocks,
            [
                ("draft", "03T11:00", "04T08:00", "running"),
                ("total", "03T12:00", "04T12:00", "running"),
            ],
        )

    def test_one_end_ends_both_kinds_of_a_stage(self):
        act = Act(
            "own",
            "Own",
            "Europe/Moscow",
            (
                norm("own.page", Term("hours", 24), "page", start="registered"),
                norm("own.incident", Term("hours", 8), "incident"),
            ),
        )
        text = """2024-06-03 10:00 received
                  10:10 registered
                  11:00 received intake=incident
                  12:00 published"""
        clocks = self.by("perm", text, act=act, **PAGE)
        self.assertEqual([clock[-1] for clock in clocks], ["met", "met"])

    def test_same_way_twice_changes_nothing(self):
        once = """2024-06-03 10:00 received
                  11:00 received intake=incident"""
        twice = f"{once}\n12:00 received intake=incident"
        self.assertEqual(
            self.by("vereshchagino", once, **PAGE),
            self.by("vereshchagino", twice, **PAGE),
        )

    def test_bare_repeats_start_nothing(self):
        clocks = self.by(
            "vereshchagino", "2024-06-03 10:00 received\n11:00 received", **PAGE
        )
        self.assertEqual(clocks, [("total.page", "03T10:00", "04T10:00", "running")])
