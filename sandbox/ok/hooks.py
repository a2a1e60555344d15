"""Webhooks: what citizens write privately is posted to the subscribed addresses.

Nothing is signed, as there. An address that does not answer 200 in time is tried
again; after too many events given up in a row it loses its subscription.
"""

import json
import queue
import threading
import time

from .. import outgoing
from . import wire

HEADERS = {"Content-Type": "application/json;charset=utf-8"}
#: Seconds within which an address has to answer.
TIMEOUT = 5


class Hooks:
    """A thread that delivers, one event after the other."""

    def __init__(self, ground, faults, log, stopping):
        self.ground = ground
        self.faults = faults
        self.log = log
        self.stopping = stopping
        #: Address of this server as clients call it, for the pictures in events.
        self.base = "http://127.0.0.1"
        self._queue = queue.Queue()
        self._thread = None
        ground.listeners.append(self.notice)

    def notice(self, chat, message):
        """Queue an event for every subscription; called under the lock."""
        subscriptions = self.ground.state["subscriptions"]
        if not subscriptions:
            return
        event = {
            "webhookType": "MESSAGE_CREATED",
            **wire.message(self.ground, chat, message),
        }
        text = json.dumps(event, ensure_ascii=False)
        times = 2 if self.faults.take_callback() == "twice" else 1
        for subscription in subscriptions:
            for _time in range(times):
                self._queue.put((subscription["url"], text))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def forget(self):
        """Deliver nothing of what is queued."""
        while True:
            try:
                self._queue.get_nowait()
            except queue.Empty:
                return
            self._queue.task_done()

    def wait(self, seconds=5.0):
        """Wait until everything queued was delivered or given up; for tests."""
        deadline = time.monotonic() + seconds
        while self._queue.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self._queue.unfinished_tasks

    def _run(self):
        while not self.stopping.is_set():
            try:
                url, text = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                self._note(url, self._deliver(url, text))
            finally:
                self._queue.task_done()

    def _deliver(self, url, text):
        settings = self.ground.world.state["settings"]
        allowed = [h.strip() for h in settings["callback_hosts"].split(",")]
        body = text.replace(wire.BASE, self.base).encode()
        for attempt in range(settings["callback_tries"]):
            if attempt and self.stopping.wait(settings["callback_pause"]):
                return False
            try:
                answer = outgoing.post(url, body, HEADERS, TIMEOUT, allowed)
                outcome = "ok" if answer.status == 200 else f"http {answer.status}"
            except outgoing.NotAllowed as error:
                self.log.add("ok.webhook", "ok", f"not allowed: {error}")
                return False
            except OSError as error:
                outcome = type(error).__name__
            self.log.add("ok.webhook", "ok", outcome)
            if outcome == "ok":
                return True
        return False

    def _note(self, url, delivered):
        limit = self.ground.world.state["settings"]["callback_failures"]
        with self.ground.lock:
            for one in list(self.ground.state["subscriptions"]):
                if one["url"] != url:
                    continue
                one["failures"] = 0 if delivered else one["failures"] + 1
                if one["failures"] >= limit:
                    self.ground.state["subscriptions"].remove(one)
