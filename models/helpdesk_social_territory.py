from odoo import api, fields, models


class HelpdeskSocialTerritory(models.Model):
    """A place within the administration: a district, a settlement, a street."""

    _name = "helpdesk.social.territory"
    _description = "Location"
    _inherit = ["helpdesk.social.keywords"]
    _order = "complete_name, id"
    _parent_name = "parent_id"
    _parent_store = True
    _rec_name = "complete_name"

    name = fields.Char(required=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    parent_id = fields.Many2one(
        "helpdesk.social.territory",
        string="Part of",
        index=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    active = fields.Boolean(default=True)
    keywords = fields.Text(
        help="Beginnings of words, with commas, that speak for this place besides its "
        "name: «farm, house of culture»."
    )
    company_id = fields.Many2one(
        "res.company",
        string="Administration",
        default=lambda self: self.env.company,
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for territory in self:
            names = (territory.parent_id.complete_name, territory.name)
            territory.complete_name = " / ".join(name for name in names if name)
