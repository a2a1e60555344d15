from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .helpdesk_ticket import NETWORKS


class HelpdeskSocialRegulation(models.Model):
    """What an act says besides its terms."""

    _inherit = "helpdesk.social.regulation"

    networks = fields.Char(
        help="Keys of the networks that the act names, separated by commas; empty "
        "where it names none.",
    )
    networks_text = fields.Char("Networks of the act", compute="_compute_networks_text")
    approval_step_ids = fields.One2many(
        "helpdesk.social.approval.step", "regulation_id", "Approval chain", copy=True
    )
    requirement_ids = fields.One2many(
        "helpdesk.social.requirement", "regulation_id", "Requirements", copy=True
    )
    exclusion_reason_ids = fields.One2many(
        "helpdesk.social.exclusion.reason", "regulation_id", "Exclusions", copy=True
    )

    def _network_keys(self):
        """Keys of the networks that the act names."""
        self.ensure_one()
        return [key.strip() for key in (self.networks or "").split(",") if key.strip()]

    @api.depends("networks")
    @api.depends_context("lang")
    def _compute_networks_text(self):
        field = self.env["helpdesk.ticket"]._fields["network"]
        labels = dict(field._description_selection(self.env))
        for regulation in self:
            names = [labels.get(key, key) for key in regulation._network_keys()]
            regulation.networks_text = ", ".join(names)

    @api.constrains("networks")
    def _check_networks(self):
        known = dict(NETWORKS)
        for regulation in self:
            unknown = [key for key in regulation._network_keys() if key not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Unknown networks: %(unknown)s. Write some of: %(known)s.",
                        unknown=", ".join(unknown),
                        known=", ".join(known),
                    )
                )
