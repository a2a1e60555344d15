from odoo import api, models


class HelpdeskSocialAssign(models.TransientModel):
    """Executors proposed: the unit taken from a suggestion, those of the message that
    is repeated."""

    _inherit = "helpdesk.social.assign"

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "line_ids" not in fields_list or defaults.get("line_ids"):
            return defaults
        tickets = self.env["helpdesk.ticket"].browse(
            self.env.context.get("default_ticket_ids", [])
        )
        Unit = self.env["helpdesk.ticket.team"]
        units = Unit.browse(self.env.context.get("social_unit_ids", []))
        pairs = [(unit, self.env["res.users"]) for unit in units]
        if not pairs and len(tickets) == 1:
            pairs = tickets._executors_before()
        busy = tickets.assignment_ids.filtered("is_live").unit_id
        lines = [
            (0, 0, {"unit_id": unit.id, "user_id": user.id})
            for unit, user in pairs
            if unit not in busy
        ]
        if lines:
            defaults["line_ids"] = lines
        return defaults
