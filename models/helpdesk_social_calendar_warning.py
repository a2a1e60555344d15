from datetime import date

from odoo import api, fields, models

#: The activity that tells administrators of a missing year.
ACTIVITY = "helpdesk_mgmt_social.activity_calendar"

#: The month from which a missing next year is told of: the decree on the days off of
#: the next year is out by then.
FROM_MONTH = 12


class HelpdeskSocialCalendarDay(models.Model):
    """Say in time that the production calendar of the next year is missing."""

    _name = "helpdesk.social.calendar.day"
    # The activity lies on the last day known; its letter needs a thread.
    _inherit = ["helpdesk.social.calendar.day", "mail.thread", "mail.activity.mixin"]

    @api.model
    def _cron_warn(self):
        """From 1 December on tell each administrator once that a year is missing."""
        today = fields.Date.context_today(self)
        if today.month < FROM_MONTH or not self._calendars_in_use():
            return
        year = today.year + 1
        if year not in self.env["resource.calendar"]._known_years():
            self._warn(year)

    @api.model
    def _calendars_in_use(self):
        """Working schedules that follow the production calendar and are somebody's.

        Those of the presets are nobody's until a page or an administration answers
        under one.
        """
        followed = fields.Domain("production_calendar", "=", True)
        Regulation = self.env["helpdesk.social.regulation"]
        own = Regulation.search([("is_preset", "=", False)])
        used = (
            self.env["helpdesk.social.account"]
            .search([("regulation_id", "!=", False)])
            .regulation_id
        )
        companies = self.env["res.company"].search(
            [("social_regulation_id", "!=", False)]
        )
        used |= companies.social_regulation_id | own
        presets = Regulation.search([("is_preset", "=", True)]).calendar_id
        calendars = self.env["resource.calendar"].search(followed)
        return calendars & used.calendar_id | calendars - presets

    @api.model
    def _warn(self, year):
        last = self.search([("calendar_id", "=", False)], limit=1)
        if not last:
            return
        admins = self.env.ref("helpdesk_mgmt_social.group_admin").all_user_ids
        told = self._warnings(year).user_id
        for user in (admins - told).filtered(lambda user: user.active):
            env = self.with_context(lang=user.lang).env
            last.with_env(env).activity_schedule(
                ACTIVITY,
                date_deadline=date(year - 1, 12, 31),
                summary=env._("Enter the production calendar of %s", year),
                note=env._(
                    "Days off of %s are not known yet, so deadlines in that year are "
                    "provisional. Import them from a file: Configuration, Production "
                    "calendar, Import.",
                    year,
                ),
                user_id=user.id,
            )

    @api.model
    def _warnings(self, year):
        """The activities that told of ``year``, done ones included."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        # The days come before the type while the module is being installed.
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind:
            return activities
        return activities.search(
            [
                ("res_model", "=", self._name),
                ("activity_type_id", "=", kind.id),
                ("date_deadline", "=", date(year - 1, 12, 31)),
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        # Hundreds of days at once need no «created» each.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        days = super(HelpdeskSocialCalendarDay, quiet).create(vals_list)
        days = days.with_env(self.env)
        for year in set(days.filtered(lambda day: not day.calendar_id).mapped("year")):
            # sudo: one administrator's import settles what all were told.
            told = self.sudo()._warnings(year)
            if told:
                told.filtered("active").action_feedback(
                    self.env._("The year %s is entered.", year)
                )
        return days
