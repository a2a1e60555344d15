"""Settled cases: drafts, reworks, interim replies, several executors."""

from .. import HistoryError
from .common import Case, play


class TestSecondDraft(Case):
    def test_running_clocks_go_on(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:10 draft a
            """,
            """
            publish - 06-03T11:00 06-03T11:30 - running
            review a 06-03T11:00 06-03T11:30 - running
            """,
            "review publish",
        )

    def test_an_ended_review_starts_anew(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:05 approved a
            11:10 draft a
            """,
            """
            publish - 06-03T11:00 06-03T11:30 - running
            review a 06-03T11:00 06-03T11:30 06-03T11:05 met
            review a 06-03T11:10 06-03T11:40 - running
            """,
            "review publish",
        )

    def test_final_interim_final_restarts_nothing(self):
        self.check(
            "myasnikovsky",
            """
            10:00 assigned a
            11:00 draft a
            11:10 sent_to_superior
            11:20 interim a
            11:30 draft a
            """,
            "superior - 06-03T11:00 06-03T11:30 06-03T11:10 met",
        )

    def test_an_interim_in_place_of_a_final_keeps_the_running_clock(self):
        self.check(
            "myasnikovsky",
            """
            10:00 assigned a
            11:00 draft a
            11:20 interim a
            11:40 sent_to_superior
            """,
            "superior - 06-03T11:00 06-03T11:30 06-03T11:40 breached",
        )

    def test_a_replaced_final_is_outstanding(self):
        self.check(
            "myasnikovsky",
            """
            10:00 assigned a
            10:00 assigned b
            11:00 draft a
            11:10 interim a
            11:20 draft b
            11:30 draft a
            """,
            "superior - 06-03T11:30 06-03T12:00 - running",
        )


class TestRework(Case):
    def test_waits_for_the_last_outstanding_answer(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            10:00 assigned b
            11:00 draft a
            11:05 rework_requested a
            11:10 draft b
            11:20 draft a
            """,
            "publish - 06-03T11:20 06-03T11:50 - running",
            "publish",
        )

    def test_more_reasons_start_no_clock(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:05 rework_requested a
            11:15 rework_requested a
            12:00 draft a
            """,
            "rework a 06-03T11:05 06-03T15:05 06-03T12:00 met",
            "rework",
        )

    def test_an_interim_answers_it_where_interims_count(self):
        text = """
            10:00 assigned a
            11:00 draft a
            11:05 rework_requested a
            11:15 interim a
            """
        self.check(
            "perm",
            text,
            """
            publish - 06-03T11:00 06-03T11:30 06-03T11:05 cancelled
            rework a 06-03T11:05 06-03T15:05 06-03T11:15 met
            publish - 06-03T11:15 06-03T11:45 - running
            """,
            "rework publish",
        )
        self.check(
            "myasnikovsky",
            text + "11:30 draft a",
            """
            superior - 06-03T11:00 06-03T11:30 06-03T11:05 cancelled
            rework a 06-03T11:05 06-03T11:35 06-03T11:15 met
            superior - 06-03T11:30 06-03T12:00 - running
            """,
        )

    def test_never_reopens_the_draft(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:05 rework_requested a
            """,
            "draft.feed a 06-03T10:00 06-03T14:00 06-03T11:00 met",
            "draft",
        )

    def test_superior_rejected_alone_changes_nothing(self):
        self.check(
            "myasnikovsky",
            """
            10:00 assigned a
            11:00 draft a
            11:10 superior_rejected
            """,
            "superior - 06-03T11:00 06-03T11:30 - running",
        )

    def test_needs_something_submitted(self):
        text = """
            10:00 assigned a
            11:05 rework_requested a
            """
        with self.assertRaisesRegex(HistoryError, "'a', who has submitted nothing"):
            play("perm", text)
        # An executor without a live assignment moves nothing, errors included.
        play("perm", "11:05 rework_requested a")
        play("perm", "10:00 assigned a\n10:05 declined a\n11:05 rework_requested a")

    def test_a_used_up_interim_was_submitted(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 interim a
            11:05 interim_published
            11:06 rework_requested a
            """,
            "rework a 06-03T11:06 06-03T15:06 - running",
            "rework",
        )


class TestInterim(Case):
    def test_at_the_very_deadline_is_in_time(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            13:00 assigned b
            14:00 interim_published
            """,
            """
            draft.feed a 06-03T10:00 06-04T14:00 - running
            draft.feed b 06-03T13:00 06-04T17:00 - running
            """,
        )

    def test_past_due_and_later_assignments_are_not_extended(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            14:01 interim_published
            14:02 assigned b
            14:03 interim_published
            """,
            """
            draft.feed a 06-03T10:00 06-03T14:00 - running
            draft.feed b 06-03T14:02 06-03T18:02 - running
            """,
        )

    def test_photographs_are_extended_and_a_changed_fact_keeps_it(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 interim_published
            12:00 facts_changed needs_photo=false
            """,
            """
            draft.feed a 06-03T10:00 06-04T14:00 - running
            draft.photo a 06-03T10:00 06-13T00:00 06-03T12:00 cancelled
            """,
            needs_photo=True,
        )

    def test_finals_stay_and_publish_starts_anew(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:10 interim_published
            """,
            """
            publish - 06-03T11:00 06-03T11:30 06-03T11:10 met
            publish - 06-03T11:10 06-03T11:40 - running
            """,
            "publish",
        )

    def test_interims_are_used_up(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            10:00 assigned b
            11:00 draft a
            11:01 interim b
            11:10 interim_published
            12:00 draft b
            """,
            """
            publish - 06-03T11:01 06-03T11:31 06-03T11:10 met
            publish - 06-03T12:00 06-03T12:30 - running
            """,
            "publish",
        )

    def test_a_decline_leaves_the_finals(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            10:00 assigned b
            11:00 draft a
            11:01 interim b
            11:10 interim_published
            12:00 declined b
            """,
            """
            publish - 06-03T11:01 06-03T11:31 06-03T11:10 met
            publish - 06-03T12:00 06-03T12:30 - running
            """,
            "publish",
        )


class TestFinalAfterInterim(Case):
    START = """
        2024-06-03 10:00 registered
        10:00 assigned a
        10:00 assigned b
        11:00 draft a
        """

    def test_ends_by_the_last_final_draft(self):
        self.check(
            "palana",
            self.START + "12:00 interim_published\n13:00 interim b\n14:00 draft b",
            "final - 06-03T12:00 06-13T18:00 06-03T14:00 met",
            "final",
        )

    def test_ends_by_a_decline_that_leaves_finals(self):
        self.check(
            "palana",
            self.START + "12:00 interim_published\n13:00 declined b",
            "final - 06-03T12:00 06-13T18:00 06-03T13:00 met",
            "final",
        )

    def test_does_not_open_over_finals_and_no_rework_reopens_it(self):
        self.check(
            "palana",
            self.START
            + """
            11:30 draft b
            12:00 interim_published
            12:10 rework_requested a
            12:20 interim_published
            """,
            "",
            "final",
        )

    def test_a_draft_sent_back_is_not_in(self):
        self.check(
            "palana",
            self.START
            + """
            11:30 rework_requested a
            12:00 interim_published
            13:00 draft b
            14:00 draft a
            15:00 rework_requested a
            """,
            "final - 06-03T12:00 06-13T18:00 06-03T14:00 met",
            "final",
        )


class TestAssignments(Case):
    def test_a_new_executor_cancels_what_waits_for_drafts(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:10 assigned b
            11:40 draft b
            """,
            """
            publish - 06-03T11:00 06-03T11:30 06-03T11:10 cancelled
            publish - 06-03T11:40 06-03T12:10 - running
            """,
            "publish",
        )

    def test_a_new_executor_after_the_deadline_breaches(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            11:00 draft a
            11:31 assigned b
            11:40 declined b
            """,
            """
            publish - 06-03T11:00 06-03T11:30 06-03T11:31 breached
            publish - 06-03T11:40 06-03T12:10 - running
            """,
            "publish",
        )

    def test_live_once_declined_and_back(self):
        self.check(
            "purovsky",
            """
            10:00 assigned a
            10:05 assigned a
            10:11 declined a
            10:20 draft a
            10:30 assigned a
            """,
            """
            accept a 06-03T10:00 06-03T10:10 06-03T10:11 breached
            draft a 06-03T10:00 06-03T11:10 06-03T10:11 cancelled
            accept a 06-03T10:30 06-03T10:40 - running
            draft a 06-03T10:30 06-03T11:40 - running
            """,
        )

    def test_nobody_left(self):
        self.check(
            "perm",
            """
            10:00 assigned a
            10:10 declined a
            """,
            "draft.feed a 06-03T10:00 06-03T14:00 06-03T10:10 cancelled",
        )

    def test_counts_from_the_registration(self):
        self.check(
            "palana",
            """
            2024-06-03 10:00 registered
            2024-06-04 10:00 assigned a
            10:10 declined a
            10:20 assigned a
            """,
            """
            draft.official a 06-03T10:00 06-05T18:00 06-04T10:10 cancelled
            draft.official a 06-03T10:00 06-05T18:00 - running
            """,
            "draft",
            page_owner="administration",
        )

    def test_a_registration_after_the_assignment(self):
        self.check(
            "palana",
            """
            2024-06-03 10:00 assigned a
            10:30 registered
            11:00 registered
            """,
            """
            draft.official a 06-03T10:30 06-05T18:00 - running
            total - 06-03T10:30 06-10T18:00 - running
            """,
            page_owner="administration",
        )
