from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..networks import client_class
from .helpdesk_social_account_health import INSTANT_FORMAT
from .helpdesk_social_delivery import KEPT_DAYS

ACTIVITY = "helpdesk_mgmt_social.activity_delivery_stopped"
#: So many messages, found by reading alone, show that events are not delivered.
UNHEARD = 5
#: An event may come later than its message is read.
LATE = timedelta(minutes=15)


class HelpdeskSocialAccount(models.Model):
    """Events that are delivered no more: told once.

    VK gives an address up after some failures, a proxy may be set up anew; nobody is
    told of that.  Reading loses nothing, so it is what shows it.
    """

    _inherit = "helpdesk.social.account"

    delivery_since = fields.Datetime("Delivered since", readonly=True, copy=False)
    unheard_since = fields.Datetime("No event since", readonly=True, copy=False)
    unheard_words = fields.Char("Why it fails", compute="_compute_unheard_words")

    @api.depends("unheard_since")
    @api.depends_context("lang", "tz")
    def _compute_unheard_words(self):
        for account in self:
            since = account.unheard_since
            account.unheard_words = since and self.env._(
                "No event has come since %s, though reading has found new messages. "
                "Nothing is lost, but messages come later. Switch the delivery on "
                "again; if that does not help, check that the address can be reached "
                "from outside.",
                format_datetime(self.env, since, dt_format=INSTANT_FORMAT),
            )

    @api.depends("unheard_since")
    def _compute_delivery(self):
        return super()._compute_delivery()

    def _delivery_state_now(self):
        state = super()._delivery_state_now()
        return "failing" if state == "on" and self.unheard_since else state

    def _ask_for_delivery(self):
        res = super()._ask_for_delivery()
        if not self.delivery_error:
            self.delivery_since = fields.Datetime.now()
            self._forget_unheard()
        return res

    # -- the lane ----------------------------------------------------------------

    def _watch_stalled(self, now):
        res = super()._watch_stalled(now)
        self._watch_delivery(now)
        return res

    def _watch_delivery(self, now):
        """Tell of a delivery that has stopped; take it back when events come again."""
        self.ensure_one()
        since = self._silent_delivery(now)
        if since and not self.unheard_since:
            self.unheard_since = since
            self._plan_for_admins(ACTIVITY, "_unheard_notice")
        elif self.unheard_since and not since:
            self._forget_unheard()
            # sudo: the digest of the address is closed to everybody.
            if self.sudo().delivery_hash:
                speaking = self.with_context(lang=self.company_id._social_lang())
                words = speaking.env._("Events are delivered again.")
                speaking._message_log(body=words)

    def _silent_delivery(self, now):
        """Since when (UTC) no event has come though messages have; None where events
        come, or need not."""
        # sudo: as above.
        if not (self.sudo().delivery_hash and self._can_be_delivered()):
            return None
        self.invalidate_recordset(["last_delivery_at"])
        # Events of longer ago are forgotten.
        known = [now - timedelta(days=KEPT_DAYS)]
        known += [self.delivery_since, self.last_delivery_at]
        since = max(filter(None, known))
        number = self.env["helpdesk.social.message"].search_count(
            [
                ("account_id", "=", self.id),
                ("direction", "=", "in"),
                ("item_type", "in", list(client_class(self.network).DELIVERED)),
                ("posted_at", ">", since),
                ("posted_at", "<", now - LATE),
            ],
            limit=UNHEARD,
        )
        return since if number == UNHEARD else None

    def _forget_unheard(self):
        self.unheard_since = False
        self._planned(ACTIVITY).unlink()

    def _unheard_notice(self, user):
        account = self.with_context(lang=user.lang, tz=user.tz)
        account.invalidate_recordset(["unheard_words"])
        return {
            "summary": account.env._("%s: events are not delivered", self.name),
            "note": account.unheard_words,
        }
