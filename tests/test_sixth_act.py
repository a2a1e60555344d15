from odoo.exceptions import ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

FACTS = {
    "intake": "page",
    "page_owner": "administration",
    "kind": "feed",
    "importance": "normal",
    "needs_photo": False,
}


@tagged("post_install", "-at_install")
class TestSixthAct(TransactionCase):
    """An administration writes an act of its own in forms, without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.lawyer = new_test_user(
            cls.env, login="s_lawyer", groups="helpdesk_mgmt_social.group_admin"
        )
        # As the administrator of the act, not as the superuser of the tests.
        cls.env = cls.env(user=cls.lawyer, context={"lang": "en_US", "tz": "UTC"})
        cls.calendar = cls.env.ref("helpdesk_mgmt_social.calendar_perm")

    def word(self, usage, *codes):
        words = self.env["helpdesk.social.norm.word"].search(
            [("usage", "=", usage), ("code", "in", codes)]
        )
        self.assertEqual(len(words), len(codes))
        return words

    def enter_norm(self, regulation, ends, conditions=(), before=None, **values):
        """A row of the act's norms, as somebody would fill in its form."""
        with regulation.norm_ids.new() as norm:
            # The unit comes before what depends on it.
            for name in ("stage", "term_unit"):
                setattr(norm, name, values.pop(name))
            for name, value in values.items():
                setattr(norm, name, value)
            for word in self.word("ends", *ends):
                norm.end_ids.add(word)
            if before:
                norm.before_id = before
            for group, fact, *codes in conditions:
                with norm.condition_ids.new() as condition:
                    condition.group_no = group
                    condition.fact = fact
                    for word in self.word(fact, *codes):
                        condition.value_ids.add(word)

    def enter_act(self):
        form = Form(self.env["helpdesk.social.regulation"])
        form.name = "Заречный, 2026"
        form.code = "zarechny"
        form.number = "17"
        form.tz = "Asia/Yekaterinburg"
        form.calendar_id = self.calendar
        form.interim_extension_hours = 24
        self.enter_norm(
            form,
            ["first_assigned"],
            stage="assign",
            clause="2.1",
            name="Назначение",
            start="received",
            term_unit="office_hours",
            term_amount=2,
        )
        self.enter_norm(
            form,
            ["published"],
            [(1, "importance", "high", "life_safety")],
            stage="total",
            clause="2.4",
            start="registered",
            term_unit="working_days",
            term_amount=1,
        )
        self.enter_norm(
            form,
            ["published"],
            stage="total",
            clause="2.3",
            start="registered",
            term_unit="working_days",
            term_amount=3,
        )
        act = form.save()
        # What the term counts back from must be there to be chosen.
        total = act.norm_ids.filtered(lambda norm: norm.clause == "2.3")
        with Form(act) as form:
            self.enter_norm(
                form,
                ["final_draft"],
                [(1, "importance", "normal")],
                stage="draft",
                clause="3.1",
                per_assignment=True,
                start="assigned",
                term_unit="before",
                term_amount=240,
                before=total,
                extended_by_interim=True,
            )
            self.enter_norm(
                form,
                ["approved", "rework_requested"],
                stage="review",
                clause="3.2",
                per_assignment=True,
                start="draft_submitted",
                term_unit="office_minutes",
                term_amount=30,
            )
        return act

    def due(self, act, events, now="2026-03-03T09:00:00", **facts):
        clocks = act.preview_deadlines({**FACTS, **facts}, events, now)
        return {clock["norm"]: (clock["due"], clock["state"]) for clock in clocks}

    def test_due_instants(self):
        """Written by hand; local time is UTC+5, office hours 9–13 and 14–18.

        9 March 2026 is a day off (8 March is a Sunday), and so is the weekend.
        """
        act = self.enter_act()
        self.assertEqual(
            act.norm_ids.mapped("code"),
            [
                "zarechny.assign",
                "zarechny.total",
                "zarechny.total.2",
                "zarechny.draft",
                "zarechny.review",
            ],
        )
        # Thursday 5 March 2026, 17:00.
        events = [
            {"type": "received", "at": "2026-03-05T17:00:00"},
            {"type": "registered", "at": "2026-03-05T17:30:00"},
        ]
        now = "2026-03-05T17:40:00"
        self.assertEqual(
            self.due(act, events, now),
            {
                # One hour of Thursday, one of Friday: 6 March, 10:00.
                "zarechny.assign": ("2026-03-06T05:00:00Z", "running"),
                # Friday 6, Tuesday 10, Wednesday 11 March, 18:00.
                "zarechny.total.2": ("2026-03-11T13:00:00Z", "running"),
            },
        )
        self.assertEqual(
            self.due(act, events, now, importance="life_safety"),
            {
                "zarechny.assign": ("2026-03-06T05:00:00Z", "running"),
                # Friday 6 March, 18:00.
                "zarechny.total": ("2026-03-06T13:00:00Z", "running"),
            },
        )
        # Assigned exactly at the end of the office hours' budget: met.
        events.append(
            {"type": "assigned", "at": "2026-03-06T10:00:00", "executor": "roads"}
        )
        now = "2026-03-06T10:01:00"
        self.assertEqual(
            self.due(act, events, now),
            {
                "zarechny.assign": ("2026-03-06T05:00:00Z", "met"),
                "zarechny.total.2": ("2026-03-11T13:00:00Z", "running"),
                # Four hours before 11 March, 18:00.
                "zarechny.draft": ("2026-03-11T09:00:00Z", "running"),
            },
        )
        events += [
            {"type": "interim_published", "at": "2026-03-06T12:00:00"},
            {
                "type": "draft_submitted",
                "at": "2026-03-06T17:45:00",
                "executor": "roads",
            },
        ]
        now = "2026-03-06T18:00:00"
        self.assertEqual(
            self.due(act, events, now),
            {
                "zarechny.assign": ("2026-03-06T05:00:00Z", "met"),
                "zarechny.total.2": ("2026-03-11T13:00:00Z", "running"),
                # A day more by the interim reply: 12 March, 14:00.
                "zarechny.draft": ("2026-03-12T09:00:00Z", "met"),
                # 15 minutes of Friday and 15 of Tuesday: 10 March, 9:15.
                "zarechny.review": ("2026-03-10T04:15:00Z", "running"),
            },
        )

    def test_words_of_the_form(self):
        act = self.enter_act()
        by_clause = {norm.clause: norm for norm in act.norm_ids}
        self.assertEqual(by_clause["3.2"].ends, "approved,rework_requested")
        self.assertEqual(
            by_clause["2.4"].condition_ids._engine_data(),
            ["importance", "in", ["high", "life_safety"]],
        )
        self.assertIn("High, Life and health", by_clause["2.4"].condition_text)
        self.assertEqual(by_clause["3.1"].before_code, by_clause["2.3"].code)
        self.assertIn("2.3", by_clause["3.1"].term_text)
        copy = act.copy()
        before = copy.norm_ids.filtered(lambda norm: norm.clause == "3.1").before_id
        self.assertEqual(before.regulation_id, copy)

    def test_change_of_the_unit_drops_what_it_does_not_use(self):
        act = self.enter_act()
        with Form(act) as form:
            with form.norm_ids.edit(3) as norm:
                norm.term_unit = "working_day_end"
        norm = act.norm_ids[3]
        self.assertFalse(norm.before_code)
        self.assertEqual(norm.term_amount, 0)
        with Form(act) as form, form.norm_ids.edit(1) as norm:
            with norm.condition_ids.edit(0) as condition:
                condition.fact = "kind"
                for word in self.word("kind", "private"):
                    condition.value_ids.add(word)
        self.assertEqual(act.norm_ids[1].condition_ids.value, "private")

    def refused(self, words, change):
        """``change`` of a fresh act is refused in these words."""
        act = self.enter_act()
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            change(act)
            act.flush_recordset()
        self.assertIn(words, str(caught.exception))

    def norm_of(self, act, clause):
        return act.norm_ids.filtered(lambda norm: norm.clause == clause)

    def test_contradictions_are_said_in_words(self):
        def update(clause, **values):
            def change(act):
                norm = self.norm_of(act, clause)
                act.norm_ids = [(1, norm.id, values)]

            return change

        cases = [
            (
                "Norm «2.1 Назначение (zarechny.assign)»: the term must be longer",
                update("2.1", term_amount=0),
            ),
            (
                "is both counted from and ended by «Message received»",
                update("2.1", ends="received"),
            ),
            ("choose what ends the clock: «nonsense»", update("2.1", ends="nonsense")),
            (
                "«First executor assigned» is of the whole message",
                update("2.1", per_assignment=True),
            ),
            ("it never ends", update("2.1", ends="")),
            (
                "counts back from «nowhere», which the regulation does not have",
                update("3.1", before_code="nowhere"),
            ),
            (
                "its term counts back from its own deadline",
                update("3.1", before_code="zarechny.draft"),
            ),
            ("choose the norm that the term", update("3.1", before_code=False)),
            (
                "it has one clock for the message, so it cannot count back",
                update("2.1", term_unit="before", before_code="zarechny.draft"),
            ),
            (
                "so either both have one clock per executor or neither",
                update("3.2", stage="total", ends="approved"),
            ),
            (
                "it would never apply, since «2.3 Whole term (zarechny.total.2)»",
                lambda act: act.write(
                    {
                        "norm_ids": [
                            (1, self.norm_of(act, "2.3").id, {"sequence": 1}),
                            (1, self.norm_of(act, "2.4").id, {"sequence": 2}),
                        ]
                    }
                ),
            ),
            (
                "Terms count back from each other: ",
                update(
                    "2.3",
                    per_assignment=False,
                    term_unit="before",
                    term_amount=5,
                    before_code="zarechny.total",
                ),
            ),
            (
                "An interim reply cannot",
                lambda a: a.write({"interim_extension_hours": -1}),
            ),
            (
                "«urgent» is no value of «Importance». Choose among: Normal, High,",
                lambda act: self.norm_of(act, "2.4").condition_ids.write(
                    {"value": "urgent"}
                ),
            ),
            ("for terms set by the curator", update("2.1", stage="manual")),
        ]
        for words, change in cases:
            with self.subTest(words):
                self.refused(words, change)

    def test_vocabulary(self):
        """Every end and condition of the presets can be written in the forms, and
        writes back what it was."""
        norms = self.env["helpdesk.social.norm"].search(
            [("regulation_id.is_preset", "=", True)]
        )
        self.assertGreater(len(norms), 20)
        for norm in norms:
            self.assertEqual(norm.end_ids._text(), norm.ends, norm.code)
        for condition in norms.condition_ids:
            self.assertEqual(condition.value_ids._text(), condition.value)
        Word = self.env["helpdesk.social.norm.word"]
        self.assertEqual(
            Word.search(
                [("usage", "=", "importance"), ("display_name", "ilike", "HIGH")]
            ),
            self.word("importance", "high"),
        )
        networks = dict(self.env["helpdesk.ticket"]._fields["network"].selection)
        self.assertEqual(set(Word._vocabulary()["network"]), set(networks))
        before = Word.search_count([("usage", "!=", False)])
        Word.sudo()._load_vocabulary()
        self.assertEqual(Word.search_count([("usage", "!=", False)]), before)
