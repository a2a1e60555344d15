import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..language.suggest import rank
from .helpdesk_social_keywords import FIELD_OF

_logger = logging.getLogger(__name__)


class HelpdeskSocialAutoRule(models.Model):
    """What the software may do by itself with an incoming message.

    Nothing, unless an administrator has switched a rule on.  What a rule does is in
    the history with no person behind it and the rule named.
    """

    _name = "helpdesk.social.auto.rule"
    _description = "Automatic rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        "Switched on", default=False, help="Off by default: a person decides."
    )
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        default=lambda self: self.env.company,
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        "Suggested topic",
        ondelete="cascade",
        help="The rule applies where this topic is the likeliest; any where empty.",
    )
    keywords = fields.Text(
        help="Beginnings of words, with commas, of which the message must have some."
    )
    min_score = fields.Float(
        "Surely enough",
        default=0.75,
        digits=(3, 2),
        help="From 0 to 1. One word that speaks for a topic alone gives 0.5, two give "
        "0.75, three 0.88.",
    )
    set_topic = fields.Boolean("Fill in the topic", default=True)
    set_territory = fields.Boolean("Fill in the location")
    unit_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Unit to assign",
        domain=[("is_social_unit", "=", True)],
        help="Assigning implies taking into work. Leave empty to leave it to a person.",
    )

    @api.constrains("min_score")
    def _check_min_score(self):
        for rule in self:
            if not 0 < rule.min_score <= 1:
                raise ValidationError(
                    self.env._("How sure a rule must be is above 0 and at most 1.")
                )

    @api.constrains("category_id", "keywords")
    def _check_condition(self):
        for rule in self:
            if not rule.category_id and not (rule.keywords or "").strip():
                raise ValidationError(
                    self.env._("Name the topic or the words that the rule is for.")
                )

    @api.model
    def _follow(self, tickets):
        """Follow the rules that are switched on, for messages just received."""
        # sudo: rules act for nobody.  Off is archived, so these are on.
        rules = self.sudo().search([("company_id", "in", tickets.company_id.ids)])
        if not rules:
            return
        automatic = {**self.env.context, "social_automatic": True}
        for ticket in tickets.with_user(SUPERUSER_ID).with_context(automatic):
            for rule in rules.filtered(
                lambda r, t=ticket: r.company_id == t.company_id
            ):
                if rule._fits(ticket):
                    rule._act_on(ticket)

    def _fits(self, ticket):
        """Whether the words of ``ticket`` speak surely enough for this rule."""
        self.ensure_one()
        scores = []
        if self.category_id:
            topics = (ticket.suggestion_data or {}).get("topic", ())
            likeliest = topics[0] if topics else (None, 0)
            scores.append(likeliest[1] if likeliest[0] == self.category_id.id else 0)
        if (self.keywords or "").strip():
            found = rank(ticket.original_text or "", {self.id: self.keywords})
            scores.append(found[0].score if found else 0)
        # What is asked for is kept to two digits.
        return bool(scores) and round(min(scores), 2) >= round(self.min_score, 2)

    def _act_on(self, ticket):
        """Fill in what is empty, then assign; a failure leaves it to a person."""
        self.ensure_one()
        words = self.env._("Automatic rule «%s»", self.name)
        try:
            with self.env.cr.savepoint():
                filled = self._fill_in(ticket)
                if filled:
                    ticket._record_event(
                        "facts_changed", note=f"{words}: {', '.join(filled)}"
                    )
                if self.unit_id and ticket.social_state == "to_triage":
                    none = self.env["res.users"]
                    ticket.assign([(self.unit_id, none)], note=words)
        except UserError as error:
            _logger.warning("Rule %s on ticket %s: %s", self.id, ticket.id, error)
            # Both are in the reader's language already.
            # pylint: disable=translation-required
            ticket.message_post(body=f"{words}: {error}")

    def _fill_in(self, ticket):
        """Set topic and place that the words suggest; returns their names."""
        filled = []
        for kind, wanted in (
            ("topic", self.set_topic),
            ("territory", self.set_territory),
        ):
            field = FIELD_OF[kind]
            hits = (ticket.suggestion_data or {}).get(kind, ())
            key = hits[0][0] if hits and hits[0][1] >= self.min_score else False
            if kind == "topic" and self.category_id:
                key = self.category_id.id
            if wanted and key and not ticket[field]:
                ticket[field] = key
                filled.append(ticket[field].display_name)
        return filled
