from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import format_datetime

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MODULE, SocialCommon, comment

SENDER = "Пресс-служба <press@region.example>"


@tagged("post_install", "-at_install")
class TestMailbox(SocialCommon):
    """Letters of a source: one message each, and nobody answered by a machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create(
            {"name": "town.example", "bounce_alias": "bounce", "catchall_alias": "all"}
        )
        cls.env.company.alias_domain_id = domain
        cls.act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.mailbox = (
            cls.env["helpdesk.social.mailbox"]
            .with_user(cls.social_admin)
            .create(
                {
                    "name": "Press service",
                    "alias_name": "press-in",
                    "intake": "incident",
                    "senders": "press@region.example\nsystem.example",
                    "regulation_id": cls.act.id,
                    "team_id": cls.desk.id,
                }
            )
        )

    def letter(self, text="Яма на улице Мира", sender=SENDER, **more):
        message = EmailMessage()
        message["From"] = sender
        message["To"] = more.pop("to", "press-in@town.example")
        message["Subject"] = more.pop("subject", "Сообщение жителя")
        message["Message-Id"] = more.pop("id", f"<{len(self.sent)}@region.example>")
        message["Date"] = format_datetime(
            more.pop("date", datetime(2024, 6, 3, 5, tzinfo=timezone.utc))
        )
        message.set_content(text)
        html = more.pop("html", None)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content, kind in more.pop("files", ()):
            main, sub = kind.split("/")
            message.add_attachment(content, main, sub, filename=name)
        for name, value in more.items():
            message[name.replace("_", "-")] = value
        self.sent.append(message)
        return message

    def setUp(self):
        super().setUp()
        self.sent = []
        self.mails = self.env["mail.mail"].search([])

    def deliver(self, message):
        """Let the gateway take a letter; the tickets that it made."""
        before = self.env["helpdesk.ticket"].search([])
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, message.as_bytes())
        return self.env["helpdesk.ticket"].search([]) - before

    def answered(self):
        """Mails written since the test began."""
        return self.env["mail.mail"].search([]) - self.mails

    def test_letter_becomes_a_message(self):
        partners = self.env["res.partner"].search_count([])
        ticket = self.deliver(
            self.letter(
                "Просим ответить.\n\n> Яма: https://vk.com/wall-7_10?reply=9.",
                html="<p>Просим <b>ответить</b>.</p><blockquote>Яма на Мира "
                '<a href="https://example.org/x">см.</a> '
                '<a href="https://vk.com/wall-7_10?reply=9">тут</a></blockquote>'
                '<img src="https://spy.example/1.png"><script>alert(1)</script>',
                files=[("яма.png", b"\x89PNG", "image/png")],
            )
        )
        self.assertEqual(len(ticket), 1)
        self.assertTrue(ticket.is_social)
        self.assertEqual(
            (ticket.intake, ticket.social_state), ("incident", "to_triage")
        )
        self.assertEqual(ticket.permalink, "https://vk.com/wall-7_10?reply=9")
        self.assertEqual(ticket.network, "vk")
        self.assertEqual(ticket.regulation_id, self.act)
        self.assertEqual(ticket.team_id, self.desk)
        self.assertIn("Яма на Мира", ticket.original_text)
        self.assertNotIn("alert", ticket.original_text)
        self.assertEqual(
            fields.Datetime.to_string(ticket.received_at), "2024-06-03 05:00:00"
        )
        self.assertEqual(ticket.deadline_ids.norm_code, "vereshchagino.total.incident")
        self.assertFalse(ticket.event_ids.user_id)
        self.assertFalse(ticket.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertFalse(self.answered())
        # The letter is kept with its file, and shows nothing from outside.
        note = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(note.attachment_ids.name, "яма.png")
        self.assertIn("Просим ответить", note.body)
        for part in ("spy.example", "<img", "<script"):
            self.assertNotIn(part, note.body)
        self.assertFalse(note.partner_ids)
        self.assertEqual(self.mailbox.accepted_count, 1)
        row = ticket.intake_ids
        self.assertEqual(row.how, "mail")
        self.assertIn("press@region.example", row.note)
        self.assertEqual(ticket._replay_differences(), [])

    def test_known_message_is_another_way_in(self):
        ticket = self.receive(comment(at="2024-06-03 04:00"))
        self.assertFalse(self.deliver(self.letter(f"Ответьте: {ticket.permalink}")))
        self.assertEqual(ticket.intake_ids.mapped("intake"), ["page", "incident"])
        self.assertTrue(
            ticket.message_ids.filtered(lambda m: m.message_type == "email")
        )

    def test_screened_as_others(self):
        ticket = self.deliver(self.letter("Позвоните мне: +7 912 345-67-89"))
        self.assertTrue(ticket.finding_ids)
        self.assertNotIn("345-67-89", ticket.list_text)

    def test_others_are_refused_once_in_a_while(self):
        stranger = "Кто-то <someone@else.example>"
        for number in range(5):
            letter = self.letter(sender=stranger, id=f"<r{number}@else.example>")
            self.assertFalse(self.deliver(letter))
        self.assertEqual(self.mailbox.refused_count, 5)
        self.assertIn("someone@else.example", self.mailbox.last_refused)
        told = self.answered()
        self.assertEqual(len(told), 3)
        self.assertIn("someone@else.example", told[0].email_to)
        self.assertEqual(self.mailbox.alias_id.alias_status, "not_tested")

    def test_domain_of_a_sender(self):
        self.assertTrue(self.deliver(self.letter(sender="robot@system.example")))
        for address in ("robot@evil-system.example", "robot@system.example.org"):
            self.assertFalse(self.deliver(self.letter(sender=address)), address)

    def test_machines_are_not_answered(self):
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Precedence": "auto_reply"},
            {"X_Autoreply": "yes"},
        ):
            with self.subTest(headers):
                self.assertFalse(self.deliver(self.letter(**headers)))
        self.assertEqual(self.mailbox.ignored_count, 3)
        # A notice that a system sends by itself is what the mailbox is for.
        ticket = self.deliver(self.letter(Auto_Submitted="auto-generated"))
        self.assertTrue(ticket)
        # A stranger's machine is refused in silence.
        for headers in ({"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}):
            letter = self.letter(sender="list@else.example", **headers)
            self.assertFalse(self.deliver(letter))
        own = self.letter(sender="press-in@town.example")
        self.assertFalse(self.deliver(own))
        self.assertEqual(self.mailbox.refused_count, 3)
        self.assertFalse(self.answered())

    def test_same_letter_twice(self):
        letter = self.letter(id="<same@region.example>")
        self.assertTrue(self.deliver(letter))
        self.assertFalse(self.deliver(letter))

    def test_many_letters_of_a_system(self):
        """No limit for loops cuts a source off that has much to say."""
        for number in range(25):
            self.assertTrue(self.deliver(self.letter(f"Яма {number}")), number)

    def test_recipients_see_nothing(self):
        letter = self.letter(Cc=f"{self.light.login}@x.example")
        self.light.partner_id.email = f"{self.light.login}@x.example"
        ticket = self.deliver(letter)
        note = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertFalse(note.partner_ids)
        self.assertNotIn(self.light.partner_id, ticket.message_partner_ids)
        self.assertFalse(ticket.with_user(self.light).has_access("read"))

    def test_empty_letters(self):
        self.assertTrue(self.deliver(self.letter(" ", subject="")))
        ticket = self.deliver(self.letter(" ", subject="Яма на Мира"))
        self.assertEqual(ticket.original_text, "Яма на Мира")

    def test_link_of_a_page_is_no_link_of_a_message(self):
        """Letters with the same signature are not one message."""
        for page in ("https://vk.com/press", "https://ok.ru/press", "https://max.ru/x"):
            with self.subTest(page):
                one = self.deliver(self.letter(f"Яма на Мира\n\n{page}"))
                two = self.deliver(self.letter(f"Нет воды\n\n{page}"))
                self.assertEqual((len(one), len(two)), (1, 1))
                self.assertFalse(one.permalink)
        link = "https://vk.com/wall-7_10?reply=9"
        ticket = self.deliver(self.letter(f"Пишет https://vk.com/id5: {link}"))
        self.assertEqual(ticket.permalink, link)

    def test_letter_that_follows_another(self):
        ticket = self.deliver(self.letter(id="<first@region.example>"))
        more = self.letter("Дополнение", References="<first@region.example>")
        self.assertFalse(self.deliver(more))
        self.assertIn("Дополнение", ticket.message_ids.sorted("id")[-1].body)
        self.assertTrue(ticket.follow_up)

    def test_letter_that_follows_a_finished_one(self):
        """Sources answer old letters to write of something else: that is not lost."""
        first = self.deliver(self.letter(id="<first@region.example>"))
        thanks = self.env.ref(f"{MODULE}.no_reaction_thanks")
        first.with_user(self.curator).no_reaction(thanks)
        more = self.letter("Нет воды", id="<2@x>", References="<first@region.example>")
        second = self.deliver(more)
        self.assertEqual(second.original_text, "Нет воды")
        self.assertEqual(second.possible_repeat_id, first)
        self.assertFalse(first.follow_up)
        names = "<first@region.example> <2@x>"
        self.assertFalse(self.deliver(self.letter("Дополнение", References=names)))
        self.assertTrue(second.follow_up)

    def test_letter_past_the_mailbox(self):
        """Whoever knows a letter of the history cannot write into it."""
        ticket = self.deliver(self.letter(id="<first@region.example>"))
        headers = {"References": "<first@region.example>", "to": "x@town.example"}
        files = [("x.png", b"x", "image/png")]
        stranger = "someone@else.example"
        self.deliver(self.letter("Ложь", stranger, files=files, **headers))
        last = ticket.message_ids.sorted("id")[-1]
        self.assertIn("not taken in", last.body)
        self.assertNotIn("Ложь", last.body)
        self.assertFalse(last.attachment_ids)
        html = '<img src="https://spy.example/">Дополнение'
        self.deliver(self.letter("Дополнение", html=html, **headers))
        last = ticket.message_ids.sorted("id")[-1]
        self.assertIn("Дополнение", last.body)
        self.assertNotIn("spy.example", last.body)

    def test_senders_are_addresses_or_domains(self):
        for wrong in ("press", "a b@c", "*"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.mailbox.senders = wrong

    def test_who_keeps_mailboxes(self):
        for user in (self.roads, self.head):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.mailbox.with_user(user).read(["senders"])
        self.mailbox.with_user(self.curator).read(["senders"])
        with self.assertRaises(AccessError):
            self.mailbox.with_user(self.curator).write({"senders": "x.example"})
        with self.assertRaises(AccessError):
            self.mailbox.with_user(self.curator).create({"name": "x", "senders": "a.b"})
