from odoo import api, models
from odoo.tools import format_datetime


class HelpdeskSocialReportUnit(models.AbstractModel):
    """How one unit kept its terms in a period: its figures, late steps and flaws."""

    _name = "report.helpdesk_mgmt_social.report_unit"
    _inherit = ["report.helpdesk_mgmt_social.report_month"]
    _description = "Discipline of a unit"

    @api.model
    def _report(self, wizard):
        Figures = self.env["helpdesk.social.figures"]
        company = wizard.company_id
        period = Figures._period(company, wizard.first, wizard.last)
        before = Figures._previous(company, period)
        filters = wizard._filters()
        args = (company, period, filters)
        stages = Figures._stages(*args)
        return {
            "organisation": company.name,
            "unit": wizard.unit_id.name,
            "period": self._days(period),
            "previous": self._days(before),
            "made": self._made(Figures, company),
            "made_by": self.env.user.name,
            "rows": self._unit_rows(
                self._unit_figures(Figures, *args),
                self._unit_figures(Figures, company, before, filters),
            ),
            "stages": stages,
            "stages_picture": self._terms_picture(
                self.env._("Terms by step of the procedure"), stages
            ),
            "reworks": Figures._rework_reasons(*args),
            "late": self._late_rows(Figures, *args, stages=None),
            "flaws": self._flaw_rows(Figures, *args),
            "duration": self._duration,
            "share": self._share,
        }

    @api.model
    def _unit_figures(self, Figures, company, period, filters):
        """The one row of figures of the unit, None without any."""
        rows = Figures._units(company, period, filters)
        return rows[0] if rows else None

    @api.model
    def _unit_rows(self, now, then):
        """(label, value, previous value), in words."""
        labels = {
            "shares": (self.env._("Assignments"), str),
            "done": (self.env._("Answered"), str),
            "declined": (self.env._("Declined"), str),
            "in_time": (self.env._("Terms kept"), self._share),
            "late": (self.env._("Terms missed"), str),
            "median": (self.env._("To the draft, median"), self._duration),
            "p90": (self.env._("9 of 10 drafts within"), self._duration),
            "reworked": (self.env._("Sent back for rework"), self._share),
            "flaws": (self.env._("Flaws"), str),
        }
        return [
            (label, *(words(row[key]) if row else "–" for row in (now, then)))
            for key, (label, words) in labels.items()
        ]

    @api.model
    def _flaw_rows(self, Figures, company, period, filters):
        rows = Figures._unit_flaws(company, period, filters["unit_id"])
        zone = Figures._tz(company).zone
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        states = dict(rows._fields["state"]._description_selection(self.env))
        return [
            {
                "at": format_datetime(
                    self.env, flaw.at, tz=zone, dt_format="dd.MM.y HH:mm"
                ),
                "number": flaw.ticket_id.number,
                "kind": kinds[flaw.kind],
                "clause": flaw.clause or "",
                "person": flaw.responsible_id.name or "",
                "explanation": flaw.explanation or "",
                "state": states[flaw.state],
                "decision": flaw.decision or "",
            }
            for flaw in rows
        ]
