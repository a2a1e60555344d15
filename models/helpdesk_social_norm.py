from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..deadlines import DeadlineError, Norm
from .helpdesk_social_deadline import STAGES
from .helpdesk_social_engine_words import engine_words

TERM_UNITS = [
    ("minutes", "min"),
    ("hours", "hr"),
    ("office_minutes", "office min"),
    ("office_hours", "office hr"),
    ("working_days", "working day(s)"),
    ("working_day_end", "within the working day"),
    ("calendar_days", "calendar day(s)"),
    ("before", "min before the deadline of"),
]
STARTS = [
    ("received", "Message received"),
    ("registered", "Taken into work"),
    ("assigned", "Executor assigned"),
    ("draft_submitted", "Draft submitted"),
    ("rework_requested", "Sent back for rework"),
    ("interim_published", "Interim reply published"),
    ("all_drafts", "Last draft, final or interim"),
    ("all_final_drafts", "Last final draft"),
]


class HelpdeskSocialNorm(models.Model):
    """One deadline rule of a regulation: from which event, to which, how long.

    One row is one norm of the deadline engine, column by column.
    """

    _name = "helpdesk.social.norm"
    _description = "Norm of a regulation"
    _inherit = "helpdesk.social.act.part"
    _order = "regulation_id, sequence, id"
    _rec_name = "code"

    code = fields.Char(required=True)
    name = fields.Char(translate=True)
    sequence = fields.Integer(
        help="Norms of one stage are tried in this order; the first that applies "
        "gives the term.",
    )
    stage = fields.Selection(STAGES, required=True)
    per_assignment = fields.Boolean("One clock per executor")
    start = fields.Selection(STARTS, "Counted from", required=True)
    ends = fields.Char(
        "Ended by",
        required=True,
        help="Events that end the clock, separated by commas; the first one counts.",
    )
    term_unit = fields.Selection(TERM_UNITS, required=True)
    term_amount = fields.Integer("Term")
    before_code = fields.Char(
        "Before the deadline of",
        help="Code of the norm that the term counts back from.",
    )
    extended_by_interim = fields.Boolean("Extended by an interim reply")
    condition_ids = fields.One2many(
        "helpdesk.social.norm.condition", "norm_id", "Conditions", copy=True
    )
    condition_text = fields.Char("When", compute="_compute_condition_text")
    term_text = fields.Char("How long", compute="_compute_term_text")

    _code_uniq = models.UniqueIndex(
        "(regulation_id, code)", "A norm's code is unique in its regulation."
    )

    @api.depends("term_unit", "term_amount", "before_code")
    @api.depends_context("lang")
    def _compute_term_text(self):
        units = dict(self._fields["term_unit"]._description_selection(self.env))
        for norm in self:
            words = [units.get(norm.term_unit, "")]
            if norm.term_unit != "working_day_end":
                words.insert(0, str(norm.term_amount))
            if norm.before_code:
                words.append(norm.before_code)
            norm.term_text = " ".join(words)

    @api.depends("condition_ids.group_no", "condition_ids.value")
    @api.depends_context("lang")
    def _compute_condition_text(self):
        for norm in self:
            groups = [
                self.env._(" or ").join(c.display_name for c in conditions)
                for conditions in norm.condition_ids.grouped("group_no").values()
            ]
            if len(groups) > 1:
                groups = [f"({g})" if len(g.split(" ")) > 3 else g for g in groups]
            norm.condition_text = self.env._(" and ").join(groups) or self.env._(
                "always"
            )

    def _engine_data(self):
        """The norm in the flat form of the deadline engine."""
        self.ensure_one()
        groups = self.condition_ids.grouped("group_no").values()
        return {
            "code": self.code,
            "name": self.name or "",
            "stage": self.stage,
            "clause": self.clause,
            "sequence": self.sequence,
            "per_assignment": self.per_assignment,
            "start": self.start,
            "ends": [end.strip() for end in (self.ends or "").split(",") if end],
            "term_unit": self.term_unit,
            "term_amount": self.term_amount,
            "before_norm": self.before_code or None,
            "extended_by_interim": self.extended_by_interim,
            "conditions": [[c._engine_data() for c in group] for group in groups],
        }

    @api.constrains(
        "code", "stage", "start", "ends", "term_unit", "term_amount", "before_code"
    )
    def _check_engine(self):
        for norm in self:
            try:
                Norm.from_data(norm._engine_data())
            except DeadlineError as error:
                norms = norm.regulation_id.norm_ids | norm
                words = engine_words(self.env, error, norms)
                raise ValidationError(words) from error


class HelpdeskSocialNormCondition(models.Model):
    """One fact that a norm asks for.

    Conditions with the same group number are alternatives; every group must hold.
    """

    _name = "helpdesk.social.norm.condition"
    _description = "Condition of a norm"
    _order = "group_no, id"

    norm_id = fields.Many2one(
        "helpdesk.social.norm", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="norm_id.company_id", store=True)
    group_no = fields.Integer("Alternatives", default=1, required=True)
    fact = fields.Selection(
        [
            ("intake", "Intake"),
            ("page_owner", "Whose page"),
            ("kind", "Kind"),
            ("importance", "Importance"),
            ("needs_photo", "Reply needs photographs"),
            ("network", "Network"),
            ("repeated", "Repeated"),
            ("after_interim", "After an interim reply"),
        ],
        required=True,
    )
    operator = fields.Selection(
        [("in", "is"), ("not in", "is not")], default="in", required=True
    )
    value = fields.Char(required=True, help="Values separated by commas.")

    @api.depends("fact", "operator", "value")
    @api.depends_context("lang")
    def _compute_display_name(self):
        facts = dict(self._fields["fact"]._description_selection(self.env))
        signs = dict(self._fields["operator"]._description_selection(self.env))
        for condition in self:
            labels = condition._value_labels()
            words = ", ".join(labels.get(v, v) for v in condition._values())
            condition.display_name = (
                f"{facts.get(condition.fact, '').lower()} "
                f"{signs.get(condition.operator, '')} {words}"
            )

    def _value_labels(self):
        """Labels of the values of this fact in the reader's language."""
        self.ensure_one()
        field = self.env["helpdesk.ticket"]._fields.get(self.fact)
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env))
        return {"true": self.env._("yes"), "false": self.env._("no")}

    def _values(self):
        return [value.strip() for value in (self.value or "").split(",")]

    def _engine_data(self):
        """The condition in the form of the deadline engine."""
        self.ensure_one()
        truth = {"true": True, "false": False}
        return [self.fact, self.operator, [truth.get(v, v) for v in self._values()]]

    @api.constrains("fact", "operator", "value")
    def _check_engine(self):
        self.norm_id._check_engine()

    @api.model_create_multi
    def create(self, vals_list):
        conditions = super().create(vals_list)
        conditions.norm_id.regulation_id._check_may_change()
        return conditions

    def write(self, vals):
        self.norm_id.regulation_id._check_may_change()
        res = super().write(vals)
        if "norm_id" in vals:
            self.norm_id.regulation_id._check_may_change()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_check(self):
        self.norm_id.regulation_id._check_may_change()
