from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

MODULE = "helpdesk_mgmt_social"
PRESETS = ("perm", "purovsky", "myasnikovsky", "palana", "vereshchagino")


@tagged("post_install", "-at_install")
class TestPreview(TransactionCase):
    """The wizard shows what ``preview_deadlines`` says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        # A reader in another zone than the organisation.
        cls.lawyer = new_test_user(
            cls.env, login="s_lawyer", groups=f"{MODULE}.group_admin", tz="Asia/Tokyo"
        )
        cls.env = cls.env(user=cls.lawyer, context={"lang": "en_US"})
        cls.perm = cls.env.ref(f"{MODULE}.regulation_perm")

    def wizard(self, regulation=None, example=True):
        regulation = regulation or self.perm
        action = regulation.action_preview()
        wizard = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        if example:
            with freeze_time("2026-03-05 10:00:00"):
                action = wizard.action_example()
            self.assertEqual(action["res_id"], wizard.id)
        return wizard

    def test_example_shows_clocks_of_every_preset(self):
        for code in PRESETS:
            with self.subTest(code):
                regulation = self.env.ref(f"{MODULE}.regulation_{code}")
                wizard = self.wizard(regulation)
                self.assertFalse(wizard.problem)
                clocks = regulation.preview_deadlines(
                    wizard._facts(), wizard._events(), wizard._now()
                )
                self.assertTrue(clocks)
                values = wizard._values()
                self.assertEqual(
                    [row["code"] for row in values["clocks"]],
                    [clock["norm"] for clock in clocks],
                )
                self.assertTrue(all(row["explanation"] for row in values["clocks"]))
                for norm in {clock["norm"] for clock in clocks}:
                    self.assertIn(norm, wizard.result)
                self.assertIn("<svg", wizard.result)
                self.assertIn("<svg", regulation.example_picture)

    def test_example_begins_on_a_working_day(self):
        # 7 and 8 March 2026 are a weekend, 9 March is a day off.
        _facts, events, now = self.perm._example_history(date(2026, 3, 7))
        self.assertEqual(events[0]["at"], "2026-03-10T15:30:00")
        self.assertEqual(now, "2026-03-11T13:00:00")

    def test_times_are_the_organisations(self):
        form = Form(
            self.env["helpdesk.social.preview"].with_context(
                **self.perm.action_preview()["context"]
            )
        )
        self.assertEqual(form.zone[:25], "Asia/Yekaterinburg (UTC+0")
        with form.line_ids.new() as line:
            line.day = "2024-03-07"
            line.hour = 15.5
            line.type = "received"
        form.now_day, form.now_hour = "2024-03-07", 16.75
        self.assertIn("7 March 2024, 16:30", form.result)
        self.assertIn("Overdue", form.result)
        form.now_hour = 16
        self.assertNotIn("Overdue", form.result)
        self.assertIn("looked at", form.result)

    def test_impossible_history_is_said_and_kept(self):
        wizard = self.wizard()
        lines = len(wizard.line_ids)
        form = Form(wizard)
        with form.line_ids.new() as line:
            line.day = "2026-03-05"
            line.hour = 16.5
            line.type = "rework_requested"
            line.executor = "Parks unit"
        self.assertIn("«Parks unit» is sent back a draft", form.problem)
        self.assertFalse(form.result)
        wizard = form.save()
        self.assertEqual(len(wizard.line_ids), lines + 1)
        with self.assertRaisesRegex(UserError, "sent back a draft"):
            wizard.action_print()
        wrong = wizard.line_ids.filtered(lambda line: line.hour == 16.5)
        wrong.executor = "Roads unit"
        self.assertTrue(wizard.problem)
        wrong.hour = 17.25
        self.assertFalse(wizard.problem)
        self.assertTrue(wizard.result)

    def test_changed_facts_and_terms(self):
        wizard = self.wizard()
        word = self.env["helpdesk.social.norm.word"].search(
            [("usage", "=", "needs_photo"), ("code", "=", "true")]
        )
        form = Form(wizard)
        with form.line_ids.new() as line:
            line.day = "2026-03-05"
            line.hour = 16.5
            line.type = "facts_changed"
            line.fact = "needs_photo"
            line.value_id = word
        self.assertTrue(form.shows_facts)
        # The term with photographs: 24:00 of the eighth day.
        self.assertIn("14 March 2026, 00:00", form.result)
        with form.line_ids.new() as line:
            line.day = "2026-03-05"
            line.hour = 16.75
            line.type = "term_changed"
            line.norm_id = self.env.ref(f"{MODULE}.norm_perm_draft_photo")
            line.due_day = "2026-03-11"
            line.due_hour = 12
        self.assertFalse(form.problem)
        self.assertIn("11 March 2026, 12:00", form.result)

    def test_picture_escapes_what_was_typed(self):
        wizard = self.wizard()
        wizard.line_ids.filtered("executor").executor = "<script>alert(1)</script>"
        self.assertNotIn("<script", wizard.result)
        self.assertIn("&lt;script", wizard.result)

    def test_nobody_else(self):
        executor = new_test_user(
            self.env(su=True), login="s_ex", groups=f"{MODULE}.group_executor"
        )
        with self.assertRaises(AccessError):
            self.env["helpdesk.social.preview"].with_user(executor).create(
                {"regulation_id": self.perm.id}
            )

    def test_paper(self):
        """The report stands by itself: organisation, act, zone, every clock."""
        wizard = self.wizard()
        report = self.env.ref(f"{MODULE}.report_preview_action")
        html, kind = report._render_qweb_html(report.report_name, wizard.ids)
        self.assertEqual(kind, "html")
        html = " ".join(html.decode().split())
        for words in (
            self.env.company.name,
            "Пермь, 2022, No. 1344 of 12/23/2022",
            "in force from 12/23/2022",
            "Asia/Yekaterinburg (UTC+05:00)",
            "Parks unit",
            "<svg",
            "Term by clause 3.3",
        ):
            self.assertIn(words, html)
        self.assertEqual(wizard.action_print()["report_name"], report.report_name)
        for row in wizard._values()["clocks"]:
            self.assertIn(row["due"], html)
