from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..networks import Consequence, NetworkError
from .common import MODULE, SocialCommon, comment

TEXT = "Яму засыплем до 15 марта."


@tagged("post_install", "-at_install")
class TestGroup(SocialCommon):
    """Several citizens on one problem: one lead, one reply published to each."""

    def setUp(self):
        super().setUp()
        self.clock = freeze_time("2024-03-07 04:00:00")
        self.now = self.clock.start()
        self.addCleanup(self.clock.stop)
        items = [
            comment(
                f"wall-1_10_r{n}",
                f"Яма на Лесной, пишет {n}",
                author=str(500 + n),
                at=f"2024-03-07 03:{10 * n:02}",
            )
            for n in range(1, 5)
        ]
        self.tickets = self.receive(*items).with_user(self.curator)
        self.lead, *_others = self.tickets
        self.followers = self.tickets - self.lead
        self.nobody = self.env["res.users"]

    def later(self, minutes=10):
        self.now.tick(timedelta(minutes=minutes))
        return fields.Datetime.now()

    def types(self, ticket):
        return ticket.sudo().event_ids.sorted(lambda e: (e.at, e.id)).mapped("type")

    def steps(self, ticket, *types):
        """Steps on shares of ``ticket`` with their instants."""
        events = ticket.sudo().event_ids.filtered(
            lambda e: e.assignment_id and (not types or e.type in types)
        )
        return [(e.type, e.at) for e in events.sorted(lambda e: (e.at, e.id))]

    def assertTrue_to_history(self):
        for ticket in self.tickets:
            self.assertEqual(ticket._replay_differences(), [], ticket.number)

    def grouped(self, assign=True):
        self.later()
        self.followers.join(self.lead)
        if assign:
            self.later()
            self.lead.assign([(self.unit_roads, self.roads)])
        return self.lead

    def send(self):
        with self.sending() as outbox:
            for _round in range(3):
                outbox._cron_send()
                self.later(1)

    # -- joining and following ---------------------------------------------------

    def test_joining_takes_into_work(self):
        self.grouped(assign=False)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"registered"})
        self.assertEqual(self.lead.follower_ids, self.followers)
        self.assertEqual(self.lead.follower_count, 3)

    def test_steps_are_mirrored_at_the_same_instants(self):
        self.grouped()
        share = self.holding(self.lead, self.roads)
        self.later()
        share.action_accept()
        self.later()
        share.draft_text = "Засыплем."
        share.action_submit()
        self.later()
        reasons = self.env.ref(f"{MODULE}.rework_reason_perm_1")
        share.with_user(self.curator).request_rework(reasons, "Когда?")
        self.assertEqual(set(self.tickets.mapped("social_state")), {"in_progress"})
        self.later()
        share.draft_text = TEXT
        share.action_submit()
        self.assertEqual(set(self.tickets.mapped("social_state")), {"review"})
        self.later()
        share.with_user(self.curator).action_approve()
        self.assertEqual(set(self.tickets.mapped("social_state")), {"approved"})
        expected = self.steps(self.lead)
        self.assertEqual(len(expected), 6)
        for follower in self.followers:
            self.assertEqual(self.steps(follower), expected)
            self.assertEqual(follower._merged_text(), TEXT)
            events = follower.sudo().event_ids.filtered("assignment_id")
            self.assertTrue(
                all(self.lead.number in note for note in events.mapped("note"))
            )
            drafted = events.filtered(lambda e: e.type == "draft_submitted")
            self.assertEqual(drafted.user_id, self.roads)
        self.assertTrue_to_history()

    def test_each_has_clocks_by_its_own_facts(self):
        self.followers[0].page_owner = "head"
        self.grouped()
        norms = {
            ticket: ticket.deadline_ids.filtered(lambda d: d.stage == "draft").norm_code
            for ticket in self.tickets
        }
        self.assertEqual(norms[self.followers[0]], "perm.draft.feed")
        self.assertEqual(norms[self.lead], "perm.draft.office")
        share = self.holding(self.lead, self.roads)
        self.assertLess(self.followers[0].next_due, share.next_due)
        self.assertEqual(share.group_due, self.followers[0].next_due)
        self.assertTrue_to_history()

    def test_decline_returns_all_to_the_curator(self):
        self.grouped()
        self.later()
        self.holding(self.lead, self.roads).decline("Это не наше")
        self.assertEqual(set(self.tickets.mapped("social_state")), {"registered"})
        self.later()
        self.lead.assign([(self.unit_light, self.nobody)])
        self.assertEqual(set(self.tickets.mapped("social_state")), {"assigned"})
        self.assertTrue_to_history()

    def test_delegated_and_second_executor(self):
        self.grouped()
        self.later()
        self.unit_roads.user_id = self.roads
        self.holding(self.lead, self.roads).delegate(self.roads_2)
        mirrored = self.followers.assignment_ids
        self.assertEqual(mirrored.user_id, self.roads_2)
        self.lead.assign([(self.unit_light, self.nobody)])
        self.assertEqual(
            self.followers.mapped("executor_names"), [self.lead.executor_names] * 3
        )
        self.assertTrue_to_history()

    # -- who sees and does what --------------------------------------------------

    def test_executor_sees_the_lead_alone(self):
        self.grouped()
        mine = self.env["helpdesk.social.assignment"].with_user(self.roads)
        shares = mine.search([("is_mine", "=", True)])
        self.assertEqual(shares.ticket_id, self.lead)
        self.assertEqual(mine.search([]), shares)
        self.assertEqual(shares.follower_count, 3)
        self.env.invalidate_all()
        seen = self.env["helpdesk.ticket"].with_user(self.roads)
        self.assertEqual(seen.search([("is_social", "=", True)]), self.lead)
        self.assertFalse(self.lead.with_user(self.roads).follower_ids)
        for follower in self.followers:
            with self.assertRaises(AccessError):
                follower.with_user(self.roads).read(["original_text"])
            share = follower.assignment_ids.with_user(self.roads)
            with self.assertRaises(AccessError):
                share.action_accept()

    def test_no_step_on_a_mirrored_share(self):
        self.grouped()
        self.drafted(self.lead)
        follower = self.followers[0]
        share = follower.assignment_ids
        for step in (
            share.action_approve,
            lambda: share.request_rework(
                self.env["helpdesk.social.rework.reason"], "x"
            ),
            lambda: share.substitute(self.light),
            lambda: follower.assign([(self.unit_light, self.nobody)]),
        ):
            with self.assertRaisesRegex(UserError, "answered together"):
                step()

    def test_each_role(self):
        for user in (self.roads, self.head, self.social_admin):
            with self.subTest(user=user.login):
                for step in (
                    lambda u=user: self.followers.with_user(u).join(self.lead),
                    lambda u=user: self.followers.with_user(u).action_join(),
                    lambda u=user: self.followers.with_user(u).action_detach(),
                ):
                    with self.assertRaises(AccessError):
                        step()
        with self.assertRaisesRegex(UserError, "steps of the procedure"):
            self.followers.write({"lead_id": self.lead.id})
        stranger = self._user("s_curator_2", "group_curator")
        self.account.curator_ids = self.curator
        private = self.private()
        with self.assertRaises(AccessError):
            private.with_user(stranger).join(self.lead)
        with self.assertRaises(AccessError):
            self.followers.with_user(stranger).join(private)

    def private(self, number=1):
        return self.receive(
            comment(
                f"im1-{number}",
                "В личку",
                kind="private",
                author=f"9{number}",
                at="2024-03-07 04:00",
            )
        ).with_user(self.curator)

    def test_public_message_follows_no_private_one(self):
        private = self.private()
        with self.assertRaisesRegex(UserError, "private message"):
            self.lead.join(private)
        self.assertEqual((private | self.lead)._likely_lead(), self.lead)
        private.join(self.lead)
        self.lead.assign([(self.unit_roads, self.roads)])
        with self.assertRaises(AccessError):
            private.with_user(self.roads).read(["original_text"])
        self.assertFalse(
            self.env["helpdesk.social.message"]
            .with_user(self.roads)
            .search([("ticket_id", "=", private.id)])
        )

    def test_impossible_groups(self):
        done = self.followers[0]
        done.no_reaction(self.env.ref(f"{MODULE}.no_reaction_thanks"))
        with self.assertRaisesRegex(UserError, "finished already"):
            done.join(self.lead)
        with self.assertRaisesRegex(UserError, "gets no reply"):
            self.lead.join(done)
        self.followers[1].join(self.lead)
        with self.assertRaisesRegex(UserError, "already"):
            self.followers[1].join(self.lead)
        with self.assertRaisesRegex(UserError, "follows no other"):
            self.followers[2].action_detach()

    # -- joining late ------------------------------------------------------------

    def test_joined_while_drafted_reworked_approved(self):
        self.lead.assign([(self.unit_roads, self.roads)])
        one, two, three = self.followers
        share = self.holding(self.lead, self.roads)
        share.action_accept()
        share.draft_text = "Засыплем."
        share.action_submit()
        self.later()
        share.with_user(self.curator).request_rework(
            self.env["helpdesk.social.rework.reason"], "Когда?"
        )
        at = self.later()
        one.join(self.lead)
        self.assertEqual(one.social_state, "in_progress")
        steps = ["assigned", "accepted", "draft_submitted", "rework_requested"]
        self.assertEqual(self.steps(one), [(step, at) for step in steps])
        self.later()
        share.draft_text = TEXT
        share.action_submit()
        at = self.later()
        two.join(self.lead)
        self.assertEqual(two.social_state, "review")
        steps = ["assigned", "accepted", "draft_submitted"]
        self.assertEqual(self.steps(two), [(step, at) for step in steps])
        self.later()
        share.with_user(self.curator).action_approve()
        at = self.later()
        three.join(self.lead)
        self.assertEqual(three.social_state, "approved")
        self.assertEqual(self.steps(three, "approved"), [("approved", at)])
        self.assertEqual(set(self.tickets.mapped("social_state")), {"approved"})
        self.assertTrue_to_history()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_joined_after_publication_waits_for_a_look(self):
        self.lead.assign([(self.unit_roads, self.roads)])
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        self.later()
        self.lead.publish(f"{TEXT} Звоните 112.", self.account)
        self.send()
        follower = self.followers[0]
        follower.join(self.lead)
        self.assertEqual(follower.social_state, "approved")
        self.assertEqual(follower._merged_text(), f"{TEXT} Звоните 112.")
        self.assertEqual(len(self.network.sent), 1)
        self.later()
        follower.publish(follower._merged_text(), self.account)
        self.send()
        self.assertEqual(follower.social_state, "published")
        self.assertEqual(self.network.sent[-1].parent_id, "wall-1_10_r2")
        self.assertTrue_to_history()

    def test_own_share_of_the_same_unit_goes_on(self):
        """Its clock is as old as it was: joining gives nobody more time."""
        follower = self.followers[0]
        follower.assign([(self.unit_roads, self.nobody)])
        follower.assign([(self.unit_light, self.nobody)])
        roads, light = follower.assignment_ids.sorted("id")
        due = roads.next_due
        self.lead.assign([(self.unit_roads, self.roads)])
        self.later(30)
        follower.join(self.lead)
        self.assertEqual(roads.mirror_of_id, self.lead.assignment_ids)
        self.assertEqual(roads.next_due, due)
        self.assertEqual(light.state, "declined")
        self.assertEqual(len(follower.assignment_ids), 2)
        with self.assertRaises(AccessError):
            follower.with_user(self.light).read(["name"])
        self.drafted(self.lead)
        self.assertEqual(roads.state, "submitted")
        self.assertTrue_to_history()

    def test_a_lead_joins_with_its_followers(self):
        one, two, three = self.followers
        three.join(two)
        two.assign([(self.unit_light, self.nobody)])
        self.lead.assign([(self.unit_roads, self.roads)])
        self.later()
        (one | two).join(self.lead)
        self.assertEqual(self.lead.follower_ids, self.followers)
        live = three.assignment_ids.filtered("is_live")
        self.assertEqual(live.mirror_of_id, self.lead.assignment_ids)
        # Whoever is joined to a follower is joined to its lead.
        private = self.private()
        private.join(three)
        self.assertEqual(private.lead_id, self.lead)
        self.assertTrue_to_history()

    # -- one reply to each -------------------------------------------------------

    def published(self, text=TEXT):
        self.grouped()
        self.later()
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        self.later()
        self.lead.publish(text, self.account)
        self.later(1)

    def test_published_to_each_once(self):
        self.published(f"{TEXT} Спасибо за сигнал.")
        self.assertEqual(len(self.network.sent), 0)
        self.send()
        self.assertEqual(
            sorted(sent.parent_id for sent in self.network.sent),
            [f"wall-1_10_r{n}" for n in range(1, 5)],
        )
        texts = {sent.text for sent in self.network.sent}
        self.assertEqual(texts, {f"{TEXT} Спасибо за сигнал."})
        keys = {sent.idempotency_key for sent in self.network.sent}
        self.assertEqual(len(keys), 4)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        links = set(self.tickets.mapped("published_link"))
        self.assertEqual(len(links), 4)
        for ticket in self.tickets:
            self.assertEqual(self.types(ticket).count("published"), 1)
            rows = ticket.social_message_ids.filtered("outbox_state")
            self.assertEqual(rows.mapped("outbox_state"), ["sent"])
        for follower in self.followers:
            event = follower.event_ids.filtered(lambda e: e.type == "published")
            self.assertGreater(event.at, self.lead.event_ids[-1].at)
            self.assertFalse(event.user_id)
            self.assertEqual(set(follower.assignment_ids.mapped("state")), {"done"})
        self.assertTrue_to_history()

    def test_one_that_fails_stops_no_other(self):
        self.published()
        lost = NetworkError("no", consequence=Consequence.CONTENT)
        self.network.failures = [(None, True), (lost, False)]
        self.send()
        states = sorted(self.tickets.mapped("social_state"))
        self.assertEqual(states, ["approved"] + ["published"] * 3)
        self.assertEqual(len(self.network.wall), 3)
        failed = self.tickets.filtered(lambda t: t.social_state == "approved")
        self.assertTrue(failed.outbox_problem)
        self.assertTrue_to_history()

    def test_by_hand_and_elsewhere_wait_with_the_text_ready(self):
        manual = (
            self.env["helpdesk.ticket"]
            .with_user(self.curator)
            .enter_by_hand(
                {
                    "original_text": "Яма на Лесной",
                    "permalink": "https://ok.ru/group/1/topic/2",
                }
            )
        )
        self.tickets |= manual
        self.followers |= manual
        self.grouped()
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        whole = f"{TEXT} Спасибо."
        self.lead.publish_by_hand(whole, "https://vk.com/wall-1_10_r99")
        self.assertEqual(manual.social_state, "approved")
        self.assertEqual(manual._merged_text(), whole)
        self.send()
        self.assertEqual(len(self.network.sent), 3)
        self.later()
        manual.publish_by_hand(manual._merged_text(), "https://ok.ru/group/1/topic/2/3")
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_interim_then_final(self):
        self.grouped()
        share = self.holding(self.lead, self.roads)
        share.action_accept()
        share.write(
            {
                "draft_text": "Проверяем, ответим до 20 марта.",
                "draft_kind": "interim",
                "draft_interim_reason": "Ждём подрядчика.",
                "draft_promised_date": "2024-03-20",
            }
        )
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.later()
        self.lead.publish("Проверяем, ответим до 20 марта.", self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 4)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"in_progress"})
        for ticket in self.tickets:
            self.assertEqual(self.types(ticket).count("interim_published"), 1)
        self.later()
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        self.later()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 8)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_interim_still_on_its_way_to_a_follower(self):
        self.grouped()
        share = self.holding(self.lead, self.roads)
        share.action_accept()
        share.write(
            {
                "draft_text": "Проверяем, ответим до 20 марта.",
                "draft_kind": "interim",
                "draft_interim_reason": "Ждём подрядчика.",
                "draft_promised_date": "2024-03-20",
            }
        )
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.later()
        # By hand: the followers' rows wait in the outbox.
        self.lead.publish_by_hand(
            "Проверяем, ответим до 20 марта.", "https://vk.com/wall-1_10_r99"
        )
        self.later()
        self.drafted(self.lead, text=TEXT)
        self.later()
        self.send()
        self.assertEqual(
            {s.text for s in self.network.sent}, {"Проверяем, ответим до 20 марта."}
        )
        self.later()
        share.with_user(self.curator).action_approve()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 7)
        self.assertEqual(set(self.tickets.mapped("social_state")), {"published"})
        self.assertTrue_to_history()

    def test_agreement_is_for_all(self):
        self.grouped()
        at = self.later()
        self.lead._record_event("sent_to_superior", note="Письмо 5")
        for follower in self.followers:
            event = follower.event_ids[-1]
            self.assertEqual((event.type, event.at), ("sent_to_superior", at))
        self.assertTrue_to_history()

    # -- leaving -----------------------------------------------------------------

    def test_detached_goes_on_by_itself(self):
        self.grouped()
        self.drafted(self.lead, text="Засыплем.")
        self.holding(self.lead, self.roads).with_user(self.curator).request_rework(
            self.env["helpdesk.social.rework.reason"], "Когда?"
        )
        self.later()
        apart = self.followers[0]
        apart.action_detach()
        self.assertEqual(self.lead.follower_count, 2)
        share = self.holding(apart, self.roads)
        self.assertEqual(share.state, "rework")
        self.assertEqual(share.draft_text, "Засыплем.")
        self.assertEqual(share.rework_remarks, "Когда?")
        self.assertTrue(share.activity_ids)
        self.later()
        self.drafted(self.lead, text=TEXT)
        self.assertEqual(apart.social_state, "in_progress")
        share.draft_text = "Яму засыпали 14 марта."
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.later()
        apart.publish("Яму засыпали 14 марта.", self.account)
        self.send()
        self.assertEqual(apart.social_state, "published")
        self.assertEqual(self.lead.social_state, "review")
        self.assertTrue_to_history()

    def test_excluded_lead_hands_over(self):
        self.grouped()
        self.drafted(self.lead, text=TEXT)
        self.later()
        self.lead.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
        heir, *others = self.followers
        for other in others:
            self.assertEqual(other.lead_id, heir)
        self.assertFalse(heir.lead_id)
        self.assertEqual(heir.social_state, "review")
        self.later()
        share = heir.assignment_ids.filtered("is_live")
        share.action_approve()
        self.assertEqual(set(self.followers.mapped("social_state")), {"approved"})
        self.later()
        heir.publish(TEXT, self.account)
        self.send()
        self.assertEqual(set(self.followers.mapped("social_state")), {"published"})
        self.assertEqual(len(self.network.sent), 3)
        self.assertTrue_to_history()

    def test_excluded_follower_gets_no_reply(self):
        self.grouped()
        out = self.followers[0]
        out.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
        self.assertEqual(self.lead.follower_count, 2)
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        self.later()
        self.lead.publish(TEXT, self.account)
        self.send()
        self.assertEqual(len(self.network.sent), 3)
        self.later()
        out.action_restore()
        self.assertEqual(out.social_state, "approved")
        self.assertEqual(out._merged_text(), TEXT)
        self.assertTrue_to_history()

    # -- the wizard and the proposals --------------------------------------------

    def test_wizard(self):
        action = self.tickets.action_join()
        wizard = (
            self.env["helpdesk.social.join"]
            .with_user(self.curator)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.lead_id, self.lead, "the oldest")
        wizard.action_confirm()
        self.assertEqual(self.lead.follower_ids, self.followers)
        alone = self.private()
        wizard = wizard.with_context(default_ticket_ids=alone.ids).create({})
        with self.assertRaisesRegex(UserError, "that leads"):
            wizard.action_confirm()

    def test_joined_from_a_proposed_repeat(self):
        topic = self.env["helpdesk.ticket.category"].create({"name": "Holes"})
        self.tickets.write({"category_id": topic.id})
        last = self.followers[-1]
        repeat = last.proposed_repeat_ids.filtered(lambda r: r.earlier_id == self.lead)
        self.assertTrue(repeat.can_join)
        repeat.action_join()
        self.assertEqual(last.lead_id, self.lead)
        self.assertFalse(last.proposed_repeat_ids)
