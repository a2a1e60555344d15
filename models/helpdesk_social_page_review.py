import logging
from datetime import timezone

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_users import GROUP_CURATOR

_logger = logging.getLogger(__name__)

#: The activity that asks to look a page through.
ACTIVITY = "helpdesk_mgmt_social.activity_page_review"


class HelpdeskSocialPageReview(models.Model):
    """One page, one day: who looked it through, and when.

    Some acts ask for it besides the reading by software: what people write under
    somebody else's post or in a photo's caption no interface tells of.
    """

    _name = "helpdesk.social.page.review"
    _description = "Daily review of a page"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "day desc, account_id"

    account_id = fields.Many2one(
        "helpdesk.social.account",
        "Page",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    network = fields.Selection(related="account_id.network")
    day = fields.Date(required=True, readonly=True)
    clause = fields.Char(readonly=True)
    state = fields.Selection(
        [("awaited", "To look through"), ("done", "Reviewed")],
        default="awaited",
        required=True,
        readonly=True,
    )
    is_missed = fields.Boolean(
        "Not looked through", compute="_compute_is_missed", search="_search_is_missed"
    )
    user_id = fields.Many2one("res.users", "Reviewed by", readonly=True)
    done_at = fields.Datetime("Reviewed on", readonly=True)
    note = fields.Char(help="What was found, say.")

    _day_uniq = models.UniqueIndex(
        "(account_id, day)", "A page is reviewed once for each day."
    )

    @api.depends("account_id", "day")
    def _compute_display_name(self):
        for review in self:
            day = review.day and review.day.strftime("%d.%m.%Y")
            review.display_name = f"{review.account_id.name}, {day}"

    @api.depends("state", "day")
    def _compute_is_missed(self):
        for review in self:
            today = review.account_id._review_day(fields.Datetime.now())
            review.is_missed = review.state == "awaited" and review.day < today

    def _search_is_missed(self, operator, value):
        if operator != "in":
            return NotImplemented
        missed = fields.Domain("state", "=", "awaited")
        missed &= fields.Domain("day", "<", fields.Date.context_today(self))
        return fields.Domain.OR(missed if wanted else ~missed for wanted in set(value))

    def write(self, vals):
        if not self.env.su and set(vals) - {"note"} - self._mail_fields():
            raise UserError(self.env._("Press «Reviewed»: who and when follows."))
        return super().write(vals)

    def _mail_fields(self):
        prefixes = ("message_", "activity_", "my_activity_")
        return {name for name in self._fields if name.startswith(prefixes)}

    def action_done(self):
        """The present user has looked the page through, now."""
        if not self.env.user.has_group(GROUP_CURATOR):
            raise AccessError(self.env._("Only a curator reviews the pages."))
        self.check_access("write")
        for review in self:
            if review.state == "done":
                raise UserError(
                    self.env._(
                        "%(page)s: reviewed already by %(who)s.",
                        page=review.display_name,
                        who=review.user_id.name,
                    )
                )
        # sudo: who and when are written by this step alone.
        self.sudo().write(
            {
                "state": "done",
                "user_id": self.env.uid,
                "done_at": fields.Datetime.now(),
            }
        )
        self.sudo().activity_unlink([ACTIVITY])
        return True

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _cron_plan(self):
        """Open today's reviews of every page whose act asks for them.

        Today is that of the organisation's zone.  Hourly is often enough, and a page
        connected at noon gets its review the same day.
        """
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        now = fields.Datetime.now()
        # pylint: disable=no-search-all
        for account in self.env["helpdesk.social.account"].search([]):
            try:
                with self.env.cr.savepoint():
                    self._plan(account, now)
            except Exception:  # pylint: disable=broad-except
                # One page never keeps the others from their reviews.
                _logger.exception("Planning the review of %s failed", account.id)

    @api.model
    def _plan(self, account, now):
        """Open the review of ``account`` for the day of ``now`` (UTC), if due."""
        regulation = account._regulation_in_force(now)
        if not regulation.page_review:
            return self.browse()
        day = account._review_day(now)
        if self.search_count(
            [("account_id", "=", account.id), ("day", "=", day)], limit=1
        ):
            return self.browse()
        working = regulation.page_review == "working"
        if working and not account._works_on(regulation, day):
            return self.browse()
        review = self.create(
            {
                "account_id": account.id,
                "day": day,
                "clause": regulation.page_review_clause,
            }
        )
        for user in review._reviewers(now):
            env = review.with_context(lang=user.lang).env
            review.with_env(env).activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=day,
                summary=env._("Look through the page: %s", account.name),
            )
        return review

    def _reviewers(self, now):
        """The curators of the page on duty, else all of the page, else its desk."""
        self.ensure_one()
        account = self.account_id
        desk = account.team_id
        curators = account.curator_ids or desk.user_ids | desk.user_id
        duty = self.env["helpdesk.social.duty"]._on_duty(self.company_id, now)
        curators = curators.filtered(
            lambda user: user.active and user.has_group(GROUP_CURATOR)
        )
        return (duty & curators) or curators


class HelpdeskSocialAccount(models.Model):
    _inherit = "helpdesk.social.account"

    def _regulation_in_force(self, now):
        """The version of the act that messages of this page come under at ``now``."""
        self.ensure_one()
        base = self.regulation_id or self.company_id.social_regulation_id
        return base._in_force(now) if base else base

    def _review_day(self, now):
        """The day of ``now`` (UTC) where the organisation is."""
        self.ensure_one()
        regulation = self._regulation_in_force(now)
        if not regulation:
            return now.date()
        zone = regulation._working_time(self.company_id).tz
        return now.replace(tzinfo=timezone.utc).astimezone(zone).date()

    def _works_on(self, regulation, day):
        """Whether ``day`` has working time by the act's calendar."""
        return bool(regulation._working_time(self.company_id).intervals(day))
