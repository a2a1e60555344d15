import os
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.helpdesk_social_account import SECRETS
from ..models.helpdesk_social_account_switch import (
    HelpdeskSocialAccount as SwitchedAccount,
)
from ..models.helpdesk_social_http import HelpdeskSocialHttp
from ..networks import NETWORKS, Consequence, Verdict, client_class
from .common import SocialCommon
from .delivery import SECRET, DeliveryCase


@tagged("post_install", "-at_install")
class TestSwitch(DeliveryCase):
    """The administrator switches the delivery of events on and off."""

    def setUp(self):
        super().setUp()
        self.page = self.account.with_user(self.social_admin)

    def secrets(self):
        return self.account._secrets()

    def test_on(self):
        self.page.action_delivery_off()
        self.assertEqual(self.page.delivery_state, "off")
        self.assertFalse(self.page.delivery_url)
        self.network.calls.clear()
        order = []
        with (
            patch.object(
                SwitchedAccount,
                "_commit_keys",
                lambda page: order.append(dict(page._secrets())),
            ),
            patch.object(
                self.network, "delivery_on", lambda url: order.append(url), create=True
            ),
        ):
            answer = self.page.action_delivery_on()
        self.assertEqual(answer["params"]["type"], "success")
        # What the network is answered with is committed before it tries the address.
        committed, url = order
        self.assertEqual(committed["webhook_secret"], SECRET)
        self.assertEqual(url, self.page.delivery_url)
        self.assertEqual(committed["delivery_token"], url.rpartition("/")[2])
        self.assertGreaterEqual(len(committed["delivery_token"]), 43)
        self.assertEqual(self.page.delivery_state, "on")

    def test_token_is_not_in_the_table_of_pages(self):
        token = self.path.rpartition("/")[2]
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(a)::text FROM helpdesk_social_account a WHERE id = %s",
            [self.account.id],
        )
        self.assertNotIn(token, self.env.cr.fetchone()[0])
        self.assertNotIn("delivery_token", self.page.stored_secrets)
        with self.assertRaises(UserError):
            self.page.set_secrets({"delivery_token": "chosen"})

    def test_network_refuses(self):
        error = self.network.error_of(Consequence.PERMISSION)
        self.network.switch_error = error
        answer = self.page.action_delivery_on()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertEqual(self.page.delivery_state, "failing")
        self.assertIn("It is permission", self.page.delivery_error)
        # It can be entered by hand, and works.
        self.assertEqual(self.deliver(self.event(1)).status_code, 200)
        self.network.switch_error = None
        self.page.action_delivery_on()
        self.assertEqual(self.page.delivery_state, "on")

    def test_off(self):
        path, url = self.path, self.page.delivery_url
        self.page.action_delivery_off()
        self.assertEqual(self.network.calls, [("off", url)])
        self.assertEqual(self.deliver(self.event(1), path).status_code, 404)
        self.assertEqual(self.page.refused_deliveries, 0)

    def test_off_though_the_network_is_silent(self):
        path = self.path
        self.network.switch_error = self.network.error_of(Consequence.RETRY)
        answer = self.page.action_delivery_off()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertEqual(self.page.delivery_state, "off")
        self.assertEqual(self.deliver(self.event(1), path).status_code, 404)

    def test_another_address(self):
        path, before = self.path, self.page.delivery_url
        self.page.action_delivery_rotate()
        after = self.page.delivery_url
        self.assertNotEqual(before, after)
        self.assertEqual(self.network.calls, [("on", after), ("off", before)])
        self.assertEqual(self.deliver(self.event(1), path).status_code, 404)
        self.assertEqual(self.deliver(self.event(1)).status_code, 200)

    def test_only_encrypted(self):
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "http://city.example:8069"
        )
        with patch.object(HelpdeskSocialHttp, "_allowed_networks", lambda _self: []):
            with self.assertRaisesRegex(UserError, "web.base.url"):
                self.page.action_delivery_on()
        allowed = ["127.0.0.0/8"]
        with patch.object(
            HelpdeskSocialHttp, "_allowed_networks", lambda _self: allowed
        ):
            self.page.action_delivery_on()

    def test_network_without_delivery(self):
        with patch.object(client_class("vk"), "DELIVERED", frozenset()):
            self.page.invalidate_recordset(["can_be_delivered"])
            self.assertFalse(self.page.can_be_delivered)
            with self.assertRaisesRegex(UserError, "fetched"):
                self.page.action_delivery_on()
            self.assertEqual(self.deliver(self.event(1)).status_code, 404)

    def test_lost_keys_shut_the_address(self):
        path = self.path
        self.page.api_url = "https://proxy.example"
        self.assertFalse(self.secrets())
        self.assertEqual(self.page.delivery_state, "off")
        self.assertEqual(self.deliver(self.event(1), path).status_code, 404)

    def test_copy_of_the_database(self):
        path = self.path
        self.env.flush_all()
        with open(Path(__file__).parents[1] / "data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertEqual(self.page.delivery_state, "off")
        self.account.receive = True
        self.assertEqual(self.deliver(self.event(1), path).status_code, 404)

    def test_several_databases(self):
        for databases, warned in (([self.env.cr.dbname], False), (["a", "b"], True)):
            with patch("odoo.http.db_list", return_value=databases):
                answer = self.page.action_delivery_on()
            self.assertEqual("dbfilter" in answer["params"]["message"], warned)


@tagged("post_install", "-at_install")
class TestKeys(SocialCommon):
    """Each network's keys, and the certificates its page is trusted with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = cls.account.with_user(cls.social_admin)
        cls.pem, cls.private = cls._certificate("Authority of the state")

    @classmethod
    def _certificate(cls, name):
        """A certificate and its private key, both PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(timezone.utc)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()
        return built.public_bytes(Encoding.PEM).decode(), private

    def test_every_key_has_a_field(self):
        for name in SECRETS:
            with self.subTest(name):
                self.page[name] = f"value of {name}"
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertFalse(self.page[name])
                self.assertEqual(self.account._secrets()[name], f"value of {name}")
        self.assertNotIn("value of", repr(self.page.read()))
        self.assertIn("Secret of delivered events", self.page.stored_secrets)
        for name in SECRETS:
            with self.assertRaises(AccessError):
                self.account.with_user(self.curator)[name] = "x"

    def test_every_key_of_a_network_has_an_input(self):
        arch = self.page.get_view(view_type="form")["arch"]
        for network in NETWORKS:
            for secret in client_class(network).SECRETS:
                self.assertIn(f'name="{secret.name}"', arch)
                self.assertIn(secret.name, SECRETS)

    def test_help(self):
        self.assertIn("Service key", self.page.keys_help)
        self.assertFalse(self.page.network_help)
        self.page.network = "telegram"
        self.assertFalse(self.page.keys_help)
        self.assertIn("by hand", self.page.network_help)

    def test_words_of_verdicts(self):
        say = self.account._verdict_sentence
        self.assertEqual(
            say(Verdict(False, "service_key", "service_key_missing")),
            "✗ Service key: not entered",
        )
        # A code without a sentence of its own is still understood.
        self.assertEqual(
            say(Verdict(False, "new_thing", "new_thing_denied", "Error 7")),
            "✗ New thing: the network refuses it (Error 7)",
        )
        self.assertEqual(
            say(Verdict(False, "new_thing", "odd_code")), "✗ New thing: odd code"
        )
        self.assertEqual(say(Verdict(True, "new_thing", "x")), "✓ New thing: works")

    def test_bundle_is_trusted_beside_the_usual(self):
        self.assertNotIn("ca_bundle", self.account._transport_options())
        self.page.ca_bundle = f"Our authority\n{self.pem}"
        # The lane, a curator: nobody needs to see the certificates.
        options = self.account.with_user(self.curator).sudo()._transport_options()
        path = Path(options["ca_bundle"])
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        content = path.read_text()
        self.assertIn(self.pem.strip(), content)
        self.assertIn(Path(requests.certs.where()).read_text()[:5000], content)
        self.assertNotIn("Our authority", content)
        self.assertEqual(
            self.account._transport_options()["ca_bundle"], str(path), "written once"
        )
        self.assertTrue(self.account._transport())

    def test_only_certificates(self):
        for text in (
            "hello",
            self.private,
            self.pem + self.private,
            self.pem.replace("A", "*"),
            self.pem * 1000,
        ):
            with self.subTest(text[:40]), self.assertRaises(ValidationError):
                self.page.ca_bundle = text

    def test_changed_bundle_drops_the_keys(self):
        self.page.set_secrets({"access_token": "A"})
        self.page.ca_bundle = self.pem
        self.assertFalse(self.account._secrets())
        # Together with the change they are entered for the new one.
        self.page.set_secrets({"access_token": "A"})
        other, _private = self._certificate("Another authority")
        self.page.write({"ca_bundle": other, "access_token": "B"})
        self.assertEqual(self.account._secrets(), {"access_token": "B"})
        self.page.ca_bundle = f"\n{other}\n"
        self.assertTrue(self.account._secrets(), "nothing has changed")
        self.page.ca_bundle = False
        self.assertFalse(self.account._secrets())

    def test_changed_bundle_is_in_the_history(self):
        self.page.ca_bundle = self.pem
        note = self.account.message_ids[0]
        self.assertIn("CN=Authority of the state", note.body)
        self.assertEqual(note.author_id, self.social_admin.partner_id)
        self.page.ca_bundle = False
        self.assertIn("removed", self.account.message_ids[0].body)

    def test_bundle_is_for_administrators(self):
        self.page.ca_bundle = self.pem
        for user in (self.curator, self.head, self.roads):
            page = self.account.with_user(user)
            with self.assertRaises(AccessError):
                page.read(["ca_bundle"])
            with self.assertRaises(AccessError):
                page.ca_bundle = False
