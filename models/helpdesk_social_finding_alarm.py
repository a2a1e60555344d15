import logging
from datetime import timezone
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models

from .helpdesk_social_finding import ALARMS
from .helpdesk_ticket import IMPORTANCES
from .res_users import GROUP_ADMIN, GROUP_EXECUTOR, GROUP_HEAD

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_threat"
LEVELS = [code for code, _label in IMPORTANCES]


class HelpdeskSocialFinding(models.Model):
    """A threat or a sign of suicide: importance is raised and people are told.

    It is nobody's step and waits for nobody's: it happens in the transaction that
    stores the message, each part of it by itself.  Texts name the number of the
    message and never its words.
    """

    _inherit = "helpdesk.social.finding"

    def _raise_alarm(self, now):
        """Do what new findings ask for; others are left alone."""
        # With nobody's name on it, and in the words of each reader.
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        alarming = self.filtered(lambda finding: finding.kind in ALARMS)
        alarming._attempt("_raise_importance")
        alarming._call_people(now)

    def _tell_again(self):
        """Tell of the threats that nobody could be told of before."""
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        untold = self.filtered(lambda f: f.kind in ALARMS and not f.told_at)
        untold._call_people(fields.Datetime.now())

    def _call_people(self, now):
        for findings in self.grouped("ticket_id").values():
            if findings._attempt("_tell_people", now):
                findings._attempt("_note_told", now)

    def _raise_importance(self):
        """Raise the importance of the messages, never lower it."""
        wanted = {}
        for finding in self:
            level = LEVELS.index(ALARMS[finding.kind])
            wanted[finding.ticket_id] = max(wanted.get(finding.ticket_id, 0), level)
        groups = {}
        for ticket, level in wanted.items():
            if LEVELS.index(ticket.importance or LEVELS[0]) < level:
                groups.setdefault(LEVELS[level], ticket.browse())
                groups[LEVELS[level]] |= ticket
        for importance, tickets in groups.items():
            tickets.importance = importance

    # -- telling -----------------------------------------------------------------

    def _note_told(self, now):
        self.told_at = now

    def _tell_people(self, now):
        """Tell the people in charge of one message; returns who was told."""
        ticket = self.ticket_id
        users = self._people_to_tell(ticket, now)
        if not users:
            _logger.error("Nobody could be told of a threat in %s", ticket.number)
            return users
        # Whoever is told sees this message, whatever else they may see.
        ticket.threat_notified_ids |= users
        told = users.browse()
        for user in users:
            own = self.with_context(
                lang=user.lang,
                tz=user.tz,
                social_alert=True,
                mail_activity_quick_update=True,
            )
            ways = ("_tell_by_activity", "_tell_by_inbox", "_tell_by_email")
            if any([own._attempt(way, user) for way in ways]):
                told |= user
            own._attempt("_tell_by_toast", user)
        return told

    @api.model
    def _people_to_tell(self, ticket, now):
        """The named people, else whoever is on duty, else the heads, else the desk.

        Those without a role here could not open the message: they are passed over.
        """
        company = ticket.company_id
        Appointment = self.env["helpdesk.social.appointment"]
        zone = ZoneInfo(ticket._social_tz())
        day = now.replace(tzinfo=timezone.utc).astimezone(zone).date()
        desk = ticket.team_id or company._social_desk()
        groups = (
            lambda: company.social_threat_user_ids,
            lambda: self.env["helpdesk.social.duty"]._on_duty(company, now),
            lambda: Appointment._appointed(company, "head", day).user_id,
            lambda: Appointment._heads(company),
            lambda: desk.user_ids | desk.user_id,
        )
        for people in groups:
            able = people().filtered(lambda user: self._may_be_told(user, company))
            if able:
                return able
        return self.env["res.users"]

    @api.model
    def _may_be_told(self, user, company):
        roles = (GROUP_EXECUTOR, GROUP_HEAD, GROUP_ADMIN)
        known = user.active and company in user.company_ids
        return known and any(user.has_group(role) for role in roles)

    def _tell_by_activity(self, user):
        return self.ticket_id.activity_schedule(
            ACTIVITY,
            user_id=user.id,
            summary=self._alarm_subject(),
            note=self._alarm_body(),
            date_deadline=fields.Date.context_today(self),
        )

    def _tell_by_inbox(self, user):
        # Whoever reads notifications by e-mail gets an e-mail by this.
        # Not on the message itself: the notice would bear its title.
        return self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self._alarm_subject(),
            body=self._alarm_body(),
            force_send=False,
        )

    def _tell_by_email(self, user):
        if not user.email or user.notification_type == "email":
            return None
        mail = self.env["mail.mail"].create(
            {
                "subject": self._alarm_subject(),
                "body_html": self._alarm_body(),
                "email_from": self.company_id.email_formatted
                or self.env.user.email_formatted,
                "recipient_ids": [(4, user.partner_id.id)],
                "auto_delete": True,
                "headers": repr({"X-Auto-Response-Suppress": "OOF"}),
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return mail

    def _tell_by_toast(self, user):
        user._bus_send(
            "simple_notification",
            {
                "type": "danger",
                "title": self._alarm_subject(),
                "message": self.env._("Open the message from your activities."),
                "sticky": True,
            },
        )

    # -- words -------------------------------------------------------------------

    def _alarm_subject(self):
        number = self.ticket_id.number
        if "suicide" in self.mapped("kind"):
            return self.env._("Message %s: a person may be in danger", number)
        return self.env._("Message %s: a threat", number)

    def _alarm_body(self):
        ticket = self.ticket_id
        url = (
            f"{ticket.get_base_url()}/mail/view?model={ticket._name}&res_id={ticket.id}"
        )
        link = Markup('<a href="%s" data-oe-model="%s" data-oe-id="%s">%s</a>') % (
            url,
            ticket._name,
            ticket.id,
            self.env._("Message %s", ticket.number),
        )
        labels = dict(self._fields["kind"]._description_selection(self.env))
        kinds = ", ".join(labels[kind] for kind in dict.fromkeys(self.mapped("kind")))
        advice = self.env._(
            "Read it now and decide whom to call. The original is kept as evidence."
        )
        return Markup("<p>%s: %s.</p><p>%s</p>") % (link, kinds, advice)
