import re
from html import unescape

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MODULE
from .test_figures import MONTH, FiguresCase


@tagged("post_install", "-at_install")
class TestReportPapers(FiguresCase):
    """The passport of a regulation and the discipline of a unit."""

    def words(self, name, records, user=None):
        Report = self.env["ir.actions.report"].with_user(user or self.head)
        html, _kind = Report._render_qweb_html(f"{MODULE}.{name}", records.ids)
        text = html.decode().split('class="article', 1)[1].split("</main>")[0]
        text = re.sub(r"<style.*?</style>|<svg.*?</svg>", " ", text, flags=re.S)
        return unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))

    def test_passport_names_every_norm(self):
        for code in ("perm", "purovsky", "myasnikovsky", "palana", "vereshchagino"):
            act = self.env.ref(f"{MODULE}.regulation_{code}")
            words = self.words("report_regulation", act)
            for norm in act.norm_ids:
                self.assertIn(f"{norm.clause} {norm.name}", words)
                self.assertIn(norm.term_text, words)
            labels = dict(
                self.env["helpdesk.social.approval.step"]
                ._fields["role"]
                ._description_selection(self.env)
            )
            for step in act.approval_step_ids:
                self.assertIn(labels[step.role], words)

    def test_passport_names_the_people(self):
        self.env["helpdesk.social.appointment"].create(
            {
                "user_id": self.curator.id,
                "role": "curator",
                "act_number": "17-р",
                "act_date": "2024-02-01",
                "date_from": "2024-02-01",
                "company_id": self.company.id,
            }
        )
        words = self.words("report_regulation", self.regulation)
        self.assertIn(f"{self.curator.name} No. 17-р of 1 February 2024", words)

    def test_discipline_of_a_unit(self):
        late = ("draft", "2024-03-09 10:00:00", "2024-03-10 10:00:00")
        ticket = self.made_up(1, "2024-03-09 10:00:00")
        share = (
            self.env["helpdesk.social.assignment"]
            .sudo()
            .create(
                {
                    "ticket_id": ticket.id,
                    "unit_id": self.unit_roads.id,
                    "user_id": self.roads.id,
                    "assigned_at": "2024-03-09 10:00:00",
                }
            )
        )
        stage, start, due = late
        deadline = (
            self.env["helpdesk.social.deadline"]
            .sudo()
            .create(
                {
                    "ticket_id": ticket.id,
                    "assignment_id": share.id,
                    "norm_code": "made.draft",
                    "stage": stage,
                    "start": start,
                    "due": due,
                    "done": "2024-03-10 12:00:00",
                    "state": "breached",
                }
            )
        )
        flaw = (
            self.env["helpdesk.social.flaw"]
            .sudo()
            .create(
                {
                    "ticket_id": ticket.id,
                    "assignment_id": share.id,
                    "deadline_id": deadline.id,
                    "kind": "late",
                    "clause": "3.3",
                    "at": "2024-03-10 12:00:00",
                }
            )
        )
        flaw.explanation = "Ждали подрядчика"
        Report = self.env["helpdesk.social.report"].with_user(self.head)
        vals = {"first": MONTH[0], "last": MONTH[1], "unit_id": self.unit_roads.id}
        words = self.words("report_unit", Report.create(vals))
        self.assertIn("Assignments 1 –", words)
        self.assertIn("Terms missed 1 –", words)
        self.assertIn(f"{ticket.number} Draft reply {self.roads.name}", words)
        self.assertIn("2 h", words)
        self.assertIn("Late step, clause 3.3", words)
        self.assertIn("Explanation: Ждали подрядчика", words)
        vals["unit_id"] = self.unit_light.id
        empty = self.words("report_unit", Report.create(vals))
        self.assertIn("The unit was late with nothing in this period.", empty)
        self.assertNotIn(ticket.number, empty)
        del vals["unit_id"]
        with self.assertRaisesRegex(UserError, "Choose the unit"):
            Report.create(vals).action_print_unit()
