from odoo import fields, models


class HelpdeskSocialSuperiorAnswer(models.TransientModel):
    """What a superior curator outside has answered."""

    _name = "helpdesk.social.superior.answer"
    _description = "Answer of the superior curator"

    approval_id = fields.Many2one("helpdesk.social.approval", required=True)
    text = fields.Text(related="approval_id.text", related_sudo=False)
    decision = fields.Selection(
        [("approved", "Agreed"), ("refused", "Refused")],
        required=True,
        default="approved",
    )
    answered_at = fields.Datetime(
        "Answered", required=True, default=fields.Datetime.now
    )
    answered_by = fields.Char("Who answered")
    evidence = fields.Char("Letter", help="Number of the letter, or link to it.")
    evidence_file_ids = fields.Many2many("ir.attachment", string="Files")
    remarks = fields.Text()

    def action_confirm(self):
        self.ensure_one()
        self.approval_id.record_answer(
            self.decision == "approved",
            self.answered_at,
            answered_by=self.answered_by,
            evidence=self.evidence,
            evidence_file_ids=self.evidence_file_ids,
            remarks=self.remarks,
        )
        return {"type": "ir.actions.act_window_close"}
