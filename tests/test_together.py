from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .agreement import AgreementCommon
from .common import MODULE, SocialCommon, comment

TEXT = "Яму засыплем до 15 марта 2030 года."
INTERIM = "Проверяем состояние дороги, ответим до 20 марта 2030 года."


class TogetherMixin:
    """Two citizens on one problem: the first message leads."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2024-06-03 06:00:00")
        self.now = clock.start()
        self.addCleanup(clock.stop)

    def later(self, minutes=10):
        self.now.tick(timedelta(minutes=minutes))
        return fields.Datetime.now()

    def come(self, number, **item):
        item = {"at": "2024-06-03 05:50", "author": str(500 + number), **item}
        ticket = self.receive(comment(f"wall-1_10_r{number}", **item))
        return ticket.with_user(self.curator)

    def two(self, assign=True, **item):
        self.lead, self.follower = self.come(1), self.come(2, **item)
        self.follower.join(self.lead)
        self.later()
        if assign:
            self.lead.assign([(self.unit_roads, self.roads)])
        return self.lead, self.follower

    def submit(self, text=TEXT, interim=False):
        share = self.holding(self.lead, self.roads)
        if share.state == "assigned":
            share.action_accept()
        if interim:
            share.write(
                {
                    "draft_kind": "interim",
                    "draft_promised_date": "2030-03-20",
                    "draft_interim_reason": "Ждём подрядчика.",
                }
            )
        share.draft_text = text
        self.later()
        share.action_submit()
        return share

    def send(self):
        with self.sending() as outbox:
            for _round in range(3):
                outbox._cron_send()
                self.later(1)

    def types(self, ticket):
        events = ticket.sudo().event_ids.sorted(lambda e: (e.at, e.id))
        return events.mapped("type")

    def states(self):
        return [self.lead.social_state, self.follower.social_state]

    def clocks(self, ticket, stage):
        rows = ticket.sudo().deadline_ids.filtered(lambda d: d.stage == stage)
        return rows.sorted("id").mapped("state")

    def check_both(self):
        for ticket in (self.lead, self.follower):
            self.assertEqual(ticket.sudo()._replay_differences(), [])


@tagged("post_install", "-at_install")
class TestTogetherAgreed(TogetherMixin, AgreementCommon):
    """One agreement for all, where the act has the reply agreed."""

    def agreed(self, text=TEXT, interim=False):
        """Both messages with the reply of the lead agreed by all."""
        self.two()
        self.submit(text, interim).with_user(self.curator).action_approve()
        self.go_up()

    def go_up(self):
        self.later()
        self.lead.send_to_agreement(self.lead._merged_text())
        self.asked(self.lead, self.director).action_approve()
        self.later()
        self.waiting(self.lead).mark_sent("СЭД")
        self.later()
        self.waiting(self.lead).record_answer(True, fields.Datetime.now(), evidence="1")

    def test_agreed_and_published_with_the_lead(self):
        self.two()
        self.submit().with_user(self.curator).action_approve()
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.assertEqual(self.follower.agreement_next, "wait")
        with self.assertRaisesRegex(UserError, "answered together"):
            self.follower.send_to_agreement(TEXT)
        with self.assertRaises(UserError):
            self.follower.publish(TEXT, self.account)
        self.later()
        whole = f"{TEXT} Спасибо за сигнал."
        self.lead.send_to_agreement(whole)
        self.assertEqual(self.follower.agreement_with, "Managing director")
        self.assertEqual(self.follower._merged_text(), whole)
        self.assertFalse(self.follower.approval_ids)
        self.asked(self.lead, self.director).action_approve()
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.later()
        self.waiting(self.lead).mark_sent("СЭД")
        at = self.later()
        self.waiting(self.lead).record_answer(True, at, evidence="1")
        self.assertEqual(self.states(), ["approved", "approved"])
        self.assertIn("superior_approved", self.types(self.follower))
        self.assertEqual(self.clocks(self.follower, "superior"), ["met"])
        self.later()
        self.lead.publish(whole, self.account)
        self.send()
        self.assertEqual(self.states(), ["published", "published"])
        self.assertEqual({sent.text for sent in self.network.sent}, {whole})
        self.assertEqual(len(self.network.sent), 2)
        self.check_both()

    def test_a_chain_that_ends_with_a_person_here(self):
        """Nothing is recorded outside then; the follower still hears of it."""
        own = self.act.copy({"code": "own"})
        own.approval_step_ids.filtered(lambda s: s.role == "superior_curator").unlink()
        self.account.regulation_id = own
        self.two()
        self.submit().with_user(self.curator).action_approve()
        self.lead.send_to_agreement(TEXT)
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.asked(self.lead, self.director).action_approve()
        self.assertEqual(self.states(), ["approved", "approved"])
        self.check_both()

    def test_refused_for_all(self):
        self.two()
        self.submit().with_user(self.curator).action_approve()
        self.lead.send_to_agreement(TEXT)
        self.asked(self.lead, self.director).action_approve()
        self.waiting(self.lead).mark_sent("СЭД")
        at = self.later()
        self.waiting(self.lead).record_answer(False, at, remarks="Нет дат")
        self.assertEqual(self.states(), ["in_progress", "in_progress"])
        for ticket in (self.lead, self.follower):
            self.assertEqual(
                self.types(ticket)[-2:], ["superior_rejected", "rework_requested"]
            )
            self.assertEqual(self.clocks(ticket, "rework"), ["running"])
        share = self.submit(f"{TEXT} Начнём 10 марта.")
        share.with_user(self.curator).action_approve()
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.go_up()
        self.assertEqual(self.states(), ["approved", "approved"])
        self.check_both()

    def test_changed_text_is_agreed_anew_for_all(self):
        self.agreed()
        self.lead.send_to_agreement(f"{TEXT} Иначе.")
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.check_both()

    def test_interim_then_final(self):
        self.agreed(INTERIM, interim=True)
        row = self.lead.sudo().approval_ids[-1:]
        self.assertEqual(str(row.promised_date), "2030-03-20")
        self.assertEqual(row.interim_reason, "Ждём подрядчика.")
        self.later()
        # By hand on the lead's page: the follower's row goes out on its own.
        self.lead.publish(INTERIM, self.account)
        self.send()
        self.assertEqual(self.states(), ["in_progress", "in_progress"])
        for ticket in (self.lead, self.follower):
            event = ticket.event_ids.filtered(lambda e: e.type == "interim_published")
            self.assertEqual(event.note, "Ждём подрядчика.")
            self.assertEqual(event.due.date().isoformat(), "2030-03-20")
            self.assertEqual(self.clocks(ticket, "promise"), ["running"])
        self.submit().with_user(self.curator).action_approve()
        # What was agreed is the interim reply: the final one is agreed by itself.
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.go_up()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(self.states(), ["published", "published"])
        for ticket in (self.lead, self.follower):
            self.assertEqual(self.clocks(ticket, "promise"), ["met"])
        self.check_both()

    def test_second_interim_is_no_agreed_one(self):
        """A follower whose first interim reply failed gets the newer draft only
        when that is agreed, too."""
        self.agreed(INTERIM, interim=True)
        self.later()
        self.lead.publish_by_hand(INTERIM, "https://vk.com/wall-1_10_r99")
        row = self.follower._group_row()
        row.action_withdraw()
        self.assertEqual(self.follower.social_state, "approved")
        self.assertEqual(self.follower._merged_text(), INTERIM)
        other = f"{INTERIM} Материал заказан."
        self.submit(other, interim=True).with_user(self.curator).action_approve()
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.assertEqual(self.follower._merged_text(), other)
        self.check_both()

    def test_joined_on_the_way(self):
        """Whoever joins late is where the lead is, with its clocks."""
        self.lead, self.follower = self.come(1), self.come(2)
        self.lead.assign([(self.unit_roads, self.roads)])
        self.submit().with_user(self.curator).action_approve()
        self.lead.send_to_agreement(TEXT)
        self.asked(self.lead, self.director).action_approve()
        self.waiting(self.lead).mark_sent("СЭД")
        self.later()
        self.follower.join(self.lead)
        self.assertEqual(self.states(), ["agreement", "agreement"])
        self.assertEqual(self.clocks(self.follower, "superior"), ["met"])
        third = self.come(3)
        at = self.later()
        self.waiting(self.lead).record_answer(True, at, evidence="1")
        self.assertEqual(self.states(), ["approved", "approved"])
        third.join(self.lead)
        self.assertEqual(third.social_state, "approved")
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(self.states(), ["published", "published"])
        self.assertEqual(third.social_state, "published")
        fourth = self.come(4)
        fourth.join(self.lead)
        self.assertEqual(fourth.social_state, "approved")
        fourth.publish(TEXT, self.account)
        self.send()
        self.assertEqual(fourth.social_state, "published")
        for ticket in (third, fourth):
            self.assertEqual(ticket._replay_differences(), [])
        self.check_both()

    def test_own_agreement_ends_with_joining(self):
        self.lead, self.follower = self.come(1), self.come(2)
        for ticket in (self.lead, self.follower):
            ticket.assign([(self.unit_roads, self.roads)])
        share = self.holding(self.follower, self.roads)
        share.action_accept()
        share.draft_text = TEXT
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.follower.send_to_agreement(TEXT)
        row = self.waiting(self.follower)
        self.later()
        self.follower.join(self.lead)
        self.assertEqual(row.state, "cancelled")
        self.assertNotEqual(self.follower.social_state, "approved")
        self.check_both()

    def test_detached_agrees_its_own(self):
        self.agreed()
        self.follower.action_detach()
        self.assertEqual(self.states(), ["approved", "agreement"])
        self.assertEqual(self.follower.agreement_next, "compose")
        self.follower.send_to_agreement(f"{TEXT} Другой дом.")
        self.assertEqual(self.states(), ["approved", "agreement"])
        self.check_both()

    def test_excluded_lead_leaves_the_agreement_to_the_heir(self):
        self.two()
        third = self.come(3)
        third.join(self.lead)
        self.submit().with_user(self.curator).action_approve()
        self.lead.send_to_agreement(TEXT)
        self.later()
        self.lead.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
        self.assertEqual(third.lead_id, self.follower)
        self.assertEqual(self.states(), ["excluded", "agreement"])
        self.assertEqual(self.follower.agreement_next, "compose")
        self.follower.send_to_agreement(TEXT)
        self.assertEqual(third.agreement_with, "Managing director")
        self.asked(self.follower, self.director).action_approve()
        self.waiting(self.follower).mark_sent("СЭД")
        at = self.later()
        self.waiting(self.follower).record_answer(True, at, evidence="1")
        self.assertEqual(third.social_state, "approved")
        self.assertEqual(third._replay_differences(), [])
        self.check_both()

    def test_a_looser_act_leads_no_stricter_one(self):
        self.lead = self.come(1)
        self.lead.action_register()
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_perm")
        self.follower = self.come(2)
        with self.assertRaisesRegex(UserError, "let .* lead"):
            self.lead.join(self.follower)
        self.follower.join(self.lead)
        self.lead.assign([(self.unit_roads, self.roads)])
        self.submit().with_user(self.curator).action_approve()
        # Its own act knows no agreement.
        self.assertEqual(self.states(), ["agreement", "approved"])
        self.check_both()


@tagged("post_install", "-at_install")
class TestTogether(TogetherMixin, SocialCommon):
    """Groups and the steps that only some acts know."""

    def test_signed_once_for_all(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_vereshchagino")
        leader = self._user("s_leader", "group_executor")
        self.unit_roads.user_id = leader
        self.two()
        self.submit()
        self.assertEqual(self.states(), ["in_progress", "in_progress"])
        third = self.come(3)
        third.join(self.lead)
        self.assertEqual(third.social_state, "in_progress")
        to_sign = self.env["helpdesk.social.assignment"].with_user(leader)
        to_sign = to_sign.search([("to_sign", "=", True)])
        self.assertEqual(to_sign.ticket_id, self.lead)
        for other in (self.follower, third):
            with self.assertRaises(AccessError):
                other.with_user(leader).read(["original_text"])
        self.later()
        to_sign.action_sign()
        self.assertEqual(self.states(), ["review", "review"])
        self.assertEqual(third.social_state, "review")
        for ticket in (self.lead, self.follower, third):
            self.assertEqual(self.types(ticket)[-2:], ["signed_off", "draft_submitted"])
        fourth = self.come(4)
        fourth.join(self.lead)
        self.assertIn("signed_off", self.types(fourth))
        to_sign.with_user(self.curator).action_approve()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(fourth.social_state, "published")
        self.check_both()

    def test_unsigned_act_leads_no_signed_one(self):
        self.lead = self.come(1)
        self.lead.action_register()
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_vereshchagino")
        self.follower = self.come(2)
        with self.assertRaisesRegex(UserError, "let .* lead"):
            self.follower.join(self.lead)

    def test_promise_is_made_to_each(self):
        self.two()
        self.submit(INTERIM, interim=True).with_user(self.curator).action_approve()
        reply = self.follower.assignment_ids.reply_id
        self.assertEqual(reply.interim_reason, "Ждём подрядчика.")
        self.lead.publish(INTERIM, self.account)
        self.send()
        promised = self.follower._promised_instant(fields.Date.to_date("2030-03-20"))
        for ticket in (self.lead, self.follower):
            event = ticket.event_ids.filtered(lambda e: e.type == "interim_published")
            self.assertEqual((event.due, event.note), (promised, "Ждём подрядчика."))
            self.assertEqual(self.clocks(ticket, "promise"), ["running"])
        self.submit().with_user(self.curator).action_approve()
        self.lead.publish(TEXT, self.account)
        self.send()
        for ticket in (self.lead, self.follower):
            self.assertEqual(self.clocks(ticket, "promise"), ["met"])
        self.check_both()

    def test_number_of_the_lead_is_the_label_of_all(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_purovsky")
        self.two()
        text = f"{TEXT} № {self.lead.number}. Телефон: 2-12-85."
        self.submit(text).with_user(self.curator).action_approve()
        self.lead.publish(text, self.account)
        self.send()
        self.assertEqual(self.states(), ["published", "published"])
        self.check_both()

    def test_a_repeat_among_them_asks_for_the_measures(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_palana")
        earlier = self.come(7)
        self.two()
        self.follower.repeat_of_id = earlier
        share = self.holding(self.lead, self.roads)
        share.action_accept()
        codes = {one["kind"] for one in share.check_text("Обратитесь по 2-12-85.")}
        self.assertIn("progress", codes)

    def handed_over(self):
        self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_vereshchagino")
        self.unit_roads.user_id = self._user("s_leader", "group_executor")
        self.two()
        share = self.holding(self.lead, self.roads)
        share.action_accept()
        share.draft_text = "Начато."
        self.later()
        return share

    def test_lead_handed_over_as_an_appeal(self):
        """The other citizen's message goes on, with the draft as far as it was."""
        self.handed_over()
        self.lead.hand_over("Отдел обращений")
        self.assertEqual(self.states(), ["closed", "in_progress"])
        self.assertFalse(self.follower.lead_id)
        share = self.holding(self.follower, self.roads)
        self.assertEqual(share.draft_text, "Начато.")
        self.assertTrue(share.activity_ids)
        with self.assertRaises(AccessError):
            self.lead.with_user(self.roads).read(["original_text"])
        self.check_both()

    def test_follower_handed_over_as_an_appeal(self):
        self.handed_over()
        self.follower.hand_over("Отдел обращений")
        self.assertEqual(self.states(), ["in_progress", "closed"])
        self.submit()
        self.assertNotIn("draft_submitted", self.types(self.follower))
        self.check_both()

    def test_author_of_the_lead_is_asked(self):
        """The lead's clocks wait where the act says so; nobody has asked the other
        citizen, so that citizen's term runs, and the executor sees it."""
        own = self.regulation.copy({"code": "own"})
        own.write({"waiting": "stops", "waiting_days": 7})
        self.account.regulation_id = own
        self.two()
        share = self.holding(self.lead, self.roads)
        due = self.follower.next_due
        self.assertEqual(share.next_due, due)
        self.later()
        self.lead.ask_author_by_hand("Какой дом?", "https://vk.com/wall-1_10_r9")
        self.assertTrue(self.lead.waiting_since)
        self.assertFalse(self.follower.waiting_since)
        self.assertEqual(self.lead.next_due, due + timedelta(days=7))
        self.assertEqual(self.follower.next_due, due)
        self.env.invalidate_all()
        self.assertEqual(share.group_due, due)
        # The answer serves the reply to both.
        self.later()
        self.lead.record_answer("Дом 5")
        self.submit().with_user(self.curator).action_approve()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(self.states(), ["published", "published"])
        self.check_both()

    def test_silence_of_the_leads_author_costs_the_others_nothing(self):
        self.two()
        self.holding(self.lead, self.roads).action_accept()
        self.lead.ask_author_by_hand("Какой дом?", "https://vk.com/wall-1_10_r9")
        self.later(60 * 24 * 40)
        self.lead.close_unanswered()
        self.assertEqual(self.states(), ["closed", "in_progress"])
        self.assertTrue(self.holding(self.follower, self.roads))
        self.check_both()
