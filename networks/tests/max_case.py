"""Test case with a small MAX; every exchange is held against its description."""

import unittest

from ..errors import NetworkError
from ..values import Outgoing
from . import max_contract
from .fake import NOW
from .max_fake import TOKEN, FakeMAX
from .stored import StoredItems


class MAXCase(StoredItems, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.max = FakeMAX()
        self.addCleanup(self.max.close)
        self.client = self.max.client()

    def tearDown(self):
        max_contract.check(self.max.exchanges, TOKEN)

    def refused(self, call, *args, **kwargs):
        with self.assertRaises(NetworkError) as caught:
            call(*args, **kwargs)
        return caught.exception

    def updates(self, cursor=None):
        return self.store(self.client.updates(cursor or {}))

    def reconcile(self, cursor=None, since=None):
        since = since or NOW.replace(year=2020)
        return self.store(self.client.reconcile(cursor or {}, self, since))

    def follow(self, cursor=None):
        """What a page does all the time: what is new, then a comparison."""
        cursor, news = self.updates(cursor)
        cursor, found = self.reconcile(cursor)
        return cursor, [item for item in [*news, *found] if not item.own]

    def outgoing(self, to, **values):
        """A reply to a stored item."""
        return Outgoing(
            **{
                "kind": to.kind,
                "thread_id": to.thread_id,
                "parent_id": to.external_id,
                "text": "Яму заделаем",
                "idempotency_key": "row-77",
                "since": NOW,
                **values,
            }
        )
