import re
from html import unescape

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_figures import MONTH, FiguresCase

REPORT = "helpdesk_mgmt_social.report_month"


@tagged("post_install", "-at_install")
class TestReportMonth(FiguresCase):
    def wizard(self, user=None, **vals):
        Report = self.env["helpdesk.social.report"].with_user(user or self.head)
        return Report.create({"first": MONTH[0], "last": MONTH[1], **vals})

    def words(self, wizard):
        """The report as a reader finds it: words with single spaces."""
        Report = self.env["ir.actions.report"].with_user(wizard.create_uid)
        html, _kind = Report._render_qweb_html(REPORT, wizard.ids)
        text = re.sub(
            r"<style.*?</style>|<svg.*?</svg>", " ", html.decode(), flags=re.S
        )
        return unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))

    def test_figures_are_those_of_the_dashboard(self):
        self.population()
        words = self.words(self.wizard())
        headline = self.figures()["headline"]
        for label, name in (
            ("Messages received", "received"),
            ("Answers published", "answered"),
            ("Answered late", "late"),
            ("Broken promises", "broken_promises"),
        ):
            now, then = headline[name]["value"], headline[name]["previous"]
            self.assertIn(f"{label} {now} {then}", words)
        share = str(headline["in_time"]["value"]).replace(".", ",").removesuffix(",0")
        self.assertIn(f"Answered in time {share} %", words)
        [vk] = [row for row in self.figures()["networks"] if row["key"] == "vk"]
        self.assertIn(f"VK {vk['received']} {vk['answered']} {vk['late']}", words)
        self.assertEqual(words.count("not explained"), self.figures()["late"]["count"])

    def test_nothing_is_a_decent_report(self):
        words = self.words(self.wizard(first="2019-03-01", last="2019-03-31"))
        self.assertIn("No message was received or answered in this period.", words)
        self.assertIn("No term came due in this period.", words)
        self.assertIn("No answer was late in this period.", words)

    def test_parts_are_chosen(self):
        self.population(count=10)
        words = self.words(self.wizard(analysis=False, late=False))
        self.assertNotIn("2. Analysis", words)
        self.assertNotIn("Appendix", words)
        self.assertIn("3. Timeliness", words)

    def test_narrowed_to_a_network(self):
        self.population()
        words = self.words(self.wizard(network="ok"))
        self.assertIn("only: Odnoklassniki", words)
        received = self.figures(network="ok")["headline"]["received"]["value"]
        self.assertIn(f"Messages received {received} ", words)

    def test_nothing_is_fetched_and_nothing_runs(self):
        """Names that citizens or units made up are words on paper, not markup."""
        evil = '<img src="http://10.0.0.1/x"><script>alert(1)</script>'
        self.topics[0].name = evil
        self.made_up(1, "2024-03-05 10:00:00", category_id=self.topics[0].id)
        Report = self.env["ir.actions.report"].with_user(self.head)
        html, _kind = Report._render_qweb_html(REPORT, self.wizard().ids)
        text = html.decode().split('class="article', 1)[1].split("</main>")[0]
        self.assertIn("&lt;img", text)
        self.assertFalse(re.search(r"<(img|script|link|iframe)\b", text))

    def test_wishes_are_checked_before_the_download(self):
        with self.assertRaisesRegex(UserError, "ends before"):
            self.wizard(first="2024-04-01", last="2024-03-01").action_print()
        action = self.wizard().action_print()
        self.assertEqual(action["report_name"], REPORT)

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.wizard(user=self.roads)
        mine = self.wizard(user=self.curator)
        with self.assertRaises(AccessError):
            mine.with_user(self.head).read(["first"])
