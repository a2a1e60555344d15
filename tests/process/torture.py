"""A trial of endurance: citizens write on three networks where everything goes wrong,
processes are killed, and at the end nothing is missing and nothing is there twice.

The sandbox runs in this process.  Threads play the town, the office that answers and
whoever kills; two worker processes read and send all the time.  Two of the networks
deliver events as well, to a server that is killed and stays away for a while.
"""

import json
import os
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from pathlib import Path

from .places import NETWORKS
from .support import LiveCase, wait_until
from .torture_hooks import Hooks
from .torture_judge import Judgement
from .torture_town import Town

CHAOS = {
    "http_500": 0.05,
    "rate_limit": 0.05,
    "drop": 0.03,
    "truncate": 0.03,
    "failed": 0.05,
}
#: Seconds for a call; claims run out soon with it.  What hangs, hangs longer.
TIMEOUT, HANG = 3, 5
#: Seconds between calls that hang
HANG_EVERY = 6
SAME = "Здравствуйте! Яму засыплем до 15 марта."
SAME_SHARE, TWICE_SHARE = 0.3, 0.05
PENDING = {"queued", "sending", "unknown"}
#: Beginning of a line that the runner shows a person
SHOWN = "| "


@dataclass
class Scale:
    """How much happens: ``rate`` messages a second, ``pause`` seconds before a kill,
    ``down`` seconds before a server that was killed is started again."""

    messages: int
    kills: int
    outages: int
    replies: int
    rate: float
    pause: tuple
    down: tuple
    quiet_seconds: int
    #: A new post after so many comments; Odnoklassniki's client remembers 200 of each.
    under_one_post: int


class TortureCase(Town, Hooks, Judgement, LiveCase):
    """The trial; see :meth:`torture`."""

    def setUp(self):
        super().setUp()
        self.lock, self.office_lock = threading.RLock(), threading.Lock()
        self.ended = threading.Event()
        self.messages = []
        self.rows = {}
        self.counts = Counter()
        self.killed = 0
        self.town_share = 0.0
        self.noted = 0
        self.stop_file = Path(self.stage.folder) / "stop"
        self.stop_file.unlink(missing_ok=True)
        self.toiling = False
        self.addCleanup(self.rest)
        self.open_door()
        self.networks = [network(self.world) for network in NETWORKS]
        self.one.do("set_parameter", name="http_timeout", value=str(TIMEOUT))
        self.pages = self.one.do("connect_three", url=self.ground.url)
        self.office_worker = self.stage.add()
        self.addCleanup(self.office_worker.close)
        [[self.first_row, self.first_ticket]] = self.stage.database.query(
            "SELECT (SELECT coalesce(max(id), 0) FROM helpdesk_social_message),"
            " (SELECT coalesce(max(id), 0) FROM helpdesk_ticket)"
        )
        #: Marks this trial's numbers among other tests' messages
        self.tag = self.world.state["next_user"]
        self.number_of = re.compile(rf"№ {self.tag}-(\d+)\.")

    def torture(self, scale):
        """Run the trial and judge it; prints the figures."""
        self.scale = scale
        self.seed = int(os.environ.get("TORTURE_SEED") or random.randrange(10**9))
        self.show(f"seed {self.seed} (repeat: script/test torture --seed {self.seed})")
        self.citizens = [
            self.citizen(f"Житель{number}")
            for number in range(max(20, scale.messages // 5))
        ]
        self.invite()
        self.started = time.monotonic()
        self.toil()
        self.ground.faults.rage(self.seed, CHAOS)
        self.side_by_side(self.killer, self.town, self.office, watching=self.witness)
        self.note_calls()
        self.written = time.monotonic()
        self.show(f"written after {self.written - self.started:.0f} s; calm now")
        self.ground.faults.calm()
        self.ground.faults.clear()
        self.world.state["settings"]["guid_memory"] = True
        # What is missing counts as deleted when it is missing again.
        for _comparison in range(2):
            self.wait_until_quiet()
        self.seconds = time.monotonic() - self.started
        self.look()
        try:
            self.judge()
        finally:
            self.show_figures()

    def show(self, text):
        print(f"{SHOWN}{text}", flush=True)

    # -- who works

    def toil(self):
        """Let both workers begin."""
        self.stop_file.unlink(missing_ok=True)
        self.toiling = True
        for worker in (self.stage.one, self.stage.two):
            self._begin(worker)

    def _begin(self, worker):
        worker.begin(
            "toil",
            seed=f"{self.seed}-{self.killed}-{worker.log.stem}",
            stop=str(self.stop_file),
        )

    def rest(self):
        """Let both workers end what they are at, and wait for it."""
        self.stop_file.touch()
        if not self.toiling:
            return
        self.toiling = False
        for worker in (self.stage.one, self.stage.two):
            self.counts.update(worker.end(180))

    def side_by_side(self, here, *beside, watching):
        """Run ``here`` in this thread, which new processes belong to and end with,
        and others beside it until all have ended but the one that is ``watching``;
        what fails in one ends all."""
        with ThreadPoolExecutor(len(beside) + 1) as pool:
            watch = pool.submit(self.all_or_none, watching)
            futures = [pool.submit(self.all_or_none, part) for part in beside]
            try:
                self.all_or_none(here)
                wait_for(futures)
            finally:
                self.ended.set()
        for future in [*futures, watch]:
            future.result()

    def all_or_none(self, part):
        """Run a part; if it fails, end the others."""
        try:
            part()
        except BaseException:
            self.ended.set()
            raise

    def pause(self, seconds):
        """Wait; returns whether the trial goes on."""
        return not self.ended.wait(seconds)

    # -- the office

    def office(self):
        """Lead messages through the procedure until so many replies are queued."""
        chance = random.Random(f"{self.seed}-office")
        used, done = set(), Counter()
        worker = self.office_worker.ready()
        while sum(done.values()) < self.scale.replies:
            share = (sum(done.values()) + 1) / self.scale.replies
            row = self.town_share >= min(share, 1) - 0.1 and self.unanswered(used, done)
            if not row:
                if not self.pause(0.2):
                    return
                continue
            used.add(row["ticket_id"])
            text, twice = SAME, chance.random() < TWICE_SHARE
            if chance.random() >= SAME_SHARE:
                text = f"Здравствуйте! Яму по обращению {row['number']} засыплем."
            with self.office_lock:
                made = worker.do(
                    "answer_one", external_id=row["external_id"], text=text, twice=twice
                )
            done[row["network"]] += len(made)
            self.counts["replies"] += len(made)

    def unanswered(self, used, done):
        """A stored message that can be answered, of the network with the fewest
        answers; its author will not delete it any more."""
        with self.lock:
            written = {message.number: message for message in self.messages}
            for row in sorted(self.rows.values(), key=lambda r: done[r["network"]]):
                message = written.get(row["number"])
                free = row["state"] in ("to_triage", "registered")
                if free and message and not message.deleted and not row["deleted"]:
                    if row["ticket_id"] not in used:
                        message.answered = True
                        return row
        return None

    # -- the killer

    def killer(self):
        """Kill a worker at a random moment, let another one take its place; between,
        let a call of the networks hang, and kill the server that they deliver to."""
        chance = random.Random(f"{self.seed}-kill")
        hung = time.monotonic()
        while self.killed < self.scale.kills or self.outages_left():
            until = time.monotonic() + chance.uniform(*self.scale.pause)
            while time.monotonic() < until:
                if not self.pause(0.05):
                    return
                self.look_after_door(chance)
                if time.monotonic() - hung > HANG_EVERY:
                    hung = time.monotonic()
                    self.ground.faults.add("*", "hang", seconds=HANG)
                    self.counts["hangs"] += 1
            if self.killed == self.scale.kills:
                continue
            self.kill_at_the_door(chance)
            name = chance.choice(("one", "two"))
            pid = getattr(self.stage, name).child.process.pid
            worker = self.stage.replace(name)
            claims = self.claims_of(pid)
            self.counts["kills while reading"] += claims["pages"]
            self.counts["kills while sending"] += claims["rows"]
            self.killed += 1
            self._begin(worker)

    def claims_of(self, pid):
        """What a process that is gone has left claimed."""
        [[pages, rows]] = self.stage.database.query(
            "SELECT (SELECT count(*) FROM helpdesk_social_account"
            f" WHERE lease_owner LIKE '%:{pid}:%'),"
            " (SELECT count(*) FROM helpdesk_social_message"
            f" WHERE lease_owner LIKE '%:{pid}:%')"
        )
        return {"pages": int(pages) > 0, "rows": int(rows) > 0}

    # -- what is in the database

    def select(self, sql):
        """Rows as dictionaries."""
        rows = self.stage.database.query(f"SELECT row_to_json(x) FROM ({sql}) x")
        return [json.loads(line) for [line] in rows]

    def _accounts(self):
        return ", ".join(map(str, self.pages.values()))

    def incoming(self):
        """All that is stored of what citizens wrote in this trial."""
        rows = self.select(
            "SELECT m.id, a.network, m.external_id, m.text, m.error, m.ticket_id,"
            " m.deleted_at IS NOT NULL AS deleted, t.social_state AS state,"
            " (SELECT array_agg(v.text) FROM helpdesk_social_message_version v"
            "  WHERE v.message_id = m.id) AS versions,"
            " (SELECT count(*) FROM helpdesk_social_message_ir_attachment_rel r"
            "  WHERE r.helpdesk_social_message_id = m.id) AS photos"
            " FROM helpdesk_social_message m"
            " JOIN helpdesk_social_account a ON a.id = m.account_id"
            " LEFT JOIN helpdesk_ticket t ON t.id = m.ticket_id"
            f" WHERE m.direction = 'in' AND m.account_id IN ({self._accounts()})"
            " ORDER BY m.id"
        )
        for row in rows:
            row["history"] = [*(row["versions"] or ()), row["text"] or ""]
            found = {
                int(number)
                for text in row["history"]
                for number in self.number_of.findall(text)
            }
            row["number"] = found.pop() if len(found) == 1 else None
        return rows

    def look(self):
        """Note what is stored by now."""
        rows = self.incoming()
        with self.lock:
            written = {message.number: message for message in self.messages}
            for row in rows:
                message = written.get(row["number"])
                if message:
                    message.seen.update(filter(None, row["history"]))
            self.rows = {row["number"]: row for row in rows if row["number"]}

    def witness(self):
        """Look again and again."""
        shown = time.monotonic()
        while self.pause(0.7):
            self.look()
            self.note_calls()
            if time.monotonic() - shown > 20:
                shown = time.monotonic()
                self.show(
                    f"{shown - self.started:.0f} s: {len(self.messages)} written,"
                    f" {len(self.rows)} stored, {self.counts['replies']} answered,"
                    f" {self.killed} kills"
                )

    def outbox(self):
        return self.select(
            "SELECT m.id, a.network, m.outbox_state AS state, m.text, m.parent_id,"
            " m.external_id, m.problem, m.attempts"
            " FROM helpdesk_social_message m"
            " JOIN helpdesk_social_account a ON a.id = m.account_id"
            f" WHERE m.direction = 'out' AND m.account_id IN ({self._accounts()})"
            f" AND m.id > {self.first_row} ORDER BY m.id"
        )

    def wait_until_quiet(self):
        """Let the workers go on until the outbox is empty and each page has been
        compared as a whole with nothing going wrong."""
        self.rest()
        self.compared = self.stage.one.do("compare", pages=list(self.pages.values()))
        self.toil()
        try:
            wait_until(
                lambda: not self.unrest(),
                self.scale.quiet_seconds,
                "quiet",
                pause=0.5,
            )
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.unrest()}") from None
        finally:
            self.rest()

    def unrest(self):
        """What is not done yet."""
        unsent = [row for row in self.outbox() if row["state"] in PENDING]
        pages = self.select(
            "SELECT network, health, last_error, cursor->'walk' AS walk"
            " FROM helpdesk_social_account"
            f" WHERE id IN ({self._accounts()}) AND health <> 'stopped' AND"
            f" (health <> 'ok' OR next_reconcile <= '{self.compared}'"
            "  OR (cursor->>'reconcile')::boolean)"
        )
        photos = self.select(
            "SELECT external_id, media FROM helpdesk_social_message"
            f" WHERE account_id IN ({self._accounts()}) AND media_pending LIMIT 3"
        )
        waiting = {key: n for key, n in self.deliveries().items() if key[1] == "new"}
        events = [found for found in (waiting, self.on_their_way()) if found]
        return [*unsent[:3], *pages, *photos, *events]
