import base64
import re
from html import unescape

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .access import BOMB
from .common import SocialCommon

REPORT = "helpdesk_mgmt_social.report_ticket"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestReportTicket(SocialCommon):
    def document(self, ticket, user=None):
        Report = self.env["ir.actions.report"].with_user(user or self.curator)
        html, _kind = Report._render_qweb_html(REPORT, ticket.ids)
        return html.decode().split('class="article', 1)[1].split("</main>")[0]

    def words(self, *args):
        text = re.sub(r"<style.*?</style>", " ", self.document(*args), flags=re.S)
        words = unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))
        return words.replace(" ,", ",")

    def test_the_whole_course_is_told(self):
        ticket = self.assigned(text="Яма у дома 5", at="2024-03-07 09:10")
        share = self.drafted(ticket, text="Засыплем до 15 марта.")
        reason = self.env["helpdesk.social.rework.reason"].search([], limit=1)
        wizard = self.env["helpdesk.social.rework"].with_user(self.curator)
        wizard.create(
            {
                "assignment_id": share.id,
                "reason_ids": [(6, 0, reason.ids)],
                "remarks": "Назовите подрядчика",
            }
        ).action_confirm()
        words = self.words(ticket)
        for part in (ticket.number, "Яма у дома 5", "Засыплем до 15 марта."):
            self.assertIn(part, words)
        self.assertIn(f"Remarks: {reason.name}; Назовите подрядчика", words)
        # In the organisation's zone, to the second.
        zone = ticket._social_tz()
        self.assertIn(f"All instants are of the zone {zone}", words)
        for deadline in ticket.deadline_ids:
            self.assertIn(f"{deadline.display_name}, clause {deadline.clause}", words)
            self.assertIn(" ".join(deadline.explanation.split()), words)
        for event in ticket.event_ids:
            self.assertIn(" ".join(event.sentence.split()), words)

    def test_words_of_a_citizen_are_words(self):
        evil = '<img src="http://10.0.0.1/x"><script>alert(1)</script>'
        ticket = self.receive_text(evil)
        document = self.document(ticket)
        self.assertIn("&lt;script", document)
        self.assertFalse(re.search(r"<(script|link|iframe|object)\b", document))
        self.assertNotIn('src="http', document)

    def receive_text(self, text):
        return self.assigned(text=text)

    def test_photos_are_drawn_anew(self):
        ticket = self.assigned()
        Attachment = self.env["ir.attachment"].sudo()
        message = ticket.sudo().social_message_ids[:1]
        place = {"res_model": message._name, "res_id": message.id}
        files = Attachment.with_context(image_no_postprocess=True)
        message.attachment_ids = files.create(
            [
                {**place, "name": "бомба.png", "raw": BOMB},
                {**place, "name": "яма.png", "raw": PIXEL},
                {**place, "name": "ложь.png", "raw": b"<svg onload=alert(1)>"},
            ]
        )
        document = self.document(ticket)
        [source] = re.findall(r'<img[^>]*src="([^"]*)"', document)
        picture = base64.b64decode(source.removeprefix("data:image/jpeg;base64,"))
        self.assertEqual(picture[:3], b"\xff\xd8\xff")
        self.assertNotIn("onload", document)
        self.assertIn("cannot be printed", document)

    def test_who_may(self):
        ticket = self.assigned()
        self.assertIn(ticket.number, self.words(ticket, self.roads))
        with self.assertRaises(AccessError):
            self.document(ticket, self.light)

    def test_other_tickets_have_no_card(self):
        other = self.env["helpdesk.ticket"].create({"name": "x", "description": "x"})
        with self.assertRaises(UserError):
            self.document(other, self.env.ref("base.user_admin"))
