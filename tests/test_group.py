from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE
from .group import TEXT, GroupCase


@tagged("post_install", "-at_install")
class TestGroup(GroupCase):
    """Joining a lead, and what its followers share with it."""

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
