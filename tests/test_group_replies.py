from odoo.tests import tagged

from ..networks import Consequence, NetworkError
from .group import INTERIM, TEXT, GroupCase


@tagged("post_install", "-at_install")
class TestGroupReplies(GroupCase):
    """One reply, published to each of those who wrote."""

    # -- one reply to each -------------------------------------------------------

    def test_published_to_each_once(self):
        self.published(f"{TEXT} Спасибо за сигнал.")
        self.assertEqual(len(self.network.sent), 0)
        self.send()
        self.assertEqual(
            sorted(sent.parent_id for sent in self.network.sent),
            [f"wall-1_10_r{n}" for n in range(1, 5)],
        )
        texts = {sent.text for sent in self.network.sent}
        self.assertEqual(texts, {f"{TEXT} Спасибо за сигнал."})
        keys = {sent.idempotency_key for sent in self.network.sent}
        self.assertEqual(len(keys), 4)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        links = set(self.tickets.mapped("published_link"))
        self.assertEqual(len(links), 4)
        for ticket in self.tickets:
            self.assertEqual(self.types(ticket).count("published"), 1)
            rows = ticket.social_message_ids.filtered("outbox_state")
            self.assertEqual(rows.mapped("outbox_state"), ["sent"])
        for follower in self.followers:
            event = follower.event_ids.filtered(lambda e: e.type == "published")
            self.assertGreaterEqual(event.at, self.lead.event_ids[-1].at)
            self.assertFalse(event.user_id)
            self.assertEqual(set(follower.assignment_ids.mapped("state")), {"done"})
        self.assertTrue_to_history()

    def test_one_that_fails_stops_no_other(self):
        self.published()
        lost = NetworkError("no", consequence=Consequence.CONTENT)
        self.network.failures = [(None, True), (lost, False)]
        self.send()
        states = sorted(self.tickets.mapped("social_state"))
        self.assertEqual(states, ["approved"] + ["published"] * 3)
        self.assertEqual(len(self.network.wall), 3)
        failed = self.tickets.filtered(lambda t: t.social_state == "approved")
        self.assertTrue(failed.outbox_problem)
        self.assertTrue_to_history()

    def test_by_hand_and_elsewhere_wait_with_the_text_ready(self):
        manual = (
            self.env["helpdesk.ticket"]
            .with_user(self.curator)
            .enter_by_hand(
                {
                    "original_text": "Яма на Лесной",
                    "permalink": "https://ok.ru/group/1/topic/2",
                }
            )
        )
        self.tickets |= manual
        self.followers |= manual
        self.grouped()
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        whole = f"{TEXT} Спасибо."
        self.lead.publish_by_hand(whole, "https://vk.com/wall-1_10_r99")
        self.assertEqual(manual.social_state, "approved")
        self.assertEqual(manual._merged_text(), whole)
        self.send()
        self.assertEqual(len(self.network.sent), 3)
        self.later()
        manual.publish_by_hand(manual._merged_text(), "https://ok.ru/group/1/topic/2/3")
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_interim_then_final(self):
        self.interim_approved()
        self.lead.publish(INTERIM, self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 4)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"in_progress"})
        for ticket in self.tickets:
            self.assertEqual(self.types(ticket).count("interim_published"), 1)
        self.later()
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        self.later()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 8)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_interim_still_on_its_way_to_a_follower(self):
        share = self.interim_approved()
        # By hand: the followers' rows wait in the outbox.
        self.lead.publish_by_hand(INTERIM, "https://vk.com/wall-1_10_r99")
        self.later()
        self.drafted(self.lead, text=TEXT)
        self.later()
        self.send()
        self.assertEqual({s.text for s in self.network.sent}, {INTERIM})
        self.later()
        share.with_user(self.curator).action_approve()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 7)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_agreement_is_for_all(self):
        self.grouped()
        at = self.later()
        self.lead._record_event("sent_to_superior", note="Письмо 5")
        for follower in self.followers:
            event = follower.event_ids[-1]
            self.assertEqual((event.type, event.at), ("sent_to_superior", at))
        self.assertTrue_to_history()
