from odoo import api, fields, models

from ..models.helpdesk_ticket_text_checks import remark_lines


class HelpdeskSocialRework(models.TransientModel):
    """Send a draft back with the reasons of the act.

    Reasons whose requirement the submitted text failed are chosen beforehand, and the
    remarks of the checks are written out; the curator changes both at will.
    """

    _name = "helpdesk.social.rework"
    _description = "Send back for rework"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    regulation_id = fields.Many2one(
        related="assignment_id.ticket_id.regulation_id", related_sudo=False
    )
    reason_choice_ids = fields.Many2many(
        "helpdesk.social.rework.reason", compute="_compute_reason_choice_ids"
    )
    reason_ids = fields.Many2many("helpdesk.social.rework.reason", string="Reasons")
    remarks = fields.Text()

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        assignment = self.env["helpdesk.social.assignment"].browse(
            defaults.get("assignment_id")
        )
        checks = assignment.reply_id._last_version().checks or []
        if checks:
            reasons = assignment.ticket_id.regulation_id._rework_reasons()
            defaults["reason_ids"] = [(6, 0, reasons._proposed_by(checks).ids)]
            defaults["remarks"] = remark_lines(self.env, checks)
        return defaults

    @api.depends("regulation_id")
    def _compute_reason_choice_ids(self):
        for wizard in self:
            wizard.reason_choice_ids = wizard.regulation_id._rework_reasons()

    def action_confirm(self):
        self.assignment_id.request_rework(self.reason_ids, self.remarks)
        return {"type": "ir.actions.act_window_close"}
