from odoo import api, fields, models

from ..deadlines import PROMISE


class HelpdeskSocialDeadline(models.Model):
    """Promises that interim replies made, and whether they were kept."""

    _inherit = "helpdesk.social.deadline"

    @api.model
    def _broken_promise_domain(self, now=None):
        """Domain of the promises broken by ``now`` (UTC, the present by default):
        ended late, or past due and still running.  For filters and reports."""
        now = now or fields.Datetime.now()
        late = fields.Domain("state", "=", "running") & fields.Domain("due", "<", now)
        broken = fields.Domain("state", "=", "breached") | late
        return fields.Domain("stage", "=", PROMISE) & broken
