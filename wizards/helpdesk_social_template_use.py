from odoo import api, fields, models


class HelpdeskSocialTemplateUse(models.TransientModel):
    """Put a template's text into a draft."""

    _name = "helpdesk.social.template.use"
    _description = "Use a template"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    choice_ids = fields.Many2many(
        "helpdesk.social.template", compute="_compute_choice_ids"
    )
    template_id = fields.Many2one("helpdesk.social.template", required=True)
    text = fields.Text("What will stand in the draft", compute="_compute_text")
    has_draft = fields.Boolean(compute="_compute_text")
    mode = fields.Selection(
        [("append", "After what is written"), ("replace", "Instead of it")],
        required=True,
        default="append",
    )

    @api.depends("assignment_id")
    def _compute_choice_ids(self):
        for wizard in self:
            wizard.choice_ids = wizard.template_id._fitting(wizard.assignment_id)

    @api.depends("template_id", "assignment_id", "mode")
    def _compute_text(self):
        for wizard in self:
            draft = (wizard.assignment_id.draft_text or "").strip()
            wizard.has_draft = bool(draft)
            filled = ""
            if wizard.template_id:
                filled = wizard.template_id._filled(wizard.assignment_id)
            kept = [draft] if draft and wizard.mode == "append" else []
            wizard.text = "\n\n".join(filter(None, [*kept, filled]))

    def action_confirm(self):
        self.assignment_id.save_draft(self.text)
        return {"type": "ir.actions.act_window_close"}
