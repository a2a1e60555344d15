from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class HelpdeskSocialReport(models.TransientModel):
    """Choose the period and the parts of the report to the head."""

    _name = "helpdesk.social.report"
    _description = "Report to the head"

    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        default=lambda self: self.env.company,
    )
    first = fields.Date(
        "First day", required=True, default=lambda self: self._last_month()[0]
    )
    last = fields.Date(
        "Last day", required=True, default=lambda self: self._last_month()[1]
    )
    unit_id = fields.Many2one(
        "helpdesk.ticket.team", domain=[("is_social_unit", "=", True)]
    )
    network = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["network"]
            ._description_selection(self.env)
        )
    )
    analysis = fields.Boolean("Analysis by network, topic and location", default=True)
    timeliness = fields.Boolean("Timeliness by step and unit", default=True)
    quality = fields.Boolean("Quality of the replies", default=True)
    late = fields.Boolean("Appendix: late answers", default=True)

    @api.depends("first", "last")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Report %(first)s – %(last)s",
                first=format_date(self.env, report.first),
                last=format_date(self.env, report.last),
            )

    @api.model
    def _last_month(self):
        """First and last day of the month before the present one."""
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(months=1), first - relativedelta(days=1)

    def _filters(self):
        self.ensure_one()
        return {"unit_id": self.unit_id.id, "network": self.network}

    def _filter_words(self):
        """What the report is narrowed to, in words; empty where to nothing."""
        self.ensure_one()
        labels = dict(self._fields["network"]._description_selection(self.env))
        words = [self.unit_id.name, labels.get(self.network)]
        return ", ".join(word for word in words if word)

    def _parts(self):
        self.ensure_one()
        names = ("analysis", "timeliness", "quality", "late")
        return [name for name in names if self[name]]

    def action_print(self):
        """The report to the head as PDF."""
        return self._print("helpdesk_mgmt_social.report_month_action")

    def action_print_unit(self):
        """The discipline of one unit as PDF."""
        if not self.unit_id:
            raise UserError(self.env._("Choose the unit whose discipline is printed."))
        return self._print("helpdesk_mgmt_social.report_unit_action")

    def _print(self, action):
        self._check_wishes()
        return self.env.ref(action).report_action(self, config=False)

    def _check_wishes(self):
        """Refuse whoever may not read figures, and days in the wrong order: that is
        told here and not on a failed download."""
        self.ensure_one()
        Figures = self.env["helpdesk.social.figures"]
        Figures._check_reader()
        Figures._company(self.company_id.id)
        Figures._period(self.company_id, self.first, self.last)
