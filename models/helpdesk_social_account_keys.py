import atexit
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_users import GROUP_ADMIN

#: More than any authority's chain needs.
LONGEST_BUNDLE = 100_000

#: Files with certificates of this process, by the digest of what stands in them.
_files = {}


class HelpdeskSocialAccount(models.Model):
    """The keys that only some networks ask for, and the certificates to trust."""

    _inherit = "helpdesk.social.account"

    user_token = fields.Char(
        "User token", compute="_compute_secrets", inverse="_inverse_user_token"
    )
    application_key = fields.Char(
        "Application key",
        compute="_compute_secrets",
        inverse="_inverse_application_key",
    )
    application_secret_key = fields.Char(
        "Secret key of the application",
        compute="_compute_secrets",
        inverse="_inverse_application_secret_key",
    )
    app_secret = fields.Char(
        "Application secret",
        compute="_compute_secrets",
        inverse="_inverse_app_secret",
    )
    webhook_secret = fields.Char(
        "Secret of delivered events",
        compute="_compute_secrets",
        inverse="_inverse_webhook_secret",
        help="What the network adds to each event it delivers, so that it is "
        "recognised. Made by the software when the events are switched on.",
    )
    confirmation_code = fields.Char(
        "Confirmation string",
        compute="_compute_secrets",
        inverse="_inverse_confirmation_code",
        help="What the network must be answered when it tries the address.",
    )
    ca_bundle = fields.Text(
        "Trusted certificates",
        groups=GROUP_ADMIN,
        copy=False,
        help="Certificates of authorities (PEM) that this page's network is trusted "
        "with besides the usual ones. Changing them deletes the stored keys: they "
        "must be entered again.",
    )

    def _inverse_user_token(self):
        self._inverse_secret("user_token")

    def _inverse_application_key(self):
        self._inverse_secret("application_key")

    def _inverse_application_secret_key(self):
        self._inverse_secret("application_secret_key")

    def _inverse_app_secret(self):
        self._inverse_secret("app_secret")

    def _inverse_webhook_secret(self):
        self._inverse_secret("webhook_secret")

    def _inverse_confirmation_code(self):
        self._inverse_secret("confirmation_code")

    # -- certificates ------------------------------------------------------------

    @api.constrains("ca_bundle")
    def _check_ca_bundle(self):
        # sudo: the constraint also runs for whoever may not read the field.
        for bundle in filter(None, self.sudo().mapped("ca_bundle")):
            try:
                certificates(bundle)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The trusted certificates must be certificates in PEM form, "
                        "each from BEGIN CERTIFICATE to END CERTIFICATE, and nothing "
                        "else (a private key has no place here)."
                    )
                ) from error

    def write(self, vals):
        if "ca_bundle" not in vals:
            return super().write(vals)
        # sudo: compared and told, never shown; writing is checked below.
        before = {account: account.sudo().ca_bundle or "" for account in self}
        after = vals["ca_bundle"] or ""
        changed = self.filtered(lambda a: before[a].strip() != after.strip())
        if changed and not self.env.su:
            self.check_access("write")
            # Whoever is trusted by other certificates could be sent the keys that
            # were entered under these: the rule of the base address.
            changed._drop_keys()
        result = super().write(vals)
        for account in changed:
            account.message_post(body=account._bundle_note(after))
        return result

    def _bundle_note(self, bundle):
        """What the history keeps of changed certificates: whose they are."""
        if not bundle.strip():
            return self.env._("The trusted certificates were removed.")
        names = [
            f"{one.subject.rfc4514_string()} ({one.fingerprint(SHA256()).hex()[:16]})"
            for one in certificates(bundle)
        ]
        return self.env._("The trusted certificates were changed: %s", "; ".join(names))

    def _transport_options(self):
        options = super()._transport_options()
        # sudo: whoever sends or reads need not see the certificates.
        bundle = self.sudo().ca_bundle
        if bundle:
            options["ca_bundle"] = bundle_file(bundle)
        return options


def certificates(bundle):
    """The certificates of a PEM text; ValueError for anything else in it."""
    if len(bundle) > LONGEST_BUNDLE or "PRIVATE KEY" in bundle:
        raise ValueError("not certificates alone")
    return x509.load_pem_x509_certificates(bundle.encode())


def bundle_file(bundle):
    """Path of a file, private to this process, with the usual certificates and these.

    Only what was understood as a certificate is written.
    """
    key = os.getpid(), hashlib.sha256(bundle.encode()).digest()
    path = _files.get(key)
    if path is None or not path.exists():
        usual = Path(requests.certs.where()).read_bytes()
        own = [one.public_bytes(Encoding.PEM) for one in certificates(bundle)]
        handle, name = tempfile.mkstemp(prefix="helpdesk_social_", suffix=".pem")
        path = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(b"\n".join([usual, *own]))
        _files[key] = path
        atexit.register(_forget, path, os.getpid())
    return str(path)


def _forget(path, pid):
    # A forked worker inherits the list; each process removes its own files.
    if os.getpid() == pid:
        with suppress(OSError):
            path.unlink()
