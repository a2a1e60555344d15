from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment


@tagged("post_install", "-at_install")
class TestFlow(SocialCommon):
    """A message's way from the page to the reply, and the steps refused."""

    def test_received_message_waits_in_triage(self):
        ticket = self.receive(comment(text="Яма на Лесной\nЕхать нельзя"))
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertEqual(ticket.original_text, "Яма на Лесной\nЕхать нельзя")
        self.assertEqual(ticket.name, "Яма на Лесной")
        self.assertEqual(ticket.intake, "page")
        self.assertEqual(ticket.page_owner, "administration")
        self.assertEqual(ticket.author_id.name, "Житель 501")
        self.assertEqual(ticket.event_ids.mapped("type"), ["received"])
        self.assertFalse(ticket.user_id)

    def test_whole_way(self):
        ticket = self.assigned()
        self.assertEqual(ticket.social_state, "assigned")
        assignment = self.holding(ticket, self.roads)
        assignment.action_accept()
        self.assertEqual(ticket.social_state, "in_progress")
        assignment.draft_text = "Засыплем."
        assignment.action_submit()
        self.assertEqual(ticket.social_state, "review")
        reasons = self.env.ref(f"{MODULE}.rework_reason_perm_1")
        assignment.with_user(self.curator).request_rework(reasons, "Когда?")
        self.assertEqual(ticket.social_state, "in_progress")
        self.assertEqual(assignment.rework_remarks, "Когда?")
        self.assertEqual(assignment.rework_reason_ids, reasons)
        assignment.draft_text = "Засыплем до 15 марта."
        assignment.action_submit()
        assignment.with_user(self.curator).action_approve()
        self.assertEqual(ticket.social_state, "approved")
        ticket.publish(ticket._merged_text(), self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(self.network.sent[0].text, "Засыплем до 15 марта.")
        self.assertEqual(self.network.sent[0].parent_id, "wall-1_10_r1")
        self.assertIn("vk.com/wall-1_10_r1000", ticket.published_link)
        ticket.action_close()
        self.assertEqual(
            ticket.event_ids.mapped("type"),
            [
                "received",
                "registered",
                "assigned",
                "accepted",
                "draft_submitted",
                "rework_requested",
                "draft_submitted",
                "approved",
                "published",
                "closed",
            ],
        )
        versions = assignment.reply_id.version_ids.sorted("id")
        self.assertEqual(versions.mapped("decision"), ["rework", "approved"])

    def test_assigning_implies_taking_into_work(self):
        ticket = self.receive(comment()).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        types = ticket.event_ids.mapped("type")
        self.assertEqual(types, ["received", "registered", "assigned"])
        self.assertEqual(ticket.user_id, self.curator)

    def test_person_must_be_member(self):
        ticket = self.receive(comment()).with_user(self.curator)
        with self.assertRaisesRegex(UserError, "not in the unit"):
            ticket.assign([(self.unit_roads, self.light)])

    def test_only_units_of_the_administration_are_assigned(self):
        ticket = self.receive(comment()).with_user(self.curator)
        none = self.env["res.users"]
        with self.assertRaisesRegex(UserError, "not assigned to"):
            ticket.assign([(self.desk, none)])
        self.unit_light.company_id = self.env["res.company"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "not assigned to"):
            ticket.assign([(self.unit_light, none)])

    def test_private_message_stays_private(self):
        ticket = self.receive(comment(kind="private")).with_user(self.curator)
        with self.assertRaisesRegex(UserError, "steps of the procedure"):
            ticket.kind = "feed"

    def test_unit_is_not_assigned_twice(self):
        ticket = self.assigned()
        with self.assertRaisesRegex(UserError, "already works"):
            ticket.assign([(self.unit_roads, self.env["res.users"])])

    def test_decline_returns_to_curator(self):
        ticket = self.assigned()
        assignment = self.holding(ticket, self.roads)
        with self.assertRaisesRegex(UserError, "Say why"):
            assignment.decline("  ")
        assignment.decline("Это улица посёлка")
        self.assertEqual(ticket.social_state, "registered")
        self.assertFalse(self.holding(ticket, self.roads))
        with self.assertRaises(AccessError):
            ticket.with_user(self.roads).read(["name"])
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.assertEqual(ticket.social_state, "assigned")

    def test_two_executors_one_reply(self):
        ticket = self.assigned(self.unit_roads, self.unit_light)
        first = self.drafted(ticket, self.roads, "Дорогу починим.")
        first.with_user(self.curator).action_approve()
        self.assertEqual(ticket.social_state, "in_progress")
        with self.assertRaisesRegex(UserError, "not possible now"):
            ticket.publish("Дорогу починим.", self.account)
        self.drafted(ticket, self.light, "Свет починим.").with_user(
            self.curator
        ).action_approve()
        self.assertEqual(ticket._merged_text(), "Дорогу починим.\n\nСвет починим.")
        ticket.publish(ticket._merged_text(), self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(set(ticket.assignment_ids.mapped("state")), {"done"})
        self.assertEqual(len(self.network.sent), 1)

    def test_no_reaction_in_bulk_and_back(self):
        tickets = self.receive(comment("wall-1_10_r1"), comment("wall-1_10_r2"))
        tickets = tickets.with_user(self.curator)
        reason = self.env.ref(f"{MODULE}.no_reaction_thanks")
        tickets.no_reaction(reason)
        self.assertEqual(set(tickets.mapped("social_state")), {"no_reaction"})
        self.assertFalse(any(tickets.mapped("next_due")))
        tickets[0].action_restore()
        self.assertEqual(tickets[0].social_state, "to_triage")
        self.assertTrue(tickets[0].next_due)
        self.assertFalse(tickets[0].no_reaction_reason_id)
        self.assertEqual(tickets[1].social_state, "no_reaction")

    def test_exclude_and_restore_in_work(self):
        ticket = self.assigned()
        ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"), "Брань")
        self.assertEqual(ticket.social_state, "excluded")
        with self.assertRaisesRegex(UserError, "not possible now"):
            self.holding(ticket, self.roads).action_accept()
        ticket.action_restore()
        self.assertEqual(ticket.social_state, "assigned")

    def test_refused_steps(self):
        ticket = self.receive(comment()).with_user(self.curator)
        for step in (ticket.action_close, ticket.action_restore, ticket.action_publish):
            with self.subTest(step=step.__name__), self.assertRaises(UserError):
                step()
        ticket = self.assigned(external_id="wall-1_10_r7")
        assignment = self.holding(ticket, self.roads)
        with self.assertRaisesRegex(UserError, "not possible now"):
            assignment.with_user(self.curator).action_approve()
        with self.assertRaisesRegex(UserError, "Write the draft"):
            assignment.action_submit()
        assignment.draft_text = "я" * 4097
        with self.assertRaisesRegex(UserError, "4097"):
            assignment.action_submit()

    def test_submitted_draft_is_out_of_hand(self):
        ticket = self.assigned()
        assignment = self.drafted(ticket)
        with self.assertRaisesRegex(UserError, "no longer being written"):
            assignment.draft_text = "иначе"
        with self.assertRaisesRegex(UserError, "under review"):
            assignment.save_draft("иначе")

    def test_interim_reply(self):
        ticket = self.assigned()
        assignment = self.holding(ticket, self.roads)
        assignment.action_accept()
        assignment.write({"draft_text": "Проверяем.", "draft_kind": "interim"})
        with self.assertRaisesRegex(UserError, "names the date"):
            assignment.action_submit()
        assignment.draft_promised_date = "2099-03-20"
        assignment.draft_interim_reason = "Ждём подрядчика."
        assignment.action_submit()
        assignment.with_user(self.curator).action_approve()
        ticket.publish("Проверяем.", self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(ticket.event_ids[-1].type, "interim_published")
        self.assertEqual(ticket.social_state, "in_progress")
        self.assertEqual(assignment.state, "accepted")
        self.assertFalse(assignment.draft_text)
        self.drafted(ticket, text="Исправлено.").with_user(
            self.curator
        ).action_approve()
        ticket.publish_by_hand("Исправлено.", "https://vk.com/wall-1_10_r9")
        self.assertEqual(ticket.social_state, "published")

    def test_publish_by_hand_needs_link(self):
        ticket = self.approved()
        with self.assertRaisesRegex(UserError, "link"):
            ticket.publish_by_hand("Засыплем.", "")
        earlier = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        with self.assertRaisesRegex(UserError, "before it was approved"):
            ticket.publish_by_hand("Да.", "https://vk.com/wall-1_10_r9", at=earlier)
        ticket.publish_by_hand("Засыплем.", "https://vk.com/wall-1_10_r9")
        event = ticket.event_ids[-1]
        self.assertEqual((event.type, event.published_where), ("published", "hand"))
        self.assertEqual(event.user_id, self.curator)

    def test_history_is_append_only(self):
        ticket = self.receive(comment())
        event = ticket.event_ids
        with self.assertRaises(UserError):
            event.sudo().note = "иначе"
        with self.assertRaises(UserError):
            event.sudo().unlink()
        with self.assertRaises(UserError):
            ticket.sudo().unlink()
        with self.assertRaises(UserError):
            ticket.sudo().copy()

    def test_delegate(self):
        self.unit_roads.user_id = self.head
        ticket = self.receive(comment()).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.head)])
        assignment = self.holding(ticket, self.head)
        self.assertTrue(assignment.can_delegate)
        wizard = self.env["helpdesk.social.delegate"].with_user(self.head)
        wizard.create(
            {"assignment_id": assignment.id, "user_id": self.roads_2.id}
        ).action_confirm()
        self.assertEqual(assignment.user_id, self.roads_2)
        self.assertEqual(ticket.event_ids[-1].type, "substituted")
        with self.assertRaises(AccessError):
            self.holding(ticket, self.roads).delegate(self.roads)

    def test_entered_by_hand(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        link = "https://vk.com/wall-55_8?reply=3"
        ticket = Ticket.enter_by_hand({"permalink": link, "original_text": "Свет"})
        self.assertEqual(ticket.intake, "manual")
        self.assertEqual(ticket.network, "vk")
        self.assertEqual(ticket.social_state, "to_triage")
        again = Ticket.enter_by_hand({"permalink": link.replace("vk.com", "m.vk.com")})
        self.assertEqual(again, ticket)
        with self.assertRaisesRegex(UserError, "https"):
            Ticket.enter_by_hand({"permalink": "javascript:alert(1)"})
        with self.assertRaisesRegex(UserError, "Paste"):
            Ticket.enter_by_hand({})

    def test_numbers_are_unique_per_administration(self):
        tickets = self.receive(comment("wall-1_10_r1"), comment("wall-1_10_r2"))
        self.assertEqual(len(set(tickets.mapped("number"))), 2)
        other = self.env["res.company"].create({"name": "Other"})
        sequence = other._social_sequence()
        self.assertNotEqual(sequence, self.env.company._social_sequence())
        self.assertEqual(sequence, other._social_sequence())

    def test_facts_change_is_an_event(self):
        ticket = self.receive(comment()).with_user(self.curator)
        ticket.action_register()
        ticket.importance = "life_safety"
        event = ticket.event_ids[-1]
        self.assertEqual(event.type, "facts_changed")
        self.assertEqual(event.facts, {"importance": "life_safety"})
        ticket.importance = "life_safety"
        self.assertEqual(ticket.event_ids[-1], event)

    def test_repeat_is_a_fact(self):
        first, second = self.receive(comment("wall-1_10_r1"), comment("wall-1_10_r2"))
        second.with_user(self.curator).repeat_of_id = first
        self.assertEqual(second.event_ids[-1].facts, {"repeated": True})
        second.with_user(self.curator).repeat_of_id = False
        self.assertEqual(second.event_ids[-1].facts, {"repeated": False})

    def test_interim_is_a_fact_where_the_act_asks(self):
        act = self.regulation.copy({"code": "own"})
        norm = act.norm_ids.filtered(lambda n: n.code == "perm.review")
        norm.condition_ids = [(0, 0, {"fact": "after_interim", "value": "true"})]
        self.account.regulation_id = act
        ticket = self.assigned()
        assignment = self.holding(ticket, self.roads)
        assignment.action_accept()
        assignment.write(
            {
                "draft_text": "Проверяем.",
                "draft_kind": "interim",
                "draft_promised_date": "2099-03-20",
                "draft_interim_reason": "Ждём подрядчика.",
            }
        )
        assignment.action_submit()
        self.assertNotIn("review", ticket.deadline_ids.mapped("stage"))
        assignment.with_user(self.curator).action_approve()
        ticket.publish_by_hand("Проверяем.", "https://vk.com/wall-1_10_r9")
        self.drafted(ticket, text="Исправлено.")
        self.assertIn("review", ticket.deadline_ids.mapped("stage"))

    def test_locked_fields(self):
        ticket = self.receive(comment()).with_user(self.curator)
        for vals in (
            {"social_state": "published"},
            {"original_text": "иначе"},
            {"stage_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id},
            {"is_social": False},
            {"next_due": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                ticket.write(vals)
