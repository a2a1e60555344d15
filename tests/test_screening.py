from itertools import pairwise
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MODULE, SocialCommon, comment

FINDING = f"odoo.addons.{MODULE}.models.helpdesk_social_finding"
OBSCENE = "Какой мудак это построил, хуйня полная"
PHONE = "Позвоните мне: +7 912 345-67-89, яма во дворе"
PLAIN = "Яма на дороге у дома 5"
THREAT = "Я вас всех убью"


def broken(text, lexicon):
    raise ValueError("a rule is wrong")


@tagged("post_install", "-at_install")
class TestScreening(SocialCommon):
    """Every text that comes in is looked at; what is found is kept and shown."""

    def kinds(self, ticket):
        return set(ticket.finding_ids.mapped("kind"))

    def test_new_message_is_screened_with_places_and_words(self):
        ticket = self.receive(comment(text=f"🙂🙂 {OBSCENE}"))
        self.assertIn("obscenity", self.kinds(ticket))
        message = ticket.social_message_ids
        self.assertEqual(message.screening_state, "done")
        for finding in ticket.finding_ids:
            self.assertEqual(finding.message_id, message)
            words = message.text[finding.start : finding.end]
            self.assertEqual(words, finding.words)
        self.assertEqual(ticket.original_text, f"🙂🙂 {OBSCENE}")
        marks = ticket.text_marks
        self.assertEqual(marks, message.text_marks)
        for one, following in pairwise(marks):
            self.assertLessEqual(one["end"], following["start"])
        self.assertIn("Obscene language: «", ticket.exclusion_hint)
        self.assertEqual(
            ticket.exclusion_ground, "Obscene or insulting language, clause: 1.3"
        )

    def test_plain_message_has_no_finding(self):
        ticket = self.receive(comment(text=PLAIN))
        self.assertFalse(ticket.finding_ids)
        self.assertEqual(ticket.list_text, PLAIN)
        self.assertEqual(ticket.name, PLAIN)
        self.assertFalse(ticket.exclusion_hint)

    def test_entered_by_hand(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        # A person's context does not keep a message from being screened.
        Ticket = Ticket.with_context(social_screening_together=True)
        ticket = Ticket.enter_by_hand({"original_text": OBSCENE})
        self.assertIn("obscenity", self.kinds(ticket))
        self.assertNotIn("хуй", ticket.name)

    def test_follow_up_and_edit(self):
        first = comment(text=PLAIN)
        ticket = self.receive(first)
        follow_up = comment(
            "wall-1_10_r2", text=OBSCENE, thread=first.thread_id, at="2024-03-07 09:20"
        )
        self.receive(follow_up)
        self.assertIn("obscenity", self.kinds(ticket))
        self.assertFalse(ticket.text_marks, "the marks belong to another text")
        self.assertTrue(ticket.social_message_ids[1].text_marks)
        self.receive(comment(text=PHONE, change="edit"))
        self.assertIn("phone", self.kinds(ticket))
        self.assertEqual(ticket.original_text, PLAIN)
        self.assertEqual(
            set(ticket.social_message_ids.mapped("screening_state")), {"done"}
        )

    def test_same_text_adds_nothing(self):
        ticket = self.receive(comment(text=OBSCENE))
        before = ticket.finding_ids
        message = ticket.social_message_ids
        message.screening_state = "pending"
        self.account.poll()
        ticket.with_user(self.curator).action_screen_again()
        self.assertEqual(ticket.finding_ids, before)

    def test_entered_by_hand_before_the_network_brought_it(self):
        item = comment(text=THREAT)
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand(
            {"original_text": item.text, "permalink": item.permalink}
        )
        count = len(ticket.finding_ids)
        self.assertTrue(count)
        self.receive(item)
        self.assertTrue(ticket.social_message_ids)
        self.assertEqual(len(ticket.finding_ids), count)

    def test_fifty_messages_cost_as_much_as_one(self):
        """Screening a poll of many adds no query per message."""

        Message = self.env["helpdesk.social.message"]

        def screening(numbers):
            items = [comment(f"wall-1_10_r{n}", text=OBSCENE) for n in numbers]
            with patch.object(type(Message), "_screen_stored", lambda _self: None):
                self.receive(*items)
            pending = Message.search([("screening_state", "=", "pending")])
            self.assertEqual(len(pending), len(items))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            pending._screen_stored()
            self.env.flush_all()
            self.assertEqual(len(pending.ticket_id.finding_ids.ticket_id), len(items))
            return self.cr.sql_log_count - before

        screening(range(1, 3))
        few = screening(range(10, 15))
        many = screening(range(100, 150))
        self.assertLessEqual(many, few + 2)

    # -- failing -----------------------------------------------------------------

    def test_failing_rules_lose_nothing(self):
        with patch(f"{FINDING}.screen", broken), mute_logger(FINDING):
            ticket = self.receive(
                comment(text=OBSCENE + " раз"), comment("wall-1_10_r2")
            )
        self.assertEqual(len(ticket), 2)
        ticket = ticket[0]
        self.assertEqual(ticket.original_text, OBSCENE + " раз")
        self.assertTrue(ticket.screening_failed)
        self.assertEqual(ticket.social_message_ids.screening_state, "failed")
        # What was not looked at is not shown in lists.
        self.assertNotIn("хуй", ticket.name + ticket.list_text + ticket.display_name)
        ticket.with_user(self.curator).action_screen_again()
        self.assertFalse(ticket.screening_failed)
        self.assertEqual(ticket.social_message_ids.screening_state, "done")
        self.assertIn("obscenity", self.kinds(ticket))
        self.assertIn("построил", ticket.name)
        self.assertNotIn("хуй", ticket.name + ticket.list_text)

    def test_failing_rules_by_hand(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        with patch(f"{FINDING}.screen", broken), mute_logger(FINDING):
            ticket = Ticket.enter_by_hand({"original_text": THREAT + " завтра"})
        self.assertTrue(ticket.screening_failed)
        ticket.action_screen_again()
        self.assertFalse(ticket.screening_failed)
        self.assertIn("threat", self.kinds(ticket))
        self.assertTrue(ticket.threat_notified_ids)

    def test_failing_storage_loses_nothing(self):
        Finding = type(self.env["helpdesk.social.finding"])

        def refuse(_self, vals_list):
            raise UserError("no room")

        screening = f"odoo.addons.{MODULE}.models.helpdesk_ticket_screening"
        with patch.object(Finding, "create", refuse), mute_logger(screening):
            ticket = self.receive(comment(text=OBSCENE))
        self.assertTrue(ticket.screening_failed)
        self.assertEqual(ticket.social_message_ids.screening_state, "failed")

    def test_only_a_curator_screens_again(self):
        ticket = self.assigned(text=OBSCENE)
        for user in (self.roads, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                ticket.with_user(user).action_screen_again()

    # -- evidence ----------------------------------------------------------------

    def test_findings_stay(self):
        finding = self.receive(comment(text=OBSCENE)).finding_ids[:1]
        for user in (self.curator, self.social_admin, self.head):
            with self.assertRaises(AccessError):
                finding.with_user(user).unlink()
            with self.assertRaises(UserError):
                finding.with_user(user).kind = "insult"
        with self.assertRaises(UserError):
            finding.sudo().unlink()
        with self.assertRaises(UserError):
            finding.sudo().words = "-"

    def test_findings_are_seen_with_the_ticket(self):
        ticket = self.assigned(text=OBSCENE)
        finding = ticket.sudo().finding_ids
        for user in (self.curator, self.head, self.roads, self.social_admin):
            self.assertTrue(finding.with_user(user).has_access("read"), user.login)
        self.assertFalse(finding.with_user(self.light).has_access("read"))

    # -- lists -------------------------------------------------------------------

    def test_personal_data_is_masked_before_opening(self):
        for kind in ("feed", "private"):
            number = "wall-1_10_r7" if kind == "feed" else "wall-1_10_r8"
            with self.subTest(kind):
                ticket = self.receive(comment(number, text=PHONE, kind=kind))
                ticket = ticket.with_user(self.curator)
                for shown in (ticket.name, ticket.list_text, ticket.display_name):
                    self.assertNotIn("345", shown)
                message = ticket.social_message_ids
                self.assertNotIn("345", message.display_name)
                self.assertIn("345-67-89", ticket.original_text)
                self.assertEqual(ticket.personal_hint, "Phone number")

    def test_title_in_activities_and_mails(self):
        ticket = self.assigned(text=PHONE)
        self.unit_roads.user_id = self.roads
        ticket.assign([(self.unit_light, self.light)])
        activities = self.env["mail.activity"].search(
            [("user_id", "in", (self.roads | self.light).ids)]
        )
        self.assertTrue(activities)
        for activity in activities:
            self.assertNotIn("345", f"{activity.summary} {activity.note}")
            self.assertNotIn("345", activity.display_name + activity.res_name)

    def test_list_views_show_the_masked_text(self):
        for view in ("kanban", "list"):
            arch = self.env["helpdesk.ticket"].get_view(
                self.env.ref(f"{MODULE}.view_ticket_social_{view}").id, view
            )["arch"]
            self.assertNotIn('name="original_text"', arch)

    # -- the administration's own words --------------------------------------------

    def test_own_words(self):
        Lexicon = self.env["helpdesk.social.lexicon"].with_user(self.social_admin)
        self.assertFalse(self.receive(comment(text="Это Бармаглот")).finding_ids)
        word = Lexicon.create({"kind": "insult", "entry": "бармаглот"})
        ticket = self.receive(comment("wall-1_10_r2", text="Снова Бармаглот"))
        self.assertEqual(self.kinds(ticket), {"insult"})
        word.unlink()
        ticket = self.receive(comment("wall-1_10_r3", text="Опять Бармаглот"))
        self.assertFalse(ticket.finding_ids)

    def test_own_words_of_another_administration(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.env["helpdesk.social.lexicon"].create(
            {"kind": "insult", "entry": "бармаглот", "company_id": other.id}
        )
        ticket = self.receive(comment(text="Это Бармаглот"))
        self.assertFalse(ticket.finding_ids)

    def test_words_of_no_use_are_refused(self):
        Lexicon = self.env["helpdesk.social.lexicon"].with_user(self.social_admin)
        for entry in (
            "a",
            "..",
            "x" * 101,
            "*дур",
            "ду*",
            "д*рень",
            "*",
            "[дур",
            "(.+)+",
        ):
            with self.assertRaisesRegex(ValidationError, "Write a word"):
                Lexicon.create({"kind": "insult", "entry": entry})
        for entry in ("дурень", "дурен*", "чтоб вас", "по-дурацки", "у вас дур* много"):
            self.assertTrue(Lexicon.create({"kind": "insult", "entry": entry}))
        lexicon = f"odoo.addons.{MODULE}.models.helpdesk_social_lexicon"
        with patch(f"{lexicon}.screen", broken):
            with self.assertRaisesRegex(ValidationError, "a rule is wrong"):
                Lexicon.create({"kind": "insult", "entry": "слово"})

    def test_who_keeps_the_words(self):
        Lexicon = self.env["helpdesk.social.lexicon"]
        word = Lexicon.create({"kind": "insult", "entry": "бармаглот"})
        self.assertTrue(word.with_user(self.curator).has_access("read"))
        for user in (self.curator, self.head, self.roads):
            with self.assertRaises(AccessError):
                Lexicon.with_user(user).create({"kind": "insult", "entry": "слово"})
