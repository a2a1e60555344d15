"""A ground of its own for each test, and short ways to talk to it."""

import unittest

import requests

from sandbox.server import SandboxServer

COMMUNITY = "sandbox-community-token-1"
HEAD = "sandbox-community-token-2"
SERVICE = "sandbox-service-key"
USER = "sandbox-user-token"

#: A whole PNG of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
)
TIMEOUT = 20


class ApiRefusal(Exception):
    """An error envelope of the server."""

    def __init__(self, error):
        super().__init__(error)
        self.code = error["error_code"]
        self.error = error


class GroundCase(unittest.TestCase):
    """Starts a server for each test; without frequency limits unless wanted."""

    seed = True
    rate_limit = False

    def setUp(self):
        super().setUp()
        self.ground = self.start_ground()
        self.world = self.ground.world
        self.session = requests.Session()
        self.session.trust_env = False
        self.addCleanup(self.session.close)

    def start_ground(self, **options):
        """Start a server that ends with the test."""
        ground = SandboxServer(port=0, **{"seed": self.seed, **options})
        ground.world.state["settings"]["rate_limit"] = self.rate_limit
        ground.start()
        self.addCleanup(ground.stop)
        return ground

    def raw(self, method, token, http="POST", **parameters):
        """Call a method; returns the whole answer."""
        values = {"v": "5.199", "access_token": token, **parameters}
        values = {k: v for k, v in values.items() if v is not None}
        url = f"{self.ground.url}/method/{method}"
        place = "params" if http == "GET" else "data"
        response = self.session.request(http, url, timeout=TIMEOUT, **{place: values})
        self.assertEqual(response.status_code, 200)
        return response.json()

    def vk(self, method, token=COMMUNITY, **parameters):
        """Call a method; returns its answer or raises ApiRefusal."""
        answer = self.raw(method, token, **parameters)
        if "error" in answer:
            raise ApiRefusal(answer["error"])
        return answer["response"]

    def refused(self, code, method, token=COMMUNITY, **parameters):
        """Expect an error; returns its envelope."""
        with self.assertRaises(ApiRefusal) as caught:
            self.vk(method, token, **parameters)
        self.assertEqual(caught.exception.code, code)
        return caught.exception.error

    def control(self, http, path, body=None, status=200):
        """Call the control interface."""
        response = self.session.request(
            http, f"{self.ground.url}/sandbox/{path}", json=body or {}, timeout=TIMEOUT
        )
        self.assertEqual(response.status_code, status, response.text)
        return response.json()

    def add_post(self, text="Запись", author=-1, group=1):
        """Publish a post; returns its id."""
        return self.world.add_post(group, author, text)["id"]

    def add_comment(self, post_id, text="Комментарий", author=101, **other):
        """Write a comment; returns its id."""
        return self.world.add_comment(1, post_id, author, text, **other)["id"]
