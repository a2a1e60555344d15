from odoo import Command
from odoo.tests import tagged

from .access import (
    CONNECTS,
    CURATORS,
    HOLDERS,
    OUTSIDERS,
    SEEN,
    SEEN_CONVERSATION,
    AccessCase,
)


@tagged("post_install", "-at_install")
class TestReading(AccessCase):
    """Who sees what, by every way of asking."""

    def children(self):
        """What hangs on each message, by model: {model: {"feed": …, "private": …}}."""
        names = ("assignment", "reply", "reply.version", "event", "deadline")
        found = {}
        for kind in ("feed", "private"):
            ticket = self[kind]
            of_ticket = [("ticket_id", "=", ticket.id)]
            found.setdefault("helpdesk.ticket", {})[kind] = ticket
            for name in names:
                model = f"helpdesk.social.{name}"
                found.setdefault(model, {})[kind] = self.env[model].search(of_ticket)
            found.setdefault("helpdesk.social.author", {})[kind] = ticket.author_id
            notes = ticket.message_ids
            found.setdefault("mail.message", {})[kind] = notes
        return found

    def conversations(self):
        """The items on the network and what hangs on them, by model."""
        found = {}
        for kind in ("feed", "private"):
            message = self[kind].social_message_ids
            for records in (message, message.version_ids, message.attachment_ids):
                self.assertTrue(records)
                found.setdefault(records._name, {})[kind] = records
        return found

    def check_reading(self, role, caller, model, records, seen):
        """Compare every way of reading ``records`` with the kinds ``seen``."""
        ids = {kind: set(found.ids) for kind, found in records.items()}
        self.assertTrue(all(ids.values()), model)
        every = set().union(*ids.values())
        allowed = set().union(*(ids[kind] for kind in seen))
        domain = [("id", "in", sorted(every))]
        with self.subTest(model=model):
            self.assertEqual(caller.found(model, domain), allowed)
            for kind, some in ids.items():
                expected = {"ok"} if kind in seen else {"AccessError"}
                got = {
                    caller.outcome(model, method, sorted(some), *args)
                    for method, args in (
                        ("read", (["display_name"],)),
                        ("web_read", ({"create_date": {}},)),
                        ("export_data", (["display_name"],)),
                        # Some fields of the base models are closed to everybody.
                        ("read", () if "helpdesk" in model else (["id"],)),
                    )
                    # Nobody exports notes, and a portal user exports nothing.
                    if method != "export_data"
                    or (role != "portal" and model != "mail.message")
                }
                self.assertEqual(got, expected, (kind, some))
            if not allowed:
                return
            self.assertEqual(caller.call(model, "search_count", domain), len(allowed))
            rows = caller.call(model, "web_search_read", domain, {"id": {}})
            self.assertEqual({row["id"] for row in rows["records"]}, allowed)
            groups = caller.call(model, "formatted_read_group", domain, [], ["__count"])
            self.assertEqual(groups[0]["__count"], len(allowed))
            rows = caller.call(model, "name_search", "", domain)
            self.assertEqual({row[0] for row in rows}, allowed)

    def test_messages_under_work(self):
        children = self.children()
        for role, caller in self.each_role():
            for model, records in children.items():
                seen = SEEN.get(role, set())
                if model == "helpdesk.social.author" and role.startswith("head"):
                    seen = {"feed", "private"}
                self.check_reading(role, caller, model, records, seen)

    def test_conversations(self):
        conversations = self.conversations()
        for role, caller in self.each_role():
            for model, records in conversations.items():
                seen = SEEN_CONVERSATION.get(role, set())
                self.check_reading(role, caller, model, records, seen)

    def test_aggregates_of_outsiders(self):
        domain = [("is_social", "=", True), ("id", "in", self.tickets.ids)]
        for _role, caller in self.each_role((*OUTSIDERS, "parks", "light")):
            groups = caller.call(
                "helpdesk.ticket", "formatted_read_group", domain, [], ["__count"]
            )
            self.assertEqual(groups[0]["__count"], 0)
            groups = caller.call(
                "helpdesk.ticket",
                "formatted_read_group",
                domain,
                ["social_state"],
                ["__count"],
            )
            self.assertFalse([group for group in groups if group["__count"]])
            for text in ("Secret", self.feed.number):
                found = caller.call("helpdesk.ticket", "name_search", text)
                self.assertFalse({row[0] for row in found} & set(self.tickets.ids))

    def test_photo_by_its_address(self):
        # One of each sort: a page that tells of a refusal takes its time.
        some = ("curator", "curator_2", "roads", "light", "head", "oca_manager")
        for role in (*some, "portal", None):
            for kind in ("feed", "private"):
                photo = self[kind].social_message_ids.attachment_ids
                with self.subTest(role=role, kind=kind):
                    self.as_user(role and self[role])
                    answer = self.url_open(f"/web/content/{photo.id}")
                    seen = kind in SEEN_CONVERSATION.get(role, set())
                    self.assertEqual(answer.status_code, 200 if seen else 404)

    def test_pages_and_keys(self):
        token = "access_token"
        readers = {*SEEN, "light", "parks"}
        for role, caller in self.each_role():
            expected = "ok" if role in readers else "AccessError"
            got = caller.outcome(
                "helpdesk.social.account", "read", self.account.ids, ["name", token]
            )
            self.assertEqual(got, expected)
            secret = "helpdesk.social.account.secret"
            self.assertEqual(caller.outcome(secret, "search", []), "AccessError")
            self.assertEqual(
                caller.outcome(secret, "search_read", [], ["value"]), "AccessError"
            )

    def test_visitor(self):
        self.feed.sudo().access_token = "leaked-before"
        caller = self.as_user(None)
        for model in ("helpdesk.ticket", "helpdesk.social.message"):
            self.assertNotEqual(caller.outcome(model, "search_read", []), "ok")
        for address in (
            f"/my/ticket/{self.feed.id}",
            f"/my/ticket/{self.feed.id}/leaked-before",
            f"/my/ticket/{self.feed.id}?access_token=leaked-before",
        ):
            answer = self.url_open(address)
            self.assertNotIn("Secret", answer.text)

    def test_older_interfaces(self):
        user = self.oca_manager
        self.tie(user)
        for method, args in (
            ("read", [self.feed.ids, ["name"]]),
            ("_record_event", [self.feed.ids, "published"]),
        ):
            with self.subTest(method=method):
                answer = self.url_open(
                    "/jsonrpc",
                    json={
                        "params": {
                            "service": "object",
                            "method": "execute_kw",
                            "args": [
                                self.env.cr.dbname,
                                user.id,
                                user.login,
                                "helpdesk.ticket",
                                method,
                                args,
                            ],
                        }
                    },
                ).json()
                self.assertEqual(
                    answer["error"]["data"]["name"], "odoo.exceptions.AccessError"
                )


@tagged("post_install", "-at_install")
class TestWriting(AccessCase):
    """Nothing is written around the procedure, by anybody."""

    def test_records(self):
        """(record, values, who may write them); creating, deleting and copying is
        for nobody."""
        share = self.share(self.feed)
        message = self.feed.social_message_ids
        secrets = self.env["helpdesk.social.account.secret"].search([])
        lines = [
            (self.feed, {"name": "Pit"}, CURATORS),
            (self.feed, {"social_state": "closed"}, set()),
            (self.feed, {"original_text": "Else"}, set()),
            (self.feed, {"active": False}, set()),
            (self.feed, {"assignment_ids": [(1, share.id, {"note": "x"})]}, set()),
            (self.feed, {"event_ids": [(0, 0, {"type": "published"})]}, set()),
            (self.feed, {"social_message_ids": [(5,)]}, set()),
            (self.feed, {"company_id": self.env.company.id}, set()),
            (self.feed, {"access_token": "x"}, set()),
            (share, {"draft_text": "Better"}, HOLDERS),
            (share, {"state": "approved"}, set()),
            (share, {"user_id": self.parks.id}, set()),
            (share, {"reply_ids": [(1, share.reply_id.id, {"body": "x"})]}, set()),
            (share, {"ticket_id": self.private.id}, set()),
            (share.reply_id, {"body": "Better"}, HOLDERS),
            (share.reply_id, {"state": "approved"}, set()),
            (share.reply_id, {"ticket_id": self.private.id}, set()),
            (share.reply_id.version_ids, {"remarks": "x"}, set()),
            (self.feed.event_ids[0], {"note": "x"}, set()),
            (self.feed.deadline_ids[0], {"due": "2030-01-01 00:00:00"}, set()),
            (message, {"text": "x"}, set()),
            (message, {"outbox_state": "queued"}, set()),
            (message.version_ids, {"text": "x"}, set()),
            (message.attachment_ids, {"name": "x"}, set()),
            (self.feed.author_id, {"name": "x"}, set()),
            (self.account, {"name": "x"}, {"social_admin"}),
            (secrets, {"value": "x"}, set()),
        ]
        for role, caller in self.each_role():
            for record, vals, allowed in lines:
                with self.subTest(record=record, vals=vals):
                    got = caller.outcome(record._name, "write", record.ids, vals)
                    self.assertEqual(got == "ok", role in allowed, got)
            for record in {line[0]._name: line[0] for line in lines}.values():
                if record._name == "ir.attachment":
                    continue
                made_up = {"ticket_id": self.feed.id}
                if record == self.feed:
                    made_up = {"is_social": True}
                for method, args in (
                    ("unlink", (record.ids,)),
                    ("copy", (record.ids,)),
                    ("create", ([made_up],)),
                ):
                    if (record, role, method) == (self.account, *CONNECTS):
                        continue
                    with self.subTest(record=record, method=method):
                        got = caller.outcome(record._name, method, *args)
                        self.assertNotEqual(got, "ok")

    def test_private_message_of_others(self):
        """The curator who is not the page's changes nothing in a private message."""
        share = self.share(self.private)
        for role, caller in self.each_role(("curator_2", "roads_2", "stand_in")):
            for record, vals in (
                (self.private, {"name": "x"}),
                (share, {"draft_text": "x"}),
                (share.reply_id, {"body": "x"}),
            ):
                got = caller.outcome(record._name, "write", record.ids, vals)
                self.assertEqual(got, "AccessError", (role, record))

    def test_linked_from_elsewhere(self):
        """Commands on other models' lists lead to no message."""
        own = self.env["helpdesk.ticket"].create(
            {"name": "OCA", "description": "x", "user_id": self.oca_manager.id}
        )
        partner = self.oca_manager.partner_id
        link = [Command.link(self.feed.id)]
        caller = self.as_user(self.oca_manager)
        for record, vals in (
            (partner, {"helpdesk_ticket_ids": link}),
            (self.desk, {"ticket_ids": link}),
            (own, {"duplicate_ids": link}),
            (own, {"assignment_ids": [Command.link(self.share(self.feed).id)]}),
        ):
            with self.subTest(vals=vals):
                got = caller.outcome(record._name, "write", record.ids, vals)
                self.assertNotEqual(got, "ok")

    def test_photo_of_others_is_not_attached(self):
        photo = self.private.social_message_ids.attachment_ids
        reply = self.share(self.feed).reply_id
        own = self.env["ir.attachment"].with_user(self.roads_2).create({"name": "own"})
        caller = self.as_user(self.roads_2)
        for attachment, expected in ((photo, "AccessError"), (own, "ok")):
            got = caller.outcome(
                reply._name,
                "write",
                reply.ids,
                {"attachment_ids": [Command.link(attachment.id)]},
            )
            self.assertEqual(got, expected)
