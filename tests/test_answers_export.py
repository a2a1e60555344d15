import base64
import io

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment

DAY = "2024-06-03"
REPLY = "https://vk.com/wall-7_10?reply=99"


@tagged("post_install", "-at_install")
class TestAnswersExport(SocialCommon):
    """Answers for the source: a safe file, only what is new, only what one reads."""

    def answered(self, number, act="purovsky", intake="manual", text="Засыпали яму."):
        self.env.company.social_regulation_id = self.env.ref(
            f"{MODULE}.regulation_{act}"
        )
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.approved_by_hand(number, intake, text)
        with freeze_time(f"{DAY} 06:10:00"):
            ticket.publish_by_hand(ticket._merged_text(), REPLY)
        return ticket

    def approved_by_hand(self, number, intake, text):
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand(
            {"original_text": f"Яма {number}", "intake": intake, "network": "vk"},
            {"source_number": number},
        )
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.unit_roads.user_id = self.roads
        self.drafted(ticket, text=f"№ {ticket.number}. {text}")
        ticket.assignment_ids.with_user(self.curator).action_approve()
        return ticket

    def wizard(self, tickets, user=None, **vals):
        Wizard = self.env["helpdesk.social.answers"].with_user(user or self.curator)
        return Wizard.create({"ticket_ids": [(6, 0, tickets.ids)], **vals})

    def rows(self, wizard):
        book = load_workbook(io.BytesIO(base64.b64decode(wizard.file)))
        for row in book.active.iter_rows():
            for cell in row:
                self.assertNotEqual(cell.data_type, "f")
        return list(book.active.iter_rows(min_row=2, values_only=True))

    def test_file(self):
        ticket = self.answered("=1+1")
        open_ticket = self.receive(comment())
        wizard = self.wizard(ticket | open_ticket)
        self.assertEqual(wizard.line_count, 1)
        wizard.action_export()
        (row,) = self.rows(wizard)
        self.assertEqual(row[0], "'=1+1")
        self.assertEqual(row[2], ticket.number)
        # 06:00 UTC, as the organisation's clock showed it.
        self.assertEqual(row[4].strftime("%H:%M"), "11:00")
        self.assertEqual(row[5].strftime("%H:%M"), "11:10")
        self.assertEqual(row[6], REPLY)
        self.assertIn("Засыпали яму.", row[7])
        self.assertEqual(row[8], "Roads")
        self.assertEqual(row[9], "yes")
        self.assertTrue(ticket.intake_ids.exported_at)

    def test_next_export_has_only_new_ones(self):
        first, second = self.answered("1"), self.answered("2")
        self.wizard(first).action_export()
        wizard = self.wizard(first | second)
        wizard.action_export()
        self.assertEqual([row[0] for row in self.rows(wizard)], ["2"])
        wizard = self.wizard(first | second)
        self.assertFalse(wizard.line_count)
        with self.assertRaisesRegex(UserError, "no answer"):
            wizard.action_export()
        wizard.only_new = False
        self.assertEqual(wizard.line_count, 2)

    def test_one_line_for_each_way(self):
        ticket = self.answered("1")
        ticket._record_intake("pos", ticket.received_at, source_number="П-1")
        wizard = self.wizard(ticket)
        self.assertEqual(wizard.line_count, 2)
        wizard.intake = "pos"
        wizard.action_export()
        self.assertEqual([row[0] for row in self.rows(wizard)], ["П-1"])
        self.assertEqual(self.wizard(ticket).line_count, 1)

    def test_late_answer(self):
        ticket = self.answered("1", act="perm")
        with freeze_time(f"{DAY} 06:00:00"):
            late = self.approved_by_hand("2", "manual", "Засыпали.")
        with freeze_time(f"{DAY} 09:00:00"):
            late.publish_by_hand(late._merged_text(), REPLY)
        wizard = self.wizard(ticket | late)
        wizard.action_export()
        self.assertEqual([row[9] for row in self.rows(wizard)], ["yes", "no"])

    def test_answer_to_be_placed_in_the_source(self):
        self.env.company.social_regulation_id = self.env.ref(
            f"{MODULE}.regulation_perm"
        )
        ticket = self.approved_by_hand("И-5", "incident", "Засыпали.")
        wizard = self.wizard(ticket)
        wizard.action_export()
        (row,) = self.rows(wizard)
        self.assertIn("Засыпали.", row[7])
        self.assertEqual((row[5], row[10]), (None, "place the answer"))

    def test_sources_told_at_once(self):
        ticket = self.answered("5", act="vereshchagino", intake="press_service")
        self.assertEqual(ticket.source_state, "pending")
        wizard = self.wizard(ticket)
        self.assertEqual(wizard.told_count, 1)
        wizard.action_export()
        self.assertEqual(self.rows(wizard)[0][10], "tell of the answer")
        self.assertEqual(ticket.source_state, "pending")
        wizard.action_told()
        self.assertEqual(ticket.source_state, "done")
        self.assertEqual(ticket.event_ids[-1].type, "source_notified")
        self.assertEqual(ticket.event_ids[-1].note, "5")

    def test_only_what_one_reads(self):
        ticket = self.answered("1")
        other = self._user("s_page_curator_2", "group_curator")
        self.account.curator_ids = other
        wizard = self.wizard(ticket)
        ticket.sudo().write({"kind": "private", "social_account_id": self.account.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.wizard(ticket)
        self.assertFalse(wizard.line_count)
        with self.assertRaises(UserError):
            wizard.action_export()
        self.assertEqual(self.wizard(ticket, other).line_count, 1)

    def test_only_curators(self):
        ticket = self.answered("1")
        for user in (self.roads, self.head, self.social_admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                ticket.with_user(user).action_export_answers()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.wizard(ticket, user)
        action = ticket.with_user(self.curator).action_export_answers()
        self.assertEqual(action["context"]["default_ticket_ids"], ticket.ids)
