from odoo import api, fields, models

from .helpdesk_social_norm_word import ENDS

WORD = "helpdesk.social.norm.word"


class HelpdeskSocialNorm(models.Model):
    """What forms show of a norm in place of the engine's codes.

    Codes stay the truth: they are what presets are written in, what a copy of the
    regulation takes along and what the engine reads.
    """

    _inherit = "helpdesk.social.norm"

    end_ids = fields.Many2many(
        WORD,
        string="Ends",
        compute="_compute_end_ids",
        inverse="_inverse_end_ids",
        domain=[("usage", "=", ENDS)],
        help="Events that end the clock; the first one counts.",
    )
    before_id = fields.Many2one(
        "helpdesk.social.norm",
        "Before which deadline",
        compute="_compute_before_id",
        inverse="_inverse_before_id",
        domain="[('regulation_id', '=', regulation_id), ('id', '!=', id)]",
        help="Norms of this regulation that are saved already.",
    )

    @api.depends("code", "clause", "name", "stage")
    @api.depends_context("lang")
    def _compute_display_name(self):
        stages = dict(self._fields["stage"]._description_selection(self.env))
        for norm in self:
            words = (norm.clause, norm.name or stages.get(norm.stage))
            shown = " ".join(word for word in words if word)
            norm.display_name = f"{shown} ({norm.code})" if shown else norm.code

    @api.depends("ends")
    def _compute_end_ids(self):
        for norm in self:
            norm.end_ids = self.env[WORD]._of(ENDS, norm.ends)

    def _inverse_end_ids(self):
        for norm in self:
            text = norm.end_ids._text()
            if text != norm.ends:
                norm.ends = text

    # The onchanges fill the columns that a new row cannot be stored without.
    @api.onchange("end_ids")
    def _onchange_end_ids(self):
        self.ends = self.end_ids._text()

    @api.depends("before_code", "regulation_id")
    def _compute_before_id(self):
        for norm in self:
            norm.before_id = norm.before_code and self.search(
                [
                    ("regulation_id", "=", norm.regulation_id._origin.id),
                    ("code", "=", norm.before_code),
                ]
            )

    def _inverse_before_id(self):
        for norm in self:
            if norm.before_id.code != norm.before_code:
                norm.before_code = norm.before_id.code

    @api.onchange("before_id")
    def _onchange_before_id(self):
        self.before_code = self.before_id.code

    @api.onchange("term_unit")
    def _onchange_term_unit(self):
        if self.term_unit != "before":
            self.before_code = False
        if self.term_unit == "working_day_end":
            self.term_amount = 0

    @api.onchange("stage")
    def _onchange_stage(self):
        """Offer a code, unlike those of the other norms."""
        if self.code or not self.stage:
            return
        taken = set((self.regulation_id.norm_ids - self).mapped("code"))
        prefix = self.regulation_id.code
        code = base = f"{prefix}.{self.stage}" if prefix else self.stage
        number = 1
        while code in taken:
            number += 1
            code = f"{base}.{number}"
        self.code = code

    @api.depends("before_id")
    def _compute_term_text(self):
        # The norm that the term counts back from by its name, not its code.
        res = super()._compute_term_text()
        for norm in self.filtered("before_id"):
            other = norm.before_id
            name = other.name or other.display_name
            norm.term_text = norm.term_text.removesuffix(norm.before_code) + f"«{name}»"
        return res


class HelpdeskSocialNormCondition(models.Model):
    _inherit = "helpdesk.social.norm.condition"

    value_ids = fields.Many2many(
        WORD,
        string="Values",
        compute="_compute_value_ids",
        inverse="_inverse_value_ids",
        domain="[('usage', '=', fact)]",
    )

    @api.depends("fact", "value")
    def _compute_value_ids(self):
        for condition in self:
            condition.value_ids = self.env[WORD]._of(condition.fact, condition.value)

    def _inverse_value_ids(self):
        for condition in self:
            text = condition.value_ids._text()
            if text != condition.value:
                condition.value = text

    @api.onchange("value_ids")
    def _onchange_value_ids(self):
        self.value = self.value_ids._text()

    @api.onchange("fact")
    def _onchange_fact(self):
        self.value = self.env[WORD]._of(self.fact, self.value)._text()
