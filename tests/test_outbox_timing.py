from odoo.tests import tagged

from ..networks import Consequence
from .outbox_after import AfterCase, error


@tagged("post_install", "-at_install")
class TestTiming(AfterCase):
    """How long replies take from the decision to the network."""

    def publish(self, number, seconds):
        ticket = self.approved(
            external_id=f"wall-1_10_r{number}", at="2024-03-11 06:00"
        )
        self.later(seconds=100)
        # When a row was made is the transaction's business, not the frozen clock's.
        row = ticket.publish("Яму засыплем до 15 марта.", self.account)
        self.later(seconds=seconds)
        self.send()
        self.assertEqual(row.outbox_state, "sent")
        return row

    def test_row_and_reply(self):
        row = self.publish(1, 40)
        self.assertEqual(row.publish_seconds, 40)
        self.assertEqual(row.approved_seconds, 140)
        self.assertEqual(row.reply_id.publish_seconds, 40)

    def test_tries_count(self):
        self.network.failures = [(error(Consequence.RETRY), False)]
        ticket = self.approved(at="2024-03-11 06:00")
        row = ticket.publish("Яму засыплем до 15 марта.", self.account)
        self.send()
        self.later(seconds=90)
        self.send()
        self.assertEqual(row.publish_seconds, 90)

    def test_page(self):
        other = self.account.copy({"external_id": "4343"})
        pages = self.account | other
        for number, seconds in enumerate((10, 20, 30, 40, 100)):
            self.publish(number, seconds)
        figures = pages._publishing_latency()
        self.assertEqual(figures[other.id], {"count": 0, "median": None, "p95": None})
        mine = figures[self.account.id]
        self.assertEqual((mine["count"], mine["median"]), (5, 30))
        self.assertAlmostEqual(mine["p95"], 88)
        self.assertEqual(
            self.account.publishing_words,
            "half within 30 s, 95 % within 88 s (5 replies)",
        )
        self.assertFalse(other.publishing_words)
        self.later(days=40)
        self.assertEqual(pages._publishing_latency()[self.account.id]["count"], 0)
        self.assertEqual(self.account.browse()._publishing_latency(), {})

    def test_one_query(self):
        self.publish(1, 10)
        pages = self.account | self.account.copy({"external_id": "4343"})
        self.env.flush_all()
        with self.assertQueryCount(1):
            pages._publishing_latency()

    def test_found_by_a_person_is_not_timed(self):
        self.network.failures = [(error(Consequence.UNKNOWN), False)]
        ticket = self.approved(at="2024-03-11 06:00")
        row = ticket.publish("Яму засыплем до 15 марта.", self.account)
        self.send()
        row.with_user(self.curator).action_mark_sent("https://vk.com/wall-1_10?reply=9")
        self.assertEqual(row.outbox_state, "sent")
        self.assertFalse(row.is_timed)
        self.assertEqual(
            self.account._publishing_latency()[self.account.id]["count"], 0
        )
