import logging
from collections import defaultdict
from datetime import timedelta, timezone

from markupsafe import Markup

from odoo import api, fields, models

from .helpdesk_social_deadline_alert import CONFLICTS

_logger = logging.getLogger(__name__)

#: The activity by which an alert is shown.
ACTIVITY = "helpdesk_mgmt_social.activity_alert"
#: Alerts that are told at a time, and lines of one digest.
TOLD_AT_ONCE = 5000
LINES = 100

#: Whoever is told as one of these opens the assignment, everybody else the message.
HOLDERS = ("actor", "executor", "substitute", "unit_leader")


class HelpdeskSocialAlert(models.Model):
    """Telling the people: one digest per person and channel.

    Alerts are in the ledger, and committed, before anybody is told; whatever
    interrupts the telling, the next run finds them untold.  Texts name the number,
    the step and the time of a message, never its words: a digest may lie where
    other people look.
    """

    _inherit = "helpdesk.social.alert"

    @api.model
    def _tell_batch(self):
        """Tell of what has not been told yet; returns of how many alerts."""
        untold = self.search([("told_at", "=", False)], order="id", limit=TOLD_AT_ONCE)
        # What another process is telling of just now is left to it.
        return untold.try_lock_for_update(allow_referencing=True)._tell()

    def _tell(self):
        """Tell the people concerned; returns of how many of these alerts."""
        now = fields.Datetime.now()
        # Warnings stop when the clock ends, also between the firing and the telling.
        running = self.filtered(lambda alert: alert.deadline_id.state == "running")
        letters = defaultdict(self.browse)
        for alert, users in running._recipients(now).items():
            for user in users - alert.user_ids:
                letters[user, alert._channel_for(user)] += alert
        told = {alert: alert.user_ids for alert in self}
        shown = defaultdict(self.env["mail.activity"].browse)
        unclear = self.browse()
        for (user, channel), alerts in letters.items():
            try:
                with self.env.cr.savepoint():
                    activity = alerts._tell_user(user, channel, now)
            except CONFLICTS:
                raise
            except Exception:  # pylint: disable=broad-except
                # One digest that fails keeps nobody else from theirs; it is tried
                # again with the next run.
                _logger.exception("Telling user %s of deadlines failed", user.id)
                unclear |= alerts
                continue
            for alert in alerts:
                told[alert] |= user
                shown[alert] |= activity
        groups = defaultdict(self.browse)
        for alert in self:
            groups[told[alert], shown[alert], alert in unclear] += alert
        for (users, activities, again), alerts in groups.items():
            vals = {"user_ids": [(6, 0, users.ids)]}
            if activities:
                vals["activity_ids"] = [(4, activity.id) for activity in activities]
            if not again:
                vals["told_at"] = now
            alerts.write(vals)
        return len(self - unclear)

    def _channel_for(self, user):
        """How ``user`` is told; without an address, by a notification."""
        if self.channel == "email" and not user.email:
            return "inbox"
        return self.channel

    def _tell_user(self, user, channel, now):
        """Tell ``user`` of these alerts at once; returns the activity, if any."""
        # One line per clock, the nearest to its deadline or furthest past it first.
        latest = {
            alert.deadline_id: alert
            for alert in self.sorted(lambda alert: (alert.due_at, alert.id))
        }
        alerts = self.browse([alert.id for alert in latest.values()])
        alerts = alerts.sorted(lambda alert: (alert.deadline_id.due, alert.id))
        # The words are the reader's; an alert makes nobody a follower.
        alerts = alerts.with_context(
            lang=user.lang,
            tz=user.tz,
            social_alert=True,
            mail_activity_quick_update=True,
        )
        return getattr(alerts, f"_tell_by_{channel}")(user, now)

    # -- channels ----------------------------------------------------------------

    def _tell_by_activity(self, user, now):
        vals = {
            "user_id": user.id,
            "summary": self._subject(now),
            "note": self._body(now),
            "date_deadline": fields.Date.context_today(self),
        }
        if len(self) == 1:
            return self._document().activity_schedule(ACTIVITY, **vals)
        # Several messages: an activity on one of them would tell its readers of the
        # others, so it belongs to the person alone.
        activity_type = self.env.ref(ACTIVITY)
        return self.env["mail.activity"].create(
            {**vals, "activity_type_id": activity_type.id, "automated": True}
        )

    def _tell_by_email(self, user, now):
        self.env["mail.mail"].create(
            {
                "subject": self._subject(now),
                "body_html": self._body(now),
                "email_from": self.company_id[:1].email_formatted
                or self.env.user.email_formatted,
                "recipient_ids": [(4, user.partner_id.id)],
                "auto_delete": True,
                "headers": repr({"X-Auto-Response-Suppress": "OOF"}),
            }
        )
        return self.env["mail.activity"]

    def _tell_by_inbox(self, user, now):
        # Whoever reads notifications by e-mail gets an e-mail, from the queue.
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self._subject(now),
            body=self._body(now),
            force_send=False,
        )
        return self.env["mail.activity"]

    # -- words -------------------------------------------------------------------

    def _subject(self, now):
        passed = self.filtered(lambda alert: alert.deadline_id.due < now)
        if len(self) > 1:
            return self.env._(
                "Deadlines: %(count)s, overdue: %(overdue)s",
                count=len(self),
                overdue=len(passed),
            )
        number = self.ticket_id.number
        if passed:
            return self.env._("The deadline of message %s has passed", number)
        return self.env._("The deadline of message %s is near", number)

    def _body(self, now):
        lines = [alert._line(now) for alert in self[:LINES]]
        body = Markup("<ul>%s</ul>") % Markup("").join(
            Markup("<li>%s</li>") % line for line in lines
        )
        more = len(self) - len(lines)
        if more:
            body += Markup("<p>%s</p>") % self.env._("And %s more.", more)
        return body

    def _line(self, now):
        """One clock in one line, linked to what has to be done."""
        self.ensure_one()
        deadline = self.deadline_id
        regulation = self.ticket_id.regulation_id
        field = deadline._fields["stage"]
        stages = dict(field._description_selection(self.env))
        due = regulation._instant(deadline.due.replace(tzinfo=timezone.utc))
        parts = [
            stages[deadline.stage],
            self.env._("deadline %s", due),
            self._left_words(deadline.due - now, regulation),
        ]
        if self.late:
            span = regulation._span(now - self.due_at)
            parts.append(self.env._("this warning is late by %s", span))
        link = Markup('<a href="%s" data-oe-model="%s" data-oe-id="%s">%s</a>')
        document = self._document()
        url = (
            f"{document.get_base_url()}/mail/view"
            f"?model={document._name}&res_id={document.id}"
        )
        label = self.env._("Message %s", self.ticket_id.number)
        shown = link % (url, document._name, document.id, label)
        return Markup("%s: %s") % (shown, ", ".join(parts))

    def _left_words(self, left, regulation):
        """How much time is left, or how much too late it is."""
        if left < timedelta():
            return self.env._("overdue by %s", regulation._span(-left))
        if not left:
            return self.env._("now")
        return self.env._("%s left", regulation._span(left))

    def _document(self):
        """What the reader opens: the assignment where the reader holds it."""
        self.ensure_one()
        assignment = self.deadline_id.assignment_id
        if assignment and self.recipient in HOLDERS:
            return assignment
        return self.ticket_id
