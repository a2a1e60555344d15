from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .access import OUTSIDERS, SEEN, AccessCase
from .common import comment


@tagged("post_install", "-at_install")
class TestFollowers(AccessCase, MailCase):
    """Following gives no sight, and does not outlive it."""

    def test_only_readers_follow(self):
        share = self.share(self.feed)
        everybody = [self[role].partner_id.id for role in self.roles]
        own = self.env.user.partner_id
        readers = {self[role].partner_id for role in SEEN} | {own}
        caller = self.as_user(self.curator)
        caller.call("helpdesk.ticket", "message_subscribe", self.feed.ids, everybody)
        followers = set(self.feed.message_partner_ids)
        self.assertLessEqual(followers, readers)
        self.assertIn(self.head.partner_id, followers)
        caller = self.as_user(self.roads)
        caller.call(share._name, "message_subscribe", share.ids, everybody)
        self.assertLessEqual(set(share.message_partner_ids), readers)

    def test_outsider_follows_by_no_call(self):
        for role, caller in self.each_role((*OUTSIDERS, "parks", "light")):
            partner = self[role].partner_id
            self.feed.message_unsubscribe(partner.ids)
            caller.outcome(
                "helpdesk.ticket", "message_subscribe", self.feed.ids, partner.ids
            )
            self.assertNotIn(partner, self.feed.message_partner_ids)
            got = caller.outcome(
                "helpdesk.ticket", "message_post", self.feed.ids, body="x"
            )
            self.assertEqual(got, "AccessError")

    def test_followers_row_is_not_written(self):
        caller = self.as_user(self.curator)
        row = {
            "res_model": "helpdesk.ticket",
            "res_id": self.feed.id,
            "partner_id": self.portal.partner_id.id,
        }
        caller.outcome(
            "helpdesk.ticket",
            "write",
            self.feed.ids,
            {"message_follower_ids": [(0, 0, row)]},
        )
        self.assertNotIn(self.portal.partner_id, self.feed.message_partner_ids)

    def test_nobody_blind_is_notified(self):
        blind = [*OUTSIDERS, "parks", "light"]
        for role in (*blind, "head"):
            self.feed.message_unsubscribe(self[role].partner_id.ids)
            self.force_follow(self.feed, self[role])
            self.force_follow(self.share(self.feed), self[role])
        partners = self.env["res.partner"].union(*(self[r].partner_id for r in blind))
        with self.mock_mail_gateway():
            for record in (self.feed, self.share(self.feed)):
                message = (
                    record.with_user(self.curator)
                    .sudo()
                    .message_post(
                        body="Secret",
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                    )
                )
                self.assertFalse(message.notified_partner_ids & partners)
                self.assertIn(self.head.partner_id, message.notified_partner_ids)
        mails = self.env["mail.mail"].search([("recipient_ids", "in", partners.ids)])
        self.assertFalse(mails)

    def test_following_in_another_administration(self):
        """A follower who works for other administrations only breaks nothing."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("s_stranger", "group_curator")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.force_follow(self.feed, stranger)
        caller = self.as_user(self.curator)
        companies = {"allowed_company_ids": self.env.company.ids}
        message_id = caller.call(
            "helpdesk.ticket",
            "message_post",
            self.feed.ids,
            body="Note",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            context=companies,
        )
        if isinstance(message_id, list):
            [message_id] = message_id
        message = self.env["mail.message"].browse(message_id)
        self.assertNotIn(stranger.partner_id, message.notified_partner_ids)

    def test_decliner_keeps_nothing(self):
        """A unit's member declines: nobody of the unit keeps what following left."""
        ticket = self.receive(comment("wall-1_10_r51", text="Secret of another"))
        ticket = ticket.with_user(self.curator)
        ticket.assign([(self.unit_parks, self.nobody)])
        share = ticket.assignment_ids.sudo()
        partner = self.parks.partner_id
        (ticket | ticket.browse()).sudo().message_subscribe(partner.ids)
        share.message_subscribe(partner.ids)
        self.assertIn(partner, ticket.message_partner_ids)
        note = ticket.message_post(
            body="For you",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )
        for record in (ticket.sudo(), share):
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.parks.id,
                summary="Secret of the activity",
            )
        domain = [("user_id", "=", self.parks.id)]
        caller = self.as_user(self.parks)
        self.assertEqual(len(caller.found("mail.activity", domain)), 2)
        self.assertTrue(caller.found("mail.message", [("id", "=", note.id)]))
        caller.call(share._name, "decline", share.ids, "Not ours")
        self.assertFalse(caller.found("mail.activity", domain))
        self.assertFalse(caller.found("mail.message", [("id", "=", note.id)]))
        for record in (ticket.sudo(), share):
            self.assertNotIn(partner, record.message_partner_ids)
            got = caller.outcome(record._name, "read", record.ids, ["display_name"])
            self.assertEqual(got, "AccessError")

    def test_activity_follows_the_delegate(self):
        ticket = self.receive(comment("wall-1_10_r52", kind="private"))
        ticket = ticket.with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        share = self.share(ticket).sudo()
        self.assertEqual(share.activity_ids.user_id, self.roads)
        share.with_user(self.roads).delegate(self.roads_2)
        self.assertEqual(share.activity_ids.user_id, self.roads_2)
        self.assertNotIn(self.roads.partner_id, share.message_partner_ids)

    def test_unit_leader_without_role_is_told_nothing(self):
        self.unit_parks.user_id = self.plain
        ticket = self.receive(comment("wall-1_10_r53")).with_user(self.curator)
        ticket.assign([(self.unit_parks, self.nobody)])
        self.assertFalse(ticket.assignment_ids.sudo().activity_ids)
