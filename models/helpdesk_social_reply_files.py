from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import human_size

from ..language.placeholders import open_places
from ..networks import NETWORKS, client_class


class HelpdeskSocialReply(models.Model):
    """What a reply carries besides its text, and what keeps it from being sent."""

    _inherit = "helpdesk.social.reply"

    account_id = fields.Many2one(
        "helpdesk.social.account", "Page that answers", readonly=True
    )

    def write(self, vals):
        before = {reply: reply.attachment_ids for reply in self}
        res = super().write(vals)
        if "attachment_ids" in vals and not self.env.su:
            for reply in self:
                reply._check_own_files(reply.attachment_ids - before[reply])
        return res

    def _check_own_files(self, files):
        """Refuse files that this user did not bring: a reply publishes them."""
        self.ensure_one()
        # sudo: whose they are, not what is in them.
        for file in files.sudo():
            if file.create_uid != self.env.user:
                raise AccessError(
                    self.env._("Attach your own files: «%s» is not yours.", file.name)
                )

    def _check_sendable(self, text):
        """Refuse to send what the network would not take, or a person must finish."""
        self.ensure_one()
        self._check_places(text)
        self._check_files(self.account_id.network or self.ticket_id.network)

    def _check_places(self, text):
        """Refuse a text in which a place of its template is still open."""
        places = open_places(text or "")
        if places:
            raise UserError(
                self.env._(
                    "Fill in what the template leaves open: %s.",
                    ", ".join(place.text for place in places),
                )
            )

    def _check_files(self, network):
        """Refuse files that ``network`` does not take; nothing is left out unsaid."""
        self.ensure_one()
        # sudo: their size and type; who may attach them was checked before.
        files = self.sudo().attachment_ids
        if not files or network not in NETWORKS:
            return
        limits = client_class(network).LIMITS
        if len(files) > limits.attachments:
            raise UserError(
                self.env._(
                    "The reply has %(count)d files; the network takes %(limit)d.",
                    count=len(files),
                    limit=limits.attachments,
                )
            )
        for file in files:
            reason = limits.refused(file.file_size, file.mimetype or "")
            if reason:
                raise UserError(self._file_refusal(reason, file, limits))

    def _file_refusal(self, reason, file, limits):
        if reason == "too_large":
            return self.env._(
                "The file «%(name)s» has %(size)s; the network takes %(limit)s.",
                name=file.name,
                size=human_size(file.file_size),
                limit=human_size(limits.attachment_bytes),
            )
        if reason == "empty":
            return self.env._("The file «%s» is empty: attach it again.", file.name)
        return self.env._(
            "The network takes no files like «%s». Attach a picture, a video or a PDF.",
            file.name,
        )


class HelpdeskSocialAssignment(models.Model):
    _inherit = "helpdesk.social.assignment"

    def _check_draft(self):
        res = super()._check_draft()
        self.reply_id._check_sendable(self.draft_text)
        return res


class HelpdeskSocialAccount(models.Model):
    _inherit = "helpdesk.social.account"

    may_publish = fields.Boolean(compute="_compute_may_publish")

    @api.depends_context("uid")
    @api.depends("curator_ids")
    def _compute_may_publish(self):
        for account in self:
            named = account.curator_ids
            account.may_publish = not named or self.env.user in named

    def _check_may_publish(self):
        """Refuse a page that this user does not answer from."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.su and not self.may_publish:
            raise AccessError(
                self.env._("You do not answer from the page «%s».", self.name)
            )
