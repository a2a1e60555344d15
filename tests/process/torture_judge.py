"""What must hold at the end of a trial of endurance, and its figures."""

from collections import Counter

from .torture_hooks import DELIVERED

#: So many messages are enough for chance to bring all that may happen.
LARGE = 1000


class Judgement:
    """The judging half of ``torture.TortureCase``: the database beside the networks."""

    def judge(self):
        """All that must hold at the end; says all that does not."""
        tickets = sorted({r["ticket_id"] for r in self.incoming() if r["ticket_id"]})
        with self.subTest("stored"):
            self.judge_stored()
        with self.subTest("sent"):
            self.judge_sent()
        for step in ("termless", "differences"):
            with self.subTest(step):
                found = self.stage.one.do(step, tickets=tickets)
                self.assertEqual(found, [])
        with self.subTest("pages"):
            unwell = self.select(
                "SELECT network, health, last_error FROM helpdesk_social_account"
                f" WHERE id IN ({self._accounts()}) AND health <> 'ok'"
            )
            self.assertEqual(unwell, [])
        with self.subTest("delivered"):
            self.judge_delivered()
        with self.subTest("logs"):
            self.assert_no_errors()
            self.assertEqual(self.door.errors(), [])

    def judge_stored(self):
        """Each message is one row with its last text; every text that the database
        ever showed is kept; what was deleted is a tombstone with its text.

        What its author changed or deleted before it was ever read leaves no trace of
        what was there before: nobody can know it any more.
        """
        rows = [row for row in self.incoming() if row["id"] > int(self.first_row)]
        problems = [
            f"not understood, or of nobody: {row}"
            for row in rows
            if row["error"] or (row["number"] is None and not row["deleted"])
        ]
        by_number = {}
        for row in rows:
            by_number.setdefault(row["number"], []).append(row)
        nameless = by_number.pop(None, [])
        unseen = 0
        for message in self.messages:
            found = by_number.pop(message.number, [])
            if len(found) > 1:
                problems.append(f"stored {len(found)} times: {found}")
                continue
            if not found:
                unseen += 1
                if not message.deleted or message.seen_before_deletion:
                    problems.append(f"missing: {message}")
                continue
            problems += self.problems_of(message, found[0])
        problems += [f"nobody wrote it: {found}" for found in by_number.values()]
        if len(nameless) > unseen:
            problems.append(f"tombstones of {unseen} unseen messages: {nameless}")
        self.assertFalse(problems, f"{len(problems)}:\n" + "\n".join(problems[:20]))
        self.judge_tickets(rows)

    def problems_of(self, message, row):
        """What is wrong with the row of a message."""
        history = set(filter(None, row["history"]))
        name = f"{row['network']} {row['external_id']}: {message.texts} {row}"
        if not history <= set(message.texts):
            yield f"words of nobody: {name}"
        if not message.seen <= history:
            yield f"words lost: {name}"
        if row["deleted"] != message.deleted:
            yield f"deleted or not: {name}"
        if not message.deleted and row["text"] != message.texts[-1]:
            yield f"not the last text: {name}"
        if not message.deleted and not row["ticket_id"]:
            yield f"without ticket: {name}"
        if row["photos"] > message.photos:
            yield f"too many photos: {name}"
        if not message.deleted and row["photos"] < message.photos:
            yield f"photos missing: {name}"
        if len(message.texts) > 1 and not message.deleted:
            self.counts["first text kept"] += message.texts[0] in history
            self.counts["first text never read"] += message.texts[0] not in history

    def judge_delivered(self):
        """Events came in from each network that delivers them, and all were stored."""
        found = self.deliveries()
        self.assertEqual({state for _network, state in found}, {"done"})
        self.assertEqual({network for network, _state in found}, set(DELIVERED))
        for (network, _state), kept in found.items():
            self.assertLessEqual(kept, self.told[network], f"{network}: kept twice")
        if self.scale.messages >= LARGE:
            lost = self._undelivered()
            self.assertTrue(all(lost.values()), f"no outage was long enough: {lost}")

    def judge_tickets(self, rows):
        """No ticket was made twice, or for nothing."""
        used = {row["ticket_id"] for row in rows}
        extra = self.select(
            "SELECT id, number FROM helpdesk_ticket"
            f" WHERE social_account_id IN ({self._accounts()})"
            f" AND id > {self.first_ticket}"
        )
        self.assertFalse([ticket for ticket in extra if ticket["id"] not in used])
        numbers = [ticket["number"] for ticket in extra]
        self.assertEqual(len(numbers), len(set(numbers)))

    def judge_sent(self):
        """Each approved reply stands once, under what it answers, and nothing else of
        ours is there."""
        outbox = self.outbox()
        self.assertEqual(len(outbox), self.counts["replies"])
        self.assertEqual([row for row in outbox if row["state"] != "sent"], [])
        answered = {network.key: network.answered for network in self.networks}
        wanted = Counter(
            (row["network"], answered[row["network"]](row["parent_id"]), row["text"])
            for row in outbox
        )
        there = Counter(
            (network.key, mark, text)
            for network in self.networks
            for mark, text in network.official()
        )
        self.assertEqual(there - wanted, Counter(), "on a network more than once")
        self.assertEqual(wanted - there, Counter(), "not on its network")
        ids = [(row["network"], row["external_id"]) for row in outbox]
        self.assertEqual(len(ids), len(set(ids)), "two rows claim one reply")

    def show_figures(self):
        chaos = self.ground.faults.chaos()
        by_network = Counter(m.network.key for m in self.messages)
        calls = self.ground.log.entries()[-1]["id"]
        struck = {**chaos["struck"], "hang": self.counts["hangs"]}
        rate = len(self.messages) / self.seconds
        for line in (
            f"messages {len(self.messages)} ({_listed(by_network)})",
            f"edited {self.counts['edited']}, of them after they were read"
            f" {self.counts['edited after reading']}, privately"
            f" {self.counts['edited privately']}; first text kept"
            f" {self.counts['first text kept']}, never read"
            f" {self.counts['first text never read']}",
            f"deleted {self.counts['deleted']}, of them after they were read"
            f" {self.counts['deleted after reading']}, privately"
            f" {self.counts['deleted privately']}; events repeated"
            f" {self.counts['repeated']}; photos"
            f" {sum(m.photos for m in self.messages)}",
            f"replies {self.counts['replies']}",
            f"kills {self.killed}: while reading"
            f" {self.counts['kills while reading']}, while sending"
            f" {self.counts['kills while sending']}",
            f"events to be delivered {_listed(self.told)}, never delivered"
            f" {_listed(self._undelivered())}; calls in vain"
            f" {self.counts['calls in vain']}, answers cut"
            f" {self.counts['answers cut']}",
            f"outages of the server {self.outages}, one of its processes killed"
            f" {self.counts['kills at the door']}, button pressed again"
            f" {self.counts['pressed']}",
            f"calls {calls}, struck: {_listed(struck)}",
            "lanes of those that lived: by the scheduler"
            f" {self.counts['by the scheduler']}, beside it"
            f" {self.counts['beside it']}, conflicts {self.counts['conflict']}",
            f"{self.seconds:.0f} s, {rate:.1f} messages/s; seed {self.seed}",
        ):
            self.show(line)

    def _undelivered(self):
        kept = Counter()
        for (network, _state), number in self.deliveries().items():
            kept[network] += number
        return {network: self.told[network] - kept[network] for network in self.told}


def _listed(counts):
    return ", ".join(f"{name} {count}" for name, count in counts.items())
