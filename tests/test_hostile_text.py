from itertools import pairwise

from markupsafe import Markup

from odoo.tests import tagged

from ..language.difference import difference
from ..language.placeholders import fill
from .common import MODULE, SocialCommon, comment

#: What a citizen may write to be run, read backwards or filled in somewhere.
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\u202eанаизнан\u2066 <b>жирно</b>",
    "{номер} {телефон} {{ 7*7 }} ${7*7} %(number)s %s {0.__class__}",
    '"><svg/onload=alert(3)> угрожаю: всех убью, сволочи',
    "http://x/<script> javascript:alert(4) file:///etc/passwd",
    "а" * 20000,
)
TAGS = ("<script>alert", "<img src=x", "<svg/onload", "<b>жирно", "<b>x")


@tagged("post_install", "-at_install")
class TestHostileText(SocialCommon):
    """A citizen's words are shown and sent as text, whatever they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.regulation.copy({"company_id": cls.env.company.id})
        cls.act.appeal_handover = True
        cls.account.regulation_id = cls.act

    def tickets(self):
        """A message for each of the texts."""
        items = [
            comment(f"wall-1_10_r{number}", text, author=str(600 + number))
            for number, text in enumerate(HOSTILE, 1)
        ]
        return self.receive(*items).with_user(self.curator)

    def assertText(self, markup):
        """No tag of the citizen's in ``markup``."""
        for tag in TAGS:
            self.assertNotIn(tag, str(markup or ""))

    def test_kept_verbatim_and_shown_as_text(self):
        for ticket in self.tickets():
            self.assertIn(ticket.original_text, HOSTILE)
            for field in ("name", "list_text", "threat_hint", "exclusion_hint"):
                self.assertNotIsInstance(ticket[field], Markup)
            for mark in ticket.text_marks or ():
                self.assertLessEqual(set(mark), {"start", "end", "kind", "label"})
            # What is computed of it never fails.
            ticket.read()

    def test_notices(self):
        """Activities, e-mails and the history say it as text, or not at all."""
        for ticket in self.tickets():
            ticket.assign([(self.unit_roads, self.roads)])
            share = self.holding(ticket, self.roads)
            share.action_accept()
            for record in (ticket.sudo(), share.sudo()):
                for activity in record.activity_ids:
                    self.assertText(activity.note)
                for message in record.message_ids:
                    self.assertText(message.body)
                    for value in message.sudo().tracking_value_ids:
                        self.assertNotIsInstance(value.new_value_char, Markup)
        mails = self.env["mail.mail"].search([])
        for mail in mails:
            self.assertText(mail.body_html)

    def test_card_of_an_appeal(self):
        for ticket in self.tickets():
            ticket.action_register()
            ticket.hand_over("Отдел <script>alert(5)</script>", note="<b>x</b>")
            report = self.env["ir.actions.report"]
            html, _kind = report._render_qweb_html(
                f"{MODULE}.report_appeal_action", ticket.ids
            )
            self.assertText(html.decode())

    def test_template_is_filled_once(self):
        """A name with brackets is a name, no place to be filled in."""
        values = {"author": "{номер} {телефон}", "number": "17", "phone": "2-12"}
        filled = fill("{автор}, {номер}", values)
        self.assertEqual(filled, "{номер} {телефон}, 17")

    def test_difference_of_versions(self):
        for before, after in pairwise(HOSTILE):
            steps = difference(before, after)
            self.assertEqual(
                {kind for kind, _t in steps} - {"same", "gone", "new"}, set()
            )
            self.assertEqual("".join(t for k, t in steps if k != "new"), before)
            self.assertEqual("".join(t for k, t in steps if k != "gone"), after)
