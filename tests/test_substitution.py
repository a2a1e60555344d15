from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.helpdesk_social_alert_recipient import Directory
from .common import SocialCommon, comment
from .rpc import RpcCase

SUBSTITUTION = "helpdesk.social.substitution"
ACTIVITY = "helpdesk_mgmt_social.activity_assignment"


class SubstitutionCase(SocialCommon):
    """Roads' leader Igor may be away; Rita of another unit stands in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rita = cls._user("s_rita", "group_executor")
        cls.other = cls._user("s_other", "group_executor")
        cls.now = fields.Datetime.now()

    def replace(self, person=None, substitute=None, hours=(-1, 24), **vals):
        """``substitute`` (Rita) stands in for ``person`` (roads); hours from now."""
        if not vals.get("standing"):
            start, stop = hours
            vals["start"] = self.now + timedelta(hours=start)
            vals["stop"] = stop is not None and self.now + timedelta(hours=stop)
        return self.env[SUBSTITUTION].create(
            {
                "user_id": (person or self.roads).id,
                "substitute_id": (substitute or self.rita).id,
                **vals,
            }
        )

    def leave(self, user, hours=(-1, 24), **vals):
        """An absence of ``user`` that Odoo knows."""
        resource = user.resource_ids or self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id}
        )
        return self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "date_from": self.now + timedelta(hours=hours[0]),
                "date_to": self.now + timedelta(hours=hours[1]),
                **vals,
            }
        )

    def sees(self, user, ticket):
        """Whether ``user`` sees the message and its assignments, as one."""
        self.env.invalidate_all()
        share = ticket.assignment_ids[:1].with_user(user)
        found = {
            ticket.with_user(user).has_access("read"),
            share.has_access("read"),
            bool(self.holding(ticket, user)),
        }
        self.assertEqual(len(found), 1, (user.login, found))
        return found.pop()


@tagged("post_install", "-at_install")
class TestSubstitution(SubstitutionCase):
    def test_stand_in_sees_and_does(self):
        ticket = self.assigned()
        self.assertFalse(self.sees(self.rita, ticket))
        self.replace()
        self.assertTrue(self.sees(self.rita, ticket))
        self.drafted(ticket, self.rita)
        events = ticket.event_ids.filtered("on_behalf_id")
        self.assertEqual(set(events.mapped("type")), {"accepted", "draft_submitted"})
        self.assertEqual(events.user_id, self.rita)
        self.assertEqual(events.on_behalf_id, self.roads)
        for event in events:
            self.assertIn(f"for {self.roads.name}", event.sentence)
        self.assertEqual(ticket.social_state, "review")

    def test_own_steps_are_on_nobodys_behalf(self):
        self.replace()
        ticket = self.assigned()
        self.assertFalse(self.holding(ticket, self.roads).stand_in_note)
        self.drafted(ticket, self.roads)
        self.assertFalse(ticket.event_ids.on_behalf_id)

    def test_colleague_stands_in_for_the_person_named(self):
        self.replace(substitute=self.roads_2)
        ticket = self.receive(comment()).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        self.drafted(ticket, self.roads_2)
        self.assertEqual(ticket.event_ids.on_behalf_id, self.roads)

    def test_stand_in_of_the_leader(self):
        self.unit_roads.user_id = self.head
        self.replace(person=self.head)
        ticket = self.receive(comment(kind="private")).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        self.assertTrue(self.sees(self.rita, ticket))
        share = self.holding(ticket, self.rita)
        self.assertTrue(share.can_delegate)
        share.delegate(self.roads_2)
        self.assertEqual(share.user_id, self.roads_2)
        event = ticket.event_ids.filtered(lambda e: e.type == "substituted")
        self.assertEqual((event.user_id, event.on_behalf_id), (self.rita, self.head))

    def test_private_message_only_for_the_stand_in_of_the_person_named(self):
        self.replace()  # for roads
        self.replace(self.roads_2, self.other)
        ticket = self.receive(comment(kind="private")).with_user(self.curator)
        ticket.assign([(self.unit_roads, self.roads)])
        self.assertTrue(self.sees(self.rita, ticket))
        self.assertFalse(self.sees(self.other, ticket))

    def test_period(self):
        ticket = self.assigned()
        self.replace(hours=(2, 4))
        seen = {}
        for hours in (0, 3, 5):
            with freeze_time(self.now + timedelta(hours=hours)):
                seen[hours] = self.sees(self.rita, ticket)
        self.assertEqual(seen, {0: False, 3: True, 5: False})

    def test_sight_is_lost_with_the_substitution(self):
        ticket = self.assigned()
        record = self.replace()
        share = self.holding(ticket, self.rita)
        self.assertTrue(self.sees(self.rita, ticket))
        record.unlink()
        self.assertFalse(self.sees(self.rita, ticket))
        with self.assertRaises(AccessError):
            share.action_accept()
        with self.assertRaises(AccessError):
            share.read(["ticket_text"])

    def test_begins_now_unless_said_otherwise(self):
        Substitution = self.env[SUBSTITUTION].with_user(self.roads)
        self.assertFalse(Substitution.new({"user_id": self.roads.id}).display_name)
        with Form(Substitution) as form:
            self.assertGreaterEqual(form.start, self.now.replace(microsecond=0))
            form.standing = True
            self.assertFalse(form.start)
            form.standing = False
            self.assertTrue(form.start)
            form.substitute_id = self.rita
        self.assertTrue(form.record.in_force)

    def test_standing_deputy_by_absence_known_to_odoo(self):
        ticket = self.assigned()
        self.replace(standing=True)
        self.assertFalse(self.sees(self.rita, ticket))
        absence = self.leave(self.roads)
        self.assertTrue(self.sees(self.rita, ticket))
        self.holding(ticket, self.rita).action_accept()
        absence.date_to = self.now - timedelta(minutes=1)
        self.assertFalse(self.sees(self.rita, ticket))

    def test_what_is_no_absence(self):
        ticket = self.assigned()
        self.replace(standing=True)
        self.leave(self.roads, time_type="other")
        self.leave(self.roads, hours=(5, 6))
        self.leave(self.light)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "date_from": self.now - timedelta(hours=1),
                "date_to": self.now + timedelta(hours=1),
            }
        )
        self.assertFalse(self.sees(self.rita, ticket))

    def test_one_level_only(self):
        ticket = self.assigned()
        self.replace()
        record = self.replace(self.rita, self.other)
        self.assertFalse(self.sees(self.other, ticket))
        first = self.env[SUBSTITUTION].search([("user_id", "=", self.roads.id)])
        self.assertIn(self.rita.name, first.warning)
        record.unlink()
        first.invalidate_recordset()
        self.assertFalse(first.warning)

    def test_deputy_of_a_curator_is_no_curator(self):
        ticket = self.assigned()
        self.drafted(ticket)
        self.replace(self.curator)
        self.assertFalse(self.sees(self.rita, ticket))
        self.unit_light.user_ids |= self.rita
        ticket.assign([(self.unit_light, self.env["res.users"])])
        share = ticket.assignment_ids.filtered(lambda a: a.state == "submitted")
        with self.assertRaises(AccessError):
            share.with_user(self.rita).action_approve()

    def test_activities_go_to_the_stand_in_and_back(self):
        self.unit_roads.user_id = self.roads
        record = self.replace()
        ticket = self.assigned()
        share = ticket.sudo().assignment_ids

        def told():
            kind = self.env.ref(ACTIVITY)
            planned = share.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            )
            return planned.user_id

        self.assertEqual(told(), self.rita)
        with freeze_time(self.now + timedelta(hours=30)):
            self.env["helpdesk.social.assignment"]._follow_absences()
            self.assertEqual(told(), self.roads)
        self.env["helpdesk.social.assignment"]._follow_absences()
        self.assertEqual(told(), self.rita)
        record.unlink()
        self.assertEqual(told(), self.roads)

    def test_assigning_to_an_absent_person_warns(self):
        Wizard = self.env["helpdesk.social.assign"].with_user(self.curator)
        ticket = self.receive(comment())
        lines = [(0, 0, {"unit_id": self.unit_roads.id, "user_id": self.roads.id})]
        vals = {"ticket_ids": [(6, 0, ticket.ids)], "line_ids": lines}
        self.assertFalse(Wizard.create(vals).absence_note)
        self.leave(self.roads)
        note = Wizard.create(vals).absence_note
        self.assertIn(f"{self.roads.name} is absent until", note)
        self.assertIn("Nobody stands in.", note)
        self.replace(standing=True)
        wizard = Wizard.create(vals)
        self.assertIn(f"{self.rita.name} stands in.", wizard.absence_note)
        self.leave(self.rita)
        note = Wizard.create(vals).absence_note
        self.assertIn(f"{self.rita.name} is absent, too.", note)
        wizard.action_confirm()
        self.assertEqual(ticket.social_state, "assigned")

    def test_lane(self):
        """What an absence moves, the lane moves, and one bad row stops nothing."""
        self.unit_roads.user_id = self.roads
        self.replace(standing=True)
        ticket = self.assigned()
        planned = ticket.sudo().assignment_ids.activity_ids
        self.assertEqual(planned.user_id, self.roads)
        self.leave(self.roads)
        with self.enter_registry_test_mode():
            cron = self.env.ref("helpdesk_mgmt_social.cron_follow_absences")
            cron.method_direct_trigger()
        planned = ticket.sudo().assignment_ids.activity_ids
        self.assertEqual(planned.user_id, self.rita)

    def test_alerts_reach_the_stand_in(self):
        self.unit_roads.user_id = self.roads
        ticket = self.assigned()
        deadline = ticket.sudo().deadline_ids.filtered(lambda d: d.stage == "draft")
        Alert = self.env["helpdesk.social.alert"]
        directory = Directory(self.env, self.now, ticket.sudo())

        def told(recipient):
            alert = Alert.new({"deadline_id": deadline.id, "ticket_id": ticket.id})
            return getattr(alert, f"_people_{recipient}")(directory)[0]._origin

        self.assertNotIn(self.rita, told("executor") | told("substitute"))
        self.replace()
        directory = Directory(self.env, self.now, ticket.sudo())
        for recipient in ("actor", "executor", "substitute"):
            self.assertIn(self.rita, told(recipient), recipient)
        self.assertNotIn(self.roads, told("substitute"))

    # -- naming ------------------------------------------------------------------

    def test_overlap(self):
        self.replace(hours=(0, 10))
        for hours in ((5, 15), (-5, 1), (2, 3), (-5, None), (9, None)):
            with self.subTest(hours=hours), self.assertRaises(ValidationError):
                self.replace(substitute=self.other, hours=hours)
        self.replace(substitute=self.other, hours=(10, 12))
        self.replace(substitute=self.other, hours=(-5, 0))
        self.replace(self.light, hours=(5, 15))
        self.replace(standing=True)
        with self.assertRaises(ValidationError):
            self.replace(substitute=self.other, standing=True)

    @mute_logger("odoo.sql_db")
    def test_nonsense(self):
        with self.assertRaises(psycopg2.errors.CheckViolation):
            self.replace(substitute=self.roads)
        with self.assertRaises(psycopg2.errors.CheckViolation):
            self.replace(hours=(5, 4))
        with self.assertRaises(ValidationError):
            self.replace(substitute=self.social_admin)

    def test_curator_names_a_substitute_for_one_assignment(self):
        ticket = self.assigned()
        share = ticket.assignment_ids
        action = share.with_user(self.curator).action_substitute()
        Wizard = self.env[action["res_model"]].with_user(self.curator)
        wizard = Wizard.with_context(**action["context"])
        wizard.create({"user_id": self.rita.id}).action_confirm()
        self.assertTrue(self.sees(self.rita, ticket))
        planned = share.sudo().activity_ids.user_id
        self.assertIn(self.rita, planned)
        with self.assertRaises(UserError):
            share.with_user(self.curator).substitute(self.social_admin)
        with self.assertRaises(AccessError):
            share.with_user(self.roads).substitute(self.other)
        self.holding(ticket, self.rita).action_accept()


@tagged("post_install", "-at_install")
class TestSubstitutionAccess(SubstitutionCase, RpcCase):
    """Who names whom, over RPC."""

    def vals(self, person, substitute):
        return {
            "user_id": person.id,
            "substitute_id": substitute.id,
            "start": fields.Datetime.to_string(self.now + timedelta(days=1)),
            "stop": fields.Datetime.to_string(self.now + timedelta(days=2)),
        }

    def test_who_names(self):
        ok = {"s_curator", "s_admin"}
        for user in (self.curator, self.social_admin, self.other, self.head):
            caller = self.as_user(user)
            with self.subTest(user=user.login):
                got = caller.outcome(
                    SUBSTITUTION, "create", [self.vals(self.light, self.rita)]
                )
                self.assertEqual(got, "ok" if user.login in ok else "AccessError")
                self.env[SUBSTITUTION].search([]).unlink()
                if user == self.social_admin:
                    continue  # holds no assignments
                got = caller.outcome(
                    SUBSTITUTION, "create", [self.vals(user, self.rita)]
                )
                self.assertEqual(got, "ok")

    def test_others_are_out_of_reach(self):
        record = self.env[SUBSTITUTION].create(self.vals(self.light, self.rita))
        own = self.env[SUBSTITUTION].create(self.vals(self.roads, self.rita))
        caller = self.as_user(self.roads)
        self.assertEqual(caller.found(SUBSTITUTION, []), set(own.ids))
        for method, args in (
            ("read", [["user_id"]]),
            ("write", [{"substitute_id": self.roads.id}]),
            ("unlink", []),
        ):
            got = caller.outcome(SUBSTITUTION, method, record.ids, *args)
            self.assertEqual(got, "AccessError", method)
        # An own one is not turned into one for a colleague.
        got = caller.outcome(SUBSTITUTION, "write", own.ids, {"user_id": self.light.id})
        self.assertEqual(got, "AccessError")
        # Who stands in reads it, and cannot make it longer.
        caller = self.as_user(self.rita)
        self.assertEqual(caller.found(SUBSTITUTION, []), set((own | record).ids))
        got = caller.outcome(SUBSTITUTION, "write", own.ids, {"stop": False})
        self.assertEqual(got, "AccessError")

    def test_nobody_makes_a_colleague_absent(self):
        ticket = self.assigned()
        self.replace(standing=True)
        self.leave(self.roads, hours=(48, 50))
        own = self.leave(self.rita)
        caller = self.as_user(self.rita)
        resource = self.roads.resource_ids
        model = "resource.calendar.leaves"
        got = caller.outcome(model, "write", own.ids, {"resource_id": resource.id})
        self.assertEqual(got, "AccessError")
        self.assertFalse(self.sees(self.rita, ticket))

    def test_lists_of_the_stand_in(self):
        ticket = self.assigned()
        self.replace(standing=True)
        domain = [("is_mine", "=", True), ("ticket_id", "=", ticket.id)]
        model = "helpdesk.social.assignment"
        caller = self.as_user(self.rita)
        self.assertEqual(caller.found(model, domain), set())
        self.leave(self.roads)
        self.assertEqual(caller.found(model, domain), set(ticket.assignment_ids.ids))
        share = ticket.assignment_ids
        rows = caller.call(model, "read", share.ids, ["is_mine", "stand_in_note"])
        self.assertTrue(rows[0]["is_mine"])
        self.assertIn(self.roads.name, rows[0]["stand_in_note"])
        self.assertEqual(caller.outcome(model, "action_accept", share.ids), "ok")
        self.assertEqual(caller.outcome(model, "save_draft", share.ids, "So"), "ok")
