from odoo.tests import tagged

from ..networks import Consequence, NetworkError
from .access import CURATORS, HOLDERS, REASON, AccessCase
from .common import MODULE, comment
from .rpc import Refused


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
