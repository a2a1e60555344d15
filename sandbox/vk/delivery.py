"""Callback API: brings events to the servers of clients in threads of its own.

VK wants exactly `ok` within ten seconds and sends the event again otherwise, each time
after a longer pause (`Retry-After` of an answer 410, 429 or 503 is honoured, header
`X-Retry-Counter` counts the repetitions). After many failures in a row it stops.
"""

import heapq
import itertools
import json
import logging
import threading
import time

from .. import outgoing
from . import events, wire
from .callback import CONFIRMATION

_logger = logging.getLogger(__name__)

#: Answers with which a server may say when to come again, and the longest such time.
LATER = (410, 429, 503)
LONGEST_PAUSE = 3 * 3600
#: Events kept for one server; more are lost, as at a server that is away for long.
QUEUE_LIMIT = 5000
#: Latest deliveries shown by the control interface.
SHOWN = 50


class Line:
    """The deliveries that wait for one server."""

    def __init__(self):
        self.heap = []
        self.thread = None
        #: Its server is gone: the thread ends and nothing comes in any more.
        self.closed = False
        self.delivered = 0
        self.failed = 0
        self.latest = []


class Deliverer:
    """Listens to the events of the world and delivers them."""

    def __init__(self, world, faults, log):
        self.world = world
        self.faults = faults
        self.log = log
        #: Address of the training ground, put into the objects for `wire.BASE`.
        self.base = wire.BASE
        self._lines = {}
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        world.listeners.append(self.listen)

    # -- taking in; called under the lock of the world

    def listen(self, group, kind, content):
        """Queue an event for each server that wants it, a confirmation for its own."""
        if kind == CONFIRMATION:
            event = {
                "type": CONFIRMATION,
                "group_id": group["id"],
                "event_id": events.event(group, kind, None, "")["event_id"],
                "v": content["api_version"],
            }
            self._queue(group["id"], content["id"], event)
            return
        for server in group["callback"]["servers"].values():
            if server["status"] != "ok" or kind not in server["subscribed"]:
                continue
            event = events.event(group, kind, content, server["api_version"])
            fault = self.faults.take_callback()
            # "error": the event is never sent.
            if fault != "error":
                self._queue(group["id"], server["id"], event, fault)

    def _queue(self, group_id, server_id, event, fault=None):
        """Put an event into the line of a server; the first one starts its thread."""
        with self._wake:
            line = self._lines.setdefault((group_id, server_id), Line())
            self._push(line, event, fault)
            if line.thread is None and not self._stopped:
                line.thread = threading.Thread(
                    target=self._work, args=(group_id, server_id, line), daemon=True
                )
                line.thread.start()

    def _push(self, line, event, fault=None, attempt=0, due=0.0):
        with self._wake:
            if self._stopped or line.closed:
                return
            if len(line.heap) >= QUEUE_LIMIT:
                _logger.warning("callback queue is full, an event is lost")
                return
            number = next(self._numbers)
            heapq.heappush(line.heap, (due, number, event, fault, attempt))
            self._wake.notify_all()

    # -- bringing

    def _next(self, line):
        """Wait for what is due and return it; None when all is over."""
        with self._wake:
            while not self._stopped and not line.closed:
                pause = None
                if line.heap:
                    pause = line.heap[0][0] - time.monotonic()
                    if pause <= 0:
                        return heapq.heappop(line.heap)
                self._wake.wait(pause)
        return None

    def _work(self, group_id, server_id, line):
        while True:
            entry = self._next(line)
            if entry is None:
                return
            _due, _number, event, fault, attempt = entry
            server = self._server(group_id, server_id)
            if server is None:
                self._close(line)
                return
            confirming = event["type"] == CONFIRMATION
            if not confirming and server["status"] != "ok":
                # It has failed meanwhile: VK sends nothing more.
                continue
            done, outcome, pause = self._deliver(server, event, attempt, fault)
            self._note(group_id, server_id, line, event, outcome, done)
            if confirming:
                self._set(group_id, server_id, "ok" if done else "failed")
            elif done:
                self._succeeded(group_id, server_id)
                if fault == "twice":
                    self._push(line, event)
            elif self._failed(group_id, server_id, attempt):
                due = time.monotonic() + pause
                self._push(line, event, None, attempt + 1, due)

    def _find(self, group_id, server_id):
        """Return the record of a server, or None; the lock of the world is held."""
        group = self.world.state["groups"].get(str(group_id))
        return group and group["callback"]["servers"].get(str(server_id))

    def _server(self, group_id, server_id):
        """Return a copy of the server with the code of its group, or None."""
        with self.world.lock:
            found = self._find(group_id, server_id)
            if not found:
                return None
            code = self.world.group(group_id)["callback"]["code"]
            return {**found, "code": code}

    def _deliver(self, server, event, attempt, fault):
        """Send one event; returns `(done, outcome for the log, pause in seconds)`."""
        settings = self.world.state["settings"]
        pause = settings["callback_pause"] * 2 ** min(attempt, 20)
        body = dict(event)
        if server["secret_key"]:
            body["secret"] = server["secret_key"]
        text = json.dumps(body, ensure_ascii=False).replace(wire.BASE, self.base)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if attempt:
            headers["X-Retry-Counter"] = str(attempt)
        allowed = {
            h.strip() for h in settings["callback_hosts"].split(",") if h.strip()
        }
        try:
            answer = outgoing.post(
                server["url"],
                text.encode(),
                headers,
                settings["callback_timeout"],
                allowed,
                wait=fault != "drop",
            )
        except outgoing.NotAllowed as error:
            return False, f"not allowed: {error}", pause
        except OSError as error:
            return False, f"{type(error).__name__}", pause
        if answer is None:
            return False, "sent, drop", pause
        confirming = event["type"] == CONFIRMATION
        wanted = server["code"] if confirming else "ok"
        if answer.status == 200 and answer.body == wanted.encode():
            return True, "ok", pause
        later = answer.headers.get("retry-after", "")
        if answer.status in LATER and later.isdecimal():
            pause = min(int(later), LONGEST_PAUSE)
        return (
            False,
            f"http {answer.status}, no {'code' if confirming else 'ok'}",
            pause,
        )

    def _note(self, group_id, server_id, line, event, outcome, done):
        self.log.add("callback", f"server:{group_id}/{server_id}", outcome)
        with self._wake:
            line.delivered += done
            line.failed += not done
            entry = {"type": event["type"], "event_id": event["event_id"]}
            line.latest = [*line.latest[1 - SHOWN :], {**entry, "outcome": outcome}]

    def _set(self, group_id, server_id, status):
        with self.world.lock:
            server = self._find(group_id, server_id)
            # Edited meanwhile: another confirmation is on its way.
            if server and server["status"] == "wait":
                server.update(status=status, failures=0)
                self.world.changed()

    def _succeeded(self, group_id, server_id):
        """Failures count only in a row."""
        with self.world.lock:
            server = self._find(group_id, server_id)
            if server and server["failures"]:
                server["failures"] = 0
                self.world.changed()

    def _failed(self, group_id, server_id, attempt):
        """Count a failure; returns whether to try again."""
        settings = self.world.state["settings"]
        with self.world.lock:
            server = self._find(group_id, server_id)
            if not server:
                return False
            server["failures"] += 1
            if server["failures"] >= settings["callback_failures"]:
                server["status"] = "failed"
            self.world.changed()
            return server["status"] == "ok" and attempt + 1 < settings["callback_tries"]

    # -- looking

    def state(self, group_id):
        """Return the servers of a community with what waits and what happened."""
        group = self.world.group(group_id)
        result = []
        for server in group["callback"]["servers"].values():
            with self._wake:
                line = self._lines.get((group["id"], server["id"])) or Line()
                counts = {
                    "waiting": len(line.heap),
                    "delivered": line.delivered,
                    "failed": line.failed,
                    "latest": list(line.latest),
                }
            shown = {k: v for k, v in server.items() if k != "secret_key"}
            result.append({**shown, **counts})
        return {"servers": result}

    def _close(self, line):
        with self._wake:
            line.closed = True
            line.heap.clear()
            self._wake.notify_all()

    def forget(self):
        """Drop everything that waits: the world begins anew."""
        with self._wake:
            for line in self._lines.values():
                self._close(line)
            self._lines.clear()

    def stop(self):
        """Deliver nothing more."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
