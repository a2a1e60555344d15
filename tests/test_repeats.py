from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SocialCommon, comment

POTHOLE = "На Лесной у дома 5 яма, когда засыпете?"
AGAIN = "Яма на Лесной, дом 5, так и не засыпана"
ELSEWHERE = "На Лесной у дома 48 яма, когда засыпете?"


@tagged("post_install", "-at_install")
class TestRepeats(SocialCommon):
    """Earlier messages on the same: proposed, confirmed, rejected, and told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the database has beside does not decide here.
        everything = cls.env["helpdesk.ticket.category"].search([])
        everything.social_keywords = False
        cls.topic = everything.create({"name": "Holes", "social_keywords": "ям"})
        cls.place = cls.env["helpdesk.social.territory"].create(
            {"name": "улица Лесная"}
        )

    def pair(self, first=POTHOLE, second=AGAIN, author="501", **kwargs):
        """Two messages, the later one of ``author``, as the curator sees them."""
        tickets = self.receive(comment("wall-1_10_r1", first, at="2024-03-07 09:10"))
        tickets |= self.receive(
            comment(
                "wall-1_10_r2", second, author=author, at="2024-03-09 09:10", **kwargs
            )
        )
        return tickets.with_user(self.curator)

    def test_proposed_with_score_and_words(self):
        first, second = self.pair()
        repeat = second.proposed_repeat_ids
        self.assertEqual(repeat.earlier_id, first)
        self.assertEqual(repeat.reason, "house")
        self.assertEqual(repeat.words, "засыпать, лесной, яма")
        self.assertGreaterEqual(repeat.score, 0.56)
        self.assertTrue(repeat.same_author)
        self.assertEqual(second.possible_repeat_id, first)
        self.assertFalse(first.proposed_repeat_ids, "nothing was before it")

    def test_obscenities_are_masked_as_in_lists(self):
        first, second = self.pair(first=f"Охуели? {POTHOLE}")
        repeat = second.proposed_repeat_ids
        self.assertEqual(repeat.earlier_text, first.list_text)
        self.assertNotIn("Охуели", repeat.earlier_text)

    def test_another_house_is_no_likely_repeat(self):
        _first, second = self.pair(second=ELSEWHERE)
        self.assertFalse(second.possible_repeat_id)

    def test_another_author_by_topic_and_place(self):
        first, second = self.pair(author="777")
        self.assertEqual(second.suggested_category_id, self.topic)
        self.assertEqual(second.suggested_territory_id, self.place)
        self.assertEqual(second.proposed_repeat_ids.earlier_id, first)
        self.assertFalse(second.proposed_repeat_ids.same_author)

    def test_found_again_when_topic_and_place_are_set(self):
        self.topic.social_keywords = False
        self.place.name = "Elsewhere"
        first, second = self.pair(author="777")
        self.assertFalse(second.proposed_repeat_ids)
        filing = {"category_id": self.topic.id, "territory_id": self.place.id}
        first.write(filing)
        second.write(filing)
        self.assertEqual(second.proposed_repeat_ids.earlier_id, first)
        second.territory_id = False
        self.assertFalse(second.proposed_repeat_ids, "no longer of the same place")

    def test_too_old_excluded_or_of_another_administration(self):
        first = self.receive(comment("wall-1_10_r1", POTHOLE, at="2023-11-01 09:10"))
        second = self.receive(comment("wall-1_10_r2", AGAIN, at="2024-03-09 09:10"))
        self.assertFalse(second.repeat_ids, "more than 90 days before")
        third = self.receive(comment("wall-1_10_r3", AGAIN, at="2024-03-10 09:10"))
        self.assertEqual(third.repeat_ids.earlier_id, second)
        second.exclude(self.env.ref("helpdesk_mgmt_social.exclusion_obscene"))
        fourth = self.receive(comment("wall-1_10_r4", AGAIN, at="2024-03-11 09:10"))
        self.assertEqual(fourth.repeat_ids.earlier_id, third)
        self.assertTrue(first)

    def test_confirmed_with_one_tap(self):
        first, second = self.pair()
        first.write({"category_id": self.topic.id, "territory_id": self.place.id})
        first.assign([(self.unit_roads, self.roads)])
        with freeze_time("2024-03-09 10:00:00"):
            second.proposed_repeat_ids.action_confirm()
        self.assertEqual(second.repeat_of_id, first)
        self.assertEqual(second.category_id, self.topic)
        self.assertEqual(second.territory_id, self.place)
        [event] = second.event_ids.filtered("facts")
        self.assertEqual(event.facts, {"repeated": True})
        self.assertEqual(event.user_id, self.curator)
        repeat = second.repeat_ids
        self.assertEqual(repeat.state, "confirmed")
        self.assertEqual(repeat.decided_by_id, self.curator)
        self.assertEqual(str(repeat.decided_at), "2024-03-09 10:00:00")
        self.assertFalse(second.proposed_repeat_ids)
        self.assertFalse(second.possible_repeat_id)
        self.assertEqual(second._replay_differences(), [])

    def test_own_filing_is_kept(self):
        first, second = self.pair()
        other = self.topic.create({"name": "Other"})
        first.category_id = self.topic
        second.category_id = other
        second.repeat_of_id = first
        self.assertEqual(second.category_id, other)

    def test_same_executors_are_proposed(self):
        first, second = self.pair()
        first.assign([(self.unit_roads, self.roads)])
        first.assign([(self.unit_light, self.env["res.users"])])
        self.holding(first, self.light).decline("Не наше")
        second.repeat_of_id = first
        wizard = (
            self.env["helpdesk.social.assign"]
            .with_user(self.curator)
            .with_context(**second.action_assign()["context"])
            .create({})
        )
        self.assertEqual(wizard.line_ids.unit_id, self.unit_roads)
        self.assertEqual(wizard.line_ids.user_id, self.roads)
        wizard.action_confirm()
        self.assertEqual(second.assignment_ids.user_id, self.roads)

    def test_rejected_is_hidden_and_stays_so(self):
        first, second = self.pair()
        second.proposed_repeat_ids.action_reject()
        self.assertFalse(second.proposed_repeat_ids)
        self.assertFalse(second.possible_repeat_id)
        second.category_id = self.topic
        self.assertFalse(second.proposed_repeat_ids)
        self.assertEqual(second.repeat_ids.state, "rejected")
        self.assertEqual(second.repeat_ids.decided_by_id, self.curator)
        self.assertFalse(second.event_ids.filtered("facts"))
        self.assertTrue(first)

    def test_set_by_hand_is_a_decision_too(self):
        first, second = self.pair(second="Спасибо за работу")
        self.assertFalse(second.repeat_ids)
        second.repeat_of_id = first
        self.assertEqual(second.repeat_ids.state, "confirmed")
        self.assertEqual(second.repeat_ids.reason, "hand")
        second.repeat_of_id = False
        self.assertEqual(second.repeat_ids.state, "rejected")
        self.assertEqual(second.event_ids[-1].facts, {"repeated": False})

    def test_impossible_repeats(self):
        first, second = self.pair()
        second.repeat_of_id = first
        for ticket, earlier in ((first, second), (first, first)):
            with self.assertRaisesRegex(UserError, "does not repeat itself"):
                ticket.repeat_of_id = earlier
        plain = self.env["helpdesk.ticket"].create({"name": "x", "description": "x"})
        with self.assertRaises(AccessError):
            second.repeat_of_id = plain

    def test_drafter_sees_the_earlier_reply(self):
        first, second = self.pair()
        first.assign([(self.unit_roads, self.roads)])
        self.drafted(first).with_user(self.curator).action_approve()
        link = "https://vk.com/wall-1_10_r9"
        first.publish_by_hand("Засыплем до 15 марта.", link)
        second.repeat_of_id = first
        second.assign([(self.unit_light, self.light)])
        share = self.holding(second, self.light)
        self.assertTrue(share.is_repeated)
        self.assertEqual(share.earlier_reply_text, "Засыплем до 15 марта.")
        self.assertEqual(share.earlier_reply_link, link)
        self.assertTrue(share.earlier_reply_at)
        with self.assertRaises(AccessError):
            first.with_user(self.light).read(["original_text"])
        third = self.receive(comment("wall-1_10_r3", AGAIN, at="2024-03-11 09:10"))
        third = third.with_user(self.curator)
        third.repeat_of_id = second
        third.assign([(self.unit_light, self.light)])
        share = self.holding(third, self.light)
        self.assertEqual(share.earlier_reply_text, "Засыплем до 15 марта.")

    def test_draft_is_no_earlier_reply(self):
        first, second = self.pair()
        first.assign([(self.unit_roads, self.roads)])
        self.drafted(first, text="Яму засыплем 20 марта.")
        second.repeat_of_id = first
        second.assign([(self.unit_light, self.light)])
        share = self.holding(second, self.light)
        self.assertTrue(share.is_repeated)
        self.assertFalse(share.earlier_reply_text)

    def test_private_reply_is_told_to_nobody_else(self):
        first = self.receive(comment("im1-2", POTHOLE, kind="private"))
        first = first.with_user(self.curator)
        first.assign([(self.unit_roads, self.roads)])
        self.drafted(first).with_user(self.curator).action_approve()
        first.publish_by_hand("Ваш телефон 555 записан.", "https://vk.com/im1")
        public = self.receive(comment("wall-1_10_r2", AGAIN, at="2024-03-09 09:10"))
        public = public.with_user(self.curator)
        public.repeat_of_id = first
        public.assign([(self.unit_light, self.light)])
        self.assertFalse(self.holding(public, self.light).earlier_reply_text)
        again = self.receive(
            comment(
                "im1-3",
                AGAIN,
                kind="private",
                at="2024-03-09 09:20",
                permalink="https://vk.com/im?sel=3",
            )
        ).with_user(self.curator)
        again.repeat_of_id = first
        again.assign([(self.unit_light, self.light)])
        share = self.holding(again, self.light)
        self.assertEqual(again.author_id, first.author_id)
        self.assertTrue(share.is_repeated)
        self.assertEqual(share.earlier_reply_text, "Ваш телефон 555 записан.")

    def test_onchange_names_no_message_of_others(self):
        first, second = self.pair()
        first.assign([(self.unit_roads, self.roads)])
        self.drafted(first).with_user(self.curator).action_approve()
        first.publish_by_hand("Яму засыпали.", "https://vk.com/wall-1_10_r9")
        second.repeat_of_id = first
        other = self.receive(comment("wall-1_10_r3", "Спасибо", author="9"))
        other = other.with_user(self.curator)
        other.assign([(self.unit_light, self.light)])
        share = self.holding(other, self.light)
        answer = share.onchange(
            {"ticket_id": second.id}, ["ticket_id"], {"earlier_reply_text": {}}
        )
        self.assertFalse(answer["value"].get("earlier_reply_text"))

    def test_seen_with_both_messages_only(self):
        """A curator who is not among those of a page does not learn what was written
        there in private."""
        stranger = self._user("s_curator_2", "group_curator")
        self.account.curator_ids = self.curator
        first = self.receive(comment("im1-2", POTHOLE, kind="private"))
        second = self.receive(comment("wall-1_10_r2", AGAIN, at="2024-03-09 09:10"))
        self.assertEqual(second.repeat_ids.earlier_id, first)
        seen = second.with_user(self.curator)
        self.assertEqual(seen.proposed_repeat_ids.earlier_text, POTHOLE)
        unseen = second.with_user(stranger)
        self.assertFalse(unseen.proposed_repeat_ids)
        repeat = second.repeat_ids.with_user(stranger)
        with self.assertRaises(AccessError):
            repeat.read(["words"])
        for step in ("action_confirm", "action_reject", "action_join"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(repeat, step)()
        with self.assertRaises(AccessError):
            unseen.repeat_of_id = first
        [values] = unseen.read(["possible_repeat_id"])
        self.assertEqual(values["possible_repeat_id"], (first.id, first.number))

    def test_each_role(self):
        first, second = self.pair()
        first.assign([(self.unit_light, self.light)])
        second.assign([(self.unit_roads, self.roads)])
        repeat = second.repeat_ids
        self.assertEqual(repeat.with_user(self.head).earlier_text, POTHOLE)
        for user in (self.roads, self.light):
            # Each holds one of both.
            Repeat = self.env["helpdesk.social.repeat"].with_user(user)
            self.assertFalse(Repeat.search([]))
        for user in (self.roads, self.light, self.head, self.social_admin):
            mine = repeat.with_user(user)
            with self.subTest(user=user.login):
                for step in ("action_confirm", "action_reject"):
                    with self.assertRaises(AccessError):
                        getattr(mine, step)()
                for call in (
                    lambda m=mine: m.write({"state": "confirmed"}),
                    lambda m=mine: m.unlink(),
                    lambda m=mine: m.create(
                        {
                            "ticket_id": first.id,
                            "earlier_id": second.id,
                            "reason": "hand",
                        }
                    ),
                ):
                    with self.assertRaises(AccessError):
                        call()
        with self.assertRaises(AccessError):
            repeat.with_user(self.curator).write({"state": "confirmed"})

    def test_finished_message_is_decided_no_more(self):
        _first, second = self.pair()
        repeat = second.proposed_repeat_ids
        second.no_reaction(self.env.ref("helpdesk_mgmt_social.no_reaction_thanks"))
        self.assertFalse(second.proposed_repeat_ids)
        with self.assertRaisesRegex(UserError, "not possible now"):
            repeat.action_confirm()

    def test_many_messages_cost_few_queries(self):
        """Fifty messages in one poll: looking at them is no query for each pair."""
        history = [
            comment(f"wall-1_10_r{n}", f"{POTHOLE} {n}", author=str(n))
            for n in range(100, 130)
        ]
        self.receive(*history)
        fresh = [
            comment(f"wall-1_10_r{n}", AGAIN, author=str(n), at="2024-03-09 09:10")
            for n in range(200, 250)
        ]
        tickets = self.receive(*fresh)
        self.assertEqual(len(tickets), 50)
        self.assertTrue(all(tickets.mapped("repeat_ids")))
        tickets.sudo().repeat_ids.unlink()
        tickets.suggestion_data = False
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            tickets._look_at()
            self.env.flush_all()
        self.assertTrue(all(tickets.mapped("repeat_ids")))
        self.assertTrue(all(tickets.mapped("suggestion_data")))

    def test_what_goes_wrong_loses_no_message(self):
        self.patch(
            type(self.env["helpdesk.ticket"]),
            "_find_repeats",
            lambda self: int("no number"),
        )
        with self.assertLogs(
            "odoo.addons.helpdesk_mgmt_social.models.helpdesk_ticket_suggest"
        ):
            ticket = self.receive(comment())
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertFalse(ticket.repeat_ids)
