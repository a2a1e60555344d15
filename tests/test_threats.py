from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MODULE, SocialCommon, comment

ALARM = f"odoo.addons.{MODULE}.models.helpdesk_social_finding"
THREAT = "Я вас всех убью"
SUICIDE = "Я не хочу жить, покончу с собой"


@tagged("post_install", "-at_install")
class TestThreats(SocialCommon):
    """A threat calls a person at once and stays as evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # An executor with no share in anything: the right of seeing comes by the call.
        cls.officer = cls._user("s_officer", "group_executor")
        cls.officer.email = "officer@example.com"
        cls.env.company.social_threat_user_ids = cls.officer

    def calls(self, user=None):
        kind = self.env.ref(f"{MODULE}.activity_threat")
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", kind.id),
                ("user_id", "=", (user or self.officer).id),
            ]
        )

    def letters(self, user=None):
        partner = (user or self.officer).partner_id
        mails = self.env["mail.mail"].search([])
        return mails.filtered(lambda mail: partner in mail.recipient_ids)

    def test_threat_raises_importance_by_a_fact(self):
        ticket = self.receive(comment(text=THREAT))
        self.assertEqual(ticket.importance, "high")
        event = ticket.event_ids.filtered(lambda e: e.type == "facts_changed")
        self.assertEqual(event.facts, {"importance": "high"})
        self.assertFalse(event.user_id, "it is nobody's step")
        self.assertFalse(ticket._replay_differences())

    def test_life_in_danger(self):
        ticket = self.receive(comment(text=SUICIDE))
        self.assertEqual(ticket.importance, "life_safety")
        self.assertIn("a person may be in danger", self.calls().summary)
        self.assertFalse(ticket.exclusion_hint, "a call for help is no ground")

    def test_importance_is_never_lowered(self):
        first = comment(text="Яма")
        ticket = self.receive(first)
        ticket.with_user(self.curator).importance = "life_safety"
        self.receive(comment("wall-1_10_r2", text=THREAT, thread=first.thread_id))
        self.assertEqual(ticket.importance, "life_safety")
        self.assertTrue(self.calls())

    def test_importance_follows_into_clocks(self):
        act = self.env.ref(f"{MODULE}.regulation_vereshchagino")
        self.account.regulation_id = act
        self.account.company_id.social_regulation_id = act
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand({"original_text": SUICIDE, "intake": "incident"})
        running = ticket.deadline_ids.filtered(lambda d: d.state == "running")
        self.assertEqual(running.norm_code, "vereshchagino.total.life")

    def test_the_named_person_is_called_once_and_sees(self):
        ticket = self.receive(comment(text=THREAT + "! Мой телефон +7 912 345-67-89"))
        self.assertEqual(ticket.threat_notified_ids, self.officer)
        self.assertEqual(self.calls().res_id, ticket.id)
        letters = self.letters()
        self.assertEqual(len(letters), 1)
        noted = self.env["mail.message"].search(
            [("partner_ids", "in", self.officer.partner_id.ids)]
        )
        self.assertTrue(noted)
        everything = " ".join(
            f"{letter.subject} {letter.body_html}" for letter in letters
        )
        everything += f"{self.calls().summary} {self.calls().note}"
        everything += " ".join(f"{m.subject} {m.body} {m.record_name}" for m in noted)
        for word in ("убью", "345-67"):
            self.assertNotIn(word, everything)
        self.assertIn(ticket.number, everything)
        self.assertTrue(ticket.finding_ids.filtered("told_at"))
        seen = ticket.with_user(self.officer)
        self.assertIn(THREAT, seen.original_text)
        self.assertTrue(seen.finding_ids)
        self.assertTrue(seen.social_message_ids.mapped("text"))
        self.assertNotIn(self.officer.partner_id, ticket.message_partner_ids)
        # The next polls and a second look call nobody again.
        self.account.poll()
        ticket.with_user(self.curator).action_screen_again()
        self.assertEqual(len(self.calls()), 1)
        self.assertEqual(len(self.letters()), 1)

    def test_the_call_shows_that_message_alone(self):
        plain = self.receive(comment("wall-1_10_r5"))
        threat = self.receive(comment("wall-1_10_r6", text=THREAT, kind="private"))
        mine = self.env["helpdesk.ticket"].with_user(self.officer)
        self.assertEqual(mine.search([("is_social", "=", True)]), threat)
        self.assertFalse(plain.with_user(self.officer).has_access("read"))
        self.assertFalse(threat.with_user(self.officer).has_access("write"))
        with self.assertRaises(AccessError):
            threat.with_user(self.officer).action_register()
        self.assertTrue(
            threat.social_message_ids.with_user(self.officer).has_access("read")
        )
        self.assertFalse(threat.with_user(self.roads).has_access("read"))

    def test_head_called_to_a_private_conversation(self):
        self.env.company.social_threat_user_ids = self.head
        ticket = self.receive(comment(text=THREAT, kind="private"))
        other = self.receive(comment("wall-1_10_r2", kind="private"))
        rows = ticket.social_message_ids.with_user(self.head)
        self.assertTrue(rows.has_access("read"))
        self.assertFalse(
            other.social_message_ids.with_user(self.head).has_access("read")
        )

    def test_a_follow_up_calls_again_and_an_edit_too(self):
        first = comment(text=THREAT)
        ticket = self.receive(first)
        again = comment("wall-1_10_r2", text=THREAT + " завтра", thread=first.thread_id)
        self.receive(again)
        self.assertEqual(len(self.calls()), 2)
        self.receive(comment(text="Просто яма. И всё-таки я тебя убью", change="edit"))
        self.assertEqual(len(self.calls()), 3)
        self.assertEqual(len(ticket.finding_ids.mapped("told_at")), 3)

    def test_a_second_finding_of_one_text_is_one_call(self):
        self.receive(comment(text=f"{THREAT}. {SUICIDE}"))
        self.assertEqual(len(self.calls()), 1)

    def test_nobody_named_duty_then_heads(self):
        self.env.company.social_threat_user_ids = False
        now = fields.Datetime.now()
        turn = self.env["helpdesk.social.duty"].create(
            {
                "user_id": self.curator.id,
                "start": now - timedelta(hours=1),
                "stop": now + timedelta(hours=1),
            }
        )
        ticket = self.receive(comment(text=THREAT))
        self.assertEqual(ticket.threat_notified_ids, self.curator)
        turn.unlink()
        appointment = self.env["helpdesk.social.appointment"].create(
            {
                "user_id": self.roads.id,
                "role": "head",
                "act_number": "1",
                "act_date": "2024-01-01",
                "date_from": "2024-01-01",
            }
        )
        ticket = self.receive(comment("wall-1_10_r2", text=THREAT))
        self.assertEqual(ticket.threat_notified_ids, self.roads)
        appointment.unlink()
        ticket = self.receive(comment("wall-1_10_r3", text=THREAT))
        self.assertIn(self.head, ticket.threat_notified_ids)

    def test_named_people_need_a_role(self):
        stranger = new_test_user(self.env, login="s_stranger", groups="base.group_user")
        with self.assertRaises(ValidationError) as refused:
            self.env.company.social_threat_user_ids = stranger
        self.assertIn("no role", str(refused.exception))
        People = self.env["helpdesk.social.threat.people"]
        wizard = People.with_user(self.social_admin).create({})
        self.assertEqual(wizard.user_ids, self.officer)
        wizard.user_ids = self.roads
        wizard.action_save()
        self.assertEqual(self.env.company.social_threat_user_ids, self.roads)
        for user in (self.curator, self.head, self.roads):
            with self.assertRaises(AccessError):
                People.with_user(user).create({"user_ids": [(6, 0, user.ids)]})

    def test_a_way_that_fails_stops_no_other(self):
        Mail = type(self.env["mail.mail"])

        def refuse(_self, vals_list):
            raise UserError("no post today")

        with patch.object(Mail, "create", refuse), mute_logger(ALARM):
            ticket = self.receive(comment(text=THREAT))
        self.assertTrue(self.calls())
        self.assertEqual(ticket.importance, "high")
        self.assertTrue(ticket.threat_told_at)

    def test_nobody_at_all_is_said_and_mended(self):
        Finding = type(self.env["helpdesk.social.finding"])
        nobody = patch.object(
            Finding, "_people_to_tell", lambda self, *a: self.env["res.users"]
        )
        log = "odoo.addons.helpdesk_mgmt_social.models.helpdesk_social_finding_alarm"
        with nobody, mute_logger(log):
            ticket = self.receive(comment(text=THREAT))
        self.assertTrue(ticket.threat_untold)
        self.assertEqual(ticket.importance, "high")
        ticket.with_user(self.curator).action_screen_again()
        self.assertFalse(ticket.threat_untold)
        self.assertEqual(len(self.calls()), 1)

    def test_excluding_keeps_the_evidence_and_the_call(self):
        ticket = self.receive(comment(text=THREAT))
        raw = ticket.social_message_ids.raw
        curator = ticket.with_user(self.curator)
        reason = self.env.ref(f"{MODULE}.exclusion_perm_2")
        curator.exclude(reason, "угроза")
        self.assertEqual(ticket.social_state, "excluded")
        self.assertTrue(ticket.finding_ids)
        self.assertTrue(self.calls())
        self.assertEqual(ticket.social_message_ids.raw, raw)
        self.assertTrue(ticket.with_user(self.officer).has_access("read"))
        action = self.env.ref(f"{MODULE}.action_ticket_threats")
        self.assertIn(ticket, curator.search(literal_eval(action.domain)))
        curator.action_restore()
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertTrue(ticket.finding_ids)
        self.assertEqual(ticket.importance, "high")

    def test_a_threat_in_an_excluded_message(self):
        ticket = self.receive(comment(text="Идиоты"))
        reason = self.env.ref(f"{MODULE}.exclusion_perm_1")
        ticket.with_user(self.curator).exclude(reason)
        self.receive(comment(text=THREAT, change="edit"))
        self.assertEqual(ticket.social_state, "excluded")
        self.assertEqual(ticket.importance, "high")
        self.assertEqual(len(self.calls()), 1)
