from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .helpdesk_social_deadline import STAGES

MOMENTS = [
    ("share", "After a share of the term"),
    ("before", "Before the deadline"),
    ("at", "At the deadline"),
    ("after", "After the deadline"),
]
RECIPIENTS = [
    ("actor", "Who must act"),
    ("executor", "Executor"),
    ("substitute", "Substitute"),
    ("unit_leader", "Leader of the unit"),
    ("duty", "Curator on duty"),
    ("curator", "Curator of the message"),
    ("deputy_head", "Deputy head"),
    ("head", "Head"),
]
CHANNELS = [
    ("activity", "Activity"),
    ("email", "E-mail"),
    ("inbox", "Inbox notification"),
]

#: What decides when a step fires, and for which clocks.
PLANNED_BY = ("regulation_id", "stage", "moment", "minutes", "share")


class HelpdeskSocialEscalationStep(models.Model):
    """Who is warned of a deadline, when, and how.

    A step moves no clock, so an administration may change the steps of its own
    regulation at any time.  Each fires once per clock: a step that has fired stays
    fired when the deadline moves.  A changed or added step counts for the running
    clocks, too.
    """

    _name = "helpdesk.social.escalation.step"
    _description = "Escalation step"
    _order = "regulation_id, sequence, id"

    regulation_id = fields.Many2one(
        "helpdesk.social.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    stage = fields.Selection(STAGES, help="Empty: every stage.")
    moment = fields.Selection(MOMENTS, "When", required=True, default="at")
    minutes = fields.Integer(
        help="How many minutes before or after the deadline. A warning that would "
        "come before the clock has started is left out."
    )
    share = fields.Integer(
        "Share, %",
        help="Of the time between the start of the clock and its deadline.",
    )
    recipient = fields.Selection(RECIPIENTS, "Who is told", required=True)
    channel = fields.Selection(CHANNELS, "How", required=True, default="inbox")
    raise_priority = fields.Boolean(help="The priority of the message goes up by one.")
    record_flaw = fields.Boolean(
        help="The late step is recorded as a flaw, once per clock."
    )

    @api.depends("stage", "moment", "minutes", "share", "recipient", "channel")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("stage", "recipient", "channel")
        }
        for step in self:
            parts = [
                step._moment_words(),
                words["recipient"].get(step.recipient, ""),
                words["channel"].get(step.channel, ""),
            ]
            if step.stage:
                parts.insert(0, words["stage"][step.stage])
            step.display_name = " · ".join(part for part in parts if part)

    def _moment_words(self):
        """When the step fires, in words."""
        if self.moment == "share":
            return self.env._("at %s %% of the term", self.share)
        if self.moment == "before":
            return self.env._("%s min before the deadline", self.minutes)
        if self.moment == "after":
            return self.env._("%s min after the deadline", self.minutes)
        return self.env._("at the deadline")

    @api.constrains("moment", "minutes", "share", "record_flaw")
    def _check_moment(self):
        for step in self:
            if step.moment == "share" and not 1 <= step.share <= 100:
                raise ValidationError(
                    self.env._("The share of a term is between 1 and 100 %.")
                )
            if step.moment in ("before", "after") and step.minutes < 1:
                raise ValidationError(
                    self.env._("Say how many minutes before or after the deadline.")
                )
            if step.record_flaw and step.moment != "after":
                raise ValidationError(
                    self.env._(
                        "A flaw is recorded after the deadline only: until then, and "
                        "at its very instant, the step can be done in time."
                    )
                )

    # -- when --------------------------------------------------------------------

    def _instant(self, start, due):
        """When this step fires for a clock from ``start`` to ``due`` (UTC)."""
        self.ensure_one()
        if self.moment == "share":
            seconds = int((due - start).total_seconds() * self.share / 100)
            return start + timedelta(seconds=seconds)
        if self.moment == "before":
            return due - timedelta(minutes=self.minutes)
        if self.moment == "after":
            return due + timedelta(minutes=self.minutes)
        return due

    def _plan(self, stage, start, due):
        """(instant, step) of those of these steps that concern a clock of ``stage``
        from ``start`` to ``due``, earliest first.

        A warning from before the clock started is none: the term is shorter than
        the time it warns ahead.
        """
        plan = [
            (step._instant(start, due), step)
            for step in self
            if not step.stage or step.stage == stage
        ]
        return sorted(
            (pair for pair in plan if pair[0] > start),
            key=lambda pair: (pair[0], pair[1].sequence, pair[1].id),
        )

    # -- create, write -----------------------------------------------------------

    def _check_may_change(self):
        """Refuse a change of a preset's steps."""
        if not self.env.su:
            presets = self.regulation_id.filtered("is_preset")
            presets._check_may_change()

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._check_may_change()
        steps.regulation_id._plan_alerts()
        return steps

    def write(self, vals):
        self._check_may_change()
        # The steps of presets are written with every update of the module; what
        # stays as it was sets nothing in motion.
        before = [tuple(step[name] for name in PLANNED_BY) for step in self]
        regulations = self.regulation_id
        res = super().write(vals)
        if before != [tuple(step[name] for name in PLANNED_BY) for step in self]:
            self._check_may_change()
            (regulations | self.regulation_id)._plan_alerts()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_check(self):
        self._check_may_change()

    def unlink(self):
        regulations = self.regulation_id
        res = super().unlink()
        regulations._plan_alerts()
        return res
