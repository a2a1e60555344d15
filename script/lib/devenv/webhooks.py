"""Events delivered to a server of several processes, by their hundreds a second.

Used by ``tests/process`` and ``script/bench webhook``.
"""

import contextlib
import http.client
import json
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass, field

from . import paths, processes, testkit

SECRET = "secret-of-the-webhook"
GROUP = 1
POST = 4242
#: The network's own patience with an answer, in seconds
PATIENCE = 30
#: Connections at once. The queue of Odoo's socket holds eight a worker; what comes
#: beyond that is dropped by the system half-opened, and whoever accepts it later
#: waits for nothing. A proxy in front of Odoo keeps such a limit as well.
CONNECTIONS = 16

_PREPARE = f"""
page = env.ref("helpdesk_mgmt_social.demo_account_administration")
page.set_secrets({{"access_token": "x", "webhook_secret": {SECRET!r}}})
page._new_delivery_token()
page.receive = True
# Nothing but what is delivered comes in: the network is not there.
env["helpdesk.social.account"].search([]).write(
    {{"next_poll": "2999-01-01", "api_url": "http://127.0.0.1:9"}})
env["helpdesk.social.author"].create([
    {{"company_id": page.company_id.id, "network": "vk", "external_id": str(number),
      "name": f"Житель {{number}}"}} for number in range(9000, 9050)])
print(page.id, page._secrets()["delivery_token"])
env.cr.commit()
"""


@dataclass
class Outcome:
    """What became of the events of a load; times in seconds."""

    latencies: list = field(default_factory=list)
    resent: int = 0
    #: keys of the events that were never answered as they should be
    given_up: list = field(default_factory=list)
    seconds: float = 0

    def percentile(self, percent):
        """Milliseconds within which so many of the events were answered."""
        cuts = statistics.quantiles(self.latencies, n=100, method="inclusive")
        return 1000 * cuts[percent - 1]


class Page:
    """A page whose network delivers events to a server."""

    def __init__(self, database, port):
        self.database = database
        self.port = port
        number, token = database.run(_PREPARE).split()[-2:]
        self.id = int(number)
        self.path = f"/helpdesk_social/hook/{token}"

    def body(self, number):
        """The call for comment ``number`` on the wall; every 20th is an answer."""
        event = {
            "type": "wall_reply_new",
            "group_id": GROUP,
            "event_id": f"event-{number}",
            "v": "5.199",
            "secret": SECRET,
            "object": {
                "id": 1_000_000 + number,
                "from_id": 9000 + number % 50,
                "date": 1_700_000_000 + number,
                "text": f"Яма на дороге у дома {number}, просим засыпать",
                "post_id": POST,
                "owner_id": -GROUP,
                "post_owner_id": -GROUP,
                "parents_stack": [],
            },
        }
        return json.dumps(event, ensure_ascii=False).encode()

    def deliver(self, body):
        """Deliver one call; (status, answer). Raises OSError where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE)
        with contextlib.closing(connection):
            connection.request(
                "POST", self.path, body, {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            return answer.status, answer.read()

    def load(self, numbers, rate):
        """Deliver the events ``numbers``, ``rate`` a second, whether answered or not.

        As a network does, an event that is not answered ``ok`` is delivered again.
        A latency counts from the instant when the event was due, so a server that
        makes everybody wait does not look quick.
        """
        outcome, lock = Outcome(), threading.Lock()
        waiting = iter(enumerate(numbers))
        start = time.monotonic() + 0.2

        def work():
            while True:
                with lock:
                    place, number = next(waiting, (None, None))
                if place is None:
                    return
                due = start + place / rate
                time.sleep(max(0, due - time.monotonic()))
                self._deliver_stubbornly(number, due, outcome, lock)

        threads = [threading.Thread(target=work) for _number in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outcome.seconds = time.monotonic() - start
        return outcome

    def _deliver_stubbornly(self, number, due, outcome, lock):
        body = self.body(number)
        for attempt in range(10):
            try:
                taken = self.deliver(body) == (200, b"ok")
            except (OSError, http.client.HTTPException):
                taken = False
            with lock:
                if taken:
                    outcome.latencies.append(time.monotonic() - due)
                    return
                outcome.resent += 1
            time.sleep(0.2 * attempt)
        with lock:
            outcome.given_up.append(f"event-{number}")

    # -- what became of them

    def counts(self):
        """(events kept, events not stored yet, messages) of this page."""
        [row] = self.database.query(
            "SELECT (SELECT count(*) FROM helpdesk_social_delivery"
            f" WHERE account_id = {self.id}),"
            " (SELECT count(*) FROM helpdesk_social_delivery"
            f" WHERE account_id = {self.id} AND state != 'done'),"
            " (SELECT count(*) FROM helpdesk_social_message"
            f" WHERE account_id = {self.id} AND direction = 'in'"
            f" AND ticket_id IS NOT NULL AND external_id LIKE 'wall-{GROUP}_{POST}_%')"
        )
        return tuple(map(int, row))

    def wait_until_stored(self, seconds):
        """Wait until every kept event is stored as a message; returns how long."""
        start = time.monotonic()
        while self.counts()[1]:
            if time.monotonic() - start > seconds:
                raise AssertionError(f"not stored after {seconds} s: {self.counts()}")
            time.sleep(0.5)
        return time.monotonic() - start


def serve(database, port, log, workers=2, scheduled=0):
    """Start so many processes that serve a database; see :func:`wait_until_served`.

    ``scheduled``: so many more run scheduled actions. Returns the :class:`Child`.
    """
    command = database.odoo.command(
        # No filter: with one, Odoo asks PostgreSQL for its databases, over a new
        # connection, for every call that brings no session.
        *["-d", database.name, "--no-database-list"],
        *[f"--http-port={port}", f"--gevent-port={processes.free_port(port + 1)}"],
        *[f"--workers={workers}", f"--max-cron-threads={scheduled}"],
        "--log-level=warn",
        runner="serve_events.py",
    )
    with open(log, "wb") as output:
        return processes.Child(
            command,
            env=database.odoo.env,
            cwd=paths.CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def wait_until_served(child, port, log, seconds=120):
    """Wait until a server that was started answers."""
    testkit.wait_for(
        f"http://127.0.0.1:{port}/web/health",
        lambda: child.poll() is None,
        log,
        seconds=seconds,
    )


@contextlib.contextmanager
def served(name, workers=2):
    """A page on a fresh database, served by so many processes; gives :class:`Page`.

    The log of the server is ``page.log``.
    """
    with testkit.database(name) as database:
        port = processes.free_port(18169)
        page = Page(database, port)
        page.log = paths.LOGS / f"webhooks-{name}.log"
        with serve(database, port, page.log, workers, scheduled=1) as child:
            wait_until_served(child, port, page.log)
            yield page
