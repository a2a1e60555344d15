from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..networks.silence import WEEKS, silence

ACTIVITY = "helpdesk_mgmt_social.activity_page_silent"
UTC = timezone.utc


class HelpdeskSocialAccount(models.Model):
    """A page that used to get messages and gets none: told once, in figures."""

    _inherit = "helpdesk.social.account"

    silence_missing = fields.Integer(
        "Tell of silence when missing, messages",
        default=10,
        help="How many messages should have come by the habits of this page in the "
        "last eight weeks, before the administrators are told. 0: never.",
    )
    silent_since = fields.Datetime(
        "Silent since", readonly=True, copy=False, help="The last message that came."
    )
    silent_told_at = fields.Datetime("Told of silence", readonly=True, copy=False)
    silence_figures = fields.Json(readonly=True, copy=False)
    silence_words = fields.Char("Silence", compute="_compute_silence_words")

    @api.constrains("silence_missing", "unread_minutes")
    def _check_thresholds(self):
        for account in self:
            if account.silence_missing < 0 or account.unread_minutes < 0:
                raise ValidationError(
                    self.env._("Enter how many, or 0 to be told never.")
                )

    @api.depends("silence_figures", "silent_since")
    @api.depends_context("lang", "tz")
    def _compute_silence_words(self):
        for account in self:
            figures = account.silence_figures if account.silent_since else None
            account.silence_words = figures and self.env._(
                "No message for %(hours)s h. In these hours %(expected)s usually come, "
                "and the longest pause was %(longest)s h (%(messages)s messages in "
                "the last %(weeks)s weeks).",
                hours=figures["hours"],
                expected=figures["expected"],
                longest=figures["longest"],
                messages=figures["messages"],
                weeks=WEEKS,
            )

    # -- the lane ----------------------------------------------------------------

    def _watch_stalled(self, now):
        res = super()._watch_stalled(now)
        self._watch_silence(now)
        return res

    def _watch_silence(self, now):
        """Tell of a page that has gone silent; take it back when it speaks again."""
        self.ensure_one()
        # What is not read says nothing about what people write.
        if self._stalled_at(now) or not self.silence_missing:
            return
        found = self._silence(now)
        if found and found.unusual(now.replace(tzinfo=UTC), self.silence_missing):
            since = found.since.replace(tzinfo=None)
            self.write(
                {
                    "silent_since": since,
                    "silence_figures": {
                        "hours": _hours(now - since),
                        "expected": round(found.expected),
                        "longest": _hours(found.longest),
                        "messages": found.messages,
                    },
                }
            )
            if not self.silent_told_at:
                self._plan_for_admins(ACTIVITY, "_silence_notice")
                self.silent_told_at = now
        elif self.silent_since:
            self.write(
                {"silent_since": False, "silent_told_at": False, "silence_figures": {}}
            )
            self._planned(ACTIVITY).unlink()
            self._log_for_company("Messages come again.")

    def _silence_notice(self, user):
        env = self.with_context(lang=user.lang, tz=user.tz).env
        account = self.with_env(env)
        account.invalidate_recordset(["silence_words"])
        advice = env._(
            "Open the page on the network: can people write there, and is what they "
            "write seen by everybody? Then check the connection."
        )
        return {
            "summary": env._("%s has gone silent", self.name),
            "note": f"{account.silence_words} {advice}",
        }

    def _silence(self, now):
        """How the present pause compares with this page's habits; None with too
        little history."""
        self.env["helpdesk.social.message"].flush_model()
        since = now - timedelta(weeks=WEEKS)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('hour', posted_at), count(*), max(posted_at),
                       max(posted_at - before)
                  FROM (SELECT posted_at,
                               lag(posted_at) OVER (ORDER BY posted_at) AS before
                          FROM helpdesk_social_message
                         WHERE account_id = %s AND direction = 'in'
                           AND posted_at BETWEEN %s AND %s) AS posted
                 GROUP BY 1
                """,
                self.id,
                since,
                now,
            )
        )
        if not rows:
            return None
        zone = self.regulation_id.tz or self.company_id.partner_id.tz or "Europe/Moscow"
        return silence(
            {hour.replace(tzinfo=UTC): count for hour, count, _last, _gap in rows},
            max(row[2] for row in rows).replace(tzinfo=UTC),
            max((row[3] for row in rows if row[3]), default=timedelta()),
            now.replace(tzinfo=UTC),
            ZoneInfo(zone),
        )


def _hours(delta):
    return round(delta / timedelta(hours=1))
