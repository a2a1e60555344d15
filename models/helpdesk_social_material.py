import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskSocialMaterial(models.Model):
    """A file or a link that helps to draft replies under a regulation.

    It is no part of the act: it may change at any time, and an administration keeps
    its own beside a preset.
    """

    _name = "helpdesk.social.material"
    _description = "Methodical material"
    _order = "sequence, id"

    regulation_id = fields.Many2one(
        "helpdesk.social.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    name = fields.Char(required=True)
    url = fields.Char("Link")
    file = fields.Binary(attachment=True)
    file_name = fields.Char("Name of the file")
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        "Topic",
        ondelete="set null",
        help="Shown for messages of this topic only. Empty: for all messages.",
    )
    sequence = fields.Integer(default=10)
    href = fields.Char("Address", compute="_compute_href")

    @api.depends("url", "file_name")
    def _compute_href(self):
        """Where a click leads: to the link, or to the file as a download."""
        for material in self:
            material.href = material.url or (
                f"/web/content/{self._name}/{material.id}/file?download=true"
                f"&filename_field=file_name"
            )

    @api.constrains("url", "file")
    def _check_source(self):
        for material in self:
            if not material.url and not material.file:
                raise ValidationError(
                    self.env._("Attach a file or write a link to «%s».", material.name)
                )
            if material.url and not re.match(r"https?://", material.url, re.I):
                raise ValidationError(
                    self.env._("Write the whole link, beginning with https://, please.")
                )

    @api.model
    def _for_ticket(self, ticket):
        """What is at hand for replies to ``ticket``, its own topic first."""
        if not ticket.regulation_id:
            return self
        topic = ticket.category_id
        path = (topic.parent_path or "").split("/")
        topics = [int(part) for part in path if part] or topic.ids
        found = self.search(
            [
                ("regulation_id", "=", ticket.regulation_id.id),
                ("company_id", "=", ticket.company_id.id),
                ("category_id", "in", [*topics, False]),
            ]
        )
        return found.sorted(lambda material: not material.category_id)
