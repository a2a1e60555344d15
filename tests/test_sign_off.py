from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.helpdesk_social_alert_recipient import Directory
from .common import MODULE, SocialCommon, comment
from .rpc import RpcCase

ASSIGNMENT = "helpdesk.social.assignment"


class SignOffCase(SocialCommon):
    """An act with a signature before the curator; a leader and a deputy head sign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signed_act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.account.regulation_id = cls.signed_act
        cls.leader = cls._user("s_leader", "group_executor")
        cls.deputy = cls._user("s_deputy", "group_executor")
        cls.unit_roads.user_id = cls.leader
        cls.none = cls.env["res.users"]

    def appoint(self, user, role="deputy_head", **vals):
        return self.env["helpdesk.social.appointment"].create(
            {
                "user_id": user.id,
                "role": role,
                "act_number": "17-р",
                "act_date": "2020-01-09",
                "date_from": "2020-01-09",
                **vals,
            }
        )

    def handed_in(self, ticket, user=None):
        share = self.drafted(ticket, user)
        self.env.invalidate_all()
        return share

    def types(self, ticket):
        events = ticket.event_ids.sorted(lambda e: (e.at, e.id))
        return [event.type for event in events]


@tagged("post_install", "-at_install")
class TestSignOff(SignOffCase):
    def test_submitting_leads_to_the_signature(self):
        ticket = self.assigned()
        share = self.handed_in(ticket)
        self.assertEqual(share.state, "sign_off")
        self.assertTrue(share.is_live)
        self.assertEqual(ticket.social_state, "in_progress")
        self.assertNotIn("draft_submitted", self.types(ticket))
        for step in ("action_approve", "request_rework"):
            args = (self.env["helpdesk.social.rework.reason"], "No")
            args = args if step == "request_rework" else ()
            with self.assertRaises(UserError):
                getattr(share.with_user(self.curator), step)(*args)
        with self.assertRaises(UserError):
            share.draft_text = "Otherwise"
        with self.assertRaises(UserError):
            share.save_draft("Otherwise")
        with self.assertRaises(AccessError):
            share.action_sign()
        self.assertEqual(
            share.sudo()
            .activity_ids.filtered(
                lambda a: (
                    a.activity_type_id == self.env.ref(f"{MODULE}.activity_signature")
                )
            )
            .user_id,
            self.leader,
        )

    def test_signing_submits(self):
        ticket = self.assigned()
        share = self.handed_in(ticket)
        version = share.reply_id.version_ids
        self.assertEqual(version.submitted_by_id, self.roads)
        share.with_user(self.leader).action_sign()
        self.assertEqual(share.state, "submitted")
        self.assertEqual(ticket.social_state, "review")
        self.assertEqual(self.types(ticket)[-2:], ["signed_off", "draft_submitted"])
        signed, submitted = ticket.event_ids.sorted("id")[-2:]
        self.assertEqual(signed.at, submitted.at)
        self.assertEqual(submitted.user_id, self.leader)
        self.assertEqual(version.signed_by_id, self.leader)
        self.assertEqual(version.signed_at, submitted.at)
        self.assertFalse(ticket._replay_differences())
        share.with_user(self.curator).action_approve()
        self.assertEqual(ticket.social_state, "approved")

    def test_leader_signs_by_submitting(self):
        ticket = self.assigned()
        share = self.handed_in(ticket, self.leader)
        self.assertEqual(share.state, "submitted")
        self.assertEqual(self.types(ticket)[-2:], ["signed_off", "draft_submitted"])

    def test_clocks_wait_for_the_signature(self):
        """Whatever an act measures by the draft is measured by the signed one."""
        act = self.env.ref(f"{MODULE}.regulation_perm").copy({"code": "signing"})
        act.approval_step_ids.unlink()
        Step = self.env["helpdesk.social.approval.step"]
        for sequence, role in ((1, "signatory"), (2, "curator")):
            Step.create(
                {
                    "regulation_id": act.id,
                    "sequence": sequence,
                    "role": role,
                    "clause": "1",
                }
            )
        self.account.regulation_id = act
        ticket = self.assigned()
        share = ticket.assignment_ids
        share.with_user(self.roads).draft_text = "Яму засыплем до 15 марта."
        share.with_user(self.roads).action_submit()
        # Submitting is accepting, too.
        self.assertIn("accepted", self.types(ticket))
        draft = ticket.deadline_ids.filtered(lambda d: d.stage == "draft")
        self.assertEqual(draft.state, "running")
        self.assertNotIn("review", ticket.deadline_ids.mapped("stage"))
        share.with_user(self.leader).action_sign()
        instant = ticket.event_ids.sorted("id")[-1].at
        self.assertEqual(draft.done, instant)
        review = ticket.deadline_ids.filtered(lambda d: d.stage == "review")
        self.assertEqual(review.start, instant)

    def test_return_with_remarks(self):
        ticket = self.assigned()
        share = self.handed_in(ticket)
        with self.assertRaises(UserError):
            share.with_user(self.leader).sign_return(" ")
        share.with_user(self.leader).sign_return("Name the contractor.")
        self.assertEqual(share.state, "accepted")
        self.assertEqual(share.sign_remarks, "Name the contractor.")
        self.assertFalse(share.rework_remarks)
        self.assertEqual(share.reply_id.version_ids.decision, "returned")
        self.assertNotIn("rework_requested", self.types(ticket))
        share = self.handed_in(ticket)
        self.assertEqual(share.state, "sign_off")
        self.assertFalse(share.sign_remarks)

    def test_rework_is_signed_again(self):
        ticket = self.assigned()
        share = self.handed_in(ticket)
        share.with_user(self.leader).action_sign()
        reasons = self.env["helpdesk.social.rework.reason"]
        share.with_user(self.curator).request_rework(reasons, "When?")
        self.handed_in(ticket)
        self.assertEqual(share.state, "sign_off")
        share.with_user(self.leader).sign_return("By which day?")
        self.assertEqual(share.state, "rework")
        self.assertEqual(share.sign_remarks, "By which day?")
        self.assertEqual(share.rework_remarks, "When?")
        self.handed_in(ticket)
        share.with_user(self.leader).action_sign()
        self.assertEqual(share.state, "submitted")
        self.assertEqual(self.types(ticket).count("signed_off"), 2)
        self.assertFalse(ticket._replay_differences())

    def test_alerts_reach_the_signatory(self):
        ticket = self.assigned()
        deadline = ticket.sudo().deadline_ids.filtered(lambda d: d.stage == "total")
        Alert = self.env["helpdesk.social.alert"]

        def told():
            directory = Directory(self.env, fields.Datetime.now(), ticket.sudo())
            alert = Alert.new({"deadline_id": deadline.id, "ticket_id": ticket.id})
            return alert._people_actor(directory)[0]._origin

        self.handed_in(ticket)
        self.assertEqual(told(), self.leader)

    def test_nobody_signs(self):
        ticket = self.assigned(self.unit_light)
        share = self.holding(ticket, self.light)
        share.draft_text = "Починим до 1 июня."
        with self.assertRaisesRegex(UserError, "nobody signs"):
            share.action_submit()
        self.assertEqual(share.state, "assigned")

    def test_act_without_signature(self):
        self.account.regulation_id = self.regulation
        ticket = self.assigned()
        share = self.handed_in(ticket)
        self.assertEqual(share.state, "submitted")
        with self.assertRaises(UserError):
            share.with_user(self.leader).action_sign()
        with self.assertRaises(UserError):
            share.with_user(self.leader).sign_return("No")

    def test_no_signature_after_the_curator(self):
        act = self.regulation.copy({"code": "late"})
        step = {
            "regulation_id": act.id,
            "sequence": 99,
            "role": "signatory",
            "clause": "1",
        }
        with self.assertRaisesRegex(ValidationError, "goes upwards"):
            self.env["helpdesk.social.approval.step"].create(step)

    def test_stand_in_of_the_leader_signs(self):
        stand_in = self._user("s_stand_in", "group_executor")
        self.env["helpdesk.social.substitution"].create(
            {
                "user_id": self.leader.id,
                "substitute_id": stand_in.id,
                "start": "2020-01-01 00:00:00",
            }
        )
        ticket = self.assigned()
        share = self.handed_in(ticket)
        self.assertIn(stand_in, share.sudo().activity_ids.user_id)
        share.with_user(stand_in).action_sign()
        event = ticket.event_ids.filtered(lambda e: e.type == "signed_off")
        self.assertEqual((event.user_id, event.on_behalf_id), (stand_in, self.leader))


@tagged("post_install", "-at_install")
class TestSigners(SignOffCase, RpcCase):
    """Who sees and signs what, over RPC."""

    def seen(self, caller, ticket):
        return bool(caller.found("helpdesk.ticket", [("id", "=", ticket.id)]))

    def test_deputy_sees_exactly_what_awaits(self):
        waiting = self.assigned(external_id="wall-1_10_r1", author="1")
        drafted = self.assigned(external_id="wall-1_10_r2", author="2")
        share = self.handed_in(waiting)
        caller = self.as_user(self.deputy)
        self.assertFalse(self.seen(caller, waiting))
        self.appoint(self.deputy)
        self.assertTrue(self.seen(caller, waiting))
        self.assertFalse(self.seen(caller, drafted))
        domain = [("to_sign", "=", True)]
        self.assertEqual(caller.found(ASSIGNMENT, domain), set(share.ids))
        self.assertEqual(caller.found(ASSIGNMENT, [("is_mine", "=", True)]), set())
        # Sight is not the executor's pen.
        for method, args in (
            ("write", [{"draft_text": "Mine"}]),
            ("save_draft", ["Mine"]),
            ("action_accept", []),
            ("action_submit", []),
            ("decline", ["No"]),
            ("delegate", [self.deputy.id]),
        ):
            got = caller.outcome(ASSIGNMENT, method, share.ids, *args)
            self.assertEqual(got, "AccessError", method)
        self.assertEqual(caller.outcome(ASSIGNMENT, "action_sign", share.ids), "ok")
        self.assertFalse(self.seen(caller, waiting))
        version = share.reply_id.version_ids
        self.assertEqual(version.signed_by_id, self.deputy)

    def test_who_signs(self):
        other = self._user("s_other", "group_executor")
        past = self._user("s_past", "group_executor")
        light = self._user("s_light_sign", "group_executor")
        curator_role = self._user("s_named_curator", "group_executor")
        head = self._user("s_deputy_head", "group_head")
        self.appoint(past, date_to="2021-01-01")
        self.appoint(light, "signatory", unit_id=self.unit_light.id)
        self.appoint(curator_role, "curator")
        self.appoint(head)
        own = self._user("s_own", "group_executor")
        self.appoint(own, "signatory", unit_id=self.unit_roads.id)
        ticket = self.assigned()
        share = self.handed_in(ticket)
        expected = {
            self.leader: "ok",
            own: "ok",
            head: "ok",
            self.roads: "AccessError",
            self.roads_2: "AccessError",
            other: "AccessError",
            past: "AccessError",
            light: "AccessError",
            curator_role: "AccessError",
            self.curator: "AccessError",
            self.head: "AccessError",
            self.social_admin: "AccessError",
        }
        for user, outcome in expected.items():
            for method, args in (("action_sign", []), ("sign_return", ["No"])):
                with (
                    self.subTest(user=user.login, method=method),
                    self.env.cr.savepoint() as savepoint,
                ):
                    caller = self.as_user(user)
                    got = caller.outcome(ASSIGNMENT, method, share.ids, *args)
                    self.assertEqual(got, outcome)
                    self.env.invalidate_all()
                    savepoint.rollback()

    def test_private_message(self):
        ticket = self.receive(comment(kind="private")).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        self.handed_in(ticket)
        self.appoint(self.deputy)
        caller = self.as_user(self.deputy)
        self.assertTrue(self.seen(caller, ticket))
        share = ticket.assignment_ids
        names = ["ticket_text", "draft_text", "message_thread_ids"]
        self.assertEqual(caller.outcome(ASSIGNMENT, "read", share.ids, names), "ok")
