import logging
from collections import defaultdict
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

from .helpdesk_social_deadline import write_changed

_logger = logging.getLogger(__name__)

#: Clocks that are dealt with, and committed, at a time.
BATCH = 100
#: An alert that comes later than this is marked late; the action runs each minute.
LATE_SECONDS = 120
#: Conflicts in a row after which the rest waits for the next minute.
MAX_CONFLICTS = 20
#: Minutes after which a clock whose alerts fail is tried again.
SET_ASIDE_MINUTES = 15

#: A change of these moves a clock's alerts.
PLANNED_BY = {"start", "due", "state", "stage"}

#: Another process was quicker with the same rows.
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.UniqueViolation,
    ConcurrencyError,
)


class HelpdeskSocialDeadline(models.Model):
    """Alerts of a clock: when the next one is due, and the lane that fires them.

    ``next_alert`` says when to look at a clock again, no more.  What fires is found
    from the steps of the regulation, the clock's present term and the ledger, so a
    step fires once per clock, also where the deadline moved after it.
    """

    _inherit = "helpdesk.social.deadline"

    next_alert = fields.Datetime(readonly=True, copy=False)
    alert_ids = fields.One2many("helpdesk.social.alert", "deadline_id", "Alerts")

    _next_alert_idx = models.Index("(next_alert) WHERE next_alert IS NOT NULL")

    # -- planning ----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # With the insertion itself: clocks are made many at a time.
        tickets = self.env["helpdesk.ticket"].browse(
            [vals["ticket_id"] for vals in vals_list]
        )
        return super().create(
            [
                {**vals, "next_alert": self._first_alert(ticket, vals)}
                for ticket, vals in zip(tickets, vals_list, strict=True)
            ]
        )

    @api.model
    def _first_alert(self, ticket, vals):
        """When the first alert of a clock to be made comes."""
        if vals.get("state") != "running":
            return False
        # sudo: clocks are planned for whoever makes a step.
        steps = ticket.sudo().regulation_id.escalation_step_ids
        start, due = (
            fields.Datetime.to_datetime(vals[name]) for name in ("start", "due")
        )
        plan = steps._plan(vals["stage"], start, due)
        return plan[0][0] if plan else False

    def write(self, vals):
        res = super().write(vals)
        if PLANNED_BY & set(vals):
            self._plan_alerts()
        if vals.get("done"):
            self._drop_warnings()
        return res

    def _plan_alerts(self):
        """Set when each clock's next alert comes; none for one that has ended."""
        for deadline in self.sudo():  # sudo: as above.
            plan = deadline._alert_plan()
            write_changed(deadline, {"next_alert": plan[0][0] if plan else False})

    def _alert_plan(self):
        """(instant, step) of what has not fired yet, earliest first."""
        self.ensure_one()
        if self.state != "running":
            return []
        steps = self.ticket_id.regulation_id.escalation_step_ids
        steps -= self.alert_ids.step_id
        return steps._plan(self.stage, self.start, self.due)

    def _drop_warnings(self):
        """Take away the planned activities that warn of ended clocks alone."""
        # sudo: the activities are other people's.
        activities = self.sudo().alert_ids.activity_ids
        if activities:
            alerts = self.env["helpdesk.social.alert"].sudo()
            running = alerts.search(
                [
                    ("activity_ids", "in", activities.ids),
                    ("deadline_id.state", "=", "running"),
                ]
            )
            (activities - running.activity_ids).unlink()

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _cron_alert(self):
        """The lane of escalation: every alert that is due, then the telling.

        Each minute is often enough: the shortest terms of the acts are ten minutes,
        and a wake-up of its own for each clock would cost every step of the
        procedure a row.  Any number of servers may run it at once.  Never raises.
        """
        cron = self.env["ir.cron"]
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        cron._commit_progress(remaining=self.search_count(self._alert_domain()))
        if self._in_turns(self._fire_batch):
            # What may be left is in the hands of another server.
            cron._commit_progress(remaining=0)
        # The alerts of all batches together: one digest per person.
        self._in_turns(self.env["helpdesk.social.alert"]._tell_batch)

    @api.model
    def _in_turns(self, batch):
        """Call ``batch`` and commit what it did, until it returns 0 or time is up.

        Where another process was quicker with the same rows, the batch is undone
        and the rest looked up anew.

        :return: whether there was nothing left to do.
        """
        cron, conflicts = self.env["ir.cron"], 0
        while conflicts < MAX_CONFLICTS:
            try:
                with mute_logger("odoo.sql_db"):
                    count = batch()
                    left = cron._commit_progress(count)
            except CONFLICTS:
                self.env.cr.rollback()
                conflicts += 1
                continue
            except Exception:  # pylint: disable=broad-except
                # The lane never raises; the next minute tries again.
                self.env.cr.rollback()
                _logger.exception("Stopped: %s", batch.__name__)
                return False
            if not count or not left:
                return not count
            conflicts = 0
        _logger.warning("The rest is left to the next run: %s", batch.__name__)
        return False

    @api.model
    def _alert_domain(self):
        return [("next_alert", "<=", fields.Datetime.now())]

    @api.model
    def _fire_batch(self):
        """Fire what is due for some clocks; returns for how many."""
        # Others hold some of the first rows: look a little further than one batch.
        due = self.search(
            self._alert_domain(), order="next_alert, id", limit=10 * BATCH
        )
        batch = due.try_lock_for_update(allow_referencing=True, limit=BATCH)
        batch._fire_safely(fields.Datetime.now())
        return len(batch)

    def _fire_safely(self, now):
        """Fire, and let no clock that fails keep the others from it."""
        try:
            with self.env.cr.savepoint():
                self._fire(now)
        except CONFLICTS:
            raise
        except Exception:  # pylint: disable=broad-except
            if len(self) > 1:
                for deadline in self:
                    deadline._fire_safely(now)
                return
            _logger.exception("Alerts of deadline %s failed", self.id)
            self.next_alert = now + timedelta(minutes=SET_ASIDE_MINUTES)

    def _fire(self, now):
        """Record the due alerts of these clocks and do what their steps ask.

        The people are told later, see ``helpdesk.social.alert._tell_batch``.
        """
        rows, raised, late = [], [], self.browse()
        for deadline in self:
            plan = deadline._alert_plan()
            for at, step in plan:
                if at > now:
                    break
                rows.append(deadline._alert_vals(step, at, now))
                if step.raise_priority:
                    raised.append(deadline.ticket_id)
                if step.record_flaw:
                    late |= deadline
            deadline.next_alert = next((at for at, _step in plan if at > now), False)
        self.env["helpdesk.social.alert"].create(rows)
        self._raise_priority(raised)
        self.env["helpdesk.social.flaw"]._record_late(late, now)

    def _alert_vals(self, step, at, now):
        return {
            "ticket_id": self.ticket_id.id,
            "deadline_id": self.id,
            "step_id": step.id,
            "step_name": step.display_name,
            "recipient": step.recipient,
            "channel": step.channel,
            "due_at": at,
            "fired_at": now,
            "late": (now - at).total_seconds() > LATE_SECONDS,
        }

    @api.model
    def _raise_priority(self, tickets):
        """Raise the priority by one for each time a ticket is named."""
        field = self.env["helpdesk.ticket"]._fields["priority"]
        levels = field.get_values(self.env)
        wanted = {}
        for ticket in tickets:
            present = wanted.get(ticket) or ticket.priority or levels[0]
            index = min(levels.index(present) + 1, len(levels) - 1)
            wanted[ticket] = levels[index]
        changed = defaultdict(self.env["helpdesk.ticket"].browse)
        for ticket, priority in wanted.items():
            if ticket.priority != priority:
                changed[priority] += ticket
        for priority, some in changed.items():
            some.priority = priority
