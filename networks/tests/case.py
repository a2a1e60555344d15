"""Test case with a scripted VK; every exchange is held against the schema."""

import json
import unittest

from ..errors import NetworkError
from ..values import Outgoing
from . import contract, required
from .fake import NOW, USER, VKServer
from .stored import StoredItems


class VKCase(StoredItems, unittest.TestCase):
    #: off in tests whose answers are malformed on purpose
    described_answers = True

    def setUp(self):
        super().setUp()
        self.vk = VKServer()
        self.addCleanup(self.vk.close)
        self.client = self.vk.client()

    def tearDown(self):
        required.check(self.vk.exchanges)
        if self.described_answers:
            contract.check(self.vk.exchanges)
            for exchange in self.vk.exchanges:
                self.check_token(exchange)

    def check_token(self, exchange):
        """The right token, in the body and nowhere else."""
        self.assertNotIn("SECRET", str(exchange.headers))
        if not contract.available() or "." not in exchange.method:
            return
        kinds = contract.methods()[exchange.method]["access_token_type"]
        given = exchange.params["access_token"].partition("-")[0]
        kinds_of = {"vk1.a.community": "group", "service": "service", "user": "user"}
        given = kinds_of[given]
        self.assertIn(given, kinds, exchange.method)
        self.assertNotIn("access_token", exchange.query)

    def refused(self, call, *args, **kwargs):
        with self.assertRaises(NetworkError) as caught:
            call(*args, **kwargs)
        return caught.exception

    def updates(self, cursor=None):
        return self.store(self.client.updates(cursor or {"ts": "0"}))

    def reconcile(self, cursor=None, since=None):
        batches = self.client.reconcile(
            cursor or {"ts": "0"}, self, since or NOW.replace(year=2020)
        )
        return self.store(batches)

    def outgoing(self, **values):
        return Outgoing(
            **{
                "kind": "feed",
                "thread_id": "wall-1_10_r11",
                "parent_id": "wall-1_10_r12",
                "text": "Яму заделаем",
                "idempotency_key": "row-77",
                "since": NOW,
                **values,
            }
        )

    def assert_crashes_lose_nothing(self, gone):
        """The next comparison finds that ``gone`` was deleted, after whichever of its
        batches it is broken off and begun anew."""
        begun, stored = json.dumps(self.cursor), dict(self.stored)
        start = NOW.replace(year=2020)
        whole = len(list(self.client.reconcile(self.cursor, self, start)))
        for stop in range(1, whole + 1):
            self.stored, self.cursor = dict(stored), json.loads(begun)
            batches = self.client.reconcile(self.cursor, self, start)
            first = [b for _n, b in zip(range(stop), batches, strict=False)]
            self.cursor, _items = self.store(first)
            if self.client.reconcile_needed(self.cursor):
                self.reconcile(self.cursor)
            deleted = {one.external_id for one in self.stored.values() if one.deleted}
            self.assertEqual(deleted, gone, stop)


class ManagedCase(VKCase):
    """With the token of a manager of the community."""

    def setUp(self):
        super().setUp()
        self.client = self.vk.client(user_token=USER)

    def last(self):
        return self.vk.exchanges[-1]

    def params(self):
        """Of the last request, without the version."""
        return {
            name: value for name, value in self.last().params.items() if name != "v"
        }
