"""Webhooks of MAX: brings events to the addresses that bots subscribed.

MAX wants status 200 and repeats the event otherwise; the secret of the subscription
stands in a header.
"""

import heapq
import itertools
import json
import threading
import time

from .. import outgoing
from ..vk import wire

SECRET_HEADER = "X-Max-Bot-Api-Secret"
#: Events that wait for one bot; more are lost, as at a server that is away for long.
QUEUE_LIMIT = 5000


class Deliverer:
    """Listens to the events of MAX and delivers them in one thread for each bot."""

    def __init__(self, place, faults, log):
        self.place = place
        self.faults = faults
        self.log = log
        #: Address of the training ground, put into the objects for `wire.BASE`.
        self.base = wire.BASE
        self._heaps = {}
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        place.listeners.append(self.listen)

    def listen(self, group_id, update):
        """Queue an event for each subscription that wants it."""
        for one in self.place.state["subscriptions"].get(str(group_id), ()):
            types = one["update_types"]
            if types and update["update_type"] not in types:
                continue
            fault = self.faults.take_callback()
            # "error": the event is never sent.
            if fault != "error":
                self._queue(group_id, one["url"], update, fault)

    def _queue(self, group_id, url, update, fault=None, attempt=0, due=0.0):
        with self._wake:
            if self._stopped:
                return
            heap = self._heaps.get(group_id)
            if heap is None:
                heap = self._heaps[group_id] = []
                threading.Thread(
                    target=self._work, args=(group_id, heap), daemon=True
                ).start()
            if len(heap) < QUEUE_LIMIT:
                number = next(self._numbers)
                heapq.heappush(heap, (due, number, url, update, fault, attempt))
            self._wake.notify_all()

    def _next(self, heap):
        """Wait for what is due and return it; None when all is over."""
        with self._wake:
            while not self._stopped:
                pause = None
                if heap:
                    pause = heap[0][0] - time.monotonic()
                    if pause <= 0:
                        return heapq.heappop(heap)
                self._wake.wait(pause)
        return None

    def _work(self, group_id, heap):
        while entry := self._next(heap):
            _due, _number, url, update, fault, attempt = entry
            with self.place.world.lock:
                found = self._subscription(group_id, url)
                settings = dict(self.place.world.state["settings"])
            if found is None:
                continue
            done, outcome = self._deliver(found, update, fault, settings)
            self.log.add("max callback", f"bot:{group_id}", outcome)
            if done and fault == "twice":
                self._queue(group_id, url, update)
            if not done and attempt + 1 < settings["callback_tries"]:
                pause = settings["callback_pause"] * 2 ** min(attempt, 20)
                due = time.monotonic() + pause
                self._queue(group_id, url, update, None, attempt + 1, due)

    def _subscription(self, group_id, url):
        for one in self.place.state["subscriptions"].get(str(group_id), ()):
            if one["url"] == url:
                return dict(one)
        return None

    def _deliver(self, subscription, update, fault, settings):
        """Send one event; returns `(done, outcome for the log)`."""
        text = json.dumps(update, ensure_ascii=False).replace(wire.BASE, self.base)
        headers = {"Content-Type": "application/json", "User-Agent": "MAX webhook"}
        if subscription["secret"]:
            headers[SECRET_HEADER] = subscription["secret"]
        hosts = settings["callback_hosts"].split(",")
        try:
            answer = outgoing.post(
                subscription["url"],
                text.encode(),
                headers,
                settings["callback_timeout"],
                {host.strip() for host in hosts if host.strip()},
                wait=fault != "drop",
            )
        except outgoing.NotAllowed as error:
            return False, f"not allowed: {error}"
        except OSError as error:
            return False, type(error).__name__
        if answer is None:
            return False, "sent, drop"
        return answer.status == 200, f"http {answer.status}"

    def waiting(self, group_id):
        """Return how many events wait for the bot of a page."""
        with self._wake:
            return len(self._heaps.get(group_id, ()))

    def forget(self):
        """Drop everything that waits: the world begins anew."""
        with self._wake:
            for heap in self._heaps.values():
                heap.clear()

    def stop(self):
        """Deliver nothing more."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
