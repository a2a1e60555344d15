from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tests.common import MailCase

from ..networks import Consequence, NetworkError
from .common import MODULE, comment
from .rpc import Refused, RpcCase

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00"
    b"\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
OCA_GROUPS = {
    "oca_own": "helpdesk_mgmt.group_helpdesk_user_own",
    "oca_team": "helpdesk_mgmt.group_helpdesk_user_team",
    "oca_user": "helpdesk_mgmt.group_helpdesk_user",
    "oca_manager": "helpdesk_mgmt.group_helpdesk_manager",
    "plain": "base.group_user",
    "portal": "base.group_portal",
}
#: Whose groups open nothing here, however they are tied to a message.
OUTSIDERS = tuple(OCA_GROUPS)
CURATORS = {"curator", "curator_2"}
HOLDERS = {"roads", "roads_2", "stand_in"}

#: The messages each role sees: one on the wall, one private.  Who is not named here
#: sees none: another unit's executor, the decliner, all outsiders.
SEEN = {
    "curator": {"feed", "private"},
    "curator_2": {"feed"},  # not among the curators of the page
    "roads": {"feed", "private"},  # the person named
    "roads_2": {"feed"},  # a member of the unit
    "stand_in": {"feed"},  # the substitute
    "head": {"feed", "private"},
    "head_2": {"feed", "private"},  # holds an assignment of the one on the wall
    "social_admin": {"feed"},
}
#: Who connects pages, and how.
CONNECTS = ("social_admin", "create")
#: Of a private conversation a head reads the ticket alone.
SEEN_CONVERSATION = {**SEEN, "head": {"feed"}, "head_2": {"feed"}}


class AccessCase(RpcCase):
    """Two messages under work, and everybody who has, had or never had a part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curator_2 = cls._user("s_curator_2", "group_curator")
        cls.stand_in = cls._user("s_stand_in", "group_executor")
        cls.parks = cls._user("s_parks", "group_executor")
        cls.head_2 = cls._user("s_head_2", "group_head")
        for login, group in OCA_GROUPS.items():
            setattr(cls, login, new_test_user(cls.env, f"s_{login}", group))
        export = cls.env.ref("base.group_allow_export")
        cls.env.ref("base.group_user").implied_ids += export
        Team = cls.env["helpdesk.ticket.team"]
        cls.unit_parks, cls.unit_office = Team.create(
            [
                {"name": name, "is_social_unit": True, "user_ids": [(6, 0, ids)]}
                for name, ids in (
                    ("Parks", cls.parks.ids),
                    ("Office", cls.head_2.ids),
                )
            ]
        )
        cls.account.curator_ids = cls.curator
        cls.account.set_secrets({"access_token": "vk1.a.SECRET"})
        cls.roles = [*SEEN, "light", "parks", *OUTSIDERS]

    def setUp(self):
        super().setUp()
        self.nobody = self.env["res.users"]
        self.feed = self.work("wall-1_10_r1", "501", "feed")
        self.private = self.work("im1-2", "502", "private")
        self.tickets = self.feed | self.private

    def work(self, external_id, author, kind):
        """A message with everything that can hang on one."""
        ticket = self.receive(
            comment(external_id, author=author, text=f"Secret of {kind}", kind=kind)
        ).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        if kind == "feed":
            ticket.assign(
                [(self.unit_light, self.nobody), (self.unit_office, self.head_2)]
            )
            self.holding(ticket, self.light).decline("Not ours")
            self.share(ticket).with_user(self.curator).substitute(self.stand_in)
        ticket = ticket.with_user(self.env.user)
        share = self.share(ticket).with_user(self.roads)
        share.draft_text = f"Draft of {kind}: засыплем."
        share.action_submit()
        share.with_user(self.curator).request_rework(self.env[REASON], "Why?")
        message = ticket.social_message_ids
        message._keep_version("Earlier secret", message.posted_at)
        message._store_photo({}, PIXEL, "image/gif")
        ticket.message_post(body="Secret of the chatter")
        return ticket

    def share(self, ticket):
        """The roads' assignment of ``ticket``."""
        return ticket.assignment_ids.filtered(lambda a: a.unit_id == self.unit_roads)

    def tie(self, user):
        """Tie an outsider to the messages in every way the base module honours."""
        self.desk.user_ids |= user
        for ticket in self.tickets.sudo():
            ticket.write({"user_id": user.id, "partner_id": user.partner_id.id})
            self.force_follow(ticket, user)
            for assignment in ticket.assignment_ids:
                self.force_follow(assignment, user)

    def force_follow(self, record, user):
        """Make ``user`` a follower, as if it had become one before."""
        self.env["mail.followers"].create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "partner_id": user.partner_id.id,
                "subtype_ids": [(4, self.env.ref("mail.mt_comment").id)],
            }
        )

    def each_role(self, roles=None):
        """Every role in turn with its client; what it does is undone after it."""
        for role in roles or self.roles:
            with self.subTest(role=role), self.env.cr.savepoint() as savepoint:
                if role in OUTSIDERS:
                    self.tie(self[role])
                yield role, self.as_user(self[role])
                self.undo(savepoint)

    def undo(self, savepoint):
        self.env.invalidate_all()
        savepoint.rollback()

    def __getitem__(self, role):
        return getattr(self, role)


REASON = "helpdesk.social.rework.reason"


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


@tagged("post_install", "-at_install")
class TestSteps(AccessCase):
    """Every step over RPC: for its role, and refused to all others."""

    def states(self):
        """A message in each state, and the records that steps are taken on."""
        ended = self.received("r11")
        ended.no_reaction(self.env.ref(f"{MODULE}.no_reaction_thanks"))
        drafted = self.sent_to_roads("r13")
        self.share(drafted).reply_id.sudo().body = "Draft: засыплем."
        submitted = self.sent_to_roads("r14")
        self.drafted(submitted)
        published = self.approved_one("r16")
        published.publish_by_hand("Исправлено.", "https://vk.com/wall-1_10?reply=1")
        failing = self.approved_one("r17")
        failing.publish("Исправлено.", self.account)
        self.network.failures = [
            (NetworkError("No", consequence=Consequence.CONTENT), False)
        ]
        with self.sending() as outbox:
            outbox._cron_send()
        row = failing.social_message_ids.filtered("outbox_state")
        self.assertEqual(row.outbox_state, "failed")
        return {
            "new": self.received("r12"),
            "ended": ended,
            "approved": self.approved_one("r15"),
            "published": published,
            "assigned": self.share(self.sent_to_roads("r18")),
            "drafted": self.share(drafted),
            "submitted": self.share(submitted),
            "failed": row,
            "page": self.account,
        }

    def received(self, name):
        return self.receive(comment(f"wall-1_10_{name}")).with_user(self.curator)

    def sent_to_roads(self, name):
        ticket = self.received(name)
        ticket.assign([(self.unit_roads, self.roads), (self.unit_light, self.nobody)])
        self.holding(ticket, self.light).decline("Not ours")
        self.share(ticket).substitute(self.stand_in)
        return ticket

    def approved_one(self, name):
        ticket = self.sent_to_roads(name)
        self.drafted(ticket).with_user(self.curator).action_approve()
        return ticket

    #: (record, method, arguments, who may); where the arguments cannot be sent over
    #: RPC, the last is None: only the refusals are tried.
    STEPS = [
        ("new", "action_register", [], CURATORS),
        ("new", "assign", [[]], CURATORS),
        ("new", "no_reaction", [False], CURATORS),
        ("new", "exclude", [False], CURATORS),
        ("new", "action_follow_up_seen", [], CURATORS),
        ("new", "assign_to_me", [], {"curator"}),
        ("ended", "action_restore", [], CURATORS),
        ("approved", "publish", ["Исправлено.", False], CURATORS),
        ("approved", "publish_by_hand", ["Исправлено.", "https://vk.com/x"], CURATORS),
        ("approved", "action_follow_up_seen", [], CURATORS | HOLDERS),
        ("published", "action_close", [], CURATORS),
        ("assigned", "action_accept", [], HOLDERS),
        ("assigned", "decline", ["Not ours"], HOLDERS),
        ("assigned", "save_draft", ["Draft"], HOLDERS),
        ("assigned", "substitute", [0], None),
        ("assigned", "delegate", [0], None),
        ("drafted", "action_submit", [], HOLDERS),
        ("submitted", "action_approve", [], CURATORS),
        ("submitted", "request_rework", [[], "Why?"], None),
        ("failed", "action_retry", [], CURATORS),
        ("failed", "action_withdraw", [], CURATORS),
        ("failed", "action_mark_sent", ["https://vk.com/x"], CURATORS),
        ("page", "poll", [], CURATORS | {"social_admin"}),
        ("page", "action_poll", [], CURATORS | {"social_admin"}),
        ("page", "set_secrets", [{"access_token": "x"}], {"social_admin"}),
        ("page", "action_check", [], None),
    ]

    def test_steps(self):
        records = self.states()
        self.tickets |= self.tickets.search([("is_social", "=", True)])
        for role, caller in self.each_role():
            for name, method, args, allowed in self.STEPS:
                may = allowed is not None and role in allowed
                if allowed is None and role in CURATORS | HOLDERS | {"social_admin"}:
                    continue
                with self.subTest(step=method), self.env.cr.savepoint() as savepoint:
                    record = records[name]
                    got = caller.outcome(record._name, method, record.ids, *args)
                    # A step may still be refused for what it was told.
                    self.assertEqual(got in ("ok", "UserError"), may, got)
                    self.undo(savepoint)

    def test_wizards(self):
        """Wizards open nothing to who may not take the step itself."""
        records = self.states()
        self.tickets |= self.tickets.search([("is_social", "=", True)])
        new, approved = records["new"], records["approved"]
        line = {"unit_id": self.unit_parks.id}
        thanks = self.env.ref(f"{MODULE}.no_reaction_thanks")
        lines = [
            ("assign", {"ticket_ids": new.ids, "line_ids": [(0, 0, line)]}, CURATORS),
            (
                "resolve",
                {
                    "ticket_ids": new.ids,
                    "resolution": "no_reaction",
                    "no_reaction_reason_id": thanks.id,
                },
                CURATORS,
            ),
            (
                "rework",
                {"assignment_id": records["submitted"].id, "remarks": "Why?"},
                CURATORS,
            ),
            (
                "publish",
                {
                    "ticket_id": approved.id,
                    "mode": "hand",
                    "text": "Исправлено.",
                    "link": "https://vk.com/x",
                },
                CURATORS,
            ),
        ]
        for role, caller in self.each_role():
            for name, vals, allowed in lines:
                model = f"helpdesk.social.{name}"
                with self.subTest(wizard=name), self.env.cr.savepoint() as savepoint:
                    got = self.through_wizard(caller, model, vals)
                    self.assertEqual(got, "ok" if role in allowed else "AccessError")
                    self.undo(savepoint)

    def through_wizard(self, caller, model, vals):
        try:
            wizard = caller.call(model, "create", [vals])
        except Refused as refused:
            return refused.kind
        return caller.outcome(model, "action_confirm", wizard)

    def test_wizard_of_private_message(self):
        """A wizard shows and does nothing on a message closed to its user."""
        caller = self.as_user(self.curator_2)
        model = "helpdesk.social.publish"
        vals = {"ticket_id": self.private.id, "mode": "hand", "text": "x"}
        shown = {"original_text": {}, "permalink": {}}
        with self.assertRaises(Refused):
            wizard = caller.call(model, "create", [vals])
            caller.call(model, "web_read", wizard, shown)
        with self.assertRaises(Refused):
            caller.call(model, "onchange", [], vals, ["ticket_id"], shown)

    def test_new_message(self):
        for role, caller in self.each_role():
            got = caller.outcome(
                "helpdesk.ticket", "enter_by_hand", {"original_text": "Pit"}
            )
            self.assertEqual(got, "ok" if role in CURATORS else "AccessError")

    def test_new_message_is_no_way_around(self):
        """Nothing but what is known of a found message is entered by hand."""
        caller = self.as_user(self.curator)
        for vals in (
            {"social_state": "published"},
            {"number": "1"},
            {"event_ids": [(0, 0, {"type": "published"})]},
            {"assignment_ids": [(0, 0, {"state": "approved"})]},
            {"regulation_id": self.regulation.id},
            {"is_social": False},
        ):
            with self.subTest(vals=vals):
                got = caller.outcome(
                    "helpdesk.ticket", "enter_by_hand", {"original_text": "x", **vals}
                )
                self.assertEqual(got, "UserError")

    def test_private_methods(self):
        for record, names in (
            (self.feed, ("_record_event", "_published", "_refresh_social")),
            (self.feed, ("_social_create", "_assign_one", "_take_turn")),
            (self.share(self.feed), ("_step", "_new_draft", "_notify_executor")),
            (self.share(self.feed).reply_id, ("_save_version",)),
            (self.account, ("_secrets", "_client", "_poll_once", "_store_batch")),
            (self.account, ("_cron_poll", "_lease_take", "_transport")),
            (self.feed.social_message_ids, ("_cron_send", "_sent", "_queue_reply")),
        ):
            for user in (self.curator, self.social_admin):
                caller = self.as_user(user)
                for name in names:
                    with self.subTest(method=name):
                        got = caller.outcome(record._name, name, record.ids)
                        self.assertEqual(got, "AccessError")

    def test_unsafe_links(self):
        states = self.states()
        caller = self.as_user(self.curator)
        for link in ("javascript:alert(1)", "javascript://x%0aalert(1)", "data:x"):
            with self.subTest(link=link):
                got = caller.outcome(
                    "helpdesk.ticket",
                    "publish_by_hand",
                    states["approved"].ids,
                    "Исправлено.",
                    link,
                )
                self.assertEqual(got, "UserError")
                got = caller.outcome(
                    "helpdesk.social.message",
                    "action_mark_sent",
                    states["failed"].ids,
                    link,
                )
                self.assertEqual(got, "UserError")

    def test_failed_reply_is_not_sent_after_another(self):
        """What was replaced by another publication cannot be tried again."""
        row = self.states()["failed"]
        ticket = row.ticket_id.with_user(self.curator)
        share = self.share(ticket)
        share.with_user(self.curator).request_rework(self.env[REASON], "Better")
        self.assertEqual(row.outbox_state, "withdrawn")
        caller = self.as_user(self.curator)
        self.assertEqual(
            caller.outcome(row._name, "action_retry", row.ids), "UserError"
        )

    def test_steps_conflict(self):
        """Every step changes the ticket's row, so that two people's steps at the same
        time cannot both pass."""
        ticket = self.sent_to_roads("r21")
        share = self.share(ticket)

        def counts(step, *args):
            before = ticket.steps
            step(*args)
            self.assertGreater(ticket.steps, before)

        holding = self.holding(ticket, self.roads)
        counts(holding.action_accept)
        holding.draft_text = "Draft: засыплем."
        counts(holding.action_submit)
        counts(share.with_user(self.curator).action_approve)
        counts(ticket.publish, "Smoothed: засыплем.", self.account)


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
        self.assertFalse(copy.cursor)
        self.assertEqual(copy.health, "new")


@tagged("post_install", "-at_install")
class TestFollowers(AccessCase, MailCase):
    """Following gives no sight, and does not outlive it."""

    def test_only_readers_follow(self):
        share = self.share(self.feed)
        everybody = [self[role].partner_id.id for role in self.roles]
        own = self.env.user.partner_id
        readers = {self[role].partner_id for role in SEEN} | {own}
        caller = self.as_user(self.curator)
        caller.call("helpdesk.ticket", "message_subscribe", self.feed.ids, everybody)
        followers = set(self.feed.message_partner_ids)
        self.assertLessEqual(followers, readers)
        self.assertIn(self.head.partner_id, followers)
        caller = self.as_user(self.roads)
        caller.call(share._name, "message_subscribe", share.ids, everybody)
        self.assertLessEqual(set(share.message_partner_ids), readers)

    def test_outsider_follows_by_no_call(self):
        for role, caller in self.each_role((*OUTSIDERS, "parks", "light")):
            partner = self[role].partner_id
            self.feed.message_unsubscribe(partner.ids)
            caller.outcome(
                "helpdesk.ticket", "message_subscribe", self.feed.ids, partner.ids
            )
            self.assertNotIn(partner, self.feed.message_partner_ids)
            got = caller.outcome(
                "helpdesk.ticket", "message_post", self.feed.ids, body="x"
            )
            self.assertEqual(got, "AccessError")

    def test_followers_row_is_not_written(self):
        caller = self.as_user(self.curator)
        row = {
            "res_model": "helpdesk.ticket",
            "res_id": self.feed.id,
            "partner_id": self.portal.partner_id.id,
        }
        caller.outcome(
            "helpdesk.ticket",
            "write",
            self.feed.ids,
            {"message_follower_ids": [(0, 0, row)]},
        )
        self.assertNotIn(self.portal.partner_id, self.feed.message_partner_ids)

    def test_nobody_blind_is_notified(self):
        blind = [*OUTSIDERS, "parks", "light"]
        for role in (*blind, "head"):
            self.feed.message_unsubscribe(self[role].partner_id.ids)
            self.force_follow(self.feed, self[role])
            self.force_follow(self.share(self.feed), self[role])
        partners = self.env["res.partner"].union(*(self[r].partner_id for r in blind))
        with self.mock_mail_gateway():
            for record in (self.feed, self.share(self.feed)):
                message = (
                    record.with_user(self.curator)
                    .sudo()
                    .message_post(
                        body="Secret",
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                    )
                )
                self.assertFalse(message.notified_partner_ids & partners)
                self.assertIn(self.head.partner_id, message.notified_partner_ids)
        mails = self.env["mail.mail"].search([("recipient_ids", "in", partners.ids)])
        self.assertFalse(mails)

    def test_following_in_another_administration(self):
        """A follower who works for other administrations only breaks nothing."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("s_stranger", "group_curator")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.force_follow(self.feed, stranger)
        caller = self.as_user(self.curator)
        companies = {"allowed_company_ids": self.env.company.ids}
        message_id = caller.call(
            "helpdesk.ticket",
            "message_post",
            self.feed.ids,
            body="Note",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            context=companies,
        )
        if isinstance(message_id, list):
            [message_id] = message_id
        message = self.env["mail.message"].browse(message_id)
        self.assertNotIn(stranger.partner_id, message.notified_partner_ids)

    def test_decliner_keeps_nothing(self):
        """A unit's member declines: nobody of the unit keeps what following left."""
        ticket = self.receive(comment("wall-1_10_r51", text="Secret of another"))
        ticket = ticket.with_user(self.curator)
        ticket.assign([(self.unit_parks, self.nobody)])
        share = ticket.assignment_ids.sudo()
        partner = self.parks.partner_id
        (ticket | ticket.browse()).sudo().message_subscribe(partner.ids)
        share.message_subscribe(partner.ids)
        self.assertIn(partner, ticket.message_partner_ids)
        note = ticket.message_post(
            body="For you",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )
        for record in (ticket.sudo(), share):
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.parks.id,
                summary="Secret of the activity",
            )
        domain = [("user_id", "=", self.parks.id)]
        caller = self.as_user(self.parks)
        self.assertEqual(len(caller.found("mail.activity", domain)), 2)
        self.assertTrue(caller.found("mail.message", [("id", "=", note.id)]))
        caller.call(share._name, "decline", share.ids, "Not ours")
        self.assertFalse(caller.found("mail.activity", domain))
        self.assertFalse(caller.found("mail.message", [("id", "=", note.id)]))
        for record in (ticket.sudo(), share):
            self.assertNotIn(partner, record.message_partner_ids)
            got = caller.outcome(record._name, "read", record.ids, ["display_name"])
            self.assertEqual(got, "AccessError")

    def test_activity_follows_the_delegate(self):
        ticket = self.receive(comment("wall-1_10_r52", kind="private"))
        ticket = ticket.with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        share = self.share(ticket).sudo()
        self.assertEqual(share.activity_ids.user_id, self.roads)
        share.with_user(self.roads).delegate(self.roads_2)
        self.assertEqual(share.activity_ids.user_id, self.roads_2)
        self.assertNotIn(self.roads.partner_id, share.message_partner_ids)

    def test_unit_leader_without_role_is_told_nothing(self):
        self.unit_parks.user_id = self.plain
        ticket = self.receive(comment("wall-1_10_r53")).with_user(self.curator)
        ticket.assign([(self.unit_parks, self.nobody)])
        self.assertFalse(ticket.assignment_ids.sudo().activity_ids)


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
