import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_mailing"
#: Longer than a report is being made.
LEASE_SECONDS = 1800


class HelpdeskSocialMailing(models.Model):
    """Making the report and sending it: once for each period and recipient."""

    _inherit = "helpdesk.social.mailing"

    @api.model
    def _cron_mail(self):
        """The lane of mailings: what is due is made, what was sent is looked after.

        Never raises: what goes wrong is told to the administrators, and tried again
        with the next run.
        """
        cron = self.env["ir.cron"]
        try:
            self.env["helpdesk.social.mailing.sent"]._follow_up()
        except Exception:  # pylint: disable=broad-except
            # The mail queue may be at the same letters: they are looked at again.
            self.env.cr.rollback()
            _logger.exception("Looking after sent reports failed")
        due = self.search([("next_run", "<=", fields.Datetime.now())], order="id")
        cron._commit_progress(remaining=len(due))
        for mailing in due:
            try:
                if mailing._lease_take(fields.Datetime.now(), LEASE_SECONDS):
                    cron._commit_progress()
                    mailing._run()
                    mailing._lease_give_back()
            except (psycopg2.errors.SerializationFailure, ConcurrencyError):
                # Somebody changed the mailing while its report was made.
                self.env.cr.rollback()
                mailing._lease_give_back()
            except Exception as error:  # pylint: disable=broad-except
                self.env.cr.rollback()
                _logger.exception("Mailing %s failed", mailing.id)
                mailing._tell_problem(_words(error))
                mailing._lease_give_back()
            if not cron._commit_progress(1):
                break

    def _run(self):
        """Send the report that is due, to whoever has not got it, and go on to the
        next one: all in one transaction."""
        self.ensure_one()
        run = self.next_run
        first, last = self._period_of(run)
        recipients = self._recipients()
        had = self.sent_ids.filtered(lambda sent: sent.first == first).partner_id
        if recipients - had:
            self._send(first, last, recipients - had)
        self.next_run = self._run_after(run)
        self._settle()

    def _recipients(self):
        """Partners who get the report: users who may still read figures, and the
        confirmed outside ones."""
        self.ensure_one()
        partners = self._readers(self.user_ids).partner_id
        if self.outside_confirmed:
            partners |= self.partner_ids
        return partners

    def _send(self, first, last, partners):
        self.ensure_one()
        if not self._readers(self.responsible_id):
            raise UserError(
                self.env._(
                    "%s, on whose behalf the report is made, may not read figures any "
                    "more. Choose somebody else.",
                    self.responsible_id.name,
                )
            )
        author = self.responsible_id
        lang = author.lang or self.env.lang
        mailing = self.with_context(lang=lang)
        name = mailing._subject(first)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{name}.pdf",
                "raw": mailing._pdf(first, last),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        Sent = self.env["helpdesk.social.mailing.sent"]
        for partner in partners:
            mail = self.env["mail.mail"].create(
                {
                    "subject": name,
                    "body_html": mailing._body(first, last),
                    "email_from": self.company_id.email_formatted
                    or author.email_formatted,
                    "recipient_ids": [(4, partner.id)],
                    "attachment_ids": [(4, attachment.id)],
                    # Kept, so that what became of it can be looked up.
                    "auto_delete": False,
                    "headers": repr({"X-Auto-Response-Suppress": "OOF"}),
                }
            )
            Sent.create(
                {
                    "mailing_id": self.id,
                    "first": first,
                    "last": last,
                    "partner_id": partner.id,
                    "address": partner.email or "",
                    "attachment_id": attachment.id,
                    "mail_id": mail.id,
                }
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _pdf(self, first, last):
        """The report as PDF, made with the rights of the responsible person.

        Raises UserError where the server cannot print.
        """
        self.ensure_one()
        user = self.responsible_id
        env = self.with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, tz=self.zone
        ).env  # fmt: skip
        wizard = env["helpdesk.social.report"].create(
            {
                "company_id": self.company_id.id,
                "first": first,
                "last": last,
                "unit_id": self.unit_id.id,
                "network": self.network,
                "analysis": self.analysis,
                "timeliness": self.timeliness,
                "quality": self.quality,
                "late": self.late,
            }
        )
        wizard._check_wishes()
        report = "helpdesk_mgmt_social.report_month"
        pdf, kind = env["ir.actions.report"]._render_qweb_pdf(report, wizard.ids)
        if kind != "pdf":
            raise UserError(self.env._("The server could not make the PDF."))
        return pdf

    # -- words -------------------------------------------------------------------

    def _subject(self, first):
        return self.env._(
            "Report on work with messages, %s",
            format_date(self.env, first, date_format="LLLL y"),
        )

    def _body(self, first, last):
        days = (format_date(self.env, day) for day in (first, last))
        words = self.env._(
            "The report of %(company)s on work with messages on social networks is "
            "attached. Period: %(days)s.",
            company=self.company_id.name,
            days=" – ".join(days),
        )
        return Markup("<p>%s</p>") % words

    # -- trouble -----------------------------------------------------------------

    def _settle(self):
        """What was told of is mended."""
        self.problem = False
        self.activity_unlink([ACTIVITY])

    def _tell_problem(self, words):
        """Keep what went wrong, and tell the administrators of it once."""
        self.ensure_one()
        told = bool(self.problem)
        self.problem = words
        if told:
            return
        admins = self.env.ref("helpdesk_mgmt_social.group_admin").all_user_ids
        for user in admins.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        ):
            env = self.with_context(lang=user.lang).with_user(SUPERUSER_ID).env
            self.with_env(env).activity_schedule(
                ACTIVITY,
                date_deadline=fields.Date.context_today(self) + timedelta(1),
                summary=env._("A report was not sent"),
                note=env._(
                    "Mailing «%(name)s»: %(problem)s It is tried again every hour.",
                    name=self.name,
                    problem=words,
                ),
                user_id=user.id,
            )


def _words(error):
    """What a person can use of an error; never what a library put into it."""
    if isinstance(error, UserError):
        return str(error)
    return type(error).__name__ + "."
