from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import MODULE, comment
from .rpc import Refused, RpcCase

TABLE = Path(__file__).parent / "data" / "procedure.csv"
#: The messages' states by the words of the table.
STATES = {
    "triage": "to_triage",
    "routing": "registered",
    "assigned": "assigned",
    "drafting": "in_progress",
    "signing": "in_progress",
    "rework": "in_progress",
    "waiting": "in_progress",
    "review": "review",
    "compose": "agreement",
    "director": "agreement",
    "superior": "agreement",
    "approved": "approved",
    "own": "approved",
    "publishing": "approved",
    "published": "published",
    "untold": "published",
    "closed": "closed",
    "no_reaction": "no_reaction",
    "excluded": "excluded",
}
#: States that only some acts know, with the act's own step that leads there.
OWN_STATES = {
    "perm": {"own"},
    "myasnikovsky": {"compose", "director", "superior"},
    "vereshchagino": {"signing", "untold"},
}
#: What every act lets pass: a measure, the number of the message, a phone.
TEXT = "№ {}. Яму на Рабочей, 17 засыпали сегодня. Телефон отдела: 2-12-85-06."
LINK = "https://vk.com/wall-1_10?reply=77"


class Line(NamedTuple):
    """One line of the table."""

    acts: list
    states: list
    roles: list
    actions: list
    verdict: str
    then: str
    clause: str

    def covers(self, act, state, role, action):
        return (
            act in self.acts
            and state in self.states
            and role in self.roles
            and action in self.actions
        )


def lines(acts):
    """The lines of the table."""
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        if not text.startswith("#"):
            act, states, roles, actions, verdict, then, clause, _words = (
                cell.strip() for cell in text.split(";", 7)
            )
            yield Line(
                list(acts) if act == "*" else [act],
                states.split(),
                roles.split(),
                actions.split(),
                verdict,
                then,
                clause,
            )


@tagged("post_install", "-at_install")
class TestProcedure(RpcCase):
    """The acts' procedure, executed over RPC as each role.

    Every action of the table is tried by every role in every state: what a line
    allows happens, with the state that it names; all else is refused.
    """

    ACTS = ("perm", "purovsky", "myasnikovsky", "palana", "vereshchagino")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            "curator": cls.curator,
            "executor": cls.roads,
            "member": cls.roads_2,
            "leader": cls._user("p_leader", "group_executor"),
            "stand_in": cls._user("p_stand_in", "group_executor"),
            "other": cls.light,
            "signatory": cls._user("p_signatory", "group_executor"),
            "director": cls._user("p_director", "group_approver"),
            "superior": cls._user("p_superior", "group_approver"),
            "head": cls.head,
            "admin": cls.social_admin,
            "clerk": new_test_user(cls.env, "p_clerk", "base.group_user"),
        }
        cls.unit_roads.user_id = cls.people["leader"]
        for role, code, unit in (
            ("signatory", "signatory", cls.unit_roads),
            ("director", "managing_director", None),
            ("superior", "superior_curator", None),
        ):
            cls.env["helpdesk.social.appointment"].create(
                {
                    "user_id": cls.people[role].id,
                    "role": code,
                    "unit_id": unit.id if unit else False,
                    "act_number": "1",
                    "act_date": "2020-01-01",
                    "date_from": "2020-01-01",
                }
            )
        cls.unit_parks = cls.unit_light.copy({"name": "Parks"})
        cls.reasons = {
            "no_reaction": cls.env.ref(f"{MODULE}.no_reaction_thanks"),
            "excluded": cls.env.ref(f"{MODULE}.exclusion_obscene"),
        }
        cls.lines = list(lines(cls.ACTS))
        cls.actions = sorted({a for line in cls.lines for a in line.actions})
        cls.number = 0

    # -- the table ---------------------------------------------------------------

    def test_table_names_what_there_is(self):
        for line in self.lines:
            with self.subTest(line):
                self.assertLessEqual(set(line.acts), set(self.ACTS))
                self.assertLessEqual(set(line.states), set(STATES))
                self.assertLessEqual(set(line.roles), set(self.people))
                self.assertIn(line.verdict, ("allowed", "refused"))
                self.assertIn(line.then or "triage", STATES)
                self.assertTrue(line.clause)
                for action in line.actions:
                    self.assertTrue(hasattr(self, f"do_{action}"), action)

    def test_no_line_contradicts_another(self):
        verdicts = defaultdict(set)
        for line in self.lines:
            for act in line.acts:
                for state in line.states:
                    for role in line.roles:
                        for action in line.actions:
                            verdicts[act, state, role, action].add(line.verdict)
        self.assertFalse([key for key, found in verdicts.items() if len(found) > 1])

    # -- the acts ----------------------------------------------------------------

    def test_perm(self):
        self.execute("perm", ["curator", "executor", "clerk"])

    def test_purovsky(self):
        self.execute("purovsky", ["executor", "other"])

    def test_myasnikovsky(self):
        self.execute("myasnikovsky", ["curator", "director", "superior"])

    def test_palana(self):
        self.execute("palana", ["curator"])

    def test_vereshchagino(self):
        self.execute("vereshchagino", ["curator", "signatory"])

    def execute(self, act, roles):
        """Try everything by ``roles``, and what lines name by the others."""
        tickets = {state: self.bring(act, state) for state in self.states_of(act)}
        named = [line for line in self.lines if act in line.acts]
        for role, user in self.people.items():
            caller = self.as_user(user)
            for state, ticket in tickets.items():
                for action in self.actions:
                    line = next(
                        (x for x in named if x.covers(act, state, role, action)), None
                    )
                    if line or role in roles:
                        self.attempt(caller, ticket, act, state, role, action, line)

    def attempt(self, caller, ticket, act, state, role, action, line):
        allowed = bool(line) and line.verdict == "allowed"
        where = f"{act}: {role} tries «{action}» in «{state}»"
        with self.subTest(where), self.env.cr.savepoint() as savepoint:
            self.ticket = ticket
            try:
                outcome = self.outcome(caller, action)
                expected = "ok" if allowed else "refused"
                self.assertEqual(outcome, expected, where)
                if allowed and line.then:
                    self.assertEqual(ticket.social_state, STATES[line.then], where)
                    self.assert_then(ticket, line.then)
                if not allowed:
                    self.assertEqual(ticket.social_state, STATES[state], where)
            finally:
                self.env.invalidate_all()
                savepoint.rollback()

    def assert_then(self, ticket, then):
        """What the state alone does not tell."""
        share = ticket.assignment_ids[:1]
        words = {"signing": "sign_off", "rework": "rework", "drafting": "accepted"}
        if then in words:
            self.assertEqual(share.state, words[then])
        if then == "publishing":
            self.assertTrue(ticket.outbox_pending)

    def outcome(self, caller, action):
        """``ok`` or ``refused``."""
        try:
            getattr(self, f"do_{action}")(caller)
        except Refused:
            return "refused"
        return "ok"

    # -- states ------------------------------------------------------------------

    def states_of(self, act):
        """The states that messages under ``act`` may have."""
        others = set().union(*OWN_STATES.values())
        return [s for s in STATES if s not in others - OWN_STATES.get(act, set())]

    def bring(self, act, state):
        """A message under ``act`` in ``state``."""
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_{act}")
        type(self).number += 1
        ticket = self.receive(comment(f"wall-1_10_r{self.number}")).with_user(
            self.curator
        )
        if state == "untold":
            ticket.intake = "press_service"
        way = {
            "triage": [],
            "routing": ["registered"],
            "no_reaction": ["no_reaction"],
            "excluded": ["excluded"],
        }.get(state)
        for step in way if way is not None else self.way(act, state):
            getattr(self, f"step_{step}")(ticket)
        self.assertEqual(ticket.social_state, STATES[state], f"{act} {state}")
        return ticket.with_user(self.env.user)

    def way(self, act, state):
        """The steps from triage to a state beyond routing."""
        way = ["assigned"]
        if state == "assigned":
            return way
        way.append("drafting")
        if state in ("drafting", "waiting"):
            return [*way, "waiting"] if state == "waiting" else way
        way.append("submitted")
        if state == "signing":
            return way
        if act == "vereshchagino":
            way.append("signed")
        if state in ("review", "rework"):
            return [*way, "rework"] if state == "rework" else way
        if state == "own":
            way.append("own")
        way.append("approved")
        if act == "myasnikovsky" and state != "compose":
            way.append("director")
            if state != "director":
                way.append("superior")
                if state != "superior":
                    way.append("agreed")
        ends = {"publishing": ["queued"], "published": ["by_hand"]}
        ends |= {"untold": ["by_hand"], "closed": ["by_hand", "closed"]}
        return way + ends.get(state, [])

    def text(self):
        return TEXT.format(self.ticket.sudo().number)

    def share(self, user=None):
        shares = self.ticket.assignment_ids.filtered(
            lambda a: a.unit_id == self.unit_roads
        )
        return shares.with_user(user) if user else shares

    def step_registered(self, ticket):
        ticket.action_register()

    def step_no_reaction(self, ticket):
        ticket.no_reaction(self.reasons["no_reaction"])

    def step_excluded(self, ticket):
        ticket.exclude(self.reasons["excluded"])

    def step_assigned(self, ticket):
        self.ticket = ticket
        ticket.assign([(self.unit_roads, self.roads)])
        self.share(self.curator).substitute(self.people["stand_in"])

    def step_drafting(self, ticket):
        self.share(self.roads).action_accept()
        self.share(self.roads).draft_text = self.text()

    def step_waiting(self, ticket):
        ticket.ask_author_by_hand("Где это?", LINK)

    def step_submitted(self, ticket):
        self.share(self.roads).action_submit()

    def step_signed(self, ticket):
        self.share(self.people["leader"]).action_sign()

    def step_rework(self, ticket):
        none = self.env["helpdesk.social.rework.reason"]
        self.share(self.curator).request_rework(none, "Когда?")

    def step_own(self, ticket):
        self.share(self.curator).action_allow_publishing()

    def step_approved(self, ticket):
        self.share(self.curator).action_approve()

    def step_director(self, ticket):
        ticket.send_to_agreement(ticket._merged_text())

    def step_superior(self, ticket):
        row = ticket.sudo()._waiting_approval()
        row.with_user(self.people["director"]).action_approve()

    def step_agreed(self, ticket):
        row = ticket.sudo()._waiting_approval()
        row.with_user(self.people["superior"]).action_approve()

    def step_queued(self, ticket):
        ticket.publish(ticket._merged_text(), self.account)

    def step_by_hand(self, ticket):
        ticket.publish_by_hand(ticket._merged_text(), LINK)

    def step_closed(self, ticket):
        ticket.action_close()

    # -- actions, as a client calls them -----------------------------------------

    def on_ticket(self, caller, method, *args):
        return caller.call("helpdesk.ticket", method, [self.ticket.id], *args)

    def on_share(self, caller, method, *args):
        share = self.existing(self.share())
        return caller.call("helpdesk.social.assignment", method, [share], *args)

    def on_approval(self, caller, method, *args):
        row = self.existing(self.ticket.sudo().approval_ids.sorted("id")[-1:])
        return caller.call("helpdesk.social.approval", method, [row], *args)

    def existing(self, record):
        """The id of a record; where there is none, there is nothing to call."""
        if not record:
            raise Refused("MissingError", "Nothing there")
        return record.sudo().id

    def wizard(self, caller, name, vals):
        (wizard,) = caller.call(f"helpdesk.social.{name}", "create", [vals])
        return caller.call(f"helpdesk.social.{name}", "action_confirm", [wizard])

    def do_register(self, caller):
        self.on_ticket(caller, "action_register")

    def resolve(self, caller, resolution, field):
        self.wizard(
            caller,
            "resolve",
            {
                "ticket_ids": [Command.set(self.ticket.ids)],
                "resolution": resolution,
                field: self.reasons[resolution].id,
            },
        )

    def do_no_reaction(self, caller):
        self.resolve(caller, "no_reaction", "no_reaction_reason_id")

    def do_exclude(self, caller):
        self.resolve(caller, "excluded", "exclusion_reason_id")

    def do_restore(self, caller):
        self.on_ticket(caller, "action_restore")

    def do_assign(self, caller):
        line = Command.create({"unit_id": self.unit_parks.id})
        tickets = [Command.set(self.ticket.ids)]
        self.wizard(caller, "assign", {"ticket_ids": tickets, "line_ids": [line]})

    def do_accept(self, caller):
        self.on_share(caller, "action_accept")

    def do_decline(self, caller):
        self.on_share(caller, "decline", "Не наша улица")

    def do_delegate(self, caller):
        share = self.existing(self.share())
        vals = {"assignment_id": share, "user_id": self.people["member"].id}
        self.wizard(caller, "delegate", vals)

    def do_draft(self, caller):
        self.on_share(caller, "save_draft", f"{self.text()} Спасибо.")

    def do_submit(self, caller):
        # Whoever submits from the start writes the draft first.
        if not self.share().sudo().draft_text:
            self.on_share(caller, "save_draft", self.text())
        self.on_share(caller, "action_submit")

    def do_propose(self, caller):
        self.on_share(caller, "propose_clarification", "Где это?")

    def do_sign(self, caller):
        self.on_share(caller, "action_sign")

    def do_sign_return(self, caller):
        self.on_share(caller, "sign_return", "Назовите день")

    def do_approve(self, caller):
        self.on_share(caller, "action_approve")

    def do_rework(self, caller):
        share = self.existing(self.share())
        vals = {"assignment_id": share, "remarks": "Когда?"}
        self.wizard(caller, "rework", vals)

    def do_ask(self, caller):
        self.on_ticket(caller, "ask_author_by_hand", "Где это?", LINK)

    def do_answer(self, caller):
        self.on_ticket(caller, "record_answer", "У школы")

    def do_send_up(self, caller):
        self.on_ticket(caller, "send_to_agreement", f"{self.text()} Пишите ещё.")

    def do_agree(self, caller):
        self.on_approval(caller, "action_approve")

    def do_refuse(self, caller):
        self.on_approval(caller, "refuse", "Назовите день")

    def publish(self, caller, **vals):
        vals = {"ticket_id": self.ticket.id, **vals}
        vals["text"] = self.ticket.sudo()._merged_text() or self.text()
        self.wizard(caller, "publish", vals)

    def do_publish(self, caller):
        self.publish(caller, mode="network", account_id=self.account.id)

    def do_by_hand(self, caller):
        self.publish(caller, mode="hand", link=LINK)

    def do_tell_source(self, caller):
        vals = {"ticket_id": self.ticket.id, "reference": "17"}
        self.wizard(caller, "source", vals)

    def do_close(self, caller):
        self.on_ticket(caller, "action_close")

    def do_hand_over(self, caller):
        self.on_ticket(caller, "hand_over", "Отдел обращений")
