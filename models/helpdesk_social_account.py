from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import mute_logger

from ..networks import NETWORKS as CLIENTS
from ..networks import Consequence, NetworkError, Transport, client_class
from ..networks import network_of_link as network_of
from .helpdesk_ticket import NETWORKS, PAGE_OWNERS
from .res_users import GROUP_ADMIN

#: Names of all secrets any network knows; which ones a page needs its client says.
SECRETS = (
    "access_token",
    "service_token",
    "user_token",
    "application_key",
    "application_secret_key",
    "app_secret",
    "webhook_secret",
    "confirmation_code",
)


class HelpdeskSocialAccount(models.Model):
    """An official page of the administration on a network."""

    _name = "helpdesk.social.account"
    _description = "Official page"
    _inherit = ["helpdesk.social.lease", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    network = fields.Selection(NETWORKS, required=True, default="vk")
    external_id = fields.Char(
        "Id of the page", required=True, help="The number of the community on VK."
    )
    api_url = fields.Char(
        "Base address",
        help="Only where the network is reached through a proxy of your own. "
        "Leave empty for the network's own address.",
    )
    url = fields.Char("Address of the page")
    page_owner = fields.Selection(
        PAGE_OWNERS, "Whose page", required=True, default="administration"
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Curators' desk",
        check_company=True,
        help="Messages of this page come to this desk.",
    )
    regulation_id = fields.Many2one(
        "helpdesk.social.regulation", tracking=True, check_company=True
    )
    curator_ids = fields.Many2many(
        "res.users",
        string="Curators of the page",
        domain=[("share", "=", False)],
        help="Only they see private messages of this page. Empty: every curator.",
    )
    receive = fields.Boolean(
        "Receive messages",
        default=True,
        help="Fetch what citizens write on this page.",
    )
    publish_mode = fields.Selection(
        [("network", "By itself"), ("hand", "By hand: text and link are offered")],
        "Publishing",
        required=True,
        default="network",
    )
    since = fields.Datetime(
        "Messages from",
        default=lambda self: fields.Datetime.now() - timedelta(days=3),
        help="Older messages are not fetched when the page is connected.",
    )

    # Keys are written through these and never read back.
    access_token = fields.Char(
        "Access token", compute="_compute_secrets", inverse="_inverse_access_token"
    )
    service_token = fields.Char(
        "Service key", compute="_compute_secrets", inverse="_inverse_service_token"
    )
    stored_secrets = fields.Char(compute="_compute_secrets", string="Stored keys")
    required_secrets = fields.Char(compute="_compute_required_secrets")

    # Who writes to the page in private is in it.
    cursor = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)
    health = fields.Selection(
        [
            ("new", "Not connected yet"),
            ("ok", "Working"),
            ("warning", "Interrupted"),
            ("failing", "Failing"),
            ("stopped", "Stopped: a person must act"),
        ],
        required=True,
        readonly=True,
        default="new",
        copy=False,
        tracking=True,
    )
    failures = fields.Integer("Failures in a row", readonly=True, copy=False)
    last_success = fields.Datetime("Last success", readonly=True, copy=False)
    last_error = fields.Char("Last error", readonly=True, copy=False)
    last_error_at = fields.Datetime("Time of the last error", readonly=True, copy=False)
    advice = fields.Char("What to do", compute="_compute_advice")
    last_consequence = fields.Char(readonly=True, copy=False)
    next_poll = fields.Datetime(
        "Next try", readonly=True, copy=False, default=fields.Datetime.now
    )
    next_reconcile = fields.Datetime("Next full comparison", readonly=True, copy=False)
    check_result = fields.Text("Result of the check", readonly=True, copy=False)
    message_count = fields.Integer("Received", compute="_compute_message_count")

    _page_uniq = models.UniqueIndex(
        "(company_id, network, external_id)", "This page is connected already."
    )

    # -- secrets -----------------------------------------------------------------

    def _compute_secrets(self):
        # sudo: only the names of stored keys leave the model, never a value.
        secrets = self.env["helpdesk.social.account.secret"].sudo()
        names = {}
        for secret in secrets.search([("account_id", "in", self.ids)]):
            names.setdefault(secret.account_id.id, []).append(secret.name)
        labels = {name: self._secret_label(name) for name in SECRETS}
        for account in self:
            for name in SECRETS:
                account[name] = False
            known = sorted(names.get(account.id, []))
            account.stored_secrets = ", ".join(labels[n] for n in known if n in labels)

    @api.model
    def _secret_label(self, name):
        field = self._fields.get(name)
        return field._description_string(self.env) if field else name

    @api.depends("network")
    def _compute_required_secrets(self):
        for account in self:
            names = []
            if account.network in CLIENTS:
                names = [s.name for s in client_class(account.network).SECRETS]
            account.required_secrets = ",".join(names)

    def _inverse_access_token(self):
        self._inverse_secret("access_token")

    def _inverse_service_token(self):
        self._inverse_secret("service_token")

    def _inverse_secret(self, name):
        for account in self:
            # An empty field means «leave as it is»: what is stored is not shown.
            if account[name]:
                account.set_secrets({name: account[name]})
                # Nor is it sent back in the answer to the very call that stored it.
                account.invalidate_recordset([name], flush=False)

    def set_secrets(self, secrets):
        """Store keys of this page by name; an empty value deletes the key.

        Nobody can read them back.  Raises AccessError for whoever is not a social
        administrator, UserError for an unknown name.
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group(GROUP_ADMIN):
            raise AccessError(
                self.env._("Only a social administrator enters the keys of a page.")
            )
        self.check_access("write")
        unknown = set(secrets) - set(SECRETS)
        if unknown:
            raise UserError(self.env._("Unknown keys: %s.", ", ".join(sorted(unknown))))
        # sudo: the model of secrets is closed to everybody.
        Secret = self.env["helpdesk.social.account.secret"].sudo()
        # A refused query is logged with its values: here that would be a key.
        with mute_logger("odoo.sql_db"):
            for name, value in secrets.items():
                value = (value or "").strip()
                row = Secret.search([("account_id", "=", self.id), ("name", "=", name)])
                if not value:
                    row.unlink()
                elif row:
                    row.value = value
                else:
                    Secret.create({"account_id": self.id, "name": name, "value": value})
            Secret.flush_model()
        self.invalidate_recordset(["stored_secrets"])
        # New keys deserve a new try at once.
        self.sudo().write({"next_poll": fields.Datetime.now()})
        if self.health == "stopped":
            self.sudo().health = "warning"
        return True

    def _secrets(self):
        """The page's keys, for the network's client alone."""
        self.ensure_one()
        # sudo: the model of secrets is closed to everybody.
        secrets = self.env["helpdesk.social.account.secret"].sudo()
        mine = [("account_id", "=", self.id)]
        rows = secrets.search_fetch(mine, ["name", "value"])
        return {row.name: row.value for row in rows}

    def write(self, vals):
        if "api_url" in vals and not self.env.su:
            self.check_access("write")
            # Keys entered for one address are never sent to another: that would be
            # a way to read them back.
            moved = self.filtered(
                lambda a: (a.api_url or "") != (vals["api_url"] or "")
            )
            moved._drop_keys()
        return super().write(vals)

    def _drop_keys(self):
        """Forget every key of these pages."""
        # sudo: the model of secrets is closed to everybody.
        secrets = self.env["helpdesk.social.account.secret"].sudo()
        secrets.search([("account_id", "in", self.ids)]).unlink()
        self.invalidate_recordset(["stored_secrets"])

    # -- the network's client ----------------------------------------------------

    def _has_client(self):
        """Whether this network is spoken at all."""
        self.ensure_one()
        return self.network in CLIENTS

    def _client(self):
        """A client of this page's network, for one run.

        Raises UserError where no client speaks the network.
        """
        self.ensure_one()
        if not self._has_client():
            raise UserError(
                self.env._(
                    "Messages of this network are not fetched or sent by the "
                    "software yet: enter and publish them by hand."
                )
            )
        return client_class(self.network)(
            self.external_id,
            self._secrets(),
            api_url=self.api_url or None,
            transport=self._transport(),
        )

    def _transport(self):
        """Outgoing HTTP with the limits of this server's configuration."""
        return Transport(**self._transport_options())

    def _transport_options(self):
        """The arguments of :class:`Transport` for this page."""
        options = self.env["helpdesk.social.http"]
        total = options._total_timeout()
        # No single wait may outlast a claim, however short the whole is set.
        return {
            "allowed_networks": options._allowed_networks(),
            "connect_timeout": min(5, total),
            "read_timeout": min(15, total),
            "total_timeout": total,
        }

    # -- check -------------------------------------------------------------------

    def action_check(self):
        """Check the connection and say clearly what works and what does not."""
        self.ensure_one()
        self.check_access("write")
        try:
            verdicts = self._client().check()
        except NetworkError as error:
            self.check_result = self._error_sentence(error)
            return self._notify("warning", self.check_result)
        lines = [self._verdict_sentence(verdict) for verdict in verdicts]
        self.check_result = "\n".join(lines)
        if all(verdict.ok for verdict in verdicts):
            self.next_poll = fields.Datetime.now()
            if self.health == "stopped":
                # Whatever stopped it is mended: the lane takes the page up again.
                self.health = "warning"
            return self._notify("success", self.env._("The page is connected."))
        bad = [line for line, v in zip(lines, verdicts, strict=True) if not v.ok]
        return self._notify("warning", "\n".join(bad))

    def action_switch_on(self):
        """Let the network deliver events, then check again."""
        self.ensure_one()
        self.check_access("write")
        try:
            self._client().switch_on()
        except NetworkError as error:
            self.check_result = self._error_sentence(error)
            return self._notify("warning", self.check_result)
        return self.action_check()

    def _notify(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.name,
                "message": message,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- health ------------------------------------------------------------------

    @api.depends("health", "last_consequence")
    @api.depends_context("lang")
    def _compute_advice(self):
        for account in self:
            wrong = account.health in ("warning", "failing", "stopped")
            account.advice = (
                self._consequence_advice(account.last_consequence) if wrong else False
            )

    @api.model
    def _consequence_advice(self, consequence):
        """What a person can do about a failure of this kind, as a sentence."""
        return {
            Consequence.RETRY: self.env._("It is tried again by itself."),
            Consequence.SLOW_DOWN: self.env._(
                "The network asked to slow down; it is tried again by itself."
            ),
            Consequence.SLOW_DOWN_LONG: self.env._(
                "The network's limit is used up; it is tried again later by itself."
            ),
            Consequence.CREDENTIALS: self.env._(
                "Enter a new key on the form of the page."
            ),
            Consequence.PERMISSION: self.env._(
                "The network does not allow this. Check the rights of the key, and "
                "whether the author accepts messages; else publish by hand."
            ),
            Consequence.GONE: self.env._(
                "The message or the page does not exist any more on the network."
            ),
            Consequence.PERSON: self.env._(
                "The network wants a person: open the page on the network, or ask "
                "the administrator to check the connection."
            ),
            Consequence.CONTENT: self.env._(
                "The network refuses this text. Change it and publish again."
            ),
            Consequence.TOO_LATE: self.env._(
                "The network no longer allows a reply here. Publish by hand."
            ),
            Consequence.UNKNOWN: self.env._(
                "It is not known whether the network took the reply: the thread is "
                "read back before anything is sent again."
            ),
        }.get(consequence, "")

    @api.model
    def _error_sentence(self, error):
        """A failure in words for people: what to do, and what the network said."""
        advice = self._consequence_advice(error.consequence)
        return f"{advice} ({error.message})" if advice else error.message

    def _compute_message_count(self):
        counts = dict(
            self.env["helpdesk.social.message"]._read_group(
                [("account_id", "in", self.ids), ("direction", "=", "in")],
                ["account_id"],
                ["__count"],
            )
        )
        for account in self:
            account.message_count = counts.get(account, 0)

    @api.model
    def _network_of_link(self, link):
        """Key of the network a link leads to; False where none is known."""
        return network_of(link) or False
