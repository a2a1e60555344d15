import logging
from collections import defaultdict
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..models.helpdesk_social_deadline_alert import CONFLICTS
from . import surges
from .helpdesk_social_figures import STATISTIC

_logger = logging.getLogger(__name__)


class HelpdeskSocialSurge(models.Model):
    """The lane that looks for surges; what is unusual is said by ``surges.py``."""

    _inherit = "helpdesk.social.surge"

    @api.model
    def _cron_detect(self):
        """Look for surges in every administration.  Never raises."""
        cron = self.env["ir.cron"]
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        companies = self.env["res.company"].search([("social_surge_hours", ">", 0)])
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self._detect(company, fields.Datetime.now())
                self.env.flush_all()
            except CONFLICTS:
                # Another process was quicker; the next run sees what it left.
                self.env.cr.rollback()
            except Exception:  # pylint: disable=broad-except
                # One administration never keeps the others from theirs.
                self.env.cr.rollback()
                _logger.exception("Looking for surges in %s failed", company.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _detect(self, company, now):
        """Find the surges of ``company`` in the hours before ``now`` (naive UTC)."""
        hours = company.social_surge_hours
        going = self.search(
            [("company_id", "=", company.id), ("state", "=", "ongoing")]
        )
        past = self._history(company, now)
        counts = {}
        if past:
            counts = self._window_counts(company, [surges.window(now, hours), *past])
        found, verdicts = {}, {}
        for key, by_window in counts.items():
            count, tickets = by_window.get(0, (0, ()))
            before = [by_window.get(n, (0, ()))[0] for n in range(1, len(past) + 1)]
            verdict = surges.judge(
                count, before, company.social_surge_least, company.social_surge_factor
            )
            if verdict.unusual:
                found[key] = set(tickets)
                verdicts[key] = (count, verdict.usual)
        known = {surge._key(): surge for surge in going}
        for key in surges.events(found, known):
            surge = known.get(key, self.browse())
            surge._grow(company, key, found[key], verdicts[key], now)._tell_heads(now)
        for key, surge in known.items():
            if key in found:
                continue
            if surge.seen_at <= now - timedelta(hours=surge.hours):
                surge.write({"state": "over", "ended_at": surge.date_last})
                surge.activity_unlink(["helpdesk_mgmt_social.activity_head_notice"])
                surge.head_notice_ids._withdraw()

    def _key(self):
        return (self.category_id.id or None, self.territory_id.id or None)

    @api.model
    def _history(self, company, now):
        """Windows to compare with, naive UTC, the nearest first."""
        zone = self.env["helpdesk.social.figures"]._tz(company).zone
        # sudo is given: the lane looks at all messages.
        [(since,)] = self.env["helpdesk.ticket"]._read_group(
            [("is_social", "=", True), ("company_id", "=", company.id)],
            [],
            ["received_at:min"],
        )
        local = now.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
        since = since and since.replace(tzinfo=timezone.utc)
        found = surges.history(local, company.social_surge_hours, since)
        return [surges.Window(*map(_naive, window)) for window in found.windows]

    @api.model
    def _window_counts(self, company, windows):
        """{(topic, place): {number of the window: (count, ids of messages)}}.

        One query for all.  Topic or place is None where any of them counts.
        """
        within = fields.Domain.OR(
            fields.Domain("received_at", ">", w.start)
            & fields.Domain("received_at", "<=", w.stop)
            for w in windows
        )
        domain = fields.Domain("company_id", "=", company.id) & within
        domain &= fields.Domain("outcome", "!=", "excluded")
        query = self.env[STATISTIC]._search(domain)
        self.env["helpdesk.ticket"].flush_model(["author_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT w.number, row.category_id, row.territory_id,"
                "       GROUPING(row.category_id), GROUPING(row.territory_id),"
                # Negative: a message without an author stands for itself.
                "       count(DISTINCT COALESCE(t.author_id, -t.id)), array_agg(t.id)"
                "  FROM (SELECT %(own)s.ticket_id, %(own)s.category_id,"
                "               %(own)s.territory_id, %(own)s.received_at"
                "          FROM %(source)s WHERE %(where)s) row"
                "  JOIN helpdesk_ticket t ON t.id = row.ticket_id"
                "  JOIN (VALUES %(windows)s) w(number, start, stop)"
                "    ON row.received_at > w.start AND row.received_at <= w.stop"
                " GROUP BY GROUPING SETS ((1, 2), (1, 3), (1, 2, 3))",
                own=SQL.identifier(query.table),
                source=query.from_clause,
                where=query.where_clause or SQL("TRUE"),
                windows=SQL(", ").join(
                    SQL("(%s, %s::timestamp, %s::timestamp)", number, *window)
                    for number, window in enumerate(windows)
                ),
            )
        )
        counts = defaultdict(dict)
        for number, topic, place, any_topic, any_place, count, ids in rows:
            if (topic or any_topic) and (place or any_place):
                counts[topic, place][number] = (count, ids)
        return dict(counts)

    def _grow(self, company, key, tickets, numbers, now):
        """Record what was found: a new surge, or one that goes on."""
        topic, place = key
        count, usual = numbers
        if not self:
            self = self.create(
                {
                    "company_id": company.id,
                    "category_id": topic,
                    "territory_id": place,
                    "date_from": now,
                    "date_last": now,
                    "seen_at": now,
                    "hours": company.social_surge_hours,
                    "peak": count,
                    "usual": usual,
                    "count": count,
                }
            )
        vals = {"seen_at": now, "ticket_ids": [(4, ticket) for ticket in tickets]}
        if count > self.peak:
            vals.update(peak=count, usual=usual, hours=company.social_surge_hours)
        self.write(vals)
        counted = self.ticket_ids.filtered(lambda t: t.social_state != "excluded")
        times = counted.mapped("received_at")
        self.write(
            {
                "count": len({t.author_id.id or -t.id for t in counted}),
                "date_from": min(times, default=self.date_from),
                "date_last": max(times, default=self.date_last),
            }
        )
        return self


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
