from datetime import timedelta
from random import Random

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.helpdesk_ticket import FACTS, IMPORTANCES, OPEN_STATES, PAGE_OWNERS
from ..networks import Consequence
from .common import MODULE, SocialCommon, comment
from .test_outbox import failing

PRESETS = ("perm", "vereshchagino", "palana", "purovsky", "myasnikovsky")
OWNERS = [owner for owner, _label in PAGE_OWNERS]
WALKS = 40
STEPS = 20
#: The longest way: what must be agreed by three takes more steps to get anywhere.
LONG = {"myasnikovsky": 60}
#: Where walks begin (UTC): an eve of a day off, a Friday evening, a night, the days
#: before the May holidays and before the end of the year, and an ordinary morning.
STARTS = (
    "2024-03-07 10:15:00",
    "2024-02-22 12:40:30",
    "2024-06-07 19:05:10",
    "2024-04-26 08:00:00",
    "2023-12-29 11:20:00",
    "2024-12-28 06:55:00",
    "2024-06-03 04:59:59",
)
#: Minutes between two steps, mostly within a working day.
PAUSES = (0, 1, 5, 5, 20, 20, 45, 60, 60, 180, 480, 720, 1440, 4320)
#: What leads on from each state: a walk at random alone would seldom get anywhere.
FORWARD = {
    "to_triage": ("register", "assign", "new_act"),
    "registered": ("assign",),
    "assigned": ("accept", "submit_final", "submit_interim"),
    "in_progress": ("submit_final", "submit_interim", "approve"),
    "review": ("approve",),
    "agreement": ("send_up", "director", "director", "to_superior", "answer"),
    "approved": ("publish", "send", "send", "by_hand", "by_hand_before"),
    "published": ("close", "follow_up"),
    "closed": ("follow_up",),
    "excluded": ("restore",),
    "no_reaction": ("restore",),
}
#: Steps tried in any state.
ANYWHERE = ("assign", "decline", "rework", "substitute", "withdraw", "follow_up")
ANYWHERE += ("exclude", "no_reaction", "restore", "close", "send", "approve")
ANYWHERE += ("send_up", "director")
ANYWHERE += ("change_facts", "change_facts", "change_term", "change_term", "own_term")
ANYWHERE += ("ask", "ask", "ask_by_hand", "send", "propose", "answered", "follow_up")
ANYWHERE += ("unanswered",)
#: Steps that the walks must have taken between them.
EXPECTED = {"received", "registered", "assigned", "accepted", "declined"}
EXPECTED |= {"draft_submitted", "approved", "rework_requested", "substituted"}
EXPECTED |= {"interim_published", "published", "closed", "facts_changed"}
EXPECTED |= {"sent_to_superior"}
EXPECTED |= {"term_changed", "excluded", "no_reaction", "restored"}
EXPECTED |= {"clarification_published", "clarification_answered"}


@tagged("post_install", "-at_install")
class TestWalks(SocialCommon):
    """What must hold after every step of every way a message may go.

    The ways are random but the same in every run: a failure names its walk, and the
    steps that led to it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = cls._user("s_director", "group_approver")
        cls.env["helpdesk.social.appointment"].create(
            {
                "user_id": cls.director.id,
                "role": "managing_director",
                "act_number": "17",
                "act_date": "2023-01-10",
                "date_from": "2023-01-10",
            }
        )

    def test_walks(self):
        types, states, refused = set(), set(), 0
        with freeze_time(STARTS[0]) as self.clock:
            for number in range(WALKS):
                savepoint = self.env.cr.savepoint()
                try:
                    refused += self._walk(number)
                    types.update(self.ticket.event_ids.mapped("type"))
                    states.update(self.ticket.deadline_ids.mapped("state"))
                finally:
                    # The next walk begins where this one did.
                    savepoint.close(rollback=True)
        self.assertEqual(EXPECTED - types, set(), "walks that go nowhere prove nothing")
        self.assertEqual(states, {"running", "met", "breached", "cancelled"})
        self.assertGreater(refused, 0)

    def test_publication_recorded_late(self):
        """Found by a walk: a term had been changed since."""
        with freeze_time("2024-06-03 05:00:00"):
            ticket = self.approved(at="2024-06-03 05:00")
        with freeze_time("2024-06-03 05:10:00"):
            ticket.change_term(
                fields.Datetime.to_datetime("2024-06-03 08:00:00"), "Решено"
            )
        with freeze_time("2024-06-03 05:15:00"):
            ticket.importance = "life_safety"
        link = "https://vk.com/wall-1_10_r9"
        with freeze_time("2024-06-03 05:30:00"):
            for minute, reason in ((5, "after that moment"), (31, "in the future")):
                at = fields.Datetime.to_datetime(f"2024-06-03 05:{minute:02}:00")
                with self.assertRaisesRegex(UserError, reason):
                    ticket.publish_by_hand("Засыпали.", link, at=at)
            at = fields.Datetime.to_datetime("2024-06-03 05:20:00")
            ticket.publish_by_hand("Засыпали.", link, at=at)
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(ticket._replay_differences(), [])

    def test_new_act_after_term_changed(self):
        """Found by a walk: the new act has no such norm to change the term of."""
        with freeze_time("2024-06-03 05:00:00"):
            ticket = self.receive(comment(at="2024-06-03 05:00"))
            ticket = ticket.with_user(self.curator)
            due = fields.Datetime.to_datetime("2024-06-03 08:00:00")
            ticket.change_term(due, "Решено", ticket.deadline_ids)
        other = self.env.ref(f"{MODULE}.regulation_purovsky")
        self.account.regulation_id = other
        with freeze_time("2024-06-03 05:30:00"):
            ticket.action_register()
            fresh = self.receive(comment("wall-1_10_r7", at="2024-06-03 05:30"))
        self.assertEqual(ticket.regulation_id, self.regulation)
        self.assertEqual(ticket._replay_differences(), [])
        self.assertEqual(fresh.regulation_id, other)

    def _walk(self, number):
        """Take one message through random steps; returns how many were refused."""
        self.random = random = Random(number)
        self.network.__init__()
        preset = PRESETS[number % len(PRESETS)]
        regulation = self.env.ref(f"{MODULE}.regulation_{preset}")
        if number >= WALKS // 2:
            # The same act, had it let clocks wait for the author.
            regulation = regulation.copy({"waiting": "stops", "waiting_days": 3})
        self.account.write(
            {"regulation_id": regulation.id, "page_owner": random.choice(OWNERS)}
        )
        self.now = fields.Datetime.to_datetime(STARTS[number % len(STARTS)])
        self.clock.move_to(self.now)
        posted = self.now - timedelta(minutes=random.choice((0, 3, 90, 900)))
        self.ticket = self.receive(
            comment(
                at=fields.Datetime.to_string(posted),
                kind=random.choice(("feed", "feed", "private")),
            )
        ).with_user(self.curator)
        trail = [
            f"{preset}, {regulation.waiting}, {self.account.page_owner}, "
            f"received {posted}"
        ]
        self.replies = 1
        ended, refused = self._check(number, trail, {}), 0
        for _index in range(LONG.get(preset, STEPS)):
            self.now += timedelta(minutes=random.choice(PAUSES))
            self.clock.move_to(self.now)
            forward = FORWARD[self.ticket.social_state]
            name = random.choice(random.choice((forward, ANYWHERE)))
            try:
                with self.env.cr.savepoint():
                    getattr(self, f"_do_{name}")()
            except AccessError:
                raise
            except UserError:
                refused += 1
                continue
            trail.append(f"{self.now} {name}")
            # Restoring undoes the step that ended clocks: they run on.
            ended = self._check(number, trail, {} if name == "restore" else ended)
        return refused

    # -- what must hold ----------------------------------------------------------

    def _check(self, number, trail, ended):
        """Check the message; returns its ended clocks.  ``ended`` are those seen
        before this step."""
        where = "\n".join([f"walk {number}:", *trail])
        self.env.flush_all()
        self.env.invalidate_all()
        ticket = self.ticket.sudo()
        self.assertEqual(ticket._replay_differences(), [], where)
        clocks = ticket.deadline_ids
        running = clocks.filtered(lambda row: row.state == "running")
        is_open = ticket.social_state in OPEN_STATES
        if is_open:
            self.assertEqual(ticket.no_term, not running, where)
        else:
            self.assertFalse(running, where)
            self.assertFalse(ticket.no_term, where)
        dues = running.mapped("due")
        self.assertEqual(ticket.next_due, min(dues, default=False), where)
        self.assertEqual(ticket.next_deadline_id.due, ticket.next_due, where)
        self.assertLessEqual(ticket.next_deadline_id, running, where)
        for assignment in ticket.assignment_ids:
            own = running.filtered(lambda row, a=assignment: row.assignment_id == a)
            if own:
                self.assertTrue(assignment.is_live, where)
                due = min(own.mapped("due"))
                self.assertEqual(assignment.next_due, due, where)
        self.assertEqual(bool(ticket.waiting_since), self._is_asked(), where)
        for name in FACTS:
            self.assertEqual(self._fact(name) or None, ticket[name] or None, where)
        now = {
            row.id: (*row._key(), row.due, row.done, row.state)
            for row in clocks - running
        }
        self.assertEqual({key: now.get(key) for key in ended}, ended, where)
        return now

    def _is_asked(self):
        """Whether the history says that the author has a question to answer."""
        ticket = self.ticket.sudo()
        if ticket.social_state not in OPEN_STATES:
            return False
        types = ticket.event_ids.sorted("id").mapped("type")
        types = [kind for kind in types if kind.startswith("clarification")]
        return types[-1:] == ["clarification_published"]

    def _fact(self, name):
        """What the history says of a fact."""
        ticket = self.ticket.sudo()
        value = ticket.initial_facts[name]
        for event in ticket.event_ids.sorted("id"):
            value = (event.facts or {}).get(name, value)
        return value

    # -- steps -------------------------------------------------------------------

    def _live(self, *states):
        """A live assignment and its holder; refused where there is none."""
        live = self.ticket.sudo().assignment_ids.filtered(
            lambda row: row.is_live and (not states or row.state in states)
        )
        if not live:
            raise UserError("Nobody holds the message.")
        assignment = self.random.choice(live.sorted("id"))
        user = self.light if assignment.unit_id == self.unit_light else self.roads
        return assignment.with_user(user)

    def _reason(self, kind):
        return self.random.choice(self.env[f"helpdesk.social.{kind}.reason"].search([]))

    def _do_new_act(self):
        """The page gets another act; messages in triage follow when registered."""
        preset = self.random.choice(PRESETS)
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_{preset}")

    def _do_register(self):
        self.ticket.action_register()

    def _do_assign(self):
        units = [self.unit_roads, self.unit_light]
        chosen = self.random.choice([units, units[:1], units[1:]])
        self.ticket.assign([(unit, self.env["res.users"]) for unit in chosen])

    def _do_accept(self):
        self._live("assigned").action_accept()

    def _do_decline(self):
        self._live().decline("Не наше")

    def _submit(self, **vals):
        assignment = self._live("assigned", "accepted", "rework")
        # What every act lets pass: a measure, a reason, a date, the number.
        text = (
            "Проверяем: требуется обследование участка. Засыплем до 15 марта 2030 "
            f"года. № {self.ticket.number}"
        )
        assignment.write({"draft_text": text, **vals})
        assignment.action_submit()

    def _do_submit_final(self):
        self._submit(draft_kind="final")

    def _do_submit_interim(self):
        promised = self.now.date() + timedelta(days=10)
        self._submit(
            draft_kind="interim",
            draft_promised_date=promised,
            draft_interim_reason="Ждём подрядчика.",
        )

    def _do_approve(self):
        self._live("submitted").with_user(self.curator).action_approve()

    def _do_rework(self):
        none = self.env["helpdesk.social.rework.reason"]
        self._live().with_user(self.curator).request_rework(none, "Когда?")

    def _do_substitute(self):
        self._live().with_user(self.curator).substitute(self.roads_2)

    def _do_publish(self):
        text = self.random.choice(
            (self.ticket._merged_text(), f"Иначе: засыплем. № {self.ticket.number}")
        )
        self.ticket.publish(text, self.account)

    def _do_send(self):
        with self.sending() as outbox:
            outbox._cron_send()

    def _do_withdraw(self):
        rows = self.ticket.social_message_ids.filtered("outbox_state")
        if not rows:
            raise UserError("Nothing is on its way.")
        rows[-1].action_withdraw()

    def _do_by_hand(self, **vals):
        text = self.random.choice(
            (self.ticket._merged_text(), f"Иначе: засыплем. № {self.ticket.number}")
        )
        link = "https://vk.com/wall-1_10_r9"
        self.ticket.publish_by_hand(text, link, **vals)

    def _do_by_hand_before(self):
        """Published some time ago, recorded only now."""
        minutes = self.random.choice((1, 10, 60, 300))
        self._do_by_hand(at=self.now - timedelta(minutes=minutes))

    def _do_send_up(self):
        text = self.random.choice((self.ticket._merged_text(), "Иначе."))
        self.ticket.send_to_agreement(text)

    def _waiting(self):
        row = self.ticket.sudo()._waiting_approval()
        if not row:
            raise UserError("Nobody is asked.")
        return row

    def _do_director(self):
        row = self._waiting()
        if row.outside:
            raise UserError("It is asked outside.")
        row = row.with_user(self.director)
        self.random.choice((row.action_approve, lambda: row.refuse("Нет")))()

    def _do_to_superior(self):
        self._waiting().with_user(self.curator).mark_sent("СЭД")

    def _do_answer(self):
        row = self._waiting().with_user(self.curator)
        agreed = self.random.choice((True, False))
        at = self.now - timedelta(minutes=self.random.choice((0, 0, 5)))
        row.record_answer(agreed, at, remarks="Письмо")

    def _do_propose(self):
        self._live("assigned", "accepted", "rework").propose_clarification("Где?")

    def _do_ask(self):
        """Ask; the network may stay silent on whether it took the question."""
        self.ticket.ask_author("Где?", question=self.ticket.question_ids[:1])
        outcomes = (None, failing(Consequence.UNKNOWN, self.random.random() < 0.5))
        outcome = self.random.choice(outcomes)
        self.network.failures = [outcome] if outcome else []

    def _do_ask_by_hand(self):
        minutes = self.random.choice((0, 0, 10, 300))
        at = self.now - timedelta(minutes=minutes)
        self.ticket.ask_author_by_hand("Где?", "https://vk.com/wall-1_10_r9", at=at)

    def _do_answered(self):
        minutes = self.random.choice((0, 10, 300))
        self.ticket.record_answer("Тут", at=self.now - timedelta(minutes=minutes))

    def _do_unanswered(self):
        self.ticket.close_unanswered()

    def _do_exclude(self):
        self.ticket.exclude(self._reason("exclusion"))

    def _do_no_reaction(self):
        self.ticket.no_reaction(self._reason("no.reaction"))

    def _do_restore(self):
        self.ticket.action_restore()

    def _do_close(self):
        self.ticket.action_close()

    def _do_change_facts(self):
        random = self.random
        name, values = random.choice(
            [
                ("importance", [value for value, _label in IMPORTANCES]),
                ("needs_photo", [True, False]),
                ("page_owner", OWNERS),
                ("intake", ["page", "incident", "monitoring", "manual"]),
            ]
        )
        self.ticket.write({name: random.choice(values)})

    def _do_change_term(self):
        running = self.ticket.deadline_ids.filtered(lambda row: row.state == "running")
        if not running:
            raise UserError("No clock is running.")
        self._change_term(self.random.choice(running.sorted("id")))

    def _do_own_term(self):
        self._change_term(None)

    def _change_term(self, deadline):
        due = self.now + timedelta(minutes=self.random.choice((7, 100, 1500, 9000)))
        self.ticket.change_term(due, "Решено", deadline)

    def _do_follow_up(self):
        """The author adds something; a new message where this one has ended."""
        self.replies += 1
        # Read at once, or some time after it was written.
        written = self.now - timedelta(minutes=self.random.choice((0, 0, 5, 200)))
        item = comment(
            f"wall-1_10_r{self.replies}",
            thread="wall-1_10_r1",
            at=fields.Datetime.to_string(written),
            kind=self.ticket.kind,
        )
        was_open = self.ticket.social_state in OPEN_STATES
        new = self.receive(item)
        if was_open:
            self.assertFalse(new)
            # The newest open one: this, or what came while this had ended.
            repeats = [("possible_repeat_id", "=", self.ticket.id)]
            joined = self.ticket | self.ticket.sudo().search(repeats)
            self.assertIn(True, joined.mapped("follow_up"))
        self.assertEqual(new._replay_differences(), [])
