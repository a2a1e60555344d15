from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
#: Replies that are not out yet, or of which it is not known.
PENDING_STATES = ("queued", "sending", "unknown", "failed")


class HelpdeskSocialAccount(models.Model):
    """How long a message takes from being posted to being stored, and what waits."""

    _inherit = "helpdesk.social.account"

    lag_median = fields.Float("Lag, median of 24 h", compute="_compute_lag")
    lag_95 = fields.Float("Lag, 95 % of 24 h", compute="_compute_lag")
    lag_max = fields.Float("Lag, longest of 24 h", compute="_compute_lag")
    lag_week_median = fields.Float("Lag, median of 7 days", compute="_compute_lag")
    lag_week_95 = fields.Float("Lag, 95 % of 7 days", compute="_compute_lag")
    lag_week_max = fields.Float("Lag, longest of 7 days", compute="_compute_lag")
    lag_words = fields.Char("Lag", compute="_compute_lag", help="Of the last 24 hours.")
    lag_week_words = fields.Char("Lag of the week", compute="_compute_lag")
    outbox_waiting_count = fields.Integer("To publish", compute="_compute_queues")
    outbox_unknown_count = fields.Integer("Unclear", compute="_compute_queues")
    outbox_failed_count = fields.Integer(
        "Refused by the network", compute="_compute_queues"
    )
    broken_count = fields.Integer("Not processed", compute="_compute_queues")

    def _compute_lag(self):
        """Seconds, of what was posted since the page was connected: history that a
        first reading fetches was never late."""
        figures = self._lags(fields.Datetime.now())
        nothing = (None,) * 6
        for account in self:
            day, week = figures.get(account.id, (nothing[:3], nothing[:3]))
            account.lag_median, account.lag_95, account.lag_max = _floats(day)
            account.lag_week_median, account.lag_week_95, account.lag_week_max = (
                _floats(week)
            )
            account.lag_words = self._lag_sentence(day)
            account.lag_week_words = self._lag_sentence(week)

    def _lags(self, now):
        """(median, 95th percentile, longest) of the last 24 hours and of 7 days, in
        seconds or None, by page; one query for all."""
        if not self.ids:
            return {}
        self.env["helpdesk.social.message"].flush_model()
        self.flush_model(["first_success"])
        lag = SQL("greatest(0, extract(epoch FROM m.stored_at - m.posted_at))")
        day = SQL("FILTER (WHERE m.stored_at > %s)", now - DAY)

        def part(share, only):
            return SQL(
                "percentile_cont(%s) WITHIN GROUP (ORDER BY %s) %s", share, lag, only
            )

        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.account_id, %s, %s, max(%s) %s, %s, %s, max(%s)
                  FROM helpdesk_social_message m
                  JOIN helpdesk_social_account a ON a.id = m.account_id
                 WHERE m.account_id IN %s AND m.direction = 'in'
                   AND m.stored_at > %s
                   AND m.posted_at >= coalesce(a.first_success, a.create_date)
                 GROUP BY m.account_id
                """,
                part(0.5, day),
                part(0.95, day),
                lag,
                day,
                part(0.5, SQL()),
                part(0.95, SQL()),
                lag,
                tuple(self.ids),
                now - WEEK,
            )
        )
        return {row[0]: (row[1:4], row[4:7]) for row in rows}

    def _lag_sentence(self, figures):
        """(median, 95th percentile, longest) in words; False where nothing came."""
        if figures[0] is None:
            return False
        median, most, longest = (self._duration_words(float(f)) for f in figures)
        return self.env._(
            "half within %(median)s, 95 %% within %(most)s, the longest %(longest)s",
            median=median,
            most=most,
            longest=longest,
        )

    def _duration_words(self, seconds):
        """A duration in the unit that people would use."""
        if seconds < 120:
            return self.env._("%s s", round(seconds))
        if seconds < 7200:
            return self.env._("%s min", round(seconds / 60))
        return self.env._("%s h", round(seconds / 3600))

    def _compute_queues(self):
        """What waits on each page, whoever asks: figures without a word of it."""
        # sudo: the figures say how the page works, not what is in a message.
        Message = self.env["helpdesk.social.message"].sudo()
        own = [("account_id", "in", self.ids)]
        counts = {
            (account.id, state): count
            for account, state, count in Message._read_group(
                [*own, ("outbox_state", "in", PENDING_STATES)],
                ["account_id", "outbox_state"],
                ["__count"],
            )
        }
        broken = {
            account.id: count
            for account, count in Message._read_group(
                [*own, ("broken", "=", True)], ["account_id"], ["__count"]
            )
        }
        for account in self:
            key = account._origin.id
            account.outbox_waiting_count = counts.get((key, "queued"), 0) + counts.get(
                (key, "sending"), 0
            )
            account.outbox_unknown_count = counts.get((key, "unknown"), 0)
            account.outbox_failed_count = counts.get((key, "failed"), 0)
            account.broken_count = broken.get(key, 0)

    # -- windows -----------------------------------------------------------------

    def action_view_broken(self):
        """Open what could not be processed on this page."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_social_broken"
        )
        action["domain"] = [("account_id", "=", self.id), ("broken", "=", True)]
        return action

    def action_view_outbox(self):
        """Open the replies of this page that wait, are unclear or were refused."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_social_outbox"
        )
        action["domain"] = [
            ("account_id", "=", self.id),
            ("outbox_state", "in", PENDING_STATES),
        ]
        action["context"] = {}
        return action


def _floats(figures):
    return [float(figure or 0) for figure in figures]
