from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .procedure import APPROVAL, FLAW, SUBSTITUTION, ProcedureCase
from .rpc import Refused

SECRET = "Secret"


@tagged("post_install", "-at_install")
class TestProcedureTricks(ProcedureCase):
    """What a client may say beside its call: foreign ids, contexts, defaults."""

    #: Wizards and the fields by which their user names a record.
    WIZARDS = {
        "agree": {"ticket_id": "ticket"},
        "answer": {"ticket_id": "ticket"},
        "appeal": {"ticket_id": "ticket"},
        "ask": {"ticket_id": "ticket", "question_id": "reply"},
        "assign": {"ticket_ids": "ticket"},
        "decline": {"assignment_id": "assignment"},
        "delegate": {"assignment_id": "assignment"},
        "flaw.words": {"flaw_id": "flaw"},
        "join": {"ticket_ids": "ticket", "lead_id": "ticket"},
        "merge": {"ticket_id": "ticket"},
        "outcome": {"message_id": "message"},
        "publish": {"ticket_id": "ticket"},
        "question": {"assignment_id": "assignment"},
        "refuse": {"approval_id": "approval"},
        "resolve": {"ticket_ids": "ticket"},
        "rework": {"assignment_id": "assignment"},
        "sign.return": {"assignment_id": "assignment"},
        "source": {"ticket_id": "ticket"},
        "substitute": {"assignment_id": "assignment"},
        "superior.answer": {"approval_id": "approval"},
        "superior.send": {"approval_id": "approval"},
        "template.use": {"assignment_id": "assignment"},
        "term": {"ticket_id": "ticket"},
    }

    def named(self, kind):
        ticket, rows = self.private, self.rows["private"]
        share = self.share(ticket)
        return {
            "ticket": ticket,
            "assignment": share,
            "reply": share.reply_id,
            "message": ticket.social_message_ids[:1],
            "approval": rows[APPROVAL],
            "flaw": rows[FLAW],
        }[kind]

    def wizard_values(self, model, names):
        """Values with the foreign records, and something for all else required."""
        vals = {}
        fields_of = self.env[model]._fields
        for name, kind in names.items():
            record = self.named(kind)
            many = fields_of[name].type == "many2many"
            vals[name] = [Command.set(record.ids)] if many else record.id
        for name, field in fields_of.items():
            if not field.required or name in vals or field.compute:
                continue
            if field.type in ("text", "char"):
                vals[name] = "x"
            elif field.type == "many2one":
                vals[name] = self.env[field.comodel_name].search([], limit=1).id
            elif field.type == "selection":
                vals[name] = field.get_values(self.env)[-1]
            elif field.type == "datetime":
                vals[name] = "2030-01-01 00:00:00"
        return vals

    def test_wizards_with_foreign_records(self):
        """A wizard made with the ids of records out of sight tells nothing of them."""
        for role in self.strangers:
            caller = self.as_user(self[role])
            for name, names in self.WIZARDS.items():
                model = f"helpdesk.social.{name}"
                vals = self.wizard_values(model, names)
                every = {f: {} for f in self.env[model]._fields}
                context = {f"default_{f}": self.named(k).id for f, k in names.items()}
                context |= {
                    f"default_{f}": self.named(k).ids
                    for f, k in names.items()
                    if f.endswith("_ids")
                }
                told = []
                with self.env.cr.savepoint() as savepoint:
                    try:
                        ids = caller.call(model, "create", [vals])
                    except Refused:
                        ids = []
                    for field in every if ids else ():
                        try:
                            told += caller.call(model, "read", ids, [field])
                        except Refused:
                            continue
                    for args in (([], list(every)), ([], vals, list(names), every)):
                        try:
                            method = "default_get" if len(args) == 2 else "onchange"
                            args = args[1:] if method == "default_get" else args
                            told.append(
                                caller.call(model, method, *args, context=context)
                            )
                        except Refused:
                            continue
                    self.undo(savepoint)
                with self.subTest(role=role, wizard=name):
                    self.assertNotIn(SECRET, str(told))
                    self.assertNotIn("Draft of private", str(told))

    def test_words_of_a_finding_in_the_window_of_exclusion(self):
        caller = self.as_user(self.curator_2)
        model = "helpdesk.social.resolve"
        vals = {"ticket_ids": [(6, 0, self.private.ids)], "resolution": "excluded"}
        try:
            [wizard] = caller.call(model, "create", [vals])
            told = caller.call(model, "read", [wizard], ["note"])
        except Refused:
            return
        self.assertNotIn(SECRET, str(told))

    def test_name_of_a_linked_item(self):
        """The name of an item of a conversation bears its words."""
        message = self.private.social_message_ids[:1]
        caller = self.as_user(self.curator_2)
        model = "helpdesk.social.outcome"
        [wizard] = caller.call(model, "create", [{"message_id": message.id}])
        told = caller.call(model, "read", [wizard], ["message_id"])
        self.assertNotIn(SECRET, str(told))

    def test_wizard_of_a_colleague(self):
        """What one person has typed into a window is not another's to read."""
        wizard = self.env["helpdesk.social.question"].with_user(self.roads)
        wizard = wizard.create(
            {"assignment_id": self.share(self.feed).id, "text": "Secret question"}
        )
        caller = self.as_user(self.parks)
        got = caller.outcome(wizard._name, "read", wizard.ids, ["text"])
        self.assertEqual(got, "AccessError")

    # -- standing in ---------------------------------------------------------------

    def test_nobody_makes_oneself_a_stand_in(self):
        """Naming oneself would open the private conversations of the person."""
        now = fields.Datetime.now()
        vals = {
            "user_id": self.roads.id,
            "substitute_id": self.curator_2.id,
            "start": fields.Datetime.to_string(now + timedelta(days=-1, hours=1)),
        }
        caller = self.as_user(self.curator_2)
        got = caller.outcome(SUBSTITUTION, "create", [vals])
        self.assertEqual(got, "AccessError")
        named = self.env[SUBSTITUTION].create(
            {**vals, "stop": now - timedelta(hours=1)}
        )
        for change in ({"stop": False}, {"user_id": self.roads_2.id}):
            got = caller.outcome(SUBSTITUTION, "write", named.ids, change)
            self.assertEqual(got, "AccessError", change)
        other = self.env[SUBSTITUTION].create(
            {
                **vals,
                "start": now + timedelta(days=5),
                "substitute_id": self.stand_in.id,
            }
        )
        change = {"substitute_id": self.curator_2.id}
        got = caller.outcome(SUBSTITUTION, "write", other.ids, change)
        self.assertEqual(got, "AccessError")
        # One's own absence is another matter, and so is naming somebody else.
        own = {"user_id": self.curator_2.id, "substitute_id": self.stand_in.id}
        caller.call(SUBSTITUTION, "create", [{**vals, **own}])
        mine = {"substitute_id": self.parks.id}
        caller.call(SUBSTITUTION, "write", other.ids, mine)

    def test_stand_in_by_default_of_the_context(self):
        caller = self.as_user(self.parks)
        vals = {
            "substitute_id": self.parks.id,
            "start": fields.Datetime.to_string(fields.Datetime.now()),
        }
        context = {"default_user_id": self.roads.id}
        got = caller.outcome(SUBSTITUTION, "create", [vals], context=context)
        self.assertNotEqual(got, "ok")

    def test_nobody_makes_a_colleague_absent(self):
        """A standing deputy cannot switch itself on."""
        self.env[SUBSTITUTION].create(
            {
                "user_id": self.roads.id,
                "substitute_id": self.parks.id,
                "standing": True,
            }
        )
        Resource = self.env["resource.resource"]
        resource = self.roads.resource_ids or Resource.create(
            {"name": "Roads", "user_id": self.roads.id}
        )
        nobody = Resource.create({"name": "Machine"})
        now = fields.Datetime.now()
        vals = {
            "date_from": fields.Datetime.to_string(now - timedelta(hours=1)),
            "date_to": fields.Datetime.to_string(now + timedelta(hours=9)),
        }
        caller = self.as_user(self.parks)
        model = "resource.calendar.leaves"
        made = caller.outcome(model, "create", [{**vals, "resource_id": resource.id}])
        self.assertEqual(made, "AccessError")
        [leave] = caller.call(model, "create", [{**vals, "resource_id": nobody.id}])
        got = caller.outcome(model, "write", [leave], {"resource_id": resource.id})
        self.assertEqual(got, "AccessError")
        command = {"social_leave_ids": [(0, 0, vals)]}
        got = caller.outcome("resource.resource", "write", resource.ids, command)
        self.assertEqual(got, "AccessError")
        for record in (self.feed, self.private):
            got = caller.outcome(record._name, "read", record.ids, ["name"])
            self.assertEqual(got, "AccessError")

    def test_end_of_standing_in_leaves_nothing(self):
        """When the time is over, what following and asking left is taken back."""
        substitution = self.env[SUBSTITUTION].create(
            {
                "user_id": self.roads.id,
                "substitute_id": self.parks.id,
                "start": fields.Datetime.now() - timedelta(hours=1),
            }
        )
        partner, ticket = self.parks.partner_id, self.feed.sudo()
        share = self.share(ticket)
        # Not in the executor's hands: nothing is moved to anybody.
        share.with_user(self.roads).action_submit()
        for record in (ticket, share):
            record.message_subscribe(partner.ids)
            record.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.parks.id, summary=SECRET
            )
        note = ticket.message_post(
            body=SECRET,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )
        caller = self.as_user(self.parks)
        domain = [("user_id", "=", self.parks.id)]
        self.assertTrue(caller.found("mail.activity", domain))
        self.assertTrue(caller.found("mail.message", [("id", "=", note.id)]))
        # It ends by itself: nobody is at the keyboard.
        self.env.cr.execute(
            "UPDATE helpdesk_social_substitution SET stop = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(minutes=1), substitution.id],
        )
        self.env.invalidate_all()
        share._follow_absences(self.roads)
        self.assertFalse(caller.found("mail.activity", domain))
        self.assertFalse(caller.found("mail.message", [("id", "=", note.id)]))
        self.assertNotIn(partner, ticket.message_partner_ids)
        self.assertNotIn(partner, share.message_partner_ids)

    # -- flaws ---------------------------------------------------------------------

    def test_flaw_by_hand_is_not_a_finished_one(self):
        """A curator records a flaw; explaining and closing it is for others."""
        caller = self.as_user(self.curator)
        vals = {"ticket_id": self.feed.id, "kind": "other", "note": "x"}
        forged = {
            "state": "closed",
            "decision": "Nothing",
            "closed_by_id": self.head.id,
            "explanation": "x",
            "explained_by_id": self.roads.id,
            "responsible_id": self.parks.id,
        }
        context = {f"default_{name}": value for name, value in forged.items()}
        made = [
            caller.call(FLAW, "create", [{**vals, **forged}]),
            caller.call(FLAW, "create", [vals], context=context),
            [caller.call(FLAW, "copy", self.rows["feed"][FLAW].ids)].pop(),
        ]
        for ids in made:
            flaw = self.env[FLAW].browse(ids)
            self.assertEqual(flaw.state, "open")
            self.assertEqual(flaw.user_id, self.curator)
            self.assertFalse(flaw.automatic)
            self.assertFalse(flaw.decision or flaw.explanation or flaw.closed_by_id)
            self.assertNotEqual(flaw.responsible_id, self.parks)

    def test_own_lateness_is_not_closed_by_a_context(self):
        """Defaults of the client have no say in what the clock records."""
        rows = [{"ticket_id": self.feed.id, "kind": "late"}]
        context = {
            "default_state": "closed",
            "default_decision": "x",
            "default_note": "x",
            "default_explanation": "x",
        }
        Flaw = self.env[FLAW].with_user(self.roads).sudo().with_context(**context)
        flaw = Flaw._record(rows)
        self.assertEqual(flaw.state, "open")
        self.assertFalse(flaw.note or flaw.decision or flaw.explanation)

    def test_flaw_is_no_window_to_its_message(self):
        """Whom a flaw concerns reads it, and by no condition the message itself."""
        flaw = self.rows["private"][FLAW]
        flaw.sudo().responsible_id = self.parks
        caller = self.as_user(self.parks)
        self.assertTrue(caller.found(FLAW, [("id", "=", flaw.id)]))
        caller.call(FLAW, "read", flaw.ids)
        for field in (
            "ticket_id.original_text",
            "ticket_id.name",
            "ticket_id.approval_ids.text",
            "assignment_id.decline_reason",
        ):
            domain = [("id", "=", flaw.id), (field, "ilike", SECRET)]
            try:
                found = caller.call(FLAW, "search", domain)
            except Refused:
                continue
            self.assertFalse(found, field)
