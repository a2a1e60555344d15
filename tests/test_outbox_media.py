import io
from dataclasses import dataclass, field

from PIL import Image

from odoo.tests import tagged

from ..models.helpdesk_social_message_media import PHOTO_LIMIT
from ..networks import Attachment, Consequence, NetworkError
from .access import BOMB, PIXEL
from .common import comment
from .outbox_after import AfterCase, error

PHOTO = "https://sun9.userapi.example/photo.jpg"


@dataclass
class FakeTransport:
    """Downloads as told: content, or the error, by address."""

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def download(self, url, limit_bytes):
        self.asked.append((url, limit_bytes))
        answer = self.answers[url]
        if isinstance(answer, NetworkError):
            raise answer
        return answer


@tagged("post_install", "-at_install")
class TestMedia(AfterCase):
    """What citizens attach: photos are kept, everything else stays a link."""

    def setUp(self):
        super().setUp()
        self.transport = self.network.transport = FakeTransport()

    def received(self, *attachments, text="Яма", **answers):
        ticket = self.receive(
            comment(text=text, attachments=attachments, at="2024-03-11 06:00")
        )
        return ticket.social_message_ids

    def test_photo(self):
        self.transport.answers[PHOTO] = (PIXEL, "image/gif")
        row = self.received(Attachment("photo", PHOTO))
        self.assertEqual(self.transport.asked, [(PHOTO, PHOTO_LIMIT)])
        self.assertEqual(row.attachment_ids.raw, PIXEL)
        self.assertFalse(row.media_pending or row.media_links)

    def test_photo_without_text(self):
        self.transport.answers[PHOTO] = (PIXEL, "image/gif")
        row = self.received(Attachment("photo", PHOTO), text="")
        self.assertTrue(row.ticket_id)
        self.assertEqual(len(row.attachment_ids), 1)

    def test_lying_type_is_no_page(self):
        """What calls itself a photo and is a page is only ever a download."""
        page = b"<html><script>alert(1)</script></html>"
        picture = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
        for content, kind in (
            (page, "text/html"),
            (page, "image/png"),
            (page, ""),
            (picture, "image/svg+xml"),
            (picture, "image/jpeg"),
        ):
            with self.subTest(kind=kind), self.env.cr.savepoint() as savepoint:
                self.transport.answers[PHOTO] = (content, kind)
                row = self.received(Attachment("photo", PHOTO))
                kept = row.attachment_ids
                self.assertEqual(kept.mimetype, "application/octet-stream")
                self.assertTrue(kept.name.endswith(".bin"))
                self.env.invalidate_all()
                savepoint.rollback()

    def test_a_picture_that_cannot_be_drawn_stops_nothing(self):
        """One is too large for the server, the others break off."""
        jpeg = io.BytesIO()
        Image.new("RGB", (2500, 2500)).save(jpeg, "JPEG")
        for number, content in enumerate((BOMB, BOMB[:40], jpeg.getvalue()[:5000])):
            with self.subTest(number), self.env.cr.savepoint() as savepoint:
                self.transport.answers[PHOTO] = (content, "image/png")
                row = self.received(Attachment("photo", PHOTO))
                self.assertEqual(row.attachment_ids.raw, content)
                self.assertEqual(self.account.health, "ok")
                self.env.invalidate_all()
                savepoint.rollback()

    def test_never_tried_again(self):
        """Too large, inside our network, gone: it stays a link."""
        for consequence in (
            Consequence.CONTENT,
            Consequence.PERSON,
            Consequence.GONE,
            Consequence.PERMISSION,
        ):
            with self.subTest(consequence), self.env.cr.savepoint() as savepoint:
                self.transport.asked.clear()
                self.transport.answers[PHOTO] = error(consequence)
                row = self.received(Attachment("photo", PHOTO))
                self.assertEqual(row.media[0]["state"], "failed")
                self.assertIn(PHOTO, row.media_links)
                self.assertEqual(self.account.health, "ok", "reading goes on")
                self.later(hours=1)
                self.account.poll()
                self.assertEqual(len(self.transport.asked), 1)
                self.env.invalidate_all()
                savepoint.rollback()

    def test_tried_again_and_given_up(self):
        self.transport.answers[PHOTO] = error(Consequence.RETRY)
        row = self.received(Attachment("photo", PHOTO))
        self.account.poll()
        self.assertEqual(len(self.transport.asked), 1, "not before its time")
        for _n in range(6):
            self.later(minutes=11)
            self.account.poll()
        self.assertEqual(len(self.transport.asked), 5)
        self.assertEqual(row.media[0]["state"], "failed")

    def test_one_bad_photo_stops_no_other(self):
        other = "https://sun9.userapi.example/other.jpg"
        self.transport.answers = {
            PHOTO: error(Consequence.CONTENT),
            other: (PIXEL, "image/gif"),
        }
        row = self.received(Attachment("photo", PHOTO), Attachment("photo", other))
        self.assertEqual(len(row.attachment_ids), 1)

    def test_a_server_that_hardly_answers_holds_no_page(self):
        """The worker would be killed first, and nothing of the run be stored."""
        urls = [f"https://sun9.userapi.example/{n}.jpg" for n in range(10)]

        def slowly(url, limit_bytes):
            self.transport.asked.append(url)
            self.later(seconds=15)
            raise error(Consequence.RETRY)

        self.patch(self.transport, "download", slowly)
        for number in range(3):
            self.network.inbox.append(
                comment(
                    f"wall-1_10_r{number}",
                    attachments=tuple(Attachment("photo", url) for url in urls),
                    at="2024-03-11 06:00",
                )
            )
        self.account.poll()
        self.assertEqual(len(self.transport.asked), 2)
        self.assertEqual(self.account.health, "ok")
        # The next run begins with what has not been tried.
        self.later(minutes=1)
        self.account.poll()
        self.assertEqual(len(self.transport.asked), 4)

    def test_a_photo_added_by_an_edit(self):
        other = "https://sun9.userapi.example/other.jpg?sign=1"
        self.transport.answers = {
            PHOTO: (PIXEL, "image/gif"),
            other: (PIXEL, "image/gif"),
        }
        first = Attachment("photo", PHOTO, "photo501_1")
        row = self.received(first)
        again = Attachment("photo", f"{PHOTO}?sign=2", "photo501_1")
        added = Attachment("photo", other, "photo501_2")
        edited = comment(
            text="Яма", attachments=(again, added), at="2024-03-11 06:00", change="edit"
        )
        for _time in range(2):
            self.receive(edited)
        self.assertEqual([url for url, _limit in self.transport.asked], [PHOTO, other])
        self.assertEqual(len(row.attachment_ids), 2)
        self.assertEqual(len(row.media), 2)

    def test_files_stay_links(self):
        row = self.received(
            Attachment("doc", "https://vk.example/doc1", name="<b>Смета</b>.pdf"),
            Attachment("video", "https://vk.example/video1"),
            Attachment("link", "javascript:alert(1)", name="Нажмите"),
            Attachment("audio", "", name="Запись"),
        )
        self.assertFalse(self.transport.asked, "nothing of them is fetched")
        self.assertFalse(row.attachment_ids)
        shown = str(row.media_links)
        self.assertIn('href="https://vk.example/doc1"', shown)
        self.assertIn("noopener", shown)
        self.assertIn("&lt;b&gt;Смета", shown)
        self.assertNotIn("javascript", shown)
        self.assertIn("Запись", shown)
        for name in ("<img", "<iframe", "<script"):
            self.assertNotIn(name, shown)
