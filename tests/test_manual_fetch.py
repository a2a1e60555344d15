from dataclasses import replace
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..networks import Attachment, Author, Consequence, NetworkError
from .access import BOMB, PIXEL
from .common import SocialCommon, comment, utc

LINK = "https://vk.com/wall-7_10?reply=9"


class FetchingTransport:
    def __init__(self):
        self.asked = []

    def download(self, url, limit):
        self.asked.append(url)
        if "broken" in url:
            raise NetworkError("gone", consequence=Consequence.GONE)
        return PIXEL, "image/gif"


@tagged("post_install", "-at_install")
class TestManualFetch(SocialCommon):
    """A pasted link, filled in by what the network tells when a person asks."""

    def setUp(self):
        super().setUp()
        self.asked = []
        self.found = (
            replace(comment("wall-7_10_r9", "Не горит фонарь", at="2024-03-07 09:10")),
            Author("601", "Анна Петрова", "https://vk.com/id601"),
        )
        self.network.abilities = lambda kind: frozenset({"reply", "fetch"})
        self.network.fetch = self.fetch
        self.network.transport = FetchingTransport()

    def fetch(self, url):
        self.asked.append(url)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def wizard(self, user=None, **vals):
        Wizard = self.env["helpdesk.social.manual"].with_user(user or self.curator)
        return Wizard.create({"permalink": LINK, "intake": "pos", **vals})

    def test_network_follows_the_link(self):
        wizard = self.wizard()
        self.assertEqual(wizard.network, "vk")
        wizard.permalink = "https://t.me/town/55"
        self.assertFalse(wizard.network, "the link is not VK's")
        wizard.network = "telegram"
        wizard.permalink = "https://t.me/town/56"
        self.assertEqual(wizard.network, "telegram", "what a person chose")

    def test_files_of_others_stay_where_they_are(self):
        other = self.env["res.partner"].create({"name": "x"})
        vals = {"name": "x", "res_model": other._name, "res_id": other.id}
        file = self.env["ir.attachment"].create({**vals, "raw": b"x"})
        wizard = self.wizard()
        wizard.original_text = "Яма"
        wizard.file_ids = file
        wizard.action_confirm()
        self.assertEqual((file.res_model, file.res_id), (other._name, other.id))

    def test_filled_in_and_entered(self):
        photos = (
            Attachment("photo", "https://cdn.example/1.gif"),
            Attachment("photo", "https://cdn.example/broken.gif"),
            Attachment("video", "https://cdn.example/2.mp4"),
        )
        self.found = (replace(self.found[0], attachments=photos), self.found[1])
        wizard = self.wizard(source_number="П-7")
        self.assertTrue(wizard.can_fetch)
        self.assertFalse(self.asked)
        wizard.action_fetch()
        self.assertEqual(self.asked, [LINK])
        self.assertEqual(wizard.original_text, "Не горит фонарь")
        self.assertEqual(wizard.author, "Анна Петрова")
        self.assertEqual(
            fields.Datetime.to_string(wizard.received_at), "2024-03-07 09:10:00"
        )
        self.assertIn("1", wizard.fetched_note)
        self.assertEqual(len(wizard.file_ids), 1)
        wizard.action_confirm()
        ticket = self.env["helpdesk.ticket"].search([("permalink", "=", LINK)])
        self.assertEqual(ticket.author_id.external_id, "601")
        self.assertEqual(ticket.author_id.url, "https://vk.com/id601")
        self.assertEqual(ticket.photo_ids.mimetype, "image/gif")
        self.assertEqual(ticket.photo_ids.res_id, ticket.id)
        self.assertEqual(ticket.intake_ids.source_number, "П-7")
        with self.assertRaises(AccessError):
            ticket.photo_ids.with_user(self.light).read(["raw"])
        self.assertTrue(ticket.photo_ids.with_user(self.curator).raw)

    def test_a_picture_that_cannot_be_drawn(self):
        photos = (Attachment("photo", "https://cdn.example/1.gif"),)
        self.found = (replace(self.found[0], attachments=photos), self.found[1])
        bomb = patch.object(
            FetchingTransport, "download", lambda *_args: (BOMB, "image/png")
        )
        wizard = self.wizard()
        with bomb:
            wizard.action_fetch()
        self.assertEqual(wizard.file_ids.raw, BOMB)

    def test_another_author_named(self):
        wizard = self.wizard()
        wizard.action_fetch()
        wizard.author = "Иван"
        wizard.action_confirm()
        ticket = self.env["helpdesk.ticket"].search([("permalink", "=", LINK)])
        self.assertEqual(ticket.author_id.external_id, "name:иван")

    def test_known_message_is_shown_at_once(self):
        ticket = self.receive(comment())
        wizard = self.wizard(permalink=ticket.permalink)
        self.assertEqual(wizard.existing_id, ticket)
        self.assertFalse(wizard.can_fetch)
        self.assertFalse(wizard.cannot_fetch)

    def test_network_that_does_not_tell(self):
        self.network.abilities = lambda kind: frozenset({"reply"})
        wizard = self.wizard()
        self.assertFalse(wizard.can_fetch)
        self.assertIn("copy it", wizard.cannot_fetch)
        with self.assertRaisesRegex(UserError, "copy the words"):
            wizard.action_fetch()
        # Nobody's network: the link's host is never asked.
        other = self.wizard(permalink="https://town.example/forum/1")
        self.assertFalse(other.can_fetch)
        self.assertIn("copy it", other.cannot_fetch)
        self.assertFalse(self.asked)

    def test_nothing_there(self):
        for found in (None, (replace(self.found[0], deleted=True), None)):
            self.found = found
            wizard = self.wizard()
            wizard.action_fetch()
            self.assertIn("shows nothing", wizard.fetched_note)
            self.assertFalse(wizard.original_text)

    def test_failure_in_words(self):
        self.found = NetworkError("timed out", consequence=Consequence.RETRY)
        wizard = self.wizard(original_text="Своими словами")
        wizard.action_fetch()
        self.assertIn("timed out", wizard.fetched_note)
        self.assertEqual(wizard.original_text, "Своими словами")

    def test_private_message_of_a_closed_page(self):
        others = self.env["helpdesk.social.account"].search([]) - self.account
        others.active = False
        self.account.curator_ids = self._user("s_page_curator", "group_curator")
        self.found = (replace(self.found[0], kind="private"), self.found[1])
        wizard = self.wizard()
        wizard.action_fetch()
        self.assertFalse(wizard.original_text)
        self.account.curator_ids |= self.curator
        wizard.action_fetch()
        self.assertEqual(wizard.kind, "private")

    def test_message_of_the_future(self):
        self.found = (replace(self.found[0], posted_at=utc("2124-01-01 00:00")), None)
        wizard = self.wizard()
        wizard.action_fetch()
        self.assertLessEqual(wizard.received_at, fields.Datetime.now())

    def test_only_curators(self):
        wizard = self.wizard()
        for user in (self.roads, self.head, self.social_admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                wizard.with_user(user).action_fetch()
