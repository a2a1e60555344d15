"""Replies arrive once, whatever happens to the process that sends them."""

import signal
import socket

from .support import LiveCase, wait_until

TEXT = "Здравствуйте! Яму засыплем до 15 марта."
OUTBOX = "helpdesk.social.message"
#: Seconds for a call that is to fail for its time
SHORT = "2"
SENDING = "vk:send"


class TestSending(LiveCase):
    """Identical replies wait in one thread; the network does not know ``guid``."""

    def setUp(self):
        super().setUp()
        self.world.state["settings"]["guid_memory"] = False

    def queue_two(self):
        """Two citizens in one thread get the same words; returns the rows."""
        post = self.post()
        first, top = self.comment(post, "Яма у дома 5")
        second, _number = self.comment(post, "И у дома 7", reply_to=top)
        self.fetch()
        return [
            self.one.do("answer", external_id=i, text=TEXT) for i in (first, second)
        ]

    def queue_twins(self):
        """One citizen gets the same words twice under the same comment."""
        external_id, _number = self.comment(self.post(), "Яма у дома 5")
        self.fetch()
        row = self.one.do("answer", external_id=external_id, text=TEXT)
        return [row, self.one.do("answer_again", row=row)]

    def rows(self, rows):
        names = ["outbox_state", "external_id", "ticket_id", "parent_id", "problem"]
        names += ["attempts", "lease_until", "next_try"]
        domain = [("id", "in", rows)]
        return self.one.do("search_read", model=OUTBOX, domain=domain, names=names)

    def states(self, rows):
        return [row["outbox_state"] for row in self.rows(rows)]

    def send_until_done(self, rows, step="send_by_action"):
        """Run the scheduled action, as the scheduler does, until all is sent."""

        def all_sent():
            self.one.do(step)
            return set(self.states(rows)) == {"sent"}

        wait_until(all_sent, 60, "the replies to be sent", pause=0.5)

    def assert_woken(self, rows):
        """The scheduled action runs when the first waiting row is due."""
        [first, *_rest] = self.rows(rows)
        calls = self.one.do(
            "search_read",
            model="ir.cron.trigger",
            domain=[
                ("cron_id.code", "=", "model._cron_send()"),
                ("call_at", "=", first["next_try"]),
            ],
            names=["call_at"],
        )
        self.assertTrue(calls, first)

    def assert_sent_once(self, rows):
        """Each row is one reply on the wall; each ticket was published once."""
        wall = self.official(TEXT)
        self.assertEqual(len(wall), len(rows))
        on_wall = {f"wall-1_{c['post_id']}_r{c['id']}": c for c in wall}
        found = self.rows(rows)
        self.assertEqual({row["outbox_state"] for row in found}, {"sent"})
        self.assertEqual({row["external_id"] for row in found}, set(on_wall))
        for row in found:
            answered = on_wall[row["external_id"]]["reply_to"]
            self.assertTrue(row["parent_id"].endswith(f"_r{answered}"), row)
        tickets = {row["ticket_id"][0] for row in found}
        events = self.one.do(
            "search_read",
            model="helpdesk.social.event",
            domain=[("ticket_id", "in", list(tickets)), ("type", "=", "published")],
            names=["ticket_id"],
        )
        self.assertEqual(len(events), len(rows))
        states = self.one.do(
            "search_read",
            model="helpdesk.ticket",
            domain=[("id", "in", list(tickets))],
            names=["social_state", "published_link"],
        )
        self.assertEqual({t["social_state"] for t in states}, {"published"})
        self.assertTrue(all(t["published_link"] for t in states))

    def kill_after_acceptance(self):
        """Kill the sending process when the network has the first reply."""
        self.ground.faults.add("wall.createComment", "hang", seconds=90)
        self.two.begin("send_by_action")
        wait_until(lambda: self.official(TEXT), 30, "the reply to be accepted")
        self.stage.kill_two()
        self.assertEqual(len(self.official(TEXT)), 1)

    # -- a process is killed, another one goes on

    def test_killed_after_acceptance(self):
        rows = self.queue_two()
        self.kill_after_acceptance()
        self.assertEqual(self.states(rows), ["sending", "queued"])
        # The claim of the dead process is respected until it runs out, and somebody
        # will look when it does.
        self.one.do("send_by_action")
        self.assertEqual(len(self.official(TEXT)), 1)
        self.assertEqual(self.states(rows), ["sending", "queued"])
        self.assert_woken(rows)
        self.one.do("expire", model=OUTBOX, ids=rows)
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_killed_after_acceptance_of_twins(self):
        """The same parent and the same words: only the ids tell them apart."""
        rows = self.queue_twins()
        self.kill_after_acceptance()
        self.one.do("expire", model=OUTBOX, ids=rows)
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_killed_before_acceptance(self):
        """The reply was claimed, and the network never heard of it."""
        rows = self.queue_two()
        self.two.begin("send_by_action", holds={SENDING: "sending"})
        self.gates.wait("sending")
        self.stage.kill_two()
        self.assertEqual(self.states(rows), ["sending", "queued"])
        self.assertFalse(self.official(TEXT))
        self.one.do("expire", model=OUTBOX, ids=rows)
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_suspended(self):
        """A process sleeps beyond its claim and wakes when another has done it all."""
        rows = self.queue_two()
        self.ground.faults.add("wall.createComment", "hang", seconds=10)
        self.two.begin("send_by_action")
        wait_until(lambda: self.official(TEXT), 30, "the reply to be accepted")
        self.two.child.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.two.child.process.send_signal, signal.SIGCONT)
        self.one.do("expire", model=OUTBOX, ids=rows)
        # The sleeping process still holds the scheduled action itself.
        self.send_until_done(rows, step="send_by_call")
        self.two.child.process.send_signal(signal.SIGCONT)
        self.two.end()
        self.assert_sent_once(rows)
        self.assert_no_errors()

    # -- the outcome is unclear

    def assert_found_again(self, kind, **fault):
        rows = self.queue_two()
        self.ground.faults.add("wall.createComment", kind, **fault)
        # Short for this one call: on a slow machine any other might fail, too.
        self.one.do("set_parameter", name="http_timeout", value=SHORT)
        self.one.do("send_by_action", unclear=600)
        self.one.do("set_parameter", name="http_timeout", value="30")
        self.assertEqual(self.states(rows), ["unknown", "queued"])
        self.assertEqual(len(self.official(TEXT)), 1)
        self.assert_woken(rows)
        self.one.do("hurry", rows=rows)
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_timeout(self):
        self.assert_found_again("hang", seconds=60)

    def test_broken_connection(self):
        self.assert_found_again("drop")

    def test_gateway(self):
        """A gateway's error: it may have passed the call on, so it is read back."""
        self.assert_looked_for("http", code=502)

    def test_breakdown(self):
        """VK's own error 10 says nothing of what was done before it."""
        self.assert_looked_for("error", code=10)

    def assert_looked_for(self, kind, **fault):
        rows = self.queue_two()
        self.ground.faults.add("wall.createComment", kind, **fault)
        self.one.do("send_by_action", unclear=600)
        self.assertEqual(self.states(rows), ["unknown", "queued"])
        self.assertFalse(self.official(TEXT))
        self.one.do("hurry", rows=rows)
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_refused_connection(self):
        """Nobody listens: nothing was sent, and it is sent later."""
        rows = self.queue_two()
        # Bound, a port is nobody else's, and without listening it refuses.
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            port = deaf.getsockname()[1]
            self.one.do("change_page", page=1, api_url=f"http://127.0.0.1:{port}")
            self.one.do("send_by_action")
        self.assertEqual(self.states(rows), ["queued", "queued"])
        self.assertTrue(self.rows(rows)[0]["problem"])
        self.assertFalse(self.official(TEXT))
        self.one.do("change_page", page=1, api_url=self.ground.url)
        self.one.do("hurry", rows=rows)
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_refused_by_the_network(self):
        """An error that passes (code 43) is tried again, one that stays is not."""
        rows = self.queue_two()
        self.ground.faults.add("wall.createComment", "error", code=43)
        self.one.do("send_by_action")
        self.assertEqual(self.states(rows)[0], "queued")
        self.ground.faults.add("wall.createComment", "error", code=213)
        self.one.do("hurry", rows=rows)
        self.one.do("send_by_action")
        failed, later = self.rows(rows)
        self.assertEqual(failed["outbox_state"], "failed")
        self.assertTrue(failed["problem"])
        self.assertEqual(later["outbox_state"], "sent")
        self.assertEqual(len(self.official(TEXT)), 1)
        self.one.do("retry", row=rows[0])
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    def test_ticket_changed_meanwhile(self):
        """A curator changes the ticket while its reply is on the way."""
        rows = self.queue_two()
        ticket = self.rows(rows)[0]["ticket_id"][0]
        self.ground.faults.add("wall.createComment", "hang", seconds=1)
        self.two.begin("send_by_action")
        wait_until(lambda: self.official(TEXT), 30, "the reply to be accepted")
        self.one.do("change_ticket", ticket=ticket)
        self.two.end()
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    # -- two processes empty the outbox at the same time

    def test_two_senders(self):
        rows = self.queue_two() + self.queue_two() + self.queue_twins()
        # Slow enough for both to be at work.
        self.ground.faults.add("wall.createComment", "hang", times=4, seconds=0.3)
        self.one.begin("send_by_action", at="start")
        self.two.begin("send_by_call", at="start")
        self.gates.wait("start", 2)
        self.gates.open("start")
        self.one.end()
        self.two.end()
        self.send_until_done(rows)
        self.assert_sent_once(rows)
        self.assert_no_errors()

    # -- one page hangs

    def test_hanging_page(self):
        """One lane waits for a page that hangs; another one goes on with the rest."""
        [slow, *_rest] = self.queue_two()
        other = self.queue_on_other_page()
        self.two.begin("send_by_action", holds={SENDING: "hanging"})
        self.gates.wait("hanging")
        self.one.do("send_by_action", lane="cron_send_2")
        self.assertEqual(self.states([other]), ["sent"])
        self.assertEqual(self.states([slow]), ["sending"])
        self.gates.open("hanging")
        self.two.end()
        self.assertEqual(self.states([slow]), ["sent"])
        self.assert_no_errors()

    def queue_on_other_page(self):
        external_id, _number = self.comment(self.post(group=2), group=2)
        self.one.do("change_page", page=2, receive=True)
        self.fetch(page=2)
        row = self.one.do("answer", external_id=external_id, text=TEXT)
        self.addCleanup(self.one.do, "change_page", page=2, receive=False)
        return row

    # -- the database was restored

    def test_restored_after_sending(self):
        """The copy knows of two waiting replies; one was published since."""
        rows = self.queue_two()
        self.one.do("send_by_action")
        self.assertEqual(len(self.official(TEXT)), 2)
        self.one.do("forget_sending", rows=rows)
        self.one.do("hold_of_outbox", place="1-1-1")
        self.one.do("send_by_action")
        self.two.do("send_by_call")
        self.assertEqual(self.states(rows), ["queued", "queued"])
        self.assertTrue(self.two.do("hold_of_outbox"))
        self.one.do("release")
        self.send_until_done(rows)
        self.assertFalse(self.two.do("hold_of_outbox"))
        self.assertEqual(len(self.official(TEXT)), 2)
        self.assertEqual(
            {row["external_id"] for row in self.rows(rows)}, self.on_wall()
        )
        self.assert_no_errors()

    def test_restored_noticed_by_two_lanes(self):
        """Both find the database in another place; the administrators are told once."""
        self.one.do("send_by_action")
        self.one.do("hold_of_outbox", place="1-1-1")
        holds = {"helpdesk.social.hold:_note": "noticing"}
        self.one.begin("send_by_action", holds=holds)
        self.two.begin("send_by_call", holds=holds)
        self.gates.wait("noticing", 2)
        self.gates.open("noticing")
        self.one.end()
        self.two.end()
        held = self.one.do(
            "search_read",
            model="helpdesk.social.hold",
            domain=[("released_at", "=", False)],
            names=["reason"],
        )
        self.assertEqual([row["reason"] for row in held], ["moved"])
        self.one.do("release")
        self.assert_no_errors()

    def on_wall(self):
        return {f"wall-1_{c['post_id']}_r{c['id']}" for c in self.official(TEXT)}
