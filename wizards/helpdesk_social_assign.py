from odoo import api, fields, models

from ..models.helpdesk_ticket import IMPORTANCES


class HelpdeskSocialAssign(models.TransientModel):
    """Send messages to one or several executors."""

    _name = "helpdesk.social.assign"
    _description = "Assign executors"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Messages", required=True)
    line_ids = fields.One2many("helpdesk.social.assign.line", "wizard_id", "Executors")
    category_id = fields.Many2one("helpdesk.ticket.category", "Topic")
    territory_id = fields.Many2one("helpdesk.social.territory", "Location")
    importance = fields.Selection(IMPORTANCES)
    needs_photo = fields.Boolean("Reply needs photographs")
    note = fields.Text("Note to the executors")
    publishing_allowed = fields.Boolean(compute="_compute_publishing_allowed")
    absence_note = fields.Text(compute="_compute_absence_note")

    @api.depends("ticket_ids")
    def _compute_publishing_allowed(self):
        """Whether the act of every message lets the executor publish."""
        now = fields.Datetime.now()
        for wizard in self:
            allowed = []
            for ticket in wizard.ticket_ids:
                act = ticket.regulation_id or ticket._applicable_regulation(now)
                allowed.append(bool(act) and act._executor_may_place(ticket.intake))
            wizard.publishing_allowed = bool(allowed) and all(allowed)

    @api.depends("line_ids.user_id", "line_ids.unit_id")
    def _compute_absence_note(self):
        """Who of the executors is away, until when, and who stands in."""
        for wizard in self:
            people = self.env["res.users"]
            for line in wizard.line_ids:
                # Where nobody is named it is the leader who is told.
                people |= line.user_id or line.unit_id.user_id
            tz = wizard.ticket_ids[:1]._social_tz() if wizard.ticket_ids else None
            wizard.absence_note = "\n".join(people._social_absence_words(tz))

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        tickets = self.env["helpdesk.ticket"].browse(
            self.env.context.get("default_ticket_ids", [])
        )
        if len(tickets) == 1:
            defaults["category_id"] = tickets.category_id.id
            defaults["territory_id"] = tickets.territory_id.id
            defaults["importance"] = tickets.importance
            defaults["needs_photo"] = tickets.needs_photo
        return defaults

    def action_confirm(self):
        """Write what the curator set and assign; the facts come first, since the
        clocks that open follow from them."""
        self.ensure_one()
        tickets = self.ticket_ids
        tickets._check_curator()
        vals = {"needs_photo": True} if self.needs_photo else {}
        if len(tickets) == 1:
            vals["needs_photo"] = self.needs_photo
        for name in ("category_id", "territory_id"):
            if self[name]:
                vals[name] = self[name].id
        if self.importance:
            vals["importance"] = self.importance
        if vals:
            tickets.write(vals)
        tickets.assign(
            [(line.unit_id, line.user_id) for line in self.line_ids], note=self.note
        )
        publishers = self.line_ids.filtered("may_publish").unit_id
        live = tickets.assignment_ids.filtered("is_live")
        live.filtered(lambda a: a.unit_id in publishers).allow_publishing(True)
        return {"type": "ir.actions.act_window_close"}


class HelpdeskSocialAssignLine(models.TransientModel):
    _name = "helpdesk.social.assign.line"
    _description = "Executor to assign"

    wizard_id = fields.Many2one(
        "helpdesk.social.assign", required=True, ondelete="cascade"
    )
    unit_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        domain=[("is_social_unit", "=", True)],
    )
    member_ids = fields.Many2many(
        "res.users", compute="_compute_member_ids", string="Members"
    )
    user_id = fields.Many2one("res.users", "Person")
    may_publish = fields.Boolean(
        "Publishes itself", help="The executor publishes the reply once it is approved."
    )

    @api.depends("unit_id")
    def _compute_member_ids(self):
        for line in self:
            line.member_ids = line.unit_id.user_ids | line.unit_id.user_id
