from odoo import fields
from odoo.tests import tagged

from .stories import LINK, StoryCase


@tagged("post_install", "-at_install")
class TestMyasnikovsky(StoryCase):
    """2019, after the regional order no. 311 of 29 December 2018."""

    FIRST = "Яму на Рабочей, 17 засыплем до 20 июня 2024 года."
    MENDED = (
        "Яму на Рабочей, 17 осмотрели, щебень завезли. Засыплем до 20 июня 2024 года."
    )

    def prepare(self):
        self.begin("myasnikovsky", "2024-06-03 10:00")
        self.director = self._user("s_director", "group_approver")
        self.deputy = self._user("s_deputy", "group_approver")
        self.appoint(self.director, "managing_director")

    def test_story(self):
        self.prepare()
        # 7: from the superior curator, half an hour to send it on; 8: 24 hours.
        ticket = self.entered("superior")
        self.assertTerms(ticket, "myasnikovsky.assign", "03.06 10:30 running")
        self.assertTerms(ticket, "myasnikovsky.total", "04.06 10:00 running")
        self.at("2024-06-03 10:30")
        ticket.assign([(self.unit_roads, self.roads)])
        self.assertTerms(ticket, "myasnikovsky.assign", "03.06 10:30 met")
        # 10: the draft four hours before the end of the whole.
        self.assertTerms(ticket, "myasnikovsky.draft", "04.06 06:00 running")
        self.share(ticket, self.roads).action_accept()
        self.at("2024-06-03 12:00")
        # 9: measures and terms, or an impossibility with its legal act.
        self.blocked(ticket, self.roads, "Спасибо за сигнал!", "clause 9")
        cannot = "Засыпать яму невозможно: дорога частная."
        self.assertIn("impossibility", self.remarks(ticket, self.roads, cannot))
        soon = "Яму на Рабочей засыплем в ближайшее время."
        self.assertIn("dates", self.remarks(ticket, self.roads, soon))
        share = self.submit(ticket, self.roads, self.FIRST)
        self.assertTerms(ticket, "myasnikovsky.draft", "04.06 06:00 met")
        self.assertTerms(ticket, "myasnikovsky.superior", "03.06 12:30 running")
        share.action_approve()
        self.refused_by_the_superior(ticket)
        self.agreed(ticket)
        self.assertReplayed(ticket)
        self.repeated(ticket)

    def refused_by_the_superior(self, ticket):
        """4, 10: agreed in order; a refusal sends it back for half an hour."""
        self.assertEqual(ticket.agreement_next, "compose")
        self.refused(
            lambda: ticket.publish_by_hand(self.FIRST, LINK),
            lambda: ticket.publish(self.FIRST, self.account),
            words="not possible now",
        )
        ticket.send_to_agreement(ticket._merged_text())
        # The managing director is away: whoever stands in decides.
        self.away(self.director, self.deputy, 1)
        self.at("2024-06-03 12:20")
        self.asked(ticket, self.deputy).action_approve()
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((event.type, event.user_id), ("approved", self.deputy))
        self.assertEqual(event.on_behalf_id, self.director)
        self.assertEqual(ticket.agreement_next, "send")
        self.at("2024-06-03 12:30")
        self.waiting(ticket).mark_sent("Письмо № 5")
        self.assertTerms(ticket, "myasnikovsky.superior", "03.06 12:30 met")
        self.at("2024-06-03 14:00")
        now = fields.Datetime.now()
        self.waiting(ticket).record_answer(False, now, remarks="Что уже сделано?")
        events = ticket.event_ids.sorted(lambda e: (e.at, e.id))
        self.assertEqual(
            events.mapped("type")[-2:], ["superior_rejected", "rework_requested"]
        )
        self.assertTerms(ticket, "myasnikovsky.rework", "03.06 14:30 running")
        share = self.share(ticket, self.roads)
        self.assertIn("Что уже сделано?", share.rework_remarks)

    def agreed(self, ticket):
        self.at("2024-06-03 14:30")
        share = self.submit(ticket, self.roads, self.MENDED)
        self.assertTerms(ticket, "myasnikovsky.rework", "03.06 14:30 met")
        self.assertEqual(
            self.terms(ticket, "myasnikovsky.superior")[-1], "03.06 15:00 running"
        )
        share.action_approve()
        ticket.send_to_agreement(self.MENDED)
        self.asked(ticket, self.deputy).action_approve()
        self.waiting(ticket).mark_sent("Письмо № 6")
        self.at("2024-06-04 09:30")
        now = fields.Datetime.now()
        self.waiting(ticket).record_answer(True, now, evidence="12-45")
        self.assertEqual(ticket.social_state, "approved")
        # What is placed is what was agreed.
        self.refused(
            lambda: ticket.publish_by_hand(self.FIRST, LINK),
            words="not the text that was agreed",
        )
        self.at("2024-06-04 10:00")
        ticket.publish_by_hand(self.MENDED, LINK)
        self.assertTerms(ticket, "myasnikovsky.total", "04.06 10:00 met")
        self.assertFalse(ticket.flaw_ids)
        ticket.action_close()

    def repeated(self, earlier):
        """11: a repeated publication asks for measures or progress; 12: flaws."""
        self.at("2024-06-24 10:00")
        ticket = self.entered("superior", original_text="Яма на Рабочей всё ещё там")
        ticket.repeat_of_id = earlier
        ticket.assign([(self.unit_roads, self.roads)])
        share = self.share(ticket, self.roads)
        self.assertEqual(share.earlier_reply_text, self.MENDED)
        self.at("2024-06-25 07:00")
        advice = "Обратитесь в дорожную службу по телефону +7 86349 2-12-85."
        self.blocked(ticket, self.roads, advice, "clause 11")
        # An hour late: recorded, explained, closed by the deputy head.
        text = "Щебень завезли 20 июня, работы ведём. Закончим до 30 июня 2024 года."
        head = self._user("s_deputy_head", "group_head")
        self.appoint(head, "deputy_head")
        share = self.submit(ticket, self.roads, text)
        flaw = ticket.flaw_ids
        self.assertEqual((flaw.kind, flaw.deadline_id.stage), ("late", "draft"))
        flaw.with_user(self.roads).explain("Ждали щебень")
        self.refused(lambda: flaw.with_user(self.curator).close("Забыть"))
        flaw.with_user(head).close("Разговор проведён")
        # Sent back twice, once by the department and once from above.
        none = self.env["helpdesk.social.rework.reason"]
        share.request_rework(none, "Подробнее")
        share = self.submit(ticket, self.roads, f"{text} Телефон: +7 86349 2-12-85.")
        share.action_approve()
        ticket.send_to_agreement(ticket._merged_text())
        self.asked(ticket, self.director).refuse("Кто отвечает?")
        self.assertIn("rejected", ticket.flaw_ids.mapped("kind"))
        share = self.submit(ticket, self.roads, f"{text} Отвечает отдел дорог.")
        share.action_approve()
        whole = ticket._merged_text()
        ticket.send_to_agreement(whole)
        self.asked(ticket, self.director).action_approve()
        self.waiting(ticket).mark_sent("Письмо № 7")
        now = fields.Datetime.now()
        self.waiting(ticket).record_answer(True, now, evidence="12-46")
        self.at("2024-06-25 09:00")
        ticket.publish_by_hand(whole, LINK)
        self.assertTerms(ticket, "myasnikovsky.total", "25.06 10:00 met")
        self.assertReplayed(ticket)

    def test_steps_it_does_not_know(self):
        self.prepare()
        ticket = self.message()
        # 7, 8: what did not come from the superior curator has no term.
        self.assertFalse(ticket.deadline_ids)
        ticket.assign([(self.unit_roads, self.roads)])
        self.assertTrue(ticket.no_term)
        self.submit(ticket, self.roads, self.FIRST).action_approve()
        self.refuse_signature(ticket)
        self.refuse_appeal(ticket)
        self.refuse_source(ticket)
        self.refuse_executors_publication(ticket, self.roads)
        self.no_reviews()
        # Neither the executor nor the curator agrees in the place of the director.
        ticket.send_to_agreement(self.FIRST)
        row = self.waiting(ticket)
        for user in (self.roads, self.curator, self.deputy, self.head):
            self.refused(
                row.with_user(user).action_approve,
                lambda user=user: row.with_user(user).refuse("Нет"),
            )
        self.assertFalse(self.grounds(ticket).regulation_id)
        ticket.exclude(self.grounds(ticket)[:1])
        self.assertFalse(self.asked(ticket, self.director))
        ticket.action_restore()
        self.assertTrue(self.asked(ticket, self.director))
        self.assertReplayed(ticket)
