from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE
from .stories import LINK, StoryCase


@tagged("post_install", "-at_install")
class TestPalana(StoryCase):
    """No. 74 of 7 April 2021."""

    FINAL = "Яму на Рабочей, 17 засыпали 19 июня."
    INTERIM = "Проверяем состояние дороги, ответим до 19 июня 2024 года."

    def test_story(self):
        self.begin("palana", "2024-06-06 09:30")
        ticket = self.message()
        self.assertTerms(ticket, "palana.assign")
        self.at("2024-06-06 10:00")
        # 10: topic, place, importance; within the working day to the head.
        ticket.action_register()
        self.assertTerms(ticket, "palana.assign", "06.06 18:00 running")
        # 11: five working days; 12 June is a holiday.
        self.assertTerms(ticket, "palana.total", "14.06 18:00 running")
        ticket.write({"importance": "high"})
        self.unit_roads.user_id = self.head
        self.at("2024-06-06 11:00")
        ticket.assign([(self.unit_roads, self.head)])
        self.assertTerms(ticket, "palana.assign", "06.06 18:00 met")
        # 10: two working days for what came to the official page.
        self.assertTerms(ticket, "palana.draft.official", "10.06 18:00 running")
        self.shortened(ticket)
        # 9, 10: the head delegates; the executor is away, another does the work.
        self.share(ticket, self.head).delegate(self.roads)
        self.away(self.roads, self.rita, 30)
        self.clarified(ticket)
        self.interim(ticket)
        self.final(ticket)
        self.assertReplayed(ticket)
        self.repeated(ticket)

    def shortened(self, ticket):
        """10: a shorter term, by hand, with a reason."""
        clock = ticket.deadline_ids.filtered(lambda d: d.stage == "draft")
        due = self.utc("2024-06-07 18:00")
        self.refused(lambda: ticket.change_term(due, " ", clock), words="why the term")
        self.refused(
            lambda: ticket.with_user(self.head).change_term(due, "Срочно", clock)
        )
        ticket.change_term(due, "Повышенная важность", clock)
        self.assertTerms(ticket, "palana.draft.official", "07.06 18:00 running")

    def clarified(self, ticket):
        """7: a question to the author goes through the curator."""
        self.at("2024-06-06 15:00")
        share = self.share(ticket, self.rita)
        share.action_accept()
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((event.user_id, event.on_behalf_id), (self.rita, self.roads))
        self.refused(
            lambda: ticket.with_user(self.rita).ask_author("Какой дом?"),
            lambda: ticket.with_user(self.rita).ask_author_by_hand("Где?", LINK),
        )
        question = share.propose_clarification("У какого дома яма")
        self.assertFalse(ticket.waiting_since)
        ticket.ask_author("У какого дома яма?", question=question)
        self.send()
        self.assertEqual(self.network.sent[-1].text, "У какого дома яма?")
        self.assertTrue(ticket.waiting_since)
        # The act says nothing of clocks: they run on.
        self.assertTerms(ticket, "palana.draft.official", "07.06 18:00 running")
        self.at("2024-06-06 17:00")
        # The author's answer joins the message and wakes it.
        item = {"thread": "wall-1_10_r1", "author": "501"}
        self.assertFalse(self.message(2, "У дома 17", **item))
        self.assertFalse(ticket.waiting_since)
        self.assertTrue(ticket.follow_up)

    def interim(self, ticket):
        """12: seven working days after an interim reply."""
        self.at("2024-06-07 17:00")
        share = self.submit(ticket, self.rita, self.INTERIM, interim="2024-06-19")
        self.assertTerms(ticket, "palana.draft.official", "07.06 18:00 met")
        share.action_approve()
        self.at("2024-06-07 17:30")
        ticket.publish(self.INTERIM, self.account)
        self.send()
        self.assertTerms(ticket, "palana.total", "14.06 18:00 met")
        self.assertTerms(ticket, "palana.final", "19.06 18:00 running")
        self.assertTerms(ticket, "promise", "19.06 18:00 running")

    def final(self, ticket):
        """14: to the point, with photos; the curator agrees and places it."""
        self.at("2024-06-19 17:50")
        self.blocked(ticket, self.rita, "Ваше мнение важно для нас.", "clause 14")
        self.photo(self.share(ticket, self.rita))
        share = self.submit(ticket, self.rita, f"{self.FINAL} Фото прилагаем.")
        self.assertTerms(ticket, "palana.final", "19.06 18:00 met")
        share.action_approve()
        text = ticket._merged_text()
        ticket.publish(text, self.account)
        self.send()
        self.assertEqual(len(self.network.sent[-1].attachments), 1)
        self.assertEqual(ticket.social_state, "published")
        self.assertTerms(ticket, "promise", "19.06 18:00 met")
        ticket.action_close()

    def repeated(self, earlier):
        """13: what was done, or how it goes."""
        self.at("2024-06-24 10:00")
        ticket = self.message(3)
        ticket.repeat_of_id = earlier
        ticket.assign([(self.unit_roads, self.none)])
        advice = "Обратитесь в дорожную службу по телефону +7 41543 3-12-85."
        self.blocked(ticket, self.rita, advice, "clause 13")
        text = "Яму засыпали 19 июня, сейчас ведём работы на соседнем участке."
        self.submit(ticket, self.rita, text).action_approve()
        ticket.publish_by_hand(text, LINK)
        self.assertTerms(ticket, "palana.total", "01.07 18:00 met")
        self.assertReplayed(ticket)

    def test_appointments(self):
        """9: whoever answers is named by a local act."""
        self.begin("palana", "2024-06-06 10:00")
        company = self.env.company
        self.assertIn(self.roads, company._social_unappointed())
        self.appoint(self.roads, "executor")
        self.assertNotIn(self.roads, company._social_unappointed())

    def test_steps_it_does_not_know(self):
        self.begin("palana", "2024-06-06 10:00")
        ticket = self.message()
        # 15: three grounds, and back.
        self.assertEqual(self.grounds(ticket).mapped("clause"), ["15"] * 3)
        for number in (1, 2, 3):
            ticket.exclude(self.env.ref(f"{MODULE}.exclusion_palana_{number}"))
            ticket.action_restore()
        ticket.assign([(self.unit_roads, self.roads)])
        self.refused(lambda: ticket.exclude(self.env.ref(f"{MODULE}.exclusion_perm_1")))
        text = "Яму на Рабочей засыпали сегодня."
        self.submit(ticket, self.roads, text).action_approve()
        self.refuse_agreement(ticket)
        self.refuse_signature(ticket)
        # 2: the law on appeals does not apply.
        self.refuse_appeal(ticket)
        self.refuse_source(ticket)
        self.refuse_executors_publication(ticket, self.roads)
        self.no_reviews()
        self.assertReplayed(ticket)


@tagged("post_install", "-at_install")
class TestVereshchagino(StoryCase):
    """No. 254-01-01-505 of 27 March 2020."""

    FINAL = "Яму на Рабочей, 17 засыпали сегодня."

    def prepare(self, local="2024-06-03 10:00"):
        self.begin("vereshchagino", local)
        self.unit_roads.user_id = self.leader
        self.deputy = self._user("s_deputy", "group_executor")
        self.appoint(self.deputy, "deputy_head")

    def test_story(self):
        self.prepare("2024-06-03 08:00")
        # 1: the department looks the pages through every day.
        Review = self.env["helpdesk.social.page.review"]
        Review._cron_plan()
        review = Review.search([("account_id", "=", self.account.id)])
        self.assertEqual((str(review.day), review.clause), ("2024-06-03", "1"))
        self.refused(review.with_user(self.roads).action_done)
        review.with_user(self.curator).action_done()
        self.assertEqual(review.user_id, self.curator)
        self.at("2024-06-03 10:00")
        ticket = self.message()
        # 7: 24 hours on the page; no other term in the act.
        self.assertTerms(ticket, "vereshchagino.total.page", "04.06 10:00 running")
        self.at("2024-06-03 11:00")
        # 2: to the unit that the question concerns.
        ticket.assign([(self.unit_roads, self.none)])
        self.assertEqual(len(ticket.deadline_ids), 1)
        self.share(ticket, self.roads).action_accept()
        self.drafted_by_the_rules(ticket)
        self.signed(ticket)
        self.at("2024-06-04 10:00")
        # 4: the specialist publishes.
        ticket.publish(self.FINAL, self.account)
        self.send()
        self.assertTerms(ticket, "vereshchagino.total.page", "04.06 10:00 met")
        ticket.action_close()
        self.assertReplayed(ticket)

    def drafted_by_the_rules(self, ticket):
        """5: short, with a solution, with the contacts of another body."""
        self.blocked(ticket, self.roads, "Спасибо за обращение!", "5.2")
        long = " ".join(f"Засыпали яму номер {n}." for n in range(1, 8))
        self.assertIn("sentences", self.remarks(ticket, self.roads, long))
        sent_on = "По этому вопросу обратитесь в Водоканал."
        self.assertIn("redirect", self.remarks(ticket, self.roads, sent_on))
        contacts = (
            "По этому вопросу обратитесь в Водоканал: +7 34254 3-12-85, "
            "voda@example.ru, https://voda.example.ru."
        )
        self.assertNotIn("redirect", self.remarks(ticket, self.roads, contacts))

    def signed(self, ticket):
        """3: over the signature of the head of the unit or a deputy head."""
        share = self.share(ticket, self.roads)
        share.draft_text = self.FINAL
        share.action_submit()
        self.assertEqual(share.state, "sign_off")
        self.assertEqual(ticket.social_state, "in_progress")
        none = self.env["helpdesk.social.rework.reason"]
        self.refused(
            share.with_user(self.curator).action_approve,
            lambda: share.with_user(self.curator).request_rework(none, "Когда?"),
            share.with_user(self.roads).action_sign,
            share.with_user(self.curator).action_sign,
        )
        share.with_user(self.leader).sign_return("Добавьте улицу")
        self.assertEqual(share.sign_remarks, "Добавьте улицу")
        self.share(ticket, self.roads).action_submit()
        # The deputy head is away: whoever stands in signs.
        self.away(self.deputy, self.rita, 1)
        self.env.invalidate_all()
        share.with_user(self.rita).action_sign()
        events = ticket.event_ids.sorted(lambda e: (e.at, e.id))[-2:]
        self.assertEqual(events.mapped("type"), ["signed_off", "draft_submitted"])
        self.assertEqual(events.on_behalf_id, self.deputy)
        self.assertEqual(ticket.social_state, "review")
        share.with_user(self.curator).action_approve()

    def test_press_service_is_told(self):
        """6: of the reply to what came from the press service."""
        self.prepare()
        ticket = self.entered("press_service")
        # The act sets no term: the curator may.
        self.assertTrue(ticket.no_term)
        ticket.assign([(self.unit_roads, self.leader)])
        self.assertTrue(ticket.no_term)
        ticket.change_term(self.utc("2024-06-03 18:00"), "Просьба пресс-службы")
        self.assertFalse(ticket.no_term)
        # The leader signs by sending.
        self.submit(ticket, self.leader, self.FINAL).action_approve()
        now = fields.Datetime.now()
        self.refused(lambda: ticket.confirm_source(now, "Письмо № 5"))
        ticket.publish_by_hand(self.FINAL, LINK)
        self.refused(ticket.action_close, words="tell the source first")
        self.refused(
            lambda: ticket.with_user(self.leader).confirm_source(now, "Письмо № 5")
        )
        self.at("2024-06-03 12:00")
        ticket.confirm_source(fields.Datetime.now(), "Письмо № 5")
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((event.type, event.note), ("source_notified", "Письмо № 5"))
        ticket.action_close()
        self.assertTerms(ticket, "manual", "03.06 18:00 met")
        self.assertReplayed(ticket)

    def test_incident_management(self):
        """7: eight hours, four where life and safety are concerned."""
        self.prepare("2024-06-03 20:00")
        ticket = self.entered("incident")
        self.assertTerms(ticket, "total", "04.06 04:00 running")
        self.at("2024-06-03 21:00")
        ticket.importance = "life_safety"
        self.assertTerms(
            ticket, "total", "04.06 04:00 cancelled", "04.06 00:00 running"
        )
        ticket.assign([(self.unit_roads, self.leader)])
        self.submit(ticket, self.leader, self.FINAL).action_approve()
        self.at("2024-06-04 00:01")
        # On the network: the act has no answer in the system.
        self.refuse_source(ticket)
        ticket.publish_by_hand(self.FINAL, LINK)
        self.assertTerms(
            ticket, "total", "04.06 04:00 cancelled", "04.06 00:00 breached"
        )
        self.assertReplayed(ticket)

    def test_appeals(self):
        """The act stands on 59-FZ: an appeal goes the way of appeals."""
        self.prepare()
        ticket = self.message()
        ticket.assign([(self.unit_roads, self.roads)])
        for user in (self.roads, self.leader, self.head):
            self.refused(lambda user=user: ticket.with_user(user).hand_over("Отдел"))
        self.at("2024-06-03 11:00")
        ticket.hand_over("Отдел обращений", number="17-О")
        self.assertEqual(ticket.social_state, "closed")
        self.assertTerms(ticket, "total", "04.06 10:00 cancelled")
        self.assertEqual(ticket.handed_over_to, "Отдел обращений")
        self.assertEqual(ticket.action_print_appeal()["type"], "ir.actions.report")
        with self.assertRaises(AccessError):
            ticket.with_user(self.roads).read(["original_text"])
        with self.assertRaises(UserError):
            ticket.action_restore()
        self.assertReplayed(ticket)

    def test_steps_it_does_not_know(self):
        self.prepare()
        ticket = self.message()
        ticket.assign([(self.unit_roads, self.leader)])
        self.submit(ticket, self.leader, self.FINAL).action_approve()
        self.refuse_agreement(ticket)
        self.refuse_source(ticket)
        self.refuse_executors_publication(ticket, self.leader)
        self.assertFalse(ticket.flaw_ids)
        self.assertFalse(self.grounds(ticket).regulation_id)
        ticket.exclude(self.grounds(ticket)[:1])
        ticket.action_restore()
        self.assertEqual(ticket.social_state, "approved")
        self.assertReplayed(ticket)
