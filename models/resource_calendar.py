from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytz

from odoo import fields, models
from odoo.tools.intervals import Intervals

from ..deadlines import statutory_day

ONE_DAY = timedelta(days=1)
SHORTER = timedelta(hours=1)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    production_calendar = fields.Boolean(
        "Russian production calendar",
        help="Public holidays, moved days off, working Saturdays and shorter days "
        "before holidays count for this schedule. Other schedules are not touched.",
    )
    exception_day_ids = fields.One2many(
        "helpdesk.social.calendar.day",
        "calendar_id",
        "Own exceptions",
        help="Days of this organisation alone; they win over the production calendar.",
    )

    # -- the production calendar for all of Odoo ---------------------------------

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        # This one method feeds plan_hours, plan_days, get_work_hours_count, the
        # work intervals and the deadline engine.
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources, domain=domain, tz=tz, lunch=lunch
        )
        if not self.production_calendar or self.flexible_hours:
            return result
        # A zone may lie up to a day off the one that the bounds are given in.
        days = self._exceptional_days(
            start_dt.date() - ONE_DAY, end_dt.date() + ONE_DAY
        )
        if not days:
            return result
        replaced = {}
        for resource_id, intervals in result.items():
            resource = self.env["resource.resource"].browse(resource_id or ())
            zone = tz or pytz.timezone((resource or self).tz)
            if zone not in replaced:
                replaced[zone] = [
                    interval
                    for day, exception in days.items()
                    for interval in self._exception_intervals(
                        day, exception, zone, domain, lunch
                    )
                ]
            kept = [
                (max(start, start_dt), min(end, end_dt), attendance)
                for start, end, attendance in (
                    *(i for i in intervals if i[0].astimezone(zone).date() not in days),
                    *replaced[zone],
                )
                if start < end_dt and end > start_dt
            ]
            result[resource_id] = Intervals(kept, keep_distinct=True)
        return result

    def _exception_intervals(self, day, exception, zone, domain, lunch):
        """Attendance of one exceptional ``day``: aware intervals in ``zone``."""
        if exception.kind == "off":
            return []
        model = exception.hours_of or day
        start = zone.localize(datetime.combine(model, time.min))
        end = zone.localize(datetime.combine(model + ONE_DAY, time.min))
        # The ordinary hours of the weekday, whatever day the model itself is.
        # pylint: disable=super-method-mismatch
        ordinary = super()._attendance_intervals_batch(
            start, end, domain=domain, tz=zone, lunch=lunch
        )[False]
        intervals = []
        for begin, until, attendance in ordinary:
            shift = day - model
            begin = zone.localize(begin.replace(tzinfo=None) + shift)
            until = zone.localize(until.replace(tzinfo=None) + shift)
            intervals.append((begin, until, attendance))
        if exception.kind == "short" and not lunch:
            intervals = _shortened(intervals)
        return intervals

    def _exceptional_days(self, first, last):
        """Exceptions of the local days from ``first`` to ``last``, by date.

        Own exceptions win.  In a year that nobody has entered yet the statutory
        holidays and their eves stand in.
        """
        self.ensure_one()
        # sudo: whoever counts hours need not be allowed to read this table.
        Day = self.env["helpdesk.social.calendar.day"].sudo()
        rows = Day.search(
            [
                ("date", ">=", first),
                ("date", "<=", last),
                ("calendar_id", "in", [False, self.id]),
            ]
        )
        common = rows.filtered(lambda row: not row.calendar_id)
        days = {row.date: row._engine_day() for row in (*common, *(rows - common))}
        known = self._known_years()
        for year in range(first.year, last.year + 1):
            if year in known:
                continue
            day = max(first, date(year, 1, 1))
            while day <= min(last, date(year, 12, 31)):
                exception = statutory_day(day)
                if exception and day not in days:
                    days[day] = exception
                day += ONE_DAY
        return days

    def _known_years(self):
        """Years of the production calendar that have been entered."""
        # sudo: see above.
        groups = (
            self.env["helpdesk.social.calendar.day"]
            .sudo()
            ._read_group([("calendar_id", "=", False)], ["year"])
        )
        return {year for (year,) in groups}

    # -- the deadline engine -----------------------------------------------------

    def _social_working_time(self, tz=None, company=None):
        """The calendar as the deadline engine reads it.

        Its working intervals are those of Odoo's own ``_work_intervals_batch``, so
        the engine and the rest of Odoo never disagree about a day.

        :param tz: name of the organisation's zone, the calendar's own by default.
        :param company: the administration whose days off count besides the common
            ones, the calendar's own by default.
        """
        self.ensure_one()
        company = company or self.company_id
        return WorkingTime(self, ZoneInfo(tz or self.tz or "UTC"), company)


class WorkingTime:
    """Working intervals of a calendar, read month by month and kept for a replay."""

    def __init__(self, calendar, tz, company):
        self.tz = tz
        self._calendar = calendar
        self._company = company
        self._days = {}
        self._known = None
        if calendar.production_calendar:
            self._known = calendar._known_years()

    def intervals(self, day):
        """Working intervals of the local ``day``: pairs of aware UTC instants."""
        if day not in self._days:
            self._load(day)
        return self._days[day]

    def known(self, day):
        """Whether the days off of the year of ``day`` have been entered."""
        return self._known is None or day.year in self._known

    def kind(self, day):
        """What the day is, for explanations: work, short, weekend or holiday."""
        exception = None
        if self._known is not None:
            exception = self._calendar._exceptional_days(day, day).get(day)
        if self.intervals(day):
            return exception.kind if exception else "work"
        weekdays = self._calendar.sudo().attendance_ids.mapped("dayofweek")
        return "holiday" if str(day.weekday()) in weekdays else "weekend"

    def _load(self, day):
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        self._days.update(dict.fromkeys(_days(first, after), ()))
        # Leaves of one person are no days off of the organisation.
        domain = [
            ("resource_id", "=", False),
            ("company_id", "in", [False, *self._company.ids]),
        ]
        # sudo: an executor need not be allowed to read everybody's leaves.
        intervals = self._calendar.sudo()._work_intervals_batch(
            datetime.combine(first, time.min, self.tz),
            datetime.combine(after, time.min, self.tz),
            domain=domain,
            # Odoo's calendar code wants a zone of pytz.
            tz=pytz.timezone(self.tz.key),
        )[False]
        for start, end, _records in intervals:
            local = start.astimezone(self.tz).date()
            pair = (start.astimezone(timezone.utc), end.astimezone(timezone.utc))
            self._days[local] = (*self._days[local], pair)


def _days(first: date, after: date):
    return [first + timedelta(days=n) for n in range((after - first).days)]


def _shortened(intervals):
    """The intervals without the last hour of work."""
    kept, cut = sorted(intervals, key=lambda interval: interval[0]), SHORTER
    while kept and cut:
        begin, until, attendance = kept.pop()
        if until - begin > cut:
            kept.append((begin, until - cut, attendance))
            break
        cut -= until - begin
    return kept
