import logging
import re

from odoo import SUPERUSER_ID, api, http
from odoo.http import request

#: A call is one event; the largest is a message with some attachments described.
LONGEST_CALL = 1024 * 1024

_PATH = re.compile(r"(/helpdesk_social/hook/)[^\s?#/\"]+")


class _Masked(logging.Filter):
    """The server's log of requests, without the secret part of the addresses."""

    def filter(self, record):
        message = record.getMessage()
        if "/helpdesk_social/hook/" in message:
            record.msg, record.args = _PATH.sub(r"\1***", message), ()
        return True


logging.getLogger("werkzeug").addFilter(_Masked())


class HelpdeskSocialHook(http.Controller):
    """Where social networks deliver events.

    What is delivered is stored and committed before the answer; it is understood
    afterwards, by the lane.  Whoever does not know the address and the secret gets
    the same empty answer as for an address that does not exist.
    """

    @http.route(
        "/helpdesk_social/hook/<string:token>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=LONGEST_CALL,
    )
    def hook(self, token, **_ignored):
        call = request.httprequest
        if call.method != "POST":
            # Odoo lets OPTIONS through to every route.
            return _bare(405, [("Allow", "POST")])
        if call.content_length is None:
            return _bare(411)
        if call.content_length > LONGEST_CALL:
            return _bare(413)
        headers = {name.lower(): value for name, value in call.headers.items()}
        # Nobody is logged in: the token and the secret are what is checked.
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        account = env["helpdesk.social.account"]
        delivery, announce = account._deliver(token, call.get_data(), headers)
        if announce:
            # The lane is told of what it can see, see there.
            env.cr.commit()  # pylint: disable=invalid-commit
            announce()
        if delivery is None:
            return _bare(404)
        return request.make_response(
            delivery.answer, [("Content-Type", delivery.content_type)]
        )


def _bare(status, headers=()):
    """An answer that tells nothing but its number."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), *headers]
    return request.make_response("", headers, status=status)
