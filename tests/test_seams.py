from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..networks import Consequence, Limits, NetworkError
from .agreement import AgreementCommon
from .common import MODULE, SocialCommon, comment
from .rpc import RpcCase

LINK = "https://vk.com/wall-1_10?reply=9"
TEXT = "Яму засыплем до 15 марта 2030 года."


@tagged("post_install", "-at_install")
class TestAnswerPlacedByExecutor(RpcCase):
    """The answer in the source system, placed by whom the curator allowed."""

    def ready(self, act="perm", intake="incident", allow=True):
        self.env.company.social_regulation_id = self.env.ref(
            f"{MODULE}.regulation_{act}"
        )
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand(
            {"original_text": "Яма", "intake": intake, "network": "vk"}
        )
        ticket.assign([(self.unit_roads, self.roads)])
        share = self.drafted(ticket, text=TEXT).with_user(self.curator)
        share.action_approve()
        if allow:
            share.action_allow_publishing()
        self.env.invalidate_all()
        return ticket

    def place(self, user, ticket, **vals):
        caller = self.as_user(user)
        model = "helpdesk.social.source"
        values = {"ticket_id": ticket.id, "reference": "№ 77", **vals}
        # As the web client does: what is only shown does not come back.
        outcome = caller.outcome(model, "create", [values])
        if outcome != "ok":
            return outcome
        wizard = self.env[model].search([], order="id desc", limit=1)
        return caller.outcome(model, "action_confirm", wizard.ids)

    def test_places_the_answer(self):
        ticket = self.ready()
        share = self.holding(ticket, self.roads)
        self.assertTrue(share.can_publish)
        self.assertEqual(share.source_mode, "answer")
        self.assertEqual(share.action_publish()["res_model"], "helpdesk.social.source")
        self.assertEqual(self.place(self.roads, ticket), "ok")
        self.assertEqual(ticket.social_state, "published")
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((event.published_where, event.note), ("source", "№ 77"))
        self.assertEqual(event.user_id, self.roads)
        self.assertEqual(ticket.source_state, "done")
        self.assertEqual(ticket._replay_differences(), [])

    def test_only_the_approved_text(self):
        ticket = self.ready()
        self.assertEqual(self.place(self.roads, ticket, text="Иначе."), "UserError")
        self.assertEqual(ticket.social_state, "approved")
        self.assertFalse(ticket.source_reference)

    def test_only_whom_the_curator_allowed(self):
        ticket = self.ready(allow=False)
        self.assertFalse(self.holding(ticket, self.roads).can_publish)
        for user in (self.roads, self.light, self.head, self.social_admin):
            with self.subTest(user=user.login):
                self.assertEqual(self.place(user, ticket), "AccessError")
        ticket.assignment_ids.action_allow_publishing()
        self.assertEqual(self.place(self.light, ticket), "AccessError")
        self.assertEqual(self.place(self.curator, ticket), "ok")

    def test_monitoring_is_the_curators(self):
        """The act names one system where executors place answers, not the other."""
        ticket = self.ready(intake="monitoring", allow=False)
        share = ticket.assignment_ids
        self.assertFalse(share.publishing_allowed)
        with self.assertRaisesRegex(UserError, "only the curator"):
            share.action_allow_publishing()
        # Moved there after the curator had allowed it.
        ticket = self.ready()
        ticket.intake = "monitoring"
        self.assertFalse(self.holding(ticket, self.roads).can_publish)
        self.assertEqual(self.place(self.roads, ticket), "AccessError")

    def test_telling_the_source_is_the_curators(self):
        self.unit_roads.user_id = self.roads
        ticket = self.ready("vereshchagino", "press_service", allow=False)
        ticket.publish_by_hand(TEXT, LINK)
        self.assertEqual(self.place(self.roads, ticket), "AccessError")
        self.assertEqual(self.place(self.curator, ticket), "ok")
        self.assertEqual(ticket.source_state, "done")


@tagged("post_install", "-at_install")
class TestWholeAgreed(AgreementCommon):
    """What the parts were made into is what goes up the chain."""

    def test_wizard_is_prefilled_with_the_whole(self):
        ticket = self.from_superior(self.unit_roads, self.unit_light)
        for user in (self.roads, self.light):
            self.drafted(ticket, user, TEXT).with_user(self.curator).action_approve()
        whole = f"{TEXT} Фонари починим тогда же."
        ticket.assignment_ids[:1].action_lead()
        lead = ticket.assignment_ids.filtered("is_lead")
        user = self.light if lead.unit_id == self.unit_light else self.roads
        ticket.with_user(user).merge_parts(whole)
        wizard = self.env["helpdesk.social.agree"].with_user(self.curator)
        wizard = wizard.with_context(default_ticket_id=ticket.id).create({})
        self.assertEqual(wizard.text, whole)
        wizard.action_confirm()
        self.assertEqual(self.waiting(ticket).text, whole)
        self.asked(ticket, self.director).action_approve()
        self.waiting(ticket).mark_sent("СЭД")
        self.waiting(ticket).record_answer(True, fields.Datetime.now(), evidence="1")
        wizard = self.env["helpdesk.social.publish"].with_user(self.curator)
        wizard = wizard.with_context(default_ticket_id=ticket.id).create({})
        self.assertEqual(wizard.text, whole)
        self.assertFalse(wizard.differs)
        ticket.publish_by_hand(whole, LINK)
        self.assertEqual(ticket.social_state, "published")
        self.check(ticket)

    def test_refused_whole_is_put_together_anew(self):
        ticket = self.from_superior(self.unit_roads, self.unit_light)
        for user in (self.roads, self.light):
            self.drafted(ticket, user, TEXT).with_user(self.curator).action_approve()
        ticket.merge_parts(f"{TEXT} Всё вместе.")
        ticket.send_to_agreement(ticket._merged_text())
        self.asked(ticket, self.director).refuse("Иначе")
        self.assertFalse(ticket.whole_text)
        for user in (self.roads, self.light):
            self.drafted(ticket, user, TEXT).with_user(self.curator).action_approve()
        wizard = self.env["helpdesk.social.agree"].with_user(self.curator)
        wizard = wizard.with_context(default_ticket_id=ticket.id).create({})
        self.assertEqual(wizard.text, f"{TEXT}\n\n{TEXT}")
        self.check(ticket)


@tagged("post_install", "-at_install")
class TestBrokenPromise(SocialCommon):
    """A broken promise is a flaw of its own kind, once."""

    def setUp(self):
        super().setUp()
        self.act = self.regulation.copy({"code": "own"})
        self.act.write({"records_flaws": True, "flaws_clause": "12"})
        self.account.regulation_id = self.act

    def promised(self):
        with freeze_time("2024-06-03 05:10:00"):
            ticket = self.assigned(at="2024-06-03 05:00")
            share = self.holding(ticket, self.roads)
            share.action_accept()
            share.write(
                {
                    "draft_text": "Проверяем дорогу, ответим до 5 июня.",
                    "draft_kind": "interim",
                    "draft_promised_date": "2024-06-05",
                    "draft_interim_reason": "Ждём подрядчика.",
                }
            )
            share.action_submit()
            share.with_user(self.curator).action_approve()
            ticket.publish_by_hand(ticket._merged_text(), LINK)
        return ticket

    def finish(self, ticket, at):
        with freeze_time(at):
            self.drafted(ticket, text=TEXT).with_user(self.curator).action_approve()
            ticket.publish_by_hand(TEXT, LINK)

    def flaws(self, ticket):
        return ticket.flaw_ids.filtered(lambda flaw: flaw.kind == "promise")

    def test_broken(self):
        ticket = self.promised()
        self.finish(ticket, "2024-06-06 05:00:00")
        flaw = self.flaws(ticket)
        self.assertEqual(len(flaw), 1)
        self.assertEqual(flaw.deadline_id.stage, "promise")
        self.assertEqual(flaw.clause, "12")
        self.assertTrue(flaw.automatic)

    def test_kept(self):
        ticket = self.promised()
        self.finish(ticket, "2024-06-05 05:00:00")
        self.assertFalse(self.flaws(ticket))

    def test_act_that_records_none(self):
        self.act.records_flaws = False
        ticket = self.promised()
        self.finish(ticket, "2024-06-06 05:00:00")
        self.assertFalse(ticket.flaw_ids)

    def test_still_overdue(self):
        """Recorded at the deadline by a step of escalation, not once more later."""
        self.act.escalation_step_ids.unlink()
        self.env["helpdesk.social.escalation.step"].create(
            {
                "regulation_id": self.act.id,
                "stage": "promise",
                "moment": "after",
                "minutes": 1,
                "recipient": "executor",
                "record_flaw": True,
            }
        )
        ticket = self.promised()
        Deadline = self.env["helpdesk.social.deadline"]
        with freeze_time("2024-06-05 13:00:59"):
            Deadline._fire_batch()
            self.assertFalse(self.flaws(ticket))
        with freeze_time("2024-06-05 13:01:01"):
            Deadline._fire_batch()
            self.assertEqual(len(self.flaws(ticket)), 1)
        self.finish(ticket, "2024-06-06 05:00:00")
        self.assertEqual(len(self.flaws(ticket)), 1)

    def test_excluded_after_the_promise_was_broken(self):
        ticket = self.promised()
        with freeze_time("2024-06-06 05:00:00"):
            ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
        self.assertEqual(len(self.flaws(ticket)), 1)


@tagged("post_install", "-at_install")
class TestPartsAndQuestions(SocialCommon):
    """A reply in several parts while the author is asked."""

    LONG = " ".join(f"Засыплем яму номер {n} до 15 марта 2030 года." for n in range(9))

    def setUp(self):
        super().setUp()
        clock = freeze_time("2024-06-03 06:00:00")
        self.now = clock.start()
        self.addCleanup(clock.stop)
        self.network.LIMITS = Limits(text_length=200, attachments=10)
        self.patch(
            type(self.env["helpdesk.social.reply"]), "_text_limit", lambda *_a: 200
        )

    def asked(self):
        """A message whose author is asked, with an approved reply of three parts."""
        ticket = self.assigned(at="2024-06-03 05:50")
        ticket.ask_author("Какой дом?")
        self.send()
        self.assertTrue(ticket.waiting_since)
        self.drafted(ticket, text=TEXT).with_user(self.curator).action_approve()
        return ticket

    def send(self, rounds=1):
        with self.sending() as outbox:
            for _round in range(rounds):
                outbox._cron_send()
                self.now.tick(timedelta(minutes=1))

    def parts(self, ticket):
        return ticket.sudo().social_message_ids.filtered("part").sorted("part")

    def reply(self, ticket):
        with self.env.cr.savepoint():
            ticket.publish(self.LONG, self.account, split=True)
        return self.parts(ticket)

    def test_answer_between_two_parts(self):
        ticket = self.asked()
        parts = self.reply(ticket)
        self.assertGreater(len(parts), 2)
        self.network.failures = [
            (None, True),
            (NetworkError("no", consequence=Consequence.RETRY), False),
        ]
        self.send()
        self.assertEqual(parts[0].outbox_state, "sent")
        self.assertEqual(parts[1].outbox_state, "queued")
        at = fields.Datetime.to_string(fields.Datetime.now())[:16]
        self.receive(comment("wall-1_10_r2", "Дом 5", thread="wall-1_10_r1", at=at))
        self.assertFalse(ticket.waiting_since)
        self.assertTrue(ticket.follow_up)
        self.now.tick(timedelta(hours=1))
        self.send(4)
        self.assertEqual(set(parts.mapped("outbox_state")), {"sent"})
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(
            [sent.parent_id for sent in self.network.sent[-len(parts) :]],
            ["wall-1_10_r1"] * len(parts),
        )
        self.assertEqual(ticket._replay_differences(), [])

    def test_published_in_parts_ends_the_waiting(self):
        ticket = self.asked()
        self.reply(ticket)
        self.send(4)
        self.assertEqual(ticket.social_state, "published")
        self.assertFalse(ticket.waiting_since)
        self.assertEqual(self.network.sent[0].text, "Какой дом?")
        self.assertEqual(ticket._replay_differences(), [])

    def test_no_question_into_a_reply_begun(self):
        ticket = self.asked()
        parts = self.reply(ticket)
        lost = NetworkError("no", consequence=Consequence.CONTENT)
        self.network.failures = [(None, True), (lost, False)]
        self.send()
        self.assertEqual(parts[1].outbox_state, "failed")
        for step in (
            lambda: ticket.ask_author("Какой ещё дом?"),
            lambda: ticket.ask_author_by_hand("Какой ещё дом?", LINK),
        ):
            with self.assertRaisesRegex(UserError, "part of the reply"):
                step()
        self.now.tick(timedelta(days=60))
        with self.assertRaisesRegex(UserError, "part of the reply"):
            ticket.close_unanswered()
        parts[1].with_user(self.curator).action_retry()
        self.send(4)
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(ticket._replay_differences(), [])

    def test_a_question_is_never_split(self):
        ticket = self.assigned(at="2024-06-03 05:50")
        with self.assertRaisesRegex(UserError, "nothing is cut off"):
            ticket.ask_author("Какой дом? " * 40)

    def test_a_failed_question_does_not_keep_the_parts(self):
        ticket = self.assigned(at="2024-06-03 05:50")
        self.drafted(ticket, text=TEXT).with_user(self.curator).action_approve()
        lost = NetworkError("no", consequence=Consequence.CONTENT)
        self.network.failures = [(lost, False)]
        ticket.ask_author("Какой дом?")
        self.send()
        self.assertEqual(
            ticket.sudo().social_message_ids._questions().outbox_state, "failed"
        )
        self.reply(ticket)
        self.assertTrue(ticket.question_ids, "It can be asked again.")
        self.send(4)
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(ticket._replay_differences(), [])


@tagged("post_install", "-at_install")
class TestSignatoryChecks(SocialCommon):
    """Whoever signs a draft sees what the checks say of it."""

    def test_checks_for_the_signatory(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_vereshchagino")
        signatory = self._user("s_signatory", "group_executor")
        self.env["helpdesk.social.appointment"].create(
            {
                "user_id": signatory.id,
                "role": "signatory",
                "unit_id": self.unit_roads.id,
                "act_number": "1",
                "act_date": "2020-01-01",
                "date_from": "2020-01-01",
            }
        )
        ticket = self.assigned()
        share = ticket.assignment_ids.with_user(signatory)
        with self.assertRaises(AccessError):
            share.check_text(TEXT)
        self.drafted(ticket, text=TEXT)
        self.env.invalidate_all()
        self.assertEqual(share.state, "sign_off")
        kinds = {one["kind"] for one in share.check_text("Спасибо.")}
        self.assertIn("substance", kinds)
        with self.assertRaises(AccessError):
            share.with_user(self.light).check_text(TEXT)
        share.action_sign()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            share.check_text(TEXT)
