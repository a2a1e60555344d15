import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import clean_context, format_datetime

from ..networks import Consequence
from .helpdesk_social_account_ingest import PERSON_NEEDED
from .res_users import GROUP_ADMIN

_logger = logging.getLogger(__name__)

ACTIVITY = "helpdesk_mgmt_social.activity_page"
INSTANT_FORMAT = "d MMMM, HH:mm"
#: What is shown first of the pages.
HEALTH_ORDER = ("stopped", "failing", "warning", "silent", "new", "ok")


class HelpdeskSocialAccount(models.Model):
    """A page in trouble: the administrators are told once, and of nothing more until
    it has recovered, which it tells by itself."""

    _inherit = "helpdesk.social.account"

    trouble_since = fields.Datetime(
        "In trouble since",
        readonly=True,
        copy=False,
        help="The first failure after the last success.",
    )
    notified_at = fields.Datetime("Administrators told", readonly=True, copy=False)
    first_success = fields.Datetime("Connected", readonly=True, copy=False)
    unread_minutes = fields.Integer(
        "Tell if not read for, minutes",
        default=30,
        help="However that came about: the administrators are told once. 0: never.",
    )
    is_stalled = fields.Boolean(
        "Not read in time", compute="_compute_is_stalled", search="_search_is_stalled"
    )

    health_order = fields.Integer(
        "Order on the board", compute="_compute_health_order", store=True
    )

    @api.depends("health", "silent_since")
    def _compute_health_order(self):
        """The board begins with the page that needs somebody most."""
        for account in self:
            silent = account.health == "ok" and account.silent_since
            account.health_order = HEALTH_ORDER.index(
                "silent" if silent else account.health
            )

    @api.depends("last_success", "unread_minutes", "receive", "health")
    def _compute_is_stalled(self):
        now = fields.Datetime.now()
        for account in self:
            account.is_stalled = account._stalled_at(now)

    def _stalled_at(self, now):
        """Whether this page should have been read within its time and was not."""
        self.ensure_one()
        if not (self.receive and self.active and self.unread_minutes > 0):
            return False
        since = self.last_success or self.create_date or now
        return since < now - timedelta(minutes=self.unread_minutes)

    def _search_is_stalled(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        stalled = self.search([("receive", "=", True)])
        stalled = stalled.filtered(lambda account: account._stalled_at(now))
        domain = fields.Domain("id", "in", stalled.ids)
        return fields.Domain.OR(domain if wanted else ~domain for wanted in set(value))

    # -- episodes ----------------------------------------------------------------

    def _note_success(self, now, pause_seconds, problems=()):
        res = super()._note_success(now, pause_seconds, problems)
        if not self.first_success:
            self.first_success = now
        if problems:
            self._begin_trouble(now)
            self._tell_trouble(now)
        elif self.trouble_since or self.notified_at:
            self._end_trouble()
        return res

    def _note_failure(self, consequence, message, retry_after=None):
        res = super()._note_failure(consequence, message, retry_after)
        now = fields.Datetime.now()
        self._begin_trouble(now)
        if consequence in PERSON_NEEDED or self.health == "failing":
            self._tell_trouble(now)
        return res

    def _begin_trouble(self, now):
        if not self.trouble_since:
            self.trouble_since = now

    def _tell_trouble(self, now):
        """Tell the administrators what is wrong and the one thing to do, once."""
        self.ensure_one()
        planned = self._planned(ACTIVITY)
        if self.notified_at:
            # The same episode: what is planned says what is wrong by now.
            for activity in planned:
                words = self._trouble_words(activity.user_id)
                if activity.summary != words["summary"]:
                    activity.write(words)
            return
        self._plan_for_admins(ACTIVITY, "_trouble_words")
        self.notified_at = now

    def _end_trouble(self):
        """Take back what was planned; who was told can read that it has passed."""
        told = self.notified_at
        self.write({"trouble_since": False, "notified_at": False})
        self._planned(ACTIVITY).unlink()
        if told:
            self._log_for_company("The page is read again.")

    def _trouble_words(self, user):
        env = self.with_context(lang=user.lang, tz=user.tz).env
        account = self.with_env(env)
        summary = env._("%s: messages are not fetched", self.name)
        if self.last_consequence == Consequence.CREDENTIALS:
            summary = env._("%s: the key is no longer valid", self.name)
        elif self.health == "warning" and self.last_success == self.last_error_at:
            summary = env._("%s: a part is not fetched", self.name)
        elif self.last_consequence == Consequence.PERMISSION:
            summary = env._("%s: a right is missing", self.name)
        elif self.last_consequence == Consequence.PERSON:
            summary = env._("%s: the network wants a person", self.name)
        advice = account.advice or env._(
            "Check the connection on the form of the page and, if nothing is wrong "
            "there, that the server's scheduled actions run."
        )
        since = format_datetime(
            env, self.trouble_since, tz=user.tz, dt_format=INSTANT_FORMAT
        )
        return {
            "summary": summary,
            "note": env._(
                "%(advice)s Since %(since)s. The network said: %(error)s",
                advice=advice,
                since=since,
                error=self.last_error or "—",
            ),
        }

    # -- telling -----------------------------------------------------------------

    def _admins(self):
        """Who looks after this page: the social administrators of its company."""
        # sudo: who has which role is asked for a scheduled action.
        group = self.env.ref(GROUP_ADMIN).sudo()
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def _planned(self, kind):
        # sudo: what is planned belongs to other people.
        return self.sudo().activity_search([kind])

    def _plan_for_admins(self, kind, words):
        """Plan an activity of ``kind`` for each administrator, in their language;
        ``words`` names the method that gives summary and note for a user."""
        admins = self._admins()
        if not admins:
            _logger.error("Nobody could be told of the trouble with page %s", self.id)
        for user in admins:
            # sudo: the reader of a page acts for nobody.
            own = self.sudo().with_context(clean_context(self.env.context))
            own.with_context(lang=user.lang).activity_schedule(
                kind,
                user_id=user.id,
                date_deadline=fields.Date.context_today(self),
                **getattr(self, words)(user),
            )

    def _log_for_company(self, source):
        """Log a sentence, given as its English source, in the company's language."""
        record = self.with_context(lang=self.company_id._social_lang())
        sentences = {
            "The page is read again.": record.env._("The page is read again."),
            "Messages come again.": record.env._("Messages come again."),
        }
        record._message_log(body=sentences[source])

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _cron_health(self):
        """The lane of health: pages that nobody reads, and pages gone silent.

        Never raises.  A page that is read tells of its own failures at once; this
        finds what fails to happen.
        """
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        now = fields.Datetime.now()
        for account in self.search([("receive", "=", True)], order="id"):
            account._watch(now)

    def _watch(self, now):
        """Look after one page; what goes wrong here keeps no other from it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._watch_stalled(now)
        except Exception:  # pylint: disable=broad-except
            _logger.exception("The health of page %s was not looked at", self.id)

    def _watch_stalled(self, now):
        if self._has_client() and self._stalled_at(now) and not self.notified_at:
            self._begin_trouble(self.last_success or self.create_date)
            self._tell_trouble(now)
