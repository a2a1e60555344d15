"""Recomputation: a changed calendar moves the running clocks, and they say so.

A change marks the calendars it concerns; the lane replays the open tickets under
them, batch by batch, and clears the mark.
"""

import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, clean_context, format_datetime

from .helpdesk_social_deadline_alert import CONFLICTS
from .helpdesk_ticket import OPEN_STATES

_logger = logging.getLogger(__name__)

#: Tickets that are replayed, and committed, at a time.
BATCH = 100
CRON = "helpdesk_mgmt_social.cron_replay"
INSTANT_FORMAT = "d MMMM y, HH:mm"

#: Fields whose change moves working time, by model.
CALENDAR_FIELDS = {"tz", "production_calendar", "attendance_ids", "flexible_hours"}
CALENDAR_FIELDS |= {"two_weeks_calendar", "duration_based"}
DAY_FIELDS = {"date", "kind", "hours_of", "calendar_id"}
LEAVE_FIELDS = {"calendar_id", "company_id", "date_from", "date_to", "resource_id"}
LEAVE_FIELDS |= {"time_type"}
ATTENDANCE_FIELDS = {"dayofweek", "hour_from", "hour_to", "calendar_id", "week_type"}
ATTENDANCE_FIELDS |= {"day_period", "display_type", "duration_hours", "duration_days"}


class ResourceCalendar(models.Model):
    """Marks of a calendar whose working time changed."""

    _inherit = "resource.calendar"

    # A number and not a yes: each change writes the row, so one that comes while
    # the lane is at work makes the lane's batch fail and begin anew.
    social_replay = fields.Integer(
        "Changes to replay", readonly=True, copy=False, groups="base.group_system"
    )
    social_replay_after = fields.Integer(
        "Replayed up to the ticket",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    social_changed_at = fields.Datetime(
        "Working time changed at", readonly=True, copy=False
    )

    def write(self, vals):
        res = super().write(vals)
        if CALENDAR_FIELDS & set(vals):
            self._social_mark()
        return res

    def _social_mark(self):
        """Let the lane replay the tickets under those of the calendars that
        regulations count by."""
        if not self:
            return
        # sudo: whoever changes working time need not know regulations, and the
        # marks are the lane's alone.
        used = self.sudo() & self._social_used()
        # An update of the module writes the shipped calendars as they were.  If
        # one did change, the check of the whole names the ended clocks.
        updating = self.env.context.get("install_mode")
        for calendar in used:
            vals = {
                "social_replay": calendar.social_replay + 1,
                "social_replay_after": 0,
            }
            if not updating:
                vals["social_changed_at"] = fields.Datetime.now()
            calendar.write(vals)
        # The action comes after the calendars while the module is being installed.
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron and any(calendar.social_replay == 1 for calendar in used):
            cron._trigger()

    def _social_hold(self):
        """Let no change of these calendars pass by the clocks that are being computed.

        A clock that is committed after the lane has passed, and computed by the
        calendar as it was, would stay wrong.  So a change waits for our commit, and
        one that was committed since our snapshot conflicts with us.  Where a mark
        shows, the change was seen; the lane writes such a row again and again.
        """
        # sudo: whoever takes a step need not know of marks.
        unmarked = self.sudo().filtered(lambda calendar: not calendar.social_replay)
        if unmarked:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM resource_calendar WHERE id IN %s"
                    " ORDER BY id FOR SHARE",
                    unmarked._ids,
                )
            )

    @api.model
    def _social_used(self):
        """The calendars of all regulations, archived ones included."""
        # sudo: as above.
        Regulation = self.env["helpdesk.social.regulation"].sudo()
        # pylint: disable=no-search-all
        return Regulation.with_context(active_test=False).search([]).calendar_id


class HelpdeskSocialCalendarPart(models.AbstractModel):
    """What working time is made of: each change marks the calendars it counts for."""

    _name = "helpdesk.social.calendar.part"
    _description = "Part of working time"

    #: fields whose change moves working time
    _social_moving = frozenset()

    def _social_calendars(self):
        """The calendars that these records count for."""
        return self.calendar_id

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._social_calendars()._social_mark()
        return parts

    def write(self, vals):
        if not self._social_moving & set(vals):
            return super().write(vals)
        before = self._social_calendars()
        res = super().write(vals)
        (before | self._social_calendars())._social_mark()
        return res

    def unlink(self):
        calendars = self._social_calendars()
        res = super().unlink()
        calendars._social_mark()
        return res


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["helpdesk.social.calendar.part", "resource.calendar.attendance"]

    _social_moving = ATTENDANCE_FIELDS


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["helpdesk.social.calendar.part", "resource.calendar.leaves"]

    _social_moving = LEAVE_FIELDS

    def _social_calendars(self):
        """Calendars that lose these days; none for the leaves of a person."""
        general = self.filtered(lambda leave: not leave.resource_id)
        if all(leave.calendar_id for leave in general):
            return general.calendar_id
        return general.env["resource.calendar"]._social_used()


class HelpdeskSocialCalendarDay(models.Model):
    _name = "helpdesk.social.calendar.day"
    _inherit = ["helpdesk.social.calendar.part", "helpdesk.social.calendar.day"]

    _social_moving = DAY_FIELDS

    def _social_calendars(self):
        """Calendars that these days count for: one, or all that follow."""
        calendars = self.calendar_id
        if any(not day.calendar_id for day in self):
            used = self.env["resource.calendar"]._social_used()
            calendars |= used.filtered("production_calendar")
        return calendars


class HelpdeskTicket(models.Model):
    """Clocks under a changed calendar: the lane that moves them."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _cron_replay(self):
        """The lane of recomputation: the open tickets under changed calendars.

        Never raises.  What it has done is kept, so it may stop at any batch.
        """
        cron = self.env["ir.cron"]
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        calendars = self._calendars_to_replay()
        left = sum(self.search_count(self._replay_domain(c)) for c in calendars)
        # Each calendar takes a turn more, to clear its mark.
        cron._commit_progress(remaining=left + len(calendars))
        if self.env["helpdesk.social.deadline"]._in_turns(self._replay_batch):
            cron._commit_progress(remaining=0)

    @api.model
    def _calendars_to_replay(self):
        calendars = self.env["resource.calendar"].with_context(active_test=False)
        return calendars.search([("social_replay", ">", 0)], order="id")

    @api.model
    def _replay_domain(self, calendar):
        """Open tickets under ``calendar`` that the lane has not come to yet."""
        regulations = self.env["helpdesk.social.regulation"]
        regulations = regulations.with_context(active_test=False).search(
            [("calendar_id", "=", calendar.id)]
        )
        return [
            ("regulation_id", "in", regulations.ids),
            ("social_state", "in", OPEN_STATES),
            ("id", ">", calendar.social_replay_after),
            ("active", "in", [True, False]),
        ]

    @api.model
    def _replay_batch(self):
        """Replay some tickets; returns how many, 0 when no calendar is left."""
        calendar = self._calendars_to_replay()[:1]
        if not calendar:
            return 0
        tickets = self.search(self._replay_domain(calendar), order="id", limit=BATCH)
        if not tickets:
            calendar.write({"social_replay": 0, "social_replay_after": 0})
            return 1
        calendar.social_replay_after = tickets[-1].id
        # A step that has begun under the former calendar conflicts and is repeated.
        tickets._take_turn()
        tickets._replay_safely()
        self.env.flush_all()
        return len(tickets)

    def _replay_safely(self):
        """Replay, and let no ticket that fails keep the others from it."""
        try:
            with self.env.cr.savepoint():
                self._replay_calendar()
        except CONFLICTS:
            raise
        except Exception:  # pylint: disable=broad-except
            if len(self) > 1:
                for ticket in self:
                    ticket._replay_safely()
                return
            _logger.exception("Replaying ticket %s failed", self.id)

    def _replay_calendar(self):
        """Move the running clocks to where the calendar puts them now, and log it.

        Ended clocks stay, also where a step was undone before.
        """
        before = {
            clock: clock.due
            for clock in self.deadline_ids
            if clock.state == "running" and not clock.done
        }
        self._replay_clocks(thaw=False)
        moved = self.env["helpdesk.social.deadline"].union(
            *(c for c, due in before.items() if c.exists() and c.due != due)
        )
        for ticket, clocks in moved.sorted("id").grouped("ticket_id").items():
            ticket._log_moved([(clock, before[clock]) for clock in clocks])

    def _log_moved(self, moves):
        """An internal note of the clocks that moved: pairs of clock and old due."""
        self.ensure_one()
        lang = self.company_id._social_lang()
        ticket = self.with_context({**clean_context(self.env.context), "lang": lang})
        env, tz = ticket.env, ticket._social_tz()

        def words(instant):
            return format_datetime(env, instant, tz=tz, dt_format=INSTANT_FORMAT)

        lines = [
            env._(
                "The calendar changed: the deadline «%(stage)s» moves from %(old)s to "
                "%(new)s.",
                stage=clock.with_env(env).display_name,
                old=words(old),
                new=words(clock.due),
            )
            for clock, old in moves
        ]
        ticket.message_post(
            body=Markup("<br/>").join(lines),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _settle_calendar(self):
        """Move what a changed calendar moves, where the lane has not come to it.

        A step replays the clocks, too.  Without this nobody would learn why the
        deadline is another.
        """
        # sudo: derived values; who may take the step was checked by the step.
        waiting = self.with_user(SUPERUSER_ID).filtered(
            lambda ticket: (
                ticket.regulation_id.calendar_id.social_replay
                and ticket.social_state in OPEN_STATES
                and ticket.deadline_ids
            )
        )
        if waiting:
            waiting._replay_calendar()
