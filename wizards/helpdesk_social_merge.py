from odoo import api, fields, models


class HelpdeskSocialMerge(models.TransientModel):
    """Put the approved parts of several executors together."""

    _name = "helpdesk.social.merge"
    _description = "Put the parts together"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    # Not as superuser: whoever opens the wizard names the ticket.
    original_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    part_ids = fields.One2many("helpdesk.social.merge.part", "wizard_id", "Parts")
    text = fields.Text("The whole reply", required=True)
    max_length = fields.Integer(compute="_compute_max_length")

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        if ticket:
            ticket._check_merger()
            defaults["text"] = ticket._merged_text()
            # sudo: the parts of the others, for whoever puts them together.
            parts = ticket.sudo()._approved_replies()
            defaults["part_ids"] = [
                (0, 0, {"unit": r.assignment_id.display_name, "body": r.body})
                for r in parts
            ]
        return defaults

    @api.depends("ticket_id")
    def _compute_max_length(self):
        for wizard in self:
            wizard.max_length = wizard.ticket_id._social_text_limit()

    def action_confirm(self):
        self.ticket_id.merge_parts(self.text)
        return {"type": "ir.actions.act_window_close"}


class HelpdeskSocialMergePart(models.TransientModel):
    _name = "helpdesk.social.merge.part"
    _description = "Part of the reply"

    wizard_id = fields.Many2one("helpdesk.social.merge", ondelete="cascade")
    unit = fields.Char()
    body = fields.Text()
