from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_escalation_step import CHANNELS, RECIPIENTS

#: What telling the people adds to an alert, once.
TELLING = {"told_at", "user_ids", "activity_ids"}


class HelpdeskSocialAlert(models.Model):
    """The ledger of escalation: which step has fired for which clock, who was told.

    A row is written when a step fires and completed when the people are told; both
    by the lane alone, and nothing is changed or deleted afterwards.
    """

    _name = "helpdesk.social.alert"
    _description = "Alert"
    _inherit = ["helpdesk.social.procedural"]
    _order = "fired_at desc, id desc"
    _rec_name = "step_name"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        required=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    # What has been told stays told, whatever becomes of the clock and the step.
    deadline_id = fields.Many2one(
        "helpdesk.social.deadline", index=True, ondelete="set null"
    )
    step_id = fields.Many2one(
        "helpdesk.social.escalation.step", index="btree_not_null", ondelete="set null"
    )
    step_name = fields.Char("Step as it was", required=True)
    recipient = fields.Selection(RECIPIENTS, required=True)
    channel = fields.Selection(CHANNELS, "How", required=True)
    due_at = fields.Datetime("Was to come", required=True)
    fired_at = fields.Datetime("Came", required=True)
    late = fields.Boolean(help="It came later than it should: the server was down.")
    told_at = fields.Datetime("Told")
    user_ids = fields.Many2many(
        "res.users", "helpdesk_social_alert_user_rel", string="Who was told"
    )
    activity_ids = fields.Many2many(
        "mail.activity", "helpdesk_social_alert_activity_rel", string="Activities"
    )

    _once = models.UniqueIndex(
        "(deadline_id, step_id)", "A step fires once for each clock."
    )
    _untold_idx = models.Index("(id) WHERE told_at IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Alerts are recorded by the clock alone."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su or set(vals) - TELLING or any(self.mapped("told_at")):
            raise UserError(self.env._("What was told cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was told cannot be deleted."))
