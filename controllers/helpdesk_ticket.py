from contextlib import suppress

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class HelpdeskSocialTicketController(HelpdeskTicketController):
    """Keep the portal's close link away from social tickets.

    The base route closes whatever ticket it is told, by id and as superuser.  A
    social ticket is closed only by the steps of its regulation.
    """

    @http.route()
    def support_ticket_close(self, **kw):
        # Read exactly as the base route does: `int` takes " 7" and "0_7", too.
        with suppress(TypeError, ValueError):
            if _is_social(int(kw.get("ticket_id"))):
                raise request.not_found()
        return super().support_ticket_close(**kw)


class HelpdeskSocialPortal(CustomerPortalHelpdesk):
    """The portal has no page for a social ticket, not even for its readers."""

    @http.route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        if _is_social(ticket_id):
            return request.redirect("/my")
        return super().portal_my_ticket(ticket_id, access_token=access_token, **kw)


def _is_social(ticket_id):
    # sudo: the caller may not see the ticket; only its kind is read.
    ticket = request.env["helpdesk.ticket"].sudo().browse(ticket_id)
    return bool(ticket.exists() and ticket.is_social)
