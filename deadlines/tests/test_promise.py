"""What an interim reply promises is a clock of its own."""

import unittest

from .. import HistoryError, RegulationError
from ..norms import Act
from .acts import ACTS
from .common import Case, play

STAGE = "promise"


class TestPromise(Case):
    def promise(self, text, expected, code="perm", **more):
        self.check(code, text, expected, STAGE, **more)

    def test_no_promise_no_clock(self):
        self.promise("10:00 received\n11:00 interim_published", "")

    def test_kept_at_its_very_instant_and_broken_after_it(self):
        text = "10:00 received\n11:00 interim_published due=2024-06-07T18:00\n"
        row = "promise - 06-03T11:00 06-07T18:00"
        self.promise(text, f"{row} - running", now="2024-06-07T18:00")
        self.promise(text, f"{row} - overdue", now="2024-06-07T18:01")
        for at, state in (("18:00", "met"), ("18:01", "breached")):
            self.promise(
                f"{text}2024-06-07 {at} published", f"{row} 06-07T{at} {state}"
            )

    def test_other_endings_cancel_it_or_find_it_broken(self):
        text = "10:00 received\n11:00 interim_published due=13:00\n"
        row = "promise - 06-03T11:00 06-03T13:00"
        for end in ("excluded", "closed", "no_reaction"):
            self.promise(f"{text}13:00 {end}", f"{row} 06-03T13:00 cancelled")
            self.promise(f"{text}13:01 {end}", f"{row} 06-03T13:01 breached")
        self.promise(f"{text}12:00 excluded\n14:00 restored", f"{row} - running")

    def test_nothing_else_ends_or_moves_it(self):
        self.promise(
            """
            10:00 received
            10:10 assigned a
            11:00 interim a
            11:10 interim_published due=2024-06-05T18:00
            12:00 draft a
            12:10 approved a
            12:20 facts_changed importance=high
            12:30 interim_published
            12:40 term_changed norm=perm.publish due=15:00
            """,
            "promise - 06-03T11:10 06-05T18:00 - running",
        )

    def test_another_promise_takes_its_place(self):
        text = "10:00 received\n11:00 interim_published due=2024-06-04T18:00\n"
        for at, state in (("04 18:00", "cancelled"), ("04 18:01", "breached")):
            day, time = at.split()
            self.promise(
                f"{text}2024-06-{day} {time} interim_published due=2024-06-10T18:00",
                f"""
                promise - 06-03T11:00 06-04T18:00 06-{day}T{time} {state}
                promise - 06-{day}T{time} 06-10T18:00 - running
                """,
            )

    def test_the_same_promise_again_leaves_it_running(self):
        self.promise(
            """
            11:00 interim_published due=2024-06-04T18:00
            12:00 interim_published due=2024-06-04T18:00
            """,
            "promise - 06-03T11:00 06-04T18:00 - running",
        )

    def test_two_promises_at_one_instant_are_two_clocks(self):
        clocks = play(
            "perm",
            "11:00 interim_published due=12:00\n11:00 interim_published due=13:00",
        )
        self.assertEqual([clock.ordinal for clock in clocks], [0, 1])
        self.assertEqual([c.state for c in clocks], ["cancelled", "running"])

    def test_promise_past_when_published(self):
        text = "11:00 interim_published due=10:00\n"
        row = "promise - 06-03T11:00 06-03T10:00"
        self.promise(text, f"{row} - overdue", now="2024-06-03T11:00")
        self.promise(f"{text}11:30 published", f"{row} 06-03T11:30 breached")

    def test_after_the_end_nothing_is_promised(self):
        self.promise("10:00 published\n11:00 interim_published due=13:00", "")

    def test_not_moved_by_hand(self):
        with self.assertRaisesRegex(HistoryError, "promise to the author"):
            play(
                "perm",
                """
                11:00 interim_published due=13:00
                11:30 term_changed norm=promise due=15:00
                """,
            )

    def test_the_act_goes_on_as_before(self):
        text = """
            10:00 received
            10:10 assigned a
            11:00 interim a
            11:10 interim_published{}
            12:00 draft a
            """
        for code in ACTS:
            with self.subTest(code):
                plain = play(code, text.format(""))
                promised = play(code, text.format(" due=2024-06-05T18:00"))
                others = [clock for clock in promised if clock.stage != STAGE]
                self.assertEqual(len(promised), len(others) + 1)
                self.assertEqual(
                    [(c.key, c.due, c.done, c.state) for c in others],
                    [(c.key, c.due, c.done, c.state) for c in plain],
                )

    def test_trace_tells_of_the_interim(self):
        (clock,) = play("perm", "11:00 interim_published due=13:00\n12:00 published")
        self.assertEqual([step.kind for step in clock.trace], ["started", "ended"])
        self.assertEqual(clock.trace[0].event.type, "interim_published")


class TestReserved(unittest.TestCase):
    def test_no_act_has_a_norm_or_stage_of_that_name(self):
        for name in ("code", "stage"):
            data = ACTS["perm"].to_data()
            data["norms"][0][name] = STAGE
            with self.assertRaisesRegex(RegulationError, "promise's norm"):
                Act.from_data(data)
