from odoo.exceptions import UserError
from odoo.tests import tagged

from .access import (
    AccessCase,
)
from .common import comment
from .rpc import Refused


@tagged("post_install", "-at_install")
class TestTricks(AccessCase):
    """What a client may say beside its call: contexts, defaults, onchanges."""

    def test_actor_cannot_be_hidden(self):
        ticket = self.receive(comment("wall-1_10_r31"))
        caller = self.as_user(self.curator)
        context = {"social_automatic": True}
        caller.call("helpdesk.ticket", "action_register", ticket.ids, context=context)
        self.assertEqual(ticket.event_ids[-1].user_id, self.curator)
        caller = self.as_user(self.social_admin)
        self.network.inbox.append(comment("wall-1_10_r32"))
        caller.call("helpdesk.social.account", "poll", self.account.ids)
        polled = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertFalse(polled.event_ids.user_id)

    def test_defaults_have_no_say(self):
        """Neither the context nor a saved default writes what the procedure writes."""
        ticket = self.receive(comment("wall-1_10_r33"))
        Default = self.env["ir.default"].with_user(self.curator)
        Default.set("helpdesk.social.assignment", "state", "approved", user_id=True)
        Default.set("helpdesk.social.reply", "body", "Forged", user_id=True)
        context = {
            "default_state": "approved",
            "default_body": "Forged",
            "default_approved_by_id": self.curator.id,
            "default_facts": {"importance": "normal"},
            "default_due": "2030-01-01 00:00:00",
            "default_published_where": "hand",
        }
        caller = self.as_user(self.curator)
        wizard = caller.call(
            "helpdesk.social.assign",
            "create",
            [{"ticket_ids": ticket.ids, "line_ids": [(0, 0, {"unit_id": unit})]}]
            if (unit := self.unit_roads.id)
            else [],
        )
        caller.call("helpdesk.social.assign", "action_confirm", wizard, context=context)
        assignment = ticket.assignment_ids
        self.assertEqual(assignment.state, "assigned")
        self.assertEqual(assignment.reply_id.state, "draft")
        self.assertFalse(assignment.reply_id.body)
        self.assertEqual(ticket.social_state, "assigned")
        event = ticket.event_ids[-1]
        self.assertFalse(event.facts or event.due or event.published_where)

    def test_no_message_by_default(self):
        """Who may create tickets of the base module makes no message of one, and
        leads no page's message to one."""
        caller = self.as_user(self.oca_manager)
        vals = {"name": "x", "description": "x"}
        key = {"permalink_key": "vk:wall-1_10_r40"}
        context = {
            "default_is_social": True,
            "default_social_state": "published",
            "default_permalink_key": key["permalink_key"],
        }
        [ticket_id] = caller.call("helpdesk.ticket", "create", [vals], context=context)
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertFalse(ticket.is_social or ticket.social_state)
        self.assertFalse(ticket.permalink_key)
        for forged in (
            key,
            {"social_account_id": self.account.id, "thread_key": "wall-1_10_r40"},
            {"social_state": "registered"},
            {"original_text": "x"},
        ):
            with self.subTest(vals=forged):
                for method, args in (
                    ("write", (ticket.ids, forged)),
                    ("create", ([{**vals, **forged}],)),
                ):
                    got = caller.outcome("helpdesk.ticket", method, *args)
                    self.assertEqual(got, "UserError")

    def test_onchange_of_own_record(self):
        """A form's onchange on a record one may write shows no other record."""
        share, other = self.share(self.feed), self.share(self.private)
        caller = self.as_user(self.roads_2)
        shown = {name: {} for name in ("ticket_text", "ticket_permalink", "draft_text")}
        for field, value in (
            ("ticket_id", self.private.id),
            ("reply_id", other.reply_id.id),
        ):
            with self.subTest(field=field):
                try:
                    answer = caller.call(
                        share._name,
                        "onchange",
                        share.ids,
                        {field: value},
                        [field],
                        shown,
                    )
                except Refused:
                    continue
                self.assertNotIn("Secret of private", str(answer))
                self.assertNotIn("Draft of private", str(answer))

    def test_name_of_linked_message(self):
        """A record that one links to a message does not tell its title."""
        caller = self.as_user(self.oca_manager)
        [ticket_id] = caller.call(
            "helpdesk.ticket",
            "create",
            [{"name": "x", "description": "x", "duplicate_id": self.private.id}],
        )
        [row] = caller.call("helpdesk.ticket", "read", [ticket_id], ["duplicate_id"])
        self.assertNotIn("Secret", str(row))
        caller = self.as_user(self.curator)
        [row] = caller.call(
            "helpdesk.social.event",
            "read",
            self.private.event_ids[:1].ids,
            ["ticket_id"],
        )
        self.assertIn("Secret", str(row))

    def test_conditions_on_hidden_fields(self):
        """A domain is no oracle for what its author may not read."""
        caller = self.as_user(self.plain)
        self.tie(self.plain)
        for domain in (
            [("helpdesk_ticket_ids.original_text", "like", "Secret")],
            [("helpdesk_ticket_ids.assignment_ids.draft_text", "like", "Draft")],
        ):
            try:
                found = caller.call("res.partner", "search", domain)
            except Refused:
                continue
            self.assertFalse(found)

    def test_no_link_for_strangers(self):
        caller = self.as_user(self.curator)
        url = caller.call("helpdesk.ticket", "get_portal_url", self.feed.ids)
        self.assertNotIn("access_token=%", url)
        self.assertFalse(self.feed.access_token)
        context = {"active_id": self.feed.id, "active_model": "helpdesk.ticket"}
        got = caller.outcome(
            "helpdesk.ticket", "action_share", self.feed.ids, context=context
        )
        self.assertEqual(got, "UserError")

    def test_item_without_ticket(self):
        """What could not be understood may be private: for the page's curators."""
        message = self.env["helpdesk.social.message"].create(
            {
                "account_id": self.account.id,
                "direction": "in",
                "external_id": "broken-1",
                "raw": {"text": "Secret"},
                "error": "?",
            }
        )
        domain = [("id", "=", message.id)]
        for kind, readers in (
            (False, {"curator"}),
            ("private", {"curator"}),
            ("feed", {"curator", "curator_2", "social_admin"}),
        ):
            message.kind = kind
            found = {
                role
                for role, caller in self.each_role()
                if caller.found(message._name, domain)
            }
            self.assertEqual(found, readers, kind)


@tagged("post_install", "-at_install")
class TestKeys(AccessCase):
    """Keys go in and never come out."""

    def test_keys_are_not_read_back(self):
        caller = self.as_user(self.social_admin)
        names = ("access_token", "service_token", "stored_secrets")
        [row] = caller.call(
            "helpdesk.social.account",
            "web_save",
            self.account.ids,
            {"access_token": "vk1.a.NEW", "service_token": "SERVICE"},
            {name: {} for name in names},
        )
        self.assertFalse(row["access_token"] or row["service_token"])
        self.assertTrue(row["stored_secrets"])
        answers = [
            row,
            caller.call("helpdesk.social.account", "read", self.account.ids),
            caller.call(
                "helpdesk.social.account",
                "export_data",
                self.account.ids,
                [*names, "message_ids/body", "message_ids/tracking_value_ids"],
            ),
        ]
        for answer in answers:
            self.assertNotIn("NEW", str(answer))
            self.assertNotIn("SERVICE", str(answer))
        self.assertEqual(self.account._secrets()["access_token"], "vk1.a.NEW")

    def test_keys_do_not_follow_to_another_address(self):
        """Whoever moves a page to an own server does not get its keys sent there."""
        caller = self.as_user(self.social_admin)
        write = ("helpdesk.social.account", "write", self.account.ids)
        caller.call(*write, {"name": "Same", "api_url": False})
        self.assertTrue(self.account._secrets())
        caller.call(*write, {"api_url": "https://collector.example"})
        self.assertFalse(self.account._secrets())
        caller.call(
            *write, {"api_url": "https://proxy.example", "access_token": "entered"}
        )
        self.assertEqual(self.account._secrets(), {"access_token": "entered"})

    def test_copy_takes_no_keys(self):
        copy = self.account.with_user(self.social_admin).copy({"external_id": "4343"})
        self.assertFalse(copy.sudo()._secrets())
        self.assertFalse(copy.sudo().cursor)
        self.assertEqual(copy.health, "new")


@tagged("post_install", "-at_install")
class TestAdministrations(AccessCase):
    """An administration neither sees nor touches another's messages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.strangers = {}
        for group in ("group_curator", "group_head", "group_admin", "group_executor"):
            user = cls._user(f"s_other_{group}", group)
            user.write(
                {"company_ids": [(6, 0, cls.other.ids)], "company_id": cls.other.id}
            )
            cls.strangers[group] = user

    def test_strangers_see_nothing(self):
        self.account.curator_ids |= self.strangers["group_curator"]
        for group, user in self.strangers.items():
            caller = self.as_user(user)
            for name in ("assignment", "reply", "event", "deadline", "message"):
                with self.subTest(group=group, model=name):
                    found = caller.found(f"helpdesk.social.{name}", [])
                    self.assertFalse(found)
            for model in ("helpdesk.ticket", "helpdesk.social.author"):
                self.assertFalse(caller.found(model, [("id", "in", self.tickets.ids)]))
            got = caller.outcome("helpdesk.ticket", "read", self.feed.ids, ["name"])
            self.assertEqual(got, "AccessError")
            for name, args in (("poll", []), ("set_secrets", [{"access_token": "x"}])):
                got = caller.outcome(
                    "helpdesk.social.account", name, self.account.ids, *args
                )
                self.assertEqual(got, "AccessError")

    def test_messages_are_entered_at_home(self):
        caller = self.as_user(self.strangers["group_curator"])
        vals = {"original_text": "Pit", "company_id": self.env.company.id}
        got = caller.outcome("helpdesk.ticket", "enter_by_hand", vals)
        self.assertEqual(got, "AccessError")
        vals["company_id"] = self.other.id
        [ticket_id] = caller.call("helpdesk.ticket", "enter_by_hand", vals)
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertEqual(ticket.company_id, self.other)

    def test_numbers_of_their_own(self):
        Ticket = self.env["helpdesk.ticket"].sudo()
        first, second = (
            Ticket.with_company(company).enter_by_hand(
                {"original_text": text, "company_id": company.id}
            )
            for company in self.env["res.company"].create(
                [{"name": "North"}, {"name": "South"}]
            )
            for text in ["Pit"]
        )
        self.assertEqual(first.number, second.number)

    def test_desk_of_another_administration(self):
        desk = self.env["helpdesk.ticket.team"].create(
            {"name": "Desk", "company_id": self.other.id}
        )
        with self.assertRaises(UserError):
            self.account.team_id = desk
