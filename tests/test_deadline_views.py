from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged

from .common import MODULE, SocialCommon


@tagged("post_install", "-at_install")
class TestDeadlineViews(SocialCommon):
    """What a deadline rests on, and the way to another, is one click away."""

    def arch(self, model, xmlid, user):
        view = self.env.ref(f"{MODULE}.{xmlid}")
        views = self.env[model].with_user(user).get_view(view.id, view.type)
        return etree.fromstring(views["arch"])

    def test_explanation_in_the_list_of_clocks(self):
        model = "helpdesk.social.deadline"
        for user in (self.curator, self.roads, self.head):
            arch = self.arch(model, "view_social_deadline_kanban", user)
            self.assertTrue(arch.xpath("//details//field[@name='explanation']"))

    def test_change_of_the_term_is_the_curators(self):
        model, form = "helpdesk.ticket", "view_ticket_social_form"
        path = "//button[@name='action_change_term']"
        self.assertTrue(self.arch(model, form, self.curator).xpath(path))
        self.assertFalse(self.arch(model, form, self.roads).xpath(path))
        with freeze_time("2024-06-03 05:10:00"):
            ticket = self.assigned(at="2024-06-03 05:00")
        action = ticket.action_change_term()
        self.assertEqual(
            action["context"]["default_deadline_id"], ticket.next_deadline_id.id
        )

    def test_stored_clocks_take_few_queries(self):
        """As many for a hundred messages as for ten, but for Odoo's own batches."""

        def queries(count):
            tickets = self.env["helpdesk.ticket"].sudo()
            for number in range(count):
                tickets += tickets._social_create(
                    {
                        "company_id": self.env.company.id,
                        "regulation_id": self.regulation.id,
                        "intake": "page",
                        "original_text": str(number),
                    },
                    self.env.cr.now(),
                )
            tickets.deadline_ids.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets._replay_clocks()
            self.env.flush_all()
            self.assertEqual(len(tickets.deadline_ids), count)
            return self.env.cr.sql_log_count - before

        few = queries(5)
        self.assertLessEqual(queries(40), few + 1)
