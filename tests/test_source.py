from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.helpdesk_ticket import INTAKES
from .common import MODULE, SocialCommon

LINK = "https://vk.com/wall-7_10?reply=9"
DAY = "2024-06-03"
#: What the acts ask in the system a message came from, by act and intake.
ASKED = {
    ("perm", "incident"): ("answer", "2.1.4"),
    ("perm", "monitoring"): ("answer", "2.1.4"),
    ("purovsky", "incident"): ("answer", "8.7"),
    ("purovsky", "monitoring"): ("answer", "8.7"),
    ("vereshchagino", "press_service"): ("notify", "6"),
}


@tagged("post_install", "-at_install")
class TestSource(SocialCommon):
    """The answer in the source system, and the source told of it."""

    def came(self, act, intake, hour="06:00"):
        """A message under ``act`` that came by ``intake``, its draft approved."""
        self.env.company.social_regulation_id = self.env.ref(
            f"{MODULE}.regulation_{act}"
        )
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand(
            {"original_text": "Яма", "intake": intake, "network": "vk"}
        )
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.assertEqual(ticket.source_state, "none")
        # What every act lets pass; where one asks for a signature, the leader signs.
        self.unit_roads.user_id = self.roads
        text = f"№ {ticket.number}. Яму засыплем до 15 марта 2030 года."
        self.drafted(ticket, text=text).with_user(self.curator).action_approve()
        return ticket

    def clock(self, ticket, code):
        rows = ticket.deadline_ids.filtered(lambda d: d.norm_code == code)
        return [
            (fields.Datetime.to_string(row.due), row.state) for row in rows.sorted("id")
        ]

    def reminders(self, ticket):
        kind = self.env.ref(f"{MODULE}.activity_source")
        found = ticket.sudo().activity_ids
        return found.filtered(lambda activity: activity.activity_type_id == kind)

    def test_every_act_and_intake(self):
        for act in ("perm", "purovsky", "palana", "vereshchagino"):
            for intake, _label in INTAKES:
                with self.subTest(act=act, intake=intake):
                    self.walk(act, intake)

    def walk(self, act, intake):
        mode, clause = ASKED.get((act, intake), (False, False))
        ticket = self.came(act, intake)
        self.assertEqual(ticket.source_mode, mode)
        self.assertEqual(ticket.source_clause, clause)
        pending = "pending" if mode == "answer" else "none"
        self.assertEqual(ticket.source_state, pending)
        text = ticket._merged_text()
        if mode == "answer":
            with self.assertRaisesRegex(UserError, clause):
                ticket.publish_by_hand(text, LINK)
            with self.assertRaisesRegex(UserError, clause):
                ticket.publish(text, self.account)
            ticket.confirm_source(fields.Datetime.now(), "№ 77", text=text)
            self.assertEqual(ticket.event_ids[-1].published_where, "source")
        else:
            with self.assertRaisesRegex(UserError, "no answer in a source system"):
                ticket.publish_by_hand(text, LINK, where="source")
            with self.assertRaises(UserError):
                ticket.confirm_source(fields.Datetime.now(), "№ 77")
            ticket.publish_by_hand(text, LINK)
        self.assertEqual(ticket.social_state, "published")
        if mode == "notify":
            self.assertEqual(ticket.source_state, "pending")
            with self.assertRaisesRegex(UserError, "tell the source first"):
                ticket.action_close()
            ticket.confirm_source(fields.Datetime.now(), "Письмо № 5")
            self.assertEqual(ticket.event_ids[-1].type, "source_notified")
        self.assertEqual(ticket.source_state, "done" if mode else "none")
        self.assertFalse(self.reminders(ticket))
        ticket.action_close()
        self.assertEqual(ticket.source_state, "done" if mode else "none")
        self.assertEqual(ticket._replay_differences(), [])

    def test_answer_ends_the_clocks(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.came("purovsky", "incident")
        running = [(f"{DAY} 06:30:00", "running")]
        self.assertEqual(self.clock(ticket, "purovsky.publish"), running)
        activity = self.reminders(ticket)
        self.assertEqual(activity.user_id, self.curator)
        self.assertIn("Enter the answer", activity.summary)
        with freeze_time(f"{DAY} 06:45:00"):
            at = fields.Datetime.to_datetime(f"{DAY} 06:25:00")
            with self.assertRaisesRegex(UserError, "Name the number"):
                ticket.confirm_source(at, " ")
            ticket.confirm_source(at, "№ 77", link=LINK)
        self.assertEqual(
            self.clock(ticket, "purovsky.publish"), [(f"{DAY} 06:30:00", "met")]
        )
        event = ticket.event_ids[-1]
        self.assertEqual((event.link, event.note), (LINK, "№ 77"))
        self.assertEqual(ticket.source_reference, "№ 77")
        self.assertEqual(ticket._replay_differences(), [])

    def test_interim_answer_and_the_final_one(self):
        ticket = self.came("perm", "monitoring")
        share = ticket.assignment_ids
        share.with_user(self.curator).request_rework(
            self.env["helpdesk.social.rework.reason"], "Промежуточный"
        )
        self.assertEqual(ticket.source_state, "none")
        share.with_user(self.roads).write(
            {
                "draft_kind": "interim",
                "draft_promised_date": "2030-01-01",
                "draft_interim_reason": "Ждём подрядчика.",
            }
        )
        self.drafted(ticket).with_user(self.curator).action_approve()
        ticket.confirm_source(fields.Datetime.now(), "№ 77")
        self.assertEqual(ticket.event_ids[-1].type, "interim_published")
        self.assertEqual(ticket.source_state, "none")
        self.drafted(ticket).with_user(self.curator).action_approve()
        self.assertEqual(ticket.source_state, "pending")
        ticket.confirm_source(fields.Datetime.now(), "№ 77")
        self.assertEqual(ticket.source_state, "done")
        self.assertEqual(ticket._replay_differences(), [])

    def test_source_told_after_the_publication(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.came("vereshchagino", "press_service")
            with self.assertRaisesRegex(UserError, "once the reply is published"):
                ticket.action_source()
            ticket.publish_by_hand(ticket._merged_text(), LINK)
        self.assertIn("Tell the source", self.reminders(ticket).summary)
        wizard = self.env["helpdesk.social.source"].with_user(self.curator)
        with freeze_time(f"{DAY} 06:30:00"):
            wizard = wizard.with_context(default_ticket_id=ticket.id).create(
                {"reference": "https://press.example/5"}
            )
            for part in (ticket.number, LINK, "Яму засыплем"):
                self.assertIn(part, wizard.text)
            for wrong in (f"{DAY} 05:59:00", f"{DAY} 06:31:00"):
                wizard.at = wrong
                with self.assertRaisesRegex(UserError, "check the time"):
                    wizard.action_confirm()
            wizard.at = f"{DAY} 06:20:00"
            wizard.action_confirm()
        event = ticket.event_ids[-1]
        self.assertEqual(event.type, "source_notified")
        self.assertEqual(fields.Datetime.to_string(event.at), f"{DAY} 06:20:00")
        self.assertEqual(event.link, "https://press.example/5")
        self.assertEqual(event.user_id, self.curator)
        with self.assertRaises(UserError):
            ticket.confirm_source(fields.Datetime.now(), "5")

    def test_wizard_of_the_answer(self):
        ticket = self.came("perm", "incident")
        action = ticket.action_publish()
        self.assertEqual(action["res_model"], "helpdesk.social.source")
        wizard = self.env["helpdesk.social.source"].with_user(self.curator)
        wizard = wizard.with_context(default_ticket_id=ticket.id)
        wizard.create({"reference": "№ 1", "text": "Засыпали."}).action_confirm()
        self.assertEqual(ticket.event_ids[-1].reply_id.body, "Засыпали.")

    def test_intake_changed_by_the_curator(self):
        ticket = self.came("perm", "manual")
        self.assertEqual(ticket.source_state, "none")
        ticket.intake = "incident"
        self.assertEqual(ticket.source_state, "pending")
        self.assertTrue(self.reminders(ticket))
        ticket.intake = "manual"
        self.assertEqual(ticket.source_state, "none")
        self.assertFalse(self.reminders(ticket))
        ticket.publish_by_hand(ticket._merged_text(), LINK)
        # Found to have come from the system only after the publication.
        ticket.intake = "incident"
        self.assertEqual(ticket.source_state, "pending")
        ticket.confirm_source(fields.Datetime.now(), "№ 77")
        self.assertEqual(ticket.event_ids[-1].type, "source_notified")
        self.assertEqual(ticket.source_state, "done")

    def test_only_curators_confirm(self):
        ticket = self.came("perm", "incident")
        for user in (self.roads, self.head, self.social_admin, self.light):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).confirm_source(fields.Datetime.now(), "1")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).action_source()
        with self.assertRaises(UserError):
            ticket.source_state = "done"

    def test_rule_is_data_of_the_act(self):
        act = self.regulation.copy({"code": "own"})
        self.assertEqual(len(act.source_rule_ids), 2)
        admin = self.env["helpdesk.social.source.rule"].with_user(self.social_admin)
        rule = admin.create(
            {"regulation_id": act.id, "intake": "superior", "clause": "9"}
        )
        self.assertEqual(rule.mode, "answer")
        with self.assertRaisesRegex(UserError, "preset"):
            admin.create(
                {
                    "regulation_id": self.regulation.id,
                    "intake": "superior",
                    "clause": "9",
                }
            )
        with self.assertRaises(AccessError):
            rule.with_user(self.curator).write({"clause": "8"})
