from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment

LINK = "https://vk.com/wall-7_10?reply=9"
DAY = "2024-06-03"


@tagged("post_install", "-at_install")
class TestWaysIn(SocialCommon):
    """One message by several ways: one ticket, all recorded, the shortest term."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.env.company.social_regulation_id = cls.act
        cls.account.regulation_id = cls.act

    def setUp(self):
        super().setUp()
        self.Ticket = self.env["helpdesk.ticket"].with_user(self.curator)

    def enter(self, intake, at=None, way=None, **vals):
        vals = {"permalink": LINK, "original_text": "Яма", "intake": intake, **vals}
        if at:
            vals["received_at"] = f"{DAY} {at}:00"
        return self.Ticket.enter_by_hand(vals, way)

    def clocks(self, ticket):
        return [
            (
                row.norm_code.split(".")[-1],
                fields.Datetime.to_string(row.due),
                row.state,
            )
            for row in ticket.deadline_ids.sorted("id")
        ]

    def test_page_then_incident(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.receive(comment(at=f"{DAY} 05:00")).with_user(self.curator)
            self.assertFalse(ticket.intake_ids)
            self.assertEqual(
                self.clocks(ticket), [("page", "2024-06-04 05:00:00", "running")]
            )
        with freeze_time(f"{DAY} 08:00:00"):
            again = self.enter(
                "incident",
                "07:00",
                {"source_number": "И-77"},
                permalink=ticket.permalink,
            )
            self.assertEqual(again, ticket)
            self.assertEqual(
                self.clocks(ticket),
                [
                    ("page", "2024-06-04 05:00:00", "cancelled"),
                    ("incident", f"{DAY} 15:00:00", "running"),
                ],
            )
            # The row says where it came from, the ticket what it was first.
            self.assertEqual(ticket.intake, "page")
            self.assertEqual(ticket.intake_ids.mapped("intake"), ["page", "incident"])
            self.assertEqual(ticket.intake_ids[1].source_number, "И-77")
            self.assertEqual(ticket.intake_ids[1].user_id, self.curator)
            event = ticket.event_ids[-1]
            self.assertEqual((event.type, event.user_id), ("received", self.curator))
            self.assertIn("Incident management", event.sentence)
            self.assertIn("12:00", event.sentence)  # 07:00 in Yekaterinburg
            self.assertEqual(ticket._replay_differences(), [])
            # Said once more, it is nothing new.
            self.enter(
                "incident",
                "07:30",
                {"source_number": "И-77"},
                permalink=ticket.permalink,
            )
            self.assertEqual(len(ticket.intake_ids), 2)
            self.assertEqual(ticket.event_ids[-1], event)
        with freeze_time(f"{DAY} 09:00:00"):
            ticket.assign([(self.unit_roads, self.env["res.users"])])
            self.unit_roads.user_id = self.roads
            self.drafted(ticket).with_user(self.curator).action_approve()
            ticket.publish_by_hand(ticket._merged_text(), LINK)
        self.assertEqual(self.clocks(ticket)[1], ("incident", f"{DAY} 15:00:00", "met"))
        self.assertEqual(ticket._replay_differences(), [])

    def test_incident_then_page(self):
        """The page brings what was entered before: its longer term changes nothing."""
        with freeze_time(f"{DAY} 06:00:00"):
            first = comment(at=f"{DAY} 05:30")
            ticket = self.enter("incident", "05:00", permalink=first.permalink)
            self.assertFalse(self.receive(first))
        self.assertEqual(ticket.intake_ids.mapped("intake"), ["incident", "page"])
        self.assertEqual(
            self.clocks(ticket), [("incident", f"{DAY} 13:00:00", "running")]
        )
        self.assertEqual(ticket._replay_differences(), [])

    def test_entered_with_another_spelling_then_page(self):
        with freeze_time(f"{DAY} 06:00:00"):
            first = comment(at=f"{DAY} 05:30")
            link = first.permalink.replace("https://vk.com", "https://m.vk.com")
            ticket = self.enter("manual", "05:00", permalink=link)
            self.assertFalse(self.receive(first))
        self.assertEqual(ticket.intake_ids.mapped("intake"), ["manual", "page"])
        self.assertEqual(
            self.clocks(ticket), [("page", "2024-06-04 05:30:00", "running")]
        )
        self.assertEqual(ticket._replay_differences(), [])

    def test_found_by_hand_first(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.enter("manual", "05:00")
            self.assertEqual(self.clocks(ticket), [])
            self.assertTrue(ticket.no_term)
            self.enter("incident", "05:30")
        self.assertEqual(
            self.clocks(ticket), [("incident", f"{DAY} 13:30:00", "running")]
        )
        self.assertFalse(ticket.no_term)
        self.assertEqual(ticket._replay_differences(), [])

    def test_found_again_by_hand_is_no_way(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.enter("incident", "05:00")
            self.assertEqual(self.enter("manual"), ticket)
        self.assertFalse(ticket.intake_ids)

    def test_heard_of_earlier_entry(self):
        """The source had it before: its term runs from then on."""
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.enter("incident", "05:00")
            self.enter("incident", "04:00", {"source_number": "1"})
        self.assertEqual(self.clocks(ticket)[-1][1], f"{DAY} 12:00:00")
        self.assertEqual(ticket._replay_differences(), [])

    def test_nothing_starts_after_the_end(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.enter("manual", "05:00")
            ticket.action_register()
            reason = self.env.ref(f"{MODULE}.no_reaction_reason_1", False)
            reason = reason or self.env["helpdesk.social.no.reaction.reason"].search(
                [], limit=1
            )
            ticket.no_reaction(reason)
            self.enter("incident", "05:30")
            self.assertEqual(self.clocks(ticket), [])
            ticket.action_restore()
        self.assertEqual(
            self.clocks(ticket), [("incident", f"{DAY} 13:30:00", "running")]
        )
        self.assertEqual(ticket._replay_differences(), [])

    def test_deadline_of_the_source(self):
        due = fields.Datetime.to_datetime(f"{DAY} 09:00:00")
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.enter("incident", "05:00", {"source_due": due})
            self.assertEqual(ticket.next_due, due)
            event = ticket.event_ids[-1]
            self.assertEqual((event.type, event.norm_code), ("term_changed", "manual"))
            why = ticket.next_deadline_id.explanation
            self.assertIn("Set by the source: Incident management", why)
            # A later one of another source does not move it.
            later = {"source_due": due + timedelta(hours=1), "source_number": "5"}
            self.enter("monitoring", "05:30", later)
            self.assertEqual(ticket.next_due, due)
            sooner = {"source_due": due - timedelta(hours=1), "source_number": "6"}
            self.enter("superior", "05:30", sooner)
            self.assertEqual(ticket.next_due, due - timedelta(hours=1))
            self.assertEqual(ticket._replay_differences(), [])
            passed = {"source_due": due - timedelta(days=1), "source_number": "7"}
            self.enter("pos", "05:30", passed)
        self.assertEqual(ticket.intake_ids[-1].source_due, passed["source_due"])
        self.assertEqual(ticket.next_due, due - timedelta(hours=1))

    def test_first_way_corrected(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.enter("press_service", "05:00")
            self.enter("pos", "05:30", {"source_number": "П-1"})
            ticket.intake = "incident"
        self.assertEqual(ticket.intake_ids.mapped("intake"), ["incident", "pos"])
        self.assertEqual(
            self.clocks(ticket), [("incident", f"{DAY} 13:00:00", "running")]
        )

    def test_other_source_is_told_after_the_publication(self):
        """Under an act that wants the answer in the system, a message that came by
        the page is still answered there; the system is then told."""
        act = self.env.ref(f"{MODULE}.regulation_perm")
        self.account.regulation_id = act
        ticket = self.receive(comment()).with_user(self.curator)
        self.enter("incident", way={"source_number": "9"}, permalink=ticket.permalink)
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.drafted(ticket).with_user(self.curator).action_approve()
        self.assertEqual((ticket.source_mode, ticket.source_state), ("notify", "none"))
        ticket.publish_by_hand(ticket._merged_text(), LINK)
        self.assertEqual(ticket.source_state, "pending")
        with self.assertRaisesRegex(UserError, "tell the source first"):
            ticket.action_close()
        ticket.confirm_source(fields.Datetime.now(), "9")
        self.assertEqual(ticket.source_state, "done")
        self.assertEqual(ticket._replay_differences(), [])

    def test_number_belongs_to_one_message(self):
        self.enter("incident", way={"source_number": "1"})
        other = "https://vk.com/wall-7_10?reply=10"
        with self.assertRaisesRegex(UserError, "another link"):
            self.enter("incident", way={"source_number": "1"}, permalink=other)
        # The number of another system is another one.
        self.assertTrue(self.enter("pos", way={"source_number": "1"}, permalink=other))

    def test_seen_with_the_ticket_and_written_by_nobody(self):
        ticket = self.enter("incident", way={"source_number": "1"})
        row = ticket.intake_ids
        self.assertEqual(row.with_user(self.head).source_number, "1")
        self.assertEqual(row.with_user(self.curator).source_number, "1")
        with self.assertRaises(AccessError):
            row.with_user(self.light).read(["source_number"])
        for user in (self.curator, self.head, self.social_admin, self.roads):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).write({"source_number": "2"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).create({"ticket_id": ticket.id})
        with self.assertRaises(UserError):
            ticket.write({"intake_ids": [(5,)]})
