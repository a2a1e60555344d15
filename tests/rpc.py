import json

from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .common import SocialCommon

#: What a server says to a call it refuses.
REFUSALS = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.http.SessionExpiredException",
    "werkzeug.exceptions.Forbidden",
    "werkzeug.exceptions.NotFound",
}


class Refused(Exception):
    """A call over RPC that the server has refused; ``kind`` is its class there."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind.rsplit(".", 1)[-1]


class Caller:
    """A person's client: calls methods over HTTP, as the web client does.

    >>> caller.call("helpdesk.ticket", "read", [7], ["name"])
    """

    def __init__(self, case):
        self.case = case

    def call(self, model, method, *args, **kwargs):
        """The result of a call; raises Refused where the server refuses it."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", params)

    def post(self, route, params):
        """The result of a JSON-RPC route."""
        self.case.env.flush_all()
        payload = {"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}
        with mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_rule"):
            answer = self.case.url_open(
                route,
                data=json.dumps(payload),
                headers={"Content-Type": "application/json"},
                timeout=60,
            ).json()
        self.case.env.invalidate_all()
        if "error" not in answer:
            return answer.get("result")
        error = answer["error"]["data"]
        if error["name"] not in REFUSALS:
            raise AssertionError(f"{route} {params}: {error['debug']}")
        raise Refused(error["name"], error["message"])

    def outcome(self, model, method, *args, **kwargs):
        """``ok``, or the class of the refusal."""
        try:
            self.call(model, method, *args, **kwargs)
        except Refused as refused:
            return refused.kind
        return "ok"

    def found(self, model, domain, **kwargs):
        """Ids that a search finds; none for whoever may not search at all."""
        try:
            return set(self.call(model, "search", domain, **kwargs))
        except Refused as refused:
            self.case.assertEqual(refused.kind, "AccessError")
            return set()


class RpcCase(SocialCommon, HttpCase):
    """Tests that act over HTTP, each person with a session of their own."""

    def as_user(self, user):
        """The client of ``user``; of a visitor where it is None."""
        login = user and user.login
        self.authenticate(login, login)
        return Caller(self)
