from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import MODULE, SocialCommon, comment
from .rpc import RpcCase

ASSIGNMENT = "helpdesk.social.assignment"
TEXT = "Яму засыплем до 15 марта."


@tagged("post_install", "-at_install")
class TestProposal(SocialCommon):
    """Not ours, theirs: back to the curator, who follows with one button."""

    def declined(self, proposed=None, reason=None):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        share.sudo().note = "Mind the lamp"
        action = share.action_decline()
        Wizard = self.env[action["res_model"]].with_user(self.roads)
        Wizard.with_context(**action["context"]).create(
            {"proposed_unit_id": proposed and proposed.id, "reason": reason}
        ).action_confirm()
        lay = timedelta(hours=2, minutes=15)
        share.sudo().assigned_at = share.sudo().declined_at - lay
        return ticket, share.with_user(self.curator)

    def test_proposal_is_reason_enough(self):
        ticket, share = self.declined(self.unit_light)
        self.assertEqual(share.state, "declined")
        self.assertEqual(share.proposed_unit_id, self.unit_light)
        self.assertIn("Lighting", share.decline_reason)
        self.assertEqual(share.time_used, "2 h 15 min")
        self.assertEqual(ticket.social_state, "registered")
        self.assertEqual(ticket.returned_id, share)
        self.assertEqual(ticket.returned_unit_id, self.unit_light)
        self.assertFalse(self.holding(ticket, self.roads))

    def test_following_the_proposal(self):
        ticket, share = self.declined(self.unit_light, "The lamp is theirs")
        ticket.action_assign_proposed()
        live = ticket.assignment_ids.filtered("is_live")
        self.assertEqual(live.unit_id, self.unit_light)
        self.assertEqual(live.note, "Mind the lamp")
        self.assertFalse(ticket.returned_id)
        self.assertFalse(share.can_assign_proposed)
        with self.assertRaises(UserError):
            share.action_assign_proposed()
        # Theirs neither: the first proposal is not offered a second time.
        self.holding(ticket, self.light).decline("No", self.unit_roads)
        self.env.invalidate_all()
        self.assertEqual(ticket.returned_unit_id, self.unit_roads)
        self.assertFalse(share.can_assign_proposed)

    def test_refused(self):
        with self.assertRaises(UserError):
            self.declined()
        ticket = self.assigned(external_id="wall-1_10_r7", author="7")
        share = self.holding(ticket, self.roads)
        for unit in (self.unit_roads, self.desk):
            with self.subTest(unit=unit.name), self.assertRaises(UserError):
                share.decline("No", unit)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.unit_light.copy({"company_id": elsewhere.id})
        with self.assertRaises(UserError):
            share.decline("No", foreign)

    def test_words_of_the_wizard(self):
        share = self.holding(self.assigned(), self.roads)
        Wizard = self.env["helpdesk.social.decline"].with_user(self.roads)
        wizard = Wizard.create({"assignment_id": share.id})
        self.assertFalse(wizard.suggested)
        wizard.proposed_unit_id = self.unit_light
        self.assertIn("Lighting", wizard.suggested)

    def test_without_proposal_nothing_is_offered(self):
        ticket, share = self.declined(reason="Not the town's road")
        self.assertFalse(ticket.returned_id)
        with self.assertRaises(UserError):
            ticket.action_assign_proposed()
        self.assertEqual(share.decline_reason, "Not the town's road")

    def test_only_a_curator_follows(self):
        ticket, share = self.declined(self.unit_light)
        for user in (self.roads, self.light, self.head, self.social_admin):
            for record in (ticket, share):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    record.with_user(user).action_assign_proposed()


@tagged("post_install", "-at_install")
class TestDelegation(SocialCommon):
    """A head who is named, or leads the unit, passes the work on."""

    def test_head_delegates(self):
        self.unit_roads.user_id = self.head
        ticket = self.receive(comment()).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.head)])
        share = self.holding(ticket, self.head)
        self.assertTrue(share.can_delegate)
        Wizard = self.env["helpdesk.social.delegate"].with_user(self.head)
        wizard = Wizard.create({"assignment_id": share.id, "user_id": self.roads.id})
        self.assertEqual(wizard.member_ids, self.roads | self.roads_2)
        wizard.action_confirm()
        self.assertEqual(share.user_id, self.roads)
        self.drafted(ticket, self.roads)

    def test_nobody_to_delegate_to(self):
        self.unit_light.user_id = self.light
        ticket = self.assigned(self.unit_light)
        self.assertFalse(self.holding(ticket, self.light).can_delegate)


@tagged("post_install", "-at_install")
class TestRouting(SocialCommon):
    def test_routed_late(self):
        now = fields.Datetime.now().replace(microsecond=0)
        stamp = now.strftime("%Y-%m-%d %H:%M")
        ticket = self.receive(comment(at=stamp)).with_user(self.curator)
        none = self.env["res.users"]
        ticket.assign([(self.unit_roads, none)])
        with freeze_time(now + timedelta(minutes=90)):
            ticket.assign([(self.unit_light, none)])
        first, second = ticket.assignment_ids.sorted("id")
        self.assertEqual((first.routed_late, second.routed_late), (False, True))
        Ticket = self.env["helpdesk.ticket"]
        late = [("id", "=", ticket.id), ("routed_late", "=", True)]
        self.assertEqual(Ticket.search(late), ticket)
        self.assertTrue(ticket.routed_late)

    def test_act_without_routing_term(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_vereshchagino")
        ticket = self.assigned()
        self.assertFalse(ticket.assignment_ids.routed_late)

    def test_each_executor_has_its_own_clock_and_draft(self):
        ticket = self.assigned(self.unit_roads, self.unit_light)
        roads, light = ticket.assignment_ids.sorted("id")
        self.drafted(ticket, self.roads)
        drafts = ticket.deadline_ids.filtered(lambda d: d.stage == "draft")
        self.assertEqual(drafts.assignment_id, roads | light)
        states = {d.assignment_id: bool(d.done) for d in drafts}
        self.assertEqual(states, {roads: True, light: False})
        self.assertNotEqual(roads.reply_id, light.reply_id)
        self.assertEqual(ticket.social_state, "review")


@tagged("post_install", "-at_install")
class TestPublishing(RpcCase):
    """Executors who publish, where the act and the curator agree."""

    def ready(self, *units, allowed=None, **item):
        """An approved message; the units of ``allowed`` (all) may publish."""
        units = units or (self.unit_roads,)
        ticket = self.assigned(*units, **item)
        people = {self.unit_roads: self.roads, self.unit_light: self.light}
        for unit in units:
            share = self.drafted(ticket, people[unit], TEXT)
            share.with_user(self.curator).action_approve()
        shares = ticket.assignment_ids
        if allowed is not None:
            shares = shares.filtered(lambda a: a.unit_id in allowed)
        shares.with_user(self.curator).allow_publishing(True)
        self.env.invalidate_all()
        return ticket

    def publish(self, user, ticket, text=TEXT):
        caller = self.as_user(user)
        link = "https://vk.com/wall-1_10?reply=99"
        return caller.outcome(
            "helpdesk.ticket", "publish_by_hand", ticket.ids, text, link
        )

    def test_publishes_by_hand(self):
        ticket = self.ready()
        share = self.holding(ticket, self.roads)
        self.assertTrue(share.can_publish)
        self.assertEqual(share.action_publish()["res_model"], "helpdesk.social.publish")
        self.assertEqual(self.publish(self.roads, ticket), "ok")
        self.assertEqual(ticket.social_state, "published")
        event = ticket.event_ids.filtered(lambda e: e.type == "published")
        self.assertEqual(event.user_id, self.roads)

    def test_publishes_on_the_network(self):
        ticket = self.ready()
        self.account.publish_mode = "network"
        Wizard = self.env["helpdesk.social.publish"].with_user(self.roads)
        wizard = Wizard.with_context(default_ticket_id=ticket.id).create({})
        self.assertFalse(wizard.is_curator)
        self.assertEqual(wizard.text, TEXT)
        wizard.action_confirm()
        with self.sending() as lane:
            lane._cron_send()
        self.assertEqual([sent.text for sent in self.network.sent], [TEXT])
        self.assertEqual(ticket.social_state, "published")

    def test_only_the_approved_text(self):
        ticket = self.ready()
        self.assertEqual(
            self.publish(self.roads, ticket, "Яму засыпали вчера."), "UserError"
        )
        with self.assertRaises(UserError):
            ticket.with_user(self.roads).publish("Яму засыпали вчера.", self.account)
        self.assertEqual(
            self.publish(self.curator, ticket, "Яму засыпали вчера."), "ok"
        )

    def test_without_agreement(self):
        ticket = self.ready(allowed=self.env["helpdesk.ticket.team"])
        self.assertFalse(self.holding(ticket, self.roads).can_publish)
        self.assertEqual(self.publish(self.roads, ticket), "AccessError")
        with self.assertRaises(AccessError):
            self.holding(ticket, self.roads).action_publish()

    def test_agreement_taken_back(self):
        ticket = self.ready()
        ticket.assignment_ids.with_user(self.curator).action_forbid_publishing()
        self.assertEqual(self.publish(self.roads, ticket), "AccessError")

    def test_all_executors_or_none(self):
        units = self.unit_roads, self.unit_light
        ticket = self.ready(*units, allowed=self.unit_roads)
        text = f"{TEXT}\n\n{TEXT}"
        self.assertEqual(self.publish(self.roads, ticket, text), "AccessError")
        ticket.assignment_ids.with_user(self.curator).allow_publishing(True)
        self.assertEqual(self.publish(self.light, ticket, text), "ok")

    def test_act_that_does_not_know_it(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_palana")
        ticket = self.approved()
        share = ticket.assignment_ids
        self.assertFalse(share.publishing_allowed)
        with self.assertRaises(UserError):
            share.with_user(self.curator).action_allow_publishing()
        share.sudo().may_publish = True
        self.assertEqual(self.publish(self.roads, ticket), "AccessError")

    def test_not_before_all_is_approved(self):
        ticket = self.assigned()
        share = self.drafted(ticket)
        share.with_user(self.curator).allow_publishing(True)
        self.assertFalse(share.can_publish)
        self.assertEqual(self.publish(self.roads, ticket), "UserError")

    def test_who_agrees_and_who_publishes(self):
        ticket = self.ready()
        stranger = self._user("s_stranger", "group_executor")
        for user in (self.light, self.head, self.social_admin, stranger):
            with self.subTest(user=user.login):
                self.assertEqual(self.publish(user, ticket), "AccessError")
        share = ticket.assignment_ids
        for user in (self.roads, self.head, self.social_admin):
            caller = self.as_user(user)
            got = caller.outcome(ASSIGNMENT, "allow_publishing", share.ids, True)
            self.assertEqual(got, "AccessError")
            got = caller.outcome(ASSIGNMENT, "write", share.ids, {"may_publish": True})
            self.assertNotEqual(got, "ok")

    def test_set_when_assigning(self):
        ticket = self.receive(comment())
        context = {"default_ticket_ids": ticket.ids}
        Wizard = self.env["helpdesk.social.assign"].with_user(self.curator)
        with Form(Wizard.with_context(**context)) as form:
            self.assertTrue(form.publishing_allowed)
            with form.line_ids.new() as line:
                line.unit_id = self.unit_roads
                line.may_publish = True
            with form.line_ids.new() as line:
                line.unit_id = self.unit_light
        form.record.action_confirm()
        roads, light = ticket.assignment_ids.sorted("id")
        self.assertEqual((roads.may_publish, light.may_publish), (True, False))

    def test_executors_are_told(self):
        self.unit_roads.user_id = self.roads
        ticket = self.assigned()
        share = self.drafted(ticket)
        share.with_user(self.curator).allow_publishing(True)
        share.with_user(self.curator).action_approve()
        notes = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.roads.partner_id.id)]
        )
        self.assertIn("Publish it", " ".join(notes.mail_message_id.mapped("body")))


@tagged("post_install", "-at_install")
class TestAppointments(SocialCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asking = cls.env.ref(f"{MODULE}.regulation_palana")
        cls.env.company.social_regulation_id = cls.regulation
        cls.env["helpdesk.social.account"].search([]).regulation_id = cls.regulation

    def missing(self):
        Users = self.env["res.users"].with_user(self.social_admin)
        people = self.curator | self.roads | self.head
        found = Users.search([("social_unappointed", "=", True)])
        return found & people

    def appoint(self, user, role, **vals):
        return self.env["helpdesk.social.appointment"].create(
            {
                "user_id": user.id,
                "role": role,
                "act_number": "3",
                "act_date": "2021-04-07",
                "date_from": "2021-04-07",
                **vals,
            }
        )

    def test_list_follows_the_act_in_use(self):
        self.assertFalse(self.missing())
        self.account.regulation_id = self.asking
        self.assertEqual(self.missing(), self.curator | self.roads)
        self.appoint(self.roads, "executor")
        self.appoint(self.curator, "executor")
        self.assertEqual(self.missing(), self.curator)
        act = self.appoint(self.curator, "curator")
        self.assertFalse(self.missing())
        act.date_to = "2022-01-01"
        self.assertEqual(self.missing(), self.curator)

    def test_shown_on_the_regulation(self):
        asking = self.asking.with_user(self.social_admin)
        before = asking.unappointed_count
        self.assertGreaterEqual(before, 2)
        self.assertFalse(self.regulation.unappointed_count)
        self.appoint(self.roads, "executor")
        asking.invalidate_recordset()
        self.assertEqual(asking.unappointed_count, before - 1)
        action = asking.action_unappointed()
        self.assertEqual(action["res_model"], "res.users")

    def test_not_for_everybodys_eyes(self):
        with self.assertRaises(AccessError):
            self.curator.with_user(self.roads).read(["social_unappointed"])

    def test_presets(self):
        asks = self.env["helpdesk.social.regulation"].search(
            [("is_preset", "=", True), ("asks_appointments", "=", True)]
        )
        self.assertEqual(asks, self.asking)
        self.assertEqual(asks.asks_appointments_clause, "9")
        publishes = self.env["helpdesk.social.regulation"].search(
            [("is_preset", "=", True), ("executor_publishes", "=", True)]
        )
        self.assertEqual(publishes, self.regulation)
        self.assertEqual(publishes.executor_publishes_clause, "2.1.4")
