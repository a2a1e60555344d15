from odoo import api, fields, models
from odoo.exceptions import AccessError

from .helpdesk_social_remark_words import remark_words
from .res_users import GROUP_CURATOR


class HelpdeskSocialAssignment(models.Model):
    """A draft held against the regulation, while it is written and when submitted."""

    _inherit = "helpdesk.social.assignment"

    draft_checks = fields.Json("Checks of the draft", compute="_compute_draft_checks")
    material_ids = fields.Many2many(
        "helpdesk.social.material",
        string="Methodical materials",
        compute="_compute_material_ids",
    )

    @api.depends("state", "reply_id.version_ids.checks")
    @api.depends_context("lang")
    def _compute_draft_checks(self):
        """The remarks on the text as submitted; none while it is being written."""
        for assignment in self:
            written = assignment.state in ("assigned", "accepted", "rework")
            version = assignment.reply_id._last_version()
            kept = [] if written else version.checks or []
            assignment.draft_checks = remark_words(self.env, kept) or False

    @api.depends("ticket_id.regulation_id", "ticket_id.category_id")
    def _compute_material_ids(self):
        Material = self.env["helpdesk.social.material"]
        for assignment in self:
            assignment.material_ids = Material._for_ticket(assignment.ticket_id)

    def check_text(self, text, kind=None):
        """Remarks on ``text`` as the draft of this assignment.

        For its holders, for curators and for whoever is to sign it; AccessError for
        others.  Returns what ``helpdesk.ticket.check_text`` does.  ``kind``: that of
        the draft by default.
        """
        self.ensure_one()
        self._check_text_access()
        # sudo: who asks holds or reviews this draft, and learns nothing else.
        draft = self.sudo()
        kind = kind or draft.reply_id.kind
        return draft.ticket_id._worded_checks(text, kind, draft.reply_id)

    def _check_text_access(self):
        """Refuse whoever neither holds, signs nor reviews these assignments."""
        if self.env.su or self.env.user.has_group(GROUP_CURATOR):
            self.ticket_id._check_text_access()
            return
        user = self.env.user
        held = self.search_fetch(
            [("id", "in", self.ids), *user._social_holder_domain()],
            ["ticket_id", "reply_id"],
        )
        if self - held - self._signed_by(user, user._social_to_sign_domain()):
            raise AccessError(
                self.env._("Only its executor and the curator check a draft.")
            )

    def _check_draft(self):
        res = super()._check_draft()
        reply = self.reply_id
        self.ticket_id._refuse_blocking(self.draft_text, reply.kind, reply)
        return res
