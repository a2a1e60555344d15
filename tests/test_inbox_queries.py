import re

from odoo import fields
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment

#: Messages in the lists that are counted.
FEW, MANY = 10, 80


@tagged("post_install", "-at_install")
class TestInboxQueries(SocialCommon):
    """The lists cost a number of queries that does not grow with the messages."""

    def names_of(self, xmlid, model):
        """The fields that the view asks for."""
        arch = self.env.ref(f"{MODULE}.{xmlid}")
        arch = self.env[model].get_view(arch.id, arch.type)["arch"]
        names = set(re.findall(r'<field name="(\w+)"', arch))
        return sorted(names & set(self.env[model]._fields))

    def queries(self, model, user, names, limit):
        """Queries of one page of a list, with cold caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        Model = self.env[model].with_user(user)
        spec = {}
        for name in names:
            relational = Model._fields[name].relational
            spec[name] = {"fields": {"display_name": {}}} if relational else {}
        Model.web_search_read([], spec, limit=1)  # fills what is cached for all
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = Model.web_search_read([], spec, limit=limit, order="id desc")
        self.assertEqual(len(found["records"]), limit)
        return self.env.cr.sql_log_count - before

    def messages(self):
        """Messages in all states of work, with chips of every kind."""
        items = [
            comment(
                f"wall-1_10_r{n}",
                f"Яма на Лесной {n % 7}, сволочи, всех убью, тел. 8912345678{n % 10}",
                author=str(500 + n % 9),
            )
            for n in range(MANY)
        ]
        tickets = self.receive(*items).with_user(self.curator)
        for number, ticket in enumerate(tickets):
            if number % 4:
                ticket.assign([(self.unit_roads, self.env["res.users"])])
            if number % 4 == 2:
                self.holding(ticket, self.roads).decline("No", self.unit_light)
            if number % 4 == 3:
                ticket.ask_author_by_hand(
                    "Где это?", "https://vk.com/x", at=fields.Datetime.now()
                )
        return tickets

    def test_inbox(self):
        self.messages()
        for xmlid, model, user in (
            ("view_ticket_social_kanban", "helpdesk.ticket", self.curator),
            ("view_ticket_social_list", "helpdesk.ticket", self.curator),
            ("view_social_assignment_kanban", "helpdesk.social.assignment", self.roads),
            ("view_social_assignment_list", "helpdesk.social.assignment", self.curator),
        ):
            names = self.names_of(xmlid, model)
            with self.subTest(view=xmlid):
                limit = MANY if model == "helpdesk.ticket" else MANY // 2
                few = self.queries(model, user, names, FEW)
                many = self.queries(model, user, names, limit)
                if many > few + 8:
                    self.fail(f"{few}, {many}: {self.blame(model, user, names)}")

    def blame(self, model, user, names):
        """Which fields cost more queries for more records."""
        found = {}
        for name in names:
            few, many = (self.queries(model, user, [name], n) for n in (FEW, 40))
            if many > few + 2:
                found[name] = (few, many)
        return found
