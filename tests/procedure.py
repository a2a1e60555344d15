import inspect
from datetime import timedelta

from odoo import fields

from .access import AccessCase
from .common import MODULE

LETTER = "Secret of the letter"
APPROVAL, FINDING, FLAW, REPEAT = (
    f"helpdesk.social.{name}" for name in ("approval", "finding", "flaw", "repeat")
)
SUBSTITUTION = "helpdesk.social.substitution"

#: Arguments that a client can send, by the names of the parameters.
WORDS = {
    "text": "x",
    "reason": "x",
    "remarks": "x",
    "note": "x",
    "link": "https://vk.com/x",
    "way": "x",
    "to": "x",
    "decision": "x",
    "address": "a@example.com",
    "subject": "x",
    "body": "x",
    "at": "2030-01-01 00:00:00",
    "due": "2030-01-01 00:00:00",
    "agreed": True,
    "allowed": True,
    "kind": "topic",
    "key": 1,
    "vals": {},
}


class ProcedureCase(AccessCase):
    """The two messages of AccessCase with a row of everything the procedure adds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver = cls._user("s_approver", "group_approver")
        cls.over = cls._user("s_over", "group_executor")
        cls.strangers = ["parks", "light", "curator_2", "approver", "over"]
        cls.env["helpdesk.social.appointment"].search([]).unlink()

    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        # Stood in for the named executor, until yesterday.
        self.substitution = self.env[SUBSTITUTION].create(
            {
                "user_id": self.roads.id,
                "substitute_id": self.over.id,
                "start": now - timedelta(days=9),
                "stop": now - timedelta(days=1),
            }
        )
        self.rows = {kind: self.rows_of(self[kind]) for kind in ("feed", "private")}

    def rows_of(self, ticket):
        """One row of each model that hangs on ``ticket``, by model."""
        ticket = ticket.sudo()
        message = ticket.social_message_ids[:1]
        earlier = self.env["helpdesk.ticket"].create(
            {
                "name": "Earlier",
                "description": "x",
                "is_social": True,
                "social_state": "closed",
                "kind": ticket.kind,
                "social_account_id": ticket.social_account_id.id,
                "company_id": ticket.company_id.id,
                "original_text": "Secret earlier",
            }
        )
        step = self.env["helpdesk.social.approval.step"].search(
            [("role", "=", "managing_director")], limit=1
        )
        rows = [
            self.env[FINDING].create(
                {
                    "ticket_id": ticket.id,
                    "message_id": message.id,
                    "kind": "threat",
                    "words": "Secret threat",
                    "start": 0,
                    "end": 3,
                    "at": fields.Datetime.now(),
                    "text_key": f"secret {ticket.id}",
                }
            ),
            self.env[APPROVAL].create(
                {
                    "ticket_id": ticket.id,
                    "step_id": step.id,
                    "role": step.role,
                    "text": LETTER,
                    "outside": True,
                    "asked_at": fields.Datetime.now(),
                }
            ),
            self.env[REPEAT].create(
                {
                    "ticket_id": ticket.id,
                    "earlier_id": earlier.id,
                    "reason": "words",
                    "words": "secret",
                }
            ),
            self.env[FLAW].create(
                {"ticket_id": ticket.id, "kind": "other", "note": "Secret flaw"}
            ),
        ]
        return {row._name: row for row in rows}

    def all_records(self, kind):
        """What hangs on the message of ``kind``, by model, old models and new."""
        ticket = self[kind]
        share = self.share(ticket)
        found = {
            record._name: record
            for record in (ticket, share, share.reply_id, ticket.social_message_ids[:1])
        }
        return {**found, **self.rows[kind]}

    def public_methods(self, model):
        """Names of the methods that this module adds to ``model`` for clients."""
        names = set()
        base = self.registry["base"]
        for cls in type(self.env[model]).mro():
            if getattr(cls, "_module", None) != MODULE:
                continue
            for name, value in vars(cls).items():
                public = not name.startswith("_") and inspect.isfunction(value)
                if public and not getattr(value, "_api_private", False):
                    if not hasattr(base, name):
                        names.add(name)
        return sorted(names)

    def arguments(self, method):
        """Values for the required parameters of ``method``."""
        wanted = list(inspect.signature(method).parameters.values())
        return [
            self.private if one.name == "lead" else WORDS.get(one.name, False)
            for one in wanted
            if one.default is one.empty
            and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
        ]
