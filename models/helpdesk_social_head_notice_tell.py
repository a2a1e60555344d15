import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_deadline_alert import CONFLICTS

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_head_notice"
REPORT = "helpdesk_mgmt_social.report_head"
#: Longer than making the page and writing the notices can take.
LEASE_SECONDS = 300


class HelpdeskSocialHeadNotice(models.Model):
    """The lane that tells the heads: an activity, a notification, a page to print."""

    _inherit = "helpdesk.social.head.notice"

    @api.model
    def _cron_tell(self):
        """Tell of everything that awaits it.  Never raises."""
        cron = self.env["ir.cron"]
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        notices = self.search([("state", "=", "awaited")], order="id")
        cron._commit_progress(remaining=len(notices))
        for notice in notices:
            try:
                notice._tell(fields.Datetime.now(), cron._commit_progress)
                self.env.flush_all()
            except CONFLICTS:
                # Another process was quicker with what the notice is about.
                self.env.cr.rollback()
                notice._lease_give_back()
                self._wake_lane()
            except Exception:  # pylint: disable=broad-except
                # One notice never keeps the heads from the others.
                self.env.cr.rollback()
                _logger.exception("Telling the heads of %s failed", notice.id)
                notice._lease_give_back()
            if not cron._commit_progress(1):
                break
        # Whoever has one of these may be gone: somebody looks when the claim runs out.
        now = fields.Datetime.now()
        claimed = self.search([("state", "=", "awaited"), ("lease_until", ">", now)])
        if claimed:
            self._wake_lane(min(claimed.mapped("lease_until")))

    @api.model
    def _wake_lane(self, at=None):
        self.env.ref("helpdesk_mgmt_social.cron_head_notice")._trigger(at)

    def _tell(self, now, commit):
        """Tell the heads of one matter, unless another process does or has.

        ``commit`` makes the claim known before anybody is told.  Telling and noting
        that it was told are one transaction.
        """
        self.ensure_one()
        if not self._lease_take(now, LEASE_SECONDS):
            return False
        commit()
        self.invalidate_recordset(["state"])
        users = self._heads_to_tell(self.company_id, now)
        if self.state != "awaited" or not users:
            if not users and not self.problem:
                _logger.warning("There is no head to be told of notice %s", self.id)
                self.problem = self.env._("This administration has no head to tell.")
            self._lease_drop()
            return False
        problem = False
        for lang, group in users.grouped("lang").items():
            speaking = self.with_context(lang=lang)
            page = speaking._page_file(group[0])
            if not page:
                problem = self.env._("The page to print could not be made.")
            for user in group:
                speaking.with_context(
                    tz=user.tz, social_alert=True, mail_activity_quick_update=True
                )._tell_one(user, page)
        self.write(
            {
                "state": "told",
                "told_at": now,
                "user_ids": [(6, 0, users.ids)],
                "problem": problem,
                "lease_owner": False,
                "lease_until": False,
            }
        )
        self._note_told(now, users)
        return True

    def _note_told(self, now, users):
        """What was told shows where it happened."""
        self = self.with_context(lang=self.company_id._social_lang())
        names = ", ".join(users.mapped("name"))
        words = self.env._("The heads were told at once: %s", names)
        (self.ticket_id or self.surge_id).message_post(body=words)
        if self.surge_id:
            self.surge_id._told(now)

    def _page_file(self, user):
        """The page to print as an attachment, made with the eyes of ``user``.

        None where the server cannot make PDFs: the notice is more urgent than the
        page.
        """
        Report = self.env["ir.actions.report"].with_user(user)
        Report = Report.with_context(allowed_company_ids=self.company_id.ids)
        try:
            with self.env.cr.savepoint():
                content, _kind = Report._render_qweb_pdf(REPORT, self.ids)
        except (UserError, OSError, ValueError):
            _logger.exception("The page of notice %s could not be made", self.id)
            return None
        return self.env["ir.attachment"].create(
            {
                "name": f"{self._subject()}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _tell_one(self, user, page):
        matter = self.ticket_id or self.surge_id
        matter.activity_schedule(
            ACTIVITY,
            user_id=user.id,
            summary=self._subject(),
            note=self._body(),
            date_deadline=fields.Date.context_today(self),
        )
        # Whoever reads notifications by e-mail gets an e-mail by this.
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self._subject(),
            body=self._body(),
            attachment_ids=page.ids if page else [],
            force_send=False,
        )
        user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": self._subject(),
                "message": self.env._("Open it from your activities."),
                "sticky": True,
            },
        )

    # -- words -------------------------------------------------------------------

    def _subject(self):
        self.ensure_one()
        if self.ticket_id:
            # sudo: a number alone, for whoever may read the notice.
            number = self.ticket_id.sudo().number
            return self.env._("Socially significant message %s", number)
        return self.env._("Surge of messages: %s", self.surge_id.display_name)

    def _link(self):
        """Where to read on."""
        matter = self.ticket_id or self.surge_id
        base = matter.get_base_url()
        return f"{base}/mail/view?model={matter._name}&res_id={matter.id}"

    def _body(self):
        """Why, with a link; no words of a citizen: it may leave by e-mail."""
        matter = self.ticket_id or self.surge_id
        why = self.ticket_id.significant_reason or self.surge_id.explanation
        link = Markup('<a href="%s" data-oe-model="%s" data-oe-id="%s">%s</a>') % (
            self._link(),
            matter._name,
            matter.id,
            self._subject(),
        )
        body = Markup("<p>%s</p><p>%s</p>") % (link, why or "")
        if self.clause:
            words = self.env._("Clause of the regulation: %s", self.clause)
            body += Markup("<p>%s</p>") % words
        return body
