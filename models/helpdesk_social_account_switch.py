import secrets
from urllib.parse import urlsplit

from odoo import api, fields, http, models
from odoo.exceptions import UserError

from ..networks import NetworkError
from .helpdesk_social_account_receive import token_hash
from .res_users import GROUP_ADMIN

#: Where networks deliver events, before the token of the page.
PATH = "/helpdesk_social/hook/"
#: Under this name the token lies with the page's keys.
TOKEN = "delivery_token"
TOKEN_BYTES = 32


class HelpdeskSocialAccount(models.Model):
    """Switching the delivery of events on and off, and how it fares."""

    _inherit = "helpdesk.social.account"

    can_be_delivered = fields.Boolean(
        "The network delivers events", compute="_compute_can_be_delivered"
    )
    delivery_state = fields.Selection(
        [("off", "Switched off"), ("on", "Switched on"), ("failing", "Does not work")],
        "Delivery of events",
        compute="_compute_delivery",
    )
    delivery_url = fields.Char(
        "Address for events",
        compute="_compute_delivery_url",
        groups=GROUP_ADMIN,
        help="Only for the network's own settings. Who knows it can send here what "
        "the network's secret does not guard against.",
    )
    delivery_error = fields.Char("Why it fails", readonly=True, copy=False)
    last_delivery_at = fields.Datetime("Last event", compute="_compute_delivery")
    waiting_deliveries = fields.Integer("Events waiting", compute="_compute_delivery")
    failed_deliveries = fields.Integer(
        "Events not understood", compute="_compute_delivery"
    )
    refused_deliveries = fields.Integer(
        "Refused calls",
        compute="_compute_delivery",
        help="Calls at the address within the last 30 days that did not come from "
        "the network, or whose secret was wrong.",
    )
    last_refused_at = fields.Datetime("Last refused call", compute="_compute_delivery")

    @api.depends("network")
    def _compute_can_be_delivered(self):
        for account in self:
            account.can_be_delivered = account._can_be_delivered()

    @api.depends("delivery_error")
    def _compute_delivery(self):
        # sudo: how many and when, of pages that the reader sees.
        pages = self.sudo()
        mine = [("account_id", "in", self.ids)]
        states = {
            (account.id, state): number
            for account, state, number in pages.env[
                "helpdesk.social.delivery"
            ]._read_group(
                [*mine, ("state", "!=", "done")], ["account_id", "state"], ["__count"]
            )
        }
        last = {
            account.id: at
            for account, at in pages.env["helpdesk.social.delivery"]._read_group(
                mine, ["account_id"], ["received_at:max"]
            )
        }
        refused = {
            account.id: (number, at)
            for account, number, at in pages.env[
                "helpdesk.social.delivery.refusal"
            ]._read_group(mine, ["account_id"], ["count:sum", "at:max"])
        }
        for account in pages:
            account.waiting_deliveries = states.get((account.id, "new"), 0)
            account.failed_deliveries = states.get((account.id, "failed"), 0)
            account.last_delivery_at = last.get(account.id, False)
            number, at = refused.get(account.id, (0, False))
            account.refused_deliveries, account.last_refused_at = number, at
            account.delivery_state = account._delivery_state_now()

    def _delivery_state_now(self):
        if not self.delivery_hash:
            return "off"
        strangers_only = self.last_refused_at and (
            not self.last_delivery_at or self.last_refused_at > self.last_delivery_at
        )
        if self.delivery_error or self.failed_deliveries or strangers_only:
            return "failing"
        return "on"

    def _compute_delivery_url(self):
        # sudo: the token lies with the keys; the field is for administrators alone.
        rows = self.env["helpdesk.social.account.secret"].sudo()
        rows = rows.search([("account_id", "in", self.ids), ("name", "=", TOKEN)])
        tokens = {row.account_id.id: row.value for row in rows}
        for account in self:
            token = tokens.get(account.id)
            account.delivery_url = token and account._delivery_base() + PATH + token

    def _delivery_base(self):
        return self.get_base_url().rstrip("/")

    # -- switching ---------------------------------------------------------------

    def action_delivery_on(self):
        """Make an address, and let the network deliver its events there."""
        self._check_delivery_switch()
        if not self.delivery_url:
            self._new_delivery_token()
        return self._ask_for_delivery()

    def action_delivery_rotate(self):
        """Make another address; the one before is dead from now on."""
        self._check_delivery_switch()
        before = self.delivery_url
        self._new_delivery_token()
        answer = self._ask_for_delivery()
        if before and not self.delivery_error:
            # What the network still sends there is refused like any stranger's call.
            self._stop_delivery(before)
        return answer

    def action_delivery_off(self):
        """Let the network deliver nothing any more; the address is dead from now on."""
        self.ensure_one()
        self.check_access("write")
        url = self.delivery_url
        problem = self._stop_delivery(url) if url else None
        self._forget_delivery()
        if problem:
            return self._notify(
                "warning",
                self.env._(
                    "Events are not accepted any more, but the network could not be "
                    "told: remove the address in its settings. %s",
                    problem,
                ),
            )
        return self._notify("success", self.env._("Events are not accepted any more."))

    def action_deliveries(self):
        """Show the events of this page that wait or could not be understood."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_social_delivery"
        )
        action["domain"] = [("account_id", "=", self.id)]
        return action

    def _check_delivery_switch(self):
        """Whether events can be delivered to this server at all."""
        self.ensure_one()
        self.check_access("write")
        if not self._can_be_delivered():
            raise UserError(
                self.env._(
                    "This network does not deliver events to an address; its messages "
                    "are fetched."
                )
            )
        if not (self.active and self.receive):
            raise UserError(
                self.env._("First let the page receive messages, then switch this on.")
            )
        base = urlsplit(self._delivery_base())
        if base.scheme != "https" and not self._http()._allowed_networks():
            raise UserError(
                self.env._(
                    "Networks deliver events to an encrypted address only. This "
                    "server calls itself %s: enter its https address in the system "
                    "parameter web.base.url.",
                    self._delivery_base(),
                )
            )

    def _ask_for_delivery(self):
        """Tell the network the address; what it says becomes the state."""
        try:
            self.set_secrets(self._client().delivery_secrets())
            self.delivery_error = False
            # The network tries the address at once, through another process: what
            # it is answered with must be there.
            self._commit_keys()
            self._client().delivery_on(self.delivery_url)
        except NetworkError as error:
            self.delivery_error = self._error_sentence(error)
            return self._notify(
                "warning",
                self.env._(
                    "The network did not take the address: %s It can be entered by "
                    "hand in the network's settings; it stands on this form.",
                    self.delivery_error,
                ),
            )
        message = self.env._("The network delivers events to this page's address.")
        return self._notify("success", f"{message} {self._database_warning()}".strip())

    def _stop_delivery(self, url):
        """Tell the network to deliver nothing to ``url``; returns what went wrong."""
        try:
            self._client().delivery_off(url)
        except NetworkError as error:
            return self._error_sentence(error)

    def _database_warning(self):
        """Calls of a network name no database: the address must lead to one."""
        host = urlsplit(self._delivery_base()).netloc
        if http.db_list(force=True, host=host) == [self.env.cr.dbname]:
            return ""
        return self.env._(
            "This server has several databases: let its dbfilter choose this one for "
            "%s, or let the proxy in front of it set X-Odoo-Database.",
            host,
        )

    def _commit_keys(self):
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _new_delivery_token(self):
        token = secrets.token_urlsafe(TOKEN_BYTES)
        # sudo: the model of secrets is closed to everybody.
        Secret = self.env["helpdesk.social.account.secret"].sudo()
        row = Secret.search([("account_id", "=", self.id), ("name", "=", TOKEN)])
        if row:
            row.value = token
        else:
            Secret.create({"account_id": self.id, "name": TOKEN, "value": token})
        self.sudo().delivery_hash = token_hash(token)
        self.invalidate_recordset(["delivery_url", "delivery_state"])

    def _forget_delivery(self):
        """Let the addresses of these pages be dead."""
        # sudo: the model of secrets is closed to everybody.
        rows = self.env["helpdesk.social.account.secret"].sudo()
        rows.search([("account_id", "in", self.ids), ("name", "=", TOKEN)]).unlink()
        self.sudo().write({"delivery_hash": False, "delivery_error": False})
        self.invalidate_recordset(["delivery_url", "delivery_state"])

    def _drop_keys(self):
        result = super()._drop_keys()
        # Without its secret no event would be believed any more.
        self._forget_delivery()
        return result
