import re
import subprocess
from base64 import b64decode
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import MODULE, SocialCommon, comment

TEXT = "Прошу <b>рассмотреть</b> <img src='http://example.com/x.png'/> моё обращение"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestAppeal(SocialCommon):
    """What is really an appeal is handed over with a card, where the act knows that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.account.regulation_id = cls.act

    def handed(self, **item):
        ticket = self.receive(comment(text=TEXT, **item)).with_user(self.curator)
        action = ticket.action_hand_over()
        Appeal = self.env["helpdesk.social.appeal"].with_user(self.curator)
        form = Form(Appeal.with_context(**action["context"]))
        form.to = "Отдел обращений"
        form.number = "17-О"
        action = form.save().action_confirm()
        self.assertEqual(action["type"], "ir.actions.report")
        return ticket

    def test_closed_with_that_reason(self):
        ticket = self.handed()
        self.assertEqual(ticket.social_state, "closed")
        event = ticket.event_ids.filtered(lambda e: e.type == "closed")
        self.assertEqual(event.user_id, self.curator)
        for words in ("under 59-FZ", "Отдел обращений", "17-О"):
            self.assertIn(words, event.note)
        states = set(ticket.deadline_ids.mapped("state"))
        self.assertFalse(states & {"running"})
        self.assertFalse(ticket.sudo()._replay_differences())

    def test_only_where_the_act_knows_it(self):
        for code in ("palana", "perm", "purovsky", "myasnikovsky"):
            act = self.env.ref(f"{MODULE}.regulation_{code}")
            self.assertFalse(act.appeal_handover, code)
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_palana")
        ticket = self.receive(comment(text=TEXT)).with_user(self.curator)
        self.assertFalse(ticket.appeal_handover)
        with self.assertRaisesRegex(UserError, "hands no message over"):
            ticket.hand_over("Отдел обращений")

    def test_only_a_curator_and_only_open(self):
        ticket = self.assigned(text=TEXT)
        for user in (self.roads, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                ticket.with_user(user).hand_over("Отдел")
        with self.assertRaisesRegex(UserError, "Name who"):
            ticket.hand_over(" ")
        ticket.hand_over("Отдел", "paper")
        self.assertEqual(ticket.assignment_ids.state, "cancelled")
        with self.assertRaisesRegex(UserError, "not possible now"):
            ticket.hand_over("Отдел")
        with self.assertRaisesRegex(UserError, "not possible now"):
            ticket.action_restore()

    def test_nobody_writes_it(self):
        ticket = self.receive(comment(text=TEXT)).with_user(self.curator)
        with self.assertRaises(UserError):
            ticket.write({"handed_over_to": "Отдел"})

    def test_taken_in_again(self):
        ticket = self.handed(kind="private")
        again = ticket.browse(ticket.action_take_back()["res_id"])
        self.assertEqual(again.social_state, "to_triage")
        self.assertEqual(again.original_text, TEXT)
        self.assertEqual(again.possible_repeat_id, ticket)
        self.assertEqual(again.social_account_id, ticket.social_account_id)
        # Pressed twice, it opens the same message.
        self.assertEqual(ticket.action_take_back()["res_id"], again.id)
        other = self.receive(comment("wall-1_10_r2")).with_user(self.curator)
        with self.assertRaisesRegex(UserError, "not handed over"):
            other.action_take_back()

    # -- the card ----------------------------------------------------------------

    def html(self, ticket):
        report = self.env.ref(f"{MODULE}.report_appeal_action")
        report = report.with_user(self.curator)
        html, _kind = report._render_qweb_html(report.report_name, ticket.ids)
        return html.decode()

    def test_card_tells_all_and_runs_nothing(self):
        ticket = self.handed()
        photo = self.env["ir.attachment"].create(
            {
                "name": "photo-1.png",
                "raw": b64decode(PIXEL),
                "res_model": "helpdesk.social.message",
                "res_id": ticket.social_message_ids.id,
            }
        )
        ticket.sudo().social_message_ids.attachment_ids = photo
        html = self.html(ticket)
        self.assertIn("&lt;b&gt;рассмотреть&lt;/b&gt;", html)
        body = html[html.index("o_social_appeal") :]
        self.assertFalse(re.search(r"<(img|a|script|iframe|object)\b", body))
        for words in (
            ticket.number,
            "Житель 501",
            ticket.permalink,
            "Отдел обращений",
            "17-О",
            "преамбула",
            "photo-1.png",
            self.curator.name,
            # 09:10 UTC in the organisation's zone.
            "7 March 2024, 14:10 (Asia/Yekaterinburg)",
        ):
            self.assertIn(words, html)

    def test_card_in_print(self):
        ticket = self.handed()
        report = self.env.ref(f"{MODULE}.report_appeal_action")
        report = report.with_user(self.curator).with_context(
            force_report_rendering=True
        )
        pages = []
        prepare = type(report)._prepare_html

        def prepared(self, *args, **kwargs):
            result = prepare(self, *args, **kwargs)
            pages.append(" ".join(map(str, (result[0], *result[2:4]))))
            return result

        with patch.object(type(report), "_prepare_html", prepared):
            pdf, kind = report._render_qweb_pdf(report.report_name, ticket.ids)
        self.assertFalse(re.search(r"<(link|script|img|base)\b|\burl\(", pages[0]))
        self.assertEqual(kind, "pdf")
        text = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True
        ).stdout.decode()
        self.assertIn(ticket.number, text)
        self.assertIn("<b>рассмотреть</b>", text)

    def test_who_prints(self):
        ticket = self.handed()
        report = self.env["report.helpdesk_mgmt_social.report_appeal"]
        with self.assertRaises(AccessError):
            report.with_user(self.light)._get_report_values(ticket.ids)
        plain = self.receive(comment("wall-1_10_r2"))
        with self.assertRaisesRegex(UserError, "handed over as appeals"):
            report.with_user(self.curator)._get_report_values(plain.ids)
