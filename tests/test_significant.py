import re
from html import unescape
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE
from .head_notices import HeadNoticeCase

REPORT = "helpdesk_mgmt_social.report_head"


@tagged("post_install", "-at_install")
class TestSignificant(HeadNoticeCase):
    """A curator marks, the heads are told: once, at once, with a page to print."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.message(
            cls, "2024-03-14 14:00:00", cls.topics[0], cls.places[0], cls.authors[0]
        )
        cls.mine = cls.ticket.with_user(cls.curator)

    def notices(self, ticket=None):
        ticket = ticket or self.ticket
        return self.env["helpdesk.social.head.notice"].search(
            [("ticket_id", "=", ticket.id)], order="id"
        )

    def page(self, notice, user=None):
        Report = self.env["ir.actions.report"].with_user(user or self.head)
        html, _kind = Report._render_qweb_html(REPORT, notice.ids)
        text = html.decode().split('class="article', 1)[1].split("</main>")[0]
        text = re.sub(r"<style.*?</style>", " ", text, flags=re.S)
        return unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))

    def test_told_once(self):
        self.mine.mark_significant("  Квартал без\nводы ")
        self.assertTrue(self.ticket.is_significant)
        self.assertEqual(self.ticket.significant_reason, "Квартал без воды")
        self.assertEqual(self.ticket.significant_by_id, self.curator)
        self.assertIn("Квартал без воды", self.ticket.message_ids[0].body)
        self.assertFalse(self.told())
        self.assertTrue(self.ticket.significant_awaited)
        self.tell()
        self.tell()
        self.assertEqual(len(self.told()), 1)
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(self.activities().res_id, self.ticket.id)
        notice = self.notices()
        self.assertEqual((notice.state, notice.clause), ("told", "13"))
        self.assertEqual(notice.user_ids, self.head)
        self.assertFalse(notice.problem)
        self.assertTrue(self.ticket.significant_told_at)
        self.assertFalse(self.ticket.significant_awaited)
        # Nobody else is told.
        self.assertFalse(self.told(self.curator))
        self.assertFalse(self.told(self.roads))

    def test_page_of_the_head(self):
        for number in range(3):
            self.message(
                "2024-03-12 10:00:00",
                self.topics[0],
                self.places[0],
                self.authors[number],
            )
        self.message("2024-03-12 10:00:00", self.topics[1], self.places[0])
        self.mine.action_register()
        self.mine.assign([(self.unit_roads, self.env["res.users"])])
        self.mine.mark_significant("Квартал без воды")
        self.tell()
        [page] = self.told().attachment_ids
        self.assertEqual(page.res_model, "helpdesk.social.head.notice")
        self.assertIn(self.ticket.number, page.name)
        self.assertTrue(page.with_user(self.head).raw)
        with self.assertRaises(AccessError):
            page.with_user(self.light).read(["raw"])
        words = self.page(self.notices())
        for part in (
            "Квартал без воды",
            "Водоснабжение",
            "Центр",
            "14.03.2024 17:00",
            "location: 3, answered: 0",
            "Roads",
            "clause 13",
            "Нет воды",
            "mail/view?model=helpdesk.ticket",
        ):
            self.assertIn(part, words)

    def test_where_the_act_does_not_ask(self):
        self.act.reports_significant = False
        self.mine.mark_significant("Квартал без воды")
        self.tell()
        self.assertTrue(self.ticket.is_significant)
        self.assertFalse(self.notices())
        self.assertFalse(self.told())

    def test_taken_back(self):
        self.mine.mark_significant("Квартал без воды")
        self.mine.unmark_significant("Ошибка")
        self.tell()
        self.assertFalse(self.told())
        self.assertEqual(self.notices().state, "withdrawn")
        self.assertFalse(self.ticket.is_significant)
        self.assertIn("Ошибка", self.ticket.message_ids[0].body)
        # Who was told learns that it is no longer so.
        self.mine.mark_significant("Квартал без воды")
        self.tell()
        self.assertEqual(len(self.told()), 1)
        self.mine.unmark_significant("Воду дали")
        self.assertEqual(len(self.told()), 2)
        self.assertIn("Воду дали", self.told()[-1].body)
        self.assertFalse(self.activities())

    def test_guards(self):
        for user in (self.roads, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                self.ticket.with_user(user).mark_significant("Важно")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.mine.mark_significant("  ")
        with self.assertRaisesRegex(UserError, "not marked"):
            self.mine.unmark_significant("Ошибка")
        self.mine.mark_significant("Важно")
        with self.assertRaisesRegex(UserError, "already"):
            self.mine.mark_significant("Важно")
        with self.assertRaises(UserError):
            self.mine.write({"is_significant": False})
        with self.assertRaises(UserError):
            self.mine.write({"significant_reason": "Иначе"})
        other = self.message("2024-03-14 14:00:00", social_state="excluded")
        other.social_state = "excluded"
        with self.assertRaisesRegex(UserError, "excluded"):
            other.with_user(self.curator).mark_significant("Важно")
        with self.assertRaises(UserError):
            self.notices().with_user(self.head).write({"state": "withdrawn"})
        with self.assertRaises(AccessError):
            self.notices().with_user(self.roads).read(["state"])

    def test_window(self):
        Wizard = self.env["helpdesk.social.significant"].with_user(self.curator)
        action = self.mine.action_significant()
        Wizard = Wizard.with_context(**action["context"])
        first, second = (Wizard.create({"reason": "Важно"}) for _ in range(2))
        first.action_confirm()
        self.assertTrue(self.ticket.is_significant)
        # A window opened before does not take back what another curator marked.
        with self.assertRaisesRegex(UserError, "already"):
            second.action_confirm()
        action = self.mine.action_significant()
        Wizard.with_context(**action["context"]).create(
            {"reason": "Ошибка"}
        ).action_confirm()
        self.assertFalse(self.ticket.is_significant)

    def test_words_of_private_messages_stay(self):
        private = self.message(
            "2024-03-14 14:00:00",
            kind="private",
            original_text="Мой секрет",
            social_account_id=self.account.id,
        )
        private.with_user(self.curator).mark_significant("Важно для всех")
        self.tell()
        words = self.page(self.notices(private))
        self.assertNotIn("секрет", words)
        self.assertIn("Важно для всех", words)
        self.assertNotIn("секрет", self.told().body)

    def test_without_a_page(self):
        """A server that cannot print tells all the same."""
        self.mine.mark_significant("Квартал без воды")
        Report = type(self.env["ir.actions.report"])
        with patch.object(Report, "_render_qweb_pdf", side_effect=UserError("no")):
            with self.assertLogs(f"odoo.addons.{MODULE}", "ERROR"):
                self.tell()
        self.assertEqual(len(self.told()), 1)
        self.assertFalse(self.told().attachment_ids)
        self.assertTrue(self.notices().problem)

    def test_claimed_by_another(self):
        self.mine.mark_significant("Квартал без воды")
        notice = self.notices()
        notice.sudo().write(
            {"lease_owner": "other:1:x", "lease_until": "2024-03-14 15:01:00"}
        )
        self.tell()
        self.assertFalse(self.told())
        self.tell("2024-03-14 15:02:00")
        self.assertEqual(len(self.told()), 1)

    def test_who_is_told(self):
        """Whom a local act names, if that person can open it; else all heads."""
        other = self._user("s_head_2", "group_head")
        Notice = self.env["helpdesk.social.head.notice"]
        now = self.ticket.received_at
        self.assertEqual(Notice._heads_to_tell(self.company, now), self.head | other)
        appointment = {
            "role": "head",
            "act_number": "1",
            "act_date": "2024-01-01",
            "date_from": "2024-01-01",
            "company_id": self.company.id,
        }
        Appointment = self.env["helpdesk.social.appointment"]
        Appointment.create({**appointment, "user_id": self.roads.id})
        self.assertEqual(Notice._heads_to_tell(self.company, now), self.head | other)
        Appointment.create({**appointment, "user_id": other.id})
        self.assertEqual(Notice._heads_to_tell(self.company, now), other)

    def test_which_acts_ask(self):
        self.assertFalse(self.env.ref(f"{MODULE}.regulation_perm").reports_significant)
        act = self.env.ref(f"{MODULE}.regulation_myasnikovsky")
        self.assertEqual(
            (act.reports_significant, act.significant_clause), (True, "13")
        )
