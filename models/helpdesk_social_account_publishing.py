from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..networks import NETWORKS, client_class
from ..networks import network_of_link as network_of
from ..networks.links import host_of


class HelpdeskSocialAccount(models.Model):
    """What a page shows of its publishing: how fast it is, and what has been lost."""

    _inherit = "helpdesk.social.account"

    lost_reply_count = fields.Integer(
        "Missing or changed replies", compute="_compute_reply_counts"
    )
    publishing_words = fields.Char(
        "Time to publication", compute="_compute_publishing_words"
    )
    unseen_reply_count = fields.Integer(
        "Replies that could not be seen again",
        compute="_compute_reply_counts",
        help="Of the last 30 days: the network did not show them when they were "
        "looked for.",
    )

    def _standing_domain(self, *standings):
        """Replies of these pages that the last look found so, of the last 30 days."""
        return [
            ("account_id", "in", self.ids),
            ("standing", "in", standings),
            ("taken_off_at", "=", False),
            ("posted_at", ">=", fields.Datetime.now() - timedelta(days=30)),
        ]

    def action_view_lost(self):
        """Open the replies of this page that are gone or read otherwise by now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_social_outbox"
        )
        action["domain"] = self._standing_domain("gone", "changed")
        action["context"] = {}
        return action

    def _compute_reply_counts(self):
        # sudo: how many there are, not what they say.
        message = self.env["helpdesk.social.message"].sudo()
        groups = message._read_group(
            self._standing_domain("gone", "changed", "unknown"),
            ["account_id", "standing"],
            ["__count"],
        )
        counts = {(page.id, standing): count for page, standing, count in groups}
        for account in self:
            gone = counts.get((account.id, "gone"), 0)
            changed = counts.get((account.id, "changed"), 0)
            account.lost_reply_count = gone + changed
            account.unseen_reply_count = counts.get((account.id, "unknown"), 0)

    @api.depends_context("lang")
    def _compute_publishing_words(self):
        """How long replies of the last 30 days took to stand on the network."""
        figures = self._publishing_latency()
        for account in self:
            found = figures.get(account.id)
            words = False
            if found and found["count"]:
                words = self.env._(
                    "half within %(median)s, 95 %% within %(most)s (%(count)s replies)",
                    median=self._duration_words(float(found["median"])),
                    most=self._duration_words(float(found["p95"])),
                    count=found["count"],
                )
            account.publishing_words = words

    def _publishing_latency(self, days=30):
        """How long replies of these pages took from the outbox to the network.

        Of the last ``days``, sent by the software.  Returns a dict by id of the page:
        dicts with ``count``, ``median`` and ``p95`` (seconds, None without replies).
        """
        result = {
            account.id: {"count": 0, "median": None, "p95": None} for account in self
        }
        if not self:
            return result
        self.env["helpdesk.social.message"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT account_id, count(*),
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY publish_seconds),
                       percentile_cont(0.95) WITHIN GROUP (ORDER BY publish_seconds)
                  FROM helpdesk_social_message
                 WHERE is_timed AND account_id IN %s AND posted_at >= %s
                 GROUP BY account_id
                """,
                tuple(self.ids),
                fields.Datetime.now() - timedelta(days=days),
            )
        )
        for account_id, count, median, p95 in self.env.cr.fetchall():
            result[account_id] = {"count": count, "median": median, "p95": p95}
        return result

    # -- links that people paste ---------------------------------------------------

    def _check_link_to(self, link, network):
        """Refuse a ``link`` that does not lead to ``network`` (UserError).

        Where no client speaks the network, every web address passes that is not known
        to be another network's.  ``self`` may be the page, or none.
        """
        own = host_of(self.api_url or "")
        if own and host_of(link) == own:
            # Reached through a proxy of one's own.
            return
        if network in NETWORKS:
            fits = client_class(network).owns_link(link)
        else:
            fits = not network_of(link)
        if not fits:
            labels = dict(self._fields["network"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This link does not lead to %s. Paste the link to the published "
                    "reply.",
                    labels.get(network, network),
                )
            )
