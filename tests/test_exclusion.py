from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import MODULE, SocialCommon, comment

RUDE = "Какой идиот это придумал"
PLAIN = "Яма на дороге"


@tagged("post_install", "-at_install")
class TestExclusion(SocialCommon):
    """The software proposes, a curator decides with a reason, by two where asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curator_2 = cls._user("s_curator_2", "group_curator")
        cls.ground = cls.env.ref(f"{MODULE}.exclusion_perm_1")

    def by_two(self):
        act = self.regulation.copy({"code": "two", "date_from": "2020-01-01"})
        act.write({"exclusion_second_person": True, "exclusion_clause": "1.3"})
        self.account.regulation_id = act
        self.ground = act.exclusion_reason_ids[:1]
        return act

    def wizard(self, tickets):
        action = tickets.with_user(self.curator).action_exclude()
        Resolve = self.env["helpdesk.social.resolve"].with_user(self.curator)
        return Form(Resolve.with_context(**action["context"]))

    def test_wizard_is_prefilled_from_the_findings(self):
        form = self.wizard(self.receive(comment(text=RUDE)))
        self.assertEqual(form.exclusion_reason_id, self.ground)
        self.assertIn("«идиот»", form.note)
        threat = self.receive(comment("wall-1_10_r2", text="Я тебя убью"))
        form = self.wizard(threat)
        self.assertEqual(
            form.exclusion_reason_id, self.env.ref(f"{MODULE}.exclusion_perm_2")
        )
        self.assertTrue(form.threat)
        form.note = "Мои слова"
        form.save().action_confirm()
        self.assertEqual(threat.resolution_note, "Мои слова")
        self.assertEqual(threat.social_state, "excluded")

    def test_wizard_without_findings_is_empty(self):
        form = self.wizard(self.receive(comment(text=PLAIN)))
        self.assertFalse(form.exclusion_reason_id)
        self.assertFalse(form.note)

    def test_nothing_is_excluded_by_itself(self):
        ticket = self.receive(comment(text=RUDE))
        self.assertEqual(ticket.social_state, "to_triage")
        with self.assertRaises(UserError):
            ticket.with_user(self.curator).exclude(self.ground.browse())

    def test_excluded_is_hidden_counted_and_kept(self):
        ticket = self.receive(comment(text=RUDE)).with_user(self.curator)
        other = self.receive(comment("wall-1_10_r2", text=PLAIN))
        count = {c["key"]: c["count"] for c in ticket.social_screening_counts()}
        ticket.exclude(self.ground, "слова")
        now = {c["key"]: c["count"] for c in ticket.social_screening_counts()}
        self.assertEqual(now["excluded"], count["excluded"] + 1)
        self.assertEqual(now["hints"], count["hints"] - 1)
        self.assertEqual(ticket.original_text, RUDE)
        context = self.env.ref(f"{MODULE}.action_ticket_all").context
        self.assertIn("search_default_not_excluded", context)
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        found = Ticket.search(
            [("is_social", "=", True), ("social_state", "!=", "excluded")]
        )
        self.assertNotIn(ticket, found)
        self.assertIn(other, found)
        ticket.action_restore()
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertTrue(ticket.finding_ids)

    def test_grounds_name_known_kinds(self):
        with self.assertRaisesRegex(ValidationError, "Unknown kinds"):
            self.env["helpdesk.social.exclusion.reason"].create(
                {"name": "Шум", "finding_kinds": "insult,noise"}
            )

    # -- by two people -----------------------------------------------------------

    def test_presets_ask_for_no_second_person(self):
        acts = self.env["helpdesk.social.regulation"].search([("is_preset", "=", True)])
        self.assertFalse(any(acts.mapped("exclusion_second_person")))
        ticket = self.receive(comment(text=RUDE)).with_user(self.curator)
        with self.assertRaisesRegex(UserError, "No exclusion is proposed"):
            ticket.action_confirm_exclusion()

    def test_one_proposes_another_confirms(self):
        self.by_two()
        ticket = self.receive(comment(text=RUDE)).with_user(self.curator)
        form = self.wizard(ticket)
        self.assertTrue(form.second_person)
        form.save().action_confirm()
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertEqual(ticket.exclusion_proposed_by_id, self.curator)
        self.assertFalse(ticket.can_confirm_exclusion)
        with self.assertRaisesRegex(UserError, "another curator decides"):
            ticket.action_confirm_exclusion()
        with self.assertRaisesRegex(UserError, "already"):
            ticket.with_user(self.curator_2).exclude(self.ground)
        for user in (self.roads, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                ticket.with_user(user).action_confirm_exclusion()
            with self.assertRaises(AccessError):
                ticket.with_user(user).action_refuse_exclusion()
        second = ticket.with_user(self.curator_2)
        self.assertTrue(second.can_confirm_exclusion)
        second.action_confirm_exclusion()
        self.assertEqual(ticket.social_state, "excluded")
        self.assertEqual(ticket.exclusion_reason_id.name, self.ground.name)
        self.assertFalse(ticket.exclusion_proposed_by_id)
        event = ticket.event_ids.filtered(lambda e: e.type == "excluded")
        self.assertEqual(event.user_id, self.curator_2)
        self.assertIn(f"Proposed by {self.curator.name}", event.note)
        second.action_restore()
        self.assertEqual(ticket.social_state, "to_triage")

    def test_refused_or_taken_back(self):
        self.by_two()
        ticket = self.receive(comment(text=RUDE)).with_user(self.curator)
        ticket.exclude(self.ground)
        ticket.with_user(self.curator_2).action_refuse_exclusion()
        self.assertFalse(ticket.exclusion_proposed_by_id)
        self.assertEqual(ticket.social_state, "to_triage")
        ticket.exclude(self.ground)
        ticket.action_refuse_exclusion()
        self.assertFalse(ticket.exclusion_proposed_by_id)
        self.assertNotIn("excluded", ticket.event_ids.mapped("type"))

    def test_work_goes_on_while_a_proposal_waits(self):
        self.by_two()
        ticket = self.receive(comment(text=RUDE)).with_user(self.curator)
        ticket.exclude(self.ground)
        ticket.action_register()
        self.assertEqual(ticket.social_state, "registered")
        ticket.no_reaction(self.env.ref(f"{MODULE}.no_reaction_thanks"))
        with self.assertRaisesRegex(UserError, "not possible now"):
            ticket.with_user(self.curator_2).action_confirm_exclusion()

    def test_nobody_writes_a_proposal(self):
        ticket = self.receive(comment(text=RUDE)).with_user(self.curator)
        for name in ("exclusion_proposed_by_id", "threat_notified_ids"):
            with self.assertRaises(UserError):
                ticket.write({name: self.curator_2.id})
