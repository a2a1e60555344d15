from odoo import fields, models


class HelpdeskSocialNewVersion(models.TransientModel):
    """Let a new version of a regulation come into force."""

    _name = "helpdesk.social.new.version"
    _description = "New version of a regulation"

    regulation_id = fields.Many2one("helpdesk.social.regulation", required=True)
    date_from = fields.Date("In force from", required=True)
    number = fields.Char("Number of the act")
    act_date = fields.Date("Date of the act")

    def action_confirm(self):
        """Copy the version, close the old one and open the copy."""
        self.ensure_one()
        version = self.regulation_id.new_version(self.date_from)
        version.write({"number": self.number, "act_date": self.act_date})
        return {
            "type": "ir.actions.act_window",
            "res_model": version._name,
            "res_id": version.id,
            "views": [(False, "form")],
        }
