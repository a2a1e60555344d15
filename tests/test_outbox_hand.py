from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .outbox_after import TEXT, AfterCase


@tagged("post_install", "-at_install")
class TestByHand(AfterCase):
    """Publishing by hand: text and link offered, the link recorded and looked at."""

    def test_page_that_publishes_by_hand(self):
        self.account.publish_mode = "hand"
        ticket = self.approved(at="2024-03-11 06:00")
        action = ticket.action_publish()
        Wizard = self.env[action["res_model"]].with_user(self.curator)
        form = Form(Wizard.with_context(**action["context"]))
        self.assertEqual(form.mode, "hand")
        self.assertEqual(form.text, TEXT)
        self.assertEqual(form.permalink, ticket.permalink)
        form.link = "https://vk.com/wall-1_10?reply=55"
        form.save().action_confirm()
        self.assertEqual(ticket.social_state, "published")
        reply = ticket.reply_ids
        self.assertEqual(reply.published_link, "https://vk.com/wall-1_10?reply=55")
        self.assertEqual(reply.account_id, self.account)
        event = ticket.event_ids.sorted("id")[-1:]
        self.assertEqual((event.type, event.published_where), ("published", "hand"))
        self.assertFalse(self.network.sent)
        # What a person needs for a report can be exported.
        names = ["number", "published_link", "reply_ids/body"]
        names += ["reply_ids/published_at", "reply_ids/published_link"]
        exported = ticket.sudo().export_data(names)["datas"][0]
        self.assertIn("https://vk.com/wall-1_10?reply=55", exported)

    def test_link_of_another_network(self):
        ticket = self.approved(at="2024-03-11 06:00")
        for link in (
            "https://ok.ru/group/1/topic/2",
            "https://vk.com.example.org/wall-1_10",
            "https://example.org/?x=vk.com",
            "https://vk.com@example.org/wall-1_10",
        ):
            with self.subTest(link=link), self.assertRaisesRegex(UserError, "VK"):
                ticket.publish_by_hand(TEXT, link)
        ticket.publish_by_hand(TEXT, "https://m.vk.com/wall-1_10?reply=5")
        self.assertEqual(ticket.social_state, "published")

    def test_through_a_proxy(self):
        self.account.api_url = "https://vk.gorod.example"
        ticket = self.approved(at="2024-03-11 06:00")
        ticket.publish_by_hand(TEXT, "https://vk.gorod.example/wall-1_10?reply=5")
        self.assertEqual(ticket.social_state, "published")

    def by_hand(self, network):
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand({"original_text": "Яма", "network": network})
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.drafted(ticket).with_user(self.curator).action_approve()
        return ticket

    def test_network_without_client(self):
        """Text and link are offered for every network, spoken or not."""
        ticket = self.by_hand("telegram")
        action = ticket.action_publish()
        Wizard = self.env[action["res_model"]].with_user(self.curator)
        form = Form(Wizard.with_context(**action["context"]))
        self.assertEqual((form.mode, form.text), ("hand", TEXT))
        with self.assertRaisesRegex(UserError, "Telegram"):
            ticket.publish_by_hand(TEXT, "https://vk.com/wall-1_10?reply=5")
        ticket.publish_by_hand(TEXT, "https://t.me/gorod/12?comment=7")
        self.assertEqual(ticket.published_link, "https://t.me/gorod/12?comment=7")

    def test_odnoklassniki(self):
        ticket = self.by_hand("ok")
        ticket.publish_by_hand(TEXT, "https://ok.ru/group/1/topic/2#3")
        self.assertEqual(ticket.social_state, "published")

    def test_page_without_client(self):
        page = self.account.copy({"network": "facebook", "external_id": "9"})
        ticket = self.by_hand("facebook")
        ticket.sudo().social_account_id = page
        self.assertFalse(ticket._can_be_sent())
        link = "https://www.facebook.com/1/posts/2?comment_id=3"
        ticket.publish_by_hand(TEXT, link, account=page)
        self.assertEqual(ticket.published_link, link)

    def test_seen_on_the_network(self):
        """The link to a reply of unclear outcome is held against its page, too."""
        row = self.approved(at="2024-03-11 06:00").publish(TEXT, self.account)
        row.sudo().outbox_state = "unknown"
        row = row.with_user(self.curator)
        with self.assertRaisesRegex(UserError, "VK"):
            row.action_mark_sent("https://example.org/1")
        row.action_mark_sent("https://vk.com/wall-1_10?reply=5")
        self.assertEqual(row.outbox_state, "sent")
