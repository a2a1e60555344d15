from odoo import api, fields, models
from odoo.exceptions import UserError

#: States in which a question may still change the draft.
DRAFTING = ("assigned", "accepted", "rework")


class HelpdeskSocialAssignment(models.Model):
    """The executor's part in a question to the author: to propose it."""

    _inherit = "helpdesk.social.assignment"

    question_ids = fields.One2many(
        "helpdesk.social.reply",
        "assignment_id",
        "Questions to the author",
        domain=[("kind", "=", "clarification")],
        readonly=True,
    )
    can_propose_question = fields.Boolean(
        "A question can be proposed", compute="_compute_can_propose_question"
    )
    # Not as superuser, like all that the form shows of the message.
    ticket_waiting_since = fields.Datetime(
        related="ticket_id.waiting_since", related_sudo=False
    )
    ticket_waiting_day_count = fields.Integer(
        related="ticket_id.waiting_day_count", related_sudo=False
    )

    @api.depends("state", "is_mine", "question_ids.state")
    def _compute_can_propose_question(self):
        for assignment in self:
            assignment.can_propose_question = (
                assignment.is_mine
                and assignment.state in DRAFTING
                and "submitted" not in assignment.question_ids.mapped("state")
            )

    def action_propose_question(self):
        """Ask for the text of a question in a small wizard."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_question"
        )
        action["context"] = {"default_assignment_id": self.id}
        return action

    def propose_clarification(self, text):
        """Propose a question to the author; the curator edits and asks it.

        Returns the question, a reply of the kind «clarification».
        """
        self.ensure_one()
        self._check_holder()
        self._require(DRAFTING, self.env._("Proposing a question"))
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write the question to the author."))
        if "submitted" in self.question_ids.mapped("state"):
            raise UserError(
                self.env._("Your question to the author is with the curator already.")
            )
        # sudo: replies are written by the procedure alone; executors draft.
        question = (
            self.env["helpdesk.social.reply"]
            .sudo()
            .create(
                {
                    "ticket_id": self.ticket_id.id,
                    "assignment_id": self.id,
                    "kind": "clarification",
                    "body": text,
                    "state": "submitted",
                    "drafted_by_id": self.env.uid,
                }
            )
        )
        question._save_version(fields.Datetime.now())
        self.ticket_id.sudo()._tell_curator(
            self.env._("A question to the author is proposed")
        )
        return question.sudo(False)
