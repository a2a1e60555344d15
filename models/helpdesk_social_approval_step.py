from odoo import api, fields, models

from .res_users import GROUP_APPROVER

ROLES = [
    ("signatory", "Signatory of the unit"),
    ("curator", "Curator"),
    ("managing_director", "Managing director"),
    ("superior_curator", "Superior curator"),
]
#: Roles that agree the whole reply, after the curator has approved all drafts.
AFTER_CURATOR = ("managing_director", "superior_curator")
#: Roles that may be held by somebody outside, who has no account here.
MAY_BE_OUTSIDE = ("superior_curator",)


class HelpdeskSocialApprovalStep(models.Model):
    """One step of the chain that a reply must pass, in the order of the act."""

    _name = "helpdesk.social.approval.step"
    _description = "Step of the approval chain"
    _inherit = "helpdesk.social.act.part"
    _order = "regulation_id, sequence, id"

    role = fields.Selection(ROLES, required=True)

    @api.constrains("role", "sequence", "regulation_id")
    def _check_order(self):
        self.regulation_id._check_chain_order()

    def _appointed(self, ticket):
        """Those whom a local act names for this step on ``ticket`` today."""
        self.ensure_one()
        day = fields.Date.context_today(self.with_context(tz=ticket._social_tz()))
        Appointment = self.env["helpdesk.social.appointment"]
        return Appointment._appointed(ticket.company_id, self.role, day).user_id

    def _holders(self, ticket):
        """Those named who can be asked: by themselves, or through a stand-in."""
        appointed = self._appointed(ticket)
        able = self._approvers(ticket)
        absences = appointed._social_absences()
        return appointed.filtered(
            lambda user: (
                user in able or (user in absences and absences[user].stand_ins & able)
            )
        )

    def _approvers(self, ticket):
        """The people who may decide this step on ``ticket`` today.

        Those named and, for the absent, whoever stands in for them; of all these
        whose rights let them.
        """
        appointed = self._appointed(ticket)
        absences = appointed._social_absences().values()
        people = appointed.union(*(absence.stand_ins for absence in absences))
        return people.filtered(lambda user: user.has_group(GROUP_APPROVER))
