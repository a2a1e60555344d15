from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment


@tagged("post_install", "-at_install")
class TestNeutralize(SocialCommon):
    """A copy of the database neither reads pages nor answers citizens."""

    def neutralize(self):
        """Do what Odoo's ``neutralize`` command does for this module."""
        self.env.flush_all()
        queries = list(get_neutralization_queries([MODULE]))
        self.assertEqual(len(queries), 1, "Odoo finds the file by its place")
        for query in queries:
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def queued(self):
        """A message whose reply waits in the outbox."""
        ticket = self.approved()
        ticket.publish(ticket._merged_text(), self.account)
        return ticket

    def test_no_keys_are_left(self):
        self.account.set_secrets({"access_token": "A", "service_token": "B"})
        self.neutralize()
        secrets = self.env["helpdesk.social.account.secret"]
        self.assertFalse(secrets.search_count([]))
        self.assertFalse(self.account._secrets())

    def test_no_page_is_read(self):
        due = self.account._due_domain()
        self.assertIn(self.account, self.account.search(due))
        self.account._lease_take(self.account.next_poll, 3600)
        self.neutralize()
        self.assertFalse(self.account.search(due))
        self.assertFalse(self.account.lease_owner or self.account.lease_until)
        self.network.inbox.append(comment("wall-1_10_r9"))
        self.assertEqual(self.account.poll(), 0)

    def test_nothing_is_sent(self):
        states = ("queued", "sending", "unknown", "failed")
        rows = self.env["helpdesk.social.message"]
        for number, state in enumerate(states):
            ticket = self.approved(external_id=f"wall-1_10_r{number}")
            row = ticket.publish("Исправлено.", self.account)
            row.sudo().outbox_state = state
            rows |= row
        self.neutralize()
        self.assertEqual(set(rows.mapped("outbox_state")), {"withdrawn"})
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertFalse(self.network.sent)

    def test_withdrawn_reply_can_be_published_again(self):
        """The copy can be worked with: what waited is approved as before."""
        ticket = self.queued()
        self.neutralize()
        self.assertEqual(ticket.social_state, "approved")
        self.assertTrue(ticket._approved_replies())
        ticket.publish_by_hand("Исправлено.", "https://vk.com/wall-1_10?reply=1")
        self.assertEqual(ticket.social_state, "published")
