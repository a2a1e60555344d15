from odoo.tests import tagged

from .access import CURATORS, SEEN, AccessCase
from .common import comment
from .outbox_after import AfterClient

RIGHT = "Исправлено: засыплем до 25 марта."


@tagged("post_install", "-at_install")
class TestChangeRoles(AccessCase):
    """The steps on a published reply over RPC: the curator's alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = AfterClient()

    def answered(self, number, kind="feed"):
        """A message whose reply the software has published."""
        item = comment(f"wall-1_10_r{number}", kind=kind, author=f"7{number}")
        ticket = self.receive(item).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        self.drafted(ticket).with_user(self.curator).action_approve()
        ticket.publish(ticket._merged_text(), self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(ticket.social_state, "published")
        self.tickets |= ticket.sudo()
        return ticket

    def records(self):
        waiting, failed = self.answered(22), self.answered(23)
        changes = [
            ticket.correct_reply(RIGHT, "Опечатка") for ticket in (waiting, failed)
        ]
        changes[0].sudo().state = "hand"
        changes[1].sudo().state = "failed"
        published = self.answered(21)
        row = published.sudo().social_message_ids.filtered("outbox_state")
        return {
            "published": published,
            "hand": changes[0],
            "failed": changes[1],
            "row": row,
        }

    STEPS = [
        ("published", "action_correct_reply", []),
        ("published", "action_withdraw_reply", []),
        ("published", "correct_reply", [RIGHT, "Опечатка"]),
        ("published", "withdraw_reply", ["Ошибка"]),
        ("hand", "action_done_by_hand", []),
        ("hand", "action_cancel", []),
        ("failed", "action_retry", []),
        ("row", "action_look_now", []),
    ]

    def test_steps(self):
        records = self.records()
        for role, caller in self.each_role():
            for name, method, args in self.STEPS:
                with self.subTest(step=method), self.env.cr.savepoint() as savepoint:
                    record = records[name]
                    got = caller.outcome(record._name, method, record.ids, *args)
                    may = role in CURATORS
                    self.assertEqual(got in ("ok", "UserError"), may, got)
                    if may:
                        self.assertEqual(got, "ok")
                    self.undo(savepoint)

    def test_wizard(self):
        ticket = self.records()["published"]
        model = "helpdesk.social.correct"
        vals = {
            "ticket_id": ticket.id,
            "reply_id": ticket.reply_ids.id,
            "kind": "edit",
            "text": RIGHT,
            "reason": "Опечатка",
        }
        for role, caller in self.each_role():
            try:
                wizard = caller.call(model, "create", [vals])
                got = caller.outcome(model, "action_confirm", wizard)
            except Exception as refused:
                got = getattr(refused, "kind", repr(refused))
            self.assertEqual(got, "ok" if role in CURATORS else "AccessError")

    def test_sight(self):
        """A change is seen with its message, and written by nobody."""
        change = self.records()["hand"]
        private = self.answered(30, kind="private").correct_reply(RIGHT, "Опечатка")
        both = change | private
        for role, caller in self.each_role():
            seen = set()
            if role in SEEN:
                kinds = {"feed": change.id, "private": private.id}
                ended = role in ("roads", "roads_2", "stand_in", "head_2")
                seen = {kinds[k] for k in SEEN[role]} if not ended else None
            found = caller.found(both._name, [("id", "in", both.ids)])
            if role == "head_2":
                self.assertEqual(found, set(both.ids), "a head reads all")
            elif seen is not None:
                self.assertEqual(found, seen)
            else:
                self.assertFalse(found, "their part has ended")
            for method, args in (
                ("write", [{"state": "done"}]),
                ("unlink", []),
                ("create", [{"ticket_id": change.ticket_id.id, "reason": "x"}]),
            ):
                ids = [] if method == "create" else [change.ids]
                got = caller.outcome(both._name, method, *ids, *args)
                self.assertEqual(got, "AccessError")

    def test_private_conversation(self):
        """A curator who does not see it does not change what was said there."""
        ticket = self.answered(31, kind="private")
        caller = self.as_user(self.curator_2)
        args = [ticket.ids, RIGHT, "Опечатка"]
        got = caller.outcome(ticket._name, "correct_reply", *args)
        self.assertEqual(got, "AccessError")

    def test_private_methods(self):
        records = self.records()
        turn = self.env["helpdesk.social.turn"]._of_pages(self.account.ids)
        hold = self.env["helpdesk.social.hold"].search([], limit=1)
        for record, names in (
            (records["hand"], ("_finish", "_claim", "_deliver", "_start")),
            (records["published"], ("_change_reply", "_after_change_of_reply")),
            (records["row"], ("_cron_look", "_seen", "_doubt_all", "_changed_to")),
            (turn, ("_serve_all", "_serve")),
            (hold, ("_holds", "_note", "_remember")),
        ):
            for user in (self.curator, self.social_admin):
                caller = self.as_user(user)
                for name in names:
                    with self.subTest(method=name):
                        got = caller.outcome(record._name, name, record.ids)
                        self.assertEqual(got, "AccessError")

    def test_hold_and_turns(self):
        """Nobody writes them; the hold is read by administrators."""
        turn = self.env["helpdesk.social.turn"]._of_pages(self.account.ids)
        hold = self.env["helpdesk.social.hold"].create(
            {
                "place": "1-1-1",
                "reason": "moved",
                "noticed_at": "2024-03-11 00:00:00",
            }
        )
        for role, caller in self.each_role():
            admin = role == "social_admin"
            found = caller.found(hold._name, [("id", "=", hold.id)])
            self.assertEqual(bool(found), admin)
            self.assertFalse(caller.found(turn._name, [("id", "=", turn.id)]))
            for record in (hold, turn):
                got = caller.outcome(record._name, "unlink", record.ids)
                self.assertEqual(got, "AccessError")
            got = caller.outcome(
                hold._name, "write", hold.ids, {"released_at": "2024-03-11 00:00:00"}
            )
            self.assertEqual(got, "AccessError")
            got = caller.outcome(hold._name, "action_release", hold.ids)
            self.assertEqual(got, "ok" if admin else "AccessError")
