from odoo import api, models

from .helpdesk_social_approval import ACTIVITY_APPROVAL
from .res_users import GROUP_APPROVER


class HelpdeskSocialApproval(models.Model):
    """Whoever stands in for an absent approver: told, and recorded as such.

    Kept on the row are those whom the act names; who stands in for them is looked up
    when it matters, so a right ends with the absence.
    """

    _inherit = "helpdesk.social.approval"

    def _on_behalf(self, user):
        """For whom ``user`` decides here; empty for one who decides in own right."""
        self.ensure_one()
        if self.outside or user in self.approver_ids:
            return user.browse()
        return ((user._social_principals() - user) & self.approver_ids)[:1]

    def _people_to_ask(self):
        """Those named, and in place of the absent whoever stands in for them."""
        self.ensure_one()
        absences = self.approver_ids._social_absences()
        people = self.env["res.users"]
        for user in self.approver_ids:
            stand_ins = absences[user].stand_ins if user in absences else people
            able = stand_ins.filtered(lambda one: one.has_group(GROUP_APPROVER))
            people |= able[:1] or user
        return people

    @api.model
    def _follow_absences(self, people=None):
        """Move what is asked of these ``people`` (of all by default) to whoever is in
        charge now."""
        domain = [("state", "=", "waiting"), ("outside", "=", False)]
        if people is not None:
            domain.append(("approver_ids", "in", people.ids))
        kind = self.env.ref(ACTIVITY_APPROVAL)
        for approval in self.search(domain):
            planned = approval.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            )
            if planned and planned.user_id != approval._people_to_ask():
                planned.unlink()
                approval._notify_approvers()
