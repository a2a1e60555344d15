from odoo.tests import tagged

from ..models.helpdesk_social_message_standing import same_text
from ..networks import Consequence
from .outbox_after import TEXT, AfterCase, error


@tagged("post_install", "-at_install")
class TestStanding(AfterCase):
    """A published reply is looked at after an hour and after a day."""

    def setUp(self):
        super().setUp()
        self.ticket = self.published()
        self.row = self.rows(self.ticket)

    def alter(self, text):
        (external_id, sent) = self.network.wall[0]
        self.network.put(external_id, type(sent)(**{**vars(sent), "text": text}))

    def told(self):
        return self.activities(self.ticket, "standing")

    def notes(self):
        bodies = self.ticket.sudo().message_ids.mapped("body")
        return [body for body in bodies if "published reply" in body.lower()]

    def test_twice_and_no_more(self):
        self.look()
        self.assertFalse(self.network.looked, "not before an hour")
        self.later(minutes=61)
        self.look()
        self.assertEqual((self.row.standing, self.row.looks), ("there", 1))
        self.later(hours=12)
        self.look()
        self.assertEqual(len(self.network.looked), 1)
        self.later(hours=13)
        self.look()
        self.assertEqual(len(self.network.looked), 2)
        self.assertFalse(self.row.next_look)
        self.later(days=9)
        self.look()
        self.assertEqual(len(self.network.looked), 2)
        self.assertFalse(self.told() or self.notes())

    def test_gone_is_told_once(self):
        self.network.wall.clear()
        self.later(minutes=61)
        self.look()
        self.assertEqual(self.row.standing, "gone")
        self.assertEqual(self.told().user_id, self.curator)
        self.assertEqual(len(self.notes()), 1)
        self.assertIn(self.row.permalink, self.notes()[0])
        self.later(days=1)
        self.look()
        self.assertEqual(len(self.network.looked), 2)
        self.assertEqual((len(self.told()), len(self.notes())), (1, 1))
        self.assertTrue(self.ticket.answer_lost)
        self.assertEqual(self.account.lost_reply_count, 1)
        action = self.account.with_user(self.curator).action_view_lost()
        shown = self.env["helpdesk.social.message"].search(action["domain"])
        self.assertEqual(shown, self.row)
        found = self.env["helpdesk.social.message"].search(
            [("standing", "=", "gone"), ("taken_off_at", "=", False)]
        )
        self.assertEqual(found, self.row)

    def test_hidden_and_shown_again(self):
        wall = list(self.network.wall)
        self.network.wall.clear()
        self.later(minutes=61)
        self.look()
        self.network.wall = wall
        self.later(days=1)
        self.look()
        self.assertEqual(self.row.standing, "there")
        self.assertFalse(self.told())
        self.assertEqual(len(self.notes()), 2)

    def test_changed_is_told_once(self):
        self.alter("Яму засыплем до 15 мая.")
        self.later(minutes=61)
        self.look()
        self.assertEqual(self.row.standing, "changed")
        self.assertEqual(self.row.seen_text, "Яму засыплем до 15 мая.")
        self.assertEqual(len(self.told()), 1)
        self.later(days=1)
        self.look()
        self.assertEqual((len(self.told()), len(self.notes())), (1, 1))

    def test_mended_by_a_correction(self):
        """The same text may be put there anew, and is looked at anew."""
        self.alter("Взломано.")
        self.later(minutes=61)
        self.look()
        self.ticket.correct_reply(TEXT, "Вернули текст.")
        self.send()
        self.assertEqual(self.network.texts(), {self.row.external_id: TEXT})
        self.assertEqual(self.row.standing, "there")
        self.later(minutes=61)
        self.look()
        self.assertEqual(len(self.network.looked), 2)

    def test_taken_off_by_us_is_no_loss(self):
        self.ticket.withdraw_reply("Ошибка")
        self.send()
        self.assertFalse(self.network.wall)
        self.later(days=2)
        self.look()
        self.assertFalse(self.network.looked)
        self.assertFalse(self.told())
        self.assertFalse(self.account.lost_reply_count)
        self.assertEqual(self.row.standing, "off", "the list says so")

    def test_what_is_just_being_changed_is_left(self):
        self.network.change_failures = [(error(Consequence.RETRY), False)]
        self.later(minutes=61)
        self.ticket.withdraw_reply("Ошибка")
        self.send()
        self.network.wall.clear()
        self.look()
        self.assertFalse(self.network.looked)
        self.assertFalse(self.told())

    def test_failing_looks_end_quietly(self):
        self.network.look_errors = [error(Consequence.RETRY) for _n in range(5)]
        self.later(minutes=61)
        for _n in range(5):
            self.look()
            self.later(hours=2)
        self.assertEqual(self.row.standing, "unknown")
        self.assertEqual(self.account.unseen_reply_count, 1)
        self.assertFalse(self.told() or self.notes())
        self.assertEqual(self.account.health, "ok", "reading goes on")

    def test_one_failure_is_made_good(self):
        self.network.look_errors = [error(Consequence.SLOW_DOWN, retry_after=900)]
        self.later(minutes=61)
        self.look()
        self.later(minutes=14)
        self.look()
        self.assertEqual(len(self.network.looked), 1, "not before the time told")
        self.later(minutes=2)
        self.look()
        self.assertEqual((self.row.standing, self.row.looks), ("there", 1))
        self.later(hours=26)
        self.look()
        self.assertFalse(self.row.next_look)

    def test_network_that_cannot_be_looked_at(self):
        self.network.able = frozenset({"reply"})
        self.later(minutes=61)
        self.look()
        self.assertFalse(self.network.looked)
        self.assertFalse(self.row.next_look or self.row.standing)

    def test_page_being_read_is_left(self):
        self.later(minutes=61)
        self.account._lease_take(self.later(seconds=1), 600)
        self.look()
        self.assertFalse(self.network.looked)
        self.later(minutes=11)
        self.look()
        self.assertEqual(len(self.network.looked), 1)
        self.assertFalse(self.account.lease_owner)

    def test_together(self):
        for number in range(2, 5):
            self.published(external_id=f"wall-1_10_r{number}")
        self.later(hours=2)
        self.look()
        self.assertEqual([len(ids) for ids in self.network.looked], [4])

    def test_by_button(self):
        self.network.wall.clear()
        self.later(minutes=61)
        self.look()
        self.row.with_user(self.curator).action_look_now()
        self.look()
        self.assertEqual(len(self.network.looked), 2)


@tagged("post_install", "-at_install")
class TestSameText(AfterCase):
    def test_same(self):
        for ours, theirs in (
            ("Яму  засыплем.\n\nСпасибо", "Яму засыплем. Спасибо"),
            ("«Да» & нет", "«Да» &amp; нет"),
            ("Смотрите https://gorod.example/plan?x=1", "Смотрите vk.cc/abc12/x"),
            ("[id1|Пётр], засыплем", "Пётр, засыплем"),
            ("Сделаем \u2764\ufe0f", "Сделаем \u2764"),
            ("Яма\u200b тут", "Яма тут"),
        ):
            with self.subTest(theirs=theirs):
                self.assertTrue(same_text(ours, theirs))

    def test_other(self):
        long = "Слово. " * 500
        for ours, theirs in (
            ("до 15 марта", "до 25 марта"),
            (long + "до 15 марта", long + "до 16 марта"),
            ("Засыплем", "Засыплем никогда"),
            ("Не засыплем", "засыплем"),
            ("Засыплем", ""),
        ):
            with self.subTest(theirs=theirs[-20:]):
                self.assertFalse(same_text(ours, theirs))
