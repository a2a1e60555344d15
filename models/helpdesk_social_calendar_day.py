from odoo import api, fields, models

from ..deadlines import Day, production_days


class HelpdeskSocialCalendarDay(models.Model):
    """A day that differs from its weekday.

    Rows without a calendar are the Russian production calendar, for every working
    schedule that follows it.  Rows with one are that organisation's own and win.
    """

    _name = "helpdesk.social.calendar.day"
    _description = "Day of the production calendar"
    _order = "date desc, calendar_id"
    _rec_name = "date"

    date = fields.Date(required=True, index=True)
    kind = fields.Selection(
        [
            ("off", "Day off"),
            ("work", "Working day"),
            ("short", "Working day, one hour shorter"),
        ],
        required=True,
    )
    hours_of = fields.Date(
        "With the hours of",
        help="For a working Saturday: the day off that it was exchanged for.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar", "Working schedule", index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="calendar_id.company_id", store=True)
    year = fields.Integer(compute="_compute_year", store=True, index=True)

    _day_uniq = models.UniqueIndex(
        "(date, COALESCE(calendar_id, 0))", "This day has an exception already."
    )

    @api.depends("date")
    def _compute_year(self):
        for day in self:
            day.year = day.date.year if day.date else 0

    @api.model
    def _load_shipped(self):
        """Bring the shipped years into the table; imported and changed days stay."""
        shipped = production_days()
        present = self.search([("calendar_id", "=", False)]).mapped("date")
        self.create(
            [
                {"date": date, "kind": day.kind, "hours_of": day.hours_of or False}
                for date, day in sorted(shipped.items())
                if date not in set(present)
            ]
        )

    def _engine_day(self):
        """The exception in the form of the deadline engine."""
        self.ensure_one()
        return Day(self.kind, self.hours_of or None)
