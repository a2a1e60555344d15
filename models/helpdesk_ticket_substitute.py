from odoo import models

#: What the holder of an assignment does; the other steps are the curator's.
HOLDER_EVENTS = {"accepted", "declined", "signed_off", "draft_submitted"}


class HelpdeskTicket(models.Model):
    """Steps of a stand-in are recorded as such."""

    _inherit = "helpdesk.ticket"

    def _record_event(self, event_type, at=None, assignment=None, reply=None, **vals):
        user = self._acting_user()
        if event_type in HOLDER_EVENTS and assignment and user:
            if "on_behalf_id" not in vals:
                vals["on_behalf_id"] = assignment._on_behalf(user).id
        return super()._record_event(
            event_type, at=at, assignment=assignment, reply=reply, **vals
        )
