from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

#: Up to so many days the course is told by day, then by week, then by month.
MOST_DAYS, MOST_WEEKS = 45, 190
#: Late answers that the screen lists; the report has all.
MOST_LATE = 15


class HelpdeskSocialFigures(models.AbstractModel):
    """How the figures went from day to day, for a chart."""

    _inherit = "helpdesk.social.figures"

    @api.model
    def _course(self, company, period, filters):
        """Received and answered messages by day, week or month of the period.

        Rows in order, none left out: {name, received, answered}.
        """
        step = "month"
        if period.days() <= MOST_DAYS:
            step = "day"
        elif period.days() <= MOST_WEEKS:
            step = "week"
        scopes = self._scopes(company, period, filters)
        zone = self._tz(company).zone
        received = self._by_step(*scopes["received"], "received_at", step, zone)
        answered = self._by_step(*scopes["answered"], "answered_at", step, zone)
        return [
            {
                "name": self._step_name(day, step),
                "received": received.get(day, 0),
                "answered": answered.get(day, 0),
            }
            for day in _steps(period, step)
        ]

    @api.model
    def _by_step(self, model, domain, name, step, zone):
        """{first day of the step in the zone: rows}."""
        query = self.env[model]._search(domain)
        local = SQL(
            "(%s AT TIME ZONE 'UTC') AT TIME ZONE %s",
            SQL.identifier(query.table, name),
            zone,
        )
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT date_trunc(%s, %s)::date, count(*) FROM %s WHERE %s"
                    " GROUP BY 1",
                    step,
                    local,
                    query.from_clause,
                    query.where_clause or SQL("TRUE"),
                )
            )
        )

    @api.model
    def _step_name(self, day, step):
        pattern = "LLLL y" if step == "month" else "d MMM"
        return format_date(self.env, day, date_format=pattern)

    @api.model
    def _late_for_browser(self, company, period, filters):
        """The latest late answers, their instants as Odoo's texts."""
        rows = self._late_answers(company, period, filters)
        for row in rows[-MOST_LATE:]:
            for name in ("due", "done"):
                row[name] = fields.Datetime.to_string(row[name]) if row[name] else False
        return {"count": len(rows), "rows": rows[-MOST_LATE:][::-1]}


def _steps(period, step):
    """First days of all steps that touch a period."""
    day: date = period.first
    if step == "week":
        day -= timedelta(day.weekday())
    elif step == "month":
        day = day.replace(day=1)
    while day <= period.last:
        yield day
        day += relativedelta(**{f"{step}s": 1})
