from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .access import HOLDERS, SEEN
from .procedure import APPROVAL, FINDING, FLAW, REPEAT, ProcedureCase

#: What tells of no message: figures of the caller's own, and nothing done.
HARMLESS = {"social_screening_counts", "message_subscribe"}
#: Asked of no message: what they tell depends on who has entered what, see
#: ``test_api_example``.
HARMLESS |= {"message_standing", "export_answers", "answers_taken"}


@tagged("post_install", "-at_install")
class TestProcedureRows(ProcedureCase):
    """Who sees what the procedure keeps beside a message."""

    def test_reading(self):
        for role, caller in self.each_role([*self.roles, "approver", "over"]):
            seen = SEEN.get(role, set())
            for kind in ("feed", "private"):
                for model, row in self.rows[kind].items():
                    with self.subTest(model=model, kind=kind):
                        may = kind in seen
                        if model == REPEAT:
                            # The earlier message is none of the holders'.
                            may = may and role not in HOLDERS
                        got = caller.outcome(model, "read", row.ids, ["display_name"])
                        self.assertEqual(got, "ok" if may else "AccessError")
                        found = caller.found(model, [("id", "=", row.id)])
                        self.assertEqual(bool(found), may)
                        if may:
                            # Whatever the screens ask for can be read.
                            caller.call(model, "read", row.ids)

    def test_whole_records_are_readable(self):
        """No field of what a role may read is closed to it by accident."""
        for role, caller in self.each_role([*SEEN, "approver"]):
            for kind in SEEN.get(role, set()):
                for model, record in self.all_records(kind).items():
                    if caller.found(model, [("id", "in", record.ids)]):
                        with self.subTest(model=model, kind=kind):
                            self.assertTrue(caller.call(model, "read", record.ids))

    def test_writing(self):
        """Rows are written, made, copied and deleted by nobody."""
        vals = {
            FINDING: {"kind": "phone"},
            APPROVAL: {"state": "approved"},
            REPEAT: {"state": "confirmed"},
            FLAW: {"state": "closed"},
        }
        for _role, caller in self.each_role([*self.roles, "approver", "over"]):
            for model, row in self.rows["feed"].items():
                for method, args in (
                    ("write", (row.ids, vals[model])),
                    ("unlink", (row.ids,)),
                    ("copy", (row.ids,)),
                ):
                    if (model, method) == (FLAW, "copy"):
                        continue  # A new one by this curator's own hand.
                    with self.subTest(model=model, method=method):
                        self.assertNotEqual(caller.outcome(model, method, *args), "ok")
                if model != FLAW:
                    made_up = [{"ticket_id": self.feed.id, **vals[model]}]
                    with self.subTest(model=model, method="create"):
                        self.assertNotEqual(
                            caller.outcome(model, "create", made_up), "ok"
                        )

    def test_steps_of_strangers(self):
        """No public method does or tells anything on a message out of sight."""
        for role in self.strangers:
            user = self[role]
            for model, record in self.all_records("private").items():
                record = record.with_user(user)
                for name in set(self.public_methods(model)) - HARMLESS:
                    method = getattr(type(record), name)
                    args = self.arguments(method)[1:]
                    with (
                        self.subTest(role=role, model=model, method=name),
                        self.env.cr.savepoint() as savepoint,
                    ):
                        self.env.invalidate_all()
                        try:
                            told = getattr(record, name)(*args)
                        except (AccessError, UserError) as error:
                            self.assertNotIn("Secret", str(error))
                            continue
                        finally:
                            self.undo(savepoint)
                        if isinstance(told, dict) and "type" in told:
                            self.assertNotIn("Secret", str(told))
                            continue
                        self.fail(f"not refused: {told!r}")
