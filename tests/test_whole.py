from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SocialCommon


@tagged("post_install", "-at_install")
class TestWhole(SocialCommon):
    """The parts of several executors made one reply, by the curator or the leader."""

    def setUp(self):
        super().setUp()
        self.ticket = self.assigned(self.unit_roads, self.unit_light)
        self.roads_share = self.drafted(self.ticket, self.roads, "Яму засыплем 5 мая.")
        self.light_share = self.drafted(
            self.ticket, self.light, "Фонарь починили 4 мая."
        )

    def approve_all(self):
        for share in (self.roads_share, self.light_share):
            share.with_user(self.curator).action_approve()

    def wizard(self, user):
        action = self.ticket.with_user(user).action_merge()
        Merge = self.env[action["res_model"]].with_user(user)
        return Merge.with_context(**action["context"]).create({})

    def test_curator_merges_with_one_click(self):
        self.approve_all()
        wizard = self.wizard(self.curator)
        self.assertEqual(wizard.text, "Яму засыплем 5 мая.\n\nФонарь починили 4 мая.")
        self.assertEqual(len(wizard.part_ids), 2)
        wizard.text = "Яму засыплем 5 мая, фонарь починили."
        wizard.action_confirm()
        self.assertEqual(self.ticket.whole_by_id, self.curator)
        publish = self.env["helpdesk.social.publish"].with_user(self.curator)
        publish = publish.with_context(default_ticket_id=self.ticket.id).create({})
        self.assertEqual(publish.text, "Яму засыплем 5 мая, фонарь починили.")
        publish.action_confirm()
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(self.network.sent[0].text, publish.text)
        self.assertEqual(self.ticket.social_state, "published")

    def test_leader_merges(self):
        for user in (self.roads, self.light, self.head):
            with self.assertRaises(AccessError):
                self.roads_share.with_user(user).action_lead()
        self.light_share.with_user(self.curator).action_lead()
        self.roads_share.with_user(self.curator).action_lead()
        self.assertTrue(self.roads_share.is_lead)
        self.assertFalse(self.light_share.is_lead)
        with self.assertRaisesRegex(UserError, "nothing to put together"):
            self.roads_share.action_merge()
        self.approve_all()
        self.assertTrue(self.roads_share.can_merge)
        self.assertFalse(self.light_share.can_merge)
        wizard = self.wizard(self.roads)
        wizard.text = "Яму засыплем 5 мая."
        wizard.action_confirm()
        self.assertEqual(self.ticket.whole_text, "Яму засыплем 5 мая.")
        self.assertEqual(self.ticket.whole_by_id, self.roads)
        with self.assertRaises(AccessError):
            self.wizard(self.light)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.light).merge_parts("Иначе")
        # Putting together is no leave to publish.
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.roads).publish("Всё", self.account)

    def test_executor_publishes_what_was_approved_alone(self):
        """What the leader wrote was seen by no curator."""
        for share in (self.roads_share, self.light_share):
            share.with_user(self.curator).action_allow_publishing()
        self.roads_share.with_user(self.curator).action_lead()
        self.approve_all()
        mine = self.ticket.with_user(self.roads)
        mine.merge_parts("Яму засыплем 6 мая.")
        with self.assertRaisesRegex(UserError, "as it was approved"):
            mine.publish("Яму засыплем 6 мая.", self.account)
        mine.publish("Яму засыплем 5 мая.\n\nФонарь починили 4 мая.", self.account)

    def test_changed_parts_undo_the_whole(self):
        self.approve_all()
        self.ticket.merge_parts("Яму засыплем 5 мая.")
        none = self.env["helpdesk.social.rework.reason"]
        self.light_share.with_user(self.curator).request_rework(none, "Когда?")
        self.assertFalse(self.ticket.whole_text)

    def test_single_part(self):
        self.light_share.with_user(self.curator).request_rework(
            self.env["helpdesk.social.rework.reason"], "Когда?"
        )
        self.holding(self.ticket, self.light).decline("Не наше")
        self.roads_share.with_user(self.curator).action_approve()
        self.assertEqual(self.ticket.social_state, "approved")
        with self.assertRaisesRegex(UserError, "nothing to put together"):
            self.ticket.merge_parts("Текст")
        with self.assertRaisesRegex(UserError, "several executors"):
            self.roads_share.with_user(self.curator).action_lead()

    def test_nobody_writes_it_directly(self):
        self.approve_all()
        with self.assertRaises(UserError):
            self.ticket.write({"whole_text": "Мимо"})
