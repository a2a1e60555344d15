from odoo import api, fields, models


class HelpdeskSocialActPart(models.AbstractModel):
    """A line of a regulation that is kept like its norms."""

    _name = "helpdesk.social.act.part"
    _description = "Part of a regulation"

    regulation_id = fields.Many2one(
        "helpdesk.social.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    clause = fields.Char(required=True, help="Clause of the act.")

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.regulation_id._check_may_change()
        return parts

    def write(self, vals):
        self.regulation_id._check_may_change()
        res = super().write(vals)
        if "regulation_id" in vals:
            self.regulation_id._check_may_change()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_check(self):
        self.regulation_id._check_may_change()
