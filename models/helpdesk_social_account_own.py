from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import psycopg2

from odoo import fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

from .res_users import GROUP_ADMIN, GROUP_CURATOR, GROUP_HEAD

WEEK = timedelta(days=7)
#: Pages whose reading has come to a stand: what they posted is not known.
UNREAD = ("new", "failing", "stopped")


class HelpdeskSocialAccount(models.Model):
    """Our own posts on a page, counted by weeks of the organisation's zone."""

    _inherit = "helpdesk.social.account"

    own_post_ids = fields.One2many(
        "helpdesk.social.own.post",
        "account_id",
        "Own posts",
        readonly=True,
        groups=f"{GROUP_CURATOR},{GROUP_HEAD},{GROUP_ADMIN}",
    )

    # -- on the way in -----------------------------------------------------------

    def _note_own(self, items):
        """Note the page's own posts among ``items`` of the network, and deletions."""
        self.ensure_one()
        posts = [item for item in items if item.item_type == "post"]
        # A deleted post comes without its author.
        ours = [item for item in posts if item.own or item.deleted]
        if not ours:
            return
        # sudo: posts are noted by the reading alone.
        Post = self.env["helpdesk.social.own.post"].sudo()
        ids = [item.external_id for item in ours]
        found = Post.search([("account_id", "=", self.id), ("external_id", "in", ids)])
        known = {post.external_id: post for post in found}
        fresh = {}
        for item in ours:
            post = known.get(item.external_id)
            if post and post.is_deleted != item.deleted:
                post.is_deleted = item.deleted
            if not post and item.own:
                fresh[item.external_id] = {
                    "account_id": self.id,
                    "external_id": item.external_id,
                    "posted_at": _naive(item.posted_at),
                    "link": item.permalink or False,
                    "is_deleted": item.deleted,
                }
        if not fresh:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                Post.create(list(fresh.values()))
        except psycopg2.errors.UniqueViolation as error:
            # Noted by another process since our snapshot: the piece is read again.
            raise ConcurrencyError(str(error)) from error

    # -- weeks -------------------------------------------------------------------

    def _own_zone(self, now):
        """The zone whose weeks count: the act's."""
        self.ensure_one()
        regulation = self._regulation_in_force(now)
        return ZoneInfo(regulation.tz or self.company_id.partner_id.tz or "UTC")

    def _week_bounds(self, monday, now):
        """(start, stop) of the week from ``monday`` as naive UTC."""
        zone = self._own_zone(now)
        return tuple(
            _naive(datetime.combine(day, time.min, zone))
            for day in (monday, monday + WEEK)
        )

    def _monday(self, now):
        """The first day of the week of ``now`` (naive UTC) in the zone."""
        return _monday(now, self._own_zone(now))

    def _posts_asked(self, monday):
        """How many posts the act asks for in the week from ``monday``; its clause.

        Nothing of other people's pages, nor of weeks of which not all was read.
        """
        self.ensure_one()
        noon = datetime.combine(monday, time(12))
        act = self._regulation_in_force(noon)
        if not act.posts_per_week or self.page_owner == "third_party":
            return 0, False
        read_from = self.since or self.create_date - timedelta(days=3)
        if not self.receive or self._week_bounds(monday, noon)[0] < read_from:
            return 0, False
        return act.posts_per_week, act.posts_clause

    def _own_weeks(self, first, last, now):
        """Own posts by page and week, of the weeks that end from ``first`` to ``last``
        (days) and have begun by ``now`` (naive UTC), where the act asks for any.

        Rows in order of page and week: {account, monday, count, asked, clause,
        fulfilled}; ``fulfilled`` is None while a week that may yet be is not over.
        """
        accounts = self._asked_for_posts()
        mondays = []
        monday = first - timedelta(first.weekday())
        while monday + timedelta(6) <= last:
            mondays.append(monday)
            monday += WEEK
        wanted = []
        this_week = {account: account._monday(now) for account in accounts}
        for account in accounts:
            for monday in mondays:
                if monday > this_week[account]:
                    break
                asked, clause = account._posts_asked(monday)
                if asked:
                    wanted.append((account, monday, asked, clause))
        if not wanted:
            return []
        counts = self._own_counts(wanted, now)
        rows = []
        for account, monday, asked, clause in wanted:
            count = counts.get((account.id, monday), 0)
            running = monday == this_week[account]
            rows.append(
                {
                    "account": account,
                    "monday": monday,
                    "count": count,
                    "asked": asked,
                    "clause": clause or "",
                    "fulfilled": True if count >= asked else None if running else False,
                }
            )
        return rows

    def _asked_for_posts(self):
        """The pages whose act asks for posts in any of its versions."""
        acts = self.regulation_id | self.company_id.social_regulation_id
        asking = acts.with_context(active_test=False).search(
            [("code", "in", acts.mapped("code")), ("posts_per_week", ">", 0)]
        )
        codes = set(asking.mapped("code"))
        return self.filtered(
            lambda a: (
                (a.regulation_id or a.company_id.social_regulation_id).code in codes
            )
        )

    def _own_counts(self, wanted, now):
        """{(page id, monday): posts} of these pages and weeks."""
        bounds = {
            (account, monday): account._week_bounds(monday, now)
            for account, monday, *_rest in wanted
        }
        starts, stops = zip(*bounds.values(), strict=True)
        posts = self.env["helpdesk.social.own.post"].search_fetch(
            [
                ("account_id", "in", [account.id for account, *_rest in wanted]),
                ("is_deleted", "=", False),
                ("posted_at", ">=", min(starts)),
                ("posted_at", "<", max(stops)),
            ],
            ["account_id", "posted_at"],
        )
        zones = {account: account._own_zone(now) for account, _week in bounds}
        counts = {}
        for post in posts:
            account = post.account_id
            key = (account.id, _monday(post.posted_at, zones[account]))
            counts[key] = counts.get(key, 0) + 1
        return counts


def _monday(moment, zone):
    day = moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
    return day - timedelta(day.weekday())


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
