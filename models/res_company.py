from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_users import GROUP_EXECUTOR, GROUP_HEAD

SEQUENCE_CODE = "helpdesk.social.ticket"


class ResCompany(models.Model):
    _inherit = "res.company"

    social_regulation_id = fields.Many2one(
        "helpdesk.social.regulation",
        "Regulation of messages",
        help="For messages that came by none of the connected pages.",
    )
    social_superior_email = fields.Char(
        "E-mail of the superior curator",
        help="Where replies are sent to be agreed, if the regulation asks that of "
        "somebody who does not work here.",
    )
    social_threat_user_ids = fields.Many2many(
        "res.users",
        "helpdesk_social_company_threat_user_rel",
        string="Told of threats",
        help="Told at once of a threat or a sign of suicide. Where nobody is named: "
        "whoever is on duty, else the heads.",
    )

    @api.constrains("social_threat_user_ids")
    def _check_social_threat_users(self):
        """Refuse who could not open the message they would be called to."""
        Finding = self.env["helpdesk.social.finding"]
        for company in self:
            for user in company.social_threat_user_ids:
                if not Finding._may_be_told(user, company):
                    raise ValidationError(
                        self.env._(
                            "%s has no role in the work with messages, so the message "
                            "could not be opened. Give the role of an executor first.",
                            user.name,
                        )
                    )

    def _social_lang(self):
        """Language of what is noted on nobody's behalf, for all who work here to read.

        What most of them read: an administration's own record is often older than its
        people's choice, and speaks where nobody works here yet or as many read either.
        """
        self.ensure_one()
        # sudo: a reader of a page need not know who works here.
        groups = (
            self.env["res.partner"]
            .sudo()
            ._read_group(
                [
                    (
                        "user_ids",
                        "any",
                        [
                            ("active", "=", True),
                            ("company_ids", "in", self.ids),
                            ("all_group_ids", "in", self._social_groups().ids),
                        ],
                    )
                ],
                ["lang"],
                ["__count"],
            )
        )
        own = self.sudo().partner_id.lang
        readers = {lang: count for lang, count in groups if lang}
        return max(readers, key=lambda lang: (readers[lang], lang == own), default=own)

    @api.model
    def _social_groups(self):
        """Roles of those who read the history of messages."""
        return self.env["res.groups"].union(
            *(self.env.ref(name) for name in (GROUP_EXECUTOR, GROUP_HEAD))
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

    def _social_numbers(self, count):
        """The next ``count`` numbers of messages, in order."""
        return self._social_sequence()._social_next(count)

    def _social_knows_chain(self):
        """Whether an act in use here lets somebody agree replies after the curator."""
        # sudo: what columns a board has does not depend on who looks.
        companies = self.sudo()
        accounts = companies.env["helpdesk.social.account"].search(
            [("company_id", "in", self.ids)]
        )
        acts = accounts.regulation_id | companies.social_regulation_id
        return bool(acts._chain_steps())
