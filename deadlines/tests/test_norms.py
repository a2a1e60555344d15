"""Acts as data: round trips, contradictions, acts nobody has written yet."""

import itertools
import json
import unittest

from .. import Act, Condition, Norm, RegulationError, clocks_as_data
from .acts import ACTS, PERM
from .common import CALENDARS, lines, play, shown


def norm(**more):
    return {
        "code": "x.total",
        "stage": "total",
        "clause": "1",
        "start": "received",
        "ends": ["published"],
        "term_unit": "hours",
        "term_amount": 1,
        **more,
    }


def act(*norms, **more):
    return Act.from_data(
        {"code": "x", "timezone": "Europe/Moscow", "norms": norms, **more}
    )


class TestData(unittest.TestCase):
    def test_round_trip(self):
        for code, known in ACTS.items():
            with self.subTest(code):
                data = json.loads(json.dumps(known.to_data()))
                self.assertEqual(Act.from_data(data), known)
        for item in ACTS["perm"].norms:
            self.assertEqual(Norm.from_data(item.to_data()), item)

    def test_photographs_need_one_of_the_other_three(self):
        """The conjunction equals its definition for all facts, missing ones too."""
        photo, *others = (item for item in PERM["norms"] if "draft" in item["code"])
        photo = Norm.from_data(photo)
        others = [Norm.from_data(item) for item in others]
        for intake, owner, kind, needed in itertools.product(
            ("page", "incident", "monitoring", "?", None),
            ("head", "administration", "unit", "?", None),
            ("feed", "private", "?", None),
            (True, False, None),
        ):
            facts = {
                "intake": intake,
                "page_owner": owner,
                "kind": kind,
                "needs_photo": needed,
            }
            expected = needed is True and any(item.applies(facts) for item in others)
            self.assertEqual(photo.applies(facts), expected, facts)

    def test_not_in_is_false_for_missing_and_unknown(self):
        condition = Condition("kind", "not in", ("feed",))
        for value, holds in (
            ("private", True),
            ("feed", False),
            ("other", False),
            (None, False),
        ):
            self.assertIs(condition.holds({"kind": value}), holds)
        self.assertFalse(condition.holds({}))
        self.assertTrue(Condition("network", "in", ("vk",)).holds({"network": "vk"}))

    def test_contradictions_name_the_norm(self):
        before = {"term_unit": "before", "term_amount": 60}
        for norms, message in (
            ([norm(start="rain")], "'x.total': nothing starts by 'rain'"),
            ([norm(start="published")], "nothing starts by 'published'"),
            ([norm(ends=["rain"])], "'x.total': nothing ends by 'rain'"),
            ([norm(ends=[])], "never ends"),
            ([norm(ends=["received"])], "starts and ends by the same"),
            ([norm(term_unit="moons")], "'x.total': Unknown unit"),
            ([norm(term_amount=0)], "'x.total': .* positive amount"),
            ([norm(term_amount=1.5)], "'x.total': .* not whole"),
            ([norm(term_unit="before")], "'x.total': .* names another norm"),
            ([norm(**before, before_norm="x.total")], "counts back from itself"),
            ([norm(**before, before_norm="x.no")], "unknown norm 'x.no'"),
            ([norm(code="manual")], "curator's own"),
            ([norm(), norm()], "'x.total' occurs twice"),
            ([norm(), norm(code="x.two")], "'x.two' never applies: 'x.total'"),
            ([norm(conditions=[[["moon", "in", [1]]]])], "Unknown fact 'moon'"),
            ([norm(conditions=[[["kind", "is", ["feed"]]]])], "operator 'is'"),
            ([norm(conditions=[[["kind", "in", ["x"]]]])], "Unknown value 'x'"),
            ([norm(conditions=[[]])], "without an alternative"),
            ([norm(conditions=[["kind"]])], "'x.total'"),
            ([norm(per_assignment=True, start="all_drafts")], "to the ticket"),
            (
                [
                    norm(conditions=[[["kind", "in", ["feed"]]]]),
                    norm(code="x.two", per_assignment=True),
                ],
                "'x.total' and 'x.two' of stage 'total'",
            ),
            (
                [
                    norm(code="x.a", stage="a", **before, before_norm="x.b"),
                    norm(code="x.b", stage="b", **before, before_norm="x.a"),
                ],
                "count back from each other: a → b → a",
            ),
            (
                [
                    norm(code="x.a", stage="a", per_assignment=True),
                    norm(code="x.b", stage="b", **before, before_norm="x.a"),
                ],
                "'x.b' of the ticket cannot count back from 'x.a'",
            ),
        ):
            with (
                self.subTest(message),
                self.assertRaisesRegex(RegulationError, message),
            ):
                act(*norms)
        with self.assertRaisesRegex(RegulationError, "time zone 'Mars/Base'"):
            act(norm(), timezone="Mars/Base")
        with self.assertRaisesRegex(RegulationError, "'stage' is missing"):
            Norm.from_data({"code": "x"})


class TestOtherActs(unittest.TestCase):
    """What the five acts do not use but a form lets an administration write."""

    def check(self, written, text, expected, facts=None):
        clocks = play(
            "perm", text, facts=facts, act=written, calendar=CALENDARS["myasnikovsky"]
        )
        self.assertEqual(shown(clocks, written.tz), lines(expected))

    def test_a_stage_whose_norms_end_differently(self):
        kind = [[["kind", "in", ["feed"]]]]
        written = act(
            norm(ends=["published", "interim_published"], conditions=kind),
            norm(code="x.long", term_amount=5, sequence=20),
        )
        self.check(
            written,
            "10:00 received\n10:10 facts_changed kind=private\n10:20 interim_published",
            """
            long - 06-03T10:00 06-03T15:00 - running
            total - 06-03T10:00 06-03T11:00 06-03T10:10 cancelled
            """,
        )
        self.check(
            written,
            "10:00 received\n10:10 interim_published\n10:20 facts_changed kind=private",
            "total - 06-03T10:00 06-03T11:00 06-03T10:10 met",
        )

    def test_a_repeatable_start(self):
        written = act(
            norm(start="sent_to_superior", ends=["superior_approved", "published"])
        )
        self.check(
            written,
            """
            10:00 sent_to_superior
            10:10 sent_to_superior
            10:20 superior_approved
            10:30 sent_to_superior
            """,
            """
            total - 06-03T10:00 06-03T11:00 06-03T10:20 met
            total - 06-03T10:30 06-03T11:30 - running
            """,
        )

    def test_a_decline_starts_the_search_for_another(self):
        written = act(norm(start="declined", ends=["assigned"]))
        self.check(
            written,
            "10:00 assigned a\n10:10 declined a\n10:20 assigned b",
            "total - 06-03T10:10 06-03T11:10 06-03T10:20 met",
        )

    def test_before_the_executors_own_deadline(self):
        own = {"per_assignment": True, "ends": ["draft_submitted"]}
        written = act(
            norm(
                code="x.outline",
                stage="outline",
                start="accepted",
                term_unit="before",
                term_amount=30,
                before_norm="x.draft",
                **own,
            ),
            norm(code="x.draft", stage="draft", start="assigned", **own),
        )
        self.check(
            written,
            """
            10:00 assigned a
            10:05 assigned b
            10:10 accepted a
            10:15 accepted b
            10:20 term_changed norm=x.draft due=12:00 b
            """,
            """
            draft a 06-03T10:00 06-03T11:00 - running
            draft b 06-03T10:05 06-03T12:00 - running
            outline a 06-03T10:10 06-03T10:30 - running
            outline b 06-03T10:15 06-03T11:30 - running
            """,
        )


class TestTrace(unittest.TestCase):
    def test_steps(self):
        clocks = play(
            "palana",
            """
            2024-06-03 10:00 registered
            11:00 assigned a
            12:00 term_changed norm=palana.draft.official due=2024-06-04T12:00
            13:00 draft a
            """,
            page_owner="administration",
        )
        (draft,) = (clock for clock in clocks if clock.stage == "draft")
        self.assertEqual(
            [(step.kind, step.event.type) for step in draft.trace],
            [
                ("started", "registered"),
                ("opened", "assigned"),
                ("moved", "term_changed"),
                ("ended", "draft_submitted"),
            ],
        )
        moved = draft.trace[2]
        self.assertEqual((moved.due < moved.previous, moved.due), (True, draft.due))

    def test_preview_data(self):
        clocks = play("perm", "10:00 received")
        self.assertEqual(
            clocks_as_data(clocks),
            [
                {
                    "norm": "perm.assign",
                    "stage": "assign",
                    "executor": None,
                    "start": "2024-06-03T05:00:00Z",
                    "due": "2024-06-03T06:00:00Z",
                    "done": None,
                    "state": "running",
                }
            ],
        )
