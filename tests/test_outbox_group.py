from odoo.tests import tagged

from ..networks import Consequence
from .group import TEXT, GroupCase
from .outbox_after import AfterClient, error

RIGHT = "Яму засыплем до 25 марта."


@tagged("post_install", "-at_install")
class TestGroupChange(GroupCase):
    """What was published to several citizens is changed for each of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = AfterClient()

    def setUp(self):
        super().setUp()
        self.published()
        self.send()
        self.assertEqual(len(self.network.wall), 4)

    def test_each(self):
        changes = self.lead.correct_reply(RIGHT, "Опечатка", followers=True)
        self.assertEqual(len(changes), 4)
        self.send()
        self.assertEqual(set(self.network.texts().values()), {RIGHT})
        for ticket in self.tickets:
            self.assertEqual(self.types(ticket).count("reply_corrected"), 1)
        self.assertTrue_to_history()

    def test_only_this_one(self):
        self.lead.correct_reply(RIGHT, "Опечатка")
        self.send()
        texts = sorted(self.network.texts().values())
        self.assertEqual(texts, sorted([RIGHT] + [TEXT] * 3))

    def test_one_that_fails_stops_no_other(self):
        self.network.change_failures = [
            (None, True),
            (error(Consequence.PERMISSION), False),
        ]
        changes = self.lead.withdraw_reply("Ошибка", followers=True)
        self.send()
        states = sorted(changes.mapped("state"))
        self.assertEqual(states, ["done", "done", "done", "hand"])
        self.assertEqual(len(self.network.wall), 1)

    def test_withdrawn_is_not_given_to_who_still_waits(self):
        self.lead.withdraw_reply("Ошибка")
        self.send()
        follower = self.followers[:1]
        self.assertFalse(follower._group_reply())
