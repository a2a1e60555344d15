from odoo import fields, models

SEQUENCE_CODE = "helpdesk.social.ticket"


class ResCompany(models.Model):
    _inherit = "res.company"

    social_regulation_id = fields.Many2one(
        "helpdesk.social.regulation",
        "Regulation of messages",
        help="For messages that came by none of the connected pages.",
    )

    def _social_desk(self):
        """The curators' desk of this administration, if it has named one."""
        self.ensure_one()
        # sudo: a scheduled action files messages for every administration.
        return (
            self.env["helpdesk.ticket.team"]
            .sudo()
            .search(
                [
                    ("is_social_desk", "=", True),
                    ("company_id", "in", [False, self.id]),
                ],
                limit=1,
            )
        )

    def _social_sequence(self):
        """The administration's own numbering of messages, made when first needed."""
        self.ensure_one()
        # sudo: whoever enters a message need not be allowed to configure sequences.
        Sequence = self.env["ir.sequence"].sudo()
        sequence = Sequence.search(
            [("code", "=", SEQUENCE_CODE), ("company_id", "=", self.id)], limit=1
        )
        return sequence or Sequence.create(
            {
                "name": self.env._("Social messages of %s", self.name),
                "code": SEQUENCE_CODE,
                "company_id": self.id,
                "prefix": "%(range_year)s-",
                "padding": 5,
                "use_date_range": True,
            }
        )
