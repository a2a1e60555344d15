"""The transport: what it refuses, how it fails, what it never tells."""

import contextlib
import logging
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import traceback
import unittest
import unittest.mock
from pathlib import Path

from ..errors import Consequence, NetworkError
from ..http import Transport, mask_parameters
from ..pinning import AddressGuard
from .fake import TOKEN, Reply, Server


def resolver(*addresses):
    def resolve(host, port, *_more):
        if host not in ("127.0.0.1",) and not addresses:
            raise socket.gaierror("not known")
        return [(socket.AF_INET, 1, 6, "", (one, port)) for one in addresses]

    return resolve


class HttpCase(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)

    def transport(self, **settings):
        return Transport(**{"allowed_networks": ["127.0.0.0/8"], **settings})

    def hurried(self, **settings):
        """A transport that does not wait long, where nothing is to come in time; a
        busy machine may be slow with all the rest."""
        times = {"connect_timeout": 1, "read_timeout": 0.4, "total_timeout": 0.8}
        return self.transport(**{**times, **settings})

    def refused(self, call, *args, **kwargs):
        with self.assertRaises(NetworkError) as caught:
            call(*args, **kwargs)
        return caught.exception

    def post(self, name="x", write=False, transport=None, **data):
        transport = transport or self.transport()
        return transport.post_form(f"{self.server.url}/{name}", data, write=write)


class TestAddresses(HttpCase):
    def test_private_addresses_are_refused(self):
        for address in (
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.5.5",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "fe80::1%eth0",
            "fc00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
        ):
            with self.subTest(address):
                guard = AddressGuard(resolve=resolver(address))
                error = self.refused(guard.addresses, "photo.example.org", 443)
                self.assertEqual(error.consequence, Consequence.PERSON)
                self.assertEqual(error.code, "address_refused")

    def test_public_addresses_pass(self):
        for address in ("87.240.132.72", "2a00:bdc0::1"):
            guard = AddressGuard(resolve=resolver(address))
            self.assertEqual(guard.addresses("api.vk.com", 443), [address])

    def test_one_private_address_among_public_ones_is_refused(self):
        guard = AddressGuard(resolve=resolver("87.240.132.72", "10.0.0.1"))
        self.refused(guard.addresses, "rebind.example.org", 443)

    def test_configuration_allows_networks_addresses_and_hosts(self):
        for allowed in ("10.0.0.0/8", "10.0.0.1", "Proxy.local", " 10.0.0.1 "):
            with self.subTest(allowed):
                guard = AddressGuard([allowed, ""], resolver("10.0.0.1"))
                self.assertEqual(guard.addresses("proxy.local", 80), ["10.0.0.1"])

    def test_loopback_is_refused_unless_listed(self):
        error = self.refused(self.post, transport=Transport())
        self.assertEqual(error.code, "address_refused")
        self.assertEqual(self.server.exchanges, [])

    def test_connects_to_the_address_it_checked_and_names_the_host(self):
        asked = []

        def resolve(host, port, *_more):
            asked.append(host)
            # A second look would lead elsewhere.
            address = "127.0.0.1" if len(asked) == 1 else "10.255.255.1"
            return [(socket.AF_INET, 1, 6, "", (address, port))]

        self.server.answers["x"] = {"ok": 1}
        transport = self.transport(resolve=resolve)
        url = f"http://pages.example.org:{self.server.port}/x"
        self.assertEqual(transport.post_form(url, {}, write=False), {"ok": 1})
        self.assertEqual(asked, ["pages.example.org"])
        host = self.server.exchanges[0].headers["Host"]
        self.assertEqual(host, f"pages.example.org:{self.server.port}")

    def test_other_schemes_are_refused(self):
        for url in ("file:///etc/passwd", "ftp://example.org/x", "", "//x/y"):
            error = self.refused(self.transport().download, url, 10)
            self.assertEqual(error.consequence, Consequence.PERSON)

    def test_environment_proxies_are_ignored(self):
        self.server.answers["x"] = {"ok": 1}
        with unittest.mock.patch.dict(
            "os.environ", {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""}
        ):
            self.assertEqual(self.post(), {"ok": 1})

    def test_an_explicit_proxy_resolves_and_connects(self):
        self.server.answers["x"] = {"ok": 1}
        transport = Transport(proxies={"http": self.server.url}, resolve=resolver())
        answer = transport.get_json("http://pages.example.org/x", {})
        self.assertEqual(answer, {"ok": 1})
        host = self.server.exchanges[0].headers["Host"]
        self.assertEqual(host, "pages.example.org")


class TestFailures(HttpCase):
    def both(self, answer):
        """Consequences of a read and of a write answered so."""
        self.server.answers["x"] = answer
        return tuple(
            self.refused(
                self.post, write=write, transport=self.hurried()
            ).consequence.value
            for write in (False, True)
        )

    def test_after_the_request_may_have_arrived_a_write_is_unknown(self):
        for name, answer in {
            "no answer in time": Reply(delay=0.7),
            "hung up": Reply(hang_up=True),
            "server error": Reply(status=502),
            "not json": Reply(body=b"<html>"),
            "dripping": Reply(body=b"x" * 50, drip=0.05),
            "broken off": Reply(body=b"{}", headers={"Content-Length": "9"}),
        }.items():
            with self.subTest(name):
                self.assertEqual(self.both(answer), ("retry", "unknown"))

    def test_before_the_request_was_sent_a_write_may_be_tried_again(self):
        self.server.close()
        error = self.refused(self.post, write=True)
        self.assertEqual(error.consequence, Consequence.RETRY)
        unknown = self.transport(resolve=resolver())
        url = "http://nowhere.example.org/x"
        error = self.refused(unknown.post_form, url, {}, write=True)
        self.assertEqual(error.consequence, Consequence.RETRY)

    def test_connect_timeout_is_a_retry(self):
        def too_late(*_args, **_kwargs):
            raise TimeoutError("timed out")

        with unittest.mock.patch("socket.create_connection", too_late):
            error = self.refused(self.post, write=True)
        self.assertEqual(error.consequence, Consequence.RETRY)
        self.assertEqual(error.code, "timeout")

    def test_total_deadline_bounds_a_dripping_answer(self):
        self.server.answers["x"] = Reply(body=b"x" * 100, drip=0.05)
        error = self.refused(self.post, transport=self.hurried())
        self.assertEqual(error.code, "timeout")
        self.assertEqual(self.hurried().longest_call, 0.8 + 1 + 0.4)

    def test_total_deadline_bounds_dripping_headers(self):
        """Each byte comes in time, and the headers never end."""
        for begin in (b"", b"HTTP/1.1 200 OK\r\nX-Slow: "):
            with self.subTest(begin):
                url = self.raw_server(begin, drip=0.05)
                started = time.monotonic()
                error = self.refused(self.hurried().get_json, url, {})
                # The headers would take ten seconds.
                self.assertLess(time.monotonic() - started, 8)
                self.assertEqual(error.code, "timeout")
                error = self.refused(self.hurried().post_form, url, {}, write=True)
                self.assertEqual(error.consequence, Consequence.UNKNOWN)

    def raw_server(self, begin, drip):
        """Address of a server that answers ``begin``, then byte after byte."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def answer(connected):
            with connected, contextlib.suppress(OSError):
                connected.recv(65536)
                connected.sendall(begin)
                for _byte in range(200):
                    connected.sendall(b"x")
                    time.sleep(drip)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connected, _address = listener.accept()
                    threading.Thread(target=answer, args=[connected]).start()

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/x"

    def test_a_name_of_many_dead_addresses_is_left_in_time(self):
        tried = []

        def no_answer(address, timeout):
            tried.append(address)
            time.sleep(0.3)
            raise TimeoutError("timed out")

        many = resolver(*(f"127.0.0.{number}" for number in range(2, 60)))
        with unittest.mock.patch("socket.create_connection", no_answer):
            error = self.refused(self.post, transport=self.hurried(resolve=many))
        self.assertEqual(error.code, "timeout")
        self.assertLess(len(tried), 5)

    def test_too_many_requests_says_when_to_come_back(self):
        for header, seconds in (
            ("7", 7.0),
            ("Wed, 21 Oct 2026 07:28:00 GMT", 60.0),
            # No number to Python's ``float``, though a digit to its ``isdigit``.
            ("\xb2", 60.0),
            # Not for the rest of the century.
            ("9" * 30, 86400.0),
        ):
            self.server.answers["x"] = Reply(429, headers={"Retry-After": header})
            error = self.refused(self.post, write=True)
            self.assertEqual(error.consequence, Consequence.SLOW_DOWN)
            self.assertEqual(error.retry_after, seconds)

    def test_client_errors(self):
        for status, consequence in (
            (400, "person"),
            (401, "credentials"),
            (403, "permission"),
            (404, "gone"),
            (408, "retry"),
            (413, "content"),
        ):
            self.server.answers["x"] = Reply(status)
            error = self.refused(self.post, write=True)
            self.assertEqual(error.consequence.value, consequence, status)
            self.assertEqual(error.code, f"http_{status}")

    def test_redirects_of_an_interface_are_not_followed(self):
        self.server.answers["x"] = Reply(302, headers={"Location": "/y"})
        error = self.refused(self.post, access_token=TOKEN)
        self.assertEqual(error.consequence, Consequence.PERSON)
        self.assertEqual(len(self.server.exchanges), 1)

    def test_answers_are_limited(self):
        self.server.answers["x"] = Reply(body=b'"' + b"x" * 100 + b'"')
        error = self.refused(self.post, transport=self.transport(max_bytes=50))
        self.assertEqual(error.code, "too_large")

    def test_texts_a_database_refuses_are_mended(self):
        body = b'{"a": "1\\u00002", "b": ["\\ud83d", "\\ud83d\\ude00"], "c": NaN}'
        self.server.answers["x"] = Reply(body=body)
        self.assertEqual(self.post(), {"a": "12", "b": ["?", "😀"], "c": None})

    def test_nested_beyond_reason(self):
        self.server.answers["x"] = Reply(body=b"[" * 200_000)
        self.assertEqual(self.refused(self.post).code, "not_json")


class TestDownload(HttpCase):
    def get(self, name="p", limit=1000, **settings):
        return self.transport(**settings).download(f"{self.server.url}/{name}", limit)

    def test_content_and_type(self):
        headers = {"Content-Type": "image/JPEG; charset=x"}
        self.server.answers["p"] = Reply(body=b"\xff\xd8", headers=headers)
        self.assertEqual(self.get(), (b"\xff\xd8", "image/jpeg"))

    def test_three_redirects_are_followed_and_no_more(self):
        for hop in range(4):
            self.server.answers[f"h{hop}"] = Reply(
                302, headers={"Location": f"/h{hop + 1}"}
            )
        self.server.answers["h3"] = Reply(body=b"x")
        self.assertEqual(self.get("h0")[0], b"x")
        self.server.answers["h3"] = Reply(302, headers={"Location": "/h4"})
        self.assertEqual(self.refused(self.get, "h0").code, "redirects")

    def test_redirects_share_one_deadline(self):
        for name, target in (("a", "b"), ("b", "c"), ("c", "d")):
            self.server.answers[name] = Reply(
                302, headers={"Location": f"/{target}"}, delay=0.35
            )
        self.server.answers["d"] = Reply(body=b"photo")
        # Each by itself is in time, so all would be.
        error = self.refused(self.hurried().download, f"{self.server.url}/a", 99)
        self.assertEqual(error.code, "timeout")

    def test_before_each_call_the_claim_is_looked_after(self):
        self.server.answers["x"] = {"ok": 1}
        transport, calls = self.transport(), []
        transport.before_call = lambda: calls.append(1)
        self.post(transport=transport)
        transport.upload(f"{self.server.url}/x", "f", "n", b"c", "image/png")
        self.assertEqual(len(calls), 2)

        def lost():
            raise KeyError("the claim")

        transport.before_call = lost
        with self.assertRaises(KeyError):
            self.post(transport=transport, write=True)
        self.assertEqual(len(self.server.exchanges), 2)

    def test_a_redirect_inside_is_refused(self):
        target = f"http://localhost:{self.server.port}/secret"
        self.server.answers["p"] = Reply(302, headers={"Location": target})
        self.server.answers["secret"] = Reply(body=b"secret")

        def resolve(host, port, *_more):
            address = "127.0.0.9" if host == "localhost" else "127.0.0.1"
            return [(socket.AF_INET, 1, 6, "", (address, port))]

        error = self.refused(self.get, allowed_networks=["127.0.0.1"], resolve=resolve)
        self.assertEqual(error.code, "address_refused")

    def test_limits(self):
        self.server.answers["p"] = Reply(body=b"x" * 1001)
        error = self.refused(self.get)
        self.assertEqual(error.code, "too_large")
        self.assertEqual(error.consequence, Consequence.CONTENT)
        self.server.answers["p"] = Reply(body=b"x" * 1000)
        self.assertEqual(len(self.get()[0]), 1000)


class TestRedaction(HttpCase):
    def leaks(self, error):
        told = "".join(
            traceback.format_exception(type(error), error, error.__traceback__)
        )
        told += str(error) + repr(error) + repr(error.args) + repr(vars(error))
        self.assertIsNone(error.__cause__)
        self.assertIsNone(error.__context__)
        return "SECRET" in told

    def test_no_failure_tells_the_token(self):
        for answer in (
            Reply(delay=0.7),
            Reply(hang_up=True),
            Reply(status=500),
            Reply(body=b"no"),
        ):
            self.server.answers["x"] = answer
            transport = self.hurried()
            transport.hide([TOKEN])
            for write in (False, True):
                error = self.refused(
                    self.post, write=write, transport=transport, access_token=TOKEN
                )
                self.assertFalse(self.leaks(error))
            url = f"{self.server.url}/x"
            error = self.refused(transport.get_json, url, {"key": TOKEN})
            self.assertFalse(self.leaks(error))
        self.server.close()
        error = self.refused(transport.get_json, url, {"key": TOKEN})
        self.assertFalse(self.leaks(error))

    def test_known_values_in_any_spelling(self):
        transport = Transport()
        transport.hide(["se cret/4711", "abc"])
        text = transport.redact("a se cret/4711 b se%20cret%2F4711 c se+cret%2F4711")
        self.assertEqual(text, "a *** b *** c ***")
        # Too short to be a secret; hiding it would spoil every text.
        self.assertEqual(transport.redact("abc"), "abc")

    def test_parameters_and_headers(self):
        for text in (
            "https://lp.vk.com/wh1?act=a_check&key=SECRET&ts=1",
            "access_token=SECRET",
            "{'access_token': 'SECRET', 'v': 1}",
            "Authorization: Bearer SECRET",
            "token=SECRET",
            "/bot123:SECRET/getUpdates",
        ):
            self.assertNotIn("SECRET", mask_parameters(text), text)
        self.assertIn("ts=1", mask_parameters("key=SECRET&ts=1"))

    def test_debug_log_of_urllib3(self):
        self.server.answers["x"] = {}
        with self.assertLogs("urllib3", logging.DEBUG) as logs:
            self.transport().get_json(f"{self.server.url}/x", {"key": "SECRET"})
        self.assertNotIn("SECRET", "".join(logs.output))


@unittest.skipUnless(shutil.which("openssl"), "needs openssl for a certificate")
class TestCertificates(unittest.TestCase):
    """The name is verified although the connection goes to an address."""

    @classmethod
    def setUpClass(cls):
        import ssl

        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.pem = str(Path(cls.folder.name) / "cert.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-keyout", cls.pem + ".key", "-out", cls.pem, "-subj", "/CN=x"]
            + ["-addext", "subjectAltName=DNS:pages.example.org"],
            check=True,
            capture_output=True,
        )
        cls.server = Server()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.pem, cls.pem + ".key")
        cls.names = []
        context.sni_callback = lambda _sock, name, _ctx: cls.names.append(name)
        cls.server.http.socket = context.wrap_socket(
            cls.server.http.socket, server_side=True
        )
        cls.server.answers["x"] = {"ok": 1}
        cls.addClassCleanup(cls.server.close)

    def post(self, host, name="x", **settings):
        transport = Transport(
            allowed_networks=["127.0.0.1"], resolve=resolver("127.0.0.1"), **settings
        )
        url = f"https://{host}:{self.server.port}/{name}"
        return transport.post_form(url, {}, write=True)

    def test_right_name_and_own_bundle(self):
        answer = self.post("pages.example.org", ca_bundle=self.pem)
        self.assertEqual(answer, {"ok": 1})
        self.assertEqual(self.names[-1], "pages.example.org")

    def test_an_alert_after_the_request_leaves_a_write_unclear(self):
        """What breaks the encryption then says nothing of what was done."""

        asked = []

        def garble(_params):
            asked.append(True)
            # Past the encryption, onto the bare connection.
            for connection in self.accepted:
                with contextlib.suppress(OSError):
                    os.write(connection, b"no TLS record" * 10)
            return Reply(hang_up=True)

        self.accepted = []
        accept = self.server.http.get_request

        def get_request():
            connected, address = accept()
            self.accepted.append(connected.fileno())
            return connected, address

        self.server.answers["garbled"] = garble
        with unittest.mock.patch.object(self.server.http, "get_request", get_request):
            with self.assertRaises(NetworkError) as caught:
                self.post("pages.example.org", "garbled", ca_bundle=self.pem)
        self.assertEqual(caught.exception.consequence, Consequence.UNKNOWN)
        self.assertEqual(len(asked), 1)

    def test_wrong_name_or_unknown_authority(self):
        for host, settings in (
            ("other.example.org", {"ca_bundle": self.pem}),
            ("pages.example.org", {}),
        ):
            with self.assertRaises(NetworkError) as caught:
                self.post(host, **settings)
            # The handshake failed, so nothing was sent.
            self.assertEqual(caught.exception.code, "certificate")
            self.assertEqual(caught.exception.consequence, Consequence.RETRY)


class TestJson(HttpCase):
    """Exchanges of JSON by any verb."""

    def ask(self, verb="POST", write=False, **more):
        return self.transport().request_json(
            verb, f"{self.server.url}/x", write=write, **more
        )

    def test_body_parameters_and_headers(self):
        self.server.answers["x"] = {"ok": [1, "a\x00b"]}
        answer = self.ask(
            params={"chat_id": -5}, json={"text": "Да"}, headers={"Authorization": "t"}
        )
        self.assertEqual(answer, {"ok": [1, "ab"]})
        (exchange,) = self.server.exchanges
        self.assertEqual(exchange.query, {"chat_id": "-5"})
        self.assertEqual(exchange.headers["Authorization"], "t")
        self.assertEqual(exchange.headers["Content-Type"], "application/json")
        self.assertEqual(exchange.body.decode(), '{"text": "\\u0414\\u0430"}')

    def test_what_the_network_says_with_a_refusal(self):
        body = b'{"code": "attachment.not.ready"}'
        self.server.answers["x"] = Reply(400, body)
        error = self.refused(self.ask)
        self.assertEqual(error.answer, {"code": "attachment.not.ready"})
        self.assertEqual(error.code, "http_400")
        self.server.answers["x"] = Reply(502, b"<html>")
        self.assertIsNone(self.refused(self.ask).answer)

    def test_unclear_writes(self):
        for reply in (Reply(500, b"{}"), Reply(200, b'{"a":'), Reply(hang_up=True)):
            self.server.answers["x"] = reply
            read, write = self.refused(self.ask), self.refused(self.ask, write=True)
            self.assertEqual(read.consequence, Consequence.RETRY)
            self.assertEqual(write.consequence, Consequence.UNKNOWN)

    def test_a_redirect_does_not_take_the_header_along(self):
        self.server.answers["x"] = Reply(302, b"", {"Location": "/y"})
        error = self.refused(self.ask, "GET", headers={"Authorization": "t"})
        self.assertEqual(error.consequence, Consequence.PERSON)
        self.assertEqual([one.method for one in self.server.exchanges], ["x"])

    def test_the_header_is_masked(self):
        transport = self.transport()
        transport.hide([TOKEN])
        self.server.close()
        error = self.refused(
            transport.request_json,
            "GET",
            f"{self.server.url}/{TOKEN}",
            headers={"Authorization": TOKEN},
            write=False,
        )
        shown = "".join(traceback.format_exception(error))
        self.assertNotIn("SECRET", shown)
        self.assertNotIn("SECRET", mask_parameters(f"Authorization: {TOKEN}"))
