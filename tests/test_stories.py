from odoo import fields
from odoo.tests import tagged

from .common import MODULE
from .stories import LINK, StoryCase


@tagged("post_install", "-at_install")
class TestPerm(StoryCase):
    """No. 1344 of 23 December 2022, in the order of its text."""

    DONE = "Яму на Рабочей засыпали сегодня."

    def test_story(self):
        self.begin("perm", "2024-06-03 10:00")
        self.account.page_owner = "head"
        # 2.1.1, 3.1: the curator finds the message and has an hour to send it on.
        ticket = self.message(text="Когда засыплют яму на Рабочей? Где скос травы?")
        self.assertTerms(ticket, "perm.assign", "03.06 11:00 running")
        self.at("2024-06-03 10:30")
        # 2.1.2: each of several executors answers within its competence.
        ticket.assign([(self.unit_roads, self.roads), (self.unit_light, self.light)])
        self.assertTerms(ticket, "perm.assign", "03.06 11:00 met")
        self.assertTerms(ticket, "perm.draft.feed", *["03.06 14:30 running"] * 2)
        self.at("2024-06-03 10:40")
        self.share(ticket, self.light).decline("Траву косят не мы", self.unit_parks)
        ticket.action_assign_proposed()
        self.assertTerms(
            ticket,
            "perm.draft.feed",
            *("03.06 14:30 running", "03.06 14:30 cancelled", "03.06 14:40 running"),
        )
        roads = self.share(ticket, self.roads)
        parks = self.share(ticket, self.parks)
        for share in (roads, parks):
            share.action_accept()
        self.drafts(ticket, roads, parks)
        self.interim(ticket, roads)
        self.photographs(ticket, roads)
        self.placed_by_the_executor(ticket, roads)
        self.assertReplayed(ticket)

    def drafts(self, ticket, roads, parks):
        """3.7: back within half an hour, for the reasons of the act, to 4 hours."""
        self.at("2024-06-03 12:00")
        self.blocked(ticket, self.parks, "Спасибо за обращение!", "3.7.1")
        text = "Траву скосят по ГПК до 10 июня 2024 года."
        self.assertIn("terms", self.remarks(ticket, self.parks, text))
        self.submit(ticket, self.parks, text)
        self.assertTerms(ticket, "perm.review", "03.06 12:30 running")
        # The other executor is awaited.
        self.assertTerms(ticket, "perm.publish")
        self.at("2024-06-03 12:30")
        wizard = self.env["helpdesk.social.rework"].with_user(self.curator)
        wizard = wizard.with_context(default_assignment_id=parks.id).create({})
        self.assertEqual(
            wizard.reason_choice_ids.mapped("clause"),
            ["3.7.1", "3.7.2", "3.7.3", "3.7.4"],
        )
        self.assertIn("3.7.4", wizard.reason_ids.mapped("clause"))
        wizard.reason_ids = wizard.reason_ids.filtered(lambda r: r.clause == "3.7.4")
        wizard.action_confirm()
        self.assertTerms(ticket, "perm.review", "03.06 12:30 met")
        self.assertTerms(ticket, "perm.rework", "03.06 16:30 running")
        self.assertEqual(parks.rework_reason_ids.mapped("clause"), ["3.7.4"])
        self.at("2024-06-03 13:00")
        text = "Траву у дома скосят до 10 июня 2024 года."
        self.submit(ticket, self.parks, text).action_approve()
        self.assertTerms(ticket, "perm.rework", "03.06 16:30 met")

    def interim(self, ticket, roads):
        """3.5, 3.6: an interim reply names the time and gives 24 hours more."""
        self.at("2024-06-03 14:00")
        text = "Проверяем состояние дороги, ответим до 5 июня 2024 года."
        self.refused(
            lambda: self.submit(
                ticket, self.roads, text, interim="2024-06-05", reason=" "
            ),
            words="names the reason",
        )
        share = self.submit(ticket, self.roads, text, interim="2024-06-05")
        self.assertTerms(ticket, "perm.publish", "03.06 14:30 running")
        share.action_approve()
        self.assertEqual(ticket.social_state, "approved")
        self.at("2024-06-03 14:25")
        # One reply made of both, by the executor whom the curator lets lead.
        roads.with_user(self.curator).action_lead()
        whole = f"{text} Траву у дома скосят до 10 июня 2024 года."
        ticket.with_user(self.roads).merge_parts(whole)
        self.assertEqual(ticket._merged_text(), whole)
        ticket.publish(whole, self.account)
        self.send()
        self.assertEqual([sent.text for sent in self.network.sent], [whole])
        self.assertTerms(ticket, "perm.publish", "03.06 14:30 met")
        self.assertEqual(
            self.terms(ticket, "perm.draft.feed")[0], "04.06 14:30 running"
        )
        self.assertTerms(ticket, "promise", "05.06 18:00 running")
        self.assertEqual(ticket.social_state, "in_progress")

    def photographs(self, ticket, roads):
        """3.4: eight calendar days where photographs are needed."""
        self.at("2024-06-04 11:00")
        ticket.needs_photo = True
        self.assertTerms(ticket, "perm.draft.photo", "13.06 00:00 running")
        text = self.DONE
        self.assertIn("photo", self.remarks(ticket, self.roads, text))
        self.photo(self.share(ticket, self.roads))
        self.assertNotIn("photo", self.remarks(ticket, self.roads, text))

    def placed_by_the_executor(self, ticket, roads):
        """2.1.4: by agreement with the curator the executor places the reply."""
        self.at("2024-06-05 17:00")
        text = self.DONE
        share = self.submit(ticket, self.roads, text)
        self.assertTerms(ticket, "perm.draft.photo", "13.06 00:00 met")
        self.assertEqual(self.terms(ticket, "perm.publish")[-1], "05.06 17:30 running")
        share.action_approve()
        self.refused(
            lambda: ticket.with_user(self.roads).publish_by_hand(text, LINK),
            words="only a curator publishes",
        )
        ticket.assignment_ids.filtered("is_live").action_allow_publishing()
        self.assertTrue(self.share(ticket, self.roads).can_publish)
        self.refused(
            lambda: ticket.with_user(self.roads).publish_by_hand("Иначе.", LINK),
            words="as it was approved",
        )
        self.at("2024-06-05 17:20")
        ticket.with_user(self.roads).publish_by_hand(text, LINK)
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(self.terms(ticket, "perm.publish")[-1], "05.06 17:30 met")
        self.assertTerms(ticket, "promise", "05.06 18:00 met")
        ticket.action_close()

    def test_private_messages(self):
        """3.2.2: 48 hours; the conversation is for those at work on it."""
        self.begin("perm", "2024-06-07 16:00")
        self.account.page_owner = "head"
        ticket = self.message(kind="private")
        ticket.assign([(self.unit_roads, self.roads)])
        self.assertTerms(ticket, "perm.draft.private", "09.06 16:00 running")
        self.refused(lambda: ticket.with_user(self.roads_2).read(["original_text"]))
        self.assertReplayed(ticket)

    def placed(self, intake, norm, due):
        """A message that came by ``intake``, with its reply approved."""
        ticket = self.entered(intake, kind="feed")
        ticket.assign([(self.unit_roads, self.roads)])
        self.assertTerms(ticket, norm, f"{due} running")
        self.submit(ticket, self.roads, self.DONE).action_approve()
        self.refused(
            lambda: ticket.publish_by_hand(self.DONE, LINK),
            lambda: ticket.publish(self.DONE, self.account),
            words="2.1.4",
        )
        return ticket

    def test_source_systems(self):
        """3.3, 2.1.4: office hours, and the answer in the system."""
        self.begin("perm", "2024-06-11 16:00")
        now = fields.Datetime.now()
        # The eve of a holiday ends at 17:00; the 12th is one.
        ticket = self.placed("incident", "perm.draft.office", "13.06 17:00")
        mine = ticket.with_user(self.roads)
        self.refused(lambda: mine.confirm_source(now, "№ 7"))
        ticket.assignment_ids.action_allow_publishing()
        mine.confirm_source(now, "№ 7")
        # By executors in that system alone, not in the other.
        other = self.placed("monitoring", "perm.draft.feed", "11.06 20:00")
        self.refused(other.assignment_ids.action_allow_publishing)
        self.refused(lambda: other.with_user(self.roads).confirm_source(now, "№ 7"))
        other.confirm_source(now, "№ 8")
        for message in (ticket, other):
            self.assertEqual(message.social_state, "published")
            self.assertEqual(message.source_state, "done")
            self.assertReplayed(message)

    def test_not_processed(self):
        """1.3: obscene or insulting language, threats; and back."""
        self.begin("perm", "2024-06-03 10:00")
        ticket = self.message(text="Я тебя убью")
        self.assertEqual(self.grounds(ticket).mapped("clause"), ["1.3", "1.3"])
        self.assertIn("threat", ticket.finding_ids.mapped("kind"))
        ticket.assign([(self.unit_roads, self.roads)])
        ground = self.env.ref(f"{MODULE}.exclusion_perm_2")
        self.refused(lambda: ticket.exclude(self.none), words="Choose why")
        ticket.exclude(ground)
        self.assertEqual(ticket.social_state, "excluded")
        self.assertEqual(ticket.original_text, "Я тебя убью")
        states = ticket.deadline_ids.mapped("state")
        self.assertNotIn("running", states)
        self.at("2024-06-03 11:00")
        ticket.action_restore()
        self.assertEqual(ticket.social_state, "assigned")
        # Eight office hours, with an hour for lunch.
        self.assertTerms(ticket, "draft", "04.06 10:00 running")
        talk = self.message(2, "Спасибо!")
        talk.no_reaction(self.env.ref(f"{MODULE}.no_reaction_thanks"))
        self.assertEqual(talk.social_state, "no_reaction")
        self.assertReplayed(ticket, talk)

    def test_steps_it_does_not_know(self):
        self.begin("perm", "2024-06-03 10:00")
        ticket = self.message()
        ticket.assign([(self.unit_roads, self.roads)])
        self.submit(ticket, self.roads, "Яму засыпали сегодня.").action_approve()
        self.refuse_agreement(ticket)
        self.refuse_signature(ticket)
        self.refuse_appeal(ticket)
        self.refuse_source(ticket)
        self.no_reviews()
        self.assertFalse(ticket.flaw_ids)


@tagged("post_install", "-at_install")
class TestPurovsky(StoryCase):
    """No. 27-RA of 20 February 2023, clauses 8 to 8.7."""

    FINAL = (
        "№ {}. Яму на Рабочей, 17 засыпали сегодня. Управление дорог: "
        "+7 34997 2-12-85, dorogi@example.ru, https://dorogi.example.ru, Рабочая, 1."
    )

    def test_story(self):
        self.begin("purovsky", "2024-06-03 10:00")
        # 8: a unique number, topic and location; 20 minutes to name the executor.
        ticket = self.message()
        self.assertTrue(ticket.number)
        self.assertTerms(ticket, "purovsky.assign")
        self.at("2024-06-03 10:05")
        ticket.action_register()
        self.assertTerms(ticket, "purovsky.assign", "03.06 10:25 running")
        place = self.env["helpdesk.social.territory"].create({"name": "Рабочая"})
        topic = self.env["helpdesk.ticket.category"].create({"name": "Ямы"})
        ticket.write({"territory_id": place.id, "category_id": topic.id})
        self.at("2024-06-03 10:10")
        ticket.assign([(self.unit_light, self.light)])
        self.assertTerms(ticket, "purovsky.assign", "03.06 10:25 met")
        # Ten minutes to take it, or to say whose it is.
        self.assertTerms(ticket, "purovsky.accept", "03.06 10:20 running")
        self.assertTerms(ticket, "purovsky.draft", "03.06 11:20 running")
        self.at("2024-06-03 10:20")
        self.share(ticket, self.light).decline("", self.unit_roads)
        self.assertEqual(ticket.returned_unit_id, self.unit_roads)
        ticket.action_assign_proposed()
        self.assertTerms(
            ticket, "purovsky.accept", "03.06 10:20 met", "03.06 10:30 running"
        )
        self.at("2024-06-03 10:31")
        self.share(ticket, self.roads).action_accept()
        self.assertEqual(
            self.terms(ticket, "purovsky.accept")[-1], "03.06 10:30 breached"
        )
        self.interim(ticket)
        self.final(ticket)
        self.assertReplayed(ticket)

    def interim(self, ticket):
        """8.2 to 8.5: an hour and ten minutes; an interim reply where none can be."""
        number = ticket.number
        self.at("2024-06-03 11:00")
        text = self.FINAL.format(number)
        self.blocked(ticket, self.roads, text.replace(number, "1"), "8.2")
        self.blocked(ticket, self.roads, f"№ {number}, ямы, Рабочая. Спасибо!", "8.1")
        stock = "В рамках своей компетенции сообщаем, что работы ведутся."
        self.assertIn("officialese", self.remarks(ticket, self.roads, stock))
        interim = f"№ {number}, ямы на Рабочей. Ждём подрядчика, ответим до 5 июня."
        self.blocked(
            ticket, self.roads, interim[len(number) + 4 :], "8.3", interim="2024-06-05"
        )
        share = self.submit(ticket, self.roads, interim, interim="2024-06-05")
        self.assertEqual(self.terms(ticket, "purovsky.draft")[-1], "03.06 11:30 met")
        self.assertTerms(ticket, "purovsky.review", "03.06 11:30 running")
        self.assertTerms(ticket, "purovsky.publish", "03.06 11:30 running")
        self.at("2024-06-03 11:20")
        share.request_rework(self.env["helpdesk.social.rework.reason"], "Кто ответит?")
        self.assertTerms(ticket, "purovsky.rework", "03.06 11:40 running")
        self.assertTerms(ticket, "purovsky.publish", "03.06 11:30 cancelled")
        self.at("2024-06-03 11:40")
        interim += " Телефон отдела: +7 34997 2-12-85."
        self.submit(ticket, self.roads, interim, interim="2024-06-05")
        self.assertTerms(ticket, "purovsky.rework", "03.06 11:40 met")
        self.assertEqual(
            self.terms(ticket, "purovsky.review")[-1], "03.06 12:10 running"
        )
        self.at("2024-06-03 12:00")
        share.action_approve()
        # 8.6: the moderator decides from which page.
        own = self.account.copy(
            {"name": "Page of the unit", "external_id": "7", "page_owner": "unit"}
        )
        self.at("2024-06-03 12:05")
        ticket.publish_by_hand(interim, LINK, account=own)
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.reply_id.account_id, own)
        self.assertEqual(self.terms(ticket, "purovsky.publish")[-1], "03.06 12:10 met")

    def final(self, ticket):
        """The act sets no term then: the promise counts, and the curator's own."""
        draft = self.terms(ticket, "purovsky.draft")
        self.assertNotIn("running", " ".join(draft))
        self.assertTerms(ticket, "promise", "05.06 18:00 running")
        ticket.change_term(self.utc("2024-06-05 12:00"), "Обещано главе")
        self.assertTerms(ticket, "manual", "05.06 12:00 running")
        self.at("2024-06-05 11:00")
        text = self.FINAL.format(ticket.number).replace("Яму", "Ямы")
        share = self.submit(ticket, self.roads, text)
        self.assertEqual(
            self.terms(ticket, "purovsky.review")[-1], "05.06 11:30 running"
        )
        share.action_approve()
        self.at("2024-06-05 11:30")
        ticket.publish(text, self.account)
        self.send()
        self.assertEqual(self.terms(ticket, "purovsky.publish")[-1], "05.06 11:30 met")
        self.assertTerms(ticket, "manual", "05.06 12:00 met")
        self.assertTerms(ticket, "promise", "05.06 18:00 met")
        self.assertEqual(ticket.social_state, "published")
        ticket.action_close()

    def test_answer_in_the_system(self):
        """8.7: placed in «Инцидент-менеджмент» within half an hour."""
        self.begin("purovsky", "2024-06-03 23:50")
        ticket = self.entered("incident")
        ticket.assign([(self.unit_roads, self.roads)])
        # Minutes run round the clock.
        self.assertTerms(ticket, "purovsky.draft", "04.06 01:00 running")
        text = self.FINAL.format(ticket.number)
        self.submit(ticket, self.roads, text).action_approve()
        self.assertTerms(ticket, "purovsky.publish", "04.06 00:20 running")
        self.refused(
            lambda: ticket.publish_by_hand(text, LINK),
            lambda: ticket.publish(text, self.account),
            words="8.7",
        )
        self.refused(
            lambda: ticket.with_user(self.roads).confirm_source(
                fields.Datetime.now(), "№ 7"
            )
        )
        self.at("2024-06-04 00:20")
        ticket.confirm_source(fields.Datetime.now(), "№ 7")
        self.assertTerms(ticket, "purovsky.publish", "04.06 00:20 met")
        self.assertEqual(ticket.event_ids.sorted("id")[-1].published_where, "source")
        self.assertReplayed(ticket)

    def test_steps_it_does_not_know(self):
        self.begin("purovsky", "2024-06-03 10:00")
        ticket = self.message()
        ticket.assign([(self.unit_roads, self.roads)])
        text = self.FINAL.format(ticket.number)
        self.submit(ticket, self.roads, text).action_approve()
        self.refuse_agreement(ticket)
        self.refuse_signature(ticket)
        self.refuse_appeal(ticket)
        self.refuse_source(ticket)
        self.refuse_executors_publication(ticket, self.roads)
        self.no_reviews()
        # The act names no grounds of its own: the common ones.
        self.assertFalse(self.grounds(ticket).regulation_id)
        ticket.exclude(self.grounds(ticket)[:1])
        ticket.action_restore()
        self.assertEqual(ticket.social_state, "approved")
        self.assertReplayed(ticket)
