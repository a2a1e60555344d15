from typing import NamedTuple

from odoo import fields, models, tools

from .helpdesk_social_requirement import DEFAULT_KINDS


class Asked(NamedTuple):
    """What is asked of a text: the line of the act, or a default without a clause."""

    kind: str
    severity: str
    amount: int = 0
    clause: str = ""


class HelpdeskSocialRegulation(models.Model):
    """What the act asks of the text of a reply."""

    _inherit = "helpdesk.social.regulation"

    material_ids = fields.One2many(
        "helpdesk.social.material", "regulation_id", "Methodical materials", copy=True
    )

    @tools.ormcache("self.id", "reply_kind")
    def _asked_of(self, reply_kind):
        """What a reply of ``reply_kind`` has to meet: a dict by kind of requirement.

        What is switched off is left out.  Some kinds are warned of under every
        regulation unless it has a line of its own about them.
        """
        asked = {kind: Asked(kind, "warn") for kind in DEFAULT_KINDS}
        # The first line about a kind counts.
        # sudo: the same for all, as it is remembered.
        for line in reversed(self.sudo().requirement_ids._asked_of(reply_kind)):
            asked[line.kind] = Asked(
                line.kind, line.severity, line.amount, line.clause or ""
            )
        return {kind: one for kind, one in asked.items() if one.severity != "off"}

    def _rework_reasons(self):
        """The reasons that drafts go back for under this regulation.

        The act's own; where it names none, the common ones that fit what it asks.
        """
        if self.rework_reason_ids:
            return self.rework_reason_ids
        kinds = {*self.requirement_ids.mapped("kind"), *DEFAULT_KINDS}
        common = self.env["helpdesk.social.rework.reason"].search(
            [("regulation_id", "=", False)]
        )
        return common.filtered(
            lambda reason: (
                not reason.requirement_kind or reason.requirement_kind in kinds
            )
        )
