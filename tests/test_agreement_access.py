from odoo.tests import new_test_user, tagged

from .agreement import AgreementCommon
from .common import comment
from .rpc import RpcCase

MODEL = "helpdesk.social.approval"
CHILDREN = ("assignment", "reply", "reply.version", "event", "deadline", "approval")


@tagged("post_install", "-at_install")
class TestAgreementAccess(AgreementCommon, RpcCase):
    """Who sees a reply that is being agreed, and who decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.appoint(cls.superior, "superior_curator")
        cls.other = cls._user("s_approver", "group_approver")
        cls.nobody = new_test_user(cls.env, "s_nobody", "base.group_user")

    def setUp(self):
        super().setUp()
        self.ticket = self.sent_up(text="Яму засыплем до 15 марта.")
        self.row = self.waiting(self.ticket)
        self.away = self.receive(comment("wall-1_10_r77"))
        self.roles = {
            "director": self.director,
            "superior": self.superior,
            "other": self.other,
            "nobody": self.nobody,
            "curator": self.curator,
            "roads": self.roads,
            "light": self.light,
            "head": self.head,
            "social_admin": self.social_admin,
        }

    def seen(self, *names):
        """Who of all reads the message is exactly ``names``."""
        for name, user in self.roles.items():
            caller = self.as_user(user)
            with self.subTest(role=name):
                domain = [("id", "in", (self.ticket | self.away).ids)]
                found = caller.found("helpdesk.ticket", domain)
                self.assertEqual(self.ticket.id in found, name in names)
                rows = caller.found(MODEL, [("ticket_id", "=", self.ticket.id)])
                self.assertEqual(bool(rows), name in names)
                if name in ("director", "superior", "other", "nobody"):
                    self.assertNotIn(self.away.id, found)
                for child in CHILDREN:
                    model = f"helpdesk.social.{child}"
                    ids = self.env[model].search([("ticket_id", "=", self.ticket.id)])
                    got = caller.outcome(model, "read", ids.ids, ["display_name"])
                    expected = "ok" if name in names else "AccessError"
                    self.assertEqual(got, expected, child)

    EVERYBODY = ("curator", "roads", "head", "social_admin")

    def test_who_sees(self):
        self.seen("director", *self.EVERYBODY)
        self.asked(self.ticket, self.director).action_approve()
        # Who has decided sees it while the work goes on.
        self.seen("director", "superior", *self.EVERYBODY)
        self.asked(self.ticket, self.superior).action_approve()
        link = "https://vk.com/wall-1_10?reply=9"
        self.ticket.publish_by_hand(self.ticket._merged_text(), link)
        self.seen("curator", "head", "social_admin")

    def test_who_decides(self):
        wizard = "helpdesk.social.refuse"
        for name, user in self.roles.items():
            caller = self.as_user(user)
            may = name == "director"
            for method, args in (("refuse", ["Нет"]), ("action_approve", [])):
                with self.subTest(role=name, method=method):
                    with self.env.cr.savepoint() as savepoint:
                        got = caller.outcome(MODEL, method, self.row.ids, *args)
                        self.assertEqual(got, "ok" if may else "AccessError")
                        self.env.invalidate_all()
                        savepoint.rollback()
            with self.subTest(role=name), self.env.cr.savepoint() as savepoint:
                vals = {"approval_id": self.row.id, "remarks": "Нет"}
                try:
                    ids = caller.call(wizard, "create", [vals])
                    got = caller.outcome(wizard, "action_confirm", ids)
                except Exception as refused:
                    got = getattr(refused, "kind", str(refused))
                self.assertEqual(got, "ok" if may else "AccessError")
                self.env.invalidate_all()
                savepoint.rollback()

    def test_approver_writes_nothing(self):
        caller = self.as_user(self.director)
        share, reply = self.ticket.assignment_ids, self.ticket.reply_ids
        for record, vals in (
            (self.ticket, {"name": "x"}),
            (self.ticket, {"importance": "high"}),
            (self.row, {"state": "approved"}),
            (self.row, {"text": "x"}),
            (self.row, {"approver_ids": [(6, 0, self.other.ids)]}),
            (share, {"draft_text": "x"}),
            (reply, {"body": "x"}),
        ):
            with self.subTest(record=record._name, vals=vals):
                got = caller.outcome(record._name, "write", record.ids, vals)
                self.assertIn(got, ("AccessError", "UserError"))
        for method, args in (
            ("send_to_agreement", ["x"]),
            ("publish_by_hand", ["x", "https://vk.com/x"]),
            ("assign", [[]]),
            ("exclude", [False]),
            ("confirm_source", [False, "1"]),
        ):
            with self.subTest(method=method):
                got = caller.outcome("helpdesk.ticket", method, self.ticket.ids, *args)
                self.assertEqual(got, "AccessError")
        for method, args in (
            ("action_remind", []),
            ("mark_sent", ["x"]),
            ("send_by_email", ["a@b.example", "x", "x"]),
            ("record_answer", [True, "2024-06-03 06:00:00"]),
        ):
            with self.subTest(method=method):
                got = caller.outcome(MODEL, method, self.row.ids, *args)
                self.assertEqual(got, "AccessError")

    def test_curator_writes_no_row(self):
        caller = self.as_user(self.curator)
        for vals in ({"state": "approved"}, {"standing": False}, {"outside": True}):
            got = caller.outcome(MODEL, "write", self.row.ids, vals)
            self.assertEqual(got, "AccessError")
        vals = {
            "ticket_id": self.ticket.id,
            "step_id": self.row.step_id.id,
            "role": "superior_curator",
            "text": "x",
            "state": "approved",
            "asked_at": "2024-06-03 06:00:00",
        }
        self.assertEqual(caller.outcome(MODEL, "create", [vals]), "AccessError")
        got = caller.outcome(MODEL, "unlink", self.row.ids)
        self.assertEqual(got, "AccessError")

    def test_who_sends(self):
        self.row.sudo()._void()
        self.ticket.sudo()._refresh_social()
        for name, user in self.roles.items():
            with self.subTest(role=name), self.env.cr.savepoint() as savepoint:
                got = self.as_user(user).outcome(
                    "helpdesk.ticket", "send_to_agreement", self.ticket.ids, "Да."
                )
                self.assertEqual(got, "ok" if name == "curator" else "AccessError")
                self.env.invalidate_all()
                savepoint.rollback()

    def test_private_conversation(self):
        """An approver reads the message, not the rows of a private conversation."""
        ticket = self.receive(comment("im1-2", kind="private", author="777"))
        ticket = ticket.with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        self.drafted(ticket).with_user(self.curator).action_approve()
        ticket.send_to_agreement("Да.")
        caller = self.as_user(self.director)
        self.assertEqual(
            caller.outcome("helpdesk.ticket", "read", ticket.ids, ["original_text"]),
            "ok",
        )
        rows = ticket.sudo().social_message_ids
        got = caller.outcome("helpdesk.social.message", "read", rows.ids, ["text"])
        self.assertEqual(got, "AccessError")

    def test_screens_of_the_approver(self):
        """Whatever the approver's forms read can be read."""
        caller = self.as_user(self.director)
        for model, record in ((MODEL, self.row), ("helpdesk.ticket", self.ticket)):
            view = self.env[model].with_user(self.director)
            action = record.get_formview_id() if record else False
            info = view.get_view(action, "form")
            names = info["models"][model]
            spec = {name: {} for name in names}
            with self.subTest(model=model):
                got = caller.outcome(model, "web_read", record.ids, spec)
                self.assertEqual(got, "ok")
