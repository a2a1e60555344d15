import threading
import time
from datetime import timedelta

from odoo import api, fields, models

#: Refusals that a process writes down one by one; then they are counted together.
BURST = 20
#: Seconds after which one more row may be written.
REFILL_SECONDS = 5
KEPT_DAYS = 30

_lock = threading.Lock()
#: (database, page) -> [rows that may be written, when that was so, refusals to tell]
_counts = {}


class HelpdeskSocialDeliveryRefusal(models.Model):
    """Calls at a page's address that did not come from its network.

    Rows are only added, so that counting never stands in anybody's way, and whoever
    calls a thousand times a second does not make a thousand rows.
    """

    _name = "helpdesk.social.delivery.refusal"
    _description = "Refused deliveries"
    _inherit = ["helpdesk.social.procedural"]
    _order = "id desc"
    _log_access = False

    account_id = fields.Many2one(
        "helpdesk.social.account",
        "Page",
        required=True,
        index=True,
        ondelete="cascade",
    )
    at = fields.Datetime("When", required=True)
    count = fields.Integer("Calls", required=True)

    @api.model
    def _count(self, account, clock=time.monotonic):
        """Count one more refused call of ``account``'s address."""
        key, now = (self.env.cr.dbname, account.id), clock()
        with _lock:
            allowance, since, untold = _counts.get(key, (BURST, now, 0))
            allowance = min(BURST, allowance + (now - since) / REFILL_SECONDS)
            untold += 1
            tell = untold if allowance >= 1 else 0
            _counts[key] = (allowance - bool(tell), now, untold - tell)
        if tell:
            at = fields.Datetime.now()
            self.create({"account_id": account.id, "at": at, "count": tell})

    @api.autovacuum
    def _gc_old(self):
        """Forget refusals of long ago."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("at", "<", limit)]).unlink()
