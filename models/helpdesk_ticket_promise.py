from datetime import time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..deadlines.calendars import local_instant


class HelpdeskTicket(models.Model):
    """The promise of an interim reply, on its way into the history."""

    _inherit = "helpdesk.ticket"

    has_broken_promise = fields.Boolean(
        "Broken promise",
        compute="_compute_has_broken_promise",
        search="_search_has_broken_promise",
        help="An interim reply promised the final one by a date that was not kept.",
    )

    @api.depends("deadline_ids.state", "deadline_ids.due")
    def _compute_has_broken_promise(self):
        domain = self.env["helpdesk.social.deadline"]._broken_promise_domain()
        for ticket in self:
            broken = ticket.deadline_ids.filtered_domain(domain)
            ticket.has_broken_promise = bool(broken)

    def _search_has_broken_promise(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self.env["helpdesk.social.deadline"]._broken_promise_domain()
        broken = fields.Domain("deadline_ids", "any", domain)
        return fields.Domain.OR(broken if wanted else ~broken for wanted in set(value))

    def _promised_instant(self, day):
        """By when a reply promised for ``day`` is due (naive, UTC).

        To the end of the organisation's working time on that day; on a day off, to
        24:00 in its zone.
        """
        self.ensure_one()
        tz = ZoneInfo(self._social_tz())
        regulation = self.regulation_id
        hours = ()
        if regulation:
            hours = regulation._working_time(self.company_id).intervals(day)
        end = hours[-1][1] if hours else None
        end = end or local_instant(day + timedelta(days=1), time.min, tz)
        return end.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

    # -- publication -------------------------------------------------------------

    def publish(self, text, account, **kwargs):
        self._approved_replies()._check_promise(fields.Datetime.now())
        return super().publish(text, account, **kwargs)

    def publish_by_hand(self, text, link, where="hand", at=None, **kwargs):
        self._approved_replies()._check_promise(at or fields.Datetime.now())
        return super().publish_by_hand(text, link, where=where, at=at, **kwargs)

    def _merged_vals(self):
        """The whole is promised by the latest of the parts' dates, since it is
        complete no earlier, and for all their reasons."""
        vals = super()._merged_vals()
        parts = self._approved_replies().filtered(lambda r: r.kind == "interim")
        dates = [part.promised_date for part in parts if part.promised_date]
        reasons = [part.interim_reason for part in parts if part.interim_reason]
        if dates:
            vals["promised_date"] = max(dates)
        if reasons:
            vals["interim_reason"] = "\n".join(dict.fromkeys(reasons))
        return vals

    def _publication_vals(self, reply, where):
        vals = super()._publication_vals(reply, where)
        if reply.kind == "interim" and reply.promised_date:
            vals["due"] = self._promised_instant(reply.promised_date)
        if reply.kind == "interim" and reply.interim_reason:
            vals["note"] = reply.interim_reason
        return vals
