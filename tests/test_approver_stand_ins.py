from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .agreement import LINK, AgreementCommon
from .rpc import RpcCase

APPROVAL = "helpdesk.social.approval"
ACTIVITY = "helpdesk_mgmt_social.activity_approval"


@tagged("post_install", "-at_install")
class TestApproverStandIns(AgreementCommon, RpcCase):
    """Whoever stands in for an absent approver decides, and is recorded as such."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls._user("s_deputy", "group_approver")
        cls.helper = cls._user("s_helper", "group_executor")

    def replace(self, person=None, substitute=None, hours=(-1, 24)):
        now = fields.Datetime.now()
        return self.env["helpdesk.social.substitution"].create(
            {
                "user_id": (person or self.director).id,
                "substitute_id": (substitute or self.deputy).id,
                "start": now + timedelta(hours=hours[0]),
                "stop": now + timedelta(hours=hours[1]),
            }
        )

    def asked_of(self, ticket):
        row = self.waiting(ticket).sudo()
        kind = self.env.ref(ACTIVITY)
        found = row.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        return found.user_id

    def test_stand_in_is_asked_and_decides(self):
        self.replace()
        ticket = self.sent_up()
        self.assertEqual(self.waiting(ticket).approver_ids, self.director)
        self.assertEqual(self.asked_of(ticket), self.deputy)
        caller = self.as_user(self.deputy)
        mine = caller.found(APPROVAL, [("is_mine", "=", True)])
        self.assertEqual(mine, set(self.waiting(ticket).ids))
        self.assertEqual(caller.outcome(APPROVAL, "action_approve", list(mine)), "ok")
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.type, "approved")
        self.assertEqual(event.user_id, self.deputy)
        self.assertEqual(event.on_behalf_id, self.director)
        row = ticket.approval_ids.filtered(lambda r: r.state == "approved")
        self.assertEqual(
            (row.decided_by_id, row.on_behalf_id), (self.deputy, self.director)
        )
        self.check(ticket)

    def test_stand_in_refuses(self):
        self.replace()
        ticket = self.sent_up()
        self.asked(ticket, self.deputy).refuse("Нет сроков")
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.type, "rework_requested")
        self.assertEqual(event.on_behalf_id, self.director)
        self.check(ticket)

    def test_stand_in_of_the_superior_curator(self):
        self.appoint(self.superior, "superior_curator")
        self.replace(self.superior)
        ticket = self.at_superior()
        self.asked(ticket, self.deputy).action_approve()
        self.assertEqual(ticket.social_state, "approved")
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.type, "superior_approved")
        self.assertEqual(event.on_behalf_id, self.superior)
        self.check(ticket)

    def test_the_absent_may_still_decide(self):
        self.replace()
        ticket = self.sent_up()
        self.asked(ticket, self.director).action_approve()
        self.assertFalse(ticket.event_ids.sorted("id")[-1].on_behalf_id)

    def test_a_stand_in_needs_the_right_to_agree(self):
        self.replace(substitute=self.helper)
        ticket = self.sent_up()
        self.assertEqual(self.asked_of(ticket), self.director)
        caller = self.as_user(self.helper)
        rows = self.waiting(ticket).ids
        self.assertFalse(caller.found(APPROVAL, [("is_mine", "=", True)]))
        self.assertEqual(
            caller.outcome(APPROVAL, "action_approve", rows), "AccessError"
        )

    def test_named_without_the_right_but_a_stand_in_has_it(self):
        self.env["helpdesk.social.appointment"].search(
            [("role", "=", "managing_director")]
        ).unlink()
        self.appoint(self.helper, "managing_director")
        with self.assertRaisesRegex(UserError, "Nobody is appointed"):
            self.sent_up()
        self.replace(self.helper)
        ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = ticket.search([("social_state", "=", "agreement")], limit=1)
        ticket.send_to_agreement("Яму засыплем до 15 марта.")
        self.asked(ticket, self.deputy).action_approve()
        event = ticket.event_ids.filtered(lambda e: e.note == "Managing director")
        self.assertEqual(event.on_behalf_id, self.helper)

    def test_absence_that_begins_and_ends_while_asked(self):
        ticket = self.sent_up()
        self.assertEqual(self.asked_of(ticket), self.director)
        self.assertFalse(self.asked(ticket, self.deputy))
        with self.assertRaises(AccessError):
            ticket.with_user(self.deputy).read(["original_text"])
        absence = self.replace()
        self.assertEqual(self.asked_of(ticket), self.deputy)
        self.env.invalidate_all()
        row = self.asked(ticket, self.deputy)
        self.assertTrue(row)
        self.assertTrue(ticket.with_user(self.deputy).read(["original_text"]))
        absence.unlink()
        self.assertEqual(self.asked_of(ticket), self.director)
        self.env.invalidate_all()
        self.assertFalse(self.asked(ticket, self.deputy))
        with self.assertRaises(AccessError):
            row.action_approve()
        with self.assertRaises(AccessError):
            ticket.with_user(self.deputy).read(["original_text"])

    def test_approver_names_the_own_stand_in(self):
        vals = {"substitute_id": self.deputy.id, "standing": True}
        caller = self.as_user(self.director)
        model = "helpdesk.social.substitution"
        self.assertEqual(caller.outcome(model, "create", [vals]), "ok")
        foreign = {**vals, "user_id": self.superior.id}
        self.assertEqual(caller.outcome(model, "create", [foreign]), "AccessError")

    def test_files_are_shown_to_whoever_decides(self):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        share.action_accept()
        photo = self.env["ir.attachment"].with_user(self.roads)
        photo = photo.create(
            {
                "name": "road.png",
                "raw": b"\x89PNG\r\n\x1a\n0",
                "mimetype": "image/png",
                "res_model": "helpdesk.social.reply",
                "res_id": share.reply_id.id,
            }
        )
        share.draft_attachment_ids = photo
        share.draft_text = "Яму засыпали, фото прилагаем."
        share.action_submit()
        share.with_user(self.curator).action_approve()
        ticket.send_to_agreement(ticket._merged_text())
        row = self.waiting(ticket)
        shown = row.with_user(self.director).attachment_ids
        self.assertEqual(shown.mapped("name"), ["road.png"])
        self.env.invalidate_all()
        answer = self.as_user(self.director).case.url_open(f"/web/content/{shown.id}")
        self.assertEqual(answer.content, photo.raw)
        with self.assertRaises(AccessError):
            shown.with_user(self.superior).read(["raw"])

    def test_promise_is_agreed_with_the_text(self):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        share.action_accept()
        share.write(
            {
                "draft_text": "Проверяем дорогу, ответим до 20 марта 2030 года.",
                "draft_kind": "interim",
                "draft_promised_date": "2030-03-20",
                "draft_interim_reason": "Ждём подрядчика.",
            }
        )
        share.action_submit()
        share.with_user(self.curator).action_approve()
        # Another wording, the same promise.
        text = "Проверяем состояние дороги. Ответим до 20 марта 2030 года."
        ticket.send_to_agreement(text)
        row = self.waiting(ticket)
        self.assertEqual(str(row.promised_date), "2030-03-20")
        self.asked(ticket, self.director).action_approve()
        letter = self.env["helpdesk.social.superior.send"].with_user(self.curator)
        row = self.waiting(ticket)
        letter = letter.with_context(default_approval_id=row.id).create({})
        self.assertIn("20.03.2030", letter.body)
        self.assertIn("Ждём подрядчика.", letter.body)
        row.mark_sent("СЭД")
        row.record_answer(True, fields.Datetime.now(), evidence="1")
        ticket.publish_by_hand(text, LINK)
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.type, "interim_published")
        self.assertEqual(event.due.date().isoformat(), "2030-03-20")
        self.assertEqual(event.note, "Ждём подрядчика.")
        promise = ticket.deadline_ids.filtered(lambda d: d.stage == "promise")
        self.assertEqual(promise.state, "running")
        self.check(ticket)

    def test_passed_promise_is_not_sent_up(self):
        ticket = self.approved()
        draft = ticket.assignment_ids.reply_id.sudo()
        draft.write({"kind": "interim", "promised_date": "2024-01-10"})
        with self.assertRaisesRegex(UserError, "promised date has passed"):
            ticket.send_to_agreement("Проверяем дорогу, ответим 10 января.")
