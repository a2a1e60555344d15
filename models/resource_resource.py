from odoo import fields, models


class ResourceResource(models.Model):
    _inherit = "resource.resource"

    social_leave_ids = fields.One2many(
        "resource.calendar.leaves",
        "resource_id",
        "Absences",
        help="They switch the standing deputy of the person on.",
    )


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    def write(self, vals):
        """Let nobody make a colleague absent by handing on a leave of one's own:
        the colleague's standing deputy would be switched on."""
        res = super().write(vals)
        if "resource_id" in vals and not self.env.su:
            self.check_access("write")
        return res
