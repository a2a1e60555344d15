from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .helpdesk_social_finding import EXCLUDING
from .helpdesk_social_requirement import KINDS


class HelpdeskSocialReasonMixin(models.AbstractModel):
    """What the reference books of reasons have in common."""

    _name = "helpdesk.social.reason.mixin"
    _description = "Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    clause = fields.Char(help="The clause of the act that this reason comes from.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", string="Administration")
    regulation_id = fields.Many2one(
        "helpdesk.social.regulation",
        ondelete="cascade",
        help="Leave empty for a reason that every regulation knows.",
    )


class HelpdeskSocialReworkReason(models.Model):
    """Why a draft goes back to its executor."""

    _name = "helpdesk.social.rework.reason"
    _inherit = "helpdesk.social.reason.mixin"
    _description = "Rework reason"

    requirement_kind = fields.Selection(
        KINDS,
        "Requirement",
        help="A draft that fails this requirement is proposed for rework with this "
        "reason.",
    )

    def _proposed_by(self, checks):
        """Those of these reasons that ``checks`` (kept with a version) speak for.

        By the requirement that failed, or by the clause where a reason and a failed
        requirement share one.
        """
        kinds = {check["kind"] for check in checks}
        clauses = {check["clause"] for check in checks if check["clause"]}
        return self.filtered(
            lambda reason: (
                reason.requirement_kind in kinds
                or (reason.regulation_id and reason.clause in clauses)
            )
        )


class HelpdeskSocialExclusionReason(models.Model):
    """Why a message is not subject to a reply."""

    _name = "helpdesk.social.exclusion.reason"
    _inherit = "helpdesk.social.reason.mixin"
    _description = "Exclusion reason"

    finding_kinds = fields.Char(
        "Findings",
        help="Kinds of findings that this ground is proposed for, separated by "
        "commas: obscenity, insult, threat.",
    )

    @api.constrains("finding_kinds")
    def _check_finding_kinds(self):
        for reason in self:
            unknown = [k for k in reason._finding_kinds() if k not in EXCLUDING]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Unknown kinds of findings: %(unknown)s. Write some of: "
                        "%(known)s.",
                        unknown=", ".join(unknown),
                        known=", ".join(EXCLUDING),
                    )
                )

    def _finding_kinds(self):
        """Kinds of findings that this ground is proposed for."""
        self.ensure_one()
        kinds = (self.finding_kinds or "").split(",")
        return [kind.strip() for kind in kinds if kind.strip()]

    @api.model
    def _grounds(self, regulations):
        """The grounds of these acts, or the common ones where they name none."""
        own = self.search([("regulation_id", "in", regulations.ids)])
        return own or self.search([("regulation_id", "=", False)])

    def _matching(self, findings):
        """The first of these grounds that most of ``findings`` speak for, if any."""
        kinds = findings.mapped("kind")
        scores = {r: sum(k in r._finding_kinds() for k in kinds) for r in self}
        best = max(self, key=scores.get, default=self)
        return best if scores.get(best) else self.browse()


class HelpdeskSocialNoReactionReason(models.Model):
    """Why a message needs no reaction."""

    _name = "helpdesk.social.no.reaction.reason"
    _inherit = "helpdesk.social.reason.mixin"
    _description = "Reason for no reaction"
