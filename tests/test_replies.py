import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..networks import Consequence, NetworkError
from .common import SocialCommon

PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestReplyFiles(SocialCommon):
    """What executors attach, and what the network takes."""

    def attached(self, ticket, user=None, name="after.png", raw=PNG, mimetype=None):
        share = self.holding(ticket, user or self.roads)
        file = self.env["ir.attachment"].with_user(user or self.roads)
        file = file.create(
            {
                "name": name,
                "raw": raw,
                "res_model": share._name,
                "res_id": share.id,
                **({"mimetype": mimetype} if mimetype else {}),
            }
        )
        share.draft_attachment_ids = [(4, file.id)]
        return file

    def test_sent_with_the_reply(self):
        ticket = self.assigned()
        self.attached(ticket)
        self.drafted(ticket).with_user(self.curator).action_approve()
        ticket.publish(ticket._merged_text(), self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        (sent,) = self.network.sent
        self.assertEqual([file.name for file in sent.attachments], ["after.png"])
        self.assertEqual(sent.attachments[0].content, PNG)

    def test_the_whole_carries_the_files_of_all(self):
        ticket = self.assigned(self.unit_roads, self.unit_light)
        files = self.attached(ticket) | self.attached(ticket, self.light, "lamp.png")
        for user in (self.roads, self.light):
            self.drafted(ticket, user).with_user(self.curator).action_approve()
        row = ticket.publish("Яму засыпали 5 мая.", self.account)
        self.assertEqual(row.reply_id.attachment_ids.ids, files.ids)

    def test_what_the_network_does_not_take(self):
        for name, raw, mimetype, words in (
            ("run.exe", b"MZ", "application/x-msdownload", "takes no files like"),
            ("none.png", b"", "image/png", "is empty"),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                ticket = self.assigned(external_id=f"wall-1_10_r{len(name)}")
                self.attached(ticket, name=name, raw=raw, mimetype=mimetype)
                with self.assertRaisesRegex(UserError, words):
                    self.drafted(ticket)
                savepoint.rollback()

    def test_too_many_files(self):
        ticket = self.assigned()
        for number in range(11):
            self.attached(ticket, name=f"{number}.png")
        with self.assertRaisesRegex(UserError, "11 files; the network takes 10"):
            self.drafted(ticket)

    def test_nobody_publishes_anothers_file(self):
        """A file that is linked would be published: only one's own may be."""
        ticket = self.assigned()
        secret = self.env["ir.attachment"].create({"name": "secret", "raw": b"x"})
        share = self.holding(ticket, self.roads)
        with self.assertRaises(AccessError):
            share.draft_attachment_ids = [(4, secret.id)]
        with self.assertRaises(AccessError):
            share.reply_id.write({"attachment_ids": [(6, 0, secret.ids)]})
        theirs = self.attached(ticket, self.roads_2)
        with self.assertRaises(AccessError):
            self.holding(self.assigned(external_id="wall-1_10_r2"), self.roads).write(
                {"draft_attachment_ids": [(4, theirs.id)]}
            )

    def test_files_stay_after_submission(self):
        ticket = self.assigned()
        self.attached(ticket)
        share = self.drafted(ticket)
        with self.assertRaisesRegex(UserError, "no longer being written"):
            share.draft_attachment_ids = [(5, 0, 0)]

    def test_curator_opens_them(self):
        ticket = self.assigned()
        file = self.attached(ticket)
        self.drafted(ticket)
        self.assertEqual(file.with_user(self.curator).raw, PNG)
        with self.assertRaises(AccessError):
            file.with_user(self.light).read(["raw"])


@tagged("post_install", "-at_install")
class TestTemplates(SocialCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topic = cls.env["helpdesk.ticket.category"].create({"name": "Roads"})
        cls.template = cls.env["helpdesk.social.template"].create(
            {
                "name": "Done",
                "body": "Сообщение {номер}: {подразделение}, {телефон}, {срок}.",
                "category_ids": [(6, 0, cls.topic.ids)],
            }
        )
        cls.unit_roads.social_phone = "2-12-85-06"

    def use(self, share, **vals):
        wizard = self.env["helpdesk.social.template.use"].with_user(share.env.user)
        wizard = wizard.create(
            {"assignment_id": share.id, "template_id": self.template.id, **vals}
        )
        wizard.action_confirm()
        return wizard

    def test_filled_into_the_draft(self):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        share.action_accept()
        self.use(share)
        filled = f"Сообщение {ticket.number}: Roads, 2-12-85-06, {{срок}}."
        self.assertEqual(share.draft_text, filled)
        share.draft_text = "Здравствуйте!"
        self.use(share)
        self.assertEqual(share.draft_text, f"Здравствуйте!\n\n{filled}")
        self.use(share, mode="replace")
        self.assertEqual(share.draft_text, filled)

    def test_not_sent_while_a_place_is_open(self):
        ticket = self.assigned()
        with self.assertRaisesRegex(UserError, r"\{срок\}, \{кто\}"):
            self.drafted(ticket, text="Яму засыплем до {срок}, придёт {кто}.")
        self.drafted(ticket).with_user(self.curator).action_approve()
        with self.assertRaisesRegex(UserError, r"\{срок\}"):
            ticket.publish("Яму засыплем до {срок}.", self.account)
        with self.assertRaisesRegex(UserError, r"\{срок\}"):
            ticket.publish_by_hand("Яму засыплем до {срок}.", "https://vk.com/wall-1_2")

    def test_those_of_the_topic_come_first(self):
        common = self.env["helpdesk.social.template"].search(
            [("category_ids", "=", False)]
        )
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        self.assertNotIn(self.template, self.template._fitting(share))
        ticket.category_id = self.topic
        fitting = self.template._fitting(share)
        self.assertEqual(fitting[0], self.template)
        self.assertEqual(fitting[1:], common)

    def test_who_keeps_them(self):
        Template = self.env["helpdesk.social.template"]
        for user, keeps in (
            (self.curator, True),
            (self.social_admin, True),
            (self.roads, False),
            (self.head, False),
        ):
            with self.subTest(user.login):
                self.assertTrue(self.template.with_user(user).body)
                if keeps:
                    Template.with_user(user).create({"name": "N", "body": "B"})
                else:
                    with self.assertRaises(AccessError):
                        Template.with_user(user).create({"name": "N", "body": "B"})

    def test_not_for_a_draft_under_review(self):
        share = self.drafted(self.assigned())
        with self.assertRaisesRegex(UserError, "already under review"):
            self.use(share)

    def test_not_for_a_stranger(self):
        share = self.holding(self.assigned(), self.roads)
        with self.assertRaises(AccessError):
            self.use(share.with_user(self.light))


@tagged("post_install", "-at_install")
class TestParts(SocialCommon):
    """A reply longer than the network takes, as several items."""

    def setUp(self):
        super().setUp()
        self.long = "\n\n".join(f"{n}. " + "Яму засыплем. " * 140 for n in (1, 2, 3))
        self.ticket = self.approved()

    def publish(self):
        return self.ticket.publish(self.long, self.account, split=True)

    def run_lane(self):
        with self.sending() as outbox:
            outbox._cron_send()

    def test_refused_unless_asked_for(self):
        with self.assertRaisesRegex(UserError, "nothing is cut off"):
            self.ticket.publish(self.long, self.account)

    def test_sent_in_order_and_published_once(self):
        rows = self.publish()
        self.assertEqual(rows.mapped("part"), [1, 2])
        self.run_lane()
        self.assertEqual(
            "".join("".join(sent.text for sent in self.network.sent).split()),
            "".join(self.long.split()),
        )
        self.assertEqual(len({sent.idempotency_key for sent in self.network.sent}), 2)
        self.assertEqual(self.ticket.social_state, "published")
        self.assertEqual(self.ticket.published_link, rows[0].permalink)
        types = self.ticket.event_ids.mapped("type")
        self.assertEqual(types.count("published"), 1)

    def test_files_go_with_the_first(self):
        file = self.env["ir.attachment"].create({"name": "a.png", "raw": PNG})
        self.ticket.assignment_ids.reply_id.sudo().attachment_ids = file
        self.publish()
        self.run_lane()
        self.assertEqual([len(sent.attachments) for sent in self.network.sent], [1, 0])

    def test_second_waits_for_the_first(self):
        refused = NetworkError("No", consequence=Consequence.CONTENT, code="222")
        self.network.failures = [(refused, False)]
        first, second = self.publish()
        self.run_lane()
        self.run_lane()
        self.assertEqual(first.outbox_state, "failed")
        self.assertEqual(second.outbox_state, "queued")
        self.assertEqual(len(self.network.sent), 1)
        first.with_user(self.curator).action_retry()
        self.run_lane()
        self.assertEqual(self.ticket.social_state, "published")
        self.assertEqual(len(self.network.wall), 2)

    def test_half_published_cannot_be_taken_back(self):
        refused = NetworkError("No", consequence=Consequence.CONTENT, code="222")
        self.network.failures = [(None, True), (refused, False)]
        first, second = self.publish()
        self.run_lane()
        self.assertEqual((first.outbox_state, second.outbox_state), ("sent", "failed"))
        self.assertEqual(self.ticket.social_state, "approved")
        with self.assertRaisesRegex(UserError, "rest must"):
            second.with_user(self.curator).action_withdraw()
        share = self.ticket.assignment_ids.with_user(self.curator)
        for step in (
            lambda: self.publish(),
            lambda: self.ticket.publish_by_hand("Всё", "https://vk.com/wall-1_2"),
            lambda: share.request_rework(share.rework_reason_ids, "Короче"),
        ):
            with self.assertRaisesRegex(UserError, "the rest has failed"):
                step()
        second.with_user(self.curator).action_mark_sent("https://vk.com/wall-1_10_r9")
        self.assertEqual(self.ticket.social_state, "published")
        self.assertEqual(self.ticket.published_link, first.permalink)

    def test_all_or_none_is_withdrawn(self):
        rows = self.publish()
        rows[1].with_user(self.curator).action_withdraw()
        self.assertEqual(set(rows.mapped("outbox_state")), {"withdrawn"})
        rows = self.publish()
        self.run_lane()
        self.assertEqual(self.ticket.social_state, "published")


@tagged("post_install", "-at_install")
class TestPublishingPage(SocialCommon):
    """The curator chooses the page that answers, among their own."""

    def wizard(self, ticket, **vals):
        wizard = self.env["helpdesk.social.publish"].with_user(self.curator)
        return wizard.with_context(default_ticket_id=ticket.id).create(vals)

    def other_page(self, **vals):
        vals = {"name": "Page of the head", "external_id": "77", **vals}
        return self.account.copy(vals)

    def test_the_page_of_the_message_by_default(self):
        self.other_page()
        wizard = self.wizard(self.approved())
        self.assertEqual(wizard.account_id, self.account)
        self.assertTrue(wizard.can_send)
        self.assertEqual(wizard.mode, "network")

    def test_only_pages_one_answers_from(self):
        mine = self.other_page(curator_ids=[(6, 0, self.curator.ids)])
        theirs = self.other_page(external_id="78", curator_ids=[(6, 0, self.head.ids)])
        ticket = self.approved()
        choice = self.wizard(ticket).account_choice_ids
        self.assertIn(mine, choice)
        self.assertNotIn(theirs, choice)
        for step in (
            lambda: ticket.publish("Яму засыплем.", theirs),
            lambda: ticket.publish_by_hand(
                "Засыплем.", "https://vk.com/wall-1_2", account=theirs
            ),
        ):
            with self.assertRaisesRegex(AccessError, "do not answer from"):
                step()

    def test_another_page_answers_by_hand(self):
        other = self.other_page()
        ticket = self.approved()
        with self.assertRaisesRegex(UserError, "by hand"):
            ticket.publish("Яму засыплем.", other)
        wizard = self.wizard(ticket)
        wizard.account_id = other
        wizard._onchange_account_id()
        self.assertEqual(wizard.mode, "hand")
        wizard.link = "https://vk.com/wall-77_1?reply=2"
        wizard.action_confirm()
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(ticket.assignment_ids.reply_id.account_id, other)


@tagged("post_install", "-at_install")
class TestDraftVersions(SocialCommon):
    def test_difference_between_versions(self):
        ticket = self.assigned()
        share = self.drafted(ticket, text="Починим скоро.")
        share.with_user(self.curator).request_rework(share.rework_reason_ids, "Когда?")
        self.drafted(ticket, text="Починим 5 мая.")
        first, second = share.draft_version_ids.sorted("id")
        self.assertFalse(first.difference)
        self.assertEqual(
            json.loads(json.dumps(second.difference)),
            [["same", "Починим "], ["gone", "скоро."], ["new", "5 мая."]],
        )
