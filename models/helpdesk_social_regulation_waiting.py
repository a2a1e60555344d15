from odoo import api, fields, models


class HelpdeskSocialRegulation(models.Model):
    """What a question to the author does to the clocks of the act."""

    _inherit = "helpdesk.social.regulation"

    waiting = fields.Selection(
        [("runs", "Run on"), ("stops", "Stop until the answer")],
        "While the author is asked, the clocks",
        required=True,
        default="runs",
        help="Stopped clocks go on with the author's answer, with as much time left as "
        "they had at the question.",
    )
    waiting_days = fields.Integer(
        "Longest wait for an answer, days",
        help="After so many days without an answer it is proposed to close the "
        "message, and stopped clocks go on. Empty: the administration's own number; "
        "clocks that stop need one here.",
    )
    waiting_clause = fields.Char("Clause on questions to the author")

    def _engine_data(self):
        return {
            **super()._engine_data(),
            "waiting": self.waiting,
            "waiting_days": self.waiting_days,
        }

    def _explain_step(self, step, clock):
        sentence = super()._explain_step(step, clock)
        if step.kind == "moved" and step.event.type == "clarification_published":
            waits = self.env._(
                "It stands still until the author answers, for %s days at most.",
                self.waiting_days,
            )
            sentence = f"{sentence} {waits}"
        return sentence

    @api.constrains("waiting", "waiting_days")
    def _check_waiting(self):
        self._check_act()

    _waiting_days_positive = models.Constraint(
        "CHECK(waiting_days >= 0)", "The longest wait cannot be negative."
    )
