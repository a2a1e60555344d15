import logging
from datetime import timedelta, timezone

from odoo import SUPERUSER_ID, api, fields, models

from .helpdesk_social_account_own import UNREAD, WEEK
from .helpdesk_social_deadline_alert import CONFLICTS
from .res_users import GROUP_CURATOR

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_own_posts"
FRIDAY = 4


class HelpdeskSocialOwnWeek(models.Model):
    """A page and a week with too few own posts, and who was reminded of it.

    On Friday there is still time; where that reminder could not come, one comes after
    the week.  Once for each page and week.
    """

    _name = "helpdesk.social.own.week"
    _description = "Week of own posts"
    _inherit = [
        "helpdesk.social.procedural",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "monday desc, account_id"

    account_id = fields.Many2one(
        "helpdesk.social.account",
        "Page",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    monday = fields.Date("Week from", required=True, readonly=True)
    asked = fields.Integer("Posts asked for", readonly=True)
    count_then = fields.Integer("Posts when reminded", readonly=True)
    clause = fields.Char(readonly=True)
    reminded_at = fields.Datetime("Reminded", required=True, readonly=True)
    user_ids = fields.Many2many(
        "res.users",
        "helpdesk_social_own_week_user_rel",
        string="Who was reminded",
        readonly=True,
    )

    _week_uniq = models.UniqueIndex(
        "(account_id, monday)", "There is one reminder for each page and week."
    )

    @api.depends("account_id", "monday")
    def _compute_display_name(self):
        for week in self:
            monday = week.monday and week.monday.strftime("%d.%m.%Y")
            week.display_name = f"{week.account_id.name}, {monday}"

    @api.model
    def _cron_remind(self):
        """Remind of too few posts, page by page.  Never raises."""
        cron = self.env["ir.cron"]
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        accounts = self.env["helpdesk.social.account"].search([("receive", "=", True)])
        cron._commit_progress(remaining=len(accounts))
        for account in accounts:
            try:
                self._remind(account, fields.Datetime.now())
                self.env.flush_all()
            except CONFLICTS:
                # Another process was quicker; the next run sees what it left.
                self.env.cr.rollback()
            except Exception:  # pylint: disable=broad-except
                # One page never keeps the others from their reminders.
                self.env.cr.rollback()
                _logger.exception("Reminding of the posts on %s failed", account.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _remind(self, account, now):
        """Remind of the week before and, from Friday on, of the present one.

        What a page that is not read has posted is not known: its health tells.
        """
        if account.health in UNREAD:
            return self.browse()
        monday = account._monday(now)
        local = now.replace(tzinfo=timezone.utc).astimezone(account._own_zone(now))
        last = monday + timedelta(6) if local.weekday() >= FRIDAY else monday
        rows = account._own_weeks(monday - WEEK, last, now)
        known = self.search(
            [
                ("account_id", "=", account.id),
                ("monday", "in", [row["monday"] for row in rows]),
            ]
        )
        reminded = {week.monday: week for week in known}
        made = self.browse()
        for row in rows:
            week = reminded.get(row["monday"], self.browse())
            if row["fulfilled"]:
                # What was reminded of has been done.
                week.activity_unlink([ACTIVITY])
            elif not week:
                made |= self._remind_of(row, now)
        return made

    @api.model
    def _remind_of(self, row, now):
        account = row["account"]
        users = account._own_responsible()
        week = self.create(
            {
                "account_id": account.id,
                "monday": row["monday"],
                "asked": row["asked"],
                "count_then": row["count"],
                "clause": row["clause"],
                "reminded_at": now,
                "user_ids": [(6, 0, users.ids)],
            }
        )
        if not users:
            _logger.warning("Nobody is responsible for the posts on %s", account.id)
        for user in users:
            env = week.with_context(lang=user.lang).env
            week.with_env(env).activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=row["monday"] + timedelta(6),
                summary=week.with_env(env)._reminder(row),
            )
        return week

    def _reminder(self, row):
        numbers = {
            "page": self.account_id.name,
            "count": row["count"],
            "asked": row["asked"],
        }
        if row["fulfilled"] is None:
            return self.env._(
                "%(page)s: posts this week: %(count)s, to be %(asked)s by Sunday",
                **numbers,
            )
        return self.env._(
            "%(page)s: posts last week: %(count)s, there should be %(asked)s", **numbers
        )


class HelpdeskSocialAccount(models.Model):
    _inherit = "helpdesk.social.account"

    def _own_responsible(self):
        """The page's curators, else those of its desk."""
        self.ensure_one()
        desk = self.team_id or self.company_id._social_desk()
        people = self.curator_ids or desk.user_ids | desk.user_id
        return people.filtered(
            lambda user: user.active and user.has_group(GROUP_CURATOR)
        )
