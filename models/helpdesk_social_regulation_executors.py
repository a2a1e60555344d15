from odoo import api, fields, models


class HelpdeskSocialRegulation(models.Model):
    """What an act says about those who answer."""

    _inherit = "helpdesk.social.regulation"

    executor_publishes = fields.Boolean(
        "Executors may publish",
        help="By agreement with the curator, who allows it for each assignment.",
    )
    executor_publishes_clause = fields.Char("Clause on publishing by executors")
    asks_appointments = fields.Boolean(
        "Roles rest on local acts",
        help="Curators and executors are named by a local act with number and date.",
    )
    asks_appointments_clause = fields.Char("Clause on local acts")
    unappointed_count = fields.Integer(compute="_compute_unappointed_count")

    def _executor_may_place(self, intake):
        """Whether the act lets executors place the reply to a message that came by
        ``intake``: on the network, or in the system where the answer belongs."""
        self.ensure_one()
        # sudo: what is asked does not depend on who makes a step.
        act = self.sudo()
        rule = act.source_rule_ids.filtered(lambda rule: rule.intake == intake)
        elsewhere = rule.mode == "answer" and not rule.executor_places
        return act.executor_publishes and not elsewhere

    def _signature_step(self):
        """The clause of the signature inside the unit, where the chain has one
        before the curator; None where it has not."""
        for step in self.sudo().approval_step_ids.sorted("sequence"):
            if step.role == "signatory":
                return step.clause
            if step.role == "curator":
                break
        return None

    @api.depends("asks_appointments")
    @api.depends_context("company")
    def _compute_unappointed_count(self):
        """People with a role here and without an act, in the own administration or,
        of a preset, in the reader's."""
        for regulation in self:
            company = regulation.company_id or self.env.company
            asked = regulation.asks_appointments
            people = company._social_unappointed() if asked else self.env["res.users"]
            regulation.unappointed_count = len(people)

    def action_unappointed(self):
        """Open the list of those people."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_unappointed"
        )
