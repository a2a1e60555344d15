"""Two processes warn of the same deadlines, and everybody is told once."""

from .support import LiveCase

#: 250 messages, four steps each: a thousand alerts.
MESSAGES = 250
LOCKING = "helpdesk.social.deadline:try_lock_for_update"
FIRING = "helpdesk.social.deadline:_fire_safely"
TELLING = "helpdesk.social.alert:_tell"


class TestTwoServers(LiveCase):
    """The scheduled action in one process, the lane beside it in the other."""

    def prepare(self, messages=MESSAGES):
        self.one.do("quiet_clocks")
        tickets = self.one.do("due_messages", messages=messages)
        self.assertEqual(len(tickets), messages)
        return tickets

    def assert_once(self, tickets):
        """Every step in the ledger once, every person told of it once."""
        alerts = self.one.do("ledger", tickets=tickets)
        pairs = [(alert["deadline"], alert["step"]) for alert in alerts]
        self.assertEqual(len(pairs), 4 * len(tickets))
        self.assertEqual(len(set(pairs)), len(pairs))
        self.assertFalse([alert for alert in alerts if not alert["told"]])
        expected = {"activity": "roads", "inbox": "roads", "email": "curator"}
        told = self.one.do("told", tickets=tickets)
        wanted = sorted(
            (channel, who, ticket)
            for ticket in tickets
            for channel, who in expected.items()
        )
        self.assertEqual(sorted(map(tuple, told["lines"])), wanted)
        self.assertEqual(told["flaws"], sorted(tickets))
        self.assertEqual(told["raised"], sorted(tickets))
        self.assertFalse(self.one.do("due_alerts"))
        return told["digests"]

    def run_both(self, batch):
        """Run the lane in both processes at once; how many clocks each dealt with.

        Each has its first batch in hands before either goes on.
        """
        holds = {FIRING: "firing"}
        self.one.begin("warn_by_action", holds=holds, batch=batch)
        self.two.begin("warn_by_call", holds=holds, batch=batch)
        self.gates.wait("firing", 2)
        self.gates.open("firing")
        return self.one.end(), self.two.end()

    def test_thousand_steps(self):
        tickets = self.prepare()
        first, second = self.run_both(batch=10)
        digests = self.assert_once(tickets)
        # At most one digest per person, channel and process.
        self.assertLessEqual(digests, 6)
        self.assertEqual(first + second, MESSAGES)
        self.assertGreater(min(first, second), 0, "both had a part in it")
        self.assert_no_errors()

    def test_the_same_batch(self):
        """One has seen the rows due before the other one fired and committed."""
        tickets = self.prepare(20)
        self.two.begin("warn_by_call", holds={LOCKING: "seen"})
        self.gates.wait("seen")
        self.assertEqual(self.one.do("warn_by_action"), 20)
        self.gates.open("seen")
        self.assertEqual(self.two.end(), 0)
        self.assert_once(tickets)
        self.assert_no_errors()

    def test_killed_before_the_telling(self):
        """What was recorded and not told is told by the next run."""
        tickets = self.prepare(20)
        self.two.begin("warn_by_call", holds={TELLING: "telling"})
        self.gates.wait("telling")
        self.stage.kill_two()
        self.one.do("warn_by_action")
        self.assert_once(tickets)
        self.assert_no_errors()

    def test_killed_while_firing(self):
        """What was not committed has not happened."""
        tickets = self.prepare(20)
        self.two.begin("warn_by_call", holds={FIRING: "firing"})
        self.gates.wait("firing")
        self.stage.kill_two()
        self.one.do("warn_by_action")
        self.assert_once(tickets)
        self.assert_no_errors()

    def test_step_of_a_person_meanwhile(self):
        """An executor submits while the lane holds the clock: no alert is lost and
        the person's step is not refused."""
        tickets = self.prepare(5)
        self.two.begin("warn_by_call", holds={FIRING: "firing"})
        self.gates.wait("firing")
        self.one.begin("submit_draft", ticket=tickets[0])
        self.gates.open("firing")
        self.two.end()
        self.one.end()
        self.one.do("warn_by_action")
        alerts = self.one.do("ledger", tickets=tickets)
        pairs = {(alert["deadline"], alert["step"]) for alert in alerts}
        self.assertEqual(len(pairs), len(alerts))
        self.assertFalse(self.one.do("due_alerts"))
        self.assert_no_errors()
