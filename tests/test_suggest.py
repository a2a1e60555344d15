from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SocialCommon, comment

TEXT = "На улице Лесной яма, асфальта нет. И фонарь не горит"


@tagged("post_install", "-at_install")
class TestSuggest(SocialCommon):
    """Topic, place and unit suggested; nothing automatic unless switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Topic = cls.env["helpdesk.ticket.category"]
        # What the database has beside does not decide here.
        Topic.search([]).social_keywords = False
        cls.env["helpdesk.ticket.team"].search([]).social_keywords = False
        cls.group = Topic.create(
            {"name": "Roads", "social_unit_ids": [(6, 0, cls.unit_roads.ids)]}
        )
        cls.holes, cls.lamps, cls.signs = Topic.create(
            [
                {
                    "name": "Holes",
                    "social_keywords": "ям, асфальт",
                    "parent_id": cls.group.id,
                },
                {
                    "name": "Lamps",
                    "social_keywords": "фонар",
                    "social_unit_ids": [(6, 0, cls.unit_light.ids)],
                },
                {"name": "Signs", "social_keywords": "знак"},
            ]
        )
        cls.place = cls.env["helpdesk.social.territory"].create(
            {"name": "улица Лесная"}
        )
        cls.rule = cls.env["helpdesk.social.auto.rule"].create(
            {"name": "Holes to roads", "category_id": cls.holes.id, "min_score": 0.5}
        )

    def suggested(self, ticket, kind):
        return [chip["name"] for chip in (ticket.suggestions or {}).get(kind, ())]

    def message(self, text=TEXT, **kwargs):
        return self.receive(comment(text=text, **kwargs)).with_user(self.curator)

    def test_three_kinds_with_the_words_that_decided(self):
        ticket = self.message()
        first, second = ticket.suggestions["topic"]
        self.assertEqual(first["name"], "Roads / Holes")
        self.assertEqual(first["words"], "яма, асфальта")
        self.assertGreater(first["score"], second["score"])
        self.assertEqual(second["name"], "Lamps")
        self.assertEqual(self.suggested(ticket, "territory"), ["улица Лесная"])
        self.assertEqual(self.suggested(ticket, "unit"), ["Roads", "Lighting"])
        self.assertFalse(ticket.category_id)
        self.assertFalse(ticket.territory_id)

    def test_nothing_to_suggest(self):
        self.assertFalse(self.message("Спасибо").suggestions)

    def test_taken_and_changed_with_one_tap(self):
        ticket = self.message()
        ticket.accept_suggestion("topic", self.holes.id)
        ticket.accept_suggestion("territory", self.place.id)
        self.assertEqual(ticket.category_id, self.holes)
        self.assertEqual(ticket.territory_id, self.place)
        chosen = [c["name"] for c in ticket.suggestions["topic"] if c["chosen"]]
        self.assertEqual(chosen, ["Roads / Holes"])
        ticket.accept_suggestion("topic", self.lamps.id)
        self.assertEqual(ticket.category_id, self.lamps)
        self.assertEqual(self.suggested(ticket, "unit")[0], "Lighting")

    def test_unit_opens_the_wizard_prefilled(self):
        ticket = self.message()
        action = ticket.accept_suggestion("unit", self.unit_roads.id)
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.curator)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.line_ids.unit_id, self.unit_roads)
        self.assertFalse(ticket.assignment_ids)
        wizard.action_confirm()
        self.assertEqual(ticket.assignment_ids.unit_id, self.unit_roads)
        self.assertNotIn("unit", ticket.suggestions)

    def test_only_what_is_suggested_and_only_a_curator(self):
        ticket = self.message()
        with self.assertRaisesRegex(UserError, "no more"):
            ticket.accept_suggestion("topic", self.signs.id)
        with self.assertRaisesRegex(UserError, "no more"):
            ticket.accept_suggestion("social_state", self.holes.id)
        for user in (self.roads, self.head, self.social_admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).accept_suggestion("topic", self.holes.id)
        ticket.no_reaction(self.env.ref("helpdesk_mgmt_social.no_reaction_thanks"))
        with self.assertRaisesRegex(UserError, "not possible now"):
            ticket.accept_suggestion("topic", self.holes.id)
        self.assertFalse(ticket.suggestions)

    def test_entered_by_hand_has_suggestions_too(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand({"original_text": TEXT})
        self.assertEqual(self.suggested(ticket, "topic")[0], "Roads / Holes")

    def test_changed_keywords_are_looked_at_again(self):
        ticket = self.message("Медведь у школы")
        self.assertFalse(ticket.suggestions)
        self.signs.with_user(self.social_admin).social_keywords = "медвед"
        self.assertEqual(self.suggested(ticket, "topic"), ["Signs"])
        self.unit_light.with_user(self.social_admin).social_keywords = "школ"
        self.assertEqual(self.suggested(ticket, "unit"), ["Lighting"])
        self.place.with_user(self.social_admin).keywords = "у школ"
        self.assertEqual(self.suggested(ticket, "territory"), ["улица Лесная"])

    def test_other_administration_is_not_suggested(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.holes | self.group).company_id = other
        self.assertEqual(self.suggested(self.message(), "topic"), ["Lamps"])

    def test_archived_is_not_offered(self):
        ticket = self.message()
        self.lamps.active = False
        self.assertEqual(self.suggested(ticket, "topic"), ["Roads / Holes"])

    def test_usual_topics(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        Topic = self.env["helpdesk.ticket.category"].with_company(company)
        Topic.create({"name": "Автобусы", "company_id": company.id})
        Topic.action_add_usual_topics()
        topics = Topic.search([("company_id", "=", company.id)])
        self.assertGreaterEqual(len(topics.filtered("social_keywords")), 12)
        self.assertEqual(topics.mapped("name").count("Автобусы"), 1)
        Topic.action_add_usual_topics()
        self.assertEqual(
            Topic.search_count([("company_id", "=", company.id)]), len(topics)
        )
        with self.assertRaises(AccessError):
            Topic.with_user(self.roads).action_add_usual_topics()

    # -- automatic rules ---------------------------------------------------------

    def test_rules_are_off_by_default(self):
        self.assertFalse(self.rule.active)
        self.rule.unit_id = self.unit_roads
        ticket = self.message()
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertFalse(ticket.category_id)
        self.assertEqual(ticket.event_ids.mapped("type"), ["received"])

    def test_rule_fills_in_topic_and_place(self):
        self.rule.write({"active": True, "set_territory": True})
        ticket = self.message("Яма и асфальта нет на улице Лесной")
        self.assertEqual(ticket.category_id, self.holes)
        self.assertEqual(ticket.territory_id, self.place)
        self.assertEqual(ticket.social_state, "to_triage", "no unit: a person assigns")
        event = ticket.event_ids[-1]
        self.assertFalse(event.user_id)
        self.assertIn("Holes to roads", event.note)
        self.assertIn("улица Лесная", event.note)
        self.assertEqual(ticket._replay_differences(), [])

    def test_rule_assigns_and_nobody_acted(self):
        self.rule.write({"active": True, "unit_id": self.unit_roads.id})
        ticket = self.message("Яма и асфальта нет")
        self.assertEqual(ticket.social_state, "assigned")
        self.assertEqual(ticket.assignment_ids.unit_id, self.unit_roads)
        self.assertEqual(ticket.assignment_ids.note, "Automatic rule «Holes to roads»")
        types = ticket.event_ids.mapped("type")
        self.assertEqual(types, ["received", "facts_changed", "registered", "assigned"])
        self.assertFalse(ticket.event_ids.user_id)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket._replay_differences(), [])

    def test_rule_acts_for_nobody_where_a_person_enters(self):
        self.rule.write({"active": True, "unit_id": self.unit_roads.id})
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = Ticket.enter_by_hand({"original_text": "Яма и асфальта нет"})
        assigned = ticket.event_ids.filtered(lambda e: e.type == "assigned")
        self.assertTrue(assigned)
        self.assertFalse(assigned.user_id)

    def test_rule_leaves_what_is_not_sure(self):
        self.rule.write({"active": True, "min_score": 0.75})
        self.assertFalse(self.message("Яма").category_id)
        sure = self.message("Яма, асфальта нет", external_id="wall-1_10_r2")
        self.assertEqual(sure.category_id, self.holes)
        other = self.message("Фонарь, фонари", external_id="wall-1_10_r3")
        self.assertFalse(other.category_id)

    def test_rule_by_words(self):
        self.rule.write(
            {
                "active": True,
                "category_id": False,
                "keywords": "дтп, авари",
                "set_topic": False,
                "unit_id": self.unit_light.id,
            }
        )
        ticket = self.message("Авария на Мира")
        self.assertEqual(ticket.assignment_ids.unit_id, self.unit_light)

    def test_rule_that_fails_leaves_it_to_a_person(self):
        self.rule.write({"active": True, "unit_id": self.unit_roads.id})
        self.unit_roads.is_social_unit = False
        with self.assertLogs(
            "odoo.addons.helpdesk_mgmt_social.models.helpdesk_social_auto_rule"
        ):
            ticket = self.message("Яма и асфальта нет")
        self.assertEqual(ticket.social_state, "to_triage")
        self.assertFalse(ticket.assignment_ids)
        self.assertIn("Holes to roads", ticket.message_ids[0].body)

    def test_rule_of_another_administration(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule.write({"active": True, "company_id": other.id})
        self.assertFalse(self.message("Яма и асфальта нет").category_id)

    def test_rule_needs_a_condition_and_a_measure(self):
        with self.assertRaises(ValidationError):
            self.rule.category_id = False
        with self.assertRaises(ValidationError):
            self.rule.min_score = 0

    def test_who_keeps_rules(self):
        self.rule.with_user(self.social_admin).active = True
        for user in (self.curator, self.roads, self.head):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.rule.with_user(user).active = True
