"""What networks deliver in a trial of endurance, to a server that is killed."""

import time
from collections import Counter

from sandbox.vk.callback import CONFIRMATION

from .door import Door
from .places import GROUP, MAX
from .support import wait_until

#: Networks whose events are delivered; the others are asked.
DELIVERED = ("vk", "max")
#: How stubborn the networks are: what came early in an outage is not told any more.
STUBBORN = {"callback_pause": 0.3, "callback_tries": 4, "callback_timeout": 3.0}
#: Seconds between looks at a server that is to come back
LOOK_EVERY = 0.5


class Hooks:
    """The delivering part of ``torture.TortureCase``."""

    def open_door(self):
        """Start the server, and count what the networks want to tell it."""
        self.door = Door(self.stage.database, self.stage.folder)
        self.addCleanup(self.door.stop)
        self.door.start()
        #: None while the server answers and the networks know its address; otherwise
        #: when to look again
        self.door_due = None
        self.outages, self.told, self.updates_told = 0, Counter(), set()
        self.world.state["settings"].update(STUBBORN)
        [[self.first_delivery]] = self.stage.database.query(
            "SELECT coalesce(max(id), 0) FROM helpdesk_social_delivery"
        )

    def invite(self):
        """Let the networks deliver, before anything goes wrong."""
        self.door.wait()
        self.addCleanup(self.shut_door)
        self.assertEqual(self.press(), [])
        wait_until(lambda: self._known_as() == {"ok"}, 30, "a confirmation")
        self.world.listeners.append(self._told_by_vk)
        MAX(self.world).place.listeners.append(self._told_by_max)

    def _told_by_vk(self, group, kind, _content):
        wanted = group["id"] == GROUP and kind != CONFIRMATION
        self.told["vk"] += wanted and any(
            kind in server["subscribed"]
            for server in group["callback"]["servers"].values()
        )

    def _told_by_max(self, group_id, update):
        if group_id == GROUP:
            # The same object where it is told again
            self.updates_told.add(id(update))
            self.told["max"] = len(self.updates_told)

    def press(self):
        """Let an administrator switch delivery on; returns the pages that refuse."""
        pages = [self.pages[network] for network in DELIVERED]
        with self.office_lock:
            return self.office_worker.ready().do(
                "deliver", pages=pages, url=self.door.url
            )

    def shut_door(self):
        """Let other tests find pages as they were."""
        if self.office_worker.alive:
            self.office_worker.do("deliver_no_more", pages=list(self.pages.values()))

    # -- outages; all in the thread that the processes are to end with

    def outages_left(self):
        """Whether there are outages to come, or one goes on."""
        return self.outages < self.scale.outages or self.door_due is not None

    def look_after_door(self, chance):
        """Kill the server when it is time, start it again, let the networks know."""
        now = time.monotonic()
        if self.door_due is None:
            at = (self.outages + 0.5) / self.scale.outages
            if self.outages < self.scale.outages and self.town_share >= at:
                self.door_due = now + chance.uniform(*self.scale.down)
                self.door.kill()
                self.outages += 1
            elif "failed" in self._known_as():
                self.door_due = now
            return
        if now < self.door_due:
            return
        self.door_due = now + LOOK_EVERY
        if self.door.child is None:
            self.door.start()
        elif self.door.answers():
            states = self._known_as()
            if states == {"ok"}:
                self.door_due = None
            elif "wait" not in states:
                # An administrator sees in the network's settings that it gave up.
                self.press()
                self.counts["pressed"] += 1

    def _known_as(self):
        """What the networks think of the address."""
        with self.world.lock:
            servers = self.world.group(GROUP)["callback"]["servers"].values()
            subscriptions = MAX(self.world).place.state["subscriptions"]
            states = {server["status"] for server in servers}
            return states | {"ok" if subscriptions.get(str(GROUP)) else "failed"}

    def kill_at_the_door(self, chance):
        """Kill one of the processes that answer, if the server is there."""
        if self.door_due is None:
            self.counts["kills at the door"] += self.door.kill_one(chance)

    # -- what became of it

    def deliveries(self):
        """Events that were taken in, by network and state."""
        rows = self.select(
            "SELECT a.network, d.state, count(*) FROM helpdesk_social_delivery d"
            " JOIN helpdesk_social_account a ON a.id = d.account_id"
            f" WHERE a.id IN ({self._accounts()}) AND d.id > {self.first_delivery}"
            " GROUP BY 1, 2"
        )
        return {(row["network"], row["state"]): row["count"] for row in rows}

    def on_their_way(self):
        """Events that a network still tries to deliver, by network."""
        application = self.ground.application
        servers = application.deliverer.state(GROUP)["servers"]
        heaps = application.networks["max"].deliverer.waiting(GROUP)
        found = {"vk": sum(server["waiting"] for server in servers), "max": heaps}
        return {network: number for network, number in found.items() if number}

    def note_calls(self):
        """Count what became of the calls at the door since the last look."""
        for entry in self.ground.log.entries(after=self.noted):
            self.noted = entry["id"]
            if entry["method"] in ("callback", "max callback"):
                good = entry["outcome"] in ("ok", "http 200")
                self.counts["calls answered" if good else "calls in vain"] += 1
                self.counts["answers cut"] += entry["outcome"] == "sent, drop"
